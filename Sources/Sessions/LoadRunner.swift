// Many requests at once: asks prompts of one profile with a number of them always under way, and keeps what each gave.

package import Conversations
package import Diagnostics
package import Streaming

/// What load is put on a provider.
package struct LoadPlan: Equatable, Sendable {
  /// Taken in turns.
  package var prompts: [String]
  /// Requests that are measured.
  package var count: Int
  /// Requests that are under way at once, as long as there are so many left.
  package var concurrency: Int
  /// Requests before the measured ones, as many at once; told apart and not counted.
  package var warmUp: Int

  package static let allowedCounts = 1...10_000
  package static let allowedConcurrency = 1...256
  package static let allowedWarmUps = 0...1_000

  /// A plan; `prompts` has at least one.
  package init(prompts: [String], count: Int, concurrency: Int, warmUp: Int) {
    self.prompts = prompts
    self.count = count
    self.concurrency = concurrency
    self.warmUp = warmUp
  }
}

/// A request of a load with its times.
package struct LoadTrial: Equatable, Sendable {
  package let isWarmUp: Bool
  /// Since the first measured request began; negative while warming up.
  package let begin: Duration
  package let end: Duration
  package let result: TrialResult
}

/// What came of a load.
package struct LoadOutcome: Equatable, Sendable {
  package enum Ending: Equatable, Sendable {
    case complete
    case cancelled
    /// Every request so far was refused for good, as others would be: why the last one was.
    case hopeless(Explanation)
  }

  /// In the order in which they ended, warm-ups first; what a cancel broke off ends with it.
  package let trials: [LoadTrial]
  package let ending: Ending
}

/// Runs a load.
package struct LoadRunner: Sendable {
  private let profile: Profile
  private let plan: LoadPlan
  private let client: any ProviderClient
  private let time: any TimeSource

  /// A load on the profile's model, streaming or not as the profile says.
  package init(
    profile: Profile, plan: LoadPlan, client: any ProviderClient, time: any TimeSource = SystemTime()
  ) {
    self.profile = profile
    self.plan = plan
    self.client = client
    self.time = time
  }

  /// Warms up, then measures. Cancelling the task breaks off what is under way.
  /// - Parameter tell: hears after each request how many of how many have ended, and whether they only warm up.
  package func run(tell: @escaping @Sendable (_ ended: Int, _ of: Int, _ isWarmUp: Bool) -> Void) async -> LoadOutcome {
    let warmUp = await batch(plan.warmUp, offset: 0, tell: { tell($0, plan.warmUp, true) })
    guard warmUp.ending == .complete else {
      return outcome(warmUp, Batch(), started: time.now(), warmUp.ending)
    }
    let started = time.now()
    let measured = await batch(plan.count, offset: plan.warmUp, tell: { tell($0, plan.count, false) })
    return outcome(warmUp, measured, started: started, measured.ending)
  }

  private struct Entry: Sendable {
    let begin: Instant
    let end: Instant
    let result: TrialResult
  }

  private struct Batch: Sendable {
    var entries: [Entry] = []
    var ending = LoadOutcome.Ending.complete
  }

  private func outcome(
    _ warmUp: Batch, _ measured: Batch, started: Instant, _ ending: LoadOutcome.Ending
  ) -> LoadOutcome {
    // Tasks have their turns in any order; what is told goes by the times.
    let trials = [(warmUp, true), (measured, false)].flatMap { batch, isWarmUp in
      batch.entries.sorted { $0.end < $1.end }.map {
        LoadTrial(isWarmUp: isWarmUp, begin: $0.begin - started, end: $0.end - started, result: $0.result)
      }
    }
    return LoadOutcome(trials: trials, ending: ending)
  }

  /// That many requests, with the next beginning when one ends.
  private func batch(_ count: Int, offset: Int, tell: @Sendable (Int) -> Void) async -> Batch {
    await withTaskGroup(of: Entry.self) { group in
      var batch = Batch()
      // Under load a service may refuse many at once and answer others slowly: only what will stay refused ends it.
      var failures = FailureStreak(most: nil)
      var next = 0
      while next < min(count, plan.concurrency) {
        add(offset + next, to: &group)
        next += 1
      }
      while let entry = await group.next() {
        batch.entries.append(entry)
        if case .failed(.cancelled) = entry.result.ending { continue }
        tell(batch.entries.count)
        if let why = failures.note(entry.result.fault), batch.ending == .complete {
          batch.ending = .hopeless(why)
          group.cancelAll()
        }
        if next < count, batch.ending == .complete, !Task.isCancelled {
          add(offset + next, to: &group)
          next += 1
        }
      }
      if Task.isCancelled { batch.ending = .cancelled }
      return batch
    }
  }

  private func add(_ number: Int, to group: inout TaskGroup<Entry>) {
    let trial = Trial(profile: profile, prompt: Prompt(text: plan.prompts[number % plan.prompts.count]))
    group.addTask { [client, time] in
      let begin = time.now()
      let result = await trial.run(on: client, time: time)
      // When its end came, not when this task had its turn.
      return Entry(begin: begin, end: begin + result.metrics.elapsed, result: result)
    }
  }
}
