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

    /// 50 chunks, one every 20 ms.
    static var steady: Schedule { Schedule(pieces: (0..<50).map { (100 + $0 * 20, "word ") }) }

    /// Ten bursts of eight chunks.
    static var bursts: Schedule {
      Schedule(pieces: (0..<80).map { (50 + $0 / 8 * 90, "burst \($0) ") })
    }

    /// Two silences that are stalls, and one of a second that is none.
    static var stalls: Schedule {
      let gaps = [30, 30, 30, 1_250, 30, 1_000, 30, 1_400, 30]
      var time = 40
      var schedule = Schedule(pieces: [(time, "begin ")])
      for gap in gaps {
        time += gap
        schedule.pieces.append((time, "after \(gap) "))
      }
      return schedule
    }

    static var single: Schedule { Schedule(pieces: [(120, "all of it at once")]) }

    /// 5,000 chunks in a second, five at a time.
    static var flood: Schedule { Schedule(pieces: (0..<5_000).map { (30 + $0 / 5, "w\($0 % 10) ") }) }

    static let named: [(name: String, schedule: Schedule)] = [
      ("uneven", uneven), ("steady", steady), ("bursts", bursts), ("stalls", stalls), ("single", single),
      ("none", Schedule()), ("flood", flood),
    ]

    /// In milliseconds, the shortest first.
    var gaps: [Double] { zip(pieces, pieces.dropFirst()).map { Double($1.time - $0.time) }.sorted() }

    /// Gaps longer than a second and than eight times the median before them.
    var stallCount: Int {
      let gaps = zip(pieces, pieces.dropFirst()).map { Double($1.time - $0.time) }
      return gaps.indices.count { index in
        let before = gaps[..<index].sorted()
        let median = before.isEmpty ? 0 : before[(before.count + 1) / 2 - 1]
        return gaps[index] > 1000 && gaps[index] > 8 * median
      }
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

    /// What a server does.
    var steps: [FaultServer.Step] {
      var steps: [FaultServer.Step] = [Completion.head]
      var time = 0
      for (piece, bytes) in zip(pieces, body) {
        if piece.time > time { steps.append(.pause(piece.time - time)) }
        time = piece.time
        steps.append(.bytes(bytes))
      }
      return steps + [Completion.end]
    }

    private static func json(_ bytes: [UInt8]) -> String { String(decoding: Completion.quoted(bytes), as: UTF8.self) }
  }

  // A loaded machine delays a chunk, never hastens it: truth is the lower bound, and this far above it the upper.
  private static let tolerance = 400.0

  // What a recording gives is stamped with its own times: the figures are exact to their last digit, which is a tenth of a
  // millisecond, and percentiles to the three digits of their histogram.
  private static func isExact(_ value: Double?, _ truth: Double) -> Bool {
    value.map { abs($0 - truth) <= 0.051 + truth * 0.001 } ?? false
  }

  // The request is made a moment before the recording begins to play; on a busy machine it is a longer moment.
  private static func isSince(_ value: Double?, _ truth: Double) -> Bool {
    value.map { $0 >= truth - 0.051 && $0 < truth + 50 } ?? false
  }

  @Test(
    "Of chunks at known times every figure is the truth, for scripts, on the screen and in the archive",
    arguments: Schedule.named.indices)
  func exact(index: Int) throws {
    let (name, schedule) = Schedule.named[index]
    let home = try Home(
      configuration: """
        profile = "tape"
        [providers.lab]
        kind = "replay"
        file = "tape.jsonl"
        [profiles.tape]
        provider = "lab"
        model = "m"
        [prices."lab/m"]
        input = 2.0
        output = 8.0
        """
    ) { _ in Completion.answer("never") }
    for folder in ["/config/riffle", ""] {
      try LocalFiles.write(Array(schedule.recording.utf8), to: home.folder + folder + "/tape.jsonl")
    }
    let figures = try metrics(home, status: schedule.pieces.isEmpty ? 3 : 0)
    checkExact(figures, against: schedule, name)

    let listed = try home.run(["show", "figures", "--json"])
    guard case .success(let shown) = JSONParser.parse(String(decoding: listed.output, as: UTF8.self)),
      let stored = shown["messages"]?.array?.last?["metrics"]
    else { throw Failure("\(name): no metrics in the archive: \(String(decoding: listed.output, as: UTF8.self))") }
    for member in stored.object?.members ?? [] {
      #expect(figures[member.key] == member.value, "\(name): \(member.key)")
    }
    #expect(stored["chunks"]?.int == schedule.pieces.count)

    let overlay = try overlay(home)
    let gaps = figures["gap_ms"]
    #expect(overlay["chunks"].flatMap(Self.count) == schedule.pieces.count, "\(name): \(overlay)")
    #expect(overlay["characters"].flatMap(Self.count) == schedule.characters, "\(name)")
    #expect(overlay["stalls"] == "\(schedule.stallCount)", "\(name)")
    #expect(overlay["retries"] == "0")
    for (label, written) in [
      ("first chunk", figures["first_chunk_ms"]), ("first text", figures["first_text_ms"]),
      ("last chunk", figures["last_chunk_ms"]), ("gap p50", gaps?["p50"]), ("p95", gaps?["p95"]),
      ("gap p99", gaps?["p99"]), ("max", gaps?["max"]),
    ] {
      guard let truth = written?.double else {
        #expect(overlay[label] == nil || overlay[label] == "–", "\(name): \(label) \(overlay)")
        continue
      }
      let seconds = try #require(overlay[label].flatMap(Self.number), "\(name): \(label) \(overlay)")
      // Three digits, or hundredths of a second.
      #expect(abs(seconds * 1000 - truth) <= max(0.06, truth * 0.005 + (truth >= 100 ? 5 : 0.5)), "\(name): \(label)")
    }
    #expect(
      overlay["avg chunk"].flatMap(Self.number) == figures["average_chunk_characters"]?.double, "\(name): \(overlay)")
  }

  private func checkExact(_ figures: JSONValue, against schedule: Schedule, _ name: String) {
    let count = schedule.pieces.count
    #expect(figures["chunks"]?.int == count, "\(name)")
    #expect(figures["characters"]?.int == schedule.characters, "\(name)")
    #expect(figures["bytes"]?.int == schedule.body.reduce(0) { $0 + $1.count }, "\(name)")
    #expect(figures["stalls"]?.int == schedule.stallCount, "\(name)")
    #expect(figures["retries"]?.int == 0)
    guard count > 0 else {
      for key in [
        "first_chunk_ms", "first_text_ms", "last_chunk_ms", "average_chunk_characters", "characters_per_second",
      ] {
        #expect(figures[key]?.isNull == true, "\(name): \(key) is \(String(describing: figures[key]))")
      }
      #expect(figures["gap_ms"]?["p50"]?.isNull == true)
      return
    }
    #expect(Self.isExact(figures["average_chunk_characters"]?.double, Double(schedule.characters) / Double(count)))
    #expect(Self.isSince(figures["first_chunk_ms"]?.double, schedule.first), "\(name)")
    #expect(Self.isSince(figures["first_text_ms"]?.double, schedule.first), "\(name)")
    #expect(Self.isSince(figures["last_chunk_ms"]?.double, schedule.last), "\(name)")
    #expect(Self.isSince(figures["total_ms"]?.double, schedule.last), "\(name)")
    let total = figures["total_ms"]?.double ?? 0
    #expect(
      Self.isExact(figures["characters_per_second"]?.double, Double(schedule.characters) / total * 1000), "\(name)")
    let gaps = schedule.gaps
    for (key, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1)] {
      let written = figures["gap_ms"]?[key]
      if gaps.isEmpty {
        #expect(written?.isNull == true, "\(name): \(key)")
      } else {
        let truth = gaps[max(1, Int((share * Double(gaps.count)).rounded(.up))) - 1]
        #expect(Self.isExact(written?.double, truth), "\(name): \(key) is \(written?.double ?? -1), truth \(truth)")
      }
    }
    // Nobody counted the tokens: the cost is an estimate, and says so.
    #expect(figures["cost"]?.double ?? 0 > 0 && figures["cost_estimated"]?.bool == true, "\(name)")
  }

  @Test("They are the truth of a server that sends known chunks at known times")
  func served() throws {
    let schedule = Schedule.uneven
    let home = try Home { _ in .stream(schedule.steps) }
    try check(overlay(home), metrics(home), against: schedule)
  }

  @Test("Nothing is lost count of at 5,000 chunks a second from a server")
  func servedFlood() throws {
    let schedule = Schedule.flood
    let home = try Home { _ in .stream(schedule.steps) }
    let figures = try metrics(home)
    #expect(figures["chunks"]?.int == 5_000)
    #expect(figures["characters"]?.int == schedule.characters)
    #expect(figures["bytes"]?.int == schedule.body.reduce(0) { $0 + $1.count })
    let overlay = try overlay(home)
    #expect(overlay["chunks"] == "5,000")
    #expect(overlay["characters"].flatMap(Self.count) == schedule.characters)
  }

  /// Both accounts of the same schedule against it.
  private func check(_ overlay: [String: String], _ figures: JSONValue, against schedule: Schedule) throws {
    #expect(figures["chunks"]?.int == schedule.pieces.count)
    #expect(overlay["chunks"] == "\(schedule.pieces.count)")
    #expect(figures["characters"]?.int == schedule.characters)
    #expect(overlay["characters"] == "\(schedule.characters)")
    #expect(figures["stalls"]?.int == 1)
    #expect(overlay["stalls"] == "1" && overlay["retries"] == "0")
    let average = (Double(schedule.characters) / Double(schedule.pieces.count) * 10).rounded() / 10
    #expect(figures["average_chunk_characters"]?.double == average)
    #expect(overlay["avg chunk"].flatMap(Self.number) == average)

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
    let shown = try #require(overlay["max"].flatMap(Self.number))
    #expect(abs(shown * 1000 - schedule.longestGap) < Self.tolerance, "\(overlay)")
    let rate = try #require(figures["characters_per_second"]?.double)
    #expect(rate > 0 && rate <= Double(schedule.characters) / schedule.last * 1000)
    let total = try #require(figures["total_ms"]?.double)
    #expect(abs(rate - Double(schedule.characters) / total * 1000) < 0.1)
  }

  /// What `ask --json` says of a run.
  private func metrics(_ home: Home, status: Int32 = 0) throws -> JSONValue {
    let result = try home.run(["ask", "--json", "--id", "figures", "x"])
    #expect(result.status == .exited(status))
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
    try #require(terminal.wait(20_000) { $0.overlay["state"] != nil }, "\(terminal.screen.text)")
    return terminal.screen.overlay
  }

  /// The number in a text, whose thousands may be set apart.
  private static func count(_ text: String) -> Int? { Int(text.filter { $0 != "," }) }

  /// The number a text begins with, in seconds if it is a time.
  private static func number(_ text: String) -> Double? {
    let words = text.split(separator: " ")
    guard let first = words.first, let value = Double(first) else { return nil }
    return words.count > 1 && words[1] == "ms"
      ? value / 1000 : words.count > 1 && words[1] == "µs" ? value / 1e6 : value
  }
}
