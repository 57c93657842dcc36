// Hooks that really run: shell scripts in a folder of the test's own.

import Conversations
import Diagnostics
import Framing
import Glibc
import Interface
import Platform
import Streaming
import Testing

@testable import Runtime

@Suite(.serialized) final class HookRunnerTests {
  private let folder: String
  private let mailbox: Mailbox
  private let log = Locked<[String]>([])

  init() throws {
    folder = "/tmp/riffle-hooks-\(UInt64.random(in: 0 ... .max))"
    mailbox = try Mailbox()
    try LocalFiles.makeFolder(folder)
  }

  deinit {
    _ = try? ChildProcess.collect(
      Command(["/bin/rm", "-rf", folder], environment: Environment([:])), maximumBytes: 1000, timeLimit: .seconds(10))
  }

  private func runner(_ script: String, output: Int32? = nil, limit: Duration = .seconds(30)) -> HookRunner {
    let log = log
    return HookRunner(
      HookCommands([.finish: ["/bin/sh", "-c", script, "hook", "an argument"]]),
      environment: Environment(["HOME": folder, "PATH": "/usr/bin:/bin"]), output: output, timeLimit: limit,
      note: { line in log.withLock { $0.append(line) } }, mailbox: mailbox)
  }

  private func event(_ kind: HookEvent.Kind = .finish, text: String = "said") throws -> HookEvent {
    var event = HookEvent(
      kind, conversation: try #require(ConversationID("k7m2x9")), title: "A \"title\"",
      message: MessageID(high: 1, low: 2), model: ModelReference(provider: "lab", model: "m"), profile: "work",
      text: text, metrics: StreamMetrics(), usage: TokenUsage(input: 12, output: nil))
    if kind == .finish { event.reason = .stop }
    return event
  }

  private func text(of name: String) -> String {
    ((try? LocalFiles.read("\(folder)/\(name)", atMost: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }

  private func eventually(_ what: String, _ condition: () -> Bool) {
    let deadline = ContinuousClock().now + .seconds(30)
    while !condition() {
      guard ContinuousClock().now < deadline else {
        Issue.record("never happened: \(what)")
        return
      }
      var nothing: [PollEntry] = []
      Poll.wait(&nothing, nanoseconds: 5_000_000)
    }
  }

  @Test("A hook reads one line of JSON, and has its arguments, the event in its environment, and no terminal")
  func told() throws {
    let runner = runner(
      "cat > $HOME/line; echo \"$1 $RIFFLE_EVENT $RIFFLE_CONVERSATION\" > $HOME/said; "
        + "ps -o sid= -o pid= -p $$ > $HOME/session; echo done > $HOME/done")
    runner.perform(try event())
    eventually("the hook is done") { text(of: "done") == "done\n" }
    let line = text(of: "line")
    #expect(line.hasSuffix("}\n") && line.filter { $0 == "\n" }.count == 1)
    guard case .success(let json) = JSONParser.parse(line) else {
      Issue.record("\(line)")
      return
    }
    #expect(json["event"]?.string == "finish" && json["reason"]?.string == "stop")
    #expect(json["conversation"]?.string == "k7m2x9" && json["title"]?.string == "A \"title\"")
    #expect(json["provider"]?.string == "lab" && json["model"]?.string == "m" && json["profile"]?.string == "work")
    #expect(json["text"]?.string == "said" && json["metrics"]?["chunks"]?.int == 0)
    #expect(json["usage"]?["input_tokens"]?.int == 12 && json["usage"]?["output_tokens"] == .null)
    #expect(text(of: "said") == "an argument finish k7m2x9\n")
    let ids = text(of: "session").split(whereSeparator: \.isWhitespace)
    #expect(ids.count == 2 && ids.first == ids.last, "\(ids)")
  }

  @Test("What it writes goes where it is told, and how it ended is noted")
  func output() throws {
    let file = try LocalFiles.openForAppending(folder + "/log")
    let runner = runner("echo out; echo err >&2; exit 3", output: file.raw)
    runner.perform(try event())
    eventually("it is noted") { log.withLock { $0 } == ["hooks.finish: /bin/sh ended with status 3"] }
    #expect(text(of: "log") == "out\nerr\n")
  }

  @Test("A hook that goes on for too long is killed")
  func late() throws {
    let runner = runner("echo $$ > $HOME/pid; exec sleep 1000", limit: .milliseconds(300))
    runner.perform(try event())
    eventually("it is killed") { log.withLock { $0.contains { $0.contains("was killed") } } }
    let pid = try #require(Int32(text(of: "pid").filter(\.isNumber)))
    #expect(kill(pid, 0) == -1)
  }

  @Test("No more than four run at a time, and the others follow in their order")
  func fewAtOnce() throws {
    let runner = runner(
      "read line; echo x >> $HOME/begun; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo x >> $HOME/done")
    for number in 0..<7 { runner.perform(try event(text: "\(number)")) }
    eventually("four have begun") { text(of: "begun").filter { $0 == "x" }.count == 4 }
    try LocalFiles.write([], to: folder + "/go")
    eventually("all are done") { text(of: "done").filter { $0 == "x" }.count == 7 }
    #expect(text(of: "begun").filter { $0 == "x" }.count == 7)
  }

  @Test("When too many wait, the oldest is dropped and that is noted")
  func dropped() throws {
    let runner = runner("while [ ! -e $HOME/go ]; do sleep 0.02; done")
    for _ in 0..<(HookRunner.mostAtOnce + HookRunner.mostWaiting + 2) { runner.perform(try event()) }
    #expect(log.withLock { $0 }.count(where: { $0.contains("was dropped") }) == 2)
    runner.finish()
    #expect(log.withLock { $0 }.contains { $0.contains("\(HookRunner.mostWaiting) were dropped at the end") })
    try LocalFiles.write([], to: folder + "/go")
  }

  @Test("A program that is not there is told once, and again after the configuration has changed")
  func missing() throws {
    let runner = runner("")
    for _ in 0..<2 {
      runner.replace(HookCommands([.error: ["/no/such/program"], .finish: ["/bin/true"]]))
      for _ in 0..<3 { runner.perform(try event(.error)) }
      eventually("all have failed") { log.withLock { $0 }.count(where: { $0.contains("cannot start") }) >= 3 }
      let notices = mailbox.drain().actions.compactMap { if case .notice(let notice) = $0 { notice } else { nil } }
      #expect(notices.map(\.weight) == [.warning])
      #expect(notices.first?.text.contains("The hook error cannot start: /no/such/program: ") == true)
      log.withLock { $0 = [] }
      runner.replace(HookCommands())
    }
  }

  @Test("At the end what runs goes on")
  func leaving() throws {
    let runner = runner("echo x > $HOME/begun; while [ ! -e $HOME/go ]; do sleep 0.02; done; echo x > $HOME/done")
    runner.perform(try event())
    eventually("it has begun") { !text(of: "begun").isEmpty }
    runner.finish()
    runner.perform(try event())
    try LocalFiles.write([], to: folder + "/go")
    eventually("it is done") { !text(of: "done").isEmpty }
  }
}
