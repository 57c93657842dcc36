// Streaming against not streaming: what the command, keys and news do.

import Conversations
import Diagnostics
import Display
import Statistics

extension AppState {
  /// Runs of each mode that may be asked for, and those that are made unless another number is.
  private static let allowedPairs = 1...500
  private static let usualPairs = 10

  /// What `/compare` does: begins to measure, or shows what is or was measured.
  mutating func compare(_ argument: String) -> [Effect] {
    if argument == "stop" { return stopComparison() }
    var prompt = argument
    var pairs: Int?
    if let first = argument.split(whereSeparator: \.isWhitespace).first, let number = Int(first) {
      guard Self.allowedPairs.contains(number) else {
        show(
          "/compare makes \(Self.allowedPairs.lowerBound) to \(Self.allowedPairs.upperBound) runs of each mode",
          .warning)
        return []
      }
      pairs = number
      prompt = String(argument.dropFirst(first.count).drop(while: \.isWhitespace))
    }
    let isLast = prompt.isEmpty
    let message = transcript.messages.last { $0.role == .user }
    let last = message?.text ?? ""
    if let comparison {
      let isAskedFor = isLast && pairs == nil && (!comparison.isSeen || last.isEmpty || last == comparison.order.prompt)
      if comparison.isRunning, !(isLast && pairs == nil) {
        show("A comparison is under way; \(linear == nil ? "x stops it" : "/compare stop ends it")", .warning)
      }
      if comparison.isRunning || isAskedFor { return showComparison() }
    }
    if isLast { prompt = last }
    guard prompt.contains(where: { !$0.isWhitespace }) else {
      show("There is no prompt yet to compare with; /compare PROMPT takes one", .warning)
      return []
    }
    let effects = beginComparison(
      of: prompt, with: transcript.profile, pairs: pairs ?? Self.usualPairs, isLastPrompt: isLast)
    if isLast, message?.parts.contains(where: { if case .attachment = $0.kind { true } else { false } }) == true {
      show("The text of the last prompt is compared, without its files")
    }
    return effects
  }

  private mutating func beginComparison(
    of prompt: String, with profile: Profile, pairs: Int, isLastPrompt: Bool
  ) -> [Effect] {
    let order = ComparisonOrder(
      number: (comparison?.order.number ?? 0) + 1, profile: profile, prompt: prompt, pairs: pairs)
    comparison = CompareState(order, isLastPrompt: isLastPrompt)
    if linear != nil {
      show(
        "Comparing \(isLastPrompt ? "the last prompt" : "this prompt") streaming and whole, \(pairs * 2 + 2) requests; "
          + "the result is told at the end. /compare tells how far it is, /compare stop ends it")
    }
    return showComparison() + [.instrument(.compare(.begin(order)))]
  }

  /// Shows it, or tells how far it is where nothing is shown.
  private mutating func showComparison() -> [Effect] {
    guard let shown = comparison else { return [] }
    if linear == nil {
      let leaving = leaveInstrument()
      instrument = .compare(shown)
      changeComparison { $0.isSeen = !$0.isRunning }
      return leaving
    } else if !shown.isRunning {
      linear?.sayings.append(.text(CompareWords.report(of: shown)))
    } else if !shown.comparison.runs.isEmpty {
      show(CompareWords.progress(of: shown))
    }
    return []
  }

  private mutating func stopComparison() -> [Effect] {
    guard comparison?.isRunning == true else {
      show("No comparison is under way")
      return []
    }
    return [.instrument(.compare(.stop))]
  }

  /// Changes it in both places where it stands.
  private mutating func changeComparison(_ change: (inout CompareState) -> Void) {
    guard var changed = comparison else { return }
    change(&changed)
    comparison = changed
    if case .compare? = instrument { instrument = .compare(changed) }
  }

  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleCompare(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard let comparison else { return nil }
    let page = max(1, CompareView.tableRows(of: comparison, in: ScreenLayout(self).instrument) - 1)
    switch chord {
    case KeyChord(.character("x")) where comparison.isRunning: return stopComparison()
    case KeyChord(.character("r")) where !comparison.isRunning:
      let order = comparison.order
      return beginComparison(
        of: order.prompt, with: order.profile, pairs: order.pairs, isLastPrompt: comparison.isLastPrompt)
    case KeyChord(.up), KeyChord(.character("k")): scrollComparison(by: 1)
    case KeyChord(.down), KeyChord(.character("j")): scrollComparison(by: -1)
    case KeyChord(.pageUp): scrollComparison(by: page)
    case KeyChord(.pageDown): scrollComparison(by: -page)
    case KeyChord(.home): scrollComparison(by: .max)
    case KeyChord(.end): scrollComparison(by: -.max)
    default: return nil
    }
    return []
  }

  private mutating func scrollComparison(by runs: Int) {
    guard let comparison else { return }
    let rows = max(1, CompareView.tableRows(of: comparison, in: ScreenLayout(self).instrument))
    let most = max(0, comparison.comparison.runs.count - rows)
    let (sum, overflows) = comparison.scrollBack.addingReportingOverflow(runs)
    let wanted = overflows ? (runs > 0 ? most : 0) : sum
    changeComparison { $0.scrollBack = min(most, max(0, wanted)) }
  }

  mutating func takeCompare(_ news: CompareNews) -> [Effect] {
    switch news {
    case .began(let number, let place):
      guard number == comparison?.order.number else { return [] }
      changeComparison { $0.phase = .running(place) }
    case .ran(let number, let run):
      guard number == comparison?.order.number else { return [] }
      changeComparison { state in
        state.comparison.add(run)
        state.phase = .running(nil)
        // Who reads earlier runs goes on reading them.
        if state.scrollBack > 0 { state.scrollBack += 1 }
      }
    case .ended(let number, let phase):
      guard number == comparison?.order.number else { return [] }
      let isShown = if case .compare? = instrument { true } else { false }
      changeComparison { state in
        state.phase = phase
        state.isSeen = isShown
      }
      guard let comparison, !isShown else { return [] }
      guard linear == nil else {
        linear?.sayings.append(.text(CompareWords.report(of: comparison)))
        return []
      }
      show("\(CompareWords.ending(of: comparison)) · /compare shows it", phase == .finished ? .success : .warning)
      return options.rings ? [.bell] : []
    }
    return []
  }
}
