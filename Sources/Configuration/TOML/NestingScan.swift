// toml++ limits nested values but not dotted keys, and frees its tree recursively: a key of half a million dots would
// overflow the stack. This scan refuses such a document before the parser sees it. It knows as much of TOML as it needs
// to tell keys from strings and comments; what it misreads in a broken document comes after the place where the parser
// stops anyway.

/// Measures how deep a document nests, in one pass and constant memory per level.
struct NestingScan {
  /// Where the limit is exceeded, or `nil`.
  ///
  /// Counts every part of a dotted key, header parts included, and every bracket.
  /// - Complexity: O(bytes).
  static func excess(in bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> TOMLPosition? {
    var scan = NestingScan(limit: limit)
    return scan.run(bytes)
  }

  private let limit: Int
  /// Levels that the current header opened; they hold until the next header.
  private var header = 0
  /// Depth at each bracket that is open.
  private var open: [Int] = []
  /// Parts of the key that belongs to the value being read, and of the key or value being read.
  private var held = 0
  private var chain = 0
  private var isHeaderLine = false
  private var isLineStart = true
  private var line = 1
  private var column = 1

  private init(limit: Int) { self.limit = limit }

  private var base: Int { open.last ?? (isHeaderLine ? 0 : header) }
  /// Of the key or value being read. Dots of a value belong to a number or a time.
  private var depth: Int { base + (held > 0 ? held : chain + 1) }

  private mutating func run(_ bytes: UnsafeBufferPointer<UInt8>) -> TOMLPosition? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "\n"):
        endLine()
        index += 1
        continue
      case UInt8(ascii: "#"):
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
        continue
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipString(bytes, &index)
        isLineStart = false
        continue
      case UInt8(ascii: "."):
        chain += 1
      case UInt8(ascii: "="):
        held = chain + 1
        chain = 0
      case UInt8(ascii: ","):
        held = 0
        chain = 0
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        if isLineStart, open.isEmpty {
          isHeaderLine = true
        } else if !isHeaderLine {
          open.append(depth)
          held = 0
          chain = 0
        }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if !open.isEmpty { open.removeLast() }
      default: break
      }
      if depth > limit { return TOMLPosition(line: line, column: column) }
      if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") { isLineStart = false }
      if byte & 0xC0 != 0x80 { column += 1 }
      index += 1
    }
    return nil
  }

  private mutating func endLine() {
    if isHeaderLine {
      header = chain + 1
      isHeaderLine = false
    }
    if open.isEmpty {
      held = 0
      chain = 0
      isLineStart = true
    }
    line += 1
    column = 1
  }

  /// Leaves `index` after the string; a one-line string that does not close ends at its line.
  private mutating func skipString(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
    let quote = bytes[index]
    let isMultiline = index + 2 < bytes.count && bytes[index + 1] == quote && bytes[index + 2] == quote
    let opening = isMultiline ? 3 : 1
    index += opening
    column += opening
    var run = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\n") {
        if !isMultiline { return }
        line += 1
        column = 0
      }
      index += 1
      if byte & 0xC0 != 0x80 { column += 1 }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), index < bytes.count,
        bytes[index] != UInt8(ascii: "\n")
      {
        index += 1
        column += 1
        run = 0
        continue
      }
      run = byte == quote ? run + 1 : 0
      guard run == opening else { continue }
      // Up to two quotes may stand right before the closing three.
      var extra = 0
      while isMultiline, extra < 2, index < bytes.count, bytes[index] == quote {
        index += 1
        column += 1
        extra += 1
      }
      return
    }
  }
}
