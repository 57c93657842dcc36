// How long the things take that a person waits for. Printed, not judged: machines differ.

import Conversations
import Diagnostics
import Testing

@testable import Persistence

@Suite("Times", .serialized)
struct TimingTests {
  @Test("Opening a conversation of 100,000 messages, and a list of 1,000 conversations")
  func opening() async throws {
    let folder = TemporaryFolder()
    do {
      let maker = SQLiteArchive(folder: folder.path)
      try await maker.create(record("c0"))
      try await maker.create(record("c1"))
      try await maker.append([prompt(1)], to: conversation("c0"))
      await maker.close()
      let database = try Database(path: folder.database, access: .readWrite)
      database.checkForeignKeys(false)
      try database.execute(
        """
        BEGIN IMMEDIATE;
        WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO messages (key, id, conversation, parent, depth, ordinal, role, created, status)
          SELECT i, CAST(printf('%016d', i) AS BLOB), 1, i - 1, i - 1, 1, 1 + i % 2, i, 0 FROM n;
        INSERT INTO parts (message, position, kind, body)
          SELECT key, 0, 1, hex(zeroblob(500)) FROM messages WHERE key > 1;
        WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
        INSERT INTO conversations (id, title, created, updated, profile, provider, model, is_streaming, extra_json, system)
          SELECT 'n' || i, 'A title', i, i, 'default', 'lab', 'tiny-1', 1, '', 'Be brief.' FROM n;
        UPDATE conversations SET leaf = 100000, message_count = 100000 WHERE key = 1;
        COMMIT;
        """)
      try database.checkpoint(emptying: true)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let archive = SQLiteArchive(folder: folder.path)
    _ = await archive.openingReport()
    let opened = clock.now
    let record = try await archive.record(of: conversation("c0"))
    let readerOpened = clock.now
    let window = try await archive.window(of: conversation("c0"), before: nil, limit: 50)
    let windowed = clock.now
    let summaries = try await archive.summaries(limit: 200)
    let listed = clock.now
    #expect(record?.summary.messageCount == 100_000)
    #expect((window.messages.count, window.earlierCount) == (50, 99_950))
    #expect(summaries.count == 200)
    print("file opened \(opened - start), reader opened and record \(readerOpened - opened)")
    print("window of 50 of 100,000 \(windowed - readerOpened), 200 of 1,000 conversations \(listed - windowed)")
    let again = clock.now
    _ = try await archive.record(of: conversation("c0"))
    _ = try await archive.window(of: conversation("c0"), before: window.messages.first?.id, limit: 50)
    let read = clock.now
    print("record and the window before it \(read - again)")
    try await goTo(archive)
    let before = clock.now
    try await archive.append([prompt(7, at: 200_000), answer(8, after: 7, status: .streaming)], to: conversation("c1"))
    let appended = clock.now
    for _ in 0..<100 {
      try await archive.journal([JournalEntry(message: message(id: 8), growth: [.part(0, .text("some words"))])])
    }
    let journaled = clock.now
    try await archive.finish(
      answer(8, after: 7, String(repeating: "word ", count: 400)), run: nil, in: conversation("c1"))
    let finished = clock.now
    print(
      "append \(appended - before), journal \((journaled - appended) / 100), finish of 2 KB \(finished - journaled)")
    await archive.close()
  }

  /// Goes to places of the long conversation and looks for texts in it.
  private func goTo(_ archive: SQLiteArchive) async throws {
    let id = conversation("c0")
    let clock = ContinuousClock()
    for position in [0, 50_000, 99_000] {
      let start = clock.now
      let window = try await archive.window(of: id, endingWith: nil, .at(position, 60), maximumBytes: 1 << 20)
      print("window around number \(position) \(clock.now - start)")
      #expect(window?.earlierCount == max(0, position - 60))
    }
    for (text, start, pages) in [("000", 50_000, 1), ("nowhere", 0, 100)] {
      let began = clock.now
      var next: Int? = start
      var count = 0
      var matches: [PathMatch] = []
      while let position = next, matches.isEmpty {
        let page = try await archive.matches(
          of: FindQuery(text), in: id, endingWith: nil, from: position, backward: false, limit: 1)
        matches = page.matches
        next = page.next
        count += 1
      }
      print("looked for \(text) in \(count) pages \(clock.now - began)")
      #expect(count == pages)
    }
  }

  @Test("Two branches of 50,000 messages beside each other, where no number has one message only")
  func branches() async throws {
    let folder = TemporaryFolder()
    let maker = SQLiteArchive(folder: folder.path)
    try await maker.create(record("c0"))
    try await maker.append([prompt(1)], to: conversation("c0"))
    await maker.close()
    let database = try Database(path: folder.database, access: .readWrite)
    database.checkForeignKeys(false)
    try database.execute(
      """
      BEGIN IMMEDIATE;
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 100001)
      INSERT INTO messages (key, id, conversation, parent, depth, ordinal, role, created, status)
        SELECT i, CAST(printf('%016d', i) AS BLOB), 1, max(1, i - 2), i / 2, 1 + i % 2, 1, i, 0 FROM n;
      UPDATE conversations SET leaf = 100001, message_count = 50001 WHERE key = 1;
      COMMIT;
      """)
    let archive = SQLiteArchive(folder: folder.path)
    let clock = ContinuousClock()
    for position in [1, 25_000, 49_900] {
      let start = clock.now
      let window = try await archive.window(
        of: conversation("c0"), endingWith: nil, .at(position, 0), maximumBytes: 1 << 20)
      print("number \(position) of one of two branches \(clock.now - start)")
      #expect(window?.messages.first?.created == Timestamp(milliseconds: Int64(position) * 2 + 1))
      #expect(window?.earlierCount == position)
    }
    await archive.close()
  }
}
