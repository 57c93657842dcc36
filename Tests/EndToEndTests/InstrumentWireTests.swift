// `/wire` in the real program: what a server really got and sent, with none of the keys that are configured, as a command
// for a shell that sends the same, and as a file that plays.

import Glibc
import Platform
import TestSupport
import Testing

@Suite("Instrument: the wire", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct InstrumentWireTests {
  private static let hasCurl = LocalFiles.exists("/usr/bin/curl")
  private static let answer =
    "A stream is cut into events. Each of them brings a few words, and the screen shows what had arrived by then."

  /// Words with pauses, and everything that came in repeated, in headers and in a comment of the stream.
  private static func answer(to request: FaultServer.Request, pause: Int) -> FaultServer.Answer {
    let keys = request.headers.filter { $0.name.lowercased() != "host" }.map(\.value).joined(separator: " ")
    var steps: [FaultServer.Step] = [
      .head(200, ["content-type": "text/event-stream", "x-request-id": "req-42", "x-echo": "\(keys)"]),
      .bytes(": \(keys) \(request.target)\n\n"),
    ]
    for word in answer.split(separator: " ", omittingEmptySubsequences: false) {
      steps += [Completion.text("\(word) "), .pause(pause)]
    }
    return .stream(steps + [Completion.end])
  }

  private func home(_ credential: String, _ variables: [String: String] = [:], pause: Int = 0) throws -> Home {
    let configuration = """
      profile = "work"
      [providers.lab]
      kind = "openai"
      base_url = "$SERVER/v1"
      retries = 0
      \(credential)
      headers = { "X-Team" = "sk-canary-header-1" }
      query = { "key" = "sk-canary-query-1", "v" = "2" }
      [profiles.work]
      provider = "lab"
      model = "m"
      [providers.tape]
      kind = "replay"
      file = "../../tape.jsonl"
      speed = "max"
      [profiles.tape]
      provider = "tape"
      model = "m"
      """
    let home = try Home(configuration: configuration, variables: variables) { Self.answer(to: $0, pause: pause) }
    try LocalFiles.makeFolder(home.folder + "/bin")
    let program = home.folder + "/bin/xclip"
    try LocalFiles.write(Array("#!/bin/sh\nPATH=/usr/bin:/bin\ncat > $HOME/clip\n".utf8), to: program)
    #expect(chmod(program, 0o700) == 0)
    home.variables["DISPLAY"] = ":99"
    home.variables["PATH"] = home.folder + "/bin:/usr/bin:/bin"
    return home
  }

  private func asked(_ home: Home, rows: Int = 24, columns: Int = 80) throws -> PseudoTerminal {
    let terminal = try home.open(rows: rows, columns: columns)
    try terminal.say("What is a stream?")
    try #require(terminal.wait(20_000, for: "done ·"), "\(terminal.screen.text)")
    terminal.type("\u{18}w")
    try #require(terminal.wait(20_000, for: "Wire · lab/m"), "\(terminal.screen.text)")
    try #require(terminal.wait(20_000, for: "bytes; "), "\(terminal.screen.text)")
    return terminal
  }

  /// Looks at every row, unfolding each, and gives everything that was on the screen.
  private func everything(_ terminal: PseudoTerminal) throws -> String {
    var seen = ""
    for side in ["", "\t", "\t"] {
      terminal.type(side + "g")
      for _ in 0..<14 {
        terminal.type("\r")
        _ = terminal.wait(40) { _ in false }
        seen += terminal.screen.text.joined(separator: "\n")
        terminal.type("\u{1B}[6~")
      }
    }
    return seen
  }

  @Test(
    "No key is seen, copied or saved, wherever it comes from and however often the server repeats it",
    arguments: [
      "api_key_env = \"LAB_KEY\"", "api_key_file = \"../../key\"", "api_key_command = [\"/bin/cat\", \"$HOME/key\"]",
    ])
  func canaries(credential: String) throws {
    let key = "sk-canary-key-0123456789"
    let home = try home(
      credential.split(separator: "$HOME", omittingEmptySubsequences: false).joined(separator: "../.."),
      ["LAB_KEY": key])
    try LocalFiles.write(Array(key.utf8), to: home.folder + "/key")
    if credential.contains("command") {
      // Commands begin where riffle does.
      let text = home.text(of: "config/riffle/config.toml")
      try LocalFiles.write(
        Array(
          text.split(separator: "../../key", omittingEmptySubsequences: false).joined(separator: home.folder + "/key")
            .utf8),
        to: home.folder + "/config/riffle/config.toml")
    }
    let terminal = try asked(home)
    let seen = try everything(terminal)
    #expect(seen.contains("•••") && seen.contains("Authorization") && seen.contains("req-42"))
    #expect(!seen.contains("sk-canary"))

    terminal.type("c")
    try #require(terminal.wait(15_000, for: "Copied"), "\(terminal.screen.text)")
    let command = home.text(of: "clip")
    #expect(command.contains("curl -N -sS --request POST") && !command.contains("sk-canary"))
    if credential.contains("env") { #expect(command.contains("\"Authorization: Bearer $LAB_KEY\"")) }

    terminal.type("s")
    try #require(terminal.wait(15_000, for: "Saved"), "\(terminal.screen.text)")
    let name = try #require(try LocalFiles.names(in: home.folder).first { $0.hasSuffix(".jsonl") })
    #expect(LocalFiles.permissions(of: "\(home.folder)/\(name)") == 0o600)
    let file = home.text(of: name)
    #expect(file.contains("\"riffle\":\"replay\"") && !file.contains("sk-canary"))

    // What was copied asks the same, and what was saved answers the same.
    guard Self.hasCurl else { return }
    home.variables["LAB_KEY"] = key
    home.variables["RIFFLE_API_KEY"] = key
    home.variables["RIFFLE_X_TEAM"] = "sk-canary-header-1"
    home.variables["RIFFLE_KEY"] = "sk-canary-query-1"
    #expect(try home.shell(command).status == .exited(0))
    let requests = home.server.log.requests
    let (first, last) = (try #require(requests.first), try #require(requests.last))
    #expect(requests.count == 2 && first.body == last.body && first.target == last.target)
    #expect(last.header("authorization") == "Bearer \(key)" && first.header("authorization") == "Bearer \(key)")
    #expect(last.header("x-team") == "sk-canary-header-1")
    try LocalFiles.move("\(home.folder)/\(name)", to: home.folder + "/tape.jsonl")
    let played = try home.run(["--profile", "tape", "ask", "anything"])
    #expect(String(decoding: played.output, as: UTF8.self).contains(Self.answer))
  }

  @Test("While an answer streams its events come, and the text beside them is what had arrived")
  func live() throws {
    let home = try Home { _ in Completion.slow("one") }
    let terminal = try home.open(rows: 30, columns: 120)
    try terminal.say("go")
    try #require(terminal.wait(15_000, for: "one-start"), "\(terminal.screen.text)")
    terminal.type("\u{18}w")
    try #require(terminal.wait(15_000, for: "live: 1 event,"), "\(terminal.screen.text)")
    home.server.signal("one-more")
    #expect(terminal.wait(15_000, for: "live: 2 events,"), "\(terminal.screen.text)")
    #expect(terminal.wait(15_000, for: "one-start one-goes-on"), "\(terminal.screen.text)")
    terminal.type("kk")
    #expect(terminal.wait(15_000, for: "10 of 22 bytes"), "\(terminal.screen.text)")
    home.server.signal("one-end")
    #expect(terminal.wait(15_000, for: "10 of 30 bytes"), "\(terminal.screen.text)")
    terminal.type("f")
    #expect(terminal.wait(15_000, for: "5 events, "), "\(terminal.screen.text)")
    terminal.type("q")
    #expect(terminal.wait(15_000) { !$0.text.contains { $0.contains("Wire ·") } }, "\(terminal.screen.text)")
  }

  @Test("The page about the instruments shows it")
  func captures() throws {
    let home = try home("api_key_env = \"LAB_KEY\"", ["LAB_KEY": "sk-canary-key-0123456789"], pause: 20)
    for (rows, columns) in [(24, 80), (50, 160)] {
      let terminal = try asked(home, rows: rows, columns: columns)
      terminal.type("kkkkkk\r")
      try #require(terminal.wait(15_000, for: "\"content\":"), "\(terminal.screen.text)")
      try InstrumentCapture.write("wire-\(columns)x\(rows)", terminal.screen.text)
    }
  }
}
