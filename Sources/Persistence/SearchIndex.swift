// The full-text index: words for ordinary searching, and every three characters in a row for what is written without
// spaces between the words. It holds what is complete; an answer is added when it has ended.
//
// Trigrams of everything would find parts of words at once, but take six times the text's size and a millisecond for each
// kilobyte, with every answer. Parts of words are found by reading the texts instead, newest first.

import CSQLite
package import Conversations

/// A message that a search has found.
package struct SearchHit: Equatable, Sendable {
  package let conversation: ConversationID
  package let message: MessageID

  /// A hit in a conversation that is not in the trash.
  package init(conversation: ConversationID, message: MessageID) {
    self.conversation = conversation
    self.message = message
  }
}

/// Which indexes hold a message: bits of `messages.indexed`.
private struct IndexedBy: OptionSet {
  let rawValue: Int64

  static let words = IndexedBy(rawValue: 1)
  static let trigrams = IndexedBy(rawValue: 2)
}

extension Database {
  /// Adds a message's text to the index.
  func index(_ message: Int64) throws(SQLiteFailure) {
    guard let text = try searchableText(of: message), !text.isEmpty else { return }
    var indexed = IndexedBy.words
    try run("INSERT INTO search_words (rowid, text) VALUES (?, ?)", .integer(message), .text(text))
    let unspaced = text.unspacedRuns
    if !unspaced.isEmpty {
      indexed.insert(.trigrams)
      try run(
        "INSERT INTO search_trigrams (rowid, text) VALUES (?, ?)", .integer(message),
        .text(unspaced.joined(separator: "\n")))
    }
    try run("UPDATE messages SET indexed = ? WHERE key = ?", .integer(indexed.rawValue), .integer(message))
  }

  /// Takes a message's text out of the index. Before the text is changed: the index finds its entries by the text.
  func unindex(_ message: Int64) throws(SQLiteFailure) {
    let indexed = IndexedBy(
      rawValue: try first("SELECT indexed FROM messages WHERE key = ?", .integer(message)) { $0.integer(0) } ?? 0)
    guard !indexed.isEmpty, let text = try searchableText(of: message) else { return }
    try run(
      "INSERT INTO search_words (search_words, rowid, text) VALUES ('delete', ?, ?)", .integer(message), .text(text))
    if indexed.contains(.trigrams) {
      try run(
        "INSERT INTO search_trigrams (search_trigrams, rowid, text) VALUES ('delete', ?, ?)", .integer(message),
        .text(text.unspacedRuns.joined(separator: "\n")))
    }
    try run("UPDATE messages SET indexed = 0 WHERE key = ?", .integer(message))
  }

  private func searchableText(of message: Int64) throws(SQLiteFailure) -> String? {
    try first("SELECT text FROM searchable WHERE key = ?", .integer(message)) { $0.optionalText(0) } ?? nil
  }

  /// Messages that hold all words of `query` (the last may be unfinished), best first; then those that hold the query
  /// anywhere in a text, newest first.
  func search(_ query: String, limit: Int) throws(SQLiteFailure) -> [SearchHit] {
    let words = query.split(whereSeparator: \.isWhitespace).map { Self.phrase(String($0)) }
    guard !words.isEmpty, limit > 0 else { return [] }
    var hits = try rows(
      """
      SELECT c.id, m.id FROM search_words s
        JOIN messages m ON m.key = s.rowid JOIN conversations c ON c.key = m.conversation
      WHERE search_words MATCH ? AND c.trashed IS NULL ORDER BY s.rank LIMIT ?
      """, .text(words.joined(separator: " ") + "*"), .integer(Int64(limit)), row: Self.hit
    ).compactMap { $0 }
    let runs = query.unspacedRuns.filter { $0.unicodeScalars.count >= 3 }
    if hits.count < limit, !runs.isEmpty {
      add(
        try rows(
          """
          SELECT c.id, m.id FROM search_trigrams s
            JOIN messages m ON m.key = s.rowid JOIN conversations c ON c.key = m.conversation
          WHERE search_trigrams MATCH ? AND c.trashed IS NULL ORDER BY s.rowid DESC LIMIT ?
          """, .text(runs.map(Self.phrase).joined(separator: " ")), .integer(Int64(limit)), row: Self.hit),
        to: &hits, limit)
    }
    if hits.count < limit {
      add(
        try rows(
          """
          SELECT c.id, m.id FROM parts p
            JOIN messages m ON m.key = p.message JOIN conversations c ON c.key = m.conversation
          WHERE p.kind = 1 AND p.body LIKE ? ESCAPE '\\' AND m.owner IS NULL AND c.trashed IS NULL
          ORDER BY p.key DESC LIMIT ?
          """, .text(Self.pattern(query)), .integer(Int64(limit)), row: Self.hit),
        to: &hits, limit)
    }
    return hits
  }

  private func add(_ more: [SearchHit?], to hits: inout [SearchHit], _ limit: Int) {
    var known = Set(hits.map(\.message))
    for case let hit? in more where hits.count < limit && known.insert(hit.message).inserted { hits.append(hit) }
  }

  private static func hit(_ row: Statement) -> SearchHit? {
    guard let conversation = ConversationID(row.text(0)), let message = MessageID(stored: row.blob(1)) else {
      return nil
    }
    return SearchHit(conversation: conversation, message: message)
  }

  /// A phrase of the index's query language: whatever the text holds, it is looked for and never obeyed
  /// (https://www.sqlite.org/fts5.html, section 3.1).
  private static func phrase(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A pattern of LIKE that finds the text anywhere; letters without accents match in both cases.
  private static func pattern(_ text: String) -> String {
    var pattern = "%"
    for character in text.unicodeScalars {
      if character == "%" || character == "_" || character == "\\" { pattern += "\\" }
      pattern.unicodeScalars.append(character)
    }
    return pattern + "%"
  }
}

extension String {
  /// The pieces that are written without spaces between the words, and those of Korean, where endings are written
  /// together with the words.
  var unspacedRuns: [String] {
    // All of them take three bytes or more in UTF-8.
    guard utf8.contains(where: { $0 >= 0xE0 }) else { return [] }
    var runs: [String] = []
    var run = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar.isUnspaced {
        run.append(scalar)
      } else if !run.isEmpty {
        runs.append(String(run))
        run.removeAll()
      }
    }
    if !run.isEmpty { runs.append(String(run)) }
    return runs
  }
}

extension Unicode.Scalar {
  /// Whether it belongs to a script of that kind: Unicode 16 blocks of South East Asia, of Chinese and of Japanese
  /// (line breaking classes SA and ID of UAX #14), and Hangul.
  fileprivate var isUnspaced: Bool {
    switch value {
    case 0x0E00...0x0FFF, 0x1000...0x109F, 0x1780...0x17FF, 0x1950...0x19DF, 0x1A20...0x1AAF, 0x3005...0x3007,
      0x3040...0x312F, 0x31A0...0x31BF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xAC00...0xD7AF,
      0xF900...0xFAFF, 0xFF66...0xFF9D, 0x20000...0x3FFFF:
      true
    default: false
    }
  }
}
