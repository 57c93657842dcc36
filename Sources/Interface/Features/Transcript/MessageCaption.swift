// The words around a message: who spoke and when, what was measured, and how it ended.

import Conversations
import Diagnostics
import Display
import Statistics
import Streaming

/// Header and footer rows of a message.
enum MessageCaption {
  /// `you  14:03` or `lab/m-large  14:03  ‹2/3›`.
  /// - Parameter alias: instead of the model, which is not to be known.
  static func header(
    of message: TranscriptMessage, alias: String? = nil, columns: Int, facts: LayoutFacts, glyphs: inout GlyphTable
  ) -> [Cell] {
    var row = RowBuilder(columns: columns)
    switch message.role {
    case .user: row.add("▌ ", role: .user)
    case .assistant: row.add("▌ ", role: .assistant)
    case .system: row.add("▌ ", role: .system)
    }
    switch message.role {
    case .user: row.add("you", role: .user, attributes: .bold)
    case .system: row.add("system", role: .system, attributes: .bold)
    case .assistant:
      row.addOutside(
        alias ?? message.origin?.model ?? "assistant", role: .assistant, attributes: .bold, glyphs: &glyphs)
    }
    let time = message.created.components(utcOffsetSeconds: facts.utcOffsetSeconds)
    row.add("  \(Figures.twoDigits(time.hour)):\(Figures.twoDigits(time.minute))", role: .dim)
    if message.variant.count > 1 { row.add("  ‹\(message.variant.index)/\(message.variant.count)›", role: .notice) }
    return row.cells
  }

  /// The figures of an answer and how it ended, one row or more; nothing while it streams.
  /// - Parameter isHidden: whether figures and the service's words, which tell the model, are left out.
  static func footer(
    of message: TranscriptMessage, isHidden: Bool = false, columns: Int, glyphs: inout GlyphTable
  ) -> [[Cell]] {
    var rows: [[Cell]] = []
    if isHidden {
      switch message.status {
      case .incomplete: return [CellRow.literal("✗ incomplete", role: .error)]
      case .failed: return [CellRow.literal("✗ failed", role: .error)]
      case .complete: return []
      case .streaming, .stopped, .interrupted: break
      }
    }
    if message.role == .assistant, !isHidden, !message.status.isStreaming, let facts = facts(of: message) {
      var row = RowBuilder(columns: columns)
      for fact in fitting(facts, columns: columns) {
        if !row.cells.isEmpty { row.add(" · ", role: .dim) }
        row.add(fact.text, role: fact.isMarked ? .warning : .dim)
      }
      rows.append(row.cells)
    }
    switch message.status {
    case .complete(let reason): rows += reason.map { ending($0, columns: columns, glyphs: &glyphs) } ?? []
    case .streaming: break
    case .stopped:
      let words = message.parts.isEmpty ? "◼ stopped before anything came" : "◼ stopped; the text so far is kept"
      rows += lines(words, role: .warning, columns: columns, glyphs: &glyphs)
    case .interrupted:
      rows += lines(
        "◼ interrupted: riffle ended while this answer streamed; /continue goes on", role: .warning, columns: columns,
        glyphs: &glyphs)
    case .incomplete(let why):
      rows += lines(
        "✗ incomplete: \(why.sentence)\(hint(why.recovery))", role: .error, columns: columns, glyphs: &glyphs)
    case .failed(let why):
      rows += lines("✗ \(why.sentence)\(hint(why.recovery))", role: .error, columns: columns, glyphs: &glyphs)
    }
    return rows
  }

  private static func ending(_ reason: FinishReason, columns: Int, glyphs: inout GlyphTable) -> [[Cell]] {
    switch reason {
    case .stop, .toolUse: []
    case .length:
      lines("◼ cut at the token limit; /continue goes on", role: .warning, columns: columns, glyphs: &glyphs)
    case .contentFilter: lines("◼ ended by a content filter", role: .warning, columns: columns, glyphs: &glyphs)
    case .refusal: lines("◼ the model declined to answer", role: .warning, columns: columns, glyphs: &glyphs)
    case .pause: lines("◼ paused by the provider; /continue goes on", role: .warning, columns: columns, glyphs: &glyphs)
    case .other(let word): lines("◼ ended: \(word)", role: .warning, columns: columns, glyphs: &glyphs)
    }
  }

