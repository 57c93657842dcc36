// The rows of a text that is shown as it is, extended as it grows: prompts, thinking, arguments and results of tools.
// Only the last row is open: text that arrives can change it and add rows after it, never a row before it, because
// wrapping is greedy and restarts at any row.

package import Display

/// Rows of plain text that only grows.
package struct PlainLayout: Equatable, Sendable {
  package let columns: Int
  package private(set) var rows: [TextRow] = []
  /// Bytes that the rows cover.
  package private(set) var consumed = 0
  /// Where the open line begins: the line that has no end yet.
  private var openLine = 0
  /// Rows before this one are of lines that have ended.
  private var firstRowOfOpenLine = 0

  /// An empty layout for that width; at least one column.
  package init(columns: Int) { self.columns = max(1, columns) }

  /// Takes in what was appended to `bytes` since the last call.
  /// - Complexity: linear in the appended bytes, plus one row.
  package mutating func extend(to bytes: [UInt8]) {
    guard bytes.count > consumed else { return }
    bytes.withUnsafeBufferPointer { buffer in
      var line = LineBreaks.line(in: buffer, from: openLine)
      while let next = line.next {
        wrap(line.content, of: buffer)
        openLine = next
        firstRowOfOpenLine = rows.count
        line = LineBreaks.line(in: buffer, from: openLine)
      }
      if !line.content.isEmpty { wrap(line.content, of: buffer) }
    }
    consumed = bytes.count
  }

  /// Wraps the open line, going on at its last row if it has rows already.
  private mutating func wrap(_ line: Range<Int>, of bytes: UnsafeBufferPointer<UInt8>) {
    var start = line.lowerBound
    if rows.count > firstRowOfOpenLine {
      start = rows[rows.count - 1].start
      rows.removeLast()
    }
    LineWrapper.wrap(bytes: bytes, range: start..<line.upperBound, columns: columns, mode: .words, into: &rows)
  }

  /// The row that holds a byte offset: the last one that begins at or before it.
  /// - Complexity: O(log rows).
  package func row(holding offset: Int) -> Int { rows.row(holding: offset) }
}

extension [TextRow] {
  /// The last row that begins at or before a byte offset; the first one if none does.
  func row(holding offset: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return Swift.max(0, low - 1)
  }
}
