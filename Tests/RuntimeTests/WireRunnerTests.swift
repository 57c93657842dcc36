// Looking at the wire: at once, again when something was recorded, and not at all when nobody looks.

import Conversations
import Diagnostics
import Interface
import Platform
import Streaming
import Testing

@testable import Runtime

/// A log that a test writes.
private final class PlayedJournal: WireJournal {
  struct State: Sendable {
    var outlines: [WireOutline] = []
    var looks = 0
    var leaves = 0
    var hear: (@Sendable () -> Void)?
  }

  let state = Locked(State())

  func outlines() -> [WireOutline] { state.withLock { $0.outlines } }
  func picture(of number: Int) -> WirePicture? {
    state.withLock { state in
      state.looks += 1
      return state.outlines.first { $0.number == number }.map { WirePicture($0, request: []) }
    }
  }
  func details(of event: Int, in number: Int) -> [WireLine] { [WireLine(.body, "\(event) of \(number)")] }
  func curl(of number: Int) throws(Explanation) -> String { "curl \(number)" }
  func recording(of number: Int) throws(Explanation) -> WireFile {
    if number == 9 { throw Explanation(kind: .setting, summary: "Not whole") }
    return WireFile(bytes: Array("{}\n".utf8), title: "lab m-large")
  }
  func onNext(_ hear: (@Sendable () -> Void)?) { state.withLock { $0.hear = hear } }
  func leave() {
    state.withLock { state in
      state.leaves += 1
      state.hear = nil
    }
  }

  /// Adds an exchange, as a network's thread does.
  func record(_ outline: WireOutline) {
    let hear = state.withLock { state in
      state.outlines.append(outline)
      let hear = state.hear
      state.hear = nil
      return hear
    }
    hear?()
  }
}

@Suite("Looking at the wire")
struct WireRunnerTests {
  private let journal = PlayedJournal()
  private let mailbox: Mailbox
  private let conversation: ConversationID

  init() throws {
    mailbox = try Mailbox()
    conversation = try #require(ConversationID("abc234"))
  }

  private func outline(_ number: Int, answer: MessageID? = nil) -> WireOutline {
    WireOutline(
      number: number, provider: "lab", model: "m", conversation: conversation, answer: answer, attempt: 1,
      began: Timestamp(milliseconds: 0), method: "POST", url: "https://lab.example/", requestBytes: 0)
  }

  /// What is told next.
  private func news() throws -> [WireNews] {
    var entries = [PollEntry(mailbox.descriptor, .readable)]
    Poll.wait(&entries, nanoseconds: 20_000_000_000)
    return mailbox.drain().actions.compactMap { action in
      if case .instrument(.wire(let news)) = action { news } else { nil }
    }
  }

  @Test("The newest attempt for an answer is shown, and the next one as soon as it is recorded")
  func follow() throws {
    let runner = WireRunner(journal: journal, mailbox: mailbox)
    let answer = MessageID(high: 1, low: 1)
    journal.record(outline(1, answer: answer))
    journal.record(outline(2))
    runner.perform(.open(.answer(answer)))
    let first = [outline(1, answer: answer), outline(2)]
    #expect(try news() == [.shown(first, WirePicture(first[0], request: []))])
    journal.record(outline(3, answer: answer))
    let second = first + [outline(3, answer: answer)]
    #expect(try news() == [.shown(second, WirePicture(second[2], request: []))])
    runner.perform(.close)
    runner.perform(.curl(3))
    #expect(try news() == [.curl("curl 3")])
    // Nobody hears of what comes now.
    #expect(journal.state.withLock { $0.hear == nil && $0.leaves == 1 })
    runner.finish()
  }

  @Test("An exchange that is not there is told as none")
  func absent() throws {
    let runner = WireRunner(journal: journal, mailbox: mailbox)
    runner.perform(.open(.number(7)))
    #expect(try news() == [.shown([], nil)])
    runner.perform(.tell(.conversation(conversation)))
    #expect(try news() == [.told([], nil)])
    runner.perform(.details(event: 4, number: 2))
    #expect(try news() == [.details(event: 4, number: 2, [WireLine(.body, "4 of 2")])])
    runner.finish()
  }

  @Test("A saved file is private, takes a free name, and replaces nothing")
  func save() throws {
    let folder = "/tmp/riffle-wire-\(MonotonicClock.nanoseconds())"
    try LocalFiles.makeFolder(folder)
    let runner = WireRunner(journal: journal, mailbox: mailbox, folder: folder)
    for _ in 0..<2 { runner.perform(.save(1, conversation)) }
    runner.perform(.save(9, conversation))
    var told: [WireNews] = []
    while told.count < 3 { told += try news() }
    let names = try LocalFiles.names(in: folder).sorted()
    #expect(names == ["abc234-lab-m-large-2.jsonl", "abc234-lab-m-large.jsonl"])
    #expect(told.last == .failed(Explanation(kind: .setting, summary: "Not whole")))
    for name in names {
      #expect(try LocalFiles.read("\(folder)/\(name)", atMost: 100) == Array("{}\n".utf8))
      #expect(LocalFiles.permissions(of: "\(folder)/\(name)") == 0o600)
    }
    runner.finish()
    _ = try ChildProcess.collect(
      Command(["/bin/rm", "-rf", folder], environment: Environment([:])), maximumBytes: 100, timeLimit: .seconds(10))
  }
}
