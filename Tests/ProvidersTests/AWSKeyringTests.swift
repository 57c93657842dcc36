import Diagnostics
import Platform
import Streaming
import Testing

@testable import Providers

/// A source whose answers a test gives.
private final class Source: Sendable {
  private struct State {
    var waiting: [CheckedContinuation<AWSKeyring.Answer, Never>] = []
    var asked = 0
    var cancelled = 0
  }

  private let state = Locked(State())

  var asked: Int { state.withLock { $0.asked } }
  var cancelled: Int { state.withLock { $0.cancelled } }

  func fetch() async -> AWSKeyring.Answer {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.withLock {
          $0.asked += 1
          $0.waiting.append(continuation)
        }
      }
    } onCancel: {
      state.withLock { $0.cancelled += 1 }
    }
  }

  func answer(_ answer: AWSKeyring.Answer) async -> Bool {
    let isAsked = await eventually { self.state.withLock { !$0.waiting.isEmpty } }
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume(returning: answer) }
    return isAsked
  }
}

private func keys(_ id: String, for seconds: Int64? = nil) -> AWSKeyring.Answer {
  let credentials = AWSCredentials(
    keys: AWSKeys(accessKeyID: id, secretAccessKey: Secret("s")), expires: seconds.map { AWSWorld.noon + $0 })
  return .success(AWSCredentialChain.Fetched(credentials: credentials, source: .instance))
}

private let refusal = AWSKeyring.Answer.failure(
  ProviderError(explanation: Explanation(kind: .unauthorized, summary: "no")))

@Suite("AWS credentials are kept")
struct AWSKeyringTests {
  private let time = Locked(AWSWorld.noon)
  private let source = Source()
  private let ring: AWSKeyring

  init() {
    let (time, source) = (time, source)
    ring = AWSKeyring(clock: AWSClock { time.withLock { $0 } }) { await source.fetch() }
  }

  private func ask() -> Task<String, Never> {
    let ring = ring
    return Task {
      do throws(ProviderError) { return try await ring.credentials().credentials.keys.accessKeyID } catch {
        return error.explanation.summary
      }
    }
  }

  @Test("Many that ask at once make one fetch, and later ones none")
  func oneFlight() async {
    let all = (0..<20).map { _ in ask() }
    #expect(await eventually { ring.waiting == 20 })
    #expect(await source.answer(keys("A")))
    for task in all { #expect(await task.value == "A") }
    #expect(await ask().value == "A")
    #expect(source.asked == 1)
  }

  @Test("A failure is told to all, and the next one asks again")
  func failure() async {
    let all = (0..<3).map { _ in ask() }
    #expect(await eventually { ring.waiting == 3 })
    #expect(await source.answer(refusal))
    for task in all { #expect(await task.value == "no") }
    let next = ask()
    #expect(await source.answer(keys("A")))
    #expect(await next.value == "A")
  }

  @Test("Keys are renewed a quarter of an hour before their end; if that fails they serve on for a while")
  func advisory() async {
    let first = ask()
    #expect(await source.answer(keys("A", for: 3600)))
    #expect(await first.value == "A")
    time.withLock { $0 += 3600 - 901 }
    #expect(await ask().value == "A")
    #expect(source.asked == 1)
    time.withLock { $0 += 2 }
    let early = ask()
    #expect(await source.answer(refusal))
    #expect(await early.value == "A")
    // Nobody waits for another failure so soon.
    #expect(await ask().value == "A")
    #expect(source.asked == 2)
    time.withLock { $0 += 61 }
    let later = ask()
    #expect(await source.answer(keys("B", for: 7200)))
    #expect(await later.value == "B")
  }

  @Test("With less than ten minutes they must be renewed")
  func mandatory() async {
    let first = ask()
    #expect(await source.answer(keys("A", for: 3600)))
    #expect(await first.value == "A")
    time.withLock { $0 += 3600 - 599 }
    let late = ask()
    #expect(await source.answer(refusal))
    #expect(await late.value == "no")
  }

  @Test("Keys that live shortly are used, and fetched again for the next request")
  func shortLived() async {
    for id in ["A", "B"] {
      let task = ask()
      #expect(await source.answer(keys(id, for: 300)))
      #expect(await task.value == id)
    }
  }

  @Test("Keys that the service refused are fetched anew")
  func refused() async {
    let first = ask()
    #expect(await source.answer(keys("A")))
    #expect(await first.value == "A")
    ring.refuse()
    let second = ask()
    #expect(await source.answer(keys("B")))
    #expect(await second.value == "B")
    #expect(await ask().value == "B")
  }

  @Test("Who is cancelled leaves at once; the fetch goes on for the others and ends with the last of them")
  func cancellation() async {
    let (one, two) = (ask(), ask())
    #expect(await eventually { ring.waiting == 2 && source.asked == 1 })
    one.cancel()
    #expect(await one.value == "Stopped")
    #expect(source.cancelled == 0)
    two.cancel()
    _ = await two.value
    #expect(await eventually { source.cancelled == 1 })
    // The deserted fetch's answer counts for nobody.
    let three = ask()
    #expect(await eventually { source.asked == 2 })
    #expect(await source.answer(keys("C")))
    #expect(await three.value == "C")
  }
}
