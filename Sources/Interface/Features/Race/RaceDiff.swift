// Two answers of a race word by word: one text in which what only one of them has is marked, by signs and by colour.

import Conversations
import Display
import Streaming

/// A comparison of two answers as it is shown.
package struct RaceDiff: Equatable, Sendable {
  /// The lane that it is compared with.
  package let other: Int
  let key: ComparisonKey
  /// Both texts in one, with marks; `nil` if they are too long to be compared.
  let text: [UInt8]?
  /// What of the text is marked, in order.
  let spans: [Span]
  let summary: String
  /// The first row that is shown.
  var top = 0

  struct Span: Equatable, Sendable {
    var range: Range<Int>
    var role: ThemeRole
  }

  /// The way from the answer of lane `other` to another one.
  /// - Parameter isPartial: whether more may come of one of them.
  /// Comparing is done while a key waits for it: longer texts are not.
  private static let maximumBytes = 1 << 20

  init(from old: TranscriptMessage, lane other: Int, to new: TranscriptMessage, isPartial: Bool) {
    self.other = other
    let (before, after) = (Array(old.text.utf8), Array(new.text.utf8))
    key = ComparisonKey(old: old.id, new: new.id, bytes: before.count, newBytes: after.count)
    let sofar = isPartial ? ", so far" : ""
    guard before.count + after.count <= Self.maximumBytes, let diff = WordDiff.between(before, after) else {
      text = nil
      spans = []
      summary = "too long, or too different, to be compared"
      return
    }
    var joined: [UInt8] = []
    var spans: [Span] = []
    for piece in diff.pieces {
      switch piece.kind {
      case .same: joined += before[piece.range]
      case .deleted: Self.add(before[piece.range], "[-", "-]", .codeDeleted, to: &joined, &spans)
      case .inserted: Self.add(after[piece.range], "{+", "+}", .codeInserted, to: &joined, &spans)
      }
    }
    text = joined
    self.spans = spans
    let unit = diff.unit == .words ? "word" : "line"
    let counts = "+\(diff.insertedCount) −\(diff.deletedCount) \(unit)s"
    summary =
      (diff.deletedCount + diff.insertedCount == 0 && spans.isEmpty ? "the same text" : counts)
      + (diff.unit == .lines ? " (too different for words)" : "") + sofar
  }

  /// Adds a marked piece; marks of one that is longer than a line stand in each line.
  private static func add(
    _ piece: ArraySlice<UInt8>, _ open: String, _ close: String, _ role: ThemeRole, to text: inout [UInt8],
    _ spans: inout [Span]
  ) {
    for line in piece.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if line.offset > 0 { text.append(0x0A) }
      // A line's end alone has nothing to be marked by but the marks themselves.
      guard !line.element.isEmpty || piece.count == 1 else { continue }
      let start = text.count
      text += Array(open.utf8) + line.element + Array(close.utf8)
      spans.append(Span(range: start..<text.count, role: role))
      if piece.count == 1, piece.first == 0x0A {
        text.append(0x0A)
        return
      }
    }
  }
}

/// Which texts were compared: an answer only grows.
package struct ComparisonKey: Equatable, Sendable {
  let old: MessageID
  let new: MessageID
  let bytes: Int
  let newBytes: Int
}

/// The rows of a comparison at one width.
struct ComparisonRows: Equatable, Sendable {
  let key: ComparisonKey
  let columns: Int
  let rows: [TextRow]
}

extension LayoutCache {
  /// The rows of a comparison; they are found once for each width.
  /// - Complexity: O(1) if nothing changed, else linear in the text.
  mutating func rows(of diff: RaceDiff, columns: Int) -> [TextRow] {
    if let known = comparison, known.key == diff.key, known.columns == columns { return known.rows }
    var rows: [TextRow] = []
    diff.text?.withUnsafeBufferPointer { bytes in
      var start = 0
      while start < bytes.count {
        let line = LineBreaks.line(in: bytes, from: start)
        LineWrapper.wrap(bytes: bytes, range: line.content, columns: columns, mode: .words, into: &rows)
        start = line.next ?? bytes.count
      }
    }
    comparison = ComparisonRows(key: diff.key, columns: columns, rows: rows)
    return rows
  }
}

extension AppState {
  /// Compares the answer of a lane with that of another one.
  mutating func compareLanes(_ lane: Int, with other: Int) {
    guard let race = shownRace, race.lanes.indices.contains(lane), race.lanes.indices.contains(other), lane != other
    else { return }
    let (new, old) = (race.lanes[lane], race.lanes[other])
    guard new.message.hasText, old.message.hasText else { return show("Two answers with a text are needed") }
    guard case .race(var view) = instrument else { return }
    view.diff = RaceDiff(from: old.message, lane: other, to: new.message, isPartial: new.isLive || old.isLive)
    instrument = .race(view)
  }

  /// A key while two answers are compared; `nil` if it means what it means everywhere.
  mutating func handleRaceDiff(
    _ chord: KeyChord, _ view: RaceState, _ race: RaceTrack, _ cache: inout LayoutCache
  ) -> [Effect]? {
    guard var diff = view.diff else { return nil }
    var view = view
    switch chord {
    case KeyChord(.escape), KeyChord(.character("d")), KeyChord(.character("q")), .control("c"):
      view.diff = nil
      instrument = .race(view)
      return []
    case KeyChord(.tab), KeyChord(.tab, .shift), KeyChord(.right), KeyChord(.left):
      let count = race.lanes.count
      let step = chord == KeyChord(.tab) || chord == KeyChord(.right) ? 1 : count - 1
      var other = (diff.other + step) % count
      if other == view.focus { other = (other + step) % count }
      compareLanes(view.focus, with: other)
      return []
    default:
      let layout = RaceLayout(self, race)
      guard let rows = scrolling(by: chord, page: layout.diffRows) else {
        // Keys of the lanes are not meant here; those that are everywhere are.
        if case .nothing = options.keymap.meaning(of: [chord]) { return [] }
        return nil
      }
      let count = cache.rows(of: diff, columns: layout.diffColumns).count
      diff.top = min(max(0, diff.top + rows), max(0, count - layout.diffRows))
      view.diff = diff
      instrument = .race(view)
      return []
    }
  }
}

extension TranscriptMessage {
  var hasText: Bool { parts.contains { $0.kind == .text && !$0.bytes.isEmpty } }
}
