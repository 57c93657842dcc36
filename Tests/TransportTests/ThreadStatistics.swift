// What the system knows about the threads of this process.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

enum ThreadStatistics {
  static var areAvailable: Bool { access("/proc/self/task", R_OK) == 0 }

  /// The caller's id.
  static var currentThread: Int? {
    // The first word of its status line.
    text("/proc/thread-self/stat").flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
  }

  /// How often a thread was taken off a processor: each is a wake-up before it.
  static func switches(of thread: Int) -> Int? {
    guard let status = text("/proc/self/task/\(thread)/status") else { return nil }
    let counts = status.split(separator: "\n").filter { $0.contains("ctxt_switches") }
      .compactMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == "\t" || $0 == " " }) }
    return counts.isEmpty ? nil : counts.reduce(0, +)
  }

  /// Processor time of a thread.
  static func processorTime(of thread: Int) -> Duration {
    // schedstat begins with nanoseconds on a processor.
    let words = text("/proc/self/task/\(thread)/schedstat")?.split(separator: " ")
    return .nanoseconds(words?.first.flatMap { Int($0) } ?? 0)
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
