// Whatever stands in the place of the archive's file, riffle goes on, and nothing is deleted (S2, S5, S8, S9, S10, R14).

import Conversations
import Diagnostics
import Glibc
import Testing

@testable import Persistence

@Suite("The archive's file")
struct DamageTests {
  let folder = TemporaryFolder()

  private func archive(_ migrations: [Migration] = Schema.migrations) -> SQLiteArchive {
    SQLiteArchive(
      folder: folder.path, migrations: migrations, now: { Timestamp(milliseconds: 1_772_366_400_000) })
  }

  /// Twenty conversations of twenty messages, on many pages; closed.
  private func fill() async throws {
    let archive = archive()
    for number in 0..<20 {
      let name = "c\(number)"
      try await archive.create(record(name, title: name))
      try await archive.append(
        (0..<20).map { index in
          prompt(
            UInt64(number * 100 + index), after: index == 0 ? nil : UInt64(number * 100 + index - 1),
            "\(number).\(index) " + String(repeating: "word ", count: 200))
        }, to: conversation(name))
    }
    await archive.close()
  }

  enum Damage: String, CaseIterable, Sendable {
    case zeroBytes, garbage, text, truncatedToOnePage, truncatedInTheMiddle, zeroedHeader, foreignDatabase, folder, pipe
  }

  @Test("A file that cannot be used is set aside whole, and a new one works", arguments: Damage.allCases)
  func unusable(damage: Damage) async throws {
    try await fill()
    let path = folder.database
    var bytes = readFile(path)
    switch damage {
    case .zeroBytes: bytes = []
    case .garbage: bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    case .text: bytes = Array("Dear diary,\n".utf8)
    case .truncatedToOnePage: bytes = Array(bytes.prefix(4096))
    case .truncatedInTheMiddle: bytes = Array(bytes.prefix(bytes.count / 2 + 100))
    case .zeroedHeader: bytes.replaceSubrange(0..<100, with: repeatElement(0, count: 100))
    case .foreignDatabase:
      unlink(path)
      let other = try Database(path: path, access: .create)
      try other.execute("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x')")
      bytes = []
    case .folder:
      unlink(path)
      mkdir(path, 0o700)
      writeFile(path + "/inside", [1])
    case .pipe:
      unlink(path)
      mkfifo(path, 0o600)
    }
    switch damage {
    case .foreignDatabase: bytes = readFile(path)
    case .folder, .pipe: break
    default: writeFile(path, bytes)
    }

    let archive = archive()
    let report = await archive.openingReport()
    #expect(report.map(\.summary) == ["The file of conversations was damaged"])
    let aside = folder.path + "/riffle.damaged-20260301T120000Z.db"
    #expect(report.first?.detail.contains("riffle.damaged-20260301T120000Z.db") == true)
    switch damage {
    case .folder: #expect(listing(of: aside) == ["inside"])
    case .pipe: #expect(ArchiveFiles.find(aside) == .other)
    default: #expect(readFile(aside) == bytes)
    }
    try await archive.create(record("fresh"))
    try await archive.append([prompt(9999)], to: conversation("fresh"))
    await archive.close()
    let next = self.archive()
    #expect(await next.openingReport() == [])
    #expect(try await next.summary(of: conversation("fresh"))?.messageCount == 1)
    await next.close()
    #expect(!folder.names.contains { $0.hasSuffix(".rescue") || $0.hasSuffix(".new") })
  }

