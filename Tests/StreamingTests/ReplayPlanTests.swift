import Conversations
import Diagnostics
import Testing

@testable import Streaming

@Suite("Replay plan")
struct ReplayPlanTests {
  private func entry(
    _ milliseconds: Int, _ characters: Int, _ kind: TimelineEntry.Kind = .text, bytes: Int = 90
  ) -> TimelineEntry {
    TimelineEntry(offset: .milliseconds(milliseconds), characters: characters, bytes: bytes, kind: kind)
  }

  /// The text of a part after so many chunks.
  private func text(_ parts: [Part], _ plan: ReplayPlan, after chunks: Int) -> [String] {
    (0..<plan.partCount(after: chunks)).map { index in
      let all: String =
        switch parts[index] {
        case .text(let text), .thinking(let text, _): text
        case .toolCall(let call): call.arguments
        case .toolResult(let result): result.content
        case .attachment, .opaque: ""
        }
      return String(decoding: Array(all.utf8).prefix(plan.byteCount(of: index, after: chunks)), as: UTF8.self)
    }
  }

  @Test("What is shown at a time is what had come until then, to the character, whatever the script")
  func sums() {
    let parts: [Part] = [.thinking("Hm, être", signature: nil), .text("日本 👍🏽 ok")]
    let entries = [
      entry(40, 3, .thinking), entry(60, 5, .thinking), entry(100, 1), entry(100, 2), entry(2500, 5),
    ]
    let plan = ReplayPlan(parts: parts, entries: entries, chunkCount: 5)
    #expect(plan.fit == .exact)
    let expected: [(Int, [String])] = [
      (0, []), (39, []), (40, ["Hm,"]), (60, ["Hm, être"]), (99, ["Hm, être"]), (100, ["Hm, être", "日本 "]),
      (2499, ["Hm, être", "日本 "]), (2500, ["Hm, être", "日本 👍🏽 ok"]), (9000, ["Hm, être", "日本 👍🏽 ok"]),
    ]
    for (milliseconds, texts) in expected {
      let chunks = plan.chunks(until: .milliseconds(milliseconds))
      #expect(text(parts, plan, after: chunks) == texts, "at \(milliseconds) ms")
    }
    #expect(plan.end == .milliseconds(2500))
    #expect(plan.stalls == [ReplayPlan.Stall(start: .milliseconds(100), end: .milliseconds(2500))])
  }

