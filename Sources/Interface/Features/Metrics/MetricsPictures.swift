// The pictures of a stream: rate, gaps, sizes and phases as bars, and the whole answer as a strip with its stalls marked.

import Display
import Streaming

/// Draws what has a shape; each picture is a group of rows, empty where there is nothing to show.
struct MetricsPictures {
  let answer: MeasuredAnswer
  let timeline: TimelineFigures?
  /// When the figures were sampled.
  let now: Instant
  let board: MetricsBoard

  private var columns: Int { board.columns }

  /// What the strip and the lines over the whole answer stand for.
  private var whole: Duration {
    guard answer.isLive, let started = answer.started else {
      // Chunks count from the attempt that brought them; the whole time is that of all attempts.
      let last = max(answer.metrics.timeToLastChunk ?? .zero, timeline?.last ?? .zero)
      return answer.metrics.retries > 0 && last > .zero ? last : answer.metrics.elapsed
    }
    return max(now - started, timeline?.last ?? .zero)
  }

  /// While it streams the last seconds; of a finished answer all of it.
  func rates() -> MetricsBoard.Group {
    if answer.isLive {
      let values = answer.recentRates
      guard values.contains(where: { $0 > 0 }) else { return [] }
      let highest = Self.highest(values.map(Int.init), over: RateWindow.presentQuarters)
      return [
        board.caption("rate, last 15 s", "max \(Figures.count(highest)) chars/s"),
        Sparkline.cells(values, columns: columns, role: .graph),
      ]
    }
    guard let timeline, timeline.chunks > 1 else { return [] }
    let values = timeline.columns(columns, over: whole).map(\.characters)
    // In any second, whatever the width of the picture.
    let slots = max(1, Int((10_000 + timeline.slotTicks - 1) / timeline.slotTicks))
    let seconds = Double(timeline.slotTicks) * Double(slots) / 10_000
    let highest = Double(Self.highest(timeline.slots.map { Int($0.characters) }, over: slots)) / seconds
    return [
      board.caption("rate over \(Figures.seconds(whole))", "max \(Figures.rate(highest)) chars/s"),
      Sparkline.cells(values, columns: columns, role: .graph),
    ]
  }

  /// The greatest sum of so many values that follow each other.
  private static func highest(_ values: [Int], over count: Int) -> Int {
    var sum = 0
    var best = 0
    for index in values.indices {
      sum += values[index]
      if index >= count { sum -= values[index - count] }
      best = max(best, sum)
    }
    return best
  }

  func gapsOverTime() -> MetricsBoard.Group {
    guard let timeline, timeline.chunks > 1 else { return [] }
    let values = timeline.columns(columns, over: whole).map(\.longestGap)
    let longest = Duration.nanoseconds(Int64(values.max() ?? 0) * 100_000)
    return [
      board.caption("longest gaps over \(Figures.seconds(whole))", "max \(Figures.short(longest))"),
      Sparkline.cells(values, columns: columns, role: .graphAlternate),
    ]
  }

  /// `t` text, `T` thinking, `+` tools in the row, stalls below them.
  func strip() -> MetricsBoard.Group {
    guard let timeline, timeline.chunks > 0 else { return [] }
    let slots = timeline.columns(columns, over: whole)
    let most = slots.map(\.chunks).max() ?? 0
    let cells = slots.map { slot -> Cell in
      guard slot.chunks > 0 else { return Cell("·", role: .graphAxis) }
      if slot.hasTools { return Cell("◆", role: .graphAlternate) }
      // Thinking is told by its shape, not by its colour alone.
      if slot.hasThinking { return Cell(slot.hasText ? "▒" : "░", role: .graphAlternate) }
      return Cell(slot.chunks * 2 > most ? "█" : "▄", role: .graph)
    }
    var rows = [board.caption("timeline: █ text ░ thinking ◆ tools", Figures.seconds(whole)), cells]
    if timeline.stallCount > 0 { rows.append(stallRow(timeline)) }
    return rows
  }

  /// A mark under every stall, as long as it was.
  private func stallRow(_ timeline: TimelineFigures) -> [Cell] {
    var row = [Cell](repeating: .blank(board.ground), count: columns)
    let scale = max(.nanoseconds(1), whole)
    for stall in timeline.stalls {
      let first = column(of: stall.start / scale)
      let last = max(first, column(of: (stall.start + stall.length) / scale) - 1)
      for column in first...last { row[column] = Cell("~", role: .warning) }
    }
    let word = " \(timeline.stallCount) stall\(timeline.stallCount == 1 ? "" : "s")"
    // The word stands where it covers no mark, if there is such a place.
    let length = word.unicodeScalars.count
    let place = stride(from: columns - length, through: 0, by: -1).first { start in
      row[start..<start + length].allSatisfy { $0 == .blank(board.ground) }
    }
    if let place {
      for (offset, scalar) in word.unicodeScalars.enumerated() {
        row[place + offset] = Cell(scalar, role: .warning)
      }
    }
    return row
  }

