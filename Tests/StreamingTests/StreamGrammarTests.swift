// The grammar repairs what a provider does, numbers it and closes it once.

import Conversations
import Diagnostics
import Streaming
import Testing

@Suite("Stream grammar")
struct StreamGrammarTests {
  static let repairs: [(name: String, events: [StreamEvent], expected: [StreamEvent])] = [
    (
      "nothing to repair", [.start(ResponseStart(model: "m")), .textDelta("a"), .finish(.stop)],
      [.start(ResponseStart(model: "m")), .textDelta("a"), .finish(.stop)]
    ),
    (
      "a missing start", [.textDelta("a"), .finish(.stop)],
      [.start(ResponseStart()), .textDelta("a"), .finish(.stop)]
    ),
    (
      "network before the start",
      [.network(NetworkPhases()), .start(ResponseStart()), .textDelta("a"), .finish(.stop)],
      [.network(NetworkPhases()), .start(ResponseStart()), .textDelta("a"), .finish(.stop)]
    ),
    (
      "a late start", [.textDelta("a"), .start(ResponseStart(model: "m")), .finish(.stop)],
      [.start(ResponseStart()), .textDelta("a"), .finish(.stop)]
    ),
    (
      "text after the finish", [.start(ResponseStart()), .finish(.stop), .textDelta("late")],
      [.start(ResponseStart()), .finish(.stop)]
    ),
    (
      "a second ending", [.start(ResponseStart()), .finish(.stop), .error(.cancelled), .finish(.length)],
      [.start(ResponseStart()), .finish(.stop)]
    ),
    (
      "empty deltas", [.start(ResponseStart()), .textDelta(""), .thinkingDelta(""), .finish(.stop)],
      [.start(ResponseStart()), .finish(.stop)]
    ),
    (
      "a call that is never ended",
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .toolCallArguments(id: "1", fragment: "{}"),
        .finish(.toolUse),
      ],
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .toolCallArguments(id: "1", fragment: "{}"),
        .toolCallEnd(id: "1"), .finish(.toolUse),
      ]
    ),
    (
      "a call that breaks off stays open",
      [.start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .error(.cancelled)],
      [.start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .error(.cancelled)]
    ),
    (
      "arguments without a beginning",
      [.start(ResponseStart()), .toolCallArguments(id: "1", fragment: "{}"), .finish(.stop)],
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: ""), .toolCallArguments(id: "1", fragment: "{}"),
        .toolCallEnd(id: "1"), .finish(.stop),
      ]
    ),
    (
      "an end without a beginning", [.start(ResponseStart()), .toolCallEnd(id: "1"), .finish(.stop)],
      [.start(ResponseStart()), .finish(.stop)]
    ),
    (
      "a result for an open call",
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"),
        .toolResult(ToolResult(callID: "1", name: "f", content: "x", isError: false)), .finish(.stop),
      ],
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .toolCallEnd(id: "1"),
        .toolResult(ToolResult(callID: "1", name: "f", content: "x", isError: false)), .finish(.stop),
      ]
    ),
    (
      "the same call twice",
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .toolCallBegin(id: "1", name: "g"), .finish(.stop),
      ],
      [
        .start(ResponseStart()), .toolCallBegin(id: "1", name: "f"), .toolCallEnd(id: "1"),
        .toolCallBegin(id: "1", name: "g"), .toolCallEnd(id: "1"), .finish(.stop),
      ]
    ),
  ]

  @Test("The order of events is repaired", arguments: repairs.indices)
  func repairsOrder(index: Int) {
    let (name, events, expected) = Self.repairs[index]
    let made = chunks(events)
    #expect(made.map(\.event) == expected, "\(name)")
    #expect(made.map(\.id) == made.indices.map { ChunkID(call: call, sequence: $0) }, "\(name)")
    #expect(made.filter(\.isFinal).count == 1 && made.last?.isFinal == true, "\(name)")
  }

  @Test("Any nonsense ends once and is numbered without gaps", arguments: 0..<50 as Range<UInt64>)
  func survivesNonsense(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let words: [StreamEvent] = [
      .start(ResponseStart()), .textDelta("a"), .textDelta(""), .thinkingDelta("b"), .thinkingSignature("s"),
      .toolCallBegin(id: "1", name: "f"), .toolCallBegin(id: "2", name: "g"),
      .toolCallArguments(id: "1", fragment: "{"),
      .toolCallArguments(id: "3", fragment: "}"), .toolCallEnd(id: "2"), .toolCallEnd(id: "9"),
      .toolResult(ToolResult(callID: "1", name: "f", content: "r", isError: true)), .usage(TokenUsage(output: 1)),
      .network(NetworkPhases()), .opaque(OpaquePart(dialect: "d", label: "", content: "{}")), .finish(.stop),
      .resuming(attempt: 1, of: 5, until: instant(3), because: Explanation(kind: .truncated, summary: "s")),
      .error(.cancelled),
    ]
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    for _ in 0..<40 {
      let event = words[Int.random(in: 0..<words.count, using: &generator)]
      grammar.accept(ReceivedEvent(event, received: instant(1)), into: &made)
    }
    grammar.end(because: brokenLine, at: instant(2), into: &made)
    #expect(grammar.isEnded)
    #expect(made.filter(\.isFinal).count == 1 && made.last?.isFinal == true, "seed \(seed)")
    #expect(made.map(\.id.sequence) == Array(made.indices), "seed \(seed)")
    #expect(made.filter { if case .start = $0.event { true } else { false } }.count <= 1, "seed \(seed)")
    // Whatever the order was, the assembler takes it.
    #expect(!assemble(made).message.status.isStreaming, "seed \(seed)")
  }

  @Test("The status follows what the stream is doing")
  func statusFollows() {
    let made = chunks([
      .start(ResponseStart()), .thinkingDelta("t"), .textDelta("a"), .toolCallBegin(id: "1", name: "f"),
      .usage(TokenUsage()),
      .finish(.stop),
    ])
    #expect(
      made.map(\.status) == [.opening, .thinking, .writing, .callingTool, .callingTool, .callingTool, .finished])
    #expect(chunks([.error(.cancelled)]).map(\.status) == [.stopped])
    #expect(chunks([.error(brokenLine)]).map(\.status) == [.failed])
  }

  @Test("Ending twice ends once")
  func endsOnce() {
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    grammar.end(because: .cancelled, at: instant(1), into: &made)
    grammar.end(because: brokenLine, at: instant(2), into: &made)
    #expect(made.map(\.event) == [.error(.cancelled)])
  }
}
