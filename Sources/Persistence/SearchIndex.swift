// The full-text index: words for ordinary searching, and every three characters in a row for parts of words and for
// languages that write no spaces. It holds what is complete; an answer is added when it has ended.

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

extension Database {
  /// Adds a message's text to the index.
  func index(_ message: Int64) throws(SQLiteFailure) {
    try run(
      "INSERT INTO search_words (rowid, text) SELECT key, text FROM searchable WHERE key = ? AND text <> ''",
      .integer(message))
    guard changes > 0 else { return }
    try run(
      "INSERT INTO search_trigrams (rowid, text) SELECT key, text FROM searchable WHERE key = ?", .integer(message))
    try run("UPDATE messages SET is_indexed = 1 WHERE key = ?", .integer(message))
  }

  /// Takes a message's text out of the index. Before the text is changed: the index finds its entries by the text.
  func unindex(_ message: Int64) throws(SQLiteFailure) {
    let isIndexed = try first("SELECT is_indexed FROM messages WHERE key = ?", .integer(message)) { $0.flag(0) }
    guard isIndexed == true else { return }
    try run(
      """
      INSERT INTO search_words (search_words, rowid, text) SELECT 'delete', key, text FROM searchable WHERE key = ?
      """, .integer(message))
    try run(
      """
      INSERT INTO search_trigrams (search_trigrams, rowid, text)
        SELECT 'delete', key, text FROM searchable WHERE key = ?
      """, .integer(message))
    try run("UPDATE messages SET is_indexed = 0 WHERE key = ?", .integer(message))
  }

  /// Messages that hold all words of `query`, or the query as a part of their text; best first.
  func search(_ query: String, limit: Int) throws(SQLiteFailure) -> [SearchHit] {
    let phrases = query.split(whereSeparator: \.isWhitespace).map { Self.quoted(String($0)) }
    guard !phrases.isEmpty else { return [] }
    var hits = try rows(
      """
      SELECT c.id, m.id FROM search_words s
        JOIN messages m ON m.key = s.rowid JOIN conversations c ON c.key = m.conversation
      WHERE search_words MATCH ? AND c.trashed IS NULL ORDER BY s.rank LIMIT ?
      """, .text(phrases.joined(separator: " ")), .integer(Int64(max(limit, 0))), row: Self.hit
    ).compactMap { $0 }
    // Three characters are the least that the second index can look for.
    if hits.count < limit, query.unicodeScalars.count >= 3 {
      let known = Set(hits.map(\.message))
      hits += try rows(
        """
        SELECT c.id, m.id FROM search_trigrams s
          JOIN messages m ON m.key = s.rowid JOIN conversations c ON c.key = m.conversation
        WHERE search_trigrams MATCH ? AND c.trashed IS NULL ORDER BY s.rowid DESC LIMIT ?
        """, .text(Self.quoted(query)), .integer(Int64(max(limit, 0))), row: Self.hit
      ).compactMap { $0 }.filter { !known.contains($0.message) }
    }
    return Array(hits.prefix(max(limit, 0)))
  }

  private static func hit(_ row: Statement) -> SearchHit? {
    guard let conversation = ConversationID(row.text(0)), let message = MessageID(stored: row.blob(1)) else { return nil }
    return SearchHit(conversation: conversation, message: message)
  }

  /// A phrase of the index's query language: whatever the text holds, it is looked for and never obeyed
  /// (https://www.sqlite.org/fts5.html, section 3.1).
  private static func quoted(_ text: String) -> String {
    "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