  @Test("Of a file cut in the middle, the readable conversations come back with their text")
  func rescue() async throws {
    try await fill()
    let bytes = readFile(folder.database)
    writeFile(folder.database, Array(bytes.prefix(bytes.count / 2)))
    let archive = archive()
    let summaries = try await archive.summaries(limit: 99)
    #expect(summaries.count == 20)
    var whole = 0
    for summary in summaries {
      let window = try await archive.window(of: summary.id, before: nil, limit: 99)
      #expect(window.messages.count == summary.messageCount)
      #expect(window.earlierCount == 0)
      whole += window.messages.filter { $0.text.hasSuffix("word ") }.count
    }
    #expect(whole > 50)
    #expect(try await archive.searchText("word", limit: 1).count == 1)
    await archive.close()
    let database = try Database(path: folder.database, access: .readWrite)
    #expect(try database.rows("PRAGMA integrity_check") { $0.text(0) } == ["ok"])
    #expect(try database.rows("PRAGMA foreign_key_check") { $0.text(0) } == [])
  }

  @Test("Damage met while reading shows in that message only, and is mended at the next start")
  func damagedPage() async throws {
    try await fill()
    var bytes = readFile(folder.database)
    // The pages that hold the text of one conversation's messages.
    let marker = Array("7.10 word".utf8)
    let place = try #require(firstRange(of: marker, in: bytes))
    let page = place / 4096 * 4096
    bytes.replaceSubrange(page..<page + 4096, with: repeatElement(0xA5, count: 4096))
    writeFile(folder.database, bytes)
    let first = archive()
    #expect(await first.openingReport() == [])
    let window = try await first.window(of: conversation("c7"), before: nil, limit: 99)
    #expect(window.messages.count == 20)
    let unreadable = window.messages.filter { $0.text.hasPrefix("This message cannot be read") }
    #expect(!unreadable.isEmpty)
    #expect(unreadable.allSatisfy { $0.text.contains($0.id.description) })
    // A write meets it too, whatever it says.
    _ = try? await first.finish(prompt(710, after: 709, "again"), run: nil, in: conversation("c7"))
    await first.close()

    let second = archive()
    #expect(await second.openingReport().count == 1)
    #expect(try await second.summaries(limit: 99).count == 20)
    #expect(try await second.window(of: conversation("c6"), before: nil, limit: 99).messages.count == 20)
    await second.close()
    #expect(await archive().openingReport() == [])
  }

  @Test(
    "A row that means nothing is shown as unreadable, and its neighbours as they are",
    arguments: [
      "UPDATE parts SET kind = 77 WHERE message = 2", "UPDATE messages SET role = 9 WHERE key = 2",
      "UPDATE messages SET status = 99 WHERE key = 2", "UPDATE parts SET body = NULL WHERE message = 2",
      "UPDATE parts SET body = CAST(x'FF80' AS TEXT) WHERE message = 2",
    ])
  func unreadableRow(sql: String) async throws {
    let first = archive()
    try await first.create(record("odd"))
    try await first.append(
      [prompt(1, after: nil, "1"), answer(2, after: 1, "2"), prompt(3, after: 2, "3")], to: conversation("odd"))
    await first.close()
    try Database(path: folder.database, access: .readWrite).execute(sql)
    let second = archive()
    let window = try await second.window(of: conversation("odd"), before: nil, limit: 9)
    #expect(window.messages.map(\.id) == [message(id: 1), message(id: 2), message(id: 3)])
    #expect(window.texts.first == "1" && window.texts.last == "3")
    #expect(window.texts[1] == "This message cannot be read (\(message(id: 2))). Its bytes are kept in the file.")
    await second.close()
  }

  @Test("A log without its database is set aside, not taken for the new one's")
  func orphanedLog() async throws {
    writeFile(folder.database + "-wal", [1, 2, 3])
    let archive = archive()
    try await archive.create(record("new"))
    #expect(readFile(folder.path + "/riffle.damaged-20260301T120000Z.db-wal") == [1, 2, 3])
    #expect(try await archive.summaries(limit: 9).count == 1)
  }

