// The figures: on the screen and in the output for scripts the same, and the truth.

import Framing
import Platform
import TestSupport
import Testing

@Suite("True figures", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct TrueFiguresTests {
  /// What was sent and when, in milliseconds from the request.
  private struct Schedule {
    var pieces: [(time: Int, text: String)] = []

    /// Steady at first, then a burst, then a pause long enough to be a stall.
    static var uneven: Schedule {
      var schedule = Schedule()
      var time = 150
      for number in 0..<20 {
        schedule.pieces.append((time, String(repeating: "é", count: 3 + number % 5) + " "))
        time += 40
      }
      for _ in 0..<10 { schedule.pieces.append((time, "burst ")) }
      time += 1_300
      schedule.pieces.append((time, "the end"))
      return schedule
    }

    var characters: Int { pieces.reduce(0) { $0 + $1.text.count } }
    var first: Double { Double(pieces.first?.time ?? 0) }
    var last: Double { Double(pieces.last?.time ?? 0) }
    var longestGap: Double {
      Double(zip(pieces, pieces.dropFirst()).map { $1.time - $0.time }.max() ?? 0)
    }
    var body: [[UInt8]] { pieces.map { Completion.event(Array($0.text.utf8)) } }

    /// As a file for the replay provider.
    var recording: String {
      var lines = [
        "{\"riffle\":\"replay\",\"version\":1,\"kind\":\"openai\",\"status\":200,\"content_type\":\"text/event-stream\"}"
      ]
      for (piece, bytes) in zip(pieces, body) {
        lines.append("{\"t_ms\":\(piece.time),\"data\":\(Self.json(bytes))}")
      }
      let finish = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
      lines.append("{\"t_ms\":\(Int(last)),\"data\":\(Self.json(Array(finish.utf8)))}")
      return lines.joined(separator: "\n") + "\n"
    }

    private static func json(_ bytes: [UInt8]) -> String { String(decoding: Completion.quoted(bytes), as: UTF8.self) }
  }

  // A loaded machine delays a chunk, never hastens it: truth is the lower bound, and this far above it the upper.
  private static let tolerance = 400.0

  @Test("The screen, the output for scripts and the recording agree")
  func recorded() throws {
    let schedule = Schedule.uneven
    let home = try Home(
      configuration: """
        profile = "tape"
        [providers.lab]
        kind = "replay"
        file = "tape.jsonl"
        [profiles.tape]
        provider = "lab"
        model = "m"
        """
    ) { _ in Completion.answer("never") }
    for folder in ["/config/riffle", ""] {
      try LocalFiles.write(Array(schedule.recording.utf8), to: home.folder + folder + "/tape.jsonl")
    }
    let figures = try metrics(home)
    let overlay = try overlay(home)
    #expect(overlay["chunks"] == "\(figures["chunks"]?.int ?? -1)")
    #expect(overlay["characters"] == "\(figures["characters"]?.int ?? -1)")
    #expect(overlay["bytes"].flatMap(Self.number) == figures["bytes"]?.double.map { ($0 / 100).rounded() / 10 })
    #expect(overlay["average chunk"].flatMap(Self.number) == figures["average_chunk_characters"]?.double)
    #expect(overlay["stalls / retries"] == "\(figures["stalls"]?.int ?? -1) / \(figures["retries"]?.int ?? -1)")
    try check(overlay, figures, against: schedule)
  }

  @Test("They are the truth of a server that sends known chunks at known times")
  func served() throws {
    let schedule = Schedule.uneven
    let home = try Home { _ in
      var steps: [FaultServer.Step] = [Completion.head]
      var time = 0
      for (piece, bytes) in zip(schedule.pieces, schedule.body) {
        if piece.time > time { steps.append(.pause(piece.time - time)) }
        time = piece.time
        steps.append(.bytes(bytes))
      }
      return .stream(steps + [Completion.end])
    }
    try check(overlay(home), metrics(home), against: schedule)
  }

  /// Both accounts of the same schedule against it.
  private func check(_ overlay: [String: String], _ figures: JSONValue, against schedule: Schedule) throws {
    #expect(figures["chunks"]?.int == schedule.pieces.count)
    #expect(overlay["chunks"] == "\(schedule.pieces.count)")
    #expect(figures["characters"]?.int == schedule.characters)
    #expect(overlay["characters"] == "\(schedule.characters)")
    #expect(figures["stalls"]?.int == 1)
    #expect(overlay["stalls / retries"] == "1 / 0")
    let average = (Double(schedule.characters) / Double(schedule.pieces.count) * 10).rounded() / 10
    #expect(figures["average_chunk_characters"]?.double == average)
    #expect(overlay["average chunk"].flatMap(Self.number) == average)

    // Shown to hundredths of a second, so half of one below is possible.
    for (name, shown, written, truth) in [
      ("first chunk", overlay["first chunk"], figures["first_chunk_ms"], schedule.first),
      ("first text", overlay["first text"], figures["first_text_ms"], schedule.first),
      ("total", overlay["elapsed"], figures["total_ms"], schedule.last),
    ] {
      let seconds = try #require(shown.flatMap(Self.number), "\(name): \(overlay)")
      let milliseconds = try #require(written?.double, "\(name)")
      #expect(seconds * 1000 >= truth - 5 && seconds * 1000 < truth + Self.tolerance, "\(name): \(seconds) s")
      #expect(milliseconds >= truth && milliseconds < truth + Self.tolerance, "\(name): \(milliseconds) ms")
    }
    // A chunk that came late shortens the gap after it.
    let longest = try #require(figures["gap_ms"]?["max"]?.double)
    #expect(abs(longest - schedule.longestGap) < Self.tolerance)
    let shown = try #require(overlay["gaps p99 / max"]?.split(separator: "/").last.flatMap { Self.number(String($0)) })
    #expect(abs(shown * 1000 - schedule.longestGap) < Self.tolerance, "\(overlay)")
    let rate = try #require(figures["characters_per_second"]?.double)
    #expect(rate > 0 && rate <= Double(schedule.characters) / schedule.last * 1000)
    let total = try #require(figures["total_ms"]?.double)
    #expect(abs(rate - Double(schedule.characters) / total * 1000) < 0.1)
  }

  /// What `ask --json` says of a run.
  private func metrics(_ home: Home) throws -> JSONValue {
    let result = try home.run(["ask", "--json", "x"])
    #expect(result.status == .exited(0))
    for line in String(decoding: result.output, as: UTF8.self).split(separator: "\n") {
      if case .success(let value) = JSONParser.parse(String(line)), value["type"]?.string == "metrics" { return value }
    }
    throw Failure("no metrics: \(String(decoding: result.output, as: UTF8.self))")
  }

  /// What the overlay says when an answer is done.
  private func overlay(_ home: Home) throws -> [String: String] {
    let terminal = try home.open(rows: 40, columns: 120)
    terminal.type("\u{1B}OR")
    try #require(terminal.wait(15_000, for: "Performance"), "\(terminal.screen.text)")
    try terminal.say("what is it?")
    try #require(terminal.wait(20_000) { $0.overlay["m"] == "done" }, "\(terminal.screen.text)")
    return terminal.screen.overlay
  }

  /// The number a text begins with, in seconds if it is a time.
  private static func number(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard let first = words.first, let value = Double(first) else { return nil }
    return words.count > 1 && words[1] == "ms"
      ? value / 1000 : words.count > 1 && words[1] == "µs" ? value / 1e6 : value
  }
}
