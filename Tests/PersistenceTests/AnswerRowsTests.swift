// Figures of many answers: what is kept comes out, what is damaged is counted, and reading is paged.

import Conversations
import Diagnostics
import Streaming
import TestSupport
import Testing

@testable import Persistence

@Suite("Figures of answers")
struct AnswerRowsTests {
  let folder = TemporaryFolder()

  private func archive() -> SQLiteArchive {
    SQLiteArchive(folder: folder.path, now: { Timestamp(milliseconds: 5000) })
  }

  private func run(
    _ number: UInt64, started: Int64, json: String = Self.json, model: ModelReference = sampleModel
  ) -> RunRecord {
    RunRecord(
      id: RunID(high: 1, low: number), message: message(id: number), model: model, isStreaming: true,
      started: Timestamp(milliseconds: started), metricsJSON: json, timeline: [1, 2, 3], profile: "work",
      isBest: true)
  }

  private static let json = """
    {"chunks":34,"bytes":9120,"characters":180,"first_chunk_ms":41.2,"first_text_ms":62.3,"total_ms":812.0,\
    "gap_ms":{"p50":20.1},"stalls":1,"retries":2,"characters_per_second":221.7,"cost":0.0123,"cost_estimated":true}
    """

  /// Answers with the numbers 2, 3, …, one after another, a second apart.
  private func fill(_ archive: SQLiteArchive, _ messages: [Message], json: String = Self.json) async throws {
    try await archive.create(record("c"))
    try await archive.append([prompt(1)], to: conversation("c"))
    for (index, sample) in messages.enumerated() {
      let number = UInt64(index + 2)
      try await archive.append([answer(number, after: 1, status: .streaming)], to: conversation("c"))
      try await archive.finish(
        sample, run: run(number, started: Int64(index) * 1000, json: json), in: conversation("c"))
    }
  }

  private func all(
    _ archive: SQLiteArchive, _ query: AnswerQuery = AnswerQuery(), limit: Int = 2
  ) async throws -> (answers: [AnswerFigures], damaged: Int, pages: Int) {
    var (answers, damaged, pages): ([AnswerFigures], Int, Int) = ([], 0, 0)
    var cursor: AnswerCursor?
    repeat {
      let page = try await archive.answers(query, after: cursor, limit: limit)
      answers += page.answers
      damaged += page.damagedCount
      pages += 1
      cursor = page.next
    } while cursor != nil
    return (answers, damaged, pages)
  }

  /// Changes the file as no riffle would.
  private func tamper(_ script: String) throws {
    let database = try Database(path: folder.database, access: .readWrite)
    database.checkForeignKeys(false)
    try database.execute(script)
  }