  @Test("A damaged file that another riffle has open is left alone")
  func inUse() async throws {
    try await fill()
    let first = archive()
    #expect(try await first.summaries(limit: 99).count == 20)
    let bytes = readFile(folder.database)
    writeFile(folder.database, Array("not a database at all, but long enough to be looked at".utf8))
    let second = archive()
    #expect(await second.openingReport().count == 1)
    await #expect(throws: ArchiveFailure.self) { try await second.create(record("x")) }
    #expect(!folder.names.contains { $0.contains("damaged") })
    writeFile(folder.database, bytes)
    await second.close()
    await first.close()
  }

  @Test("A link in the file's place is not followed")
  func link() async throws {
    let elsewhere = TemporaryFolder()
    writeFile(elsewhere.path + "/victim", Array("precious".utf8))
    symlink(elsewhere.path + "/victim", folder.database)
    let archive = archive()
    #expect(await archive.openingReport().count == 1)
    await #expect(throws: ArchiveFailure.self) { try await archive.create(record("x")) }
    await #expect(throws: ArchiveFailure.self) { try await archive.summaries(limit: 1) }
    #expect(readFile(elsewhere.path + "/victim") == Array("precious".utf8))
    #expect(ArchiveFiles.find(folder.database) == .link)
  }

  @Test("A folder behind a link, and one with odd characters, is used")
  func linkedFolder() async throws {
    let real = folder.path + "/it's 100% #1?"
    mkdir(real, 0o700)
    symlink(real, folder.path + "/link")
    let archive = SQLiteArchive(folder: folder.path + "/link/deep/er")
    try await archive.create(record("there"))
    await archive.close()
    #expect(ArchiveFiles.find(real + "/deep/er/riffle.db") == .file)
  }

  @Test("A place where nothing can be made reads as empty and says why it does not save")
  func impossibleFolder() async throws {
    writeFile(folder.path + "/file", [1])
    let archive = SQLiteArchive(folder: folder.path + "/file/data")
    #expect(await archive.openingReport().count == 1)
    await #expect(throws: ArchiveFailure.self) { try await archive.create(record("x")) }
  }

  // MARK: Versions

  @Test("An empty database of version 0 is brought to the newest version in place")
  func migration() async throws {
    do {
      let old = try Database(path: folder.database, access: .create)
      try old.execute("PRAGMA page_size = 4096; VACUUM")
    }
    #expect(ArchiveFiles.find(folder.database) == .file)
    let archive = archive()
    #expect(await archive.openingReport() == [])
    try await archive.create(record("now"))
    await archive.close()
    let database = try Database(path: folder.database, access: .readWrite)
    #expect(try database.first("PRAGMA user_version") { $0.number(0) } == Schema.migrations.count)
    #expect(try database.first("PRAGMA application_id") { $0.integer(0) } == Schema.applicationID)
  }

  @Test("A later version adds to what is there; before a step that drops something the file is copied")
  func laterMigrations() async throws {
    try await fill()
    let steps = [
      Migration(script: "ALTER TABLE conversations ADD COLUMN color TEXT"),
      Migration(script: "ALTER TABLE conversations DROP COLUMN color", dropsData: true),
    ]
    let archive = archive(Schema.migrations + steps)
    #expect(await archive.openingReport() == [])
    #expect(try await archive.summaries(limit: 99).count == 20)
    await archive.close()
    let copyName = "riffle.before-\(Schema.migrations.count + 2).db"
    #expect(folder.names.contains(copyName))
    #expect(permissions("\(folder.path)/\(copyName)") == 0o600)
    let copy = try Database(path: "\(folder.path)/\(copyName)", access: .readOnly)
    #expect(try copy.first("SELECT count(color), count(*) FROM conversations") { $0.integer(1) } == 20)
  }

  @Test("A step that fails changes nothing, and the next start goes on from there")
  func failingMigration() async throws {
    try await fill()
    let broken = archive(
      Schema.migrations + [
        Migration(script: "ALTER TABLE conversations ADD COLUMN color TEXT; INSERT INTO nowhere VALUES (1)")
      ])
    #expect(await broken.openingReport().count == 1)
    await broken.close()
    let mended = archive(Schema.migrations + [Migration(script: "ALTER TABLE conversations ADD COLUMN color TEXT")])
    #expect(await mended.openingReport() == [])
    #expect(try await mended.summaries(limit: 99).count == 20)
  }

