// The performance figures in the real program: the screens of the page about the instruments.

import Platform
import TestSupport
import Testing

@Suite("Instruments", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct InstrumentTests {
  @Test(
    "The figures of an answer with thinking and a stall are on small and on large screens",
    arguments: [(80, 24), (160, 50)])
  func overlay(columns: Int, rows: Int) throws {
    let words = "A riffle is the quick water of a stream, and what a thumb does to a deck of cards. ".split(
      separator: " ")
    let home = try Home { _ in
      var steps: [FaultServer.Step] = [.pause(180), Completion.head]
      for number in 0..<12 { steps += [Completion.thinking("thought \(number) "), .pause(15)] }
      for number in 0..<90 {
        steps += [
          Completion.text("\(words[number % words.count]) "), .pause(number == 40 ? 1_200 : number % 3 == 0 ? 30 : 8),
        ]
      }
      return .stream(steps + [Completion.end])
    }
    let terminal = try home.open(rows: rows, columns: columns)
    try terminal.say("What is a riffle?")
    terminal.type("\u{1B}OR")
    try #require(terminal.wait(20_000) { $0.overlay["state"] == "done" }, "\(terminal.screen.text)")
    try #require(terminal.wait(5_000) { $0.shows("1 stall") && $0.shows("░") }, "\(terminal.screen.text)")
    #expect(terminal.screen.overlay["chunks"] == "102")
    if columns == 160 {
      terminal.type("\u{1B}OR")
      try #require(terminal.wait(5_000) { !$0.shows("└") && $0.shows("avg chars/s") })
    }
    try InstrumentCapture.write("overlay-\(columns)x\(rows)", terminal.screen.text)
  }
}
