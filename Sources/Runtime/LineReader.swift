// Lines from a descriptor that is read when it has something: a terminal in its ordinary mode, a pipe, a file.

import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Puts bytes together to lines. The descriptor is somebody else's: it is neither closed nor made non-blocking, and is to be
/// read only when poll(2) has found something.
struct LineReader {
  /// What reading came to.
  enum Outcome: Equatable {
    case bytes, end, lost, tooLong
  }

  let descriptor: Int32
  let isTerminal: Bool
  /// Whether nothing more will come.
  private(set) var isAtEnd = false

  private var bytes: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  /// Up to where no line end was found.
  private var scanned = 0
  private var isSkipping = false

  // More than a person types and more than a model takes.
  private static let maximumLine = 16 << 20

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    isTerminal = isatty(descriptor) == 1
  }

  /// Whether more is to be read now: the lines that are here are worked off first.
  var wantsBytes: Bool { !isAtEnd && !hasLine }

  /// Whether a whole line is there; at the end of a file also one without an end.
  var hasLine: Bool { scanned < bytes.count || (isAtEnd && !isTerminal && start < bytes.count) }

  /// Reads what is there.
  mutating func read() -> Outcome {
    var count = 0
    let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
      count = systemRead(descriptor, buffer.baseAddress, buffer.count)
      initialized = max(0, count)
    }
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { return .bytes }
      isAtEnd = true
      return .lost
    }
    if count == 0 {
      isAtEnd = true
      // A terminal that is gone gives an end as well.
      var entry = [PollEntry(descriptor, .readable)]
      Poll.wait(&entry, nanoseconds: 0)
      return isTerminal && entry[0].found.contains(.hungUp) ? .lost : .end
    }
    if start > 0 {
      bytes.removeFirst(start)
      scanned -= start
      start = 0
    }
    bytes.append(contentsOf: piece)
    findLine()
    guard scanned == bytes.count, bytes.count - start > Self.maximumLine else { return .bytes }
    (bytes, start, scanned) = ([], 0, 0)
    defer { isSkipping = true }
    return isSkipping ? .bytes : .tooLong
  }

  /// The next line without its end, ill-formed UTF-8 repaired.
  mutating func next() -> String? {
    guard hasLine else { return nil }
    var end = scanned
    if end > start, end < bytes.count, bytes[end - 1] == 0x0D { end -= 1 }
    let line = String(decoding: bytes[start..<end], as: UTF8.self)
    start = min(bytes.count, scanned + 1)
    if start == bytes.count { (bytes, start) = ([], 0) }
    scanned = start
    findLine()
    if isSkipping {
      isSkipping = false
      return next()
    }
    return line
  }

  /// What was typed of a line that has no end.
  mutating func takeRest() -> String? {
    guard start < bytes.count else { return nil }
    defer { (bytes, start, scanned) = ([], 0, 0) }
    return String(decoding: bytes[start...], as: UTF8.self)
  }

  /// Goes on after an end that a person typed and that did not end the program.
  mutating func reopen() { isAtEnd = false }

  private mutating func findLine() {
    scanned = bytes[scanned...].firstIndex(of: 0x0A) ?? bytes.count
  }
}

/// read(2), whose plain name is a method above.
private func systemRead(_ descriptor: Int32, _ start: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
  #if canImport(Darwin)
    Darwin.read(descriptor, start, count)
  #else
    Glibc.read(descriptor, start, count)
  #endif
}
