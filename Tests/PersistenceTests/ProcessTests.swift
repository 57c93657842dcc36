// Several riffles on one file, and riffles that are killed (S3, S4, S6).

import Conversations
import Diagnostics
import Glibc
import Testing

@testable import Persistence

@Suite("Several processes")
struct ProcessTests {
  let folder = TemporaryFolder()

  private func archive() -> SQLiteArchive { SQLiteArchive(folder: folder.path) }

  @Test("Two archives that append to the same message at once make variants, and every row survives")
  func simultaneousAppends() async throws {
    let (first, second) = (archive(), archive())
    let id = conversation("both")
    try await first.create(record("both"))
    try await first.append([prompt(1)], to: id)
    try await withThrowingTaskGroup { group in
      for (archive, base) in [(first, 1000), (second, 2000)] as [(SQLiteArchive, UInt64)] {
        group.addTask {
          for number in 0..<50 as Range<UInt64> {
            try await archive.append([answer(base + number, after: 1, "\(base + number)")], to: id)
          }
        }
      }
      try await group.waitForAll()
    }
    let variants = try await first.variants(of: message(id: 1000))
    #expect(Set(variants) == Set(((1000..<1050).map { $0 } + (2000..<2050)).map { message(id: $0) }))
    let leaf = try await second.window(of: id, before: nil, limit: 1).messages.first
    #expect(leaf?.variant == Variant(index: 100, count: 100))
    #expect(leaf?.id == variants.last)
    await first.close()
    await second.close()
  }

