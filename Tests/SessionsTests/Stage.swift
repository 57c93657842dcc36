// A store with everything around it under a test's hand, a watcher that believes only what it is told, and a way to wait.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Synchronization
import Testing

/// Waits until something holds, without a clock of the test's own: each turn lets all other tasks run.
func eventually(
  _ what: String, sourceLocation: Testing.SourceLocation = #_sourceLocation, _ condition: () async -> Bool
) async {
  let deadline = ContinuousClock().now + .seconds(60)
  while !(await condition()) {
    guard ContinuousClock().now < deadline else {
      Issue.record("never happened: \(what)", sourceLocation: sourceLocation)
      return
    }
    await Task.yield()
  }
}

/// What somebody knows who only hears updates.
struct Transcript: Equatable {
  var messages: [Message] = []
  var earlierCount = 0
  var queue: [Prompt] = []
  var profile: Profile?
  var metrics: [MessageID: StreamMetrics] = [:]

  mutating func apply(_ change: TranscriptChange) {
    switch change {
    case .opened(let snapshot):
      messages = snapshot.window.messages
      earlierCount = snapshot.window.earlierCount
      queue = snapshot.record.queue
      profile = snapshot.record.profile
      metrics = snapshot.metrics
    case .window(let window, let figures):
      if window.messages.last?.id == messages.first?.parent {
        messages = window.messages + messages
      } else {
        messages = window.messages
      }
      earlierCount = window.earlierCount
      metrics.merge(figures) { old, _ in old }
    case .message(let message):
      if let index = messages.firstIndex(where: { $0.id == message.id }) {
        messages[index] = message
      } else {
        messages.append(message)
      }
    case .appended(let id, let part, let text):
      guard let index = messages.firstIndex(where: { $0.id == id }) else { return }
      messages[index].parts[part].appendText(text)
    case .part(let id, let place, let part):
      guard let index = messages.firstIndex(where: { $0.id == id }) else { return }
      if place == messages[index].parts.count {
        messages[index].parts.append(part)
      } else {
        messages[index].parts[place] = part
      }
    case .ended(let id, let status, let usage, let figures):
      guard let index = messages.firstIndex(where: { $0.id == id }) else { return }
      messages[index].status = status
      messages[index].usage = usage
      metrics[id] = figures
    case .queue(let prompts): queue = prompts
    case .profile(let new): profile = new
    }
  }

  /// One line a message: `user "Hi" complete`.
  var lines: [String] { messages.map { "\($0.role.rawValue) \"\($0.text)\" \($0.status.name)" } }
}

/// Everything a watcher has been told.
struct Watched: Equatable {
  var transcripts: [ConversationID: Transcript] = [:]
  var summaries: [ConversationID: ConversationSummary] = [:]
  var runs: [RunID: RunSnapshot] = [:]
  var notices: [String] = []

  mutating func apply(_ update: SessionUpdate) {
    for id in update.removed { summaries[id] = nil }
    summaries.merge(update.summaries) { _, new in new }
    for (id, changes) in update.changes {
      for change in changes { transcripts[id, default: Transcript()].apply(change) }
    }
    runs.merge(update.runs) { _, new in new }
    notices += update.notices.map(\.summary)
  }
}

/// A list that several tasks add to.
final class Collected<Element: Sendable>: Sendable {
  private let list = Mutex<[Element]>([])
  var all: [Element] { list.withLock { $0 } }
  func add(_ element: Element) { list.withLock { $0.append(element) } }
}

/// A store, its surroundings, and what it has told.
final class Stage: Sendable {
  let time = ManualTime()
  let archive: MemoryArchive
  let provider: ScriptedProvider
  let store: SessionStore
  private let updates = Collected<SessionUpdate>()
  private let events = Collected<RunEvent>()

  init(
    archive: MemoryArchive = MemoryArchive(), isRepeatable: Bool = true, ignoresCancel: Bool = false, seed: UInt64 = 1
  ) async {
    self.archive = archive
    provider = ScriptedProvider(time: time, isRepeatable: isRepeatable, ignoresCancel: ignoresCancel)
    store = SessionStore(archive: archive, providers: provider, time: time, seed: seed)
    await store.start()
    await store.subscribe { [updates] update in updates.add(update) }
  }

  static let profile = Profile(name: "work", model: ModelReference(provider: "lab", model: "m"), system: "Be brief.")

  var told: [SessionUpdate] { updates.all }
  var heard: [RunEvent] { events.all }

  var watched: Watched {
    var watched = Watched()
    for update in told { watched.apply(update) }
    return watched
  }

  func transcript(_ id: ConversationID) -> Transcript { watched.transcripts[id] ?? Transcript() }

  func observe() -> RunObserver { { [events] event in events.add(event) } }

  func newConversation(_ id: String = "k7m2x9", profile: Profile = Stage.profile) async throws -> ConversationID {
    let chosen = try #require(ConversationID(id))
    return try await store.create(id: chosen, profile: profile).summary.id
  }

  /// Sends and waits until the request has left.
  func ask(_ text: String, in id: ConversationID) async throws -> (run: RunID, stream: ScriptedStream) {
    let count = provider.requests.count
    guard case .started(let run) = try await store.send(Prompt(text: text), in: id, observer: observe()) else {
      throw SessionError.answering(id)
    }
    return (run, await request(count))
  }

  /// The request with that number from zero, once it is being listened to.
  func request(_ index: Int) async -> ScriptedStream {
    await eventually("request \(index)") { provider.requests.count > index && provider.requests[index].isDrained }
    return provider.requests[index]
  }

  /// Says something and waits until it was taken.
  func say(_ events: [StreamEvent], on stream: ScriptedStream) async {
    stream.say(events)
    await eventually("taken") { stream.isDrained || stream.isOver }
  }

  func end(_ run: RunID) async {
    await eventually("the end of \(run)") { await !store.liveRuns.contains { $0.id == run } }
  }

  /// The clock goes on only after somebody waits for it.
  func pass(_ duration: Duration) async {
    await eventually("a sleeper") { time.deadlines.first.map { $0 <= duration } ?? false }
    time.advance(by: duration)
  }

  /// Plays a script such as `send ··Hel··lo· stop`: words are commands, `·` is a tenth of a second, the rest is text
  /// of the answer, a chunk for each piece between dots.
  func play(_ script: String) async throws -> [String] {
    let id = try await newConversation()
    var run: RunID?
    var stream: ScriptedStream?
    for word in script.split(separator: " ") {
      switch word {
      case "send": (run, stream) = try await ask("Hi", in: id)
      case "stop", "finish", "break", "vanish":
        guard let run, let stream else { continue }
        switch word {
        case "stop": await store.stop(run)
        case "finish": stream.say([.finish(.stop)])
        case "break": stream.say([.error(.truncated(Stage.brokenOff))])
        default: stream.vanish()
        }
        await end(run)
      default:
        for piece in word.split(separator: "·", omittingEmptySubsequences: false) {
          if let stream, !piece.isEmpty { await say([.textDelta(String(piece))], on: stream) }
          time.advance(by: .milliseconds(100))
        }
      }
    }
    await store.flush()
    let lines = transcript(id).lines
    // What is told, what is in memory and what is on the disk are the same.
    let snapshot = try await store.open(id)
    #expect(snapshot.window.messages == transcript(id).messages)
    #expect(archive[id]?.messages == snapshot.window.messages)
    return lines
  }

  static let brokenOff = Explanation(kind: .truncated, summary: "The answer broke off", recovery: .resume)
}
