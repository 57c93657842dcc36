// The two forms in which `race` writes: the answers one after the other in the order in which they ended, with a table; or
// one JSON object a line, each with the lane that it is of.

import Conversations
import Diagnostics
import Display
import Framing
import Sessions
import Streaming

/// Writes the events of a race.
struct RaceWriter: ~Copyable {
  /// An answer that has ended.
  private struct Ended {
    let lane: Int
    /// Among those that came to a proper end.
    let place: Int?
    let message: Message
    let metrics: StreamMetrics
  }

  private let request: RaceRequest
  private let conversation: ConversationID
  private let output: Output
  /// In the order of the endings.
  private var ended: [Ended] = []
  private var lanes: [EventLines]

  init(_ request: RaceRequest, in conversation: ConversationID, output: Output) {
    self.request = request
    self.conversation = conversation
    self.output = output
    lanes = request.racers.indices.map { EventLines(output, lane: $0) }
  }

  /// Whether all answers have ended.
  var hasAll: Bool { ended.count == request.racers.count }

  /// The status of the worst answer: what failed here or was used wrongly before what was refused, that before what the
  /// network did, that before what was stopped.
  var status: Int32 {
    let order = [
      ExitStatus.done, ExitStatus.interrupted, ExitStatus.network, ExitStatus.refused, ExitStatus.usage,
      ExitStatus.failed,
    ]
    let all = ended.map { ExitStatus.status(of: $0.message) }
    return all.max { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) } ?? ExitStatus.failed
  }

  mutating func write(_ event: LaneEvent) {
    if request.isJSON {
      lanes[event.lane].write(event.event)
    } else {
      tell(event)
    }
    guard case .ended(let message, let metrics) = event.event else { return }
    var place: Int?
    if case .complete = message.status { place = ended.reduce(1) { $0 + ($1.place == nil ? 0 : 1) } }
    ended.append(Ended(lane: event.lane, place: place, message: message, metrics: metrics))
    if !request.isJSON, let last = ended.last { writeAnswer(last) }
  }

  /// Writes what is to be said when all have ended.
  mutating func finish() {
    guard !output.isClosed else { return }
    if request.isJSON { writeSummary() } else { writeTable() }
  }

  private func name(of lane: Int) -> String {
    let profile = request.racers[lane]
    return profile.name.isEmpty ? profile.model.label : "\(profile.name) (\(profile.model.label))"
  }

  // MARK: Plain

  private func tell(_ event: LaneEvent) {
    switch event.event {
    case .retrying(let attempt, let total, _, let why):
      output.complain("\(name(of: event.lane)): \(why.sentence); attempt \(attempt) of \(total)")
    case .shortened(let why): output.complain("\(name(of: event.lane)): \(why.sentence)")
    case .started, .chunk, .ended: break
    }
  }

  private func writeAnswer(_ answer: Ended) {
    let heading = Sanitizer.singleLine(name(of: answer.lane))
    output.line("\(ended.count > 1 ? "\n" : "")## \(answer.place.map { "\($0). " } ?? "")\(heading)\n")
    let text = answer.message.text
    if !text.isEmpty { output.line(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
    switch answer.message.status {
    case .incomplete(let why): output.complain("\(heading): incomplete: \(why.sentence)")
    case .failed(let why): output.complain("\(heading): \(why.sentence)")
    case .stopped: output.complain("\(heading): stopped; the text so far is kept")
    case .complete: if text.isEmpty { output.complain("\(heading): no text came") }
    case .streaming, .interrupted: break
    }
  }

  private func writeTable() {
    typealias Cell = TextTable.Cell
    let head = ["place", "model", "first", "total", "chars/s", "tokens", "cost", "status"]
    var rows = [head.enumerated().map { Cell($1, side: (2...6).contains($0) ? .right : .left) }]
    for answer in ended {
      let metrics = answer.metrics
      rows.append([
        Cell(answer.place.map(String.init) ?? "–"), Cell(Sanitizer.singleLine(name(of: answer.lane))),
        Cell((metrics.timeToFirstText ?? metrics.timeToFirstChunk).map(Self.seconds) ?? "–", side: .right),
        Cell(Self.seconds(metrics.elapsed), side: .right),
        Cell(metrics.charactersPerSecond.map { "\(Int($0.rounded()))" } ?? "–", side: .right),
        Cell(Self.tokens(answer.message.usage), side: .right),
        Cell(metrics.cost.map(Self.cost) ?? "–", side: .right), Cell(Self.word(answer.message.status)),
      ])
    }
    output.line("")
    for line in TextTable.lines(rows) { output.line(line) }
  }

  /// With two decimals: `0.41 s`.
  private static func seconds(_ duration: Duration) -> String {
    let parts = duration.components
    let hundredths = parts.seconds * 100 + (parts.attoseconds + 5_000_000_000_000_000) / 10_000_000_000_000_000
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) s"
  }

  /// With six decimals, as `ask --json` has it: a millionth of what prices are given in.
  private static func cost(_ cost: Cost) -> String {
    let millionths = Int64(min(cost.amount * 1_000_000, 1e15).rounded())
    let fraction = String(millionths % 1_000_000)
    let zeros = String(repeating: "0", count: 6 - fraction.utf8.count)
    return "\(cost.isEstimated ? "~" : "")\(millionths / 1_000_000).\(zeros)\(fraction)"
  }

  private static func tokens(_ usage: TokenUsage?) -> String {
    guard let usage, let tokens = usage.output else { return "–" }
    return "\(usage.isEstimated ? "~" : "")\(tokens)"
  }

  private static func word(_ status: MessageStatus) -> String {
    switch status {
    case .complete(let reason): reason.map { $0 == .stop ? "complete" : "complete (\($0.name))" } ?? "complete"
    default: status.name
    }
  }

  // MARK: JSON

  private func writeSummary() {
    var json = JSONWriter()
    json.object { object in
      object.field("type", "race")
      object.field("conversation", conversation.rawValue)
      object.arrayField("lanes") { lanes in
        for answer in ended {
          lanes.object { lane in
            lane.field("lane", answer.lane)
            if let place = answer.place { lane.field("place", place) } else { lane.nullField("place") }
            lane.field("message", answer.message.id.description)
            let profile = request.racers[answer.lane]
            if profile.name.isEmpty { lane.nullField("profile") } else { lane.field("profile", profile.name) }
            lane.field("provider", profile.model.provider)
            lane.field("model", profile.model.model)
            lane.field("status", answer.message.status.name)
          }
        }
      }
    }
    output.write(json.take() + [0x0A])
  }
}
