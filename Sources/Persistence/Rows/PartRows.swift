// What messages say: reading and writing `parts` and `journal`, and joining the two while an answer streams.

import Conversations

/// The parts of a message as they are read.
enum ReadParts {
  case readable([Part])
  /// A row that cannot be understood. It stays as it is.
  case unreadable
}

extension Database {
  // MARK: Reading

  /// The parts of a message, with the journal's growth if it streams.
  func parts(of message: Int64, isStreaming: Bool) throws(SQLiteFailure) -> ReadParts {
    let stored: [Part?]
    do {
      stored = try rows(
        """
        SELECT kind, body, name, reference, flag, attachment FROM parts WHERE message = ? ORDER BY position
        """, .integer(message)
      ) { row throws(SQLiteFailure) in try part(in: row, from: 0) }
    } catch  where error.isDamage {
      return .unreadable
    }
    var parts: [Part] = []
    parts.reserveCapacity(stored.count)
    for part in stored {
      guard let part else { return .unreadable }
      parts.append(part)
    }
    return .readable(isStreaming ? try grown(parts, of: message) : parts)
  }

  /// `parts` with everything that the journal holds for the message. What fits nowhere is left out.
  private func grown(_ parts: [Part], of message: Int64) throws(SQLiteFailure) -> [Part] {
    var growing = parts.map { GrowingPart($0) }
    try rowsOfJournal(of: message) { position, growth in
      switch growth {
      case .appended(_, let text):
        if growing.indices.contains(position) { growing[position].tail += text }
      case .part(_, let part):
        if growing.indices.contains(position) {
          growing[position] = GrowingPart(part)
        } else if position == growing.count {
          growing.append(GrowingPart(part))
        }
      }
    }
    return growing.map { $0.whole }
  }

  private func rowsOfJournal(
    of message: Int64, _ body: (Int, JournalEntry.Growth) -> Void
  ) throws(SQLiteFailure) {
    _ = try rows(
      """
      SELECT position, kind, body, name, reference, flag, attachment FROM journal WHERE message = ? ORDER BY sequence
      """, .integer(message)
    ) { row throws(SQLiteFailure) in
      let position = row.number(0)
      if row.integer(1) == StoredPartKind.growth.rawValue {
        body(position, .appended(part: position, text: row.text(2)))
      } else if let part = try part(in: row, from: 1) {
        body(position, .part(position, part))
      }
    }
  }

  /// The part in six columns from `first` on: kind, body, name, reference, flag, attachment. `nil` if it is none.
  private func part(in row: Statement, from first: Int32) throws(SQLiteFailure) -> Part? {
    switch StoredPartKind(rawValue: row.integer(first)) {
    case .text:
      return row.strictText(first + 1).map { .text($0) }
    case .thinking:
      guard let text = row.strictText(first + 1) else { return nil }
      return .thinking(text, signature: row.optionalText(first + 3))
    case .toolCall:
      guard let arguments = row.strictText(first + 1), let name = row.strictText(first + 2),
        let id = row.strictText(first + 3)
      else { return nil }
      return .toolCall(ToolCall(id: id, name: name, arguments: arguments, isComplete: row.flag(first + 4)))
    case .toolResult:
      guard let content = row.strictText(first + 1), let name = row.strictText(first + 2),
        let id = row.strictText(first + 3)
      else { return nil }
      return .toolResult(ToolResult(callID: id, name: name, content: content, isError: row.flag(first + 4)))
    case .attachment:
      return try attachment(row.integer(first + 5)).map { .attachment($0) }
    case .opaque:
      guard let content = row.strictText(first + 1), let label = row.strictText(first + 2),
        let dialect = row.strictText(first + 3)
      else { return nil }
      return .opaque(OpaquePart(dialect: dialect, label: label, content: content))
    case .growth, nil:
      return nil
    }
  }

  func attachment(_ key: Int64) throws(SQLiteFailure) -> Attachment? {
    try first("SELECT name, media_type, bytes FROM attachments WHERE key = ?", .integer(key)) { row in
      Attachment(name: row.text(0), mediaType: row.text(1), bytes: row.blob(2))
    }
  }

  // MARK: Writing

  /// Adds the parts of a message that has none.
  func insertParts(_ parts: [Part], of message: Int64) throws(SQLiteFailure) {
    for (position, part) in parts.enumerated() {
      let columns = PartColumns(part)
      try run(
        """
        INSERT INTO parts (message, position, kind, body, name, reference, flag, attachment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(message), .integer(Int64(position)), .integer(columns.kind.rawValue), .optional(columns.body),
        .optional(columns.name), .optional(columns.reference), .optional(columns.flag.map { $0 ? 1 : 0 }),
        try columns.attachment.map { file throws(SQLiteFailure) in .integer(try insertAttachment(file)) } ?? .null)
    }
  }

  /// Replaces what a message says, and drops its journal.
  func replaceParts(of message: Int64, by parts: [Part]) throws(SQLiteFailure) {
    let attachments =
      try rows("SELECT attachment FROM parts WHERE message = ? AND attachment IS NOT NULL", .integer(message)) {
        $0.integer(0)
      }
      + rows("SELECT attachment FROM journal WHERE message = ? AND attachment IS NOT NULL", .integer(message)) {
        $0.integer(0)
      }
    try run("DELETE FROM journal WHERE message = ?", .integer(message))
    try run("DELETE FROM parts WHERE message = ?", .integer(message))
    try deleteAttachments(attachments)
    try insertParts(parts, of: message)
  }

  /// Appends to the journal of a message.
  func insertGrowth(_ growth: [JournalEntry.Growth], of message: Int64) throws(SQLiteFailure) {
    var sequence =
      try first("SELECT max(sequence) FROM journal WHERE message = ?", .integer(message)) { $0.integer(0) } ?? 0
    for piece in growth {
      sequence += 1
      let (position, columns) =
        switch piece {
        case .appended(let position, let text): (position, PartColumns(growth: text))
        case .part(let position, let part): (position, PartColumns(part))
        }
      try run(
        """
        INSERT INTO journal (message, sequence, position, kind, body, name, reference, flag, attachment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(message), .integer(sequence), .integer(Int64(position)), .integer(columns.kind.rawValue),
        .optional(columns.body), .optional(columns.name), .optional(columns.reference),
        .optional(columns.flag.map { $0 ? 1 : 0 }),
        try columns.attachment.map { file throws(SQLiteFailure) in .integer(try insertAttachment(file)) } ?? .null)
    }
  }

  func insertAttachment(_ file: Attachment) throws(SQLiteFailure) -> Int64 {
    try run(
      "INSERT INTO attachments (name, media_type, bytes) VALUES (?, ?, ?)", .text(file.name), .text(file.mediaType),
      .blob(file.bytes))
    return lastInserted
  }

  func deleteAttachments(_ keys: [Int64]) throws(SQLiteFailure) {
    for key in keys { try run("DELETE FROM attachments WHERE key = ?", .integer(key)) }
  }
}

/// A part and the text that came for it, joined once at the end: joining at each piece would copy the whole each time.
private struct GrowingPart {
  let part: Part
  var tail = ""

  init(_ part: Part) { self.part = part }

  var whole: Part {
    switch part {
    case _ where tail.isEmpty: part
    case .text(let text): .text(text + tail)
    case .thinking(let text, let signature): .thinking(text + tail, signature: signature)
    case .toolCall, .toolResult, .attachment, .opaque: part
    }
  }
}
