// A provider whose streams say what a test makes them say, when it says so.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Synchronization

/// One request, fed by hand.
final class ScriptedStream: ProviderStream {
  private struct State {
    var waiting: [ReceivedEvent] = []
    var consumer: CheckedContinuation<[ReceivedEvent]?, Never>?
    var isOver = false
    var isCancelled = false
    var ignoresCancel = false
  }

  let request: ChatRequest
  private let time: ManualTime
  private let state = Mutex(State())

  init(request: ChatRequest, time: ManualTime, ignoresCancel: Bool) {
    self.request = request
    self.time = time
    state.withLock { $0.ignoresCancel = ignoresCancel }
  }

  func next() async -> [ReceivedEvent]? {
    await withCheckedContinuation { continuation in
      let ready: [ReceivedEvent]?? = state.withLock { state in
        if !state.waiting.isEmpty {
          defer { state.waiting = [] }
          return .some(state.waiting)
        }
        if state.isOver { return .some(nil) }
        state.consumer = continuation
        return nil
      }
      if let ready { continuation.resume(returning: ready) }
    }
  }

  func cancel() {
    let ignores = state.withLock { state in
      state.isCancelled = true
      return state.ignoresCancel
    }
    if !ignores { say([.error(.cancelled)]) }
  }

  var isCancelled: Bool { state.withLock(\.isCancelled) }
  /// Whether everything said was taken and more is waited for.
  var isDrained: Bool { state.withLock { $0.consumer != nil } }
  var isOver: Bool { state.withLock(\.isOver) }

  /// Says something, all in one read.
  func say(_ events: [StreamEvent]) {
    let now = time.now()
    let consumer = state.withLock { state -> (CheckedContinuation<[ReceivedEvent]?, Never>, [ReceivedEvent])? in
      guard !state.isOver else { return nil }
      let received = events.map { ReceivedEvent($0, received: now, bytes: 10) }
      if events.contains(where: \.isEnding) { state.isOver = true }
      if let consumer = state.consumer {
        state.consumer = nil
        return (consumer, received)
      }
      state.waiting += received
      return nil
    }
    consumer?.0.resume(returning: consumer?.1)
  }

  /// Closes without an ending.
  func vanish() {
    let consumer = state.withLock { state in
      state.isOver = true
      defer { state.consumer = nil }
      return state.consumer
    }
    consumer?.resume(returning: nil)
  }
}

extension StreamEvent {
  var isEnding: Bool {
    switch self {
    case .finish, .error: true
    default: false
    }
  }
}

/// Gives out scripted streams and keeps them.
final class ScriptedProvider: ProviderClient, ProviderDirectory {
  let name = "lab"
  let isRepeatable: Bool
  let ignoresCancel: Bool
  private let time: ManualTime
  private let streams = Mutex<[ScriptedStream]>([])
  private let way = Mutex(Continuation.newTurn)

  init(time: ManualTime, isRepeatable: Bool = true, ignoresCancel: Bool = false) {
    self.time = time
    self.isRepeatable = isRepeatable
    self.ignoresCancel = ignoresCancel
  }

  private let length = Mutex<Int?>(nil)

  /// What a model holds from now on, in tokens.
  func limitContext(to tokens: Int?) { length.withLock { $0 = tokens } }

  func contextLength(of model: String) -> Int? { length.withLock { $0 } }

  /// How answers that broke off go on from now on.
  func continueAnswers(by new: Continuation) { way.withLock { $0 = new } }

  func continuation(of partial: Message, model: String) -> Continuation { way.withLock { $0 } }

  func models() async throws(ProviderError) -> [ModelDescriptor] { [] }

  func stream(_ request: ChatRequest) -> any ProviderStream {
    let stream = ScriptedStream(request: request, time: time, ignoresCancel: ignoresCancel)
    streams.withLock { $0.append(stream) }
    return stream
  }

  func client(for provider: String) throws(Explanation) -> any ProviderClient {
    guard provider == name else {
      throw Explanation(
        kind: .setting, summary: "There is no provider \(provider)",
        recovery: .fixSetting(path: "providers.\(provider)"))
    }
    return self
  }

  var requests: [ScriptedStream] { streams.withLock { $0 } }
}
