// The figures of a stream as rows of cells, in groups that stay together: the most important first, pictures after them.
// A figure that was not measured is a dash, never a zero.

import Conversations
import Display
import Streaming

/// Everything that is shown of an answer, of the other live streams and of the session.
struct MetricsBoard {
  /// Rows that belong together.
  typealias Group = [[Cell]]

  let state: AppState
  let columns: Int
  /// The role of plain words: a popup's, or that of text.
  let ground: ThemeRole

  /// All groups, in the order in which they are shown.
  func groups(glyphs: inout GlyphTable) -> [Group] {
    guard let answer = state.measuredAnswer else {
      return [[words("no stream yet")], session()]
    }
    let timeline = state.measuredTimeline
    let pictures = MetricsPictures(answer: answer, timeline: timeline, now: state.gauge.sampled, board: self)
    return [
      [head(answer, glyphs: &glyphs)], times(answer), sizes(answer.metrics), rates(answer), gaps(answer.metrics),
      pictures.rates(), pictures.strip(), troubles(answer), phases(answer), pictures.phases(), pictures.gapsOverTime(),
      pictures.gapHistogram(), pictures.sizeHistogram(), others(than: answer, glyphs: &glyphs), session(),
    ].filter { !$0.isEmpty }
  }

  /// The groups dealt out to pages of so many rows; a group that is higher than a page is cut.
  func pages(rows: Int, glyphs: inout GlyphTable) -> [[[Cell]]] {
    var pages: [[[Cell]]] = []
    var page: [[Cell]] = []
    for group in groups(glyphs: &glyphs) {
      if !page.isEmpty, page.count + group.count > rows {
        pages.append(page)
        page = []
      }
      page += group.prefix(rows)
    }
    if !page.isEmpty { pages.append(page) }
    return pages
  }

  // MARK: Rows

  func words(_ text: String, attributes: TextAttributes = .dim) -> [Cell] {
    var row = RowBuilder(columns: columns)
    row.add(text, role: ground, attributes: attributes)
    return row.cells
  }

  /// A caption at the left and a word about the picture below it at the right.
  func caption(_ left: String, _ right: String) -> [Cell] {
    var row = RowBuilder(columns: columns)
    let room = columns - right.unicodeScalars.count - 1
    row.add(String(left.unicodeScalars.prefix(max(0, room)).map(Character.init)), role: ground, attributes: .dim)
    row.pad(to: columns - right.unicodeScalars.count, role: ground)
    row.add(right, role: ground)
    return row.cells
  }

  /// Two figures side by side, each with its label at the left of its half.
  private func pair(_ first: (String, String), _ second: (String, String)? = nil) -> Group {
    // Where two would run into each other, each has a row of its own.
    guard columns >= 40 else { return [first, second].compactMap { $0.map(row(of:)) } }
    let half = (columns - 2) / 2
    var row = RowBuilder(columns: columns)
    put(first, from: 0, to: half, into: &row)
    if let second {
      row.pad(to: columns - half, role: ground)
      put(second, from: columns - half, to: columns, into: &row)
    }
    return [row.cells]
  }

  private func row(of figure: (String, String)) -> [Cell] {
    var row = RowBuilder(columns: columns)
    put(figure, from: 0, to: columns, into: &row)
    return row.cells
  }

  private func put(_ figure: (label: String, value: String), from: Int, to end: Int, into row: inout RowBuilder) {
    row.add(figure.label, role: ground, attributes: .dim)
    row.add(" ", role: ground)
    row.pad(to: end - figure.value.unicodeScalars.count, role: ground)
    row.add(figure.value, role: ground)
  }

  // MARK: Groups of figures

  private func head(_ answer: MeasuredAnswer, glyphs: inout GlyphTable) -> [Cell] {
    let state = Self.state(of: answer)
    var row = RowBuilder(columns: columns)
    row.addOutside(
      answer.model?.label ?? "–", role: ground, attributes: .bold, glyphs: &glyphs,
      atMost: columns - state.unicodeScalars.count - 1)
    row.pad(to: columns - state.unicodeScalars.count, role: ground)
    row.add(state, role: ground)
    return row.cells
  }