  /// A share of the whole as a column; a damaged timeline may be longer than its answer.
  private func column(of share: Double) -> Int {
    Int(min(Double(columns - 1), max(0, share * Double(columns))))
  }

  func gapHistogram() -> MetricsBoard.Group {
    guard let timeline, timeline.chunks > 1 else { return [] }
    return [
      board.caption("gaps by length, ms", "\(Figures.grouped(timeline.chunks - 1)) gaps"),
      bars(timeline.gapCounts, role: .graphAlternate),
      axis(["0", "", "1", "", "4", "", "16", "", "64", "", "256", "", "1s", "", "4s", "", "16s"]),
    ]
  }

  func sizeHistogram() -> MetricsBoard.Group {
    guard let timeline, timeline.chunks > 0 else { return [] }
    return [
      board.caption("chunks by characters", "\(Figures.grouped(timeline.chunks)) chunks"),
      bars(timeline.sizeCounts, role: .graph),
      axis(["0", "1", "2", "4", "8", "", "32", "", "128", "", "512", "", "2k"]),
    ]
  }

  /// Two columns for each value; what is not nothing is seen, however little it is.
  private func bars(_ counts: [UInt32], role: ThemeRole) -> [Cell] {
    var row = RowBuilder(columns: columns)
    for cell in Sparkline.cells(counts, columns: counts.count, role: role) { row.add([cell, cell]) }
    return row.cells
  }

  /// Labels below bars of two columns; one that would run into its neighbour is left out.
  private func axis(_ labels: [String]) -> [Cell] {
    var row = RowBuilder(columns: columns)
    for (index, label) in labels.enumerated() where !label.isEmpty && row.cells.count <= index * 2 {
      row.pad(to: index * 2, role: board.ground)
      row.add(label, role: .graphAxis)
    }
    return row.cells
  }

  /// How the wait for the first text was spent, and what came after it: a bar whose letters are explained beside it.
  func phases() -> MetricsBoard.Group {
    let metrics = answer.metrics
    var marks: [(letter: Unicode.Scalar, word: String, end: Duration)] = []
    if let network = metrics.network {
      if let dns = network.dns { marks.append(("d", "dns", dns)) }
      if let connect = network.connect { marks.append(("c", "connect", connect)) }
      if let tls = network.tls { marks.append(("t", "tls", tls)) }
      if let sent = network.requestSent { marks.append(("s", "send", sent)) }
      if let first = network.firstByte { marks.append(("w", "wait", first)) }
    }
    if let first = metrics.timeToFirstChunk { marks.append(("h", "head", first)) }
    if let text = metrics.timeToFirstText, metrics.timeToFirstThinking != nil { marks.append(("T", "thinking", text)) }
    if let last = metrics.timeToLastChunk {
      // Without any text yet, all that came is thinking, or tools.
      if metrics.timeToFirstText != nil {
        marks.append(("█", "text", last))
      } else {
        marks.append(metrics.timeToFirstThinking == nil ? ("◆", "tools", last) : ("T", "thinking", last))
      }
    }
    guard let end = marks.map(\.end).max(), end > .zero, marks.count > 1 else { return [] }
    var row = RowBuilder(columns: columns)
    var shown: [String] = []
    var before = Duration.zero
    for mark in marks {
      let column = Int(min(Double(columns), max(0, mark.end / end * Double(columns))).rounded())
      if column > row.cells.count {
        let role: ThemeRole = mark.letter == "█" ? .graph : .graphAlternate
        row.add([Cell](repeating: Cell(mark.letter, role: role), count: column - row.cells.count))
      }
      if mark.end > before { shown.append("\(mark.letter) \(mark.word) \(Figures.short(mark.end - before))") }
      before = max(before, mark.end)
    }
    return [board.caption("phases", Figures.seconds(end)), row.cells] + legend(shown)
  }

  private func legend(_ words: [String]) -> MetricsBoard.Group {
    var rows: [String] = []
    for word in words {
      if let last = rows.last, last.unicodeScalars.count + word.unicodeScalars.count + 2 <= columns {
        rows[rows.count - 1] = "\(last)  \(word)"
      } else {
        rows.append(word)
      }
    }
    return rows.map { board.words($0) }
  }
}
