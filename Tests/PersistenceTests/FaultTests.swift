// Every read, write, sync and truncation fails once, for every place where one happens (S1): the call that met it says so,
// the next one works, and nothing that was called saved is lost.

import CSQLite
import Conversations
import Diagnostics
import Testing

@testable import Persistence

@Suite("A failing disk")
struct FaultTests {
  /// One failing kind of operation with SQLite's code for it.
  struct Fault: CustomTestStringConvertible, Sendable {
    let operation: FaultyDisk.Operation
    let code: Int32
    let lasts: Bool
    var testDescription: String { "\(operation) \(code)\(lasts ? " lasting" : "")" }

    static let all = [false, true].flatMap { lasts in
      [
        Fault(operation: .write, code: SQLITE_FULL, lasts: lasts),
        Fault(operation: .write, code: SQLITE_IOERR | (3 << 8), lasts: lasts),
        Fault(operation: .sync, code: SQLITE_IOERR | (4 << 8), lasts: lasts),
        Fault(operation: .read, code: SQLITE_IOERR | (1 << 8), lasts: lasts),
        Fault(operation: .truncate, code: SQLITE_IOERR | (6 << 8), lasts: lasts),
      ]
    }
  }

  private static let id = conversation("steps")

  /// A short life; each step is repeated after a failure, as the store does.
  private enum Step: CaseIterable {
    case create, append, journal, synchronize, saveDraft, saveQueue, finish

    func take(_ archive: SQLiteArchive) async throws(ArchiveFailure) {
      switch self {
      case .create: try await archive.create(record("steps"))
      case .append: try await archive.append([prompt(1), answer(2, after: 1, status: .streaming)], to: id)
      case .journal:
        try await archive.journal([JournalEntry(message: message(id: 2), growth: [.part(0, .text("Hel"))])])
      case .synchronize: try await archive.synchronize()
      case .saveDraft: try await archive.saveDraft("draft", of: id)
      case .saveQueue: try await archive.saveQueue([Prompt(text: "queued")], of: id)
      case .finish: try await archive.finish(answer(2, after: 1, "Hello"), run: nil, in: id)
      }
    }
  }

  @Test("Whatever fails, the step can be repeated and what was saved stays", arguments: Fault.all)
  func everyPlace(fault: Fault) async throws {
    let disk = try #require(FaultyDisk(name: "faulty \(fault.testDescription)"))
    var wasReached = true
    var place = 0
    while wasReached {
      place += 1
      // The first places one by one, then wider apart: the later ones repeat each other.
      if place > 20 { place += 10 }
      let folder = TemporaryFolder()
      let archive = SQLiteArchive(folder: folder.path, migrations: Schema.migrations, system: disk.name)
      disk.fail(
        FaultyDisk.Plan(operations: [fault.operation], first: place, code: fault.code, lasts: fault.lasts))
      var failures: [ArchiveFailure] = []
      for step in Step.allCases {
        do {
          try await step.take(archive)
        } catch {
          failures.append(error)
          if fault.lasts { wasReached = disk.heal() }
          try await step.take(archive)
        }
      }
      await archive.close()
      wasReached = disk.heal() || !failures.isEmpty
      for failure in failures {
        switch failure {
        case .diskFull: #expect(fault.code == SQLITE_FULL)
        case .failed: #expect(fault.code != SQLITE_FULL)
        case .readOnly, .busy, .damaged, .newerSchema: Issue.record("place \(place): \(failure)")
        }
      }
      let other = SQLiteArchive(folder: folder.path)
      #expect(await other.openingReport() == [], "place \(place)")
      let window = try await other.window(of: Self.id, before: nil, limit: 9)
      #expect(window.messages == [prompt(1), answer(2, after: 1, "Hello")], "place \(place)")
      let kept = try #require(try await other.record(of: Self.id))
      #expect((kept.draft, kept.queue) == ("draft", [Prompt(text: "queued")]), "place \(place)")
      await other.close()
      let database = try Database(path: folder.database, access: .readWrite)
      #expect(try database.rows("PRAGMA integrity_check") { $0.text(0) } == ["ok"], "place \(place)")
      #expect(try database.rows("PRAGMA foreign_key_check") { $0.text(0) } == [], "place \(place)")
      #expect(folder.names.filter { $0.contains("damaged") } == [], "place \(place)")
    }
    #expect(place > 1)
  }
}
