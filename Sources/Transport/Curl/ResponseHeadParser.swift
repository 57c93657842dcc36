// Header lines as libcurl hands them over, into the head of the answer. Total: any bytes give something.

/// Collects the lines of one header block after another and keeps the final one.
struct ResponseHeadParser {
  static let maximumBytes = 256 * 1024

  /// What a line meant.
  enum Step: Equatable {
    case more
    case tooLarge
    /// The block of the answer itself is complete.
    case complete(status: Int, HTTPHeaders)
  }

  private var receivedBytes = 0
  private var status: Int?
  private var headers = HTTPHeaders()
  private var isComplete = false

  /// Takes one line with its line end.
  mutating func push(_ line: UnsafeRawBufferPointer) -> Step {
    receivedBytes += line.count
    if receivedBytes > Self.maximumBytes { return .tooLarge }
    // Trailers after the body; nothing uses them.
    if isComplete { return .more }
    let text = trimmed(line[...])
    if text.isEmpty { return endOfBlock() }
    if let status = Self.status(in: text) {
      // Each block stands for itself: an interim answer's headers are not the answer's.
      self.status = status
      headers = HTTPHeaders()
    } else if let first = line.first, first == 0x20 || first == 0x09 {
      headers.continueReceived(Self.string(text))
    } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      headers.appendReceived(
        Self.string(trimmed(text[..<colon])), Self.string(trimmed(text[text.index(after: colon)...])))
    }
    return .more
  }

  private mutating func endOfBlock() -> Step {
    // 1xx but 101 announce another block (RFC 9110, 15.2).
    guard let status, status == 101 || status >= 200 else { return .more }
    isComplete = true
    return .complete(status: status, headers)
  }

  /// The status of a line such as `HTTP/1.1 200 OK`.
  private static func status(in line: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard line.starts(with: "HTTP/".utf8), let space = line.firstIndex(of: 0x20) else { return nil }
    let digits = line[line.index(after: space)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.count == 3 ? Int(string(digits)) : nil
  }

  private static func string(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// Without blanks and line ends around.
  private func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var bytes = bytes
    while let first = bytes.first, Self.isBlank(first) { bytes = bytes.dropFirst() }
    while let last = bytes.last, Self.isBlank(last) { bytes = bytes.dropLast() }
    return bytes
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }
}
