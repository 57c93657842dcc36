// The one function that turns text from outside into what may reach the terminal (`robustness.md`, R1 to R4, R9). Text is
// kept as it came wherever it is stored; here, where it is shown, nothing in it acts and nothing in it vanishes.
// Attributes and roles come from the caller, never from the text.

/// Outside text into cells and into plain lines.
///
/// Controls are shown as `^X`; bidirectional controls, separators, tags, fillers, stray joiners and whatever else would
/// act or hide as `<U+202E>`; more than four marks on one character as `<+7 marks>`; ill-formed UTF-8 as U+FFFD for each
/// maximal subpart. In cells the stand-ins have the role `control`. What the result holds is never changed again: doing
/// it twice gives the same.
package enum Sanitizer {
  /// Distance of tab stops in running text, counted from the start of the row.
  package static let tabWidth = 8

  /// Appends the cells of one row, or of a piece of it.
  ///
  /// Line ends have no place in `range`; they would be shown as `^J` and `^M`. Widths are those that `LineWrapper` counts.
  /// - Parameters:
  ///   - range: the bytes to show, clamped to `bytes`; for a row of the wrapper, its `start ..< end`.
  ///   - startColumn: columns of the row that are already taken, for tab stops.
  ///   - tabWidth: distance of tab stops, at least 1.
  package static func appendCells(
    of bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, role: ThemeRole, attributes: TextAttributes = [],
    glyphs: inout GlyphTable, startColumn: Int = 0, tabWidth: Int = Sanitizer.tabWidth, into cells: inout [Cell]
  ) {
    let range = range.clamped(to: 0..<bytes.count)
    let scanner = TextUnitScanner(bytes: bytes, end: range.upperBound)
    var sink = CellSink(
      bytes: bytes, origin: cells.count - startColumn, tabWidth: max(1, tabWidth), role: role, attributes: attributes)
    swap(&sink.cells, &cells)
    swap(&sink.glyphs, &glyphs)
    var index = range.lowerBound
    while index < range.upperBound {
      var plainEnd = ASCIIScan.endOfPrintable(in: bytes, from: index, to: range.upperBound)
      // The last character may carry marks.
      if plainEnd > index, plainEnd < range.upperBound, bytes[plainEnd] >= 0x80 { plainEnd -= 1 }
      if plainEnd > index {
        sink.appendPrintable(index..<plainEnd)
        index = plainEnd
        if index == range.upperBound { break }
      }
      index = scanner.unit(at: index, into: &sink).end
    }
    swap(&sink.cells, &cells)
    swap(&sink.glyphs, &glyphs)
  }

  /// The cells of a text that has to stay on one line: a title, a name, a notice. Line ends and tabs become one space.
  /// - Parameter maximumColumns: a longer text is cut at a grapheme cluster and ends with `…`; `nil` never cuts.
  package static func line(
    _ text: String, role: ThemeRole, attributes: TextAttributes = [], glyphs: inout GlyphTable,
    maximumColumns: Int? = nil
  ) -> [Cell] {
    var cells: [Cell] = []
    withSingleLine(of: text, maximumColumns: maximumColumns) { bytes, kept, isCut in
      appendCells(of: bytes, range: 0..<kept, role: role, attributes: attributes, glyphs: &glyphs, into: &cells)
      if isCut { cells.append(Cell(Truncation.mark, role: role, attributes: attributes)) }
    }
    return cells
  }

  /// The text as it may be written to a terminal without the screen: linear mode, messages of commands. LF and tab stay;
  /// CRLF and a lone CR become LF.
  package static func plain(_ text: String) -> String {
    withBytes(of: text) { bytes in
      var sink = PlainSink(bytes: bytes)
      sink.result.reserveCapacity(bytes.count)
      var offset = 0
      while true {
        let line = LineBreaks.line(in: bytes, from: offset)
        let scanner = TextUnitScanner(bytes: bytes, end: line.content.upperBound)
        var index = line.content.lowerBound
        while index < line.content.upperBound { index = scanner.unit(at: index, into: &sink).end }
        if let next = line.next {
          sink.result.append(0x0A)
          offset = next
        } else {
          if line.content.upperBound < bytes.count { sink.result.append(0x0A) }
          break
        }
      }
      return String(decoding: sink.result, as: UTF8.self)
    }
  }

  /// The text as it may be written to a pipe or a file: C0, C1 and DEL in the form `plain` gives them, everything else as
  /// it is.
  package static func piped(_ text: String) -> String {
    withBytes(of: text) { bytes in
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        switch byte {
        case 0x0A, 0x09, 0x20...0x7E: result.append(byte)
        case 0x0D:
          result.append(0x0A)
          if index + 1 < bytes.count, bytes[index + 1] == 0x0A { index += 1 }
        case 0..<0x20, 0x7F:
          result.append(0x5E)
          result.append(StandIn.letter(ofCaret: byte))
        case 0xC2 where index + 1 < bytes.count && bytes[index + 1] < 0xA0:
          result.append(contentsOf: StandIn.text(ofNumber: UInt32(bytes[index + 1])).utf8)
          index += 1
        default: result.append(byte)
        }
        index += 1
      }
      return String(decoding: result, as: UTF8.self)
    }
  }

  /// A single line of at most 80 columns for window titles, notifications and the like (R9).
  package static func title(_ text: String) -> String {
    singleLine(text, maximumColumns: 80)
  }

  /// A single line as text; see `line` for the rules.
  package static func singleLine(_ text: String, maximumColumns: Int? = nil) -> String {
    withSingleLine(of: text, maximumColumns: maximumColumns) { bytes, kept, isCut in
      var sink = PlainSink(bytes: bytes)
      let scanner = TextUnitScanner(bytes: bytes, end: kept)
      var index = 0
      while index < kept { index = scanner.unit(at: index, into: &sink).end }
      var result = String(decoding: sink.result, as: UTF8.self)
      if isCut { result.unicodeScalars.append(Truncation.mark) }
      return result
    }
  }

  /// Joins the lines of `text` and hands over its bytes, how many of them fit, and whether that cuts it.
  private static func withSingleLine<Result>(
    of text: String, maximumColumns: Int?, _ body: (UnsafeBufferPointer<UInt8>, Int, Bool) -> Result
  ) -> Result {
    withBytes(of: text) { bytes in
      guard bytes.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) else {
        return withKept(bytes, maximumColumns, body)
      }
      var joined: [UInt8] = []
      joined.reserveCapacity(bytes.count)
      var isInBreak = false
      for byte in bytes {
        let isBreak = byte == 0x0A || byte == 0x0D || byte == 0x09
        if !isBreak { joined.append(byte) } else if !isInBreak { joined.append(0x20) }
        isInBreak = isBreak
      }
      return joined.withUnsafeBufferPointer { withKept($0, maximumColumns, body) }
    }
  }

  private static func withKept<Result>(
    _ bytes: UnsafeBufferPointer<UInt8>, _ maximumColumns: Int?,
    _ body: (UnsafeBufferPointer<UInt8>, Int, Bool) -> Result
  ) -> Result {
    guard let maximumColumns else { return body(bytes, bytes.count, false) }
    let fit = Truncation.fit(bytes, columns: maximumColumns)
    return body(bytes, fit.end, fit.needsMark)
  }

  private static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var text = text
    return text.withUTF8(body)
  }
}

