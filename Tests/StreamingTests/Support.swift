// What the tests of this module share: instants counted from one fixed moment, and a generator with a seed.

import Conversations
import Diagnostics
import Streaming

/// A moment so many milliseconds after the beginning of every test's stream.
func instant(_ milliseconds: Double) -> Instant { origin + .nanoseconds(Int64(milliseconds * 1e6)) }

private let origin = ContinuousClock().now

let call = CallID(high: 1, low: 2)
let answerID = MessageID(high: 3, low: 4)

func emptyAnswer() -> Message {
  Message(
    id: answerID, parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
    origin: ModelReference(provider: "lab", model: "m"), status: .streaming)
}

/// SplitMix64: small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// The chunks that a grammar makes of events which all come at one moment.
func chunks(_ events: [StreamEvent], at milliseconds: Double = 1) -> [StreamChunk] {
  var grammar = StreamGrammar(call: call)
  var result: [StreamChunk] = []
  for event in events {
    grammar.accept(ReceivedEvent(event, received: instant(milliseconds), bytes: 10), into: &result)
  }
  return result
}

/// A message assembled from chunks, and what was told meanwhile.
func assemble(_ chunks: [StreamChunk], limit: Int = MessageAssembler.maximumBytes) -> (
  message: Message, changes: [TranscriptChange]
) {
  var assembler = MessageAssembler(message: emptyAnswer(), limit: limit)
  var changes: [TranscriptChange] = []
  for chunk in chunks { assembler.apply(chunk, into: &changes) }
  return (assembler.message, changes)
}

let brokenLine = StreamFailure.connection(
  Explanation(kind: .connection, summary: "The connection was reset", recovery: .checkConnection))
