// What happens to words when the disk takes nothing, and when the terminal is somebody else's.

import Glibc
import Platform
import TestSupport
import Testing

@Suite("Unsaved words", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct UnsavedTests {
  /// The rescue file's text and permissions.
  private func rescued(in home: Home) throws -> (text: String, permissions: Int?) {
    let names = try LocalFiles.names(in: home.folder + "/state/riffle").filter { $0.hasPrefix("riffle-unsaved-") }
    let name = try #require(names.first)
    #expect(names.count == 1)
    return (
      home.text(of: "state/riffle/\(name)"), LocalFiles.permissions(of: home.folder + "/state/riffle/\(name)")
    )
  }

  @Test("A signal with an unsaved draft leaves a private rescue file, says where, and is 1")
  func draft() throws {
    let home = try Home { _ in Completion.answer("never") }
    let terminal = try home.open("--data", "/proc/nope", columns: 160)
    terminal.type("half a thought")
    #expect(terminal.wait(15_000, for: "Not saved: 1 draft"), "\(terminal.screen.text)")
    terminal.signal(SIGTERM)
    #expect(terminal.waitForExit(15_000) == .exited(1))
    #expect(terminal.screen.shows("could not be saved in /proc/nope: 1 draft"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("it is kept in"), "\(terminal.screen.text)")
    let file = try rescued(in: home)
    #expect(file.permissions == 0o600)
    #expect(file.text.contains("\"kind\":\"draft\",\"text\":\"half a thought\""), "\(file.text)")
  }

  @Test("Leaving with unsaved words asks, and keeps prompt, answer and queue in the rescue file")
  func quit() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.open("--data", "/proc/nope", columns: 160)
    try terminal.say("ask alpha")
    try #require(terminal.wait(15_000, for: "alpha-start"))
    try terminal.say("and then the queue")
    #expect(terminal.wait(15_000, for: "1 queued prompt"), "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.wait(15_000, for: "Leave?"), "\(terminal.screen.text)")
    terminal.type("n")
    #expect(terminal.wait(15_000, for: "Nothing was done"), "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.wait(15_000, for: "Leave?"))
    terminal.type("y")
    #expect(terminal.waitForExit(15_000) == .exited(1))
    let text = try rescued(in: home).text
    for words in ["\"role\":\"user\",\"text\":\"ask alpha\"", "alpha-start", "queued prompt", "and then the queue"] {
      #expect(text.contains(words), "\(text)")
    }
  }

  @Test("A signal ends the editor and then riffle, and the draft is kept", arguments: [SIGTERM, SIGHUP])
  func editor(_ signal: Int32) throws {
    let home = try Home { _ in Completion.answer("never") }
    try LocalFiles.write(Array("#!/bin/sh\necho $$ > editor-pid\nexec sleep 60\n".utf8), to: home.folder + "/editor")
    #expect(chmod(home.folder + "/editor", 0o700) == 0)
    home.variables["EDITOR"] = home.folder + "/editor"
    let terminal = try home.open()
    terminal.type("half a thought")
    try #require(terminal.wait(15_000, for: "half a thought"))
    terminal.type("\u{7}")
    try #require(terminal.waitElsewhere { home.text(of: "editor-pid").hasSuffix("\n") })
    let editor = try #require(Int32(home.text(of: "editor-pid").dropLast()))
    terminal.signal(signal)
    #expect(terminal.waitForExit(3_000) == .exited(128 + signal))
    #expect(kill(editor, 0) != 0)
    #expect(home.dataHolds("half a thought"))
  }

  @Test("The log tells of starts, ends and answers that were none, and nothing of what was said")
  func log() throws {
    let home = try Home { _ in
      .respond(200, ["content-type": "text/event-stream"], body: Array("data: {\"garbage\n\ndata: [DONE]\n\n".utf8))
    }
    let terminal = try home.open()
    try terminal.say("a secret question")
    #expect(terminal.waitElsewhere { home.text(of: "state/riffle/riffle.log").contains("malformed: ") })
    terminal.signal(SIGTERM)
    #expect(terminal.waitForExit(15_000) == .exited(143))
    let text = home.text(of: "state/riffle/riffle.log")
    for words in ["riffle 0", " starts", "garbage", "ended by signal 15", "ends with status 143"] {
      #expect(text.contains(words), "\(words): \(text)")
    }
    #expect(!text.contains("question"), "\(text)")
  }

  @Test("A crash leaves its signal in the log")
  func crash() throws {
    let home = try Home { _ in Completion.answer("never") }
    let terminal = try home.open()
    terminal.signal(SIGSEGV)
    #expect(terminal.waitForExit(15_000) == .signalled(SIGSEGV))
    #expect(home.text(of: "state/riffle/riffle.log").contains("signal 11\n"))
  }
}