  private static func state(of answer: MeasuredAnswer) -> String {
    switch answer.phase {
    case .connecting?: return "connecting"
    case .waiting?: return "waiting"
    case .thinking?: return "live: thinking"
    case .writing?: return "live: writing"
    case .callingTool?: return "live: a tool"
    case .stopping?: return "stopping"
    case .retrying?: return "waits to retry"
    case .ended?, nil: break
    }
    switch answer.status {
    case .complete(let reason?)?:
      // An unknown word of a provider is outside text, and long: its own caption has it.
      if case .other = reason { return "done: other" }
      return "done: \(reason.name)"
    case .stopped?: return "stopped"
    case .interrupted?: return "interrupted"
    case .incomplete?: return "incomplete"
    case .failed?: return "failed"
    case .complete(nil)?, .streaming?, nil: return "done"
    }
  }

  private func times(_ answer: MeasuredAnswer) -> Group {
    let metrics = answer.metrics
    let now = state.gauge.sampled
    let elapsed = answer.isLive ? answer.started.map { now - $0 } ?? metrics.elapsed : metrics.elapsed
    return [
      pair(
        ("elapsed", !answer.isLive && elapsed == .zero ? "–" : Figures.seconds(elapsed)),
        ("last chunk", answer.isLive ? Self.ago(answer.lastChunk, now) : Self.text(metrics.timeToLastChunk))),
      pair(("first chunk", Self.text(metrics.timeToFirstChunk)), ("first text", Self.text(metrics.timeToFirstText))),
    ].flatMap(\.self)
      + (metrics.retries == 0
        ? [] : [words("elapsed: all \(metrics.retries + 1) attempts; the rest: the last one")])
      + (metrics.timeToFirstThinking == nil ? [] : pair(("first thinking", Self.text(metrics.timeToFirstThinking))))
  }

  private func sizes(_ metrics: StreamMetrics) -> Group {
    [
      pair(("chunks", Figures.grouped(metrics.chunks)), ("characters", Figures.grouped(metrics.characters))),
      pair(
        ("bytes", Figures.bytes(metrics.bytes)),
        ("avg chunk", metrics.averageChunkCharacters.map { "\(Figures.decimal($0, 1)) chars" } ?? "–")),
    ].flatMap(\.self)
  }

  private func rates(_ answer: MeasuredAnswer) -> Group {
    let metrics = answer.metrics
    let all = ("chars/s all", metrics.charactersPerSecond.map(Figures.rate) ?? "–")
    let mark = metrics.usage?.isEstimated == true ? "~" : ""
    let tokens = (
      "tokens/s", metrics.tokensPerSecond.map { "\(mark)\(Figures.decimal($0, $0 < 100 ? 1 : 0))" } ?? "–"
    )
    guard answer.isLive else { return pair(all, tokens) }
    return [
      pair(
        ("chars/s 1 s", metrics.presentCharactersPerSecond.map(Figures.rate) ?? "–"),
        ("5 s", metrics.recentCharactersPerSecond.map(Figures.rate) ?? "–")),
      pair(all, tokens),
    ].flatMap(\.self)
  }

  private func gaps(_ metrics: StreamMetrics) -> Group {
    guard let gaps = metrics.gaps else { return pair(("gaps", "–")) }
    return [
      pair(("gap p50", Figures.short(gaps.p50)), ("p95", Figures.short(gaps.p95))),
      pair(("gap p99", Figures.short(gaps.p99)), ("max", Figures.short(gaps.maximum))),
    ].flatMap(\.self)
  }

  private func troubles(_ answer: MeasuredAnswer) -> Group {
    let metrics = answer.metrics
    var rows = pair(("stalls", "\(metrics.stalls)"), ("retries", "\(metrics.retries)"))
    guard let usage = metrics.usage else { return rows }
    let mark = usage.isEstimated ? "~" : ""
    func count(_ tokens: Int?) -> String { tokens.map { "\(mark)\(Figures.grouped($0))" } ?? "–" }
    rows += pair(("tokens in", count(usage.input)), ("out", count(usage.output)))
    if usage.cacheRead != nil || usage.cacheWrite != nil {
      rows += pair(("cache read", count(usage.cacheRead)), ("written", count(usage.cacheWrite)))
    }
    if usage.reasoning != nil || metrics.cost != nil {
      rows += pair(("reasoning", count(usage.reasoning)), ("cost", metrics.cost.map(Figures.cost) ?? "–"))
    }
    if let share = answer.contextShare {
      rows += pair(("context used", "\(mark)\(Figures.decimal(share * 100, 1)) %"))
    }
    return rows
  }

