// Where the running program lies, to find what was installed beside it.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Where the running program lies.
package enum ProgramFolder {
  /// The folder of the executable, links resolved; `nil` where the system does not tell.
  package static var path: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard count > 0 else { return nil }
    let whole = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return whole.lastIndex(of: "/").map { String(whole[..<$0]) }
  }
}
