// The real program in linear mode: at a terminal that cannot draw, between pipes, and with text that wants to be obeyed.

import Framing
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Linear", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct LinearTests {
  /// What brings linear mode about at a terminal.
  static let ways: [(variables: [String: String], arguments: [String], words: String)] = [
    (["TERM": "dumb"], [], "Linear mode: TERM is dumb."),
    (["TERM": ""], [], "Linear mode: TERM is not set."),
    (["TERM": "no-such-terminal"], [], "Linear mode: the terminal no-such-terminal is not known here."),
    (["ACCESSIBLE": "1"], [], "Linear mode: ACCESSIBLE is set."),
    ([:], ["--linear"], "riffle 0.1.0. Type a message"),
  ]

  @Test(
    "It begins where there is no full screen or somebody asks for it, says why, and sends no escape sequence",
    arguments: ways.indices)
  func begins(index: Int) throws {
    let way = Self.ways[index]
    let home = try Home(variables: way.variables) { _ in Completion.answer("Good **morning**") }
    let terminal = try home.openLinear(way.arguments)
    try terminal.say("hello")
    try #require(terminal.waitTold("Done: 2 words in "), "\(terminal.told)")
    #expect(terminal.told.contains("Answer from m:\nGood **morning**\n"), "\(terminal.told)")
    #expect(terminal.told.hasPrefix(way.words), "\(terminal.told)")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(terminal.told.contains("\nriffle ends. To go on: riffle open "))
    #expect(!terminal.screen.bytes.contains(0x1B))
    #expect(try home.conversations().first?.spoken == "hello\nGood **morning**")
  }

  @Test("An answer is told as it comes and everything once; a message typed meanwhile is queued")
  func queue() throws {
    let home = try Home { request in
      request.text.contains("second") ? Completion.answer("the other one") : Completion.slow(request, among: ["alpha"])
    }
    let terminal = try home.openLinear()
    try terminal.say("ask alpha")
    try #require(terminal.waitTold("Answer from m:\nalpha-start "), "\(terminal.told)")
    try terminal.say("the second")
    try #require(terminal.waitTold("Queued: 1 message waits for the end of the answer.\n"), "\(terminal.told)")
    home.server.signal("alpha-more")
    try #require(terminal.waitTold("alpha-goes-on "), "\(terminal.told)")
    home.server.signal("alpha-end")
    try #require(terminal.waitTold("the other one\nDone: 3 words"), "\(terminal.told)")
    let told = terminal.told
    for words in ["alpha-start", "alpha-goes-on", "alpha-done", "Sent from the queue: the second", "Queued:"] {
      #expect(told.split(separator: words, omittingEmptySubsequences: false).count == 2, "\(words): \(told)")
    }
    #expect(told.split(separator: "Answer from m:", omittingEmptySubsequences: false).count == 3)
    #expect(!terminal.screen.bytes.contains(0x1B))
  }

  @Test("Ctrl+C stops the answer, keeps the draft, then leaves at the second press")
  func ladder() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.openLinear()
    try terminal.say("ask alpha")
    try #require(terminal.waitTold("alpha-start "), "\(terminal.told)")
    terminal.type("\u{3}")
    try #require(terminal.waitTold("Stopped; the text so far is kept.\n"), "\(terminal.told)")
    try terminal.say("half a thought\\")
    #expect(terminal.waitElsewhere { home.dataHolds("half a thought") })
    terminal.type("\u{3}")
    try #require(terminal.waitTold("Draft put aside\n"), "\(terminal.told)")
    terminal.type("\u{3}")
    try #require(terminal.waitTold("Ctrl+C again or /quit ends riffle\n"), "\(terminal.told)")
    terminal.type("\u{3}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(!terminal.screen.bytes.contains(0x1B))
    #expect(try home.conversations().first?.lastMessage?["status"]?.string == "stopped")
  }

  @Test("What is unfinished when one leaves is there again, and an empty line sends it")
  func draft() throws {
    let home = try Home { _ in Completion.answer("so it is") }
    do {
      let terminal = try home.openLinear()
      try terminal.say("one\\")
      terminal.type("two")
      try #require(terminal.wait(15_000, for: "two"))
      // The first gives the program what was typed, the second the end.
      terminal.type("\u{4}")
      terminal.type("\u{4}")
      #expect(terminal.waitForExit(15_000) == .exited(0))
    }
    let terminal = try home.openLinear(["--linear", "--continue"])
    try #require(terminal.waitTold("Your draft:\none\ntwo\n"), "\(terminal.told)")
    terminal.type("\r")
    try #require(terminal.waitTold("so it is\nDone:"), "\(terminal.told)")
    #expect(try home.conversations().first?.spoken == "one\ntwo\nso it is")
  }

  @Test("Models and conversations are chosen by number")
  func pickers() throws {
    let home = try Home(other: true) { request in
      if request.target.hasSuffix("/models") {
        return .respond(
          200, ["content-type": "application/json"], body: Array("{\"data\":[{\"id\":\"m-1\"},{\"id\":\"m-2\"}]}".utf8))
      }
      return Completion.answer(request.text.contains("\"m-2\"") ? "from the second" : "from the first")
    }
    let terminal = try home.openLinear()
    try terminal.say("hello there")
    try #require(terminal.waitTold("from the first\nDone:"), "\(terminal.told)")
    try terminal.say("/model")
    try #require(terminal.waitTold("3. m-2\nType a number"), "\(terminal.told)")
    try terminal.say("3")
    try #require(terminal.waitTold("lab/m-2\n"), "\(terminal.told)")
    try terminal.say("/new")
    try #require(terminal.waitTold("New conversation ", times: 2), "\(terminal.told)")
    try terminal.say("/sessions")
    try #require(terminal.waitTold("hello there, 2 messages, now\n"), "\(terminal.told)")
    try terminal.say("1")
    try #require(terminal.waitTold("You:\nhello there\nAnswer from m:\nfrom the first\n"), "\(terminal.told)")
    try terminal.say("again")
    try #require(terminal.waitTold("Answer from m-2:\nfrom the second\n"), "\(terminal.told)")
    #expect(!terminal.screen.bytes.contains(0x1B))
  }

  @Test("An error is told with its cause and the command that helps, and an unknown command with those that are near")
  func errors() throws {
    let home = try Home { _ in
      .respond(
        404, ["content-type": "application/json"], body: Array("{\"error\":{\"message\":\"no model m here\"}}".utf8))
    }
    let terminal = try home.openLinear()
    try terminal.say("hello")
    try #require(terminal.waitTold("Next: /model chooses another model.\n"), "\(terminal.told)")
    #expect(terminal.told.contains("\nError: "))
    #expect(terminal.told.contains("no model m here"))
    try terminal.say("/modle")
    try #require(terminal.waitTold("near: /model"), "\(terminal.told)")
  }

  @Test("Suspended, linear mode stops and goes on where it was")
  func suspended() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.openLinear()
    try terminal.say("ask alpha")
    try #require(terminal.waitTold("alpha-start "), "\(terminal.told)")
    terminal.type("\u{1A}")
    try #require(terminal.waitForStop(10_000))
    home.server.signal("alpha-more")
    terminal.signal(SIGCONT)
    #expect(terminal.waitTold("alpha-goes-on "), "\(terminal.told)")
  }

  @Test("The user's own editor writes a draft, and a file goes with the next message")
  func editorAndFile() throws {
    let home = try Home { _ in Completion.answer("so it is") }
    try LocalFiles.write(Array("#!/bin/sh\necho from the editor > $1\n".utf8), to: home.folder + "/editor")
    try LocalFiles.write(Array("in the file".utf8), to: home.folder + "/note.txt")
    _ = try home.shell("chmod 700 editor")
    home.variables = ["EDITOR": home.folder + "/editor"]
    let terminal = try home.openLinear()
    try terminal.say("/compose")
    try #require(terminal.waitTold("Your draft:\nfrom the editor\nAn empty line sends it"), "\(terminal.told)")
    terminal.type("/attach \(home.folder)/note.txt\r\r")
    try #require(terminal.waitTold("so it is\nDone:"), "\(terminal.told)")
    #expect(
      home.server.log.requests.contains { $0.text.contains("from the editor") && $0.text.contains("in the file") })
  }

  @Test("A terminal that takes nothing holds up no signal, and the text so far is kept")
  func stoppedTerminal() throws {
    let line = String(repeating: "word ", count: 200) + "\n"
    let home = try Home { _ in
      .stream(
        [Completion.head] + (0..<300).map { _ in Completion.text(line) }
          + [Completion.text("the-end-of-it"), .waitForSignal("never")])
    }
    let terminal = try home.openLinear()
    try terminal.say("hello")
    // Nothing is read from the terminal until the program is gone.
    #expect(Self.wait { home.dataHolds("the-end-of-it") })
    terminal.signal(SIGTERM)
    let process = try #require(terminal.processID)
    let isGone = Self.wait {
      let status = (try? LocalFiles.read("/proc/\(process)/status", atMost: 1 << 16)) ?? []
      return String(decoding: status, as: UTF8.self).contains("Z (zombie)")
    }
    #expect(isGone)
    #expect(terminal.waitForExit() == .exited(143))
    #expect(try home.conversations().first?.spoken.contains("the-end-of-it") == true)
  }

  @Test("The window may go, a signal may come: the text so far is kept", arguments: [SIGHUP, SIGTERM, 0])
  func signals(number: Int32) throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.openLinear()
    try terminal.say("ask alpha")
    try #require(terminal.waitTold("alpha-start "), "\(terminal.told)")
    if number == 0 { terminal.hangUp() } else { terminal.signal(number) }
    #expect(terminal.waitForExit(15_000) == .exited(128 + (number == 0 ? SIGHUP : number)))
    let kept = try home.conversations()
    #expect(kept.first?.spoken.contains("alpha-start") == true)
  }

  @Test("Nothing wakes linear mode while nothing happens")
  func idle() throws {
    let home = try Home { _ in Completion.answer("all done") }
    let terminal = try home.openLinear()
    try terminal.say("hello")
    try #require(terminal.waitTold("Done:"), "\(terminal.told)")
    let process = try #require(terminal.processID)
    var counts: [Int] = []
    let isQuiet = terminal.waitElsewhere(15_000) {
      counts.append(ScreenLifeTests.wakeUps(of: process))
      let recent = counts.suffix(50)
      return recent.count == 50 && (recent.first ?? 0) == (recent.last ?? 1)
    }
    #expect(isQuiet, "\(counts)")
    let before = ScreenLifeTests.wakeUps(of: process)
    _ = terminal.wait(3_000) { _ in false }
    #expect(ScreenLifeTests.wakeUps(of: process) - before == 0)
  }

  /// Waits for something while the terminal takes nothing.
  private static func wait(until condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.nanoseconds() + 20_000_000_000
    while !condition() {
      if MonotonicClock.nanoseconds() > deadline { return false }
      _ = poll(nil, 0, 20)
    }
    return true
  }

  // MARK: Scripts

  @Test("Lines from a pipe are worked off one after the other, each when the one before was answered")
  func script() throws {
    let home = try Home(other: true) { request in
      Completion.answer(request.text.contains("m-other") ? "from the other" : "from the first")
    }
    let result = try home.run([], input: "hello\n/profile\n2\nand\\\nagain\n/nonsense\nlast without an end")
    let text = String(decoding: result.output, as: UTF8.self)
    #expect(result.status == .exited(0))
    #expect(text.hasPrefix("Linear mode: standard output is not a terminal.\nriffle "), "\(text)")
    #expect(text.contains("Answer from m:\nfrom the first\nDone: 3 words in "), "\(text)")
    #expect(text.split(separator: "Answer from m-other:\nfrom the other\nDone:").count == 3, "\(text)")
    #expect(
      try home.conversations().map(\.spoken) == [
        "hello\nfrom the first\nand\nagain\nfrom the other\nlast without an end\nfrom the other"
      ])
    let id = try home.conversations().first?["id"]?.string ?? ""
    let again = try home.run(["open", id, "--linear"], input: "more\n")
    #expect(try home.conversations().count == 1)
    #expect(String(decoding: again.output, as: UTF8.self).contains("\nConversation \(id), hello, 6 messages, "))
    #expect(try home.run(["--linear", "--continue"], input: "").status == .exited(0))
  }

  @Test("A script learns how its last answer went")
  func status() throws {
    let refusing = try Home { _ in .respond(403, [:], body: []) }
    #expect(try refusing.run(["--linear"], input: "hello\n").status == .exited(3))
    let breaking = try Home { _ in .stream([Completion.head, Completion.text("half "), .close]) }
    let broken = try breaking.run(["--linear"], input: "hello\n")
    #expect(broken.status == .exited(4))
    #expect(String(decoding: broken.output, as: UTF8.self).contains("Answer from m:\nhalf \nIncomplete: "))
  }

  @Test("A reader that goes away ends linear mode quietly, and the answer is kept")
  func closedPipe() throws {
    let home = try Home { _ in Completion.answer("one\ntwo\nthree") }
    let result = try home.shell(
      "{ echo hello; sleep 1; echo more; } | { \"$RIFFLE\" --linear 2>errors; echo $? >status; } | head -n 4")
    #expect(String(decoding: result.output, as: UTF8.self).hasSuffix("\nAnswer from m:\none\n"))
    #expect(home.text(of: "status") == "141\n")
    #expect(home.text(of: "errors") == "")
    #expect(try home.conversations().count == 1)
  }

  // MARK: Hostile text

  @Test(
    "No attack in a message, whole or byte by byte, sends an escape sequence to the terminal; all of it can be read",
    .enabled(if: !HostileTextTests.Attack.all.isEmpty, "the vectors are not beside this checkout"),
    arguments: 0..<8, [false, true])
  func hostileMessages(_ share: Int, _ isCut: Bool) throws {
    let all = HostileTextTests.Attack.all
    let attacks = all.enumerated().filter { $0.offset * 8 / all.count == share }.map(\.element)
      .filter { !isCut || $0.bytes.count <= 1_500 }
    let events = attacks.flatMap { Completion.event($0.bytes + [0x0A, 0x0A]) }
    let home = try Home { _ in
      .stream(
        [Completion.head] + (isCut ? events.map { .bytes([$0]) } : [.bytes(events)])
          + [Completion.text("the-very-end"), Completion.end])
    }
    let terminal = try home.openLinear()
    try terminal.say("hello")
    try #require(terminal.waitTold("the-very-end\nDone:", 60_000), "\(terminal.told.suffix(200))")
    expectUnharmed(terminal, by: attacks)
    let told = terminal.told
    #expect(attacks.filter { !$0.visible.allSatisfy(told.contains) }.map(\.number) == [])
  }

  @Test(
    "No attack in an error, a model's name, a tool or a title sends an escape sequence",
    .enabled(if: !HostileTextTests.Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func hostileWords() throws {
    let attacks = HostileTextTests.Attack.short
    let home = try Home { request in
      if request.target.hasSuffix("/models") {
        let names = attacks.map { Array("{\"id\":".utf8) + Completion.quoted($0.bytes) + Array("}".utf8) }
        let body = Array("{\"data\":[".utf8) + Array(names.joined(separator: [0x2C])) + Array("]}".utf8)
        return .respond(200, ["content-type": "application/json"], body: body)
      }
      if request.text.contains("tools please") {
        let calls = attacks.enumerated().map { index, attack in
          Array(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":\(index),\"id\":\"c\(index)\",".utf8
          )
            + Array("\"type\":\"function\",\"function\":{\"name\":".utf8) + Completion.quoted(attack.bytes)
            + Array(",\"arguments\":".utf8) + Completion.quoted(attack.bytes) + Array("}}]}}]}\n\n".utf8)
        }
        return .stream(
          [Completion.head] + calls.map { .bytes($0) } + [Completion.text("the-very-end"), Completion.end])
      }
      let attack = attacks.last { request.text.contains("number \($0.number).") }
      return .respond(
        400, ["content-type": "application/json"],
        body: Array("{\"error\":{\"message\":".utf8) + Completion.quoted(attack?.bytes ?? []) + Array("}}".utf8))
    }
    let terminal = try home.openLinear()
    for (index, attack) in attacks.enumerated() {
      terminal.type("number \(attack.number).\r")
      #expect(terminal.waitTold("\nError: ", times: index + 1), "\(attack.number)")
    }
    try terminal.say("/model")
    try #require(terminal.waitTold("Type a number, or an empty line"), "\(terminal.told.suffix(300))")
    terminal.type("\r")
    try #require(terminal.waitTold("Nothing chosen"))
    try terminal.say("tools please")
    try #require(terminal.waitTold("the-very-end\nDone:"), "\(terminal.told.suffix(300))")
    try terminal.say("/sessions")
    try #require(terminal.waitTold("Conversations:\n"), "\(terminal.told.suffix(300))")
    expectUnharmed(terminal, by: attacks)
  }

  /// Nothing but printable text, tabs and line ends has reached the terminal.
  private func expectUnharmed(_ terminal: PseudoTerminal, by attacks: [HostileTextTests.Attack]) {
    let bytes = terminal.screen.bytes
    #expect(!bytes.contains { $0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0) || $0 == 0x7F })
    let passed = attacks.filter { attack in attack.forbidden.contains { bytes.contains(sequence: $0) } }
    #expect(passed.map(\.number) == [])
    let record = terminal.screen.record
    #expect(record.clipboard == [] && record.strings == [] && record.commands == [] && record.modeLog == [])
    #expect(record.bells == 0)
  }
}

extension Home {
  /// The program in linear mode, ready for a line.
  func openLinear(_ arguments: [String] = ["--linear"]) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(command(arguments), rows: 200, columns: 200, answers: .plain)
    guard terminal.waitTold("lab/m", 20_000) else { throw Failure("not begun: \(terminal.told)") }
    return terminal
  }
}

extension PseudoTerminal {
  /// Everything the program and the terminal's echo wrote, with plain line ends.
  var told: String { String(decoding: screen.bytes.filter { $0 != 0x0D }, as: UTF8.self) }

  /// Waits until something was told, so many times.
  func waitTold(_ words: String, _ milliseconds: Int = 15_000, times: Int = 1) -> Bool {
    let wanted = Array(words.replacing("\n", with: "\r\n").utf8)
    return wait(milliseconds) { screen in
      times == 1
        ? screen.bytes.contains(sequence: wanted)
        : told.split(separator: words, omittingEmptySubsequences: false).count > times
    }
  }
}
