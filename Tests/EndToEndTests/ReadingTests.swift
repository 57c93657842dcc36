// What people look at all day: answers as they arrive, read wherever the reader is, taken out as they were written.

import Platform
import TestSupport
import Testing

@Suite("Reading", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct ReadingTests {
  private static let paragraphs = (1...40).map { "Paragraph \($0) of a *long* answer." }.joined(separator: "\n\n")

  /// The first row of the pane.
  private func top(_ terminal: PseudoTerminal) -> String { terminal.screen.text.dropFirst().first ?? "" }

  @Test("The line being read does not move while a stream grows, folds, resizes and a theme changes")
  func anchor() throws {
    let home = try Home { _ in
      .stream(
        [Completion.head, Completion.thinking("a thought\nof two lines"), Completion.text(Self.paragraphs)]
          + (1...5).flatMap { number in
            [
              .waitForSignal("\(number)"),
              Completion.text("\n\n- item \(number)\n\n```swift\nlet x = \(number)\n```\n"),
            ]
          } + [Completion.text("\n\nthe-very-end"), Completion.end])
    }
    let terminal = try home.open(rows: 24, columns: 80)
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "Paragraph 40"), "\(terminal.screen.text)")
    terminal.type("\u{1B}[5~\u{1B}[5~")
    try #require(
      terminal.wait(15_000) { !$0.shows("Paragraph 33") && $0.shows("Paragraph 2") }, "\(terminal.screen.text)")
    let line = top(terminal)
    #expect(line.contains("Paragraph"), "\(line)")

    // It grows, by lists and code.
    home.server.signal("1")
    #expect(terminal.wait(15_000, for: "new line"), "\(terminal.screen.text)")
    #expect(top(terminal) == line)
    // What is above unfolds and folds again: four rows more, four rows less.
    terminal.type("\u{0F}")
    home.server.signal("2")
    #expect(terminal.wait(15_000) { $0.shows("new lines") })
    #expect(top(terminal) == line, "\(terminal.screen.text)")
    terminal.type("\u{0F}")
    #expect(terminal.wait(15_000) { ($0.text.dropFirst().first ?? "") == line }, "\(terminal.screen.text)")
    // It is resized, narrower and wider, while more arrives.
    for columns in [60, 100, 200, 80] {
      terminal.resize(rows: 24, columns: columns)
      #expect(
        terminal.wait(15_000) { ($0.text.dropFirst().first ?? "") == line }, "\(columns): \(terminal.screen.text)")
    }
    home.server.signal("3")
    // The theme changes.
    try terminal.say("/theme light")
    #expect(terminal.wait(15_000, for: "Theme light"), "\(terminal.screen.text)")
    #expect(top(terminal) == line, "\(terminal.screen.text)")
    home.server.signal("4")
    home.server.signal("5")
    #expect(terminal.waitElsewhere { home.dataHolds("the-very-end") })
    #expect(top(terminal) == line, "\(terminal.screen.text)")
    // And End goes where the text is.
    terminal.type("\u{1B}[F")
    #expect(terminal.wait(15_000, for: "the-very-end"), "\(terminal.screen.text)")
  }

  @Test("Markdown is read while it streams: no raw markup is on the screen at any moment")
  func streams() throws {
    let pieces = [
      "# A head", "ing\n\nSome **bo", "ld** and `co", "de` words, a [li", "nk](https://exa", "mple.org/x).\n\n| a ",
      "| b |\n|-", "--|---|\n| 1 | 2 |\n\n```swi", "ft\nlet x = 1\n``", "`\n\n1. fir", "st\n2. second\n\nthe-very-end",
    ]
    let home = try Home { _ in
      .stream(
        [Completion.head]
          + pieces.enumerated().flatMap { [Completion.text($0.element), .waitForSignal("\($0.offset)")] }
          + [Completion.end])
    }
    let terminal = try home.open()
    try terminal.say("hello")
    let seen = ["A head", "bo", "co", "li", "link", "b", "b", "1", "x = 1", "fir", "the-very-end"]
    for (number, text) in seen.enumerated() {
      #expect(terminal.wait(15_000, for: text), "\(number) \(terminal.screen.text)")
      let raw = terminal.screen.text.filter {
        $0.contains("**") || $0.contains("`") || $0.contains("](") || $0.contains("|-") || $0.contains("# ")
      }
      #expect(raw == [], "\(number)")
      home.server.signal("\(number)")
    }
    #expect(terminal.wait(15_000, for: "link (https://example.org/x)"))
    // An 'a' in a cell, a line below the header.
    #expect(terminal.screen.text.contains { $0.contains("a │ b") }, "\(terminal.screen.text)")
  }

  @Test("A word is found in the conversation, marked, and left again")
  func finds() throws {
    let home = try Home { _ in .stream([Completion.head, Completion.text(Self.paragraphs), Completion.end]) }
    let terminal = try home.open()
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "Paragraph 40"), "\(terminal.screen.text)")
    terminal.type("\t")
    try #require(terminal.wait(15_000, for: "Esc writes"), "\(terminal.screen.text)")
    terminal.type("/paragraph 7 \r")
    #expect(terminal.wait(15_000) { $0.shows("Paragraph 7 of") }, "\(terminal.screen.text)")
    terminal.type("\u{1B}")
    #expect(terminal.wait(15_000, for: "Esc writes"), "\(terminal.screen.text)")
    terminal.type("i")
    terminal.type("written again")
    #expect(terminal.wait(15_000, for: "written again"), "\(terminal.screen.text)")
  }
}
