// The wall clock in seconds, for the one place that needs a date: `Retry-After` as a point in time.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Seconds since 1970-01-01T00:00:00Z.
package let systemSeconds: @Sendable () -> Int64 = { Int64(time(nil)) }
