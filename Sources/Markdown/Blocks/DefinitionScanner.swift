// Link reference definitions at the beginning of a paragraph (CommonMark 0.31.2 section 4.7), read from its lines.

struct DefinitionScanner {
  enum Outcome {
    /// The lines do not begin with a definition.
    case none
    /// They end inside of what may be one.
    case undecided
    /// A definition that ends with a line; `next` is the line behind it.
    case found(next: Int)
  }

  /// As many parentheses may nest in a destination, as in the reference implementation; the specification asks for
  /// three at least.
  private static let deepestParentheses = 32
  private static let longestLabel = 999

  private let bytes: UnsafeBufferPointer<UInt8>
  private let lines: [MarkdownLine]
  /// The line behind the last one.
  private let limit: Int
  private var line: Int
  private var offset: Int

  private(set) var label: [UInt8] = []
  /// Whether the label and its colon are complete.
  private(set) var hasLabel = false
  private(set) var link = InlineLink(destination: "", title: "")

  init(bytes: UnsafeBufferPointer<UInt8>, lines: [MarkdownLine], range: Range<Int>) {
    self.bytes = bytes
    self.lines = lines
    limit = range.upperBound
    line = range.lowerBound
    offset = range.isEmpty ? 0 : lines[range.lowerBound].start
  }

  /// Reads one definition.
  ///
  /// - Parameter isComplete: whether the paragraph ends with the lines. Otherwise a line that begins with `[` follows.
  mutating func scan(isComplete: Bool) -> Outcome {
    let unfinished: Outcome = isComplete ? .none : .undecided
    switch scanLabel() {
    case .none: return .none
    case .undecided: return unfinished
    case .found: hasLabel = true
    }
    skipSpace()
    if next == nil { return unfinished }
    guard let destination = scanDestination() else { return .none }
    link.destination = Unescaping.text(destination)
    let lineOfDestination = line
    let hadSpace = next == 0x20 || next == 0x09
    skipBlanks()
    let endsLine = next == nil || next == 0x0A
    guard endsLine || hadSpace else { return .none }
    skipSpace()
    let fallback: Outcome = endsLine ? .found(next: lineOfDestination + 1) : .none
    guard let quote = next, line == lineOfDestination || offset == lines[line].start else { return fallback }
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "(") else {
      return fallback
    }
    guard let title = scanTitle(until: quote == UInt8(ascii: "(") ? UInt8(ascii: ")") : quote) else {
      return next == nil && !isComplete ? .undecided : fallback
    }
    skipBlanks()
    guard next == nil || next == 0x0A else { return fallback }
    link.title = Unescaping.text(title)
    return .found(next: line + 1)
  }

  // MARK: Parts

  private mutating func scanLabel() -> Outcome {
    take()
    var hasText = false
    while let byte = next {
      take()
      switch byte {
      case UInt8(ascii: "]"):
        guard hasText, next == UInt8(ascii: ":") else { return next == nil ? .undecided : .none }
        take()
        return .found(next: line)
      case UInt8(ascii: "["):
        return .none
      case UInt8(ascii: "\\"):
        hasText = true
        label.append(byte)
        if let escaped = next, escaped != 0x0A {
          label.append(escaped)
          take()
        }
      default:
        if byte != 0x20, byte != 0x09, byte != 0x0A { hasText = true }
        label.append(byte)
      }
      // Characters count, not bytes; a label of four-byte characters is four times as long.
      if label.count > Self.longestLabel, label.count(where: { $0 & 0xC0 != 0x80 }) > Self.longestLabel { return .none }
    }
    return .undecided
  }

  private mutating func scanDestination() -> [UInt8]? {
    var result: [UInt8] = []
    if next == UInt8(ascii: "<") {
      take()
      while let byte = next, byte != 0x0A, byte != UInt8(ascii: "<") {
        take()
        if byte == UInt8(ascii: ">") { return result }
        result.append(byte)
        if byte == UInt8(ascii: "\\"), let escaped = next, escaped != 0x0A {
          result.append(escaped)
          take()
        }
      }
      return nil
    }
    var depth = 0
    while let byte = next, byte > 0x20, byte != 0x7F {
      if byte == UInt8(ascii: "(") {
        depth += 1
        if depth > Self.deepestParentheses { return nil }
      } else if byte == UInt8(ascii: ")") {
        if depth == 0 { break }
        depth -= 1
      }
      take()
      result.append(byte)
      if byte == UInt8(ascii: "\\"), let escaped = next, escaped > 0x20 {
        result.append(escaped)
        take()
      }
    }
    return result.isEmpty || depth > 0 ? nil : result
  }

  private mutating func scanTitle(until end: UInt8) -> [UInt8]? {
    take()
    var result: [UInt8] = []
    while let byte = next {
      take()
      if byte == end { return result }
      if byte == UInt8(ascii: "("), end == UInt8(ascii: ")") { return nil }
      result.append(byte)
      if byte == UInt8(ascii: "\\"), let escaped = next {
        result.append(escaped)
        take()
      }
    }
    return nil
  }

  // MARK: Reading

  /// The next byte; LF between two lines, `nil` at the end.
  private var next: UInt8? {
    guard line < limit else { return nil }
    if offset < lines[line].end { return bytes[offset] }
    return line + 1 < limit ? 0x0A : nil
  }

  private mutating func take() {
    if offset < lines[line].end {
      offset += 1
    } else if line + 1 < limit {
      line += 1
      offset = lines[line].start
    }
  }

  private mutating func skipBlanks() {
    while next == 0x20 || next == 0x09 { take() }
  }

  /// Spaces and tabs and at most one line ending.
  private mutating func skipSpace() {
    skipBlanks()
    if next == 0x0A {
      take()
      skipBlanks()
    }
  }
}

/// What stands for itself once backslashes and entities are resolved (CommonMark 0.31.2 sections 2.4 and 2.5).
enum Unescaping {
  static func text(_ bytes: [UInt8]) -> String {
    guard bytes.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "&") }) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        let byte = bytes[position]
        if byte == UInt8(ascii: "\\"), position + 1 < bytes.count, isPunctuation(bytes[position + 1]) {
          result.append(bytes[position + 1])
          position += 2
        } else if byte == UInt8(ascii: "&"), let entity = Entities.decode(at: position, in: bytes) {
          result.append(contentsOf: entity.text)
          position += entity.length
        } else {
          result.append(byte)
          position += 1
        }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}
