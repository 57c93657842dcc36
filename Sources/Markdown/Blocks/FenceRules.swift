// Fenced code (CommonMark 0.31.2 section 4.5) and display mathematics, which is fenced in the same spirit.

/// The opening fence of a code block.
struct CodeFence: Equatable, Sendable {
  let marker: UInt8
  let length: Int
  /// Columns of white space before the fence; as many are taken from each line of the code.
  let indent: Int

  /// The fence that the line is, and where its info string stands.
  static func opening(_ line: LineCursor, _ memo: inout LineMemo) -> (fence: CodeFence, info: Range<Int>)? {
    let marker = line.first
    guard line.byte(after: 1) == marker, line.byte(after: 2) == marker else { return nil }
    memo.fence.resume(at: line.content)
    // State 0: in the run; above: the run's length. A backtick in the info string refutes, tildes may stand there.
    while memo.fence.position < line.end, !memo.fence.isRefuted {
      let byte = line.bytes[memo.fence.position]
      if memo.fence.state == 0 {
        if byte != marker { memo.fence.state = memo.fence.position - line.content }
      } else if byte == marker, marker == UInt8(ascii: "`") {
        memo.fence.isRefuted = true
      }
      memo.fence.position += 1
    }
    guard !memo.fence.isRefuted else { return nil }
    let length = memo.fence.state == 0 ? line.end - line.content : memo.fence.state
    var text = line
    text.advanceIntoContent(length)
    text.findContent(&memo)
    let end = text.visibleEnd(&memo)
    return (CodeFence(marker: marker, length: length, indent: line.indent), text.content..<end)
  }

  /// Whether the line ends the code.
  func isClosed(by line: LineCursor, _ memo: inout LineMemo) -> Bool {
    guard line.indent < 4, line.first == marker else { return false }
    memo.closingFence.resume(at: line.content)
    while memo.closingFence.position < line.end, !memo.closingFence.isRefuted {
      let byte = line.bytes[memo.closingFence.position]
      if byte == 0x20 || byte == 0x09 {
        if memo.closingFence.state == 0 { memo.closingFence.state = memo.closingFence.position - line.content }
      } else if byte != marker || memo.closingFence.state != 0 {
        memo.closingFence.isRefuted = true
      }
      memo.closingFence.position += 1
    }
    let found = memo.closingFence.state == 0 ? line.end - line.content : memo.closingFence.state
    return !memo.closingFence.isRefuted && found >= length
  }

  /// Whether an unfinished line may become the closing fence, or is it already.
  func mayBeClosed(by line: LineCursor, _ memo: inout LineMemo) -> Bool {
    guard line.indent < 4, line.first == marker else { return false }
    _ = isClosed(by: line, &memo)
    return !memo.closingFence.isRefuted
  }
}

/// Mathematics between `$$` and `$$` or `\[` and `\]` that stands by itself. It begins where a line begins, ends where a
/// line ends, and holds no blank line, which is as TeX has it and keeps a stray opening from swallowing the text.
enum MathFence: Equatable, Sendable {
  case dollars, brackets

  /// What a line is in which mathematics begins.
  enum Opening: Equatable, Sendable {
    /// Mathematics that goes on; what the line holds of it.
    case lasting(Range<Int>)
    /// A line with both delimiters.
    case whole(Range<Int>)
  }

  var closer: StaticString { self == .dollars ? "$$" : "\\]" }

  /// The mathematics that begins with the line, if it does. `$$x$$ and more` is a paragraph; so is `\[text` unless it is
  /// closed at the end of the line, for that is how brackets are escaped.
  static func opening(_ line: LineCursor, _ memo: inout LineMemo) -> (fence: MathFence, opening: Opening)? {
    let second = line.byte(after: 1)
    let third = line.byte(after: 2)
    let fence: MathFence
    switch (line.first, second) {
    case (UInt8(ascii: "$"), UInt8(ascii: "$")):
      if third == UInt8(ascii: "$") { return nil }
      fence = .dollars
    case (UInt8(ascii: "\\"), UInt8(ascii: "[")): fence = .brackets
    default: return nil
    }
    let end = line.visibleEnd(&memo)
    switch fence.closing(in: line.bytes, from: line.content + 2, to: end, &memo.math) {
    case .none:
      let isText = third != 0x20 && third != 0x09 && third != 0x0A && third != UInt8(ascii: "\\")
      if fence == .brackets, isText { return nil }
      return (fence, .lasting(line.content + 2..<max(end, line.content + 2)))
    case .some(let position):
      return position + 2 == end ? (fence, .whole(line.content + 2..<position)) : nil
    }
  }

  /// The end of the mathematics in a line that ends with the closing delimiter.
  func end(in line: LineCursor, _ memo: inout LineMemo) -> Int? {
    let end = line.visibleEnd(&memo)
    guard end - line.content >= 2 else { return nil }
    let first = closer.utf8Start[0]
    let second = closer.utf8Start[1]
    return line.bytes[end - 2] == first && line.bytes[end - 1] == second ? end - 2 : nil
  }

  /// Where the first closing delimiter stands; an escaped one, as in `\\]`, does not count.
  private func closing(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int, _ scan: inout LineScan
  ) -> Int? {
    scan.resume(at: start)
    let first = closer.utf8Start[0]
    let second = closer.utf8Start[1]
    // State above 0: one more than the distance of the delimiter from the start.
    while scan.state == 0, scan.position + 1 < limit {
      if bytes[scan.position] == first, bytes[scan.position + 1] == second {
        scan.state = scan.position - start + 1
      } else if bytes[scan.position] == UInt8(ascii: "\\") {
        scan.position += 1
      }
      scan.position += 1
    }
    return scan.state == 0 ? nil : start + scan.state - 1
  }
}
