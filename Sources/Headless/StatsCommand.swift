// `riffle stats`: figures over many answers, for people as a table or bars, for scripts as CSV or JSON.

package import Conversations
import Diagnostics
package import Sessions
package import Statistics

/// What `stats` was asked, understood.
package struct StatsQuestion: Equatable, Sendable {
  /// How the groups are written.
  package enum Form: Equatable, Sendable {
    case table, json, csv
    case chart(ChartFigure)
  }

  package var since: SpanEdge
  package var until: SpanEdge?
  package var grouping: [AnswerDimension]
  package var form: Form

  /// Understands the words of the command line.
  /// - Throws: a sentence with the allowed values for what is none of them.
  package init(
    since: String, until: String?, by grouping: String, isJSON: Bool, isCSV: Bool, chart: String?
  ) throws(WrongUse) {
    guard let since = SpanEdge(since) else { throw WrongUse("--since takes \(SpanEdge.forms), not '\(since)'.") }
    self.since = since
    self.until = nil
    if let until {
      guard let edge = SpanEdge(until), edge != .all else {
        throw WrongUse("--until takes a time such as 24h, 7d or 4w, or a date such as 2026-01-31, not '\(until)'.")
      }
      self.until = edge
    }
    switch [AnswerDimension].parse(grouping) {
    case .success(let dimensions):
      guard !dimensions.isEmpty else { throw WrongUse("--by takes one or more of \([AnswerDimension].forms).") }
      self.grouping = dimensions
    case .failure(let unknown):
      throw WrongUse("--by takes one or more of \([AnswerDimension].forms), not '\(unknown.word)'.")
    }
    if [isJSON, isCSV, chart != nil].count(where: { $0 }) > 1 { throw WrongUse("Either --json, --csv or --chart.") }
    if let chart {
      guard let figure = ChartFigure(rawValue: chart) else {
        throw WrongUse("--chart takes one of \(ChartFigure.forms), not '\(chart)'.")
      }
      form = .chart(figure)
    } else {
      form = isJSON ? .json : isCSV ? .csv : .table
    }
  }

  /// Why the words of the command line cannot be understood, with what could be.
  package struct WrongUse: Error, Equatable, Sendable {
    package let sentence: String

    init(_ sentence: String) { self.sentence = sentence }
  }
}

/// What `stats` has to know of the world: the clock, and where the user is.
package struct StatsSurroundings: Sendable {
  package var now: Timestamp
  /// Seconds east of UTC at an instant, summer time included.
  package var utcOffset: @Sendable (Timestamp) -> Int
  /// The first moment of a day, given by its year, month and day.
  package var midnight: @Sendable (Int, Int, Int) -> Timestamp
  /// Columns of the terminal that is written to; `nil` where it is none.
  package var columns: Int?

  /// A time and a place.
  package init(
    now: Timestamp, columns: Int?, utcOffset: @escaping @Sendable (Timestamp) -> Int,
    midnight: @escaping @Sendable (Int, Int, Int) -> Timestamp
  ) {
    self.now = now
    self.utcOffset = utcOffset
    self.midnight = midnight
    self.columns = columns
  }
}

/// Runs `stats`.
package struct StatsCommand: Sendable {
  private let question: StatsQuestion
  private let store: SessionStore
  private let output: Output
  private let surroundings: StatsSurroundings

  /// A command on a store that has been started.
  package init(_ question: StatsQuestion, store: SessionStore, output: Output, surroundings: StatsSurroundings) {
    self.question = question
    self.store = store
    self.output = output
    self.surroundings = surroundings
  }

  /// Reads the answers and writes their figures.
  package func run() async -> Int32 {
    let span = TimeSpan(since: question.since, until: question.until, now: surroundings.now) {
      surroundings.midnight($0.year, $0.month, $0.day)
    }
    guard !span.isEmpty else {
      output.complain("the span of time ends before it begins: --since must be earlier than --until")
      return ExitStatus.usage
    }
    do throws(SessionError) {
      let utcOffset = surroundings.utcOffset
      var groups = AnswerAggregator(by: question.grouping) { LocalHour($0, utcOffsetSeconds: utcOffset($0)) }
      let damaged = try await store.eachAnswer(AnswerQuery(since: span.since, until: span.until)) { groups.add($0) }
      if Task.isCancelled { return ExitStatus.interrupted }
      write(groups.table(damagedCount: damaged), span)
      return output.isClosed ? ExitStatus.brokenPipe : ExitStatus.done
    } catch {
      output.complain(error.explanation.sentence)
      return ExitStatus.failed
    }
  }

  private func write(_ table: StatisticsTable, _ span: TimeSpan) {
    if table.damagedCount > 0 {
      output.complain(
        "\(table.damagedCount) answer\(table.damagedCount == 1 ? "" : "s") cannot be read and \(table.damagedCount == 1 ? "is" : "are") not counted; riffle doctor looks at the file"
      )
    }
    let words = StatsWriter.words(span, now: surroundings.now, utcOffset: surroundings.utcOffset)
    switch question.form {
    case .json: output.write(StatsWriter.json(table) + [0x0A])
    case .csv: output.write(Array(StatsWriter.csv(table).utf8))
    case .table, .chart:
      guard !table.rows.isEmpty else {
        output.line("No answers \(words).")
        return
      }
      let count = table.answerCount
      output.line("\(NumberText.grouped(count)) answer\(count == 1 ? "" : "s") \(words)")
      output.line("")
      let lines =
        if case .chart(let figure) = question.form {
          StatsWriter.lines(StatisticsChart(figure, of: table.rows), columns: surroundings.columns)
        } else {
          StatsWriter.lines(table, columns: surroundings.columns)
        }
      for line in lines { output.line(line) }
    }
  }
}
