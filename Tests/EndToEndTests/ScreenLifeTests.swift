// What happens to a terminal while an answer streams, and what does not happen while nothing does.

import Glibc
import Platform
import TestSupport
import Testing

@Suite("Screen", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct ScreenLifeTests {
  @Test("Any size is survived while an answer streams")
  func sizes() throws {
    let home = try Home { _ in
      .stream([
        Completion.head, Completion.text("piece0 "), .waitForSignal("1"), Completion.text("piece1 "),
        .waitForSignal("2"), Completion.text("piece2 "), .waitForSignal("3"), Completion.text("piece3 "),
        .waitForSignal("4"), Completion.text("piece4"), Completion.end,
      ])
    }
    let terminal = try home.open()
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "piece0"))
    terminal.resize(rows: 5, columns: 20)
    home.server.signal("1")
    #expect(terminal.wait(15_000, for: "piece1"), "\(terminal.screen.text)")
    terminal.resize(rows: 1, columns: 1)
    home.server.signal("2")
    #expect(terminal.waitElsewhere { home.dataHolds("piece2") })
    terminal.resize(rows: 200, columns: 500)
    #expect(terminal.wait(15_000, for: "piece2"))
    home.server.signal("3")
    #expect(terminal.wait(15_000, for: "piece3"))
    terminal.resize(rows: 24, columns: 80)
    home.server.signal("4")
    #expect(terminal.wait(15_000, for: "piece0 piece1 piece2 piece3 piece4"), "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
  }

  @Test("Suspended, riffle gives the terminal back, and draws all of it again when it goes on")
  func suspended() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.open()
    try terminal.say("ask alpha")
    try #require(terminal.wait(15_000, for: "alpha-start"))
    let modes = terminal.screen.record.modes.filter { $0 > 0 && $0 != 2026 }
    #expect(modes.contains(1049) && modes.contains(2004))
    terminal.type("\u{1A}")
    try #require(terminal.waitForStop(10_000))
    #expect(!terminal.screen.isAlternateScreen)
    #expect(terminal.screen.record.modes == [])
    home.server.signal("alpha-more")
    terminal.signal(SIGCONT)
    #expect(terminal.wait(15_000, for: "alpha-goes-on"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("ask alpha"))
    #expect(terminal.wait(5_000) { modes.isSubset(of: $0.record.modes) })
    terminal.type("still here")
    #expect(terminal.wait(15_000, for: "still here"))
  }

  @Test("Nothing wakes riffle while nothing happens")
  func idle() throws {
    let home = try Home { _ in Completion.answer("all done") }
    let terminal = try home.open()
    try terminal.say("hello")
    try #require(terminal.wait(15_000, for: "all done"))
    let process = try #require(terminal.processID)
    // What follows an answer (saving, closing connections) has its time first: three seconds without a change.
    var counts: [Int] = []
    let isQuiet = terminal.waitElsewhere(15_000) {
      counts.append(Self.wakeUps(of: process))
      let recent = counts.suffix(50)
      return recent.count == 50 && (recent.first ?? 0) == (recent.last ?? 1)
    }
    #expect(isQuiet, "\(counts)")
    let before = Self.wakeUps(of: process)
    #expect(before > 0)
    _ = terminal.wait(3_000) { _ in false }
    #expect(Self.wakeUps(of: process) - before == 0)
  }

  /// How often the process's threads have gone to sleep, which is how often they had been woken.
  static func wakeUps(of process: Int32) -> Int {
    let folder = "/proc/\(process)/task"
    return ((try? LocalFiles.names(in: folder)) ?? []).reduce(0) { sum, thread in
      let status = (try? LocalFiles.read("\(folder)/\(thread)/status", atMost: 1 << 16)) ?? []
      let line = String(decoding: status, as: UTF8.self).split(separator: "\n")
        .first { $0.hasPrefix("voluntary_ctxt_switches:") }
      return sum + (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0)
    }
  }
}
