// Figures of many answers for statistics: read in pages, in the order of their start, without what was said. SQLite takes the
// numbers out of the figures' JSON, so that no text of it ever becomes a value here.

import Conversations

extension Database {
  /// A page of the answers that have ended; see `ConversationArchive.answers`.
  /// - Complexity: O(`limit`), wherever the page is.
  func answers(_ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int) throws(SQLiteFailure) -> AnswerPage {
    guard limit > 0 else { return AnswerPage(answers: []) }
    let start = cursor ?? query.firstCursor
    do {
      return page(of: try answerRows(query, after: start, limit: limit), query, limit: limit)
    } catch  where error.isDamage {
      return try intactAnswers(query, after: start, limit: limit)
    }
  }

  /// The same page row by row, where a row cannot be read: the index still says which rows there are.
  private func intactAnswers(
    _ query: AnswerQuery, after start: AnswerCursor, limit: Int
  ) throws(SQLiteFailure) -> AnswerPage {
    let places = try rows(
      """
      SELECT started, message FROM runs
      WHERE started >= ?1 AND (started > ?1 OR message > ?2) AND started < ?3 ORDER BY started, message LIMIT ?4
      """, .integer(start.started), .integer(start.key), .integer(query.end), .integer(Int64(limit))
    ) { AnswerCursor(started: $0.integer(0), key: $0.integer(1)) }
    var found: [AnswerRow] = []
    for place in places {
      do {
        found += try answerRows(query, after: AnswerCursor(started: place.started, key: place.key - 1), limit: 1)
      } catch  where error.isDamage {
        found.append(AnswerRow(place: place, content: .damaged))
      }
    }
    return page(of: found, query, limit: limit)
  }

  private func page(of rows: [AnswerRow], _ query: AnswerQuery, limit: Int) -> AnswerPage {
    var page = AnswerPage(answers: [])
    page.answers.reserveCapacity(rows.count)
    for row in rows {
      switch row.content {
      case .answer(let answer): if query.model == nil || query.model == answer.model { page.answers.append(answer) }
      case .damaged: page.damagedCount += 1
      case .unfinished: break
      }
    }
    page.next = rows.count == limit ? rows.last?.place : nil
    return page
  }

  private func answerRows(
    _ query: AnswerQuery, after start: AnswerCursor, limit: Int
  ) throws(SQLiteFailure) -> [AnswerRow] {
    try rows(
      """
      SELECT r.started, r.message, m.id, c.id, r.provider, r.model, r.profile, r.is_streaming, m.status, f.kind,
        r.figures IS NOT NULL, json_extract(r.figures, '$.first_text_ms'), json_extract(r.figures, '$.first_chunk_ms'),
        json_extract(r.figures, '$.total_ms'), json_extract(r.figures, '$.characters'),
        json_extract(r.figures, '$.chunks'), json_extract(r.figures, '$.characters_per_second'),
        json_extract(r.figures, '$.cost'), json_extract(r.figures, '$.cost_estimated'),
        json_extract(r.figures, '$.stalls'), json_extract(r.figures, '$.retries'),
        m.usage_is_estimated, m.usage_input, m.usage_output, m.usage_cache_read, m.usage_cache_write, m.usage_reasoning,
        r.is_watched, r.rating
      FROM (
        SELECT started, message, provider, model, profile, is_streaming, is_watched, rating,
          CASE WHEN json_valid(metrics) THEN CASE json_type(metrics) WHEN 'object' THEN metrics END END AS figures
        FROM runs
        WHERE started >= ?1 AND (started > ?1 OR message > ?2) AND started < ?3 ORDER BY started, message LIMIT ?4
      ) r
      LEFT JOIN messages m ON m.key = r.message
      LEFT JOIN conversations c ON c.key = m.conversation
      LEFT JOIN failures f ON f.message = r.message
      ORDER BY r.started, r.message
      """, .integer(start.started), .integer(start.key), .integer(query.end), .integer(Int64(limit))
    ) { AnswerRow($0) }
  }
}

extension AnswerQuery {
  /// Right before the first moment of the span.
  fileprivate var firstCursor: AnswerCursor {
    guard let since, since.milliseconds > .min else { return AnswerCursor(started: .min, key: .min) }
    return AnswerCursor(started: since.milliseconds - 1, key: .max)
  }

  fileprivate var end: Int64 { until?.milliseconds ?? .max }
}

/// What stands in a row of `runs`, and where.
private struct AnswerRow {
  enum Content {
    case answer(AnswerFigures)
    /// It makes no sense.
    case damaged
    /// It is being answered again.
    case unfinished
  }

  let place: AnswerCursor
  let content: Content

  init(place: AnswerCursor, content: Content) {
    self.place = place
    self.content = content
  }

  init(_ row: Statement) {
    place = AnswerCursor(started: row.integer(0), key: row.integer(1))
    guard let status = StoredStatus(rawValue: row.optionalInteger(8) ?? -1) else {
      content = .damaged
      return
    }
    guard let outcome = AnswerOutcome(status, kind: row.optionalText(9)) else {
      content = .unfinished
      return
    }
    guard let message = MessageID(stored: row.blob(2)), let conversation = ConversationID(row.text(3)), row.flag(10)
    else {
      content = .damaged
      return
    }
    var answer = AnswerFigures(
      message: message, conversation: conversation, started: Timestamp(milliseconds: row.integer(0)),
      model: ModelReference(provider: row.text(4), model: row.text(5)), isStreaming: row.flag(7), outcome: outcome)
    answer.profile = row.optionalText(6)
    answer.firstText = row.milliseconds(11)
    answer.firstChunk = row.milliseconds(12)
    answer.total = row.milliseconds(13)
    answer.characters = row.count(14)
    answer.chunks = row.count(15)
    answer.charactersPerSecond = row.amount(16)
    answer.cost = row.amount(17)
    answer.isCostEstimated = answer.cost != nil && row.flag(18)
    answer.stalls = row.count(19)
    answer.retries = row.count(20)
    answer.usage = row.optionalInteger(21).map { isEstimated in
      TokenUsage(
        input: row.count(22), output: row.count(23), cacheRead: row.count(24), cacheWrite: row.count(25),
        reasoning: row.count(26), isEstimated: isEstimated != 0)
    }
    answer.isWatched = row.optionalInteger(27).map { $0 != 0 }
    answer.isBest = row.optionalInteger(28).map { $0 != 0 }
    content = .answer(answer)
  }
}

extension AnswerOutcome {
  /// `nil` while it streams.
  fileprivate init?(_ status: StoredStatus, kind: String?) {
    switch status {
    case .complete: self = .complete
    case .streaming: return nil
    case .stopped: self = .stopped
    case .interrupted: self = .interrupted
    case .incomplete: self = .incomplete(kind: kind)
    case .failed: self = .failed(kind: kind)
    }
  }
}

extension Statement {
  /// A number that is zero or more; `nil` for anything else that may stand in a JSON text.
  fileprivate func amount(_ column: Int32) -> Double? {
    guard let number = realNumber(column), number.isFinite, number >= 0, number < 1e14 else { return nil }
    return number
  }

  fileprivate func count(_ column: Int32) -> Int? { amount(column).map { Int($0) } }

  /// Milliseconds, written with one decimal and read without the noise of binary fractions.
  fileprivate func milliseconds(_ column: Int32) -> Duration? {
    amount(column).map { .microseconds(Int64(($0 * 10).rounded()) * 100) }
  }
}
