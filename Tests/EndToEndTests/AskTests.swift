// `riffle ask` for scripts: what it writes and how it ends.

import Framing
import Glibc
import Platform
import TestSupport
import Testing

@Suite("ask", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct AskTests {
  @Test("The answer and a newline are written, nothing else")
  func plain() throws {
    let home = try Home { _ in Completion.answer("forty-two") }
    let result = try home.run(["ask", "what?"])
    #expect(result.status == .exited(0))
    #expect(result.output == Array("forty-two\n".utf8))
  }

  @Test("Piped input follows the prompt after a blank line")
  func piped() throws {
    let home = try Home { _ in Completion.answer("read") }
    #expect(try home.run(["ask", "sum up"], input: "a long text").status == .exited(0))
    let request = try #require(home.server.log.requests.first)
    #expect(request.text.contains("sum up\\n\\na long text"), "\(request.text)")
  }

  @Test("A wrong flag is 2")
  func usage() throws {
    let home = try Home { _ in Completion.answer("never") }
    #expect(try home.run(["ask", "--no-such-flag", "x"]).status == .exited(2))
    #expect(try home.run(["no-such-command"]).status == .exited(2))
    #expect(home.server.log.requests.isEmpty)
  }

  @Test("A file that is not there is 1, and nothing is asked")
  func missingFile() throws {
    let home = try Home { _ in Completion.answer("never") }
    #expect(try home.run(["ask", "-f", home.folder + "/absent", "x"]).status == .exited(1))
    #expect(home.server.log.requests.isEmpty)
  }

  @Test("A text file is part of the prompt, any other goes along as it is")
  func files() throws {
    let home = try Home { _ in Completion.answer("seen") }
    let picture: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 1]
    try LocalFiles.write(picture, to: home.folder + "/pic.png")
    try LocalFiles.write(Array("some notes".utf8), to: home.folder + "/notes.txt")
    #expect(try home.run(["ask", "-f", "pic.png", "-f", "~/notes.txt", "x"]).status == .exited(0))
    let request = try #require(home.server.log.requests.first)
    #expect(request.text.contains("x\\n\\nsome notes"), "\(request.text)")
    #expect(request.text.contains("data:image/png;base64,iVBORw0KGgoAAQ"), "\(request.text)")
    #expect(try home.conversations().first?["messages"]?[0]?["parts"]?[0]?["media_type"]?.string == "image/png")
  }

  @Test("A setting that cannot work is 1")
  func setting() throws {
    let home = try Home(
      configuration: "profile = \"work\"\n[profiles.work]\nprovider = \"nobody\"\nmodel = \"m\"\n"
    ) { _ in Completion.answer("never") }
    #expect(try home.run(["ask", "x"]).status == .exited(1))
  }

  @Test("A provider that refuses is 3", arguments: [400, 401, 403, 404, 429, 500])
  func refused(_ status: Int) throws {
    let home = try Home { _ in
      .respond(status, ["content-type": "application/json"], body: Array("{\"error\":{\"message\":\"no\"}}".utf8))
    }
    let result = try home.run(["ask", "x"])
    #expect(result.status == .exited(3))
    #expect(result.output == [])
  }

  @Test("A server that says later is asked later, and that is said beside the answer")
  func later() throws {
    let settings = """
      profile = "work"
      providers.lab = { kind = "openai", base_url = "$SERVER/v1", retries = 2 }
      profiles.work = { provider = "lab", model = "m" }
      """
    let home = try Home(configuration: settings) { request in
      request.connection == 1 && request.number == 1
        ? .respond(429, ["retry-after": "1"], body: Array("{\"error\":{\"message\":\"no\"}}".utf8))
        : Completion.answer("now")
    }
    let result = try home.shell("\"$RIFFLE\" ask x 2>errors")
    #expect(result.status == .exited(0))
    #expect(result.output == Array("now\n".utf8))
    #expect(home.text(of: "errors").contains("attempt 2 of 3 in 1.0 s"), "\(home.text(of: "errors"))")
  }

  @Test("An answer that is cut is 4, and what came is written and kept")
  func cut() throws {
    let home = try Home { _ in .stream([Completion.head, Completion.text("half an "), .close]) }
    let result = try home.run(["ask", "x"])
    #expect(result.status == .exited(4))
    #expect(result.output == Array("half an \n".utf8))
    let kept = try home.conversations()
    #expect(kept.first?.spoken.contains("half an ") == true)
    #expect(kept.first?.lastMessage?["status"]?.string == "incomplete")
  }

  @Test("A server that is not there is 4")
  func unreachable() throws {
    let port = try closedPort()
    let home = try Home(
      configuration: """
        profile = "work"
        [providers.lab]
        kind = "openai"
        base_url = "http://127.0.0.1:\(port)/v1"
        retries = 0
        [profiles.work]
        provider = "lab"
        model = "m"
        """
    ) { _ in Completion.answer("never") }
    #expect(try home.run(["ask", "x"]).status == .exited(4))
  }

  @Test("Interrupted by Ctrl+C it is 130, and what came is kept")
  func interrupted() async throws {
    let home = try Home { _ in .stream([Completion.head, Completion.text("so far"), .waitForClose]) }
    let terminal = try PseudoTerminal(home.command(["ask", "x"]))
    #expect(terminal.wait(15_000, for: "so far"))
    terminal.type("\u{3}")
    #expect(terminal.waitForExit(15_000) == .exited(130))
    #expect(try home.conversations().first?.spoken.contains("so far") == true)
  }

  @Test("A reader that goes away ends it without a word")
  func readerGone() throws {
    let lines = (0..<200).map { Completion.text("line \($0)\n") }
    let home = try Home { _ in
      .stream([Completion.head] + lines.flatMap { [$0, .pause(2)] } + [Completion.end])
    }
    let result = try home.shell("{ \"$RIFFLE\" ask x 2>errors; echo $? >status; } | head -1")
    #expect(result.output == Array("line 0\n".utf8))
    #expect(home.text(of: "status") == "141\n")
    #expect(home.text(of: "errors") == "")
  }

  @Test("In an existing conversation a flag holds for this answer, and only for it")
  func flagsInExistingConversation() throws {
    let home = try Home(other: true) { request in
      request.text.contains("\"stream\":true")
        ? Completion.answer("streamed by \(request.text.contains("m-other") ? "other" : "m")")
        : .respond(
          200, ["content-type": "application/json"],
          body: Array("{\"choices\":[{\"message\":{\"content\":\"whole\"},\"finish_reason\":\"stop\"}]}".utf8))
    }
    func ask(_ flags: String...) throws -> String {
      String(decoding: try home.run(["ask"] + flags + ["x"]).output, as: UTF8.self)
    }
    #expect(try ask("--id", "talk") == "streamed by m\n")
    #expect(try ask("-c", "talk", "--no-stream") == "whole\n")
    #expect(try ask("-c", "talk", "--profile", "other") == "streamed by other\n")
    #expect(try ask("-c", "talk") == "streamed by m\n")
    #expect(try home.json("show", "talk", "--json")["profile"]?.string == "work")
  }

  @Test("As JSON the events come in their order, with one ending", arguments: ["finish", "cut", "refused"])
  func json(_ ending: String) throws {
    let home = try Home { _ in
      switch ending {
      case "finish": .stream([Completion.head, Completion.text("one "), Completion.text("two"), Completion.end])
      case "cut": .stream([Completion.head, Completion.text("one "), .close])
      default: .respond(401, ["content-type": "application/json"], body: Array("{\"error\":{\"message\":\"no\"}}".utf8))
      }
    }
    let result = try home.run(["ask", "--json", "x"])
    #expect(result.status == .exited(ending == "finish" ? 0 : ending == "cut" ? 4 : 3))
    let lines = try String(decoding: result.output, as: UTF8.self).split(separator: "\n").map { line in
      guard case .success(let value) = JSONParser.parse(String(line)) else { throw Failure("not JSON: \(line)") }
      return value
    }
    let types = lines.compactMap { $0["type"]?.string }
    let order = [
      "start", "thinking", "text", "tool_call", "tool_result", "retry", "usage", "metrics", "finish", "error",
    ]
    let places = types.map { order.firstIndex(of: $0) ?? -1 }
    #expect(places == places.sorted() && !places.contains(-1), "\(types)")
    #expect(types.first == "start")
    #expect(types.filter { $0 == "finish" || $0 == "error" } == [ending == "finish" ? "finish" : "error"])
    #expect(types.last == (ending == "finish" ? "finish" : "error"))
    let text = lines.filter { $0["type"]?.string == "text" }.compactMap { $0["delta"]?.string }.joined()
    #expect(text == (ending == "finish" ? "one two" : ending == "cut" ? "one " : ""))
    switch ending {
    case "finish": #expect(lines.last?["reason"]?.string == "stop")
    case "cut": #expect(lines.last?["kind"]?.string == "truncated", "\(lines)")
    default: #expect(lines.last?["kind"]?.string == "unauthorized")
    }
  }
}
