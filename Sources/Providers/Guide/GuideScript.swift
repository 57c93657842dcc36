// The guide's answer in time: small pieces, a little apart, as a model would send them. The same request gives the same
// pieces and the same pauses.

import Conversations
import Streaming

/// Cuts a reply into pieces and gives each its time.
struct GuideScript {
  /// Pauses between pieces, in milliseconds; shortened evenly where an answer would take longer than the limit.
  static let pauses = 20...40
  static let words = 2...5
  /// Product: an answer of the guide takes less than six seconds.
  static let longestMilliseconds = 5_500

  private var numbers: Numbers
  private var pieces: [(pause: Int, event: StreamEvent)] = []

  /// All events of a reply from `start`.
  static func events(of reply: GuideReply, to request: ChatRequest, from start: Instant) -> [TimedEvents] {
    let prompt = request.messages.last { $0.role == .user }?.text ?? ""
    var script = GuideScript(numbers: Numbers(seed: Numbers.hash(prompt.utf8)))
    script.write(reply, callID: "call_\(request.messages.count)", isStreaming: request.isStreaming)
    return script.timed(reply, request, from: start)
  }

  private mutating func write(_ reply: GuideReply, callID: String, isStreaming: Bool) {
    add(reply.thinking, isStreaming) { .thinkingDelta($0) }
    if let lookup = reply.lookup {
      add(.toolCallBegin(id: callID, name: "search_manual"))
      add(lookup.arguments, isStreaming) { .toolCallArguments(id: callID, fragment: $0) }
      add(.toolCallEnd(id: callID))
      add(.toolResult(ToolResult(callID: callID, name: "search_manual", content: lookup.result, isError: false)))
    }
    add(reply.text, isStreaming) { .textDelta($0) }
  }

  private mutating func add(_ event: StreamEvent) {
    pieces.append((Int.random(in: Self.pauses, using: &numbers), event))
  }

  private mutating func add(_ text: String, _ isStreaming: Bool, _ event: (String) -> StreamEvent) {
    guard isStreaming else { return add(event(text)) }
    var rest = Substring(text)
    while !rest.isEmpty {
      let piece = Self.firstWords(Int.random(in: Self.words, using: &numbers), of: rest)
      add(event(String(piece)))
      rest = rest[piece.endIndex...]
    }
  }

  /// That many words with what stands before them; what is behind the last word begins the next piece.
  private static func firstWords(_ count: Int, of text: Substring) -> Substring {
    var index = text.startIndex
    for _ in 0..<count {
      while index < text.endIndex, text[index].isWhitespace { index = text.index(after: index) }
      while index < text.endIndex, !text[index].isWhitespace { index = text.index(after: index) }
    }
    // Blanks at the very end belong to the last piece.
    return text[index...].allSatisfy(\.isWhitespace) ? text : text[..<index]
  }

  private func timed(_ reply: GuideReply, _ request: ChatRequest, from start: Instant) -> [TimedEvents] {
    let total = pieces.reduce(0) { $0 + $1.pause }
    let scale =
      request.isStreaming && total > Self.longestMilliseconds ? Double(Self.longestMilliseconds) / Double(total) : 1
    var time = start
    var script = [TimedEvents(at: start, [ReceivedEvent(.start(ResponseStart(model: "guide")), received: start)])]
    if request.isStreaming {
      for (pause, event) in pieces {
        time += .microseconds(Int(Double(pause) * scale * 1000))
        script.append(TimedEvents(at: time, [ReceivedEvent(event, received: time, bytes: Self.bytes(of: event))]))
      }
    } else {
      time += .milliseconds(200)
      script.append(
        TimedEvents(at: time, pieces.map { ReceivedEvent($0.event, received: time, bytes: Self.bytes(of: $0.event)) }))
    }
    let ending = [
      ReceivedEvent(.usage(Self.usage(reply, request)), received: time), ReceivedEvent(.finish(.stop), received: time),
    ]
    script[script.count - 1].events += ending
    return script
  }

  /// Nothing travels; the bytes are those of what is said.
  private static func bytes(of event: StreamEvent) -> Int {
    switch event {
    case .textDelta(let text), .thinkingDelta(let text), .toolCallArguments(_, let text): text.utf8.count
    case .toolCallBegin(let id, let name): id.utf8.count + name.utf8.count
    case .toolResult(let result): result.content.utf8.count
    default: 0
    }
  }

  /// A model would have counted tokens; here four bytes are taken for one.
  private static func usage(_ reply: GuideReply, _ request: ChatRequest) -> TokenUsage {
    let input = request.messages.reduce(request.system.utf8.count) { $0 + $1.text.utf8.count }
    let output = reply.text.utf8.count + reply.thinking.utf8.count
    return TokenUsage(input: input / 4 + 1, output: output / 4 + 1, isEstimated: true)
  }

  /// SplitMix64, seeded by the prompt.
  private struct Numbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }

    /// FNV-1a, 64 bits.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
  }
}
