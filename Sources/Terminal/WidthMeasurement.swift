// Asks a terminal how many columns it takes for the samples of every kind: writes one at the beginning of a row and asks
// where the cursor is. A pure half that knows bytes and answers; `WidthMeasurer` has the terminal.

import Display

/// One round of questions about widths.
package struct WidthMeasurement: Equatable, Sendable {
  /// No sample is wider; the row needs room for that and the cursor behind it.
  package static let maximumColumns = 24
  /// The row that samples are written to, from one. Not the first: an answer from there may look like a function key.
  static let row = 2

  /// Every sample with the kind it belongs to, in the order of the questions.
  private static let samples: [(kind: ClusterKind, text: String)] = ClusterKind.allCases.flatMap { kind in
    kind.samples.map { (kind, $0) }
  }

  /// The bytes that ask, for a terminal in raw mode: on the alternate screen, where nothing stays.
  static var questions: [UInt8] {
    var bytes = Array("\u{1B}[?1049h\u{1B}[?25l".utf8)
    for sample in samples {
      bytes += Array("\u{1B}[\(row);1H\u{1B}[2K\(sample.text)\u{1B}[6n".utf8)
    }
    return bytes
  }

  /// The bytes that bring the screen back, whatever was answered.
  static let ending = Array("\u{1B}[\(row);1H\u{1B}[2K\u{1B}[?25h\u{1B}[?1049l".utf8)

  private var columns: [Int] = []

  /// Nothing is answered yet.
  init() {}

  /// Takes an answer. One from another row says that the sample did not stay in its own.
  mutating func take(row: Int, column: Int) {
    if isComplete { return }
    columns.append(row == Self.row ? min(column - 1, Self.maximumColumns) : Self.maximumColumns)
  }

  /// Whether everything was answered.
  var isComplete: Bool { columns.count == Self.samples.count }

  /// What was answered, maybe by a multiplexer; nil before it is all there.
  func widths(isMultiplexed: Bool) -> TerminalWidths? {
    guard isComplete else { return nil }
    var measured: [ClusterKind: [Int]] = [:]
    for (sample, columns) in zip(Self.samples, columns) { measured[sample.kind, default: []].append(columns) }
    return TerminalWidths(measured: measured, isMultiplexed: isMultiplexed)
  }
}
