// Comparing and load, by the real program on a server whose times are known.

import Framing
import Platform
import TestSupport
import Testing

/// A server of chat completions that streams or answers whole, as it is asked, and keeps to times.
private enum TimedCompletion {
  /// Text after `first` milliseconds and the rest until `total`; whole after `whole`.
  static func answer(_ request: FaultServer.Request, first: Int, total: Int, whole: Int) -> FaultServer.Answer {
    guard request.text.contains("\"stream\":true") else {
      let body = #"{"choices":[{"index":0,"message":{"content":"Slowly, and for long."},"finish_reason":"stop"}]}"#
      let bytes = Array(body.utf8)
      return .stream([
        .pause(whole), .head(200, ["content-type": "application/json"], framing: .length(bytes.count)), .bytes(bytes),
      ])
    }
    return .stream([
      Completion.head, .pause(first), Completion.text("Slowly, "), .pause((total - first) / 2),
      Completion.text("and for "), .pause(total - first - (total - first) / 2), Completion.text("long."),
      Completion.end,
    ])
  }

  static func refusal(_ status: Int, _ words: String) -> FaultServer.Answer {
    .respond(
      status, ["content-type": "application/json"], body: Array("{\"error\":{\"message\":\"\(words)\"}}".utf8))
  }
}

@Suite("Comparing and load", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct CompareTests {
  private static let isCapturing = Environment.captured()["RIFFLE_CAPTURES"] != nil

  // A loaded machine may delay any chunk, and so move a difference of two either way by this much.
  private static let tolerance = 150.0

  @Test("Text that is streamed after 50 ms of 400 comes 350 ms sooner, and the interval holds the truth")
  func sooner() throws {
    let home = try Home { TimedCompletion.answer($0, first: 50, total: 400, whole: 400) }
    let result = try home.json("compare", "-n", "6", "--json", "How do rivers flow?")
    #expect(result["verdict"]?.string == "sooner")
    let interval = try #require(result["streaming_sooner_by"]?["first_text_ms"]?["median_interval"])
    let (low, high) = (interval["low"]?.double ?? .nan, interval["high"]?.double ?? .nan)
    #expect(low > 0 && low < 350 + Self.tolerance && high > 350 - Self.tolerance && low <= high, "\(low) to \(high)")
    #expect(interval["coverage"]?.double == 0.96875)
    let first = try #require(result["modes"]?["streaming"]?["first_text_ms"]?["median"]?.double)
    #expect(first >= 50 && first < 50 + Self.tolerance)
    for mode in ["streaming", "whole"] {
      let total = try #require(result["modes"]?[mode]?["total_ms"]?["median"]?.double)
      #expect(total >= 400 && total < 400 + Self.tolerance)
      #expect(result["modes"]?[mode]?["characters"]?["median"]?.double == 21)
    }
    let runs = try #require(result["runs"]?.array)
    #expect(runs.count == 14 && runs.count { $0["warm_up"]?.bool == true } == 2)
    let modes = home.server.log.requests.map { $0.text.contains("\"stream\":true") }
    #expect(modes == [true, false, true, false, false, true, true, false, false, true, true, false, false, true])
    // Nothing of it is a conversation.
    #expect(try home.json("list", "--json").array?.isEmpty == true)
  }

  @Test("Modes that take the same time show no difference")
  func alike() throws {
    let count = Locked(0)
    // Who goes first in a pair has the shorter wait: the modes have the same times, and differ in both directions.
    let home = try Home { request in
      let isFirst = count.withLock { count in
        defer { count += 1 }
        return count.isMultiple(of: 2)
      }
      let time = isFirst ? 10 : 70
      return TimedCompletion.answer(request, first: time, total: time, whole: time)
    }
    let result = try home.words("compare", "-n", "6", "hi")
    #expect(result.status == .exited(0))
    // Of the first text and of all.
    let phrase = "6 runs can show"
    #expect(result.text.split(separator: phrase, omittingEmptySubsequences: false).count == 3, "\(result.text)")
    #expect(!result.text.contains("\u{1B}") && !result.text.contains("\r"))
  }

  @Test("Failed runs are excluded with their reasons; too few pairs are not enough to tell")
  func excluded() throws {
    let count = Locked(0)
    let home = try Home { request in
      let number = count.withLock { count in
        count += 1
        return count
      }
      return number == 4 || number == 7
        ? TimedCompletion.refusal(429, "slow down") : TimedCompletion.answer(request, first: 1, total: 30, whole: 30)
    }
    let result = try home.words("compare", "-n", "7", "hi")
    #expect(result.status == .exited(0))
    #expect(
      result.text.contains("Not enough runs to tell: 5 valid pairs, and at least 6 are needed."), "\(result.text)")
    #expect(result.text.contains("Excluded, 2×: ") && result.text.contains("slow down"))
    #expect(result.text.contains("2 runs were excluded; 5 pairs of 7 count."))
  }

  @Test("Where nothing can be measured the exit status says why, and little is asked")
  func nothing() throws {
    let home = try Home { _ in TimedCompletion.refusal(401, "no such key") }
    let refused = try home.words("compare", "hi")
    #expect(refused.status == .exited(3))
    #expect(refused.text.contains("nothing could be measured") && refused.text.contains("no such key"))
    #expect(home.server.log.requests.count == 2)
    let load = try home.run(["bench", "--json", "hi"])
    #expect(load.status == .exited(3))
    #expect(home.server.log.requests.count == 4)
    for wrong in [
      ["compare", "-n", "0", "hi"], ["compare", "-n", "501", "hi"], ["bench", "-c", "0"], ["bench", "-n", "0"],
    ] {
      #expect(try home.run(wrong).status == .exited(2), "\(wrong)")
    }
    #expect(try home.run(["bench", "--with", "nobody"]).status == .exited(2))
  }

  @Test("Ctrl+C ends the measuring and writes what there is; progress goes to the terminal only")
  func interrupted() throws {
    let home = try Home { TimedCompletion.answer($0, first: 5, total: 20, whole: 20) }
    let terminal = try PseudoTerminal(home.command(["compare", "-n", "400", "hi"]), rows: 30, columns: 80)
    /// The pair that the line of progress tells of. Some are drawn over before anybody has looked.
    func pair(_ screen: VirtualTerminal) -> Int? {
      guard let row = screen.find(" of 400:")?.row else { return nil }
      return screen.text[row].split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }
    try #require(terminal.wait(20_000) { (pair($0) ?? 0) >= 9 }, "\(terminal.screen.text)")
    terminal.type("\u{3}")
    #expect(terminal.waitForExit(15_000) == .exited(130))
    #expect(terminal.screen.shows("Stopped before the end"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("Streaming showed the first text"))
    #expect(pair(terminal.screen) == nil)
  }

  @Test("A load keeps to its number at once, and counts what failed apart")
  func load() throws {
    let count = Locked(0)
    let home = try Home { request in
      let number = count.withLock { count in
        count += 1
        return count
      }
      return number == 5
        ? TimedCompletion.refusal(500, "it is ill")
        : TimedCompletion.answer(
          request, first: 40, total: 120, whole: 120)
    }
    let result = try home.json("bench", "-n", "7", "-c", "3", "--warm-up", "1", "--json", "hi")
    let report = try #require(result["profiles"]?.array?.first)
    #expect(report["valid"]?.int == 6 && report["excluded"]?.int == 1 && report["warm_ups"]?.int == 1)
    #expect(report["reasons"]?.array?.first?["count"]?.int == 1)
    #expect(report["reasons"]?.array?.first?["reason"]?.string?.contains("it is ill") == true)
    #expect(home.server.log.requests.count == 8)
    let peak = try #require(report["at_once"]?["peak"]?.int)
    #expect(peak >= 2 && peak <= 3)
    for (name, truth) in [("first_text_ms", 40.0), ("total_ms", 120), ("gap_ms", 40)] {
      let median = try #require(report[name]?["p50"]?.double, "\(name)")
      #expect(median > truth - 15 && median < truth + Self.tolerance, "\(name): \(median)")
    }
    #expect(report["gap_ms"]?["count"]?.int == 12 && report["tokens_estimated"]?.bool == true)
    // Six answers of 120 ms, three at a time, and one that failed at once.
    let wall = try #require(report["throughput"]?["wall_ms"]?.double)
    #expect(wall >= 240 && wall < 240 + 6 * Self.tolerance)
  }

  // MARK: The page about instruments

  /// Times that differ a little from request to request, always in the same way.
  /// - Parameter waiting: requests that wait for a signal with their number.
  private static func lively(
    _ count: Locked<Int>, scale: Int, waiting: Set<Int> = []
  ) -> @Sendable (FaultServer.Request) -> FaultServer.Answer {
    { request in
      let number = count.withLock { count in
        count += 1
        return count
      }
      let first = (90 + number * 37 % 60) * scale / 100
      let total = (780 + number * 53 % 140) * scale / 100
      let answer = TimedCompletion.answer(request, first: first, total: total, whole: total)
      guard waiting.contains(number), case .stream(let steps) = answer else { return answer }
      return .stream([.waitForSignal("\(number)")] + steps)
    }
  }

  @Test("The view follows a measurement that goes on when it is closed", arguments: [(80, 24), (160, 50)])
  func view(columns: Int, rows: Int) throws {
    let pairs = Self.isCapturing ? 10 : 6
    // The first of all waits until the view is closed, the first of the second measurement for ever.
    let home = try Home(
      Self.lively(Locked(0), scale: Self.isCapturing ? 100 : 10, waiting: [1, pairs * 2 + 3]))
    let terminal = try home.open(rows: rows, columns: columns)
    try terminal.say("/compare \(pairs) How do rivers shape valleys?")
    try #require(terminal.wait(20_000, for: "Streaming and whole"), "\(terminal.screen.text)")
    terminal.type("q")
    try #require(terminal.wait(20_000) { !$0.shows("Streaming and whole") }, "\(terminal.screen.text)")
    home.server.signal("1")
    try #require(terminal.wait(60_000, for: "/compare shows it"), "\(terminal.screen.text)")
    try terminal.say("/compare")
    try #require(terminal.wait(20_000, for: "finished, \(pairs) pairs"), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("Streaming showed the first text"))
    #expect(terminal.screen.shows("prompt: How do rivers shape valleys?"))
    try InstrumentCapture.write("compare-\(columns)x\(rows)", terminal.screen.text)
    terminal.type("r")
    try #require(terminal.wait(20_000, for: "warming up, streaming"), "\(terminal.screen.text)")
    terminal.type("x")
    try #require(terminal.wait(20_000, for: "Stopped before the end."), "\(terminal.screen.text)")
    terminal.type("\u{1B}")
    try #require(terminal.wait(20_000) { !$0.shows("Streaming and whole") })
    terminal.type("\u{3}\u{3}")
    #expect(terminal.waitForExit(15_000) == .exited(0))
    #expect(try home.conversations().allSatisfy { $0["messages"]?.array?.isEmpty == true })
  }

  @Test("When the reader has gone a load is broken off, and the next one is not begun")
  func readerGone() throws {
    let home = try Home(other: true) { TimedCompletion.answer($0, first: 50, total: 700, whole: 100) }
    let result = try home.shell(
      "{ $RIFFLE bench -n 9 -c 1 --warm-up 0 --with work --with other hi; echo $? >status; } | true; cat status")
    #expect(result.output == Array("141\n".utf8))
    #expect(home.server.log.requests.count <= 1)
  }

  @Test("The table of a load fits on a terminal", arguments: [(80, 24), (160, 50)])
  func table(columns: Int, rows: Int) throws {
    let home = try Home(other: true, Self.lively(Locked(0), scale: Self.isCapturing ? 100 : 10))
    let profiles = rows > 24 ? ["--with", "work", "--with", "other"] : []
    let count = Self.isCapturing ? "20" : "4"
    let terminal = try PseudoTerminal(
      home.command(["bench", "-n", count, "How do rivers shape valleys?"] + profiles), rows: rows, columns: columns)
    #expect(terminal.waitForExit(60_000) == .exited(0), "\(terminal.screen.text)")
    #expect(terminal.screen.shows("under way at once"), "\(terminal.screen.text)")
    #expect(terminal.screen.text.allSatisfy { !$0.contains("measured") })
    try InstrumentCapture.write("bench-\(columns)x\(rows)", terminal.screen.text)
  }
}
