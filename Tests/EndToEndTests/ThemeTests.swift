// Themes in the real program: which one is taken, when it changes, and what the commands about them write.

import Framing
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Themes", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct ThemeTests {
  /// Grounds of the status line, which tell the themes apart.
  private static let darkBar = VirtualColor.rgb(0x22, 0x26, 0x2E)
  private static let lightBar = VirtualColor.rgb(0xE6, 0xE8, 0xED)
  private static let tideBar = VirtualColor.rgb(0x16, 0x26, 0x2D)
  private static let paperBar = VirtualColor.rgb(0xEA, 0xDC, 0xBD)

  private static let standard = """
    profile = "work"
    providers.lab = { kind = "openai", base_url = "$SERVER/v1", retries = 0 }
    profiles.work = { provider = "lab", model = "m" }

    """

  private func home(_ more: String = "", variables: [String: String] = ["COLORTERM": "truecolor"]) throws -> Home {
    try Home(configuration: Self.standard + more, variables: variables) { _ in Completion.answer("an answer") }
  }

  /// A terminal that answers the question about its background.
  private func answering(_ background: (UInt8, UInt8, UInt8)) -> TerminalAnswers {
    var answers = TerminalAnswers.plain
    answers.background = background
    return answers
  }

  private func bar(_ screen: VirtualTerminal) -> VirtualColor {
    screen.cell(row: screen.rows - 1, column: 0).background
  }

  private func questions(_ terminal: PseudoTerminal) -> Int {
    terminal.screen.record.questions.count { $0 == .background }
  }

  // MARK: The terminal's ground

  @Test("The theme follows the terminal's background, and its word that the colours have changed")
  func following() throws {
    let home = try home()
    let terminal = try home.open(answers: answering((0xFF, 0xFF, 0xFF)))
    #expect(terminal.wait(15_000) { bar($0) == Self.lightBar })
    #expect(terminal.screen.record.modes.contains(2031))
    #expect(terminal.screen.record.questions.contains(.colorScheme))
    for (report, color) in [("1", Self.darkBar), ("2", Self.lightBar), ("1", Self.darkBar)] {
      terminal.type("\u{1B}[?997;\(report)n")
      #expect(terminal.wait(15_000) { bar($0) == color }, "\(report)")
    }
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(!terminal.screen.record.modes.contains(2031))
  }

  @Test("Without such a word the background is asked for again when the window gets the focus, and after a stop")
  func askingAgain() throws {
    let home = try home()
    let terminal = try home.open(answers: answering((0x10, 0x10, 0x10)))
    #expect(terminal.wait(15_000) { $0.record.questions.contains(.deviceAttributes) && bar($0) == Self.darkBar })
    // The answer has been taken in once what is typed behind it is to be seen.
    terminal.type("typed")
    try #require(terminal.wait(15_000, for: "typed"))
    let first = questions(terminal)
    terminal.answers = answering((0xFD, 0xF6, 0xE3))
    terminal.type("\u{1B}[O\u{1B}[I")
    #expect(terminal.wait(15_000) { bar($0) == Self.lightBar })
    #expect(questions(terminal) == first + 1)
    terminal.answers = answering((0, 0, 0))
    terminal.signal(SIGSTOP)
    try #require(terminal.waitForStop(10_000))
    terminal.signal(SIGCONT)
    #expect(terminal.wait(15_000) { bar($0) == Self.darkBar })
    #expect(questions(terminal) == first + 2)
  }

  @Test("A terminal that does not tell its background is not asked again")
  func silence() throws {
    let home = try home()
    let terminal = try home.open()
    #expect(terminal.wait(15_000) { $0.record.questions.contains(.deviceAttributes) })
    terminal.type("\u{1B}[O\u{1B}[I\u{1B}[O\u{1B}[Ityped")
    #expect(terminal.wait(15_000, for: "typed"))
    #expect(questions(terminal) == 1)
    #expect(bar(terminal.screen) == Self.darkBar)
  }

  @Test("A theme that was chosen stays, whatever the terminal tells")
  func fixed() throws {
    let home = try home()
    let terminal = try home.open("--theme", "tide", answers: answering((0xFF, 0xFF, 0xFF)))
    terminal.type("\u{1B}[?997;2n\u{1B}[Otyped\u{1B}[I")
    #expect(terminal.wait(15_000, for: "typed"))
    #expect(bar(terminal.screen) == Self.tideBar)
    // And can be given up while running.
    terminal.type(String(repeating: "\u{7F}", count: 5))
    try terminal.say("/theme auto")
    #expect(terminal.wait(15_000) { bar($0) == Self.lightBar })
  }

  @Test("Which two themes follow the terminal is the user's choice")
  func pair() throws {
    let home = try home("ui = { dark_theme = \"tide\", light_theme = \"paper\" }\n")
    let terminal = try home.open()
    #expect(terminal.wait(15_000) { bar($0) == Self.tideBar })
    terminal.type("\u{1B}[?997;2n")
    #expect(terminal.wait(15_000) { bar($0) == Self.paperBar })
    #expect(terminal.screen.cell(row: 1, column: 0).background == .rgb(0xFB, 0xF3, 0xE1))
    let wrong = try self.home("ui = { dark_theme = \"tied\" }\n").words("config", "check")
    #expect(wrong.status == .exited(1))
    #expect(wrong.text.contains("config.toml:4:21: ui.dark_theme: there is no theme tied; near: tide"), "\(wrong.text)")
  }

  // MARK: Live reload

  @Test("A theme file in use is drawn as it is written, and stays as it was while it is broken")
  func reload() throws {
    let home = try home("theme = \"mine\"\n")
    let folder = home.folder + "/config/riffle/themes"
    let path = folder + "/mine.toml"
    try LocalFiles.makeFolder(folder)
    func write(_ status: String) throws {
      try LocalFiles.write(
        Array("name = \"mine\"\nappearance = \"dark\"\n[roles]\nstatus = \(status)\n".utf8), to: path)
    }
    try write("\"#ffffff on #102030\"")
    let terminal = try home.open(columns: 120)
    #expect(terminal.wait(15_000) { bar($0) == .rgb(0x10, 0x20, 0x30) })
    // The first change may come before anybody watches, so it is made until it is seen.
    let isSeen = terminal.waitElsewhere {
      try? write("\"#ffffff on #405060\"")
      return bar(terminal.screen) == .rgb(0x40, 0x50, 0x60)
    }
    #expect(isSeen)
    for (broken, words) in [
      ("\"#fff on #10203\"", "mine.toml:4:10: roles.status:"), ("= =", "mine.toml:4:10: not TOML"),
    ] {
      try write(broken)
      #expect(terminal.wait(15_000, for: words), "\(terminal.screen.text)")
      #expect(bar(terminal.screen) == .rgb(0x40, 0x50, 0x60))
    }
    try write("\"#ffffff on #708090\"")
    #expect(terminal.wait(15_000) { bar($0) == .rgb(0x70, 0x80, 0x90) })
  }

  @Test("A broken theme is told at the start")
  func brokenAtStart() throws {
    let home = try home("theme = \"mine\"\n")
    try LocalFiles.makeFolder(home.folder + "/config/riffle/themes")
    try LocalFiles.write(Array("[roles]\ntext = 3.5\n".utf8), to: home.folder + "/config/riffle/themes/mine.toml")
    let terminal = try home.open(columns: 120)
    #expect(terminal.wait(15_000, for: "mine.toml:2:8: roles.text: expected"), "\(terminal.screen.text)")
  }

  // MARK: NO_COLOR

  /// A case of the vectors, with `option` in riffle's words.
  struct ColorCase: Sendable, CustomTestStringConvertible {
    var variables: [String: String]
    var setting: String
    var isColored: Bool

    var testDescription: String { "\(variables) \(setting)" }

    static let all: [ColorCase] = {
      guard let bytes = Vectors.bytes("terminal/no-color.json"), case .success(let file) = JSONParser.parse(bytes)
      else { return [] }
      return (file["cases"]?.array ?? []).map { item in
        var variables: [String: String] = [:]
        for name in ["NO_COLOR", "TERM"] { variables[name] = item["env"]?[name]?.string }
        let setting =
          switch item["option"]?.string {
          case "always": "truecolor"
          case "never": "mono"
          default: "auto"
          }
        return ColorCase(variables: variables, setting: setting, isColored: item["colour"]?.bool ?? false)
      }
    }()
  }

  @Test("Colours are used where no-color.org says, and nowhere else", arguments: ColorCase.all)
  func noColor(_ item: ColorCase) throws {
    let home = try home("ui = { colors = \"\(item.setting)\" }\n", variables: item.variables)
    let terminal = try PseudoTerminal(home.command([]), answers: answering((0xFF, 0xFF, 0xFF)))
    if item.variables["TERM"] == "dumb" {
      // There it is lines and nothing else.
      #expect(terminal.wait(15_000, for: "Type a message"), "\(terminal.screen.text)")
      #expect(!terminal.screen.bytes.contains(0x1B))
    } else {
      try #require(terminal.wait(20_000, for: "lab/m"))
      terminal.type("typed")
      #expect(terminal.wait(15_000, for: "typed"))
    }
    #expect(hasColor(terminal.screen) == item.isColored)
    let command = try PseudoTerminal(home.command(["theme", "show", "tide"]), rows: 120, columns: 100)
    #expect(command.waitForExit(15_000) == .exited(0))
    #expect(command.screen.shows("heading-minor"))
    #expect(hasColor(command.screen) == item.isColored)
    let piped = try home.run(["theme", "show", "tide"]).output
    #expect(!piped.contains(0x1B) && piped.contains(sequence: Array("#6cc4e8".utf8)))
  }

  @Test("The vectors about NO_COLOR are all there", .enabled(if: Vectors.folder != nil, "no vectors"))
  func colorCases() {
    #expect(ColorCase.all.count == 9)
    #expect(ColorCase.all.count { $0.isColored } == 3)
  }

  private func hasColor(_ screen: VirtualTerminal) -> Bool {
    (0..<screen.rows).contains { row in
      (0..<screen.columns).contains { column in
        let cell = screen.cell(row: row, column: column)
        return cell.foreground != .terminal || cell.background != .terminal
      }
    }
  }

  // MARK: Motion

  @Test("The cursor is a steady one, and with reduced motion text comes as it comes")
  func motion() throws {
    let text = String(repeating: "slow ", count: 400)
    let configuration = Self.standard + "pace = \"tokens:1\"\nui = { reduced_motion = true }\n"
    let home = try Home(configuration: configuration) { _ in Completion.answer(text + "the-last") }
    let terminal = try home.open()
    try terminal.say("hello")
    #expect(terminal.wait(15_000, for: "the-last"))
    let shapes = Set(terminal.screen.record.cursorShapes)
    #expect(!shapes.isEmpty && shapes.isSubset(of: [2, 4, 6]))
    #expect(!terminal.screen.record.modeLog.contains("+12"))
    #expect(try home.words("config", "check").status == .exited(0))
  }

  // MARK: Commands

  @Test("Themes are listed with where they come from, and those in use are marked")
  func list() throws {
    let home = try home("ui = { light_theme = \"mine\" }\n")
    try LocalFiles.makeFolder(home.folder + "/config/riffle/themes")
    try LocalFiles.write(
      Array("name = \"mine\"\nappearance = \"light\"\nroles = {}\n".utf8),
      to: home.folder + "/config/riffle/themes/mine.toml")
    let lines = try home.words("theme", "list").text.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    #expect(lines.first == "* mine for a light background yours in use on a light terminal")
    #expect(lines.contains("* dark for a dark background shipped in use on a dark terminal"))
    #expect(lines.contains("semaphore-light for a light background shipped"))
    let shipped = try LocalFiles.names(in: CheckoutFolder.root + "/themes").count
    #expect(lines.count == shipped + 1)
    home.variables["RIFFLE_THEME"] = "ember"
    #expect(try home.words("theme").text.contains("* ember  "))
    let json = try home.json("theme", "list", "--json").array ?? []
    #expect(json.count == shipped + 1)
    let mine = try #require(json.first { $0["name"]?.string == "mine" })
    #expect(mine["origin"]?.string == "yours" && mine["path"]?.string?.hasSuffix("/themes/mine.toml") == true)
    #expect(mine["in_use_on"]?.array?.count == 0)
    #expect(json.first { $0["name"]?.string == "ember" }?["in_use_on"]?.array?.count == 2)
  }

  @Test("A theme that does not exist is 1 with the nearest names, a wrong use 2")
  func unknown() throws {
    let home = try home()
    let result = try home.words("theme", "show", "embre")
    #expect(result.text == "riffle: there is no theme embre; near: ember\n")
    #expect(result.status == .exited(1))
    #expect(try home.words("theme", "show", "a", "b").status == .exited(2))
    #expect(try home.words("theme", "paint").status == .exited(2))
  }

  @Test("The shell completes names of themes")
  func completion() throws {
    let home = try home()
    let script = try home.words("--generate-completion-script", "bash").text
    #expect(script.contains("---completion theme show -- positional@0"))
    #expect(script.contains("---completion open -- --theme"))
    let words = try home.words(
      "---completion", "theme", "show", "--", "positional@0", "3", "0", "riffle", "theme", "show", "")
    #expect(words.text.split(separator: "\n").contains("semaphore-light"), "\(words.text)")
  }

  @Test("A theme is shown in its colours on a terminal, and as words where there is none")
  func show() throws {
    let home = try home()
    let words = try home.words("theme", "show", "paper").text.split(separator: "\n").map(String.init)
    #expect(words.first == "text              #3a3229 on #fbf3e1")
    #expect(words.contains("code-inserted     #345a12 on #e2ebc4"))
    // Without a name the one in use.
    #expect(try home.words("theme", "show").text.contains("user              #82aaff"))
    let json = try home.json("theme", "show", "paper", "--json")
    #expect(json["roles"]?["heading"]?["fg"]?.string == "#1c5b86")
    #expect(json["roles"]?["heading"]?["bg"]?.string == "#fbf3e1")
    #expect(json["roles"]?["heading"]?["bold"]?.bool == true)
    let terminal = try PseudoTerminal(home.command(["theme", "show", "paper"]), rows: 120, columns: 100)
    #expect(terminal.waitForExit(15_000) == .exited(0))
    let place = try #require(terminal.screen.find("Counting lines"))
    #expect(
      terminal.screen.cell(row: place.row, column: place.column)
        == VirtualCell(
          text: "C", foreground: .rgb(0x1C, 0x5B, 0x86), background: .rgb(0xFB, 0xF3, 0xE1), isBold: true))
    #expect(terminal.screen.cell(row: place.row, column: 71).background == .rgb(0xFB, 0xF3, 0xE1))
    home.variables["COLORTERM"] = ""
    let fewer = try PseudoTerminal(home.command(["theme", "show", "paper"]), rows: 120, columns: 100)
    #expect(fewer.waitForExit(15_000) == .exited(0))
    let cell = try #require(fewer.screen.find("Counting lines"))
    guard case .palette(let number) = fewer.screen.cell(row: cell.row, column: cell.column).foreground else {
      Issue.record("no colour of the palette")
      return
    }
    #expect(number >= 16)
  }
}
