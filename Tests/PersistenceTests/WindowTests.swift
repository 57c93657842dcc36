// Pieces of paths through trees, read by place, and texts found in them.

import Conversations
import Testing

@testable import Persistence

@Suite("Windows")
struct WindowTests {
  let folder = TemporaryFolder()
  private let id = conversation("tree")

  /// A trunk of 10 messages numbered 1…10, a branch of 8 from number 4 (101…108) and one of 30 from number 6 (201…230),
  /// which is the current path.
  private func tree() async throws -> SQLiteArchive {
    let archive = SQLiteArchive(folder: folder.path)
    try await archive.create(record("tree"))
    try await archive.append((1...10).map { prompt($0, after: $0 == 1 ? nil : $0 - 1, "trunk \($0)") }, to: id)
    try await archive.append((101...108).map { prompt($0, after: $0 == 101 ? 4 : $0 - 1, "first \($0)") }, to: id)
    try await archive.append((201...230).map { prompt($0, after: $0 == 201 ? 6 : $0 - 1, "second \($0)") }, to: id)
    return archive
  }

  /// The numbers of the messages of a path that ends there.
  private static func path(to end: UInt64) -> [UInt64] {
    switch end {
    case ...10: Array(1...end)
    case ...108: Array(1...4) + Array(101...end)
    default: Array(1...6) + Array(201...end)
    }
  }

  @Test(
    "Every piece of every path is what the whole path has there", arguments: [3, 10, 101, 108, 201, 230] as [UInt64])
  func everyPiece(end: UInt64) async throws {
    let archive = try await tree()
    let path = Self.path(to: end)
    func check(_ piece: PathPiece, _ range: Range<Int>) async throws {
      let window = try await archive.window(of: id, endingWith: message(id: end), piece, maximumBytes: .max)
      let wanted = path[range.clamped(to: path.indices)]
      #expect(window?.messages.map(\.id) == wanted.map { message(id: $0) }, "\(piece)")
      #expect(window?.earlierCount == max(0, range.lowerBound), "\(piece)")
      #expect(window?.laterCount == path.count - min(path.count, range.upperBound), "\(piece)")
    }
    for limit in [1, 3, 100] {
      try await check(.last(limit), max(0, path.count - limit)..<path.count)
      for (place, number) in path.enumerated() {
        let message = message(id: number)
        if place > 0 { try await check(.before(message, limit), max(0, place - limit)..<place) }
        try await check(.after(message, limit), place + 1..<min(path.count, place + 1 + limit))
        try await check(.around(message, limit), max(0, place - limit)..<min(path.count, place + limit + 1))
        try await check(.at(place, limit), max(0, place - limit)..<min(path.count, place + limit + 1))
      }
    }
    try await check(.at(1_000, 0), path.count - 1..<path.count)
    try await check(.at(-1, 0), 0..<1)
    await archive.close()
  }

  @Test("A message of another branch has no place on the path")
  func elsewhere() async throws {
    let archive = try await tree()
    for number: UInt64 in [7, 101, 108] {
      #expect(
        try await archive.window(of: id, endingWith: nil, .around(message(id: number), 3), maximumBytes: .max) == nil)
      #expect(
        try await archive.window(of: id, endingWith: nil, .after(message(id: number), 3), maximumBytes: .max) == nil)
    }
    #expect(try await archive.window(of: id, endingWith: nil, .around(message(id: 999), 3), maximumBytes: .max) == nil)
    await archive.close()
  }

  @Test("A piece is no larger than asked for, but its message comes along")
  func bounded() async throws {
    let archive = SQLiteArchive(folder: folder.path)
    try await archive.create(record("tree"))
    let text = String(repeating: "x", count: 1000)
    try await archive.append((1...20).map { prompt($0, after: $0 == 1 ? nil : $0 - 1, text) }, to: id)
    func counts(_ piece: PathPiece, _ bytes: Int) async throws -> [Int] {
      let window = try #require(try await archive.window(of: id, endingWith: nil, piece, maximumBytes: bytes))
      return [window.earlierCount, window.messages.count, window.laterCount]
    }
    #expect(try await counts(.last(10), 3500) == [17, 3, 0])
    #expect(try await counts(.last(10), 10) == [19, 1, 0])
    #expect(try await counts(.before(message(id: 11), 10), 10) == [9, 1, 10])
    #expect(try await counts(.after(message(id: 11), 10), 10) == [11, 1, 8])
    #expect(try await counts(.at(10, 5), 5000) == [9, 4, 7])
    #expect(try await counts(.at(10, 5), 10) == [10, 1, 9])
    await archive.close()
  }

  /// All matches, page by page.
  private func numbers(
    _ text: String, in archive: SQLiteArchive, from start: Int, backward: Bool, limit: Int = .max
  ) async throws -> [Int] {
    var found: [Int] = []
    var next: Int? = start
    while let position = next, found.count < limit {
      let page = try await archive.matches(
        of: FindQuery(text), in: id, endingWith: nil, from: position, backward: backward, limit: limit - found.count)
      found += page.matches.map(\.position)
      next = page.next
    }
    return found
  }

  @Test("A text is found along the current path, in both directions, from any place")
  func finding() async throws {
    let archive = try await tree()
    #expect(try await numbers("trunk", in: archive, from: 0, backward: false) == [0, 1, 2, 3, 4, 5])
    #expect(try await numbers("TRUNK", in: archive, from: 0, backward: false) == [])
    #expect(try await numbers("second 20", in: archive, from: 8, backward: false) == [8, 9, 10, 11, 12, 13, 14])
    #expect(try await numbers("trunk", in: archive, from: 35, backward: true) == [5, 4, 3, 2, 1, 0])
    #expect(try await numbers("trunk", in: archive, from: 35, backward: true, limit: 2) == [5, 4])
    #expect(try await numbers("first", in: archive, from: 0, backward: false) == [])
    #expect(try await numbers("trunk", in: archive, from: 36, backward: false) == [])
    #expect(try await numbers("trunk", in: archive, from: -1, backward: true) == [])
    await archive.close()
  }

  @Test("A file of the first version is upgraded where it stands")
  func upgrade() async throws {
    let old = SQLiteArchive(folder: folder.path, migrations: Array(Schema.migrations.prefix(1)))
    try await old.create(record("tree"))
    try await old.append((1...10).map { prompt($0, after: $0 == 1 ? nil : $0 - 1, "old \($0)") }, to: id)
    await old.close()
    let new = SQLiteArchive(folder: folder.path)
    #expect(await new.openingReport() == [])
    let window = try await new.window(of: id, endingWith: nil, .at(4, 1), maximumBytes: .max)
    #expect(window?.texts == ["old 4", "old 5", "old 6"])
    try await new.append([prompt(11, after: 10, "new 11")], to: id)
    #expect(try await new.window(of: id, endingWith: nil, .last(1), maximumBytes: .max)?.texts == ["new 11"])
    await new.close()
    let database = try Database(path: folder.database, access: .readOnly)
    #expect(try database.first("PRAGMA user_version") { $0.number(0) } == Schema.migrations.count)
    #expect(try database.first("SELECT count(*) FROM pragma_index_info('messages_levels')") { $0.number(0) } == 2)
  }
}
