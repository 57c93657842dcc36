// How long this machine has slept, by the difference of two clocks of which only one goes on meanwhile.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Time the machine has slept since it started.
@Sendable
func systemTimeAsleep() -> Duration {
  #if canImport(Darwin)
    return read(CLOCK_MONOTONIC_RAW) - read(CLOCK_UPTIME_RAW)
  #else
    return read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC)
  #endif
}

private func read(_ clock: clockid_t) -> Duration {
  var time = timespec()
  clock_gettime(clock, &time)
  return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
}
