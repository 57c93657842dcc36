// The markers of list items and footnotes (CommonMark 0.31.2 section 5.2; footnotes as GitHub has them).

/// A list marker at the beginning of a line.
struct ListMarker: Equatable, Sendable {
  /// `-`, `+`, `*`, `.` or `)`: items with another character are of another list.
  let character: UInt8
  /// The number of an ordered item.
  let number: Int?
  /// Bytes of the marker.
  let length: Int

  /// The marker that the line's content begins with. An item that would interrupt a paragraph must have content and, if
  /// it is ordered, the number 1.
  static func opening(_ line: LineCursor, interruptsParagraph: Bool, _ memo: inout LineMemo) -> ListMarker? {
    let marker: ListMarker
    switch line.first {
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "*"):
      marker = ListMarker(character: line.first, number: nil, length: 1)
    case 0x30...0x39:
      var number = 0
      var digits = 0
      while case let byte = line.byte(after: digits), byte >= 0x30, byte <= 0x39 {
        guard digits < 9 else { return nil }
        number = number * 10 + Int(byte - 0x30)
        digits += 1
      }
      let end = line.byte(after: digits)
      guard end == UInt8(ascii: ".") || end == UInt8(ascii: ")") else { return nil }
      if interruptsParagraph, number != 1 { return nil }
      marker = ListMarker(character: end, number: number, length: digits + 1)
    default:
      return nil
    }
    let next = line.byte(after: marker.length)
    guard next == 0x20 || next == 0x09 || next == 0x0A else { return nil }
    if interruptsParagraph {
      var content = line
      content.advanceIntoContent(marker.length)
      content.findContent(&memo)
      if content.isBlank { return nil }
    }
    return marker
  }

  /// Takes the marker and the white space that belongs to it.
  ///
  /// - Returns: the columns by which the lines of the item are indented.
  func take(from line: inout LineCursor, _ memo: inout LineMemo) -> Int {
    let offset = line.indent
    line.advanceIntoContent(length)
    line.findContent(&memo)
    if line.isBlank || line.indent > 4 || line.indent < 1 {
      line.advanceOverSpace()
      return offset + length + 1
    }
    let padding = line.indent
    line.advance(columns: padding)
    return offset + length + padding
  }
}

/// The box of a task at the beginning of an item's first paragraph.
enum TaskBox {
  /// The task and where its text begins.
  static func opening(_ line: LineCursor, _ memo: inout LineMemo) -> (task: MarkdownContainer.Task, content: Int)? {
    guard line.first == UInt8(ascii: "["), line.byte(after: 2) == UInt8(ascii: "]"),
      line.byte(after: 3) == 0x20 || line.byte(after: 3) == 0x09
    else { return nil }
    let task: MarkdownContainer.Task
    switch line.byte(after: 1) {
    case 0x20: task = .open
    case UInt8(ascii: "x"), UInt8(ascii: "X"): task = .done
    default: return nil
    }
    var text = line
    text.advanceIntoContent(3)
    text.findContent(&memo)
    return text.isBlank ? nil : (task, text.content)
  }

  /// Whether an unfinished line may become a box with text behind it.
  static func mayOpen(_ line: LineCursor, _ memo: inout LineMemo) -> Bool {
    guard line.first == UInt8(ascii: "[") else { return false }
    if line.content + 1 == line.end { return true }
    guard [0x20, UInt8(ascii: "x"), UInt8(ascii: "X")].contains(line.byte(after: 1)) else { return false }
    if line.content + 2 == line.end { return true }
    guard line.byte(after: 2) == UInt8(ascii: "]") else { return false }
    var text = line
    text.advanceIntoContent(3)
    text.findContent(&memo)
    return text.isBlank
  }
}

enum FootnoteRules {
  /// As for link labels (CommonMark 0.31.2 section 4.7).
  private static let longestLabel = 999

  /// The label in `[^label]:` at the beginning of a line's content: no brackets and no white space.
  static func label(_ line: LineCursor) -> Range<Int>? {
    guard line.first == UInt8(ascii: "["), line.byte(after: 1) == UInt8(ascii: "^") else { return nil }
    var length = 0
    while length <= longestLabel {
      switch line.byte(after: 2 + length) {
      case UInt8(ascii: "]"):
        guard length > 0, line.byte(after: 3 + length) == UInt8(ascii: ":") else { return nil }
        return line.content + 2..<line.content + 2 + length
      case 0x00...0x20, UInt8(ascii: "["):
        return nil
      default:
        length += 1
      }
    }
    return nil
  }

  /// Whether an unfinished line is the beginning of `[^label]:`, from its second byte on.
  static func mayOpen(_ line: LineCursor) -> Bool {
    guard line.first == UInt8(ascii: "["), line.byte(after: 1) == UInt8(ascii: "^") else { return false }
    var length = 0
    while length <= longestLabel {
      switch line.byte(after: 2 + length) {
      case UInt8(ascii: "]"): return length > 0 && line.content + length + 3 == line.end
      case 0x0A: return true
      case 0x00...0x20, UInt8(ascii: "["): return false
      default: length += 1
      }
    }
    return false
  }
}