  @Test("Processes that write at once lose nothing, and the log stays short")
  func processesAtOnce() async throws {
    await withTaskGroup { group in
      for base in [10_000, 20_000] as [UInt64] {
        group.addTask { [path = folder.path] in
          await #expect(processExitsWith: .success) { [path = path as String, base = base as UInt64] in
            let archive = SQLiteArchive(folder: path)
            let name = "p\(base)"
            try await archive.create(record(name))
            for number in 0..<200 {
              let key = base + UInt64(number)
              try await archive.append(
                [prompt(key, after: number == 0 ? nil : key - 1, String(repeating: "text ", count: 2000))],
                to: conversation(name))
            }
            await archive.close()
          }
        }
      }
    }
    let archive = archive()
    #expect(await archive.openingReport() == [])
    for base in [10_000, 20_000] {
      let window = try await archive.window(of: conversation("p\(base)"), before: nil, limit: 500)
      #expect(window.messages.count == 200)
    }
    await archive.close()
    let database = try Database(path: folder.database, access: .readWrite)
    #expect(try database.rows("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
    #expect(readFile(folder.database + "-wal").count < 20 << 20)
  }

  @Test("After a kill the answer is interrupted and has the text that was journaled; draft and queue are back")
  func killed() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
      let archive = SQLiteArchive(folder: path)
      let id = conversation("dead")
      try await archive.create(record("dead"))
      try await archive.append([prompt(1), answer(2, after: 1, status: .streaming)], to: id)
      try await archive.journal([
        JournalEntry(
          message: message(id: 2),
          growth: [.part(0, .text("Once")), .appended(part: 0, text: " upon"), .appended(part: 0, text: " a time")])
      ])
      try await archive.saveDraft("next I", of: id)
      try await archive.saveQueue([Prompt(text: "waiting")], of: id)
      kill(getpid(), SIGKILL)
    }
    let archive = archive()
    #expect(try await archive.recoverInterrupted() == [conversation("dead")])
    let window = try await archive.window(of: conversation("dead"), before: nil, limit: 9)
    #expect(window.messages == [prompt(1), answer(2, after: 1, "Once upon a time", status: .interrupted)])
    let back = try #require(try await archive.record(of: conversation("dead")))
    #expect((back.draft, back.queue) == ("next I", [Prompt(text: "waiting")]))
    #expect(back.summary.hasError)
    #expect(try await archive.searchText("upon", limit: 3).map(\.message) == [message(id: 2)])
    #expect(try await archive.recoverInterrupted() == [])
    await archive.close()
  }

  @Test("Killed at any moment, the file opens and holds what was acknowledged", arguments: 0..<12)
  func killedAnywhere(round: Int) async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String, round = round as Int] in
      let archive = SQLiteArchive(folder: path)
      let id = conversation("loop")
      // Spread over opening, appending, journaling and finishing.
      let pause = UInt32(1000 + round * 7919 % 60_000)
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          usleep(UInt32(UInt(bitPattern: argument)))
          kill(getpid(), SIGKILL)
          return nil
        }, UnsafeMutableRawPointer(bitPattern: UInt(pause)))
      try await archive.create(record("loop"))
      let acknowledged = open(path + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
      for number in 0..<100_000 as Range<UInt64> {
        let key = number * 2 + 1
        try await archive.append(
          [prompt(key, after: key == 1 ? nil : key - 1, "p"), answer(key + 1, after: key, status: .streaming)], to: id)
        write(acknowledged, "a", 1)
        try await archive.journal([JournalEntry(message: message(id: key + 1), growth: [.part(0, .text("text"))])])
        write(acknowledged, "j", 1)
        try await archive.finish(answer(key + 1, after: key, "text"), run: nil, in: id)
        write(acknowledged, "f", 1)
      }
    }
    let marks = readFile(folder.path + "/acknowledged")
    let archive = archive()
    #expect(await archive.openingReport() == [])
    let interrupted = try await archive.recoverInterrupted()
    guard try await archive.record(of: conversation("loop")) != nil else {
      #expect(marks.isEmpty)
      return
    }
    let window = try await archive.window(of: conversation("loop"), before: nil, limit: 1 << 20)
    let answers = window.messages.filter { $0.role == .assistant }
    #expect(answers.count >= marks.filter { $0 == UInt8(ascii: "a") }.count)
    #expect(answers.filter { $0.text == "text" }.count >= marks.filter { $0 == UInt8(ascii: "j") }.count)
    #expect(
      answers.filter { $0.status == .complete(.stop) }.count >= marks.filter { $0 == UInt8(ascii: "f") }.count)
    #expect(answers.filter { $0.status == .interrupted }.count == interrupted.count)
    #expect(!answers.contains { $0.status == .streaming })
    await archive.close()
    let database = try Database(path: folder.database, access: .readWrite)
    #expect(try database.rows("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
  }

  @Test("The answer of a living riffle is not touched by another")
  func livingOwner() async throws {
    let id = conversation("alive")
    let other = archive()
    do {
      let living = archive()
      try await living.create(record("alive"))
      try await living.append([answer(1, after: nil, status: .streaming)], to: id)
      try await living.journal([JournalEntry(message: message(id: 1), growth: [.part(0, .text("He"))])])
      #expect(try await other.recoverInterrupted() == [])
      #expect(try await living.recoverInterrupted() == [])
      #expect(
        try await other.window(of: id, before: nil, limit: 1).messages == [
          answer(1, after: nil, "He", status: .streaming)
        ])
      await #expect(throws: ArchiveFailure.self) {
        try await other.finish(answer(1, after: nil, "stolen"), run: nil, in: id)
      }
      await living.close()
    }
    #expect(try await other.recoverInterrupted() == [id])
    #expect(
      try await other.window(of: id, before: nil, limit: 1).messages == [
        answer(1, after: nil, "He", status: .interrupted)
      ])
    await other.close()
  }

  @Test("Another's changes are reported with their conversations, one's own are not", .timeLimit(.minutes(1)))
  func foreignChanges() async throws {
    let (watching, other) = (archive(), archive())
    let (changes, continuation) = AsyncStream.makeStream(of: ForeignChange.self)
    try await watching.create(record("mine"))
    try await watching.create(record("shared"))
    await watching.observeForeignChanges { continuation.yield($0) }
    try await watching.append([prompt(1)], to: conversation("mine"))
    try await other.create(record("theirs"))
    var seen: Set<ConversationID> = []
    var iterator = changes.makeAsyncIterator()
    while !seen.contains(conversation("theirs")), case .conversations(let ids)? = await iterator.next() {
      seen.formUnion(ids)
    }
    #expect(seen == [conversation("theirs")])

    // A change that this archive covers with one of its own before it could be reported.
    try await other.append([prompt(2)], to: conversation("shared"))
    try await watching.append([prompt(3)], to: conversation("shared"))
    while !seen.contains(conversation("shared")), case .conversations(let ids)? = await iterator.next() {
      seen.formUnion(ids)
    }
    #expect(seen == [conversation("theirs"), conversation("shared")])

    // What is journaled elsewhere is news for whoever follows; a draft is nobody else's business.
    try await other.append([answer(4, after: 2, status: .streaming)], to: conversation("shared"))
    try await other.saveDraft("secret", of: conversation("mine"))
    try await other.setTrashed(true, conversation("theirs"))
    seen = []
    while seen.count < 2, case .conversations(let ids)? = await iterator.next() { seen.formUnion(ids) }
    #expect(seen == [conversation("theirs"), conversation("shared")])
    await watching.close()
    await other.close()
  }

  @Test("A transaction of another process is waited for")
  func lockedByAnother() async throws {
    let archive = archive()
    try await archive.create(record("wait"))
    let blocker = try Database(path: folder.database, access: .readWrite)
    try blocker.execute("BEGIN IMMEDIATE")
    // Reading goes on meanwhile.
    #expect(try await archive.summary(of: conversation("wait"))?.messageCount == 0)
    async let appended: Void = archive.append([prompt(1)], to: conversation("wait"))
    try blocker.execute("COMMIT")
    try await appended
    #expect(try await archive.summary(of: conversation("wait"))?.messageCount == 1)
    await archive.close()
  }

  @Test("A lock that does not end is told as busy")
  func busy() async throws {
    let archive = archive()
    try await archive.create(record("wait"))
    let blocker = try ArchiveLock(path: folder.path + "/riffle.lock")
    #expect(blocker.exclude())
    await #expect(throws: ArchiveFailure.busy) { try await archive.append([prompt(1)], to: conversation("wait")) }
    blocker.release()
    try await archive.append([prompt(1)], to: conversation("wait"))
    await archive.close()
  }
}
