// The assembler gives the same message however the events were cut, and tells of every change.

import Conversations
import Diagnostics
import Streaming
import Testing

@Suite("Message assembler")
struct MessageAssemblerTests {
  /// An answer with every kind of part.
  static let whole: [StreamEvent] = [
    .start(ResponseStart(model: "m-1")), .thinkingDelta("Let me see, ünd 水"), .thinkingSignature("c2ln"),
    .thinkingDelta("more"), .textDelta("Hello — 👩‍👩‍👧 "), .textDelta("world"), .toolCallBegin(id: "a", name: "f"),
    .toolCallBegin(id: "b", name: "g"), .toolCallArguments(id: "a", fragment: #"{"x": "é"}"#),
    .toolCallArguments(id: "b", fragment: #"{"y": 2}"#), .toolCallEnd(id: "a"), .toolCallEnd(id: "b"),
    .toolResult(ToolResult(callID: "a", name: "f", content: "ok", isError: false)),
    .opaque(OpaquePart(dialect: "d", label: "search", content: "{}")), .textDelta("Done."),
    .usage(TokenUsage(input: 3)), .usage(TokenUsage(output: 9)), .finish(.stop),
  ]

  static let assembled: [Part] = [
    .thinking("Let me see, ünd 水", signature: "c2ln"), .thinking("more", signature: nil),
    .text("Hello — 👩‍👩‍👧 world"),
    .toolCall(ToolCall(id: "a", name: "f", arguments: #"{"x": "é"}"#, isComplete: true)),
    .toolCall(ToolCall(id: "b", name: "g", arguments: #"{"y": 2}"#, isComplete: true)),
    .toolResult(ToolResult(callID: "a", name: "f", content: "ok", isError: false)),
    .opaque(OpaquePart(dialect: "d", label: "search", content: "{}")), .text("Done."),
  ]

  @Test("An answer with every kind of part is put together in order")
  func assemblesParts() {
    let message = assemble(chunks(Self.whole)).message
    #expect(message.parts == Self.assembled)
    #expect(message.status == .complete(.stop))
    #expect(message.usage == TokenUsage(input: 3, output: 9))
  }

  @Test("Events cut differently give the same message", arguments: 0..<60 as Range<UInt64>)
  func everySplit(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    // The first seeds cut after every scalar, the others somewhere.
    let cut = Self.whole.flatMap { Self.cut($0, everywhere: seed == 0, using: &generator) }
    let (message, changes) = assemble(chunks(cut))
    #expect(message.parts == Self.assembled, "seed \(seed)")
    #expect(Watcher.replay(changes) == Self.assembled, "seed \(seed)")
  }

  @Test("A watcher who applies what was told has the same parts")
  func changesTellEverything() {
    let (message, changes) = assemble(chunks(Self.whole))
    #expect(Watcher.replay(changes) == message.parts)
  }

  @Test("Arguments that were not told of are told of when the answer breaks off")
  func brokenArgumentsAreTold() {
    var events: [StreamEvent] = [.toolCallBegin(id: "a", name: "f")]
    events += (0..<500).map { _ in .toolCallArguments(id: "a", fragment: "x") }
    let (message, changes) = assemble(chunks(events + [.error(brokenLine)]))
    #expect(Watcher.replay(changes) == message.parts)
    #expect(message.parts == [.toolCall(ToolCall(id: "a", name: "f", arguments: String(repeating: "x", count: 500)))])
    // A telling holds all the arguments: few tellings, or the work would be quadratic.
    #expect(changes.count < 120)
  }

  static let endings: [([StreamEvent], MessageStatus)] = [
    ([.textDelta("a"), .finish(.length)], .complete(.length)),
    ([.textDelta("a"), .error(.cancelled)], .stopped),
    ([.error(.cancelled)], .stopped),
    ([.textDelta("a"), .error(brokenLine)], .incomplete(brokenLine.explanation)),
    ([.thinkingDelta("a"), .error(brokenLine)], .incomplete(brokenLine.explanation)),
    ([.error(brokenLine)], .failed(brokenLine.explanation)),
    (
      [.finish(.stop)],
      .failed(
        Explanation(
          kind: .provider, summary: "The provider sent no answer", recovery: .retry(afterMilliseconds: nil)))
    ),
    ([.thinkingDelta("only"), .finish(.stop)], .complete(.stop)),
  ]

  @Test("The status says how the answer ended", arguments: endings.indices)
  func statusOfEndings(index: Int) {
    #expect(assemble(chunks(Self.endings[index].0)).message.status == Self.endings[index].1)
  }

  @Test("An answer beyond the limit keeps what fits and nothing after the cut")
  func limitCuts() {
    var assembler = MessageAssembler(message: emptyAnswer(), limit: 6)
    var changes: [TranscriptChange] = []
    for chunk in chunks([.textDelta("abcd"), .textDelta("e水"), .textDelta("f")]) {
      assembler.apply(chunk, into: &changes)
    }
    #expect(assembler.isFull)
    #expect(assembler.message.parts == [.text("abcde")])
    #expect(Watcher.replay(changes) == [.text("abcde")])
  }

  /// Copying the text for each piece would move hundreds of gigabytes here.
  @Test("A piece costs what it brings, however long the answer is", .timeLimit(.minutes(1)), arguments: [true, false])
  func growsInPlace(isText: Bool) {
    var assembler = MessageAssembler(message: emptyAnswer())
    var grammar = StreamGrammar(call: call)
    var made: [StreamChunk] = []
    var changes: [TranscriptChange] = []
    let piece = String(repeating: "x", count: 64)
    for _ in 0..<100_000 {
      let event: StreamEvent = isText ? .textDelta(piece) : .toolCallArguments(id: "a", fragment: piece)
      made.removeAll(keepingCapacity: true)
      changes.removeAll(keepingCapacity: true)
      grammar.accept(ReceivedEvent(event, received: instant(1)), into: &made)
      for chunk in made { assembler.apply(chunk, into: &changes) }
    }
    #expect(assembler.byteCount == 6_400_000 + (isText ? 0 : 1))
  }

  @Test("Redacted thinking, which is only a signature, keeps its place")
  func redactedThinking() {
    let message = assemble(chunks([.thinkingSignature("one"), .thinkingSignature("two"), .textDelta("a")])).message
    #expect(message.parts == [.thinking("", signature: "one"), .thinking("", signature: "two"), .text("a")])
  }

  private static func cut(
    _ event: StreamEvent, everywhere: Bool, using generator: inout SeededGenerator
  ) -> [StreamEvent] {
    func pieces(_ text: String) -> [String] {
      var result = [""]
      for scalar in text.unicodeScalars {
        if everywhere || Int.random(in: 0..<4, using: &generator) == 0 { result.append("") }
        result[result.count - 1].unicodeScalars.append(scalar)
      }
      return result
    }
    switch event {
    case .textDelta(let text): return pieces(text).map { .textDelta($0) }
    case .thinkingDelta(let text): return pieces(text).map { .thinkingDelta($0) }
    case .toolCallArguments(let id, let text): return pieces(text).map { .toolCallArguments(id: id, fragment: $0) }
    default: return [event]
    }
  }
}

/// The parts of one message as somebody sees them who only hears of changes.
enum Watcher {
  static func replay(_ changes: [TranscriptChange]) -> [Part] {
    var parts: [Part] = []
    for change in changes {
      switch change {
      case .appended(_, let part, let text): parts[part].appendText(text)
      case .part(_, let index, let part):
        if index == parts.count { parts.append(part) } else { parts[index] = part }
      default: break
      }
    }
    return parts
  }
}
