// Figures over many answers: what keys and news do.

import Diagnostics
import Display
import Statistics

extension AppState {
  /// Shows figures over the stored answers, in linear mode in lines.
  /// - Parameter argument: groupings and a span, in any order: `day`, `provider,model 30d`; may be empty.
  mutating func openStats(_ argument: String) -> [Effect] {
    var query = StatsQuery()
    var grouping: [AnswerDimension] = []
    for word in argument.lowercased().split(whereSeparator: { $0 == "," || $0 == " " }) {
      if let span = StatsSpan(String(word)) {
        query.span = span
      } else if let dimension = AnswerDimension(rawValue: String(word)) {
        if !grouping.contains(dimension) { grouping.append(dimension) }
      } else if word != "by" {
        show(
          "/stats takes \([AnswerDimension].forms), and 1d, 7d, 30d or all; not \(Sanitizer.singleLine(String(word)))",
          .warning)
        return []
      }
    }
    if !grouping.isEmpty { query.grouping = grouping }
    if linear != nil { return [.countAnswers(StatsRequest(query, at: wall))] }
    var stats = StatsState(query)
    let effects = leaveInstrument() + load(&stats)
    instrument = .stats(stats)
    return effects
  }

  /// Asks for what the query says.
  private func load(_ stats: inout StatsState) -> [Effect] {
    let request = StatsRequest(stats.query, at: wall)
    stats.request = request
    return [.instrument(.stats(.load(request)))]
  }

  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleStats(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard case .stats(var stats) = instrument else { return nil }
    guard let effects = handle(chord, &stats) else { return nil }
    instrument = .stats(stats)
    return effects
  }

  private func handle(_ chord: KeyChord, _ stats: inout StatsState) -> [Effect]? {
    let page = max(1, StatsView.listRows(ScreenLayout(self).instrument) - 1)
    switch chord {
    case KeyChord(.up), KeyChord(.character("k")): move(&stats, by: -1)
    case KeyChord(.down), KeyChord(.character("j")): move(&stats, by: 1)
    case KeyChord(.pageUp): move(&stats, by: -page)
    case KeyChord(.pageDown): move(&stats, by: page)
    case KeyChord(.home), KeyChord(.character("g")): move(&stats, by: -stats.rows.count)
    case KeyChord(.end), KeyChord(.character("G")): move(&stats, by: stats.rows.count)
    case KeyChord(.left): return changeSpan(&stats, by: -1)
    case KeyChord(.right): return changeSpan(&stats, by: 1)
    case KeyChord(.enter): return narrow(&stats)
    case KeyChord(.backspace):
      guard let former = stats.former.popLast() else { return [] }
      stats.query = former
      return load(&stats)
    default:
      guard case .character(let key) = chord.key, chord.modifiers.isEmpty else { return nil }
      return handle(key, &stats)
    }
    return []
  }

  private func handle(_ key: Unicode.Scalar, _ stats: inout StatsState) -> [Effect]? {
    switch key {
    case "p": return toggle(.provider, &stats)
    case "m": return toggle(.model, &stats)
    case "f": return toggle(.profile, &stats)
    case "d": return toggle(.day, &stats)
    case "h": return toggle(.hour, &stats)
    case "s": chooseNext(&stats, forward: true)
    case "S": chooseNext(&stats, forward: false)
    case "o": stats.isTurned.toggle()
    case "c": stats.chart = stats.chart == nil ? .first : nil
    case "r": return load(&stats)
    default: return nil
    }
    return []
  }

  private func move(_ stats: inout StatsState, by rows: Int) {
    stats.selection = max(0, min(stats.selection + rows, stats.rows.count - 1))
  }

  private func changeSpan(_ stats: inout StatsState, by step: Int) -> [Effect] {
    let all = StatsSpan.allCases
    guard let place = all.firstIndex(of: stats.query.span), all.indices.contains(place + step) else { return [] }
    stats.query.span = all[place + step]
    return load(&stats)
  }

  private func toggle(_ dimension: AnswerDimension, _ stats: inout StatsState) -> [Effect] {
    if let place = stats.query.grouping.firstIndex(of: dimension) {
      stats.query.grouping.remove(at: place)
    } else {
      stats.query.grouping.append(dimension)
    }
    return load(&stats)
  }

  /// Sorts by the next column that is seen, after the last one by names again; of bars the next figure is drawn.
  private func chooseNext(_ stats: inout StatsState, forward: Bool) {
    if let figure = stats.chart {
      stats.chart = Self.neighbour(of: figure, in: ChartFigure.allCases, forward: forward)
      return
    }
    let columns = StatsTable(stats, columns: ScreenLayout(self).instrument.columns).chosen.map(\.column)
    let choices: [StatisticsColumn?] = [nil] + columns
    stats.sorting = Self.neighbour(of: stats.sorting, in: choices, forward: forward) ?? nil
    stats.isTurned = false
  }

  private static func neighbour<Value: Equatable>(of value: Value, in all: [Value], forward: Bool) -> Value? {
    guard let place = all.firstIndex(of: value) else { return all.first }
    return all[(place + (forward ? 1 : all.count - 1)) % all.count]
  }

  /// Counts only what the marked row counts, by something it is not grouped by yet: by day first.
  private func narrow(_ stats: inout StatsState) -> [Effect] {
    guard stats.rows.indices.contains(stats.selection), let grouping = stats.result?.table.grouping else { return [] }
    var query = stats.query
    for (dimension, value) in zip(grouping, stats.rows[stats.selection].key) { query.filter[dimension] = value }
    let next: [AnswerDimension] = [.day, .hour, .model, .profile, .provider]
    guard let dimension = next.first(where: { query.filter[$0] == nil }) else { return [] }
    query.grouping = [dimension]
    stats.former.append(stats.query)
    stats.query = query
    return load(&stats)
  }

  // MARK: News

  mutating func takeStats(_ news: StatsNews) -> [Effect] {
    switch news {
    case .baselines(let baselines): takeBaselines(baselines)
    case .loaded(let result):
      if linear != nil {
        let text = LinearText.statistics(result, lastAnswer: transcript.lastAnswer)
        linear?.sayings.append(.text(text))
      }
      // What was asked for before is not shown any more.
      guard case .stats(var stats) = instrument, stats.request == result.request else { break }
      stats.take(result)
      instrument = .stats(stats)
    case .failed(let request, let explanation):
      if linear != nil { show(explanation.sentence, .error) }
      guard case .stats(var stats) = instrument, stats.request == request else { break }
      stats.request = nil
      stats.failure = explanation
      instrument = .stats(stats)
      show(explanation.sentence, .error)
    }
    return []
  }
}