  @Test("A newer file is read and not written")
  func newer() async throws {
    try await fill()
    do {
      let database = try Database(path: folder.database, access: .readWrite)
      try database.execute("PRAGMA journal_mode = DELETE; PRAGMA user_version = 99; PRAGMA journal_mode = WAL")
    }
    let bytes = readFile(folder.database)
    let archive = archive()
    let failure = ArchiveFailure.newerSchema(found: 99, known: Schema.migrations.count)
    #expect(await archive.openingReport() == [failure.explanation])
    #expect(try await archive.summaries(limit: 99).count == 20)
    #expect(try await archive.window(of: conversation("c3"), before: nil, limit: 5).messages.count == 5)
    await #expect(throws: failure) { try await archive.create(record("x")) }
    await #expect(throws: failure) { try await archive.saveDraft("x", of: conversation("c3")) }
    await archive.close()
    #expect(readFile(folder.database) == bytes)
    #expect(!folder.names.contains { $0.contains("damaged") })
  }

  // MARK: Permissions

  @Test("Files are 0600 and folders 0700 whatever the umask", arguments: [0o000, 0o022, 0o077, 0o777] as [UInt32])
  func privacy(mask: UInt32) async throws {
    await #expect(processExitsWith: .success) { [path = folder.path as String, mask = mask as UInt32] in
      umask(mask)
      let archive = SQLiteArchive(folder: path + "/a/b")
      try await archive.create(record("mine"))
      try await archive.append([prompt(1)], to: conversation("mine"))
      #expect(try await archive.summaries(limit: 1).count == 1)
      let files = listing(of: path + "/a/b")
      #expect(files == ["riffle.db", "riffle.db-shm", "riffle.db-wal", "riffle.lock"])
      for file in files { #expect(permissions(path + "/a/b/" + file) == 0o600, "\(file)") }
      for folder in ["/a", "/a/b"] { #expect(permissions(path + folder) == 0o700, "\(folder)") }
      await archive.close()
    }
  }

  @Test("In a read-only folder everything is read and every change is refused")
  func readOnly() async throws {
    try await fill()
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      for name in listing(of: path) { chmod(path + "/" + name, 0o444) }
      chmod(path, 0o555)
      // The superuser may write anywhere.
      if geteuid() == 0 { setuid(65534) }
      let archive = SQLiteArchive(folder: path)
      let failure = ArchiveFailure.readOnly(path: path)
      let report = await archive.openingReport()
      #expect(report == [failure.explanation])
      let summaries = try await archive.summaries(limit: 99)
      #expect(summaries.count == 20)
      let window = try await archive.window(of: conversation("c3"), before: nil, limit: 5)
      #expect(window.messages.count == 5)
      await #expect(throws: failure) { try await archive.create(record("x")) }
      await archive.close()
    }
    chmod(folder.path, 0o700)
  }

  @Test("A read-only folder without a file reads as empty")
  func readOnlyAndEmpty() async throws {
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      chmod(path, 0o555)
      if geteuid() == 0 { setuid(65534) }
      let archive = SQLiteArchive(folder: path)
      let summaries = try await archive.summaries(limit: 99)
      #expect(summaries == [])
      let none = try await archive.record(of: conversation("none"))
      #expect(none == nil)
      await #expect(throws: ArchiveFailure.readOnly(path: path)) { try await archive.create(record("x")) }
    }
    chmod(folder.path, 0o700)
  }
}

private func firstRange(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
  guard bytes.count >= needle.count else { return nil }
  return (0...(bytes.count - needle.count)).first {
    bytes[$0] == needle[0] && bytes[$0..<$0 + needle.count].elementsEqual(needle)
  }
}
