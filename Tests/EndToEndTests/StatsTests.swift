// Figures over many answers, from the real program: what `riffle stats` tells is what the server did, and what the screen
// shows is what the archive holds.

import CSQLite
import Framing
import Platform
import TestSupport
import Testing

@Suite("stats", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct StatsTests {
  /// Answers by a word of their prompt: 30 or 250 ms before the first text, 12 → 34 tokens; refused; cut off.
  private static func script(_ request: FaultServer.Request) -> FaultServer.Answer {
    func answer(after pause: Int) -> FaultServer.Answer {
      let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":34}}\n\n"
      return .stream([
        Completion.head, .pause(pause), Completion.text("one "), .pause(20), Completion.text("two"),
        .bytes(usage), Completion.end,
      ])
    }
    if request.text.contains("refuse") { return .respond(401, body: Array("{\"error\":{\"message\":\"no\"}}".utf8)) }
    if request.text.contains("cut") { return .stream([Completion.head, Completion.text("half"), .close]) }
    return answer(after: request.text.contains("slow") ? 250 : 30)
  }

  /// What an `ask` says of itself.
  private func ask(_ home: Home, _ prompt: String, _ flags: String...) throws -> JSONValue? {
    let result = try home.run(["ask", "--json"] + flags + [prompt])
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n").compactMap { line in
      if case .success(let value) = JSONParser.parse(String(line)), value["type"]?.string == "metrics" {
        value
      } else {
        nil
      }
    }.last
  }

  @Test("What stats tells is what the server did and what each answer said of itself")
  func truth() throws {
    let home = try Home(other: true, Self.script)
    var metrics: [JSONValue] = []
    for prompt in ["quick", "slow", "quick", "cut", "refuse", "slow", "quick"] {
      metrics += try ask(home, prompt).map { [$0] } ?? []
    }
    _ = try ask(home, "quick", "--profile", "other")
    _ = try home.run(["delete", try #require(home.json("list", "--json")[0]?["id"]?.string)])

    let groups = try home.json("stats", "--json", "--by", "model,profile")
    let work = try #require(groups.array?.first { $0["model"]?.string == "m" })
    #expect(groups.array?.map { $0["profile"]?.string } == ["work", "other"])
    #expect((work["answers"]?.int, work["errors"]?.int, work["stopped"]?.int) == (7, 2, 0))
    #expect(work["error_rate"]?.double.map { abs($0 - 2.0 / 7) < 0.001 } == true)
    let firsts = metrics.compactMap { $0["first_text_ms"]?.double }.sorted()
    #expect(firsts.count == 6)
    // The nearest rank: the third of six is the median, the last one all above it.
    #expect(work["first_text_ms_p50"]?.double == firsts[2] && work["first_text_ms_p95"]?.double == firsts[5])
    #expect(firsts[1] >= 30 && firsts[4] >= 250)
    let complete = metrics.filter { ($0["characters"]?.int ?? 0) == 7 }.compactMap { $0["total_ms"]?.double }.sorted()
    #expect(complete.count == 5 && work["total_ms_p50"]?.double == complete[2])
    #expect(work["total_ms_p99"]?.double == complete[4])
    // Five times what the server counted, and an estimate for what was cut.
    let estimated = try #require(work["output_tokens"]?.int)
    #expect(estimated == 5 * 34 + 1 && work["tokens_estimated"]?.bool == true)
    #expect(work["watched_known"]?.int == 0 && work["watched_share"]?.double == nil)
    let other = try #require(groups.array?.first { $0["model"]?.string == "m-other" })
    #expect((other["answers"]?.int, other["input_tokens"]?.int, other["output_tokens"]?.int) == (1, 12, 34))
    #expect(other["tokens_estimated"]?.bool == false)

    let csv = String(decoding: try home.run(["stats", "--csv", "--by", "profile"]).output, as: UTF8.self)
    #expect(csv.hasPrefix("profile,answers,errors,") && csv.contains("\r\nwork,7,2,"))
    let table = String(decoding: try home.run(["stats"]).output, as: UTF8.self)
    #expect(table.hasPrefix("8 answers from ") && table.contains("first p50") && table.contains("m-other"))
    #expect(!table.contains("\u{1B}"))
    let bars = String(decoding: try home.run(["stats", "--chart", "count"]).output, as: UTF8.self)
    #expect(bars.contains("█") && !bars.contains("\u{1B}"))
    let first = try home.words("stats", "--chart", "--by", "model")
    #expect(first.status == .exited(0) && first.text.contains("time to first text, seconds"), "\(first.text)")
  }

  @Test("A script in linear mode gets the figures in lines, before its next line is read")
  func linear() throws {
    let home = try Home { _ in Completion.answer("forty-two") }
    let result = try home.run(["--linear"], input: "what?\n/stats model\n/stats week\n/quit\n")
    let text = String(decoding: result.output, as: UTF8.self)
    #expect(text.contains("\n1 answer since ") && text.contains("\nm: answers 1, errors 0"), "\(text)")
    #expect(text.contains("The last answer: first ") && !text.contains("\u{1B}"))
  }

  @Test("Nothing to count is no error, wrong words are")
  func empty() throws {
    let home = try Home { _ in Completion.answer("never") }
    let none = try home.run(["stats"])
    #expect(none.status == .exited(0))
    #expect(String(decoding: none.output, as: UTF8.self).hasPrefix("No answers from "))
    #expect(try home.run(["stats", "--json"]).output == Array("[]\n".utf8))
    for wrong in [["--since", "soon"], ["--by", "week"], ["--chart", "errors"], ["--json", "--csv"]] {
      let result = try home.words("stats", wrong[0], wrong[1])
      #expect(result.status == .exited(2), "\(wrong)")
    }
    #expect(try home.words("stats", "--by", "week").text.contains("provider, model, profile, day, hour"))
    #expect(
      try home.run(["--data", home.folder + "/data/riffle", "stats", "--since", "1d", "--until", "2d"]).status
        == .exited(2))
  }

  @Test("Who looks away has not watched to the end")
  func watched() throws {
    let home = try Home { Completion.slow($0, among: ["beta", "alpha"]) }
    let terminal = try home.open()
    for (name, focus) in [("alpha", "\u{1B}[I"), ("beta", "\u{1B}[O")] {
      try terminal.say("ask \(name)")
      try #require(terminal.wait(15_000, for: "\(name)-start"), "\(terminal.screen.text)")
      terminal.type(focus)
      home.server.signal("\(name)-more")
      try #require(terminal.wait(15_000, for: "\(name)-goes-on"), "\(terminal.screen.text)")
      home.server.signal("\(name)-end")
      try #require(terminal.wait(15_000, for: "\(name)-done"), "\(terminal.screen.text)")
    }
    let isKnown = terminal.waitElsewhere {
      (try? home.json("stats", "--json")[0]?["watched_known"]?.int) == 2
    }
    #expect(isKnown)
    #expect(try home.json("stats", "--json")[0]?["watched_share"]?.double == 0.5)
  }

  @Test("The view counts, narrows, draws bars, and marks an answer that was slower than its model mostly is")
  func view() throws {
    let home = try Home(Self.script)
    _ = try ask(home, "quick")
    try fill(home)
    for (rows, columns, count) in [(24, 80, 241), (50, 160, 242)] {
      let terminal = try home.open(rows: rows, columns: columns)
      try terminal.say("/stats")
      try #require(terminal.wait(15_000, for: "\(count) answers"), "\(terminal.screen.text)")
      #expect(terminal.screen.shows("first p95") && terminal.screen.shows("m-large"))
      if columns == 80 { try InstrumentCapture.write("stats-80x24", terminal.screen.text) }
      terminal.type("d")
      try #require(terminal.wait(15_000, for: "by provider, model, day"), "\(terminal.screen.text)")
      terminal.type("c")
      try #require(terminal.wait(15_000, for: "full bar"), "\(terminal.screen.text)")
      terminal.type("q")
      try #require(terminal.wait(15_000) { !$0.shows("full bar") })
      try terminal.say("a slow one please")
      // All of the answers before it had their first text after less than 200 ms.
      #expect(terminal.wait(20_000, for: "▲ first 0."), "\(terminal.screen.text)")
      try terminal.say("/stats model,day")
      #expect(terminal.wait(15_000, for: "last answer here: ▲ first 0."), "\(terminal.screen.text)")
      #expect(terminal.wait(15_000, for: "\(count + 1) answers"), "\(terminal.screen.text)")
      if columns == 160 { try InstrumentCapture.write("stats-160x50", terminal.screen.text) }
    }
  }

  /// 240 more answers of the last six days, as if they had been asked for then.
  private func fill(_ home: Home) throws {
    try execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 240)
      INSERT INTO messages (id, conversation, parent, depth, ordinal, role, created, status, provider, model,
          usage_input, usage_output, usage_is_estimated)
        SELECT CAST(printf('%016d', i) AS BLOB), m.conversation, m.parent, 1, i + 1, 2, m.created - i * 2100000,
          CASE WHEN i % 40 = 0 THEN 4 WHEN i % 31 = 0 THEN 2 ELSE 0 END,
          CASE i % 3 WHEN 0 THEN 'aws' ELSE 'lab' END, CASE i % 3 WHEN 0 THEN 'm-large' WHEN 1 THEN 'm' ELSE 'm-small' END,
          400 + i * 7 % 900, 120 + i * 13 % 700, 0
        FROM n, messages m WHERE m.role = 2 AND i <= 240;
      INSERT INTO runs (message, id, provider, model, is_streaming, started, metrics, timeline, profile, is_watched)
        SELECT key, id, provider, model, 1, created, printf('{"chunks":%d,"bytes":9120,"characters":%d,"first_chunk_ms":'
          || '%d.4,"first_text_ms":%d.4,"total_ms":%d.0,"stalls":0,"retries":0,"characters_per_second":%d.5,"cost":%f}',
          40 + key % 60, 900 + key % 700, t, t, t * 9 + 1500 + key * 37 % 2000, 240 - t + key % 50,
          0.00001 * t), x'', 'work', CASE WHEN key % 7 > 0 THEN key % 5 > 0 END
        FROM (SELECT *, CASE model WHEN 'm' THEN 60 WHEN 'm-small' THEN 41 ELSE 118 END + key * 29 % 67 AS t
          FROM messages WHERE length(id) = 16 AND ordinal > 1 AND role = 2);
      """, home.folder + "/data/riffle/riffle.db")
  }

  private func execute(_ script: String, _ path: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close_v2(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
      sqlite3_exec(database, script, nil, nil, nil) == SQLITE_OK
    else { throw Failure("\(String(cString: sqlite3_errmsg(database)))") }
  }
}
