// Several answers at once, and several riffles at once.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Many conversations", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct ManyConversationsTests {
  static let names = ["alpha", "bravo", "gamma", "delta"]

  @Test("A key's command runs once for answers that begin at the same time")
  func oneKeyCommand() throws {
    let home = try Home { Completion.slow($0, among: Self.names) }
    let text = home.text(of: "config/riffle/config.toml").replacing(
      "retries = 0", with: "retries = 0\napi_key_command = [\"sh\", \"-c\", \"echo run >> runs; sleep 1; echo key\"]")
    try LocalFiles.write(Array(text.utf8), to: home.folder + "/config/riffle/config.toml")
    let terminal = try home.open()
    try terminal.say("ask alpha")
    try #require(terminal.waitElsewhere { home.text(of: "runs") == "run\n" })
    terminal.type("\u{18}n")
    try #require(terminal.wait(15_000) { !$0.shows("ask alpha") })
    try terminal.say("ask bravo")
    #expect(terminal.wait(15_000, for: "bravo-start"), "\(terminal.screen.text)")
    #expect(terminal.waitElsewhere { home.server.log.requests.count == 2 })
    #expect(home.text(of: "runs") == "run\n")
  }

  @Test("Four answers stream at once, whichever is on the screen, and all are kept")
  func fourAtOnce() throws {
    let home = try Home { Completion.slow($0, among: Self.names) }
    let terminal = try home.open()
    for name in Self.names {
      try terminal.say("ask \(name)")
      try #require(terminal.wait(15_000, for: "\(name)-start"), "\(terminal.screen.text)")
      if name == Self.names.last { break }
      terminal.type("\u{18}n")
      try #require(terminal.wait(15_000) { !$0.shows("\(name)-start") })
    }
    #expect(terminal.wait(15_000, for: "▶3"), "\(terminal.screen.text)")

    // Alt with a digit reaches each of them.
    var seen: Set<String> = []
    for number in 1...4 {
      terminal.type("\u{1B}\(number)")
      var found: String?
      _ = terminal.wait(15_000) { screen in
        found = Self.names.first { !seen.contains($0) && screen.shows("\($0)-start") }
        return found != nil
      }
      if let found { seen.insert(found) }
    }
    #expect(seen == Set(Self.names), "\(terminal.screen.text)")

    // By the beginning of an ID.
    let listed = try home.json("list", "--json").array ?? []
    #expect(listed.count == 4)
    func id(of name: String) throws -> String {
      try #require(listed.first { $0["title"]?.string?.contains(name) == true }?["id"]?.string, "\(listed)")
    }
    try terminal.say("/open \(id(of: "alpha").dropLast())")
    #expect(terminal.wait(15_000, for: "alpha-start"), "\(terminal.screen.text)")

    // What goes on elsewhere is marked and does not come here.
    home.server.signal("bravo-more")
    home.server.signal("bravo-end")
    #expect(terminal.wait(15_000, for: "●1"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("finished"), "\(terminal.screen.text)")
    #expect(!terminal.screen.shows("bravo-done"))
    home.server.signal("alpha-more")
    #expect(terminal.wait(15_000, for: "alpha-goes-on"))

    // By the switcher.
    terminal.type("\u{18}l")
    #expect(terminal.wait(15_000, for: "ask gamma"), "\(terminal.screen.text)")
    terminal.type("gamma")
    #expect(terminal.wait(15_000) { $0.shows("ask gamma") && !$0.shows("ask bravo") }, "\(terminal.screen.text)")
    terminal.type("\r")
    #expect(terminal.wait(15_000, for: "gamma-start"), "\(terminal.screen.text)")

    for name in ["alpha", "gamma", "delta"] {
      home.server.signal("\(name)-more")
      home.server.signal("\(name)-end")
    }
    #expect(terminal.wait(15_000, for: "gamma-done"))
    #expect(terminal.wait(15_000) { !$0.shows("▶") }, "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))

    let kept = try home.conversations()
    #expect(kept.count == 4)
    for name in Self.names {
      let spoken = kept.first { $0.spoken.contains("ask \(name)") }?.spoken ?? ""
      #expect(spoken.contains("\(name)-start \(name)-goes-on \(name)-done"))
    }
    let again = try home.open("--continue")
    let last = Self.names.first { kept.first?.spoken.contains("ask \($0)") == true } ?? "none"
    #expect(again.wait(15_000, for: "\(last)-done"), "\(again.screen.text)")
  }

  @Test("What one riffle does appears in another one that shows the same conversation")
  func twoPrograms() throws {
    let home = try Home { request in
      Completion.answer(request.text.contains("second") ? "answer two" : "answer one")
    }
    let first = try home.open()
    try first.say("the first")
    #expect(first.wait(15_000, for: "answer one"))
    let id = try #require(try home.json("list", "--json").array?.first?["id"]?.string)
    let other = try home.open("open", id)
    #expect(other.wait(15_000, for: "answer one"), "\(other.screen.text)")
    try first.say("the second")
    #expect(first.wait(15_000, for: "answer two"))
    #expect(other.wait(8_000, for: "answer two"), "\(other.screen.text)")
    #expect(other.screen.shows("the second"))
  }
}