  private func phases(_ answer: MeasuredAnswer) -> Group {
    guard let network = answer.metrics.network else { return [] }
    // While the request is under way it is not known yet over what.
    let isKnown = network.firstByte != nil
    return [
      pair(
        ("connection", !isKnown ? "–" : network.isConnectionReused ? "reused" : "new"),
        ("HTTP", isKnown ? Sanitizer.singleLine(network.httpVersion, maximumColumns: 8) : "–")),
      pair(("dns", Self.short(network.dns)), ("connected", Self.short(network.connect))),
      pair(("tls", Self.short(network.tls)), ("request sent", Self.short(network.requestSent))),
      pair(("first byte", Self.short(network.firstByte))),
    ].flatMap(\.self)
  }

  /// Streams besides the one that is shown, the newest first; none of a blind race.
  private func others(than answer: MeasuredAnswer, glyphs: inout GlyphTable) -> Group {
    let live = state.runs.values
      .filter { $0.isLive && $0.message != answer.message && !state.isBlind($0.conversation) }
      .sorted { ($0.started, $0.id.description) > ($1.started, $1.id.description) }
    guard !live.isEmpty else { return [] }
    var rows = [caption("other live streams", "chars/s · chunks")]
    for run in live.prefix(8) {
      let rate = run.asOf(state.gauge.sampled).metrics.recentCharactersPerSecond.map(Figures.rate) ?? "–"
      let figures = "\(rate) · \(Figures.count(run.metrics.chunks))"
      var row = RowBuilder(columns: columns)
      row.addOutside(
        "\(run.conversation) \(run.model.model)", role: ground, glyphs: &glyphs,
        atMost: columns - figures.unicodeScalars.count - 1)
      row.pad(to: columns - figures.unicodeScalars.count, role: ground)
      row.add(figures, role: ground)
      rows.append(row.cells)
    }
    if live.count > 8 { rows.append(words("and \(live.count - 8) more")) }
    return rows
  }

  private func session() -> Group {
    var totals = state.totals
    let live = state.liveRunCount
    for run in state.runs.values where run.isLive {
      totals.chunks += run.metrics.chunks
      totals.bytes += run.metrics.bytes
    }
    let ended = max(0, totals.streams - live)
    let errorRate = ended > 0 ? "\(totals.errors) (\(totals.errors * 100 / ended) %)" : "\(totals.errors)"
    return [
      [caption("this session", "\(totals.streams) stream\(totals.streams == 1 ? "" : "s"), \(live) live")],
      pair(("errors", errorRate), ("stopped", "\(totals.stopped)")),
      pair(("chunks", Figures.grouped(totals.chunks)), ("bytes", Figures.bytes(totals.bytes))),
      pair(
        ("avg first", totals.averageFirstText.map(Figures.seconds) ?? "–"),
        ("avg total", totals.averageTotal.map(Figures.seconds) ?? "–")),
      pair(
        ("avg chars/s", totals.averageRate.map(Figures.rate) ?? "–"), ("cost", totals.cost.map(Figures.cost) ?? "–")),
    ].flatMap(\.self)
  }

  static func text(_ duration: Duration?) -> String { duration.map(Figures.seconds) ?? "–" }
  /// Of a stored answer times are kept to a tenth of a millisecond.
  static func short(_ duration: Duration?) -> String {
    duration.map { $0 == .zero ? "<0.1 ms" : Figures.short($0) } ?? "–"
  }

  private static func ago(_ time: Instant?, _ now: Instant) -> String {
    time.map { "\(Figures.seconds(now - $0)) ago" } ?? "–"
  }
}