/// Makes cells.
private struct CellSink: TextUnitSink {
  let bytes: UnsafeBufferPointer<UInt8>
  /// Index of the cell that would stand in column 0; negative if that was drawn elsewhere.
  let origin: Int
  let tabWidth: Int
  let role: ThemeRole
  let attributes: TextAttributes
  var cells: [Cell] = []
  var glyphs = GlyphTable()

  init(
    bytes: UnsafeBufferPointer<UInt8>, origin: Int, tabWidth: Int, role: ThemeRole, attributes: TextAttributes
  ) {
    self.bytes = bytes
    self.origin = origin
    self.tabWidth = tabWidth
    self.role = role
    self.attributes = attributes
  }

  /// Appends cells for bytes that are all printable ASCII.
  @inline(__always)
  mutating func appendPrintable(_ range: Range<Int>) {
    // Filled on the stack and copied as memory: the array then checks its capacity once a run, not once a cell.
    let template = Cell(" ", role: role, attributes: attributes)
    let capacity = 256
    withUnsafeTemporaryAllocation(of: Cell.self, capacity: capacity) { buffer in
      var index = range.lowerBound
      while index < range.upperBound {
        let count = min(capacity, range.upperBound - index)
        for position in 0..<count {
          var cell = template
          cell.glyph = UInt32(bytes[index + position])
          buffer.initializeElement(at: position, to: cell)
        }
        cells.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<count]))
        index += count
      }
    }
  }

  mutating func tab() {
    let column = max(0, cells.count - origin)
    let blank = Cell(" ", role: role, attributes: attributes)
    cells.append(contentsOf: repeatElement(blank, count: tabWidth - column % tabWidth))
  }

  mutating func caret(_ control: UInt8) {
    appendStandIn("^")
    appendStandIn(Unicode.Scalar(StandIn.letter(ofCaret: control)))
  }

  mutating func number(of scalar: UInt32) {
    for scalar in StandIn.text(ofNumber: scalar).unicodeScalars { appendStandIn(scalar) }
  }

  mutating func marks(beyond count: Int) {
    for scalar in StandIn.text(ofMarks: count).unicodeScalars { appendStandIn(scalar) }
  }

  mutating func cell(bytes range: Range<Int>, scalar: UInt32?, columns: Int, isStray: Bool) {
    let glyph: UInt32
    if let scalar {
      glyph = scalar
    } else {
      let text = UnsafeBufferPointer(rebasing: bytes[range])
      glyph =
        isStray
        ? glyphs.glyph(for: "\u{25CC}" + String(decoding: text, as: UTF8.self)) : glyphs.glyph(forUTF8: text)
    }
    cells.append(Cell(glyph: glyph, width: UInt8(columns), role: role, attributes: attributes))
    if columns == 2 { cells.append(.continuation(role: role, attributes: attributes)) }
  }

  private mutating func appendStandIn(_ scalar: Unicode.Scalar) {
    cells.append(Cell(scalar, role: .control, attributes: attributes))
  }
}

/// Makes UTF-8.
private struct PlainSink: TextUnitSink {
  let bytes: UnsafeBufferPointer<UInt8>
  var result: [UInt8] = []

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func tab() { result.append(0x09) }

  mutating func caret(_ control: UInt8) {
    result.append(0x5E)
    result.append(StandIn.letter(ofCaret: control))
  }

  mutating func number(of scalar: UInt32) { result.append(contentsOf: StandIn.text(ofNumber: scalar).utf8) }

  mutating func marks(beyond count: Int) { result.append(contentsOf: StandIn.text(ofMarks: count).utf8) }

  mutating func cell(bytes range: Range<Int>, scalar: UInt32?, columns: Int, isStray: Bool) {
    if isStray { result.append(contentsOf: "\u{25CC}".utf8) }
    result.append(contentsOf: bytes[range])
  }
}
