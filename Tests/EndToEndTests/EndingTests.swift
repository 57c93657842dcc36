// How the program ends, wanted or not: the terminal is as it was found, and what was said is there again.

import Framing
import Glibc
import Platform
import TestSupport
import Testing

@Suite("Endings", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct EndingTests {
  @Test("Killed in the middle of an answer, riffle comes back with its text, the queue and the draft")
  func killed() throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    do {
      let terminal = try home.open()
      try terminal.say("ask alpha")
      try #require(terminal.wait(15_000, for: "alpha-start"))
      try terminal.say("after that")
      try #require(terminal.wait(15_000, for: "queued"), "\(terminal.screen.text)")
      terminal.type("half a thought")
      try #require(terminal.wait(15_000, for: "half a thought"))
      #expect(terminal.waitElsewhere { home.dataHolds("half a thought") && home.dataHolds("alpha-start") })
      terminal.signal(SIGKILL)
      #expect(terminal.waitForExit() == .signalled(SIGKILL))
    }
    let again = try home.open("--continue")
    #expect(again.wait(15_000, for: "alpha-start"), "\(again.screen.text)")
    #expect(again.wait(5_000, for: "interrupted"), "\(again.screen.text)")
    #expect(again.wait(5_000, for: "half a thought"), "\(again.screen.text)")
    #expect(again.wait(5_000, for: "after that"), "\(again.screen.text)")
    let kept = try home.conversations()
    #expect(kept.first?["messages"]?.array?.contains { $0["status"]?.string == "interrupted" } == true)
  }

  /// What ends the program, and how its parent sees it end.
  enum Ending: CaseIterable, Sendable {
    case quit, terminate, hangUp, interrupt, fault, abort

    var signal: Int32? {
      switch self {
      case .quit: nil
      case .terminate: SIGTERM
      case .hangUp: SIGHUP
      case .interrupt: SIGINT
      case .fault: SIGSEGV
      case .abort: SIGABRT
      }
    }

    var status: Platform.ExitStatus {
      switch self {
      case .quit: .exited(0)
      case .terminate: .exited(143)
      case .hangUp: .exited(129)
      case .interrupt: .exited(130)
      case .fault: .signalled(SIGSEGV)
      case .abort: .signalled(SIGABRT)
      }
    }
  }

  @Test("However riffle ends, the terminal is as it was and the text so far is kept", arguments: Ending.allCases)
  func restored(_ ending: Ending) throws {
    let home = try Home { Completion.slow($0, among: ["alpha"]) }
    let terminal = try home.open(answers: .modern)
    let line = try HeldLine(of: terminal)
    try terminal.say("ask alpha")
    try #require(terminal.wait(15_000, for: "alpha-start"))
    #expect(terminal.screen.isAlternateScreen)
    #expect(terminal.waitElsewhere { home.dataHolds("alpha-start") })
    if let signal = ending.signal { terminal.signal(signal) } else { terminal.type("\u{4}") }
    #expect(terminal.waitForExit(15_000) == ending.status)
    #expect(!terminal.screen.isAlternateScreen)
    #expect(terminal.screen.record.modes == [])
    #expect(terminal.screen.record.keyboardLevels == 0)
    #expect(terminal.screen.cursor.isVisible)
    #expect(line.isUntouched)
    let kept = try home.conversations()
    #expect(kept.first?.spoken.contains("alpha-start") == true)
    let status = kept.first?.lastMessage?["status"]?.string
    #expect(status == "stopped" || status == "interrupted", "\(String(describing: status))")
  }
}