  private static func hint(_ recovery: Recovery?) -> String {
    switch recovery {
    case .retry?: " — /retry"
    case .resume?: " — /continue"
    case .chooseModel?: " — /model"
    case .addCredential?, .fixSetting?: " — /config"
    case .shortenPrompt?: " — /clear begins anew"
    case .checkConnection?: " — check the connection, then /retry"
    case .freeSpace?, .report?, nil: ""
    }
  }

  /// Enough for two thousand characters, which is what is kept of a provider's words, at the width of a small terminal.
  private static let maximumRows = 60

  /// Outside words, wrapped to the width; what has no room is said to be more.
  private static func lines(_ text: String, role: ThemeRole, columns: Int, glyphs: inout GlyphTable) -> [[Cell]] {
    let bytes = Array(text.utf8.prefix(16_384))
    var rows: [[Cell]] = []
    bytes.withUnsafeBufferPointer { buffer in
      var start = 0
      while start < buffer.count {
        guard rows.count < maximumRows else {
          rows.append(CellRow.literal("… more in: riffle show", role: .dim))
          break
        }
        let line = LineBreaks.line(in: buffer, from: start)
        var wrapped: [TextRow] = []
        LineWrapper.wrap(
          bytes: buffer, range: line.content, columns: columns, mode: .words, into: &wrapped)
        for row in wrapped.prefix(maximumRows - rows.count) {
          var cells: [Cell] = []
          Sanitizer.appendCells(
            of: buffer, range: row.start..<row.end, role: role, attributes: [], glyphs: &glyphs, into: &cells)
          rows.append(cells)
        }
        start = line.next ?? buffer.count
      }
    }
    return rows
  }

  /// A figure in words.
  struct Fact: Equatable {
    /// Without the mark.
    var words: String
    /// What nearly all earlier answers of the model stayed below, if this one did not: `p95 1.20 s`.
    var usual: String?

    init(_ words: String, above usual: Duration? = nil) {
      self.words = words
      self.usual = usual.map { "p95 \(Figures.seconds($0))" }
    }

    var isMarked: Bool { usual != nil }

    /// As the screen has it: `▲ first 4.10 s (p95 1.20 s)`.
    var text: String { usual.map { "▲ \(words) (\($0))" } ?? words }

    /// As it is read out.
    var spoken: String { usual.map { "\(words), which is slow: \($0)" } ?? words }
  }

  /// `first 0.41 s · total 3.2 s · 87 chars/s · 34 chunks · 12 → 34 tokens`; what is not known is left out.
  static func facts(of message: TranscriptMessage) -> [Fact]? {
    guard let metrics = message.metrics, metrics.chunks > 0 else { return nil }
    let mark = message.speed.mark
    var pieces: [Fact] = []
    if let first = metrics.timeToFirstText {
      pieces.append(Fact("first \(Figures.seconds(first))", above: mark?.firstTextP95))
    } else if let first = metrics.timeToFirstChunk {
      pieces.append(Fact("first chunk \(Figures.seconds(first))"))
    }
    pieces.append(Fact("total \(Figures.seconds(metrics.elapsed))", above: mark?.totalP95))
    if let rate = metrics.charactersPerSecond { pieces.append(Fact("\(Figures.rate(rate)) chars/s")) }
    pieces.append(Fact("\(metrics.chunks) chunk\(metrics.chunks == 1 ? "" : "s")"))
    if metrics.stalls > 0 { pieces.append(Fact("\(metrics.stalls) stall\(metrics.stalls == 1 ? "" : "s")")) }
    if metrics.retries > 0 { pieces.append(Fact("\(metrics.retries) retr\(metrics.retries == 1 ? "y" : "ies")")) }
    if let usage = message.usage, let input = usage.input, let output = usage.output {
      pieces.append(Fact("\(usage.isEstimated ? "~" : "")\(input) → \(usage.isEstimated ? "~" : "")\(output) tokens"))
    }
    if let cost = metrics.cost { pieces.append(Fact("cost \(Figures.cost(cost))")) }
    return pieces
  }

  /// The facts that have room, in their order: where a column is narrow, time, rate and chunks go last.
  private static func fitting(_ facts: [Fact], columns: Int) -> [Fact] {
    var kept = facts
    while kept.count > 1, kept.reduce(0, { $0 + $1.text.unicodeScalars.count + 3 }) - 3 > columns { kept.removeLast() }
    return kept
  }
}