  @Test("Every figure that was kept comes back; the answer of every status is there, the trash included")
  func figures() async throws {
    let first = archive()
    let failure = Explanation(kind: .rateLimited, summary: "Too many requests")
    let statuses: [MessageStatus] = [
      .complete(.stop), .stopped, .incomplete(failure), .failed(failure), .interrupted,
    ]
    var samples = statuses.enumerated().map { answer(UInt64($0.offset + 2), after: 1, status: $0.element) }
    samples[0].usage = TokenUsage(
      input: 1, output: 2, cacheRead: 3, cacheWrite: 4, reasoning: 5, isEstimated: true)
    try await fill(first, samples)
    try await first.setWatched(false, message(id: 2), in: conversation("c"))
    try await first.setTrashed(true, conversation("c"))
    await first.close()
    let found = try await all(archive())
    var wanted = AnswerFigures(
      message: message(id: 2), conversation: conversation("c"), started: Timestamp(milliseconds: 0),
      model: sampleModel, isStreaming: true, outcome: .complete)
    wanted.profile = "work"
    wanted.firstText = .microseconds(62_300)
    wanted.firstChunk = .microseconds(41_200)
    wanted.total = .milliseconds(812)
    wanted.characters = 180
    wanted.chunks = 34
    wanted.charactersPerSecond = 221.7
    wanted.usage = samples[0].usage
    wanted.cost = 0.0123
    wanted.isCostEstimated = true
    wanted.stalls = 1
    wanted.retries = 2
    wanted.isWatched = false
    wanted.isBest = true
    #expect(found.answers.first == wanted)
    #expect(
      found.answers.map(\.outcome) == [
        .complete, .stopped, .incomplete(kind: "rate_limited"), .failed(kind: "rate_limited"), .interrupted,
      ])
    #expect(found.answers.dropFirst().allSatisfy { $0.isWatched == nil && $0.usage == nil })
    #expect((found.damaged, found.pages) == (0, 3))
  }

  @Test("Figures written by the program itself are read as they were written")
  func written() async throws {
    let archive = archive()
    var metrics = StreamMetrics()
    metrics.chunks = 3
    metrics.characters = 12
    metrics.elapsed = .milliseconds(1500)
    metrics.timeToFirstText = .microseconds(410_200)
    metrics.charactersPerSecond = 8
    try await fill(archive, [answer(2, after: 1)], json: MetricsJSON.object(metrics))
    let found = try #require(try await all(archive).answers.first)
    #expect((found.firstText, found.firstChunk, found.total) == (.microseconds(410_200), nil, .milliseconds(1500)))
    #expect((found.chunks, found.characters, found.charactersPerSecond) == (3, 12, 8))
    #expect((found.cost, found.isCostEstimated) == (nil, false))
  }

  @Test("A span has its first moment and not its last; a model has its own answers", arguments: [1, 2, 3, 100])
  func query(limit: Int) async throws {
    let archive = archive()
    try await fill(archive, (2...7).map { answer($0, after: 1) })
    // Two that began in the same millisecond: pages may end between them.
    try tamper(
      "UPDATE runs SET started = 3000 WHERE started = 2000; UPDATE runs SET model = 'other' WHERE started = 4000")
    func starts(_ since: Int64?, _ until: Int64?, _ model: String? = nil) async throws -> [Int64] {
      let query = AnswerQuery(
        since: since.map { Timestamp(milliseconds: $0) }, until: until.map { Timestamp(milliseconds: $0) },
        model: model.map { ModelReference(provider: "lab", model: $0) })
      return try await all(archive, query, limit: limit).answers.map(\.started.milliseconds)
    }
    #expect(try await starts(nil, nil) == [0, 1000, 3000, 3000, 4000, 5000])
    #expect(try await starts(1000, 5000) == [1000, 3000, 3000, 4000])
    #expect(try await starts(1001, nil) == [3000, 3000, 4000, 5000])
    #expect(try await starts(nil, nil, "other") == [4000])
    #expect(try await starts(.min, .max) == [0, 1000, 3000, 3000, 4000, 5000])
    #expect(try await starts(5001, nil) == [])
  }

  @Test("A row that makes no sense is left out and counted; what is only missing is not known")
  func damagedRows() async throws {
    let archive = archive()
    try await fill(archive, (2...9).map { answer($0, after: 1) })
    try tamper(
      """
      UPDATE runs SET metrics = '{"chunks":3' WHERE started = 0;
      UPDATE runs SET metrics = '[1,2]' WHERE started = 1000;
      UPDATE messages SET status = 77 WHERE id = x'\(hex(message(id: 4)))';
      UPDATE messages SET id = x'00' WHERE id = x'\(hex(message(id: 5)))';
      UPDATE runs SET message = 4711 WHERE started = 4000;
      UPDATE runs SET metrics = '{"first_text_ms":"soon","total_ms":-5,"chunks":1e300,"stalls":null,"cost":true}'
        WHERE started = 5000;
      UPDATE runs SET metrics = '{}', profile = NULL, is_watched = NULL, rating = NULL WHERE started = 6000;
      """)
    for limit in [1, 3, 100] {
      let found = try await all(archive, limit: limit)
      #expect(found.damaged == 5)
      #expect(found.answers.map(\.started.milliseconds) == [5000, 6000, 7000])
      #expect(found.answers[0].firstText == nil && found.answers[0].total == nil && found.answers[0].chunks == nil)
      #expect(found.answers[1].profile == nil && found.answers[1].isBest == nil)
      #expect(found.answers[2].chunks == 34)
    }
  }

  private func hex(_ id: MessageID) -> String { id.description.filter { $0 != "-" } }

  @Test("A page of the file that cannot be read takes its own rows away, and no other ones")
  func damagedPage() async throws {
    do {
      let archive = archive()
      // Figures so long that few of them stand on a page of the file.
      let long = Self.json.replacing(
        "{\"chunks\"", with: "{\"x\":\"\(String(repeating: "x", count: 1500))\",\"chunks\"")
      try await fill(archive, (2...41).map { answer($0, after: 1) }, json: long)
      await archive.close()
    }
    do {
      let database = try Database(path: folder.database, access: .readWrite)
      try database.checkpoint(emptying: true)
    }
    var bytes = readFile(folder.database)
    let needle = Array("{\"x\":\"xxxx".utf8)
    let place = try #require(
      bytes.indices.dropLast(needle.count).first { bytes[$0..<$0 + needle.count].elementsEqual(needle) })
    let page = place / 4096 * 4096
    for index in page..<page + 8 { bytes[index] = 0xFF }
    writeFile(folder.database, bytes)
    let found = try await all(archive(), limit: 50)
    #expect(found.damaged > 0 && found.damaged < 10)
    #expect(found.answers.count + found.damaged == 40)
  }

  @Test("Answers from before profiles were written down are there")
  func oldSchema() async throws {
    do {
      let old = SQLiteArchive(folder: folder.path, migrations: Array(Schema.migrations.prefix(2)))
      try await old.create(record("c"))
      try await old.append([prompt(1), answer(2, after: 1, "Hello")], to: conversation("c"))
      await old.close()
      let database = try Database(path: folder.database, access: .readWrite)
      try database.execute(
        """
        INSERT INTO runs (message, id, provider, model, is_streaming, started, metrics, timeline)
          SELECT key, id, 'lab', 'tiny-1', 0, 1234, '\(Self.json)', x'' FROM messages WHERE role = 2
        """)
    }
    let found = try #require(try await all(archive()).answers.first)
    #expect((found.profile, found.isWatched, found.isBest, found.isStreaming) == (nil, nil, nil, false))
    #expect(found.firstText == .microseconds(62_300))
  }

  @Test("Whether somebody watched is noted, corrected, and does no harm to what has no figures")
  func watched() async throws {
    let archive = archive()
    try await fill(archive, [answer(2, after: 1)])
    for isWatched in [true, false, true] {
      try await archive.setWatched(isWatched, message(id: 2), in: conversation("c"))
      #expect(try await archive.run(of: message(id: 2))?.isWatched == isWatched)
    }
    try await archive.setWatched(true, message(id: 1), in: conversation("c"))
    try await archive.setWatched(true, message(id: 99), in: conversation("c"))
    #expect(try await archive.run(of: message(id: 1)) == nil)
  }

  @Test("A hundred thousand answers are read in pages, while other readings come in between")
  func manyAnswers() async throws {
    let archive = archive()
    try await fill(archive, [answer(2, after: 1)])
    await archive.close()
    try tamper(
      """
      BEGIN IMMEDIATE;
      WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 100008)
      INSERT INTO messages (key, id, conversation, parent, depth, ordinal, role, created, status, usage_output,
          usage_is_estimated)
        SELECT i, CAST(printf('%016d', i) AS BLOB), 1, 1, 1, i, 2, i, 0, 34, 0 FROM n;
      INSERT INTO runs (message, id, provider, model, is_streaming, started, metrics, timeline, profile)
        SELECT m.key, m.id, 'lab', 'tiny-1', 1, 1000000 + m.key, r.metrics, zeroblob(900), 'work'
        FROM messages m, runs r WHERE m.key >= 10 AND r.started = 0;
      COMMIT;
      """)
    let again = self.archive()
    _ = try await again.summaries(limit: 1)
    let counting = Task { () throws -> Int in
      var count = 0
      _ = try await again.eachAnswer(AnswerQuery()) { _ in count += 1 }
      return count
    }
    for _ in 0..<50 { #expect(try await again.summary(of: conversation("c")) != nil) }
    #expect(try await counting.value == 100_000)
  }
}
