// How the composer looks, cell by cell, and where the hardware cursor stands.

import Display
import Testing

@testable import Interface

/// What a composer draws into an area of its own.
private func picture(
  _ state: ComposerState, columns: Int, rows: Int, isFocused: Bool = true, hint: [Cell] = []
) -> (lines: [String], cursor: Point?, surface: Surface) {
  var surface = Surface(size: Size(columns: columns, rows: rows))
  var glyphs = GlyphTable()
  let cursor = ComposerView.draw(
    state, in: Rect(surface.size), on: &surface, glyphs: &glyphs, isFocused: isFocused, hint: hint)
  return (lines(of: surface, glyphs), cursor, surface)
}

private func lines(of surface: Surface, _ glyphs: GlyphTable) -> [String] {
  (0..<surface.size.rows).map { y in
    var line = ""
    for x in 0..<surface.size.columns {
      let cell = surface[Point(x: x, y: y)]
      if cell.width > 0 { line += glyphs.text(of: cell.glyph) }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

@Suite("Composer picture")
struct ComposerViewTests {
  @Test("A text stands behind the mark, the cursor at the caret")
  func simple() {
    let drawn = picture(composer("hello|"), columns: 20, rows: 1)
    #expect(drawn.lines == ["› hello"])
    #expect(drawn.cursor == Point(x: 7, y: 0))
    #expect(drawn.surface[Point(x: 0, y: 0)].role == .composerPrompt)
    #expect(drawn.surface[Point(x: 2, y: 0)].role == .composer)
  }

  @Test("An empty composer shows the hint, the cursor before it")
  func hint() {
    let drawn = picture(
      composer("|"), columns: 20, rows: 1, hint: CellRow.literal("Ask anything", role: .composerHint))
    #expect(drawn.lines == ["› Ask anything"])
    #expect(drawn.cursor == Point(x: 2, y: 0))
  }

  @Test("Without the focus there is no cursor")
  func unfocused() {
    #expect(picture(composer("a|"), columns: 20, rows: 1, isFocused: false).cursor == nil)
  }

  @Test("Long lines wrap at words")
  func wrapping() {
    let drawn = picture(composer("one two three four|"), columns: 13, rows: 3)
    #expect(drawn.lines == ["› one two", "  three four", ""])
    #expect(drawn.cursor == Point(x: 12, y: 1))
  }

  @Test("Behind a full row the cursor has a column of its own")
  func fullRow() {
    let drawn = picture(composer("0123456789|"), columns: 13, rows: 1)
    #expect(drawn.lines == ["› 0123456789"])
    #expect(drawn.cursor == Point(x: 12, y: 0))
    #expect(ComposerView.height(of: composer("0123456789|"), width: 13, maximum: 5) == 1)
    let wrapped = picture(composer("0123456789|x"), columns: 13, rows: 2)
    #expect(wrapped.cursor == Point(x: 2, y: 1))
  }

  @Test("Wide characters and clusters take their columns")
  func wide() {
    let drawn = picture(composer("日本👨‍👩‍👧e\u{301}|x"), columns: 20, rows: 1)
    #expect(drawn.lines == ["› 日本👨‍👩‍👧e\u{301}x"])
    #expect(drawn.cursor == Point(x: 9, y: 0))
    // A wide character that does not fit goes to the next row.
    let narrow = picture(composer("日本語|"), columns: 8, rows: 2)
    #expect(narrow.lines == ["› 日本", "  語"])
    #expect(narrow.cursor == Point(x: 4, y: 1))
  }

  @Test("Controls are shown, not obeyed")
  func controls() {
    var state = ComposerState()
    _ = state.paste("a\u{1B}[31m\u{07}\u{202E}b")
    let drawn = picture(state, columns: 40, rows: 1)
    #expect(drawn.lines == ["› a^[[31m^G<U+202E>b"])
    #expect(drawn.surface[Point(x: 3, y: 0)].role == .control)
    #expect(drawn.cursor == Point(x: 20, y: 0))
  }

  @Test("Tabs stand at their stops")
  func tabs() {
    let drawn = picture(composer("a\tb|"), columns: 20, rows: 1)
    #expect(drawn.lines == ["› a       b"])
    #expect(drawn.cursor == Point(x: 11, y: 0))
  }

  @Test("The height follows the rows up to what is allowed")
  func height() {
    #expect(ComposerView.height(of: composer("|"), width: 20, maximum: 5) == 1)
    #expect(ComposerView.height(of: composer("a\nb\n|"), width: 20, maximum: 5) == 3)
    #expect(ComposerView.height(of: composer("one two three|"), width: 8, maximum: 5) == 3)
    #expect(ComposerView.height(of: composer(String(repeating: "a\n", count: 99)), width: 20, maximum: 5) == 5)
    #expect(ComposerView.height(of: composer("a\nb|"), width: 20, maximum: 0) == 1)
  }

  @Test("The caret stays in sight, and the text stays where it is as long as that shows it")
  func scrolling() {
    var state = composer("0\n1\n2\n3\n4\n5|")
    func rows() -> [String] { picture(state, columns: 10, rows: 3).lines }
    state.press("Left", width: 10, rows: 3)
    #expect(rows() == ["↑ 3", "  4", "  5"])
    state.press("Up Up", width: 10, rows: 3)
    #expect(rows() == ["↑ 3", "  4", "  5"])
    state.press("Up", width: 10, rows: 3)
    #expect(rows() == ["↑ 2", "  3", "↓ 4"])
    state.press("Up Up", width: 10, rows: 3)
    #expect(rows() == ["› 0", "  1", "↓ 2"])
    state.press("M->", width: 10, rows: 3)
    #expect(rows() == ["↑ 3", "  4", "  5"])
  }

  @Test("After lines were deleted no row stays empty that could show text")
  func noEmptyRows() {
    var state = composer("0\n1\n2\n3\n4\n5|")
    state.press("Left", width: 10, rows: 3)
    state.press("C-e C-u C-u", width: 10, rows: 3)
    #expect(picture(state, columns: 10, rows: 3).lines == ["↑ 2", "  3", "  4"])
  }

  @Test("The search has a line of its own, with the cursor behind the query")
  func search() {
    var state = composer("draft|", history: ["say hello"])
    state.press("C-r h e")
    #expect(ComposerView.height(of: state, width: 30, maximum: 5) == 2)
    let drawn = picture(state, columns: 30, rows: 2)
    #expect(drawn.lines == ["› say hello", "history: he"])
    #expect(drawn.cursor == Point(x: 11, y: 1))
    state.press("x")
    #expect(picture(state, columns: 30, rows: 2).lines == ["› say hello", "history, not found: hex"])
  }

  @Test("Every size draws without harm", arguments: [0, 1, 2, 3, 4, 7, 80])
  func everySize(columns: Int) {
    var search = composer("a|", history: ["日本語"])
    search.press("C-r 日")
    for rows in 0...4 {
      for state in [composer("|"), composer("日本語\n\t👨‍👩‍👧 abc|"), search] {
        let drawn = picture(state, columns: columns, rows: rows)
        if let cursor = drawn.cursor { #expect(Rect(drawn.surface.size).contains(cursor)) }
        _ = ComposerView.height(of: state, width: columns, maximum: rows)
      }
    }
  }

  @Test("Every caret is in its row, and rows follow each other without a gap", arguments: 1...20 as ClosedRange<UInt64>)
  func rowsAreContinuous(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    let text = (0..<120).map { _ in awkwardPieces.randomElement(using: &numbers) ?? "" }.joined()
    let buffer = TextBuffer(text)
    var rows = ComposerRows(buffer, areaColumns: Int.random(in: 4...40, using: &numbers))
    var row = rows.row(containing: .start)
    var place: TextPosition? = .start
    var seen = 1
    while let current = place {
      while !row.contains(current) {
        guard let next = rows.row(after: row) else {
          Issue.record("no row for \(current), seed \(seed)")
          return
        }
        #expect(rows.row(before: next) == row, "seed \(seed)")
        row = next
        seen += 1
      }
      #expect(rows.row(containing: current) == row, "seed \(seed)")
      #expect((0...rows.columns).contains(rows.column(of: current, in: row)))
      place = buffer.position(after: current)
    }
    #expect(rows.row(after: row) == nil)
    #expect(rows.count(upTo: .max) == seen)
  }

  @Test("A line longer than a block is walked like any other")
  func longLine() {
    let text = String(repeating: "word 日本 e\u{301} 🇩🇪 ", count: 2_000) + String(repeating: "🇩🇪", count: 2_000)
    let buffer = TextBuffer(text)
    var rows = ComposerRows(buffer, areaColumns: 40)
    var row = rows.row(containing: .start)
    var end = 0
    while true {
      #expect(row.range.lowerBound == end && row.range.upperBound > end)
      #expect(ClusterBoundary.atOrAfter(row.range.lowerBound, in: buffer.lines[0]) == row.range.lowerBound)
      end = row.range.upperBound
      guard let next = rows.row(after: row) else { break }
      #expect(rows.row(before: next) == row)
      row = next
    }
    #expect(end == text.utf8.count)
    #expect(row.endsLine)
  }

  @Test("The list shows names, what matched in them, and their help")
  func completionList() {
    var state = ComposerState()
    state.type("/mo")
    state.updateCompletions { _ in
      [
        CompletionCandidate(value: "model", help: "choose a model"),
        CompletionCandidate(value: "mouse", help: "\u{1B}[m"),
      ]
    }
    state.press("Down")
    guard let list = state.completions else {
      Issue.record("no list")
      return
    }
    #expect(CompletionView.height(of: list, maximum: 8) == 2)
    let width = CompletionView.width(of: list, maximum: 80)
    #expect(width == 24)
    var surface = Surface(size: Size(columns: width, rows: 2))
    var glyphs = GlyphTable()
    CompletionView.draw(list, in: Rect(surface.size), on: &surface, glyphs: &glyphs)
    #expect(lines(of: surface, glyphs) == [" /model  choose a model", " /mouse  ^[[m"])
    #expect(surface[Point(x: 2, y: 0)].attributes == [.bold, .underline])
    #expect(surface[Point(x: 4, y: 0)].attributes == [])
    #expect(surface[Point(x: 2, y: 0)].role == .popupSelected)
    #expect(surface[Point(x: 2, y: 1)].role == .popup)
  }

  @Test("The chosen item is in sight in a low list")
  func lowList() {
    var state = ComposerState()
    state.type("/")
    state.updateCompletions { _ in (0..<9).map { CompletionCandidate(value: "c\($0)") } }
    state.press("Up")
    var surface = Surface(size: Size(columns: 8, rows: 3))
    var glyphs = GlyphTable()
    if let list = state.completions {
      CompletionView.draw(list, in: Rect(surface.size), on: &surface, glyphs: &glyphs)
    }
    #expect(lines(of: surface, glyphs) == [" /c6", " /c7", " /c8"])
  }
}
