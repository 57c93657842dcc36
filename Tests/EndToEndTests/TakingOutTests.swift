// Text taken out of the real program: what arrives in clipboards, files, pagers and editors, and what is told of it.

import Glibc
import Platform
import TestSupport
import Testing

@Suite("Taking text out", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct TakingOutTests {
  private static let hasTmux = LocalFiles.exists("/usr/bin/tmux")
  private static let answer =
    "A tab:\t and ünïcode.\n\nSecond line, long enough to be wrapped on a screen of eighty columns, twice."

  /// A home whose service always answers the same.
  private func home(_ answer: String = Self.answer, ui: String = "", _ variables: [String: String] = [:]) throws -> Home
  {
    let configuration = """
      profile = "work"
      [ui]
      \(ui)
      [providers.lab]
      kind = "openai"
      base_url = "$SERVER/v1"
      retries = 0
      [profiles.work]
      provider = "lab"
      model = "m"
      """
    let home = try Home(configuration: configuration, variables: variables) { _ in Completion.answer(answer) }
    try LocalFiles.makeFolder(home.folder + "/bin")
    return home
  }

  /// A program of the test's own in the home's `bin`.
  private func program(_ name: String, _ script: String, in home: Home) throws -> String {
    let path = "\(home.folder)/bin/\(name)"
    try LocalFiles.write(Array("#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n".utf8), to: path)
    #expect(chmod(path, 0o700) == 0)
    return path
  }

  /// The screen with the answer on it, and its end.
  private func answered(_ home: Home, _ sign: String = "columns, twice.") throws -> PseudoTerminal {
    let terminal = try home.open()
    try terminal.say("hello")
    try #require(terminal.wait(15_000) { $0.shows(sign) && $0.shows("done ·") }, "\(terminal.screen.text)")
    return terminal
  }

  private func command(_ text: String, _ terminal: PseudoTerminal) throws {
    terminal.type(text)
    try #require(terminal.wait(15_000, for: text), "\(terminal.screen.text)")
    terminal.type("\r")
  }

  private func decoded(_ base64: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var bits = 0
    var count = 0
    var bytes: [UInt8] = []
    for digit in base64.utf8 {
      guard let value = alphabet.firstIndex(of: digit) else { break }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
      }
    }
    return bytes
  }

  private func clipboard(_ terminal: PseudoTerminal) -> [String] {
    terminal.screen.record.clipboard.map { String(decoding: decoded($0), as: UTF8.self) }
  }

  // MARK: Clipboard

  @Test("Over SSH the terminal gets the text as it was written, and the notice says what is known")
  func overSSH() throws {
    let home = try self.home(Self.answer, ["SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"])
    let terminal = try answered(home)
    terminal.type("\u{18}y")
    #expect(
      terminal.wait(15_000, for: "Sent \(Self.answer.utf8.count) bytes to the terminal (OSC 52)"),
      "\(terminal.screen.text)")
    #expect(clipboard(terminal) == [Self.answer])
  }

  @Test("Hostile text is copied without controls, and exactly if that is asked for")
  func hostile() throws {
    let hostile = "x\u{1B}]52;c;ZXZpbA==\u{7}\u{9B}31m\u{202E}\u{7F}y\u{E0041} the-end"
    let home = try self.home(hostile, ["SSH_TTY": "/dev/pts/9"])
    let terminal = try answered(home, "the-end")
    terminal.type("\u{18}y")
    #expect(terminal.wait(15_000, for: "6 control characters left out"), "\(terminal.screen.text)")
    #expect(clipboard(terminal) == ["x]52;c;ZXZpbA==31my the-end"])
    try command("/copy exact", terminal)
    #expect(terminal.wait(15_000, for: "it holds 6 control characters"), "\(terminal.screen.text)")
    #expect(clipboard(terminal).last == hostile)
  }

  @Test("Without xclip the notice says so, and the terminal gets the text")
  func noTool() throws {
    let home = try self.home()
    home.variables = ["DISPLAY": ":99", "PATH": home.folder + "/bin"]
    let terminal = try answered(home)
    terminal.type("\u{18}y")
    #expect(terminal.wait(15_000, for: "none of xclip, xsel is on PATH"), "\(terminal.screen.text)")
    #expect(clipboard(terminal) == [Self.answer])
    try LocalFiles.write(Array("[ui]\nclipboard = \"tool\"\n".utf8), to: home.folder + "/config/riffle/config.toml")
    try #require(terminal.wait(15_000, for: "Configuration reloaded"), "\(terminal.screen.text)")
    terminal.type("\u{18}y")
    #expect(terminal.wait(15_000, for: "Install xclip"), "\(terminal.screen.text)")
    #expect(clipboard(terminal).count == 1)
  }

  @Test("A program of the desktop gets the text, and the terminal nothing")
  func tool() throws {
    let home = try self.home()
    home.variables = ["DISPLAY": ":99", "PATH": home.folder + "/bin"]
    _ = try program("xclip", "cat > $HOME/clip", in: home)
    let terminal = try answered(home)
    terminal.type("\u{18}y")
    #expect(terminal.wait(15_000, for: "Copied \(Self.answer.utf8.count) bytes with xclip"), "\(terminal.screen.text)")
    #expect(home.text(of: "clip") == Self.answer)
    #expect(clipboard(terminal) == [])
  }

  @Test("Inside tmux its buffer holds the text, and its terminal gets it", .enabled(if: hasTmux, "there is no tmux"))
  func insideTmux() throws {
    let home = try self.home(Self.answer, ["SSH_TTY": "/dev/pts/9"])
    let socket = home.folder + "/tmux.socket"
    let riffle = home.command([])
    let tmux = { (words: [String]) in
      var command = riffle
      command.arguments = ["/usr/bin/tmux", "-S", socket, "-f", "/dev/null"] + words
      return command
    }
    defer {
      _ = try? ChildProcess.collect(tmux(["kill-server"]), maximumBytes: 1_000, timeLimit: .seconds(10))
    }
    let terminal = try PseudoTerminal(tmux(["new-session"] + riffle.arguments), rows: 24, columns: 80, answers: .plain)
    try #require(terminal.wait(20_000, for: "lab/m"), "\(terminal.screen.text)")
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "columns, twice."), "\(terminal.screen.text)")
    terminal.type("\u{18}y")
    #expect(
      terminal.wait(15_000, for: "Copied \(Self.answer.utf8.count) bytes to the tmux buffer"), "\(terminal.screen.text)"
    )
    let buffer = try ChildProcess.collect(tmux(["show-buffer"]), maximumBytes: 10_000, timeLimit: .seconds(10))
    #expect(String(decoding: buffer.output, as: UTF8.self) == Self.answer)
    #expect(terminal.wait(15_000) { !$0.record.clipboard.isEmpty })
    #expect(clipboard(terminal) == [Self.answer])
  }

  // MARK: Files

  @Test("An answer is written to a new file, and no old one is touched")
  func file() throws {
    let home = try self.home()
    let terminal = try answered(home)
    try command("/write ~/out.md", terminal)
    #expect(terminal.wait(15_000, for: "bytes to ~/out.md"), "\(terminal.screen.text)")
    #expect(home.text(of: "out.md") == Self.answer + "\n")
    try LocalFiles.write(Array("mine".utf8), to: home.folder + "/out.md")
    try command("/write ~/out.md", terminal)
    #expect(terminal.wait(15_000, for: "~/out-2.md is free"), "\(terminal.screen.text)")
    #expect(home.text(of: "out.md") == "mine")
  }

  // MARK: Pager and editor

  /// The screen is riffle's again, whole, and keys reach it.
  private func expectBack(_ terminal: PseudoTerminal, typing text: String) {
    #expect(terminal.wait(15_000, for: "columns, twice."), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("hello"))
    #expect(terminal.screen.isAlternateScreen)
    #expect(terminal.wait(5_000) { $0.record.modes.isSuperset(of: [1049, 2004]) })
    terminal.type(text)
    #expect(terminal.wait(15_000, for: text), "\(terminal.screen.text)")
  }

  @Test("A pager gets the conversation and the terminal, and gives the terminal back")
  func pager() throws {
    let home = try self.home("\u{1B}[31m" + Self.answer)
    home.variables["PAGER"] =
      try program(
        "pager",
        "cat > $HOME/paged; echo \"$#:$1\" > $HOME/arguments; stty size < /dev/tty > $HOME/size; echo IN-THE-PAGER; read key < /dev/tty; echo $key > $HOME/key",
        in: home) + " 'two words'"
    let terminal = try answered(home)
    try command("/pager", terminal)
    try #require(terminal.wait(15_000, for: "IN-THE-PAGER"), "\(terminal.screen.text)")
    #expect(!terminal.screen.isAlternateScreen)
    terminal.type("k\n")
    expectBack(terminal, typing: "typed afterwards")
    #expect(!terminal.screen.shows("IN-THE-PAGER"))
    #expect(
      home.text(of: "paged").hasSuffix("## You\n\nhello\n\n## lab/m\n\n^[[31m\(Self.answer)\n"),
      "\(home.text(of: "paged"))")
    #expect(home.text(of: "arguments") == "1:two words\n")
    #expect(home.text(of: "size") == "24 80\n")
    #expect(home.text(of: "key") == "k\n")
  }

  @Test("A pager that dies with the terminal in disorder leaves none behind")
  func killedPager() throws {
    let home = try self.home()
    home.variables["PAGER"] = try program(
      "pager", "stty raw -echo < /dev/tty; printf '\\033[?1000h\\033[?25l\\033[2;5r'; kill -KILL $$", in: home)
    let terminal = try home.open()
    let line = try HeldLine(of: terminal)
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "columns, twice."))
    try command("/pager", terminal)
    #expect(terminal.wait(15_000, for: "was ended by signal 9"), "\(terminal.screen.text)")
    expectBack(terminal, typing: "still here")
    terminal.type("\u{15}\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(line.isUntouched)
    #expect(terminal.screen.record.modes == [])
    #expect(terminal.screen.cursor.isVisible)
    #expect(!terminal.screen.isAlternateScreen)
  }

  @Test("Without a pager the terminal comes back, and what helps is told")
  func noPager() throws {
    let home = try self.home()
    home.variables = ["PATH": home.folder + "/bin"]
    let terminal = try answered(home)
    try command("/pager", terminal)
    #expect(terminal.wait(15_000, for: "Install less, or set PAGER"), "\(terminal.screen.text)")
    expectBack(terminal, typing: "still here")
    terminal.type("\u{15}\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
  }

  @Test("A signal ends the pager and then riffle", arguments: [SIGTERM, SIGHUP])
  func signalled(_ signal: Int32) throws {
    let home = try self.home()
    home.variables["PAGER"] = try program("pager", "echo $$ > $HOME/pager-pid; exec sleep 60", in: home)
    let terminal = try answered(home)
    try command("/pager", terminal)
    try #require(terminal.waitElsewhere { home.text(of: "pager-pid").hasSuffix("\n") })
    let pager = try #require(Int32(home.text(of: "pager-pid").dropLast()))
    terminal.signal(signal)
    #expect(terminal.waitForExit(3_000) == .exited(128 + signal))
    #expect(kill(pager, 0) != 0)
  }

  @Test("An answer goes on while a pager has the terminal")
  func streaming() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    try LocalFiles.makeFolder(home.folder + "/bin")
    home.variables["PAGER"] = try program(
      "pager", "echo IN-THE-PAGER; while [ ! -e $HOME/go ]; do sleep 0.05; done", in: home)
    let terminal = try home.open()
    try terminal.say("ask alpha")
    try #require(terminal.wait(15_000, for: "alpha-start"))
    try command("/pager", terminal)
    try #require(terminal.wait(15_000, for: "IN-THE-PAGER"))
    home.server.signal("alpha-more")
    #expect(terminal.waitElsewhere { home.dataHolds("alpha-goes-on") })
    try LocalFiles.write([], to: home.folder + "/go")
    #expect(terminal.wait(15_000, for: "alpha-start alpha-goes-on"), "\(terminal.screen.text)")
    home.server.signal("alpha-end")
    #expect(terminal.wait(15_000, for: "alpha-done"))
  }

  @Test("An editor gets a private copy that is gone afterwards, and nothing comes back of it")
  func editor() throws {
    let home = try self.home()
    home.variables["EDITOR"] = try program(
      "editor",
      "cat \"$1\" > $HOME/viewed; stat -c %a \"$1\" > $HOME/mode; echo \"$1\" > $HOME/name; echo changed >> \"$1\"",
      in: home)
    let terminal = try answered(home)
    try command("/editor", terminal)
    try #require(terminal.waitElsewhere { home.text(of: "name").hasSuffix("\n") })
    expectBack(terminal, typing: "typed afterwards")
    #expect(home.text(of: "viewed").hasSuffix("## lab/m\n\n\(Self.answer)\n"))
    #expect(home.text(of: "mode") == "400\n")
    let path = String(home.text(of: "name").dropLast())
    #expect(path.hasSuffix(".md") && path.hasPrefix(home.folder + "/state/riffle/view-"))
    #expect(!LocalFiles.exists(path))
    #expect(!terminal.screen.shows("changed"))
  }

  // MARK: Leaving

  @Test("The last answer stays on the terminal when riffle is left, if that is set", arguments: [true, false])
  func lastAnswer(_ isSet: Bool) throws {
    let home = try self.home("first\u{1B}[31m\nlast-words", ui: "print_last_answer = \(isSet)")
    let terminal = try answered(home, "last-words")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(!terminal.screen.isAlternateScreen)
    #expect(terminal.screen.shows("first^[[31m") == isSet)
    #expect(terminal.screen.shows("last-words") == isSet)
  }
}
