// A stored answer as the events that brought it, chunk by chunk, for whoever writes it out again.

package import Conversations

/// The events of an answer in the order of its plan.
package struct ReplayScript: Sendable {
  package let plan: ReplayPlan
  private let parts: [Part]
  private let bytes: [[UInt8]]
  /// Chunks that were given.
  private var chunks = -1
  /// Bytes of each part that were given, and which parts are done with.
  private var given: [Int]
  private var isGiven: [Bool]
  private var firstOpen = 0

  /// The events of these parts, none of which was given yet.
  package init(_ parts: [Part], plan: ReplayPlan) {
    self.plan = plan
    self.parts = parts
    bytes = parts.map { part in
      if case .text(let text) = part { return Array(text.utf8) }
      if case .thinking(let text, _) = part { return Array(text.utf8) }
      return []
    }
    given = [Int](repeating: 0, count: parts.count)
    isGiven = [Bool](repeating: false, count: parts.count)
  }

  /// The next events and when they came: first what was there before the first chunk, if there was anything, then those
  /// of one chunk after the other. `nil` at the end.
  package mutating func next() -> (time: Duration, events: [StreamEvent])? {
    guard chunks < plan.count else { return nil }
    chunks += 1
    var events: [StreamEvent] = []
    let count = plan.partCount(after: chunks)
    for index in min(firstOpen, count)..<count where !isGiven[index] { add(index, to: &events) }
    while firstOpen < parts.count, isGiven[firstOpen] { firstOpen += 1 }
    return (chunks == 0 ? .zero : plan.time(of: chunks - 1), events)
  }

  private mutating func add(_ index: Int, to events: inout [StreamEvent]) {
    let isWhole = plan.isWhole(index, after: chunks)
    switch parts[index] {
    case .text: if let piece = piece(of: index) { events.append(.textDelta(piece)) }
    case .thinking: if let piece = piece(of: index) { events.append(.thinkingDelta(piece)) }
    case .toolCall(let call):
      guard isWhole else { break }
      // Calls are told of when they are whole, as scripts want them.
      events += [
        .toolCallBegin(id: call.id, name: call.name), .toolCallArguments(id: call.id, fragment: call.arguments),
      ]
      if call.isComplete { events.append(.toolCallEnd(id: call.id)) }
    case .toolResult(let result): if isWhole { events.append(.toolResult(result)) }
    case .opaque(let piece): if isWhole { events.append(.opaque(piece)) }
    case .attachment: break
    }
    isGiven[index] = isWhole
  }

  private mutating func piece(of index: Int) -> String? {
    let end = min(bytes[index].count, plan.byteCount(of: index, after: chunks))
    guard end > given[index] else { return nil }
    defer { given[index] = end }
    return String(decoding: bytes[index][given[index]..<end], as: UTF8.self)
  }
}
