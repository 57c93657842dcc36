// The text under the caret against a naive model, and taking back whatever was done.

import Display
import Testing

@testable import Interface

/// The same text as one string, rebuilt for every edit.
private struct NaiveBuffer {
  var text = ""
  /// In UTF-8.
  var caret = 0

  var boundaries: [Int] { text.indices.map { text.utf8.distance(from: text.startIndex, to: $0) } + [text.utf8.count] }

  mutating func replace(_ range: Range<Int>, with piece: String) {
    let bytes = Array(text.utf8)
    text = String(decoding: bytes[..<range.lowerBound] + Array(piece.utf8) + bytes[range.upperBound...], as: UTF8.self)
    let wanted = range.lowerBound + piece.utf8.count
    caret = boundaries.first { $0 >= wanted } ?? 0
  }

  var previous: Int { boundaries.last { $0 < caret } ?? caret }
  var next: Int { boundaries.first { $0 > caret } ?? caret }
  var lineStart: Int { (Array(text.utf8)[..<caret].lastIndex(of: 0x0A) ?? -1) + 1 }
  var lineEnd: Int { Array(text.utf8)[caret...].firstIndex(of: 0x0A) ?? text.utf8.count }
}

@Suite("Composer text")
struct ComposerBufferTests {
  @Test("Random edits give the text and the caret of a naive model", arguments: 1...40 as ClosedRange<UInt64>)
  func naiveModel(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var state = ComposerState()
    var model = NaiveBuffer()
    for step in 0..<150 {
      switch Int.random(in: 0..<12, using: &numbers) {
      case 0..<5:
        let piece = awkwardPieces.randomElement(using: &numbers) ?? "a"
        _ = state.paste(piece)
        model.replace(model.caret..<model.caret, with: piece)
      case 5:
        state.press("Backspace")
        model.replace(model.previous..<model.caret, with: "")
      case 6:
        state.press("Delete")
        model.replace(model.caret..<model.next, with: "")
      case 7:
        state.press("Left")
        model.caret = model.previous
      case 8:
        state.press("Right")
        model.caret = model.next
      case 9:
        state.press("C-a")
        model.caret = model.lineStart
      case 10:
        state.press("C-e")
        model.caret = model.lineEnd
      default:
        state.press("C-k")
        let end = model.lineEnd
        model.replace(model.caret..<(end > model.caret ? end : model.next), with: "")
      }
      let caret = state.buffer.text(in: .start..<state.buffer.caret).utf8.count
      #expect(state.text == model.text && caret == model.caret, "seed \(seed), step \(step)")
      #expect(state.buffer.byteCount == model.text.utf8.count)
      if state.text != model.text || caret != model.caret { return }
    }
  }

  @Test(
    "Taking everything back gives the text from before, doing it again the one after",
    arguments: 1...40 as ClosedRange<UInt64>)
  func undoAndRedo(seed: UInt64) {
    let keys = chords(
      "a b Space Space c C-j Backspace Backspace Delete C-k C-u C-w M-d M-Backspace C-y M-y C-t M-u M-l M-c Left Right Up Down "
        + "C-a C-e M-b M-f M-< M-> C-_ M-_ M-Enter \\ Enter")
    var numbers = SeededNumbers(seed: seed)
    var state = composer("Some text, \n👨‍👩‍👧 e\u{301} with|\nlines")
    let before = state.text
    for _ in 0..<200 {
      if Int.random(in: 0..<6, using: &numbers) == 0 {
        _ = state.paste(awkwardPieces.randomElement(using: &numbers) ?? "")
      } else if let chord = keys.randomElement(using: &numbers) {
        _ = state.handle(chord, width: 20)
      }
    }
    // A last edit, after which nothing is left of what was taken back on the way.
    state.press("x")
    let after = state.marked
    while state.press("C-_") == .edited {}
    #expect(state.text == before, "seed \(seed)")
    while state.press("M-_") == .edited {}
    #expect(state.marked == after, "seed \(seed)")
  }

  @Test("The caret never stands inside a cluster", arguments: 1...40 as ClosedRange<UInt64>)
  func clustersStayWhole(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    var state = ComposerState()
    let keys = chords("Left Right Up Down M-b M-f Backspace Delete C-t C-w M-d C-y C-a C-e C-_")
    for _ in 0..<200 {
      if Bool.random(using: &numbers) {
        _ = state.paste(awkwardPieces.randomElement(using: &numbers) ?? "")
      } else if let chord = keys.randomElement(using: &numbers) {
        _ = state.handle(chord, width: 9)
      }
      let line = String(decoding: state.buffer.lines[state.buffer.caret.line], as: UTF8.self)
      let boundaries = line.indices.map { line.utf8.distance(from: line.startIndex, to: $0) } + [line.utf8.count]
      #expect(boundaries.contains(state.buffer.caret.offset), "seed \(seed): \(line)")
      #expect(!state.buffer.lines.contains { $0.contains(0x0A) })
    }
  }

