// One request and what came of it, as the log keeps it: bounded, and appended to on the network's thread, so that nothing
// here looks at what it keeps.

import Conversations
import Diagnostics
import Streaming
import Transport

/// Bytes of a response: all of them while they are few, else their beginning and their end.
struct WireWindow: Sendable {
  /// What one read gave.
  struct Piece: Sendable {
    var time: Instant
    var bytes: [UInt8]
  }

  /// What a piece costs besides its bytes: the array's header, its time, its place.
  private static let pieceOverhead = 64
  /// Bytes kept of the beginning, and as many of the end; most answers have a tenth of it.
  static let standardPart = 1 << 20

  private let part: Int
  private(set) var head: [Piece] = []
  /// The end, as far as `head` does not have it; its pieces before `tailStart` are gone.
  private var tail: [Piece] = []
  private var tailStart = 0
  private var headCost = 0
  private var tailCost = 0
  private(set) var skippedBytes = 0
  private(set) var skippedPieces = 0
  private(set) var totalBytes = 0

  init(part: Int = standardPart) { self.part = part }

  var cost: Int { headCost + tailCost }
  /// The pieces of the end.
  var end: ArraySlice<Piece> { tail[tailStart...] }
  var count: Int { head.count + skippedPieces + tail.count - tailStart }

  /// Appends a piece. The cost does not depend on what is kept.
  mutating func append(_ bytes: [UInt8], at time: Instant) {
    let cost = bytes.count + Self.pieceOverhead
    totalBytes += bytes.count
    if tail.isEmpty, headCost + cost <= part {
      headCost += cost
      return head.append(Piece(time: time, bytes: bytes))
    }
    tailCost += cost
    tail.append(Piece(time: time, bytes: bytes))
    while tailCost > part, tailStart < tail.count - 1 {
      let gone = tail[tailStart].bytes.count
      tail[tailStart].bytes = []
      tailStart += 1
      tailCost -= gone + Self.pieceOverhead
      skippedBytes += gone
      skippedPieces += 1
    }
    // Moved together seldom enough to be nothing for each piece.
    if tailStart > 1024, tailStart * 2 > tail.count {
      tail.removeFirst(tailStart)
      tailStart = 0
    }
  }
}

/// A body that was sent: whole, or its two ends.
struct WireRequestBody: Sendable {
  // Attachments make bodies this large; beyond it a command line would be of no use.
  static let maximumBytes = 4 << 20
  private static let endBytes = 64 << 10

  var start: [UInt8]
  /// Empty where `start` is everything.
  var end: [UInt8]
  var totalBytes: Int

  /// - Parameter limit: bytes up to which it is kept whole.
  init(_ bytes: [UInt8], limit: Int = maximumBytes) {
    totalBytes = bytes.count
    if bytes.count <= limit {
      (start, end) = (bytes, [])
    } else {
      let kept = min(Self.endBytes, limit / 2)
      (start, end) = (Array(bytes.prefix(kept)), Array(bytes.suffix(kept)))
    }
  }

  /// Messages, which together are kept up to the same limit as one body.
  static func bodies(of messages: [String]) -> [WireRequestBody] {
    messages.map { WireRequestBody(Array($0.utf8), limit: maximumBytes / messages.count) }
  }

  var isWhole: Bool { start.count == totalBytes }
  var skippedBytes: Int { totalBytes - start.count - end.count }
  var cost: Int { start.count + end.count }
}

/// One request and its response.
struct WireExchange: Sendable {
  /// Who asked what.
  struct Subject: Sendable {
    var provider: String
    var kind: String
    var model: String
    var conversation: ConversationID
    var answer: MessageID?
  }

  /// How a response ended.
  struct Ending: Sendable {
    var error: TransportError?
    var time: Instant
  }

  let number: Int
  /// Which observer records it.
  let tap: Int
  let subject: Subject
  let attempt: Int
  let began: Instant
  let beganAt: Timestamp
  let method: String
  let url: HTTPURL
  /// With the credentials, which leave only as matches.
  let fields: [(name: String, value: Secret)]
  /// Which of them are secret whatever they hold.
  let secretFields: Set<String>
  let body: WireRequestBody?
  /// What was said first on a WebSocket; `nil` for plain HTTP.
  let firstMessages: [WireRequestBody]?
  var head: HTTPResponseHead?
  var response = WireWindow()
  var ending: Ending?

  /// Bytes of memory, about.
  var cost: Int {
    (body?.cost ?? 0) + (firstMessages ?? []).reduce(0) { $0 + $1.cost } + response.cost + 4096
  }
}
