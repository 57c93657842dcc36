// Every kind of service through the real program: scripts and the screen are told the same, in pieces or whole, and a call
// of a tool can be watched while it grows. With `RIFFLE_CAPTURES` set, what that looks like is written into the document.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Every dialect", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct EveryDialectTests {
  private static let unfold = "\u{0F}"

  @Test("Scripts are told all of an answer, in pieces or whole", arguments: PlayedService.all, [true, false])
  func scripts(_ service: PlayedService, isStreaming: Bool) throws {
    let home = try Home(playing: service, isStreaming: isStreaming)
    home.openGates()
    let (events, status) = try home.ask("weather?")
    #expect(status == .exited(0))
    #expect(PlayedService.Outcome(events) == (isStreaming ? service.outcome : service.wholeOutcome))
    let start = try #require(events.first)
    #expect(start["type"]?.string == "start")
    #expect(start["provider"]?.string == "lab")
    #expect(start["model"]?.string == "m")
    #expect(start["stream"]?.bool == isStreaming)
    let types = events.compactMap { $0["type"]?.string }
    let hasUsage = (isStreaming ? service.outcome : service.wholeOutcome).usage != nil
    #expect(types.suffix(hasUsage ? 3 : 2) == (hasUsage ? ["usage"] : []) + ["metrics", "finish"])
    #expect(types.count { $0 == "finish" || $0 == "error" } == 1)
    let request = try #require(home.server.log.requests.first)
    #expect(service.isAlwaysStreaming || service.asksForPieces(request) == isStreaming)
    #expect(home.server.log.requests.count == 1)
  }

  @Test("The screen shows what scripts are told, in pieces or whole", arguments: PlayedService.all, [true, false])
  func screen(_ service: PlayedService, isStreaming: Bool) throws {
    let home = try Home(playing: service, isStreaming: isStreaming)
    home.openGates()
    let told = PlayedService.Outcome(try home.ask("weather?").events)
    let terminal = try home.open(rows: 40, columns: 120)
    terminal.type("\u{1B}OR")
    try terminal.say("weather?")
    try #require(terminal.wait(15_000) { $0.overlay["state"] == "done" }, "\(terminal.screen.text)")
    terminal.type(Self.unfold)
    let shown =
      [told.thinking, told.text] + told.calls.flatMap { [$0.name, $0.arguments] } + told.results.map(\.content)
    #expect(terminal.wait(5_000) { screen in shown.allSatisfy(screen.shows) }, "\(terminal.screen.text)")
    let overlay = terminal.screen.overlay
    #expect(overlay["chunks"] == "\(told.chunks)")
    let mark = told.usage?.isEstimated == true ? "~" : ""
    for (label, tokens) in [("tokens in", told.usage?.input), ("out", told.usage?.output)] {
      let words = told.usage == nil ? nil : tokens.map { "\(mark)\($0)" } ?? "–"
      #expect(overlay[label]?.filter { $0 != "," } == words)
    }
  }

  @Test("A call of a tool is seen while it grows", arguments: PlayedService.all)
  func growing(_ service: PlayedService) throws {
    let home = try Home(playing: service)
    let terminal = try home.open()
    try terminal.say("Will I need a coat in Paris?")
    try #require(terminal.wait(15_000, for: "▸ tool get_weather"), "\(terminal.screen.text)")
    terminal.type(Self.unfold)
    let before = try moment(service.begun, after: "▾ tool get_weather", on: terminal)
    #expect(!terminal.screen.shows(service.grown.text))
    home.server.signal(PlayedService.gates[0])
    let after = try moment(service.grown, after: "▾ tool get_weather", on: terminal)
    home.server.signal(PlayedService.gates[1])
    let whole = service.outcome
    #expect(terminal.wait(15_000) { $0.shows(whole.text) && $0.shows(" done · ") }, "\(terminal.screen.text)")
    #expect(whole.calls.allSatisfy { terminal.screen.shows($0.arguments) }, "\(terminal.screen.text)")
    let capture = Capture(service.name, before: before, after: after)
    try capture.writeIfWanted()
    #expect(try capture.documented() == capture.lines, "this test writes the capture with RIFFLE_CAPTURES=1")
  }

  /// The screen when it shows so much of the answer, its title and its figures up to date.
  private func moment(
    _ moment: PlayedService.Moment, after label: String, on terminal: PseudoTerminal
  ) throws -> [String] {
    // The mark where text appears is drawn last.
    let words = [" · Will I need a coat", label, moment.text + "▌", " · \(moment.chunks) chunks"]
    try #require(terminal.wait(15_000) { words.allSatisfy($0.shows) }, "\(terminal.screen.text)")
    return terminal.screen.text
  }
}