  @Test("Searching a cluster backwards agrees with going forwards", arguments: 1...30 as ClosedRange<UInt64>)
  func boundariesBackwards(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let text = (0..<60).map { _ in awkwardPieces.randomElement(using: &numbers) ?? "" }.joined().filter { $0 != "\n" }
    let bytes = Array(text.utf8)
    var boundaries = [0]
    while let last = boundaries.last, last < bytes.count { boundaries.append(ClusterBoundary.after(last, in: bytes)) }
    for (previous, boundary) in zip(boundaries, boundaries.dropFirst()) {
      #expect(ClusterBoundary.before(boundary, in: bytes) == previous)
      #expect(ClusterBoundary.atOrAfter(previous + 1, in: bytes) == boundary)
    }
  }

  @Test("A long run of flags is counted from its start")
  func manyFlags() {
    let bytes = Array(String(repeating: "🇩🇪", count: 500).utf8)
    #expect(ClusterBoundary.before(bytes.count, in: bytes) == bytes.count - 8)
    #expect(ClusterBoundary.atOrAfter(1_001, in: bytes) == 1_008)
  }

  @Test("Line ends of every kind become line feeds")
  func lineEnds() {
    #expect(TextBuffer("a\r\nb\rc\nd\r\r\ne").text == "a\nb\nc\nd\n\ne")
  }

  @Test("Places outside the text are brought inside")
  func outsidePlaces() {
    var buffer = TextBuffer("ab\ncd")
    buffer.moveCaret(to: TextPosition(line: 7, offset: 0))
    #expect(buffer.caret == buffer.end)
    buffer.moveCaret(to: TextPosition(line: 0, offset: 99))
    #expect(buffer.caret == TextPosition(line: 0, offset: 2))
    buffer.moveCaret(to: TextPosition(line: -1, offset: 5))
    #expect(buffer.caret == .start)
  }
}

@Suite("Composer undo")
struct ComposerUndoTests {
  @Test("Typing is taken back word by word")
  func words() {
    var state = ComposerState()
    state.type("one two  three")
    state.press("C-_")
    #expect(state.text == "one two  ")
    state.press("C-_")
    #expect(state.text == "one ")
    state.press("C-_")
    #expect(state.text == "")
    state.press("M-_ M-_")
    #expect(state.marked == "one two  |")
  }

  @Test("A motion between two keys makes two steps")
  func motionsSeparate() {
    var state = ComposerState()
    state.type("ab")
    state.press("Left Right")
    state.type("cd")
    state.press("C-_")
    #expect(state.marked == "ab|")
  }

  @Test("A run of backspaces is one step, and the caret comes back with the text")
  func backspaces() {
    var state = composer("one two| x")
    state.press("Backspace Backspace Backspace")
    #expect(state.marked == "one | x")
    state.press("C-_")
    #expect(state.marked == "one two| x")
  }

  @Test("Typing after undo forgets what was taken back")
  func redoIsForgotten() {
    var state = ComposerState()
    state.type("a b")
    state.press("C-_")
    state.type("c")
    #expect(state.press("M-_") == .unchanged)
    #expect(state.text == "a c")
  }

  @Test("The oldest steps are forgotten first, the newest never")
  func bounded() {
    var buffer = TextBuffer()
    var undo = UndoStack()
    let large = [UInt8](repeating: 0x61, count: UndoStack.maximumBytes + 1)
    for bytes in [[0x62], large] {
      undo.record(TextEdit(replacing: buffer.end..<buffer.end, with: bytes, in: &buffer), as: .separate)
    }
    var steps = 0
    while undo.undo(in: &buffer) { steps += 1 }
    #expect(steps == 1)
    #expect(buffer.text == "b")
  }

  @Test("No more than so many steps are kept")
  func boundedSteps() {
    var buffer = TextBuffer()
    var undo = UndoStack()
    for _ in 0..<(UndoStack.maximumSteps + 10) {
      undo.record(TextEdit(replacing: buffer.end..<buffer.end, with: [0x61], in: &buffer), as: .separate)
    }
    var steps = 0
    while undo.undo(in: &buffer) { steps += 1 }
    #expect(steps == UndoStack.maximumSteps)
    #expect(buffer.text == String(repeating: "a", count: 10))
  }

  @Test("The kill ring keeps so many cuts")
  func boundedRing() {
    var ring = KillRing()
    for number in 0..<(KillRing.maximumEntries + 5) { ring.add([UInt8(number)], .forward, joining: false) }
    #expect(ring.newest() == [UInt8(KillRing.maximumEntries + 4)])
    for _ in 1..<KillRing.maximumEntries { _ = ring.rotated() }
    #expect(ring.rotated() == [UInt8(KillRing.maximumEntries + 4)])
  }
}
