// The rows of one part at one width, extended as its text grows. Only the last row is open: text that arrives can
// change it and add rows after it, never a row before it, because wrapping is greedy and restarts at any row.

import Display

/// What a row of text is.
package enum RowKind: UInt8, Equatable, Sendable {
  case text, code
  /// The opening fence of a code block; the row's bytes are the info string.
  case fence
  /// The closing fence.
  case fenceEnd
}

/// One row of a part: a range of its bytes.
package struct LayoutRow: Equatable, Sendable {
  package var start: Int
  package var end: Int
  package var kind: RowKind
}

/// Rows of text that only grows.
package struct PartLayout: Equatable, Sendable {
  package let columns: Int
  package let generation: Int
  package private(set) var rows: [LayoutRow] = []
  /// Bytes that the rows cover.
  private(set) var consumed = 0
  /// Rows before this one are final.
  private var openRow = 0
  /// Where the open line begins: the line that has no end yet.
  private var openLine = 0
  /// The fence that is open before the open line; `nil` outside of code.
  private var fence: Fence?
  /// Whether fences are looked for; thinking and results are shown as they are.
  private let recognisesCode: Bool

  // A fence with a longer line is text: while a line grows, each look at it stays cheap.
  private static let longestFence = 1024

  /// A backtick or tilde fence (CommonMark 0.31, section 4.5).
  private struct Fence: Equatable {
    var byte: UInt8
    var length: Int
  }

  /// An empty layout for that width; at least one column.
  package init(columns: Int, generation: Int, recognisesCode: Bool) {
    self.columns = max(1, columns)
    self.generation = generation
    self.recognisesCode = recognisesCode
  }

  /// Takes in what was appended to `bytes` since the last call.
  /// - Complexity: linear in the appended bytes, plus one row.
  package mutating func extend(to bytes: [UInt8]) {
    guard bytes.count > consumed else { return }
    bytes.withUnsafeBufferPointer { buffer in
      var scratch: [TextRow] = []
      rows.removeSubrange(openRow...)
      var line = LineBreaks.line(in: buffer, from: openLine)
      while let next = line.next {
        add(line.content, isEnded: true, of: buffer, scratch: &scratch)
        openLine = next
        openRow = rows.count
        line = LineBreaks.line(in: buffer, from: openLine)
      }
      if !line.content.isEmpty { add(line.content, isEnded: false, of: buffer, scratch: &scratch) }
    }
    consumed = bytes.count
  }

  /// Adds the rows of one line; of an unended line all but the last become final too.
  private mutating func add(
    _ line: Range<Int>, isEnded: Bool, of bytes: UnsafeBufferPointer<UInt8>, scratch: inout [TextRow]
  ) {
    // Rows of the open line that are final already were kept: go on where they end.
    var start = line.lowerBound
    let isContinued = rows.last.map { $0.start >= line.lowerBound && $0.end <= line.upperBound } ?? false
    if isContinued, let resume { start = resume }
    if !isContinued, recognisesCode, let mark = fenceMark(in: line, of: bytes) {
      rows.append(
        LayoutRow(start: mark.info.lowerBound, end: mark.info.upperBound, kind: mark.isOpening ? .fence : .fenceEnd))
      if isEnded {
        fence = mark.isOpening ? mark.fence : nil
        resume = nil
      }
      return
    }
    let kind: RowKind = fence == nil ? .text : .code
    scratch.removeAll(keepingCapacity: true)
    LineWrapper.wrap(
      bytes: bytes, range: start..<line.upperBound, columns: columns, mode: kind == .code ? .characters : .words,
      into: &scratch)
    for row in scratch { rows.append(LayoutRow(start: row.start, end: row.end, kind: kind)) }
    if isEnded || (!isContinued && recognisesCode && mayBecomeFence(line, of: bytes)) {
      resume = nil
    } else {
      openRow = max(openRow, rows.count - 1)
      resume = scratch.last?.start
    }
  }

  /// Where wrapping of the open line goes on: the start of its last row.
  private var resume: Int?

  /// Whether a line without an end is so far only the beginning of a fence: none of its rows is final then.
  private func mayBecomeFence(_ line: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard line.count <= Self.longestFence else { return false }
    let mark = line.first { bytes[$0] != UInt8(ascii: " ") } ?? line.upperBound
    guard mark - line.lowerBound <= 3 else { return false }
    return (mark..<line.upperBound).allSatisfy { index in
      bytes[index] == bytes[mark] && (bytes[index] == UInt8(ascii: "`") || bytes[index] == UInt8(ascii: "~"))
    }
  }

  /// Reads a line as a fence, if it is one where it stands.
  private func fenceMark(in line: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>)
    -> (fence: Fence, info: Range<Int>, isOpening: Bool)?
  {
    var position = line.lowerBound
    while position < line.upperBound, position - line.lowerBound < 3, bytes[position] == UInt8(ascii: " ") {
      position += 1
    }
    guard position < line.upperBound else { return nil }
    let byte = bytes[position]
    guard byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else { return nil }
    var end = position
    while end < line.upperBound, bytes[end] == byte { end += 1 }
    let length = end - position
    guard length >= 3, line.count <= Self.longestFence else { return nil }
    while end < line.upperBound, bytes[end] == UInt8(ascii: " ") { end += 1 }
    if let fence {
      guard fence.byte == byte, length >= fence.length, end == line.upperBound else { return nil }
      return (fence, end..<end, false)
    }
    let info = end..<line.upperBound
    // A backtick fence has no backtick in its info string: otherwise it is inline code.
    if byte == UInt8(ascii: "`"), info.contains(where: { bytes[$0] == byte }) { return nil }
    return (Fence(byte: byte, length: length), info, true)
  }

  /// The row that holds a byte offset: the last one that begins at or before it.
  /// - Complexity: O(log rows).
  package func row(holding offset: Int) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }
}
