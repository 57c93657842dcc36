import CSystem
import Display
import Platform
import TestSupport
import Testing

@testable import Terminal

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ScreenTests {
  @Suite struct Drawing {
    @Test("A frame shows its text, colours and attributes")
    func frame() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.write("plain", row: 0, column: 0)
      painting.write("user", row: 1, column: 3, role: .user)
      painting.write("code", row: 2, column: 0, role: .code, attributes: .underline)
      painting.write("link", row: 23, column: 76, role: .link)
      painting.frame.cursor = Point(x: 5, y: 10)
      try stage.show(painting)
      let screen = stage.terminal.screen
      #expect(screen.row(0) == "plain")
      #expect(screen.row(1) == "   user")
      #expect(screen.row(23) == String(repeating: " ", count: 76) + "link")
      #expect(
        screen.cell(row: 1, column: 3)
          == VirtualCell(text: "u", foreground: .rgb(10, 200, 30), isBold: true))
      #expect(
        screen.cell(row: 2, column: 1)
          == VirtualCell(
            text: "o", foreground: .palette(3), background: .rgb(40, 40, 60), isUnderlined: true))
      #expect(
        screen.cell(row: 23, column: 79)
          == VirtualCell(text: "k", foreground: .palette(200), isItalic: true, isStruck: true))
      #expect(screen.cursor == (10, 5, true))
      #expect(screen.isAlternateScreen)
    }

    @Test("The same frame again sends nothing")
    func unchanged() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.write("text", row: 3, column: 3, role: .user)
      painting.frame.cursor = Point(x: 1, y: 1)
      painting.frame.title = "title"
      try stage.show(painting)
      let again = try stage.show(painting)
      #expect(again == [])
    }

    @Test("A token costs few bytes: no brackets, no cursor switching, no colours that are set already")
    func byteBudget() throws {
      var stage = try Stage(rows: 40, columns: 120)
      var painting = Painting(rows: 40, columns: 120)
      for row in 0..<40 { painting.write("what was said before", row: row, column: 2, role: .user) }
      painting.frame.cursor = Point(x: 5, y: 37)
      try stage.show(painting)
      var total = 0
      for step in 0..<100 {
        painting.write("token\(step % 10)  ", row: 20 + step / 12, column: step % 12 * 8, role: .user)
        total += try stage.show(painting).count
      }
      #expect(total <= 100 * 30)
      #expect(stage.terminal.screen.row(20).hasPrefix("token0  token1"))
      #expect(stage.terminal.screen.record.modeLog.count { $0 == "+2026" } == 1)
      #expect(stage.terminal.screen.cursor == (37, 5, true))
    }

    @Test(
      "What the terminal shows after any series of frames is the last frame",
      arguments: [
        ("xterm-256color", ColorDepth.full), ("xterm", .sixteen), ("tmux-256color", .palette), ("xterm", .mono),
        ("xterm", .eight),
      ])
    func randomFrames(_ term: String, _ depth: ColorDepth) throws {
      for seed in 1...3 as ClosedRange<UInt64> {
        var generator = SeededGenerator(seed: seed)
        let rows = Int.random(in: 1...30, using: &generator)
        let columns = Int.random(in: 1...100, using: &generator)
        var stage = try Stage(rows: rows, columns: columns, term: term, depth: depth)
        var painting = Painting(rows: rows, columns: columns)
        for step in 0..<40 {
          Self.paint(&painting, using: &generator)
          if Int.random(in: 0..<20, using: &generator) == 0 { stage.screen.invalidate() }
          try stage.show(painting)
          let difference = Self.difference(painting, stage.terminal.screen, depth)
          #expect(difference == nil, "seed \(seed), step \(step)")
          if difference != nil { return }
        }
      }
    }

    private static func paint(_ painting: inout Painting, using generator: inout SeededGenerator) {
      let size = painting.frame.surface.size
      let roles: [ThemeRole] = [.text, .user, .code, .error, .link]
      for _ in 0..<Int.random(in: 0..<6, using: &generator) {
        let row = Int.random(in: 0..<size.rows, using: &generator)
        let column = Int.random(in: 0..<size.columns, using: &generator)
        let role = roles.randomElement(using: &generator) ?? .text
        let attributes: TextAttributes =
          [[], .bold, .underline, .reverse, .italic].randomElement(using: &generator) ?? TextAttributes()
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: painting.write("漢字かな", row: row, column: column, role: role, attributes: attributes, width: 2)
        case 1: painting.write("e\u{301}a\u{308}", row: row, column: column, role: role, attributes: attributes)
        case 2:
          painting.frame.surface.fill(Rect(x: column, y: row, columns: 200, rows: 2), with: .blank(role))
        case 3:
          // A scroll: every row moves up.
          var moved = painting
          for y in 0..<size.rows {
            let cells = (0..<size.columns).map { painting.frame.surface[Point(x: $0, y: y + 1)] }
            moved.frame.surface.draw(cells, at: Point(x: 0, y: y), in: Rect(size))
          }
          painting = moved
        default:
          let text = String(
            (0..<Int.random(in: 1..<40, using: &generator)).map { _ in
              "abc def.xyz|é─".randomElement(using: &generator) ?? " "
            })
          painting.write(text, row: row, column: column, role: role, attributes: attributes)
        }
      }
      repair(&painting.frame.surface)
      painting.frame.cursor =
        Bool.random(using: &generator)
        ? Point(
          x: Int.random(in: 0..<size.columns, using: &generator), y: Int.random(in: 0..<size.rows, using: &generator))
        : nil
    }

    /// A surface with no half of a wide character alone, as Interface makes them; what is left of one is a blank.
    private static func repair(_ surface: inout Surface) {
      for y in 0..<surface.size.rows {
        for x in 0..<surface.size.columns {
          let cell = surface[Point(x: x, y: y)]
          let isWide = cell.width == 2 && x + 1 < surface.size.columns && surface[Point(x: x + 1, y: y)].width == 0
          let isSecond = cell.width == 0 && x > 0 && surface[Point(x: x - 1, y: y)].width == 2
          if (cell.width == 2 && !isWide) || (cell.width == 0 && !isSecond) {
            surface.fill(Rect(x: x, y: y, columns: 1, rows: 1), with: .blank(cell.role))
          }
        }
      }
    }

    /// The first difference between a painting and what a terminal shows, in words.
    private static func difference(_ painting: Painting, _ screen: VirtualTerminal, _ depth: ColorDepth) -> String? {
      let theme = painting.frame.theme.reduced(to: depth.reduction)
      for y in 0..<screen.rows {
        for x in 0..<screen.columns {
          let cell = painting.frame.surface[Point(x: x, y: y)]
          if cell.width == 0 { continue }
          let style = theme[cell.role]
          let attributes = style.attributes.union(cell.attributes)
          let found = screen.cell(row: y, column: x)
          let text = painting.frame.glyphs.text(of: cell.glyph)
          if (found.text.isEmpty ? " " : found.text) != text { return "\(x),\(y): \(found.text) instead of \(text)" }
          if found.background != VirtualColor(style.background) { return "\(x),\(y): background \(found.background)" }
          if found.isReversed != attributes.contains(.reverse) { return "\(x),\(y): reverse \(found.isReversed)" }
          if found.isUnderlined != attributes.contains(.underline) {
            return "\(x),\(y): underline \(found.isUnderlined)"
          }
          if found.isStruck != attributes.contains(.strikethrough) { return "\(x),\(y): strike \(found.isStruck)" }
          if text == " " { continue }
          if found.foreground != VirtualColor(style.foreground) { return "\(x),\(y): foreground \(found.foreground)" }
          if found.isBold != attributes.contains(.bold) { return "\(x),\(y): bold \(found.isBold)" }
          if found.isItalic != attributes.contains(.italic) { return "\(x),\(y): italic \(found.isItalic)" }
        }
      }
      let cursor = screen.cursor
      if let wanted = painting.frame.cursor {
        if cursor != (wanted.y, wanted.x, true) { return "cursor \(cursor) instead of \(wanted)" }
      } else if cursor.isVisible {
        return "the cursor can be seen"
      }
      return nil
    }

    @Test(
      "Every role has the colours that are checked for contrast, whatever the terminal can show",
      arguments: [DefaultTheme.dark, DefaultTheme.light], ColorDepth.allCases)
    func roles(_ theme: Theme, _ depth: ColorDepth) throws {
      var stage = try Stage(rows: ThemeRole.allCases.count, columns: 20, depth: depth)
      var painting = Painting(rows: ThemeRole.allCases.count, columns: 20, theme: theme)
      for (row, role) in ThemeRole.allCases.enumerated() { painting.write("x", row: row, column: 0, role: role) }
      try stage.show(painting)
      let reduced = theme.reduced(to: depth.reduction)
      for (row, role) in ThemeRole.allCases.enumerated() {
        let style = reduced[role]
        #expect(
          stage.terminal.screen.cell(row: row, column: 0)
            == VirtualCell(
              text: "x", foreground: VirtualColor(style.foreground), background: VirtualColor(style.background),
              isBold: style.attributes.contains(.bold), isItalic: style.attributes.contains(.italic),
              isUnderlined: style.attributes.contains(.underline), isReversed: style.attributes.contains(.reverse)),
          "\(role.name)")
      }
    }

    @Test("A theme change draws everything in the new colours")
    func themeChange() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.write("user", row: 1, column: 0, role: .user)
      try stage.show(painting)
      painting.frame.theme = Theme(
        name: "other", appearance: .light, styles: [.user: Style(foreground: .rgb(1, 2, 3), background: .palette(7))])
      try stage.show(painting)
      #expect(stage.terminal.screen.cell(row: 1, column: 0).foreground == .rgb(1, 2, 3))
      #expect(stage.terminal.screen.cell(row: 1, column: 0).background == .palette(7))
      #expect(stage.terminal.screen.row(1) == "user")
    }

    @Test("Many theme changes do not run out of colours")
    func manyThemes() throws {
      var stage = try Stage(rows: 2, columns: 10)
      var painting = Painting(rows: 2, columns: 10)
      painting.write("user", row: 0, column: 0, role: .user)
      for step in 0..<2_000 {
        let (high, low) = (UInt8(step >> 8), UInt8(step & 0xFF))
        painting.frame.theme = Theme(
          name: "\(step)", appearance: .dark,
          styles: Dictionary(
            uniqueKeysWithValues: ThemeRole.allCases.map {
              ($0, Style(foreground: .rgb(high, low, $0.rawValue)))
            }))
        try stage.show(painting)
      }
      #expect(
        stage.terminal.screen.cell(row: 0, column: 0).foreground == .rgb(7, 207, ThemeRole.user.rawValue))
    }

    @Test("A large frame is bracketed for synchronised output unless the terminal said that it has none")
    func synchronised() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      func fill(_ text: String) {
        for row in 0..<24 { painting.write(text, row: row, column: 0) }
      }
      fill("first picture of many words")
      let first = String(decoding: try stage.show(painting), as: UTF8.self)
      #expect(first.contains("\u{1B}[?2026h\u{1B}[H"))
      #expect(first.hasSuffix("\u{1B}[?2026l"))
      _ = try stage.screen.take(.mode(number: 2026, state: 0))
      fill("second picture, of others")
      let second = try stage.show(painting)
      #expect(!String(decoding: second, as: UTF8.self).contains("2026"))
    }

    @Test("A resize draws the next frame whole, at any size", arguments: [(1, 1), (5, 20), (60, 200), (24, 79)])
    func resize(_ rows: Int, _ columns: Int) throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.write("before", row: 10, column: 10)
      try stage.show(painting)
      stage.terminal.resize(rows: rows, columns: columns)
      let size = stage.screen.resize()
      #expect(size == Size(columns: columns, rows: rows))
      // A frame that was made for the old size is clipped.
      try stage.show(painting)
      var after = Painting(rows: rows, columns: columns)
      after.write("after", row: rows - 1, column: 0, role: .user)
      try stage.show(after)
      #expect(stage.terminal.screen.row(rows - 1) == String("after".prefix(columns)))
      #expect(!stage.terminal.screen.shows("before"))
    }

    @Test("A terminal without a size is 80 by 24")
    func noSize() throws {
      let stage = try Stage(rows: 0, columns: 0)
      let size = stage.screen.size
      #expect(size == Size(columns: 80, rows: 24))
    }

    @Test("The cursor is switched and shaped only when that changes")
    func cursor() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.frame.cursor = Point(x: 1, y: 1)
      try stage.show(painting)
      painting.frame.cursor = Point(x: 2, y: 1)
      try stage.show(painting)
      painting.frame.cursor = nil
      try stage.show(painting)
      #expect(!stage.terminal.screen.cursor.isVisible)
      painting.frame.cursor = Point(x: 3, y: 1)
      painting.frame.cursorShape = .block
      try stage.show(painting)
      #expect(stage.terminal.screen.record.cursorShapes == [6, 2])
      #expect(stage.terminal.screen.record.modeLog.filter { $0.hasSuffix("25") } == ["-25", "+25"])
      #expect(stage.terminal.screen.cursor == (1, 3, true))
    }
  }

  @Suite struct Characters {
    @Test(
      "Every character takes the columns our layout gave it",
      arguments: [
        // Glyph, our width, what the terminal gets.
        ("a", 1, "a"), ("é", 1, "é"), ("e\u{301}", 1, "e\u{301}"), ("漢", 2, "漢"), ("😀", 2, "😀"),
        // Newer than the C library's tables (Unicode 15 and 16), and private use.
        ("\u{1FAE8}", 2, "\u{FFFD} "), ("\u{1FAE9}", 2, "\u{FFFD} "),
        // Clusters are reduced to their base.
        ("👨‍👩‍👧", 2, "👨"), ("👍🏽", 2, "👍"), ("❤️", 2, "❤ "), ("🇩🇪", 2, "DE"), ("1️⃣", 2, "1\u{20E3} "),
        // More marks than a cell holds.
        ("e\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}", 1, "e\u{301}\u{302}\u{303}\u{304}"),
        // A width that cannot be true.
        ("漢", 1, "\u{FFFD}"), ("\u{301}", 1, "\u{FFFD}"), ("\u{1B}", 1, "\u{FFFD}"), ("\u{9B}", 1, "\u{FFFD}"),
      ])
    func width(_ glyph: String, _ width: Int, _ shown: String) throws {
      var stage = try Stage(rows: 2, columns: 20)
      var painting = Painting(rows: 2, columns: 20)
      painting.write(glyph, row: 0, column: 4, role: .user, width: UInt8(width))
      painting.write("|", row: 0, column: 4 + width, role: .user)
      try stage.show(painting)
      let expected = shown.unicodeScalars.map(\.value)
      let projection = CellProjection(isUTF8: true, isOwnDescription: true)
      var glyphs = GlyphTable()
      let found = projection.shown(glyphs.glyph(for: glyph), width: width, column: 4, glyphs)
      #expect([found.first] + found.marks + (found.second.map { [$0] } ?? []) == expected)
      // The mark after it is where our layout has it.
      #expect(stage.terminal.screen.cell(row: 0, column: 4 + width).text == "|")
    }

    @Test("A locale without UTF-8 gets signs of ASCII that are like ours")
    func ascii() {
      let projection = CellProjection(isUTF8: false, isOwnDescription: true)
      let signs = "│─┌┼•→…漢".unicodeScalars.map { projection.shown($0.value, width: 1, column: 0, GlyphTable()).first }
      #expect(signs.map { Character(Unicode.Scalar($0) ?? "!") } == Array("|-++*>.?"))
    }
  }

  @Suite struct Modes {
    @Test("What was switched on is switched off in reverse order, and the line discipline is as it was")
    func leaving() throws {
      let terminal = try PseudoTerminal(rows: 24, columns: 80, answers: .modern)
      var before = termios()
      tcgetattr(terminal.programSide, &before)
      var screen = try CursesScreen.open(
        ScreenOptions(
          environment: Environment(["TERM": "xterm-kitty"]), usesMouse: true, terminal: terminal.programSide))
      #expect(terminal.screen.bytes.isEmpty)
      try screen.enter()
      _ = try screen.take(.keyboardFlags(0))
      var painting = Painting(rows: 24, columns: 80)
      painting.frame.title = "a title"
      painting.frame.cursor = Point(x: 0, y: 0)
      try screen.present(painting.frame)
      terminal.drain()
      #expect(terminal.screen.record.modes == [1049, 2004, 1004, 2031, 1002, 1006])
      #expect(terminal.screen.record.keyboardLevels == 1)
      #expect(terminal.screen.record.title == "a title")
      var during = termios()
      tcgetattr(terminal.programSide, &during)
      #expect(during.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0)

      screen.leave()
      terminal.drain()
      #expect(terminal.screen.record.modes == [])
      #expect(terminal.screen.record.keyboardLevels == 0)
      #expect(!terminal.screen.isAlternateScreen)
      #expect(terminal.screen.cursor.isVisible)
      let log = terminal.screen.record.modeLog.filter { !$0.hasSuffix("2026") }
      #expect(
        log == [
          "+1049", "+2004", "+1004", "+2031", "+1002", "+1006", "+kitty",
          "-kitty", "-1006", "-1002", "-2031", "-1004", "-2004", "-1049",
        ])
      #expect(terminal.screen.record.cursorShapes == [6, 0])
      var after = termios()
      tcgetattr(terminal.programSide, &after)
      #expect(withUnsafeBytes(of: &after) { Array($0) } == withUnsafeBytes(of: &before) { Array($0) })
    }

    @Test(
      "A terminal is told that right-to-left text is in order, and told otherwise at the end, if it listens and it is so",
      arguments: [
        (["VTE_VERSION": "7600"], true, 1), (["VTE_VERSION": "7600"], false, 0), (["KONSOLE_VERSION": "1"], true, 0),
      ])
    func explicitOrder(_ variables: [String: String], _ ordersText: Bool, _ count: Int) throws {
      let terminal = try PseudoTerminal(rows: 24, columns: 80)
      var options = ScreenOptions(
        environment: Environment(variables.merging(["TERM": "xterm-256color"]) { $1 }), terminal: terminal.programSide)
      options.ordersText = ordersText
      var screen = try CursesScreen.open(options)
      try screen.enter()
      terminal.drain()
      let entering = String(decoding: terminal.screen.bytes, as: UTF8.self)
      screen.leave()
      terminal.drain()
      let all = String(decoding: terminal.screen.bytes, as: UTF8.self)
      #expect(entering.ranges(of: "\u{1B}[8l").count == count)
      #expect(all.ranges(of: "\u{1B}[8h").count == count)
    }

    @Test("Coming back enters the same modes and draws everything")
    func comingBack() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.write("still here", row: 5, column: 5)
      try stage.show(painting)
      try stage.screen.useMouse(true)
      stage.screen.leave()
      stage.terminal.drain()
      stage.terminal.screen.write(Array("\u{1B}[2J\u{1B}[Hshell".utf8))
      let whileAway = try stage.show(painting)
      #expect(whileAway == [])
      try stage.screen.enter()
      try stage.show(painting)
      #expect(stage.terminal.screen.record.modes == [1049, 2004, 1004, 2031, 1002, 1006, -25])
      #expect(stage.terminal.screen.row(5) == "     still here")
      #expect(!stage.terminal.screen.shows("shell"))
    }

    @Test("The mouse is the terminal's own until it is wanted")
    func mouse() throws {
      var stage = try Stage()
      stage.terminal.drain()
      #expect(!stage.terminal.screen.record.modes.contains(1002))
      try stage.screen.useMouse(true)
      try stage.screen.useMouse(true)
      stage.terminal.drain()
      #expect(stage.terminal.screen.record.modeLog.count { $0 == "+1002" } == 1)
      try stage.screen.useMouse(false)
      stage.terminal.drain()
      #expect(!stage.terminal.screen.record.modes.contains(1002))
    }

    @Test(
      "A terminal is asked, and its answers reach the input",
      arguments: [
        (TerminalAnswers.silent, ""), (.plain, "\u{1B}[?2026;0$y\u{1B}[?62;22c"),
        (.modern, "\u{1B}[?2026;2$y\u{1B}]11;rgb:1e1e/1e1e/2e2e\u{1B}\\\u{1B}[?0u\u{1B}[?62;22c"),
      ])
    func asking(_ answers: TerminalAnswers, _ answer: String) throws {
      var stage = try Stage()
      stage.terminal.answers = answers
      try stage.screen.askAbilities()
      stage.terminal.drain()
      // The line discipline hands over what was written in pieces of its own.
      var bytes: [UInt8] = []
      let deadline = MonotonicClock.nanoseconds() + 5_000_000_000
      repeat {
        bytes += try stage.screen.readBytes()
      } while bytes.count < answer.utf8.count
        && MonotonicClock.nanoseconds() < deadline
      #expect(String(decoding: bytes, as: UTF8.self) == answer)
      #expect(
        stage.terminal.screen.record.questions == [
          .mode(2026), .colorScheme, .background, .keyboardFlags, .deviceAttributes,
        ])
    }

    @Test("A title is one line of at most 80 characters without controls")
    func title() throws {
      var stage = try Stage()
      var painting = Painting(rows: 24, columns: 80)
      painting.frame.title = "a\u{07}b\u{1B}]52;c;eA==\u{1B}\\\nc\u{9C}" + String(repeating: "x", count: 100)
      try stage.show(painting)
      #expect(stage.terminal.screen.record.commands.count == 1)
      #expect(stage.terminal.screen.record.title?.hasPrefix("ab]52;c;eA==\\cx") == true)
      #expect(stage.terminal.screen.record.title?.count == 80)
    }

    @Test("tmux gets the sequence wrapped whole, screen in pieces that join to it")
    func clipboardPassages() throws {
      var stage = try Stage()
      let text = String(repeating: "riffle ", count: 100)
      #expect(try stage.screen.copyToClipboard(text, through: .tmux))
      #expect(try stage.screen.copyToClipboard(text, through: .screen))
      stage.terminal.drain()
      // The record takes the first ESC inside a string for its end, so the bytes themselves are looked at.
      let bytes = stage.terminal.screen.bytes
      let inner = Array("\u{1B}]52;c;".utf8) + Array(base64(text).utf8) + [0x07]
      #expect(bytes.ends(with: pieces(of: inner, count: 240)))
      let wrapped = Array("\u{1B}Ptmux;\u{1B}".utf8) + inner + Array("\u{1B}\\".utf8)
      #expect(bytes.dropLast(pieces(of: inner, count: 240).count).ends(with: wrapped))
    }

    private func pieces(of bytes: [UInt8], count: Int) -> [UInt8] {
      stride(from: 0, to: bytes.count, by: count).flatMap { start in
        Array("\u{1B}P".utf8) + bytes[start..<min(start + count, bytes.count)] + Array("\u{1B}\\".utf8)
      }
    }

    private func base64(_ text: String) -> String { String(decoding: Base64.encoded(Array(text.utf8)), as: UTF8.self) }

    @Test("The clipboard gets the text in Base64, or nothing if it is too long")
    func clipboard() throws {
      var stage = try Stage()
      let copied = [
        try stage.screen.copyToClipboard("hello\n"),
        try stage.screen.copyToClipboard(String(repeating: "x", count: CursesScreen.clipboardLimit + 1)),
      ]
      #expect(copied == [true, false])
      stage.terminal.drain()
      #expect(stage.terminal.screen.record.clipboard == ["aGVsbG8K"])
      try stage.screen.ringBell()
      stage.terminal.drain()
      #expect(stage.terminal.screen.record.bells == 1)
    }

    @Test("The environment is left as it was, and children do not see our description")
    func environment() throws {
      setenv("TERMINFO", "/kept", 1)
      defer { unsetenv("TERMINFO") }
      _ = try Stage()
      #expect(Environment.captured()["TERMINFO"] == "/kept")
    }

    @Test(
      "No screen where none can be drawn, with the reason",
      arguments: [
        (nil, "TERM is not set"), ("", "TERM is not set"), ("dumb", "TERM is dumb"),
        ("no-such-terminal", "the terminal no-such-terminal is not known here"),
      ] as [(String?, String)])
    func unusable(_ term: String?, _ reason: String) throws {
      let terminal = try PseudoTerminal(rows: 24, columns: 80)
      let environment = Environment(term.map { ["TERM": $0] } ?? [:])
      do {
        _ = try CursesScreen.open(ScreenOptions(environment: environment, terminal: terminal.programSide))
        Issue.record("a screen was opened")
      } catch {
        #expect(error == .unusable(reason))
      }
      terminal.drain()
      #expect(terminal.screen.bytes.isEmpty)
    }

    @Test("A terminal of the system's database is drawn by its own description, without our sequences")
    func systemTerminal() throws {
      var stage = try Stage(term: "vt100", depth: nil)
      var painting = Painting(rows: 24, columns: 80)
      painting.write("user", row: 4, column: 4, role: .user)
      painting.frame.cursor = Point(x: 2, y: 2)
      painting.frame.title = "title"
      try stage.show(painting)
      let depth = stage.screen.depth
      #expect(depth == .mono)
      #expect(stage.terminal.screen.row(4) == "    user")
      #expect(stage.terminal.screen.cell(row: 4, column: 4).isBold)
      #expect(stage.terminal.screen.record.modes == [1049])
      #expect(stage.terminal.screen.record.commands == [])
    }

    @Test("NO_COLOR leaves attributes only")
    func noColor() throws {
      var stage = try Stage(variables: ["NO_COLOR": "1"], depth: nil)
      var painting = Painting(rows: 24, columns: 80)
      painting.write("user", row: 0, column: 0, role: .user)
      try stage.show(painting)
      #expect(stage.terminal.screen.cell(row: 0, column: 0).foreground == .terminal)
      #expect(stage.terminal.screen.cell(row: 0, column: 0).isBold)
    }
  }

  @Suite struct Faults {
    @Test("A terminal that takes nothing gets the newest frame when it takes again, and memory stays flat")
    func slowTerminal() throws {
      var stage = try Stage(rows: 50, columns: 200)
      var painting = Painting(rows: 50, columns: 200)
      var skipped = 0
      for step in 0..<500 {
        for row in 0..<50 {
          painting.write(
            String(repeating: "\(step)-", count: 30), row: row, column: row % 3, role: step % 2 == 0 ? .user : .code)
        }
        if stage.screen.hasPendingOutput { skipped += 1 }
        try stage.screen.present(painting.frame)
      }
      #expect(skipped > 490)
      let isPending = stage.screen.hasPendingOutput
      #expect(isPending)
      let deadline = MonotonicClock.nanoseconds() + 5_000_000_000
      while stage.screen.hasPendingOutput, MonotonicClock.nanoseconds() < deadline {
        stage.terminal.drain()
        try stage.screen.flush()
      }
      try stage.show(painting)
      #expect(stage.terminal.screen.row(0).hasPrefix("499-499-"))
      // The frame that was on its way and the newest, not the backlog of 500.
      #expect(stage.terminal.screen.bytes.count < 60_000)
    }

    @Test("Leaving a terminal that takes nothing ends all the same")
    func leavingSlowTerminal() throws {
      var stage = try Stage(rows: 50, columns: 200)
      var painting = Painting(rows: 50, columns: 200)
      for step in 0..<200 {
        for row in 0..<50 { painting.write(String(repeating: "\(step) y ", count: 50), row: row, column: 0) }
        try stage.screen.present(painting.frame)
      }
      let isPending = stage.screen.hasPendingOutput
      #expect(isPending)
      let start = MonotonicClock.nanoseconds()
      stage.screen.leave()
      #expect(MonotonicClock.nanoseconds() - start < 2_000_000_000)
      let isStillPending = stage.screen.hasPendingOutput
      #expect(!isStillPending)
    }

    @Test("A terminal that is gone is an error on every path, at once")
    func hangUp() throws {
      var stage = try Stage()
      stage.terminal.type("last")
      stage.terminal.hangUp()
      var losses: [ScreenError] = []
      // What was typed before may still come, so the second call at the latest reports the end.
      for _ in 0..<2 {
        do { _ = try stage.screen.readBytes() } catch { losses.append(error) }
      }
      #expect(losses.last == .lost)
      var painting = Painting(rows: 24, columns: 80)
      painting.write("text", row: 0, column: 0)
      do {
        try stage.screen.present(painting.frame)
        Issue.record("a frame was shown")
      } catch {
        #expect(error == .lost)
      }
      let isStillPending = stage.screen.hasPendingOutput
      #expect(!isStillPending)
      stage.screen.leave()
    }

    @Test("Bytes come as they were typed, however many")
    func reading() throws {
      var stage = try Stage()
      let nothing = try stage.screen.readBytes()
      #expect(nothing == [])
      stage.terminal.type("a\u{1B}[Aé\r\u{3}\u{1A}")
      let typed = try stage.screen.readBytes()
      #expect(typed == Array("a\u{1B}[Aé\r\u{3}\u{1A}".utf8))
    }

    @Test("A crash leaves the terminal as it was, and one line", arguments: CrashingProcess.End.allCases)
    func crash(_ end: CrashingProcess.End) throws {
      let terminal = try PseudoTerminal(rows: 24, columns: 80)
      var before = termios()
      tcgetattr(terminal.programSide, &before)
      var raw = before
      cfmakeraw(&raw)
      tcsetattr(terminal.programSide, TCSANOW, &raw)
      var modes = TerminalModes()
      terminal.screen.write(
        modes.enter(.alternateScreen) + modes.enter(.bracketedPaste) + modes.enter(.keyboardProtocol))
      let leaving = modes.leavingAll
      let descriptor = terminal.programSide
      let status = CrashingProcess.run(end) {
        CrashGuard.arm(descriptor: descriptor, modes: before, leaving: leaving, note: "the report is in X\n")
      }
      #expect(status == end.status)
      terminal.drain()
      let crashed = end != .exit
      #expect(terminal.screen.record.modes == (crashed ? [] : [1049, 2004]))
      #expect(terminal.screen.record.keyboardLevels == (crashed ? 0 : 1))
      #expect(terminal.screen.shows("the report is in X") == crashed)
      var after = termios()
      tcgetattr(terminal.programSide, &after)
      #expect((after.c_lflag & tcflag_t(ICANON) != 0) == crashed)
    }

    @Test("Once the terminal is given back, the crash guard has nothing to say")
    func disarmed() throws {
      let terminal = try PseudoTerminal(rows: 24, columns: 80)
      let descriptor = terminal.programSide
      let status = CrashingProcess.run(.abort) {
        CrashGuard.arm(descriptor: descriptor, modes: nil, leaving: Array("leaving".utf8), note: "note")
        CrashGuard.disarm()
      }
      #expect(status == .signalled(SIGABRT))
      terminal.drain()
      #expect(terminal.screen.bytes.isEmpty)
    }
  }
}

extension Collection<UInt8> {
  fileprivate func ends(with bytes: [UInt8]) -> Bool { Array(suffix(bytes.count)) == bytes }
}
