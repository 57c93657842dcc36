// A conversation of a hundred thousand messages and a hundred megabytes: it opens, is gone through and answered, and the
// program holds the visible part of it.

import CSQLite
import Framing
import Platform
import TestSupport
import Testing

@Suite("A long conversation", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct LongConversationTests {
  private static let count = 100_000
  /// Not holding the texts is what counts; the rest is a debug binary's.
  private static let mostKilobytes = 80_000

  /// A home with a conversation of so many messages of a kilobyte, each of which says its number.
  private func longHome() throws -> (home: Home, id: String) {
    let home = try Home { _ in Completion.answer("the newest answer") }
    #expect(try home.run(["ask", "Message 1."]).status == .exited(0))
    let id = try #require(try home.json("list", "--json")[0]?["id"]?.string)
    try execute(
      """
      PRAGMA foreign_keys = OFF;
      BEGIN IMMEDIATE;
      WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.count))
      INSERT INTO messages (key, id, conversation, parent, depth, ordinal, role, created, status)
        SELECT i, CAST(printf('%016d', i) AS BLOB), 1, i - 1, i - 1, 1, 2 - i % 2, i, 0 FROM n;
      INSERT INTO parts (message, position, kind, body)
        SELECT key, 0, 1, printf('Message %d.', key) || char(10) || hex(zeroblob(490)) FROM messages WHERE key > 2;
      UPDATE conversations SET leaf = \(Self.count), message_count = \(Self.count) WHERE key = 1;
      COMMIT;
      """, on: home.folder + "/data/riffle/riffle.db")
    return (home, id)
  }

  private func execute(_ script: String, on path: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close_v2(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
      sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK
    else { throw Failure("\(String(cString: sqlite3_errmsg(database)))") }
  }

  @Test("It opens, is gone to any place and answered, and memory stays that of a screen")
  func goesAnywhere() throws {
    let (home, id) = try longHome()
    let terminal = try home.open("open", id)
    try #require(terminal.wait(15_000, for: "Message 100000."), "\(terminal.screen.text)")

    try terminal.say("/goto first")
    #expect(terminal.wait(15_000) { $0.shows("Message 1.") }, "\(terminal.screen.text)")
    try terminal.say("/goto 50%")
    #expect(
      terminal.wait(15_000) { $0.shows("Message 50001.") || $0.shows("Message 50000.") }, "\(terminal.screen.text)")
    for _ in 0..<200 { terminal.type("\u{1B}[6~") }
    #expect(terminal.wait(15_000) { !$0.shows("Message 50001.") }, "\(terminal.screen.text)")
    try terminal.say("/goto 77777")
    #expect(terminal.wait(15_000) { $0.shows("Message 77777.") }, "\(terminal.screen.text)")
    for _ in 0..<200 { terminal.type("\u{1B}[5~") }
    #expect(terminal.wait(15_000) { !$0.shows("Message 77777.") }, "\(terminal.screen.text)")

    // The end is followed from far away, where it is answered.
    terminal.type("\u{1B}[F")
    #expect(terminal.wait(15_000) { $0.shows("Message 100000.") }, "\(terminal.screen.text)")
    // A text far away is found, and so is the way back.
    try terminal.say("/find message 31415.")
    #expect(terminal.wait(15_000) { $0.shows("Message 31415.") }, "\(terminal.screen.text)")
    terminal.type("G")
    #expect(terminal.wait(15_000) { $0.shows("Message 100000.") }, "\(terminal.screen.text)")
    let kilobytes = try #require(residentKilobytes(of: terminal))
    #expect(kilobytes < Self.mostKilobytes)
    terminal.type("i\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
  }

  @Test("A prompt from its beginning is answered at its end")
  func asksFromFarAway() throws {
    let (home, id) = try longHome()
    let terminal = try home.open("open", id)
    try #require(terminal.wait(15_000, for: "Message 100000."), "\(terminal.screen.text)")
    try terminal.say("/goto 3")
    #expect(terminal.wait(15_000) { $0.shows("Message 3.") }, "\(terminal.screen.text)")
    try terminal.say("one more")
    #expect(terminal.wait(15_000) { $0.shows("one more") && $0.shows("the newest answer") }, "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
  }

  /// What the program has in memory.
  private func residentKilobytes(of terminal: PseudoTerminal) -> Int? {
    guard let process = terminal.processID,
      let bytes = try? LocalFiles.read("/proc/\(process)/status", atMost: 1 << 16)
    else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { line in Int(line.filter(\.isNumber)) }
  }
}
