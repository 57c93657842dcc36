// An answer again: on the screen, on the command line, from a recording; and the programs that are told of answers.

import Framing
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Replay and hooks", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct InstrumentReplayTests {
  private static let markdown = [
    "Sorting ", "is done ", "with **`sorted()`**:\n\n", "```swift\n", "let a = [3, 1, 2]\n", "print(a.sorted())\n",
    "```\n\n", "- It gives ", "a new array.\n", "- The old one ", "stays as it is.\n\n", "That is ", "all of it.",
  ]

  private static func answer(pausing: Bool) -> FaultServer.Answer {
    var steps = [Completion.head]
    for number in 0..<8 { steps += [Completion.thinking("Thought \(number) about sorting. "), .pause(40)] }
    for (index, piece) in markdown.enumerated() {
      steps += [Completion.text(piece), .pause(index == 6 && pausing ? 1400 : 60)]
    }
    return .stream(steps + [Completion.end])
  }

  @Test("A stored answer plays on the screen at four times its speed, to its end")
  func screen() throws {
    let home = try Home { _ in Self.answer(pausing: true) }
    for (rows, columns, name) in [(24, 80, "replay-80x24"), (50, 160, "replay-160x50")] {
      let terminal = try home.open(rows: rows, columns: columns)
      try terminal.say("How do I sort an array?")
      #expect(terminal.wait(20_000) { $0.shows("all of it.") && $0.shows(" done ·") }, "\(terminal.screen.text)")
      terminal.type("/replay 1 4x\r")
      #expect(terminal.wait(15_000, for: "■ end 4x"), "\(terminal.screen.text)")
      #expect(terminal.screen.text.contains { $0.contains("chunk 21/21") })
      // From the beginning, slowly at first.
      terminal.type(",")
      #expect(terminal.wait(15_000, for: "chunk 20/21"), "\(terminal.screen.text)")
      terminal.type("\u{1B}[H---- ")
      #expect(terminal.wait(15_000) { $0.shows("playing 0.25x") && $0.shows("Thought 1") && !$0.shows("That is all") })
      terminal.type("4")
      #expect(terminal.wait(15_000) { $0.shows("■ end 4x") && $0.shows("That is all of it.") })
      terminal.type(",7")
      #expect(terminal.wait(15_000) { $0.shows("paused 4x") && $0.shows("print(a.sorted())") && !$0.shows("That is") })
      let rows = terminal.screen.text
      #expect(rows.contains { $0.contains("▓") && $0.contains("╌") && $0.contains("█") }, "\(rows)")
      try InstrumentCapture.write(name, rows)
      terminal.type("q")
      #expect(terminal.wait(15_000) { !$0.shows(" Replay ") && $0.shows("That is all of it.") })
    }
  }

  @Test("The command line writes a stored answer as it came, with its times, and an unknown one is 1")
  func commandLine() throws {
    let home = try Home { _ in Self.answer(pausing: false) }
    let asked = try home.run(["ask", "How do I sort?"])
    let id = try #require(home.json("list", "--json")[0]?["id"]?.string)
    let plain = try home.run(["replay", id, "--speed", "max"])
    #expect(plain.output == asked.output && plain.status == .exited(0))
    let lines = try home.run(["replay", id, "--speed", "max", "--json"]).output.split(separator: 0x0A)
    let events = lines.compactMap { line -> JSONValue? in
      if case .success(let value) = JSONParser.parse(Array(line)) { value } else { nil }
    }
    #expect(events.first?["type"]?.string == "start" && events.last?["type"]?.string == "finish")
    let times = events.compactMap { $0["t_ms"]?.double }
    #expect(times.count == events.count && times == times.sorted())
    // Twenty pauses of 40 ms and more lie between them.
    #expect((times.last ?? 0) - (times.dropFirst().first ?? 0) > 800)
    #expect(try home.run(["replay", "nothing"]).status == .exited(1))
    #expect(try home.run(["replay", id, "--answer", "2"]).status == .exited(1))
    #expect(try home.run(["replay", id, "--speed", "fast"]).status == .exited(2))
    // SIGINT ends it at once, with 130.
    let stopped = try home.shell(
      "$RIFFLE replay \(id) --speed 0.01 & sleep 0.5; kill -INT $!; wait $!; echo \"status $?\"")
    #expect(String(decoding: stopped.output, as: UTF8.self).hasSuffix("status 130\n"))
  }

  @Test("A recording holds no key, is never overwritten, and plays as the answer, or the refusal, that it was")
  func recording() throws {
    let key = "sk-canary-77e02b91"
    let settings = """
      profile = "work"
      providers.lab = { kind = "openai", base_url = "$SERVER/v1", retries = 0, api_key_env = "LAB_KEY" }
      profiles.work = { provider = "lab", model = "m" }
      """
    let home = try Home(configuration: settings, variables: ["LAB_KEY": key]) { request in
      if request.text.contains("refuse") {
        return .respond(
          401, ["content-type": "application/json", "set-cookie": "sid=cookie-canary"],
          body: Array("{\"error\":{\"message\":\"wrong key \(key)\"}}".utf8))
      }
      return Self.answer(pausing: false)
    }
    let asked = try home.run(["record", "sort", "-o", "a.rec"])
    #expect(asked.status == .exited(0))
    #expect(String(decoding: asked.output, as: UTF8.self) == Self.markdown.joined() + "\n")
    #expect(LocalFiles.permissions(of: home.folder + "/a.rec") == 0o600)
    let played = try home.run(["replay", "a.rec", "--speed", "max"])
    #expect(played.output == asked.output && played.status == .exited(0))
    #expect(try home.run(["record", "sort", "-o", "a.rec"]).status == .exited(1))
    #expect(home.server.log.requests.count == 1)
    #expect(try home.run(["record", "refuse", "-o", "a.rec", "--force"]).status == .exited(3))
    // A pipe would be gone, and so would be a device.
    #expect(mkfifo(home.folder + "/pipe", 0o600) == 0)
    #expect(try home.run(["record", "refuse", "-o", "pipe", "--force"]).status == .exited(1))
    #expect(!LocalFiles.isOrdinaryFile(home.folder + "/pipe"))
    let refusal = try home.words("replay", "./a.rec")
    #expect(refusal.status == .exited(3), "\(refusal.text)")
    #expect(!home.text(of: "a.rec").contains("canary"), "\(home.text(of: "a.rec"))")
    // Nothing is kept without --save.
    #expect(try home.conversations().isEmpty)
    try LocalFiles.write(Array("{\"riffle\":\"replay\",\"version\":1}\n{\"x\":1}\n".utf8), to: home.folder + "/bad.rec")
    let bad = try home.words("replay", "bad.rec")
    #expect(bad.status == .exited(1))
    #expect(bad.text == "riffle: bad.rec:2: t_ms is not a number of milliseconds\n")
  }

  @Test("A key of the address and a secret of AWS that a service repeats are not in a recording")
  func repeatedSecrets() throws {
    let settings = """
      profile = "query"
      providers.lab = { kind = "openai", base_url = "$SERVER/v1", retries = 0, query = { sig = "canary/query-1" } }
      profiles.query = { provider = "lab", model = "m" }
      providers.cloud = { kind = "bedrock", region = "eu-west-1", endpoint_url = "$SERVER", retries = 0 }
      profiles.cloud = { provider = "cloud", model = "m" }
      """
    let home = try Home(configuration: settings) { request in
      if request.target.contains("canary") {
        let words = #"canary/query-1 canary%2Fquery-1 canary\/query-1 Y2FuYXJ5L3F1ZXJ5LTE="#
        return .stream([
          Completion.head, Completion.text("It is "), .bytes(WireBytes.event(#"{"a":"\#(words)"}"#)), Completion.end,
        ])
      }
      let token = request.header("x-amz-security-token") ?? ""
      return .respond(
        403, ["content-type": "application/json"], body: Array(#"{"message":"\#(token) canary-secret-2"}"#.utf8))
    }
    try LocalFiles.makeFolder(home.folder + "/.aws")
    let file = """
      [default]
      aws_access_key_id = AKIDEXAMPLE
      aws_secret_access_key = canary-secret-2
      aws_session_token = canary-session-3
      """
    try LocalFiles.write(Array(file.utf8), to: home.folder + "/.aws/credentials")
    let asked = try home.words("record", "hi", "-o", "query.rec")
    #expect(asked.status == .exited(0), "\(asked.text)")
    #expect(try home.run(["replay", "query.rec", "--speed", "max"]).status == .exited(0))
    #expect(try home.run(["record", "hi", "--profile", "cloud", "-o", "cloud.rec"]).status == .exited(3))
    #expect(try home.run(["replay", "cloud.rec"]).status == .exited(3))
    for name in ["query.rec", "cloud.rec"] {
      let text = home.text(of: name)
      #expect(text.contains("***") && !text.contains("canary") && !text.contains("Y2FuYXJ5L3F1"), "\(text)")
    }
  }

  @Test("Of an answer whose rest was asked for the beginning is recorded, as truncated, and that is said")
  func resumed() throws {
    let settings = """
      profile = "work"
      providers.lab = { kind = "openai-responses", base_url = "$SERVER/v1", retries = 0 }
      profiles.work = { provider = "lab", model = "m", extra = { background = true } }
      """
    @Sendable func event(_ type: String, _ rest: String) -> [UInt8] {
      WireBytes.event(#"{"type":"response.\#(type)",\#(rest)}"#, name: "response.\(type)")
    }
    let response = #""response":{"id":"resp_1","model":"m","background":true,"status":"#
    let home = try Home(configuration: settings) { request in
      let head = FaultServer.Step.head(200, ["content-type": "text/event-stream"])
      guard request.method == "GET" else {
        return .stream([
          head, .bytes(event("created", #""sequence_number":0,\#(response)"in_progress"}"#)),
          .bytes(event("output_text.delta", #""sequence_number":1,"output_index":0,"content_index":0,"delta":"Hel""#)),
          .close,
        ])
      }
      return .stream([
        head,
        .bytes(event("output_text.delta", #""sequence_number":2,"output_index":0,"content_index":0,"delta":"lo""#)),
        .bytes(event("completed", #""sequence_number":3,\#(response)"completed"}"#)),
      ])
    }
    let asked = try home.shell("$RIFFLE record hi -o a.rec 2>errors")
    #expect(asked.status == .exited(0) && asked.output == Array("Hello\n".utf8))
    let errors = home.text(of: "errors")
    #expect(errors.contains("a.rec: the connection broke and the rest"), "\(errors)")
    #expect(home.text(of: "a.rec").contains(#""end":"truncated""#), "\(home.text(of: "a.rec"))")
    let played = try home.words("replay", "a.rec", "--speed", "max")
    #expect(played.status == .exited(4) && played.text.contains("Hel"), "\(played.text)")
  }

  @Test("Recordings of every kind of service play as they were", arguments: PlayedService.all, [true, false])
  func everyDialect(_ service: PlayedService, isStreaming: Bool) throws {
    let home = try Home(playing: service, isStreaming: isStreaming)
    home.openGates()
    let recorded = try home.run(["record", "weather?", "-o", "x.rec", "--json"])
    let played = try home.run(["replay", "x.rec", "--speed", "max", "--json"])
    #expect(recorded.status == .exited(0) && played.status == .exited(0))
    var (told, again) = (outcome(recorded.output), outcome(played.output))
    // Estimates are made of the prompt, which is not in the recording.
    if told.usage?.isEstimated == true { told.usage = nil }
    if again.usage?.isEstimated == true { again.usage = nil }
    #expect(told == again)
    #expect(!home.text(of: "x.rec").contains("hush-hush"))
  }

  private func outcome(_ output: [UInt8]) -> PlayedService.Outcome {
    PlayedService.Outcome(
      output.split(separator: 0x0A).compactMap { line -> JSONValue? in
        if case .success(let value) = JSONParser.parse(Array(line)) { value } else { nil }
      })
  }

  @Test("Hooks read what happened, also after the configuration has changed; one that is not there is told once")
  func hooks() throws {
    let hooked = """
      profile = "work"
      providers.lab = { kind = "openai", base_url = "$SERVER/v1", retries = 0 }
      profiles.work = { provider = "lab", model = "m" }
      [hooks]
      finish = ["/bin/sh", "-c", "cat >> $HOME/finish.log"]
      error = ["/no/such/program"]
      """
    let home = try Home(configuration: hooked) { request in
      let prompt = request.text
      if prompt.contains("third") { return Completion.answer("three") }
      if prompt.contains("second") { return .respond(500, body: []) }
      return Completion.answer("one")
    }
    let terminal = try home.open()
    try terminal.say("first")
    #expect(terminal.waitElsewhere { home.text(of: "finish.log").hasSuffix("}\n") })
    guard case .success(let event) = JSONParser.parse(home.text(of: "finish.log")) else {
      Issue.record("\(home.text(of: "finish.log"))")
      return
    }
    #expect(event["event"]?.string == "finish" && event["text"]?.string == "one" && event["reason"]?.string == "stop")
    #expect(event["profile"]?.string == "work" && event["metrics"]?["chunks"]?.int == 1)
    try terminal.say("second")
    #expect(terminal.wait(15_000, for: "The hook error cannot start"), "\(terminal.screen.text)")
    // A changed configuration counts from then on.
    let path = home.folder + "/config/riffle/config.toml"
    let text = String(decoding: try LocalFiles.read(path, atMost: 1 << 20), as: UTF8.self)
    try LocalFiles.write(Array(text.replacing("finish.log", with: "other.log").utf8), to: path)
    #expect(terminal.wait(15_000, for: "Configuration reloaded"), "\(terminal.screen.text)")
    try terminal.say("third")
    #expect(terminal.waitElsewhere { home.text(of: "other.log").contains("\"text\":\"three\"") })
    // A command is no place for hooks.
    #expect(try home.run(["ask", "first"]).status == .exited(0))
    #expect(home.text(of: "other.log").split(separator: "\n").count == 1)
  }
}
