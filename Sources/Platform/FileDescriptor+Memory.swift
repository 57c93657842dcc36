// Files without a name, for what a program writes and we read afterwards.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension FileDescriptor {
  /// An empty file in memory that no other program can open; it is gone with its last descriptor.
  /// - Parameter label: shown by the system's tools.
  package static func memory(named label: String) throws(SystemError) -> FileDescriptor {
    let descriptor = system_memory_file(label)
    if descriptor < 0 { throw SystemError("memory file") }
    return FileDescriptor(owning: descriptor)
  }

  /// The first bytes of the file, wherever its position is; at most `limit`.
  package borrowing func readStart(atMost limit: Int) throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var count: Int
    repeat {
      count = bytes.withUnsafeMutableBytes { pread(raw, $0.baseAddress, $0.count, 0) }
    } while count < 0
      && errno == EINTR
    if count < 0 { throw SystemError("pread") }
    bytes.removeLast(limit - count)
    return bytes
  }
}
