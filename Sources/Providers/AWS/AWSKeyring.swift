// Keeps credentials as long as they are good and has one fetch at a time, however many streams ask. A fetch ends when
// nobody waits for it any more.

import Diagnostics
import Platform
import Streaming
import Transport

/// The credentials of one endpoint, shared by its streams.
final class AWSKeyring: Sendable {
  typealias Fetched = AWSCredentialChain.Fetched
  typealias Answer = Result<Fetched, ProviderError>

  /// Fresh keys are fetched when less than this is left; if that fails, the old ones still do (botocore
  /// `RefreshableCredentials`).
  private static var advisorySeconds: Int64 { 15 * 60 }
  /// With less than this they do not: an answer may take as long.
  private static var mandatorySeconds: Int64 { 10 * 60 }
  /// After a failed early fetch nobody waits for another one so soon.
  private static var patienceSeconds: Int64 { 60 }

  private struct Flight {
    var number: Int
    var task: Task<Void, Never>
    var waiters: [Int: OneShot<Answer>]
  }

  private struct State {
    var held: Fetched?
    /// The service said that `held` is no good any more.
    var isRefused = false
    var flight: Flight?
    /// Numbers for flights and waiters.
    var count = 0
    var nextEarlyFetch: Int64 = .min

    mutating func number() -> Int {
      count += 1
      return count
    }
  }

  private let state = Locked(State())
  private let clock: AWSClock
  private let fetch: @Sendable () async -> Answer

  /// Asks nothing before somebody does.
  init(clock: AWSClock, fetch: @escaping @Sendable () async -> Answer) {
    self.clock = clock
    self.fetch = fetch
  }

  /// Good credentials.
  func credentials() async throws(ProviderError) -> Fetched {
    let now = clock.now
    let (fallback, ticket): (Fetched?, Ticket?) = state.withLock { state in
      let held = state.isRefused ? nil : state.held
      var fallback: Fetched?
      if let held {
        let left = held.credentials.expires.map { $0 - now } ?? .max
        if left >= Self.advisorySeconds { return (held, nil) }
        if left >= Self.mandatorySeconds {
          if now < state.nextEarlyFetch { return (held, nil) }
          fallback = held
        }
      }
      return (fallback, board(&state))
    }
    guard let ticket else {
      // There is no ticket only where something is held.
      if let fallback { return fallback }
      throw TransportError.cancelled.providerError(of: "")
    }
    let answer = await withTaskCancellationHandler {
      await ticket.arrival.value()
    } onCancel: {
      leave(ticket)
    }
    switch answer {
    case .success(let fetched): return fetched
    case .failure(let error):
      guard let fallback, error.explanation.kind != .cancelled else { throw error }
      state.withLock { $0.nextEarlyFetch = now + Self.patienceSeconds }
      return fallback
    }
  }

  /// The service refuses what is held: the next one to ask fetches anew.
  func refuse() { state.withLock { $0.isRefused = true } }

  /// What is held, good or not.
  var source: AWSCredentialSource? { state.withLock { $0.held?.source } }

  /// How many wait for a fetch.
  var waiting: Int { state.withLock { $0.flight?.waiters.count ?? 0 } }

  private struct Ticket {
    var flight: Int
    var seat: Int
    var arrival: OneShot<Answer>
  }

  /// Joins the fetch that is under way, or starts one. Called under the lock.
  private func board(_ state: inout State) -> Ticket {
    let arrival = OneShot<Answer>()
    let seat = state.number()
    if state.flight != nil {
      state.flight?.waiters[seat] = arrival
    } else {
      let number = state.number()
      let task = Task {
        let answer = await self.fetch()
        self.land(number, answer)
      }
      state.flight = Flight(number: number, task: task, waiters: [seat: arrival])
    }
    return Ticket(flight: state.flight?.number ?? 0, seat: seat, arrival: arrival)
  }

  private func land(_ number: Int, _ answer: Answer) {
    let waiters: [OneShot<Answer>] = state.withLock { state in
      guard let flight = state.flight, flight.number == number else { return [] }
      state.flight = nil
      if case .success(let fetched) = answer {
        state.held = fetched
        state.isRefused = false
      }
      return Array(flight.waiters.values)
    }
    for waiter in waiters { waiter.resolve(answer) }
  }

  private func leave(_ ticket: Ticket) {
    ticket.arrival.resolve(.failure(TransportError.cancelled.providerError(of: "")))
    let deserted: Task<Void, Never>? = state.withLock { state in
      guard state.flight?.number == ticket.flight else { return nil }
      state.flight?.waiters[ticket.seat] = nil
      guard let flight = state.flight, flight.waiters.isEmpty else { return nil }
      state.flight = nil
      return flight.task
    }
    deserted?.cancel()
  }
}