  @Test("An answer that was really recorded plays back in order and ends whole")
  func recorded() {
    let start = ContinuousClock.now
    for seed in 1...20 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var grammar = StreamGrammar(call: CallID(high: 1, low: 1))
      var recorder = MetricsRecorder(started: start)
      var assembler = MessageAssembler(
        message: Message(
          id: MessageID(high: 1, low: 1), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
          status: .streaming))
      var changes: [TranscriptChange] = []
      var came: [[String]] = []
      var time: Duration = .zero
      for number in 0..<Int.random(in: 1...60, using: &generator) {
        time += .microseconds(Int64.random(in: 0...4000, using: &generator) * 100)
        let event: StreamEvent =
          switch Int.random(in: 0...5, using: &generator) {
          case 0: .thinkingDelta("ü\(number) ")
          case 1: .toolCallBegin(id: "c\(number)", name: "look")
          case 2: .toolResult(ToolResult(callID: "c", name: "look", content: "found", isError: false))
          default: .textDelta(["a", "é日", "👍🏽 ", "word "].randomElement(using: &generator) ?? "x")
          }
        var chunks: [StreamChunk] = []
        grammar.accept(ReceivedEvent(event, received: start + time, bytes: 30), into: &chunks)
        for chunk in chunks {
          let before = recorder.timeline.count
          recorder.record(chunk)
          assembler.apply(chunk, into: &changes)
          if recorder.timeline.count > before { came.append(texts(of: assembler.message)) }
        }
      }
      let parts = assembler.message.parts
      let plan = ReplayPlan(parts: parts, entries: Timeline.entries(of: recorder.timeline.bytes), chunkCount: nil)
      #expect(plan.fit == .exact)
      #expect(plan.count == came.count)
      for (index, expected) in came.enumerated() {
        let shown = text(parts, plan, after: index + 1)
        let visible = zip(parts, shown).compactMap { part, text -> String? in
          switch part {
          case .text, .thinking: text
          default: nil
          }
        }
        // An empty part at the end may be one that has begun and shows nothing.
        #expect(visible.filter { !$0.isEmpty } == expected, "seed \(seed), chunk \(index)")
      }
      #expect(text(parts, plan, after: plan.count) == parts.map(whole))
    }
  }

  private func texts(of message: Message) -> [String] {
    message.parts.compactMap { part in
      switch part {
      case .text(let text), .thinking(let text, _): text
      default: nil
      }
    }
  }

  private func whole(_ part: Part) -> String {
    switch part {
    case .text(let text), .thinking(let text, _): text
    case .toolCall(let call): call.arguments
    case .toolResult(let result): result.content
    case .attachment, .opaque: ""
    }
  }

  @Test("Calls stand where they came, have their arguments with their last chunk, and results come at their own")
  func calls() {
    let parts: [Part] = [
      .text("Let me look."), .toolCall(ToolCall(id: "1", name: "look", arguments: "{\"a\":1}", isComplete: true)),
      .toolResult(ToolResult(callID: "1", name: "look", content: "seen", isError: false)), .text("There."),
    ]
    let entries = [
      entry(10, 12), entry(20, 0, .toolCall), entry(30, 0, .toolCall), entry(40, 0, .toolCall),
      entry(90, 0, .toolResult), entry(100, 6),
    ]
    let plan = ReplayPlan(parts: parts, entries: entries, chunkCount: 6)
    #expect(text(parts, plan, after: 1) == ["Let me look."])
    #expect(text(parts, plan, after: 2) == ["Let me look.", ""])
    #expect(text(parts, plan, after: 3) == ["Let me look.", ""])
    #expect(text(parts, plan, after: 4) == ["Let me look.", "{\"a\":1}"])
    #expect(text(parts, plan, after: 5) == ["Let me look.", "{\"a\":1}", "seen"])
    #expect(text(parts, plan, after: 6) == ["Let me look.", "{\"a\":1}", "seen", "There."])
    #expect(plan.times(of: 1)?.began == .milliseconds(20))
    #expect(plan.times(of: 1)?.ended == .milliseconds(40))
  }

  @Test("A continued answer has its beginning from the start")
  func continued() {
    let parts: [Part] = [
      .thinking("old thought", signature: nil),
      .toolCall(ToolCall(id: "1", name: "x", arguments: "{}", isComplete: true)),
      .text("old and new"),
    ]
    let plan = ReplayPlan(parts: parts, entries: [entry(10, 4), entry(30, 4)], chunkCount: 2)
    #expect(plan.fit == .continued(characters: 14))
    #expect(text(parts, plan, after: 0) == ["old thought", "{}", "old"])
    #expect(text(parts, plan, after: 1) == ["old thought", "{}", "old and"])
    #expect(text(parts, plan, after: 2) == ["old thought", "{}", "old and new"])
    #expect(plan.times(of: 0) == nil)
  }

  @Test("A timeline that was cut shows the rest with its last chunk, and says of how many chunks it is")
  func cut() {
    let parts: [Part] = [.text("one two three")]
    let plan = ReplayPlan(parts: parts, entries: [entry(10, 4), entry(30, 4)], chunkCount: 9)
    #expect(plan.fit == .cut(after: 2, of: 9))
    #expect(text(parts, plan, after: 0) == [])
    #expect(text(parts, plan, after: 1) == ["one "])
    #expect(text(parts, plan, after: 2) == ["one two three"])
  }

  @Test("A timeline keeps no more than so many chunks; what came later comes with the last one")
  func manyChunks() {
    let entries = (0..<5000).map { entry($0, 1) }
    let parts: [Part] = [.text(String(repeating: "x", count: 5007))]
    let plan = ReplayPlan(parts: parts, entries: entries, chunkCount: nil, limit: 5000)
    #expect(plan.fit == .cut(after: 5000, of: nil))
    #expect(plan.byteCount(of: 0, after: 2500) == 2500)
    #expect(plan.byteCount(of: 0, after: plan.count) == 5007)
    #expect(plan.columns(160).reduce(0) { $0 + $1.chunks } == plan.count)
  }

  @Test("A timeline that tells of more than is kept is no reason to invent any of it")
  func shortened() {
    let parts: [Part] = [.text("ab")]
    let plan = ReplayPlan(parts: parts, entries: [entry(10, 1), entry(20, 1 << 40), entry(30, 5)], chunkCount: 3)
    #expect(text(parts, plan, after: 1) == ["a"])
    #expect(text(parts, plan, after: 3) == ["ab"])
    guard case .shortened = plan.fit else {
      Issue.record("\(plan.fit)")
      return
    }
  }

  @Test("Whatever a damaged timeline says, text only grows, parts begin in order, and the end is whole")
  func damaged() {
    for seed in 1...80 {
      var generator = SeededGenerator(seed: UInt64(seed))
      var parts: [Part] = []
      for number in 0..<Int.random(in: 0...8, using: &generator) {
        switch Int.random(in: 0...5, using: &generator) {
        case 0: parts.append(.thinking(number % 2 == 0 ? "" : "thought", signature: "s"))
        case 1: parts.append(.toolCall(ToolCall(id: "\(number)", name: "n", arguments: "{}", isComplete: true)))
        case 2: parts.append(.toolResult(ToolResult(callID: "1", name: "n", content: "r", isError: true)))
        case 3: parts.append(.opaque(OpaquePart(dialect: "d", label: "l", content: "c")))
        default: parts.append(.text("téxt"))
        }
      }
      let kinds: [TimelineEntry.Kind] = [.text, .thinking, .toolCall, .toolResult]
      var time = 0
      let entries = (0..<Int.random(in: 1...20, using: &generator)).map { _ in
        time += Int.random(in: 0...1100, using: &generator)
        return entry(time, Int.random(in: 0...6, using: &generator), kinds.randomElement(using: &generator) ?? .text)
      }
      let known = Bool.random(using: &generator) ? entries.count + Int.random(in: 0...2, using: &generator) : nil
      let plan = ReplayPlan(parts: parts, entries: entries, chunkCount: known)
      var before: [String] = []
      for chunks in 0...plan.count {
        let now = text(parts, plan, after: chunks)
        #expect(now.count >= before.count)
        for (old, new) in zip(before, now) { #expect(Array(new.utf8).starts(with: Array(old.utf8)), "seed \(seed)") }
        before = now
      }
      #expect(before == parts.map(whole), "seed \(seed)")
      #expect(plan.columns(40).reduce(0) { $0 + $1.chunks } == plan.count)
      // As events: the same text, and no event twice.
      var script = ReplayScript(parts, plan: plan)
      var told = ""
      var calls = 0
      while let step = script.next() {
        for event in step.events {
          if case .textDelta(let piece) = event { told += piece }
          if case .toolCallBegin = event { calls += 1 }
        }
      }
      #expect(told == parts.reduce(into: "") { if case .text(let text) = $1 { $0 += text } })
      #expect(calls == parts.count(where: { if case .toolCall = $0 { true } else { false } }))
    }
  }

  @Test("The rate is that of the last second, and is not told of too short a time")
  func rate() {
    let entries = (0..<40).map { entry(1000 + $0 * 100, 5) }
    let plan = ReplayPlan(
      parts: [.text(String(repeating: "x", count: 200))], entries: entries, chunkCount: 40)
    #expect(plan.rate(at: .milliseconds(500)) == nil)
    #expect(plan.rate(at: .milliseconds(1050)) == nil)
    #expect(plan.rate(at: .seconds(3)) == 50)
  }
}
