// The same prompt, streaming and whole, in turns: asks one request after another and tells of each.

package import Conversations
package import Diagnostics
package import Statistics
package import Streaming

/// What happens while a comparison runs, in order.
package enum ComparisonEvent: Sendable {
  /// A request begins.
  case began(ComparedPlace)
  /// It has ended; `result` has its other figures.
  case ended(ComparedRun, TrialResult)
}

/// Why a comparison ended.
package enum ComparisonEnding: Equatable, Sendable {
  /// All runs were made.
  case complete
  /// Its task was cancelled.
  case cancelled
  /// Nothing was measured, and going on would measure nothing: why the last request failed.
  case hopeless(Explanation)
}

/// Runs a comparison.
package struct ComparisonRunner: Sendable {
  private let profile: Profile
  private let prompt: Prompt
  private let pairs: Int
  private let client: any ProviderClient
  private let time: any TimeSource

  /// The pairs that may be asked for.
  package static let allowedPairs = 1...500
  /// The pairs that are measured unless another number is asked for: the interval then holds the median in 97.9 %.
  package static let usualPairs = 10

  // Once in each mode, and once more each: what is wrong for a moment only has then had its chance.
  private static let mostFailures = 4

  /// A comparison of the profile's model with itself; whether the profile streams does not matter.
  package init(
    profile: Profile, prompt: Prompt, pairs: Int, client: any ProviderClient, time: any TimeSource = SystemTime()
  ) {
    self.profile = profile
    self.prompt = prompt
    self.pairs = pairs
    self.client = client
    self.time = time
  }

  /// Makes all runs, one after another. A run that the task's cancelling broke off is not told of.
  /// - Parameter tell: called between the requests, never while one runs.
  package func run(tell: @Sendable (ComparisonEvent) -> Void) async -> ComparisonEnding {
    var failures = FailureStreak(most: Self.mostFailures)
    for place in ComparedPlace.plan(pairs: pairs) {
      if Task.isCancelled { return .cancelled }
      tell(.began(place))
      var asked = profile
      asked.isStreaming = place.mode == .streaming
      let result = await Trial(profile: asked, prompt: prompt).run(on: client, time: time)
      if Task.isCancelled { return .cancelled }
      tell(.ended(ComparedRun(place, result), result))
      if let why = failures.note(result.fault) { return .hopeless(why) }
    }
    return .complete
  }
}

/// Failures in a row from the beginning on: a service that refuses everything is not to be asked twenty times more.
struct FailureStreak: Sendable {
  private var faults: [Explanation] = []
  private var isOver = false

  /// Failures of any kind that end it; `nil` if only lasting ones do.
  private let most: Int?
  // What asking again does not change needs no further chance.
  private static let mostLasting = 2

  init(most: Int?) { self.most = most }

  /// Takes in a run's fault, `nil` for a good one.
  /// - Returns: why it is hopeless, if it is.
  mutating func note(_ fault: Explanation?) -> Explanation? {
    guard !isOver else { return nil }
    guard let fault else {
      isOver = true
      return nil
    }
    faults.append(fault)
    let isLasting = faults.allSatisfy(\.isLasting)
    let limit = isLasting ? Self.mostLasting : most
    return limit.map { faults.count >= $0 } == true ? fault : nil
  }
}

extension Explanation {
  /// Whether asking again gives the same.
  fileprivate var isLasting: Bool {
    switch kind {
    case .unauthorized, .forbidden, .notFound, .badRequest, .tooLarge, .setting, .tls: true
    case .cancelled, .connection, .timeout, .truncated, .malformed, .rateLimited, .overloaded, .server, .provider: false
    }
  }
}

extension ComparedRun {
  /// A run with what a trial gave.
  init(_ place: ComparedPlace, _ result: TrialResult) {
    if let fault = result.fault ?? result.modeFault {
      self.init(place, .excluded(fault.sentence))
    } else {
      // Text came, so it came at a time.
      let first = result.metrics.timeToFirstText ?? result.metrics.elapsed
      self.init(
        place,
        .valid(
          firstText: first.inSeconds, total: result.metrics.elapsed.inSeconds, characters: result.textCharacters))
    }
  }
}

extension Duration {
  /// As a number of seconds.
  package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
