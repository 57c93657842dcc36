// What `riffle doctor` finds out about the terminal it runs in.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Doctor", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct DoctorTests {
  private func remembered(_ home: Home) -> [String] {
    let folder = home.folder + "/state/riffle"
    return ((try? LocalFiles.names(in: folder)) ?? []).filter { $0.hasSuffix(".widths") }.map { "\(folder)/\($0)" }
  }

  @Test("In a terminal it measures characters, remembers what it found, and leaves the screen as it was")
  func measuring() throws {
    let home = try Home { _ in Completion.answer("never") }
    let terminal = try PseudoTerminal(home.command(["doctor"]), rows: 60, columns: 100)
    #expect(terminal.waitForExit(20_000) == .exited(0))
    #expect(terminal.screen.shows("widths: measured now, and remembered for the next start"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("joined emoji"))
    #expect(terminal.screen.shows("shows a simple form"))
    #expect(terminal.screen.record.modes == [])
    #expect(!terminal.screen.isAlternateScreen && terminal.screen.cursor.isVisible)
    #expect(terminal.screen.row(0) == "terminal")
    let files = remembered(home)
    #expect(files.count == 1)
    #expect(files.map { LocalFiles.permissions(of: $0) } == [0o600])
    // Elsewhere than in a terminal it tells what was remembered.
    let rows = try home.json("doctor", "--json").array?.filter { $0["area"]?.string == "characters" } ?? []
    #expect(rows.first?["text"]?.string?.hasSuffix("as measured before") == true)
    let ideographs = rows.first { $0["name"]?.string == "ideograph" }
    #expect(ideographs?["treatment"]?.string == "plain")
    #expect(ideographs?["here"]?.array?.count == ideographs?["columns"]?.array?.count)
  }

  @Test("A terminal that does not answer is told so after a second, and nothing is remembered")
  func silence() throws {
    let home = try Home { _ in Completion.answer("never") }
    let terminal = try PseudoTerminal(home.command(["doctor"]), rows: 60, columns: 100, answers: .silent)
    #expect(terminal.waitForExit(20_000) == .exited(0))
    #expect(terminal.screen.shows("the terminal did not answer within a second"), "\(terminal.screen.text)")
    #expect(terminal.screen.record.modes == [])
    #expect(remembered(home) == [])
  }

  @Test("Without a terminal it asks nothing and says so, and a broken memory does no harm")
  func noTerminal() throws {
    let home = try Home { _ in Completion.answer("never") }
    let first = try home.words("doctor")
    #expect(first.text.contains("standard output is not a terminal of ours; as is safe everywhere"), "\(first.text)")
    #expect(!first.text.contains("\u{1B}"))
    let terminal = try PseudoTerminal(home.command(["doctor"]), rows: 60, columns: 100)
    #expect(terminal.waitForExit(20_000) == .exited(0))
    for file in remembered(home) { try LocalFiles.write([0xFF, 0x00, 0x0A, 0x0A, 0x0A], to: file) }
    #expect(try home.words("doctor").text.contains("as is safe everywhere"))
    let screen = try home.open()
    screen.type("\u{4}")
    #expect(screen.waitForExit(20_000) != nil)
  }

  @Test("An ordinary start asks for no position of the cursor")
  func ordinaryStart() throws {
    let home = try Home { _ in Completion.answer("never") }
    let screen = try home.open()
    #expect(screen.waitElsewhere { screen.screen.record.questions.contains(.deviceAttributes) })
    #expect(!screen.screen.record.questions.contains(.cursorPosition))
  }
}
