// Requests and messages as tests need them.

import Conversations
import Diagnostics
import Platform
import Streaming
import Testing
import Transport

@testable import Providers

enum Chat {
  private static let conversation = ConversationID("test1")

  static func message(_ role: Role, _ parts: Part...) -> Message {
    Message(id: MessageID(high: 1, low: 2), parent: nil, role: role, created: Timestamp(milliseconds: 0), parts: parts)
  }

  static func user(_ text: String) -> Message { message(.user, .text(text)) }
  static func assistant(_ text: String) -> Message { message(.assistant, .text(text)) }

  static func request(
    _ messages: [Message] = [user("hi")], model: String = "m", isStreaming: Bool = true, extra: String = "",
    change: (inout ChatRequest) -> Void = { _ in }
  ) throws -> ChatRequest {
    let profile = Profile(
      name: "p", model: ModelReference(provider: "lab", model: model), isStreaming: isStreaming, extraJSON: extra)
    var request = ChatRequest(profile: profile, messages: messages, conversation: try #require(conversation))
    change(&request)
    return request
  }

  /// A client of a server of this test, with deadlines that end a hanging test.
  static func client(
    _ baseURL: String, credential: String? = nil, http: HTTPClient = HTTPClient(),
    change: (inout Endpoint) -> Void = { _ in }
  ) -> DialectClient<OpenAIChatDialect> {
    var endpoint = Endpoint(name: "lab", baseURL: baseURL)
    if let credential {
      endpoint.credential = { () throws(ProviderError) in Secret(credential) }
      endpoint.credentialSource = "the variable LAB_KEY"
    }
    endpoint.firstByteTimeout = .seconds(20)
    endpoint.idleTimeout = .seconds(20)
    endpoint.totalTimeout = .seconds(60)
    change(&endpoint)
    return DialectClient(OpenAIChatDialect(), endpoint: endpoint, environment: ProviderEnvironment(http: http))
  }
}

/// A clock that a test turns. Sleepers wake when it has been turned far enough.
final class ManualClock: Sendable {
  private struct State {
    var now: Instant
    var sleepers: [(until: Instant, wake: CheckedContinuation<Void, Never>)] = []
    /// What was slept for, in order.
    var asked: [Instant] = []
  }

  let start: Instant
  private let state: Locked<State>
  /// Whether sleeping turns the clock by itself.
  private let isImpatient: Bool

  init(isImpatient: Bool = false) {
    let now = ContinuousClock.now
    start = now
    self.isImpatient = isImpatient
    state = Locked(State(now: now))
  }

  var now: Instant { state.withLock { $0.now } }
  var sleepers: Int { state.withLock { $0.sleepers.count } }
  var asked: [Duration] { state.withLock { $0.asked }.map { $0 - start } }

  var clock: ProviderClock {
    ProviderClock(now: { self.now }, sleep: { await self.sleep(until: $0) })
  }

  func turn(by duration: Duration) {
    let woken = state.withLock { state in
      state.now += duration
      let now = state.now
      let woken = state.sleepers.filter { $0.until <= now }
      state.sleepers.removeAll { $0.until <= now }
      return woken.map(\.wake)
    }
    for wake in woken { wake.resume() }
  }

  private func sleep(until time: Instant) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        state.asked.append(time)
        if isImpatient { state.now = max(state.now, time) }
        if time <= state.now { return true }
        state.sleepers.append((time, continuation))
        return false
      }
      if isDue { continuation.resume() }
    }
  }
}

/// Waits for something that another task brings about.
func eventually(within limit: Duration = .seconds(10), _ condition: () async -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while ContinuousClock.now < end {
    if await condition() { return true }
    await Task.yield()
  }
  return await condition()
}
