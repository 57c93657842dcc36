// Races of the real program: side by side on the screen, on the disk, and on the command line.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Instrument: race", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct RaceTests {
  private static let models = ["m-large", "m-small", "m-deep", "m-fast"]

  private static let configuration =
    """
    profile = "large"
    [providers.lab]
    kind = "openai"
    base_url = "$SERVER/v1"
    retries = 0
    [prices."lab/m-small"]
    input = 3.0
    output = 15.0

    """ + models.map { "[profiles.\($0.dropFirst(2))]\nprovider = \"lab\"\nmodel = \"\($0)\"\n" }.joined()

  /// What a model answers: a piece at once, the rest with its signal.
  private static func answer(of model: String) -> [String] {
    switch model {
    case "m-large":
      [
        "# Binary search\n\nIt halves the range at each step, so that it needs `log2(n)` comparisons:\n\n```swift\n",
        "var low = 0, high = items.count\nwhile low < high {\n  let middle = (low + high) / 2\n",
        "  if items[middle] < x { low = middle + 1 } else { high = middle }\n}\n```\n\nThe input has to be **sorted**.",
      ]
    case "m-small":
      [
        "# Binary search\n\nIt splits the range at each step, so that it needs `log2(n)` comparisons:\n\n",
        "| Items | Steps |\n|---|---|\n| 10 | 4 |\n| 1,000 | 10 |\n| 1,000,000 | 20 |\n",
        "\nThe input has to be **sorted**.",
      ]
    case "m-deep":
      [
        "Think of a dictionary:\n\n1. Open it in the *middle*.\n2. Is the word before or after?\n",
        "3. Forget the other half.\n4. Begin again.\n\n> Each step halves what is left.\n",
        "\nThat is all there is to it.",
      ]
    default: ["Look in the middle, ", "then in the half that is left, ", "and so on."]
    }
  }

  /// Milliseconds between words.
  private static let pauses = ["m-large": 25, "m-small": 10, "m-deep": 15, "m-fast": 4]

  private static func race(_ request: FaultServer.Request) -> FaultServer.Answer {
    let model = models.first { request.text.contains("\"\($0)\"") } ?? "m-fast"
    var steps = [Completion.head]
    for (number, piece) in answer(of: model).enumerated() {
      if number == 2 { steps.append(.waitForSignal(model)) }
      let words = piece.split(separator: " ", omittingEmptySubsequences: false)
      for (place, word) in words.enumerated() {
        steps.append(Completion.text(word + (place + 1 < words.count ? " " : "")))
        steps.append(.pause(pauses[model] ?? 5))
      }
    }
    return .stream(steps + [Completion.end])
  }

  @Test("A race of two is kept as variants: a new start finds both answers")
  func variants() throws {
    let home = try Home(configuration: Self.configuration, Self.race)
    let terminal = try home.open()
    try terminal.say("/race large small -- What is a binary search?")
    try #require(
      terminal.wait(20_000) { $0.shows("low = 0") && $0.shows("1,000,000") && $0.shows("0 of 2 finished") },
      "\(terminal.screen.text)")
    // What came is on the disk though neither has ended.
    #expect(terminal.waitElsewhere { home.dataHolds("1,000,000") && home.dataHolds("low = 0") })
    home.server.signal("m-small")
    try #require(
      terminal.wait(20_000) { $0.shows("1st") && $0.shows("writing") && !$0.shows("   0 s · ") },
      "\(terminal.screen.text)")
    try InstrumentCapture.write("race-80x24", terminal.screen.text)
    // Leaving the view does not stop the race.
    terminal.type("q")
    try #require(terminal.wait(15_000, for: "Enter queues"), "\(terminal.screen.text)")
    home.server.signal("m-large")
    try #require(terminal.wait(20_000, for: "/race shows them"), "\(terminal.screen.text)")
    try terminal.say("/race")
    try #require(terminal.wait(15_000, for: "all finished"), "\(terminal.screen.text)")
    terminal.type("\ta")
    try #require(terminal.wait(15_000) { $0.shows("‹2/2›") && $0.shows("splits") }, "\(terminal.screen.text)")
    terminal.type("\u{4}")
    #expect(terminal.waitForExit(10_000) == .exited(0))

    let again = try home.open("--continue")
    try #require(again.wait(20_000) { $0.shows("‹2/2›") && $0.shows("splits") }, "\(again.screen.text)")
    again.type("\u{18}[")
    #expect(again.wait(15_000) { $0.shows("‹1/2›") && $0.shows("low = 0") }, "\(again.screen.text)")
  }

  @Test("Killed in the middle, all texts that had come are there as variants")
  func killed() throws {
    let home = try Home(configuration: Self.configuration, Self.race)
    let terminal = try home.open()
    try terminal.say("/race large small -- What is a binary search?")
    try #require(terminal.wait(20_000) { $0.shows("low = 0") && $0.shows("1,000,000") }, "\(terminal.screen.text)")
    try #require(terminal.waitElsewhere { home.dataHolds("1,000,000") && home.dataHolds("low = 0") })
    terminal.signal(9)
    _ = terminal.waitForExit(10_000)
    let again = try home.open("--continue")
    try #require(again.wait(20_000) { $0.shows("‹1/2›") && $0.shows("interrupted") }, "\(again.screen.text)")
    again.type("\u{18}]")
    #expect(
      again.wait(15_000) { $0.shows("‹2/2›") && $0.shows("1,000,000") && $0.shows("interrupted") },
      "\(again.screen.text)")
  }

  @Test("Four lanes; one is kept, and the others come back from the trash")
  func four() throws {
    let home = try Home(configuration: Self.configuration, Self.race)
    let terminal = try home.open(rows: 50, columns: 160)
    try terminal.say("/race large small deep fast -- What is a binary search?")
    try #require(
      terminal.wait(20_000) { $0.shows("low = 0") && $0.shows("1,000,000") && $0.shows("halves what is") },
      "\(terminal.screen.text)")
    home.server.signal("m-fast")
    try #require(terminal.wait(20_000, for: "1st"), "\(terminal.screen.text)")
    home.server.signal("m-deep")
    try #require(terminal.wait(20_000) { $0.shows("2nd") && !$0.shows("   0 s · ") }, "\(terminal.screen.text)")
    try InstrumentCapture.write("race-160x50", terminal.screen.text)
    // Two still stream; they are stopped, and go with the third.
    terminal.type("3")
    try #require(terminal.wait(20_000, for: "riffle restore"), "\(terminal.screen.text)")
    let bin = try #require(try home.json("list", "--trash", "--json").array?.first)
    #expect(bin["title"]?.string == "Race: What is a binary search?")
    let id = try #require(bin["id"]?.string)
    #expect(try home.words("restore", id).status == .exited(0))
    let shown = try home.json("show", id, "--json")
    #expect(shown.lastMessage?["variant"]?["count"]?.int == 3)
    #expect(shown.spoken.contains("What is a binary search?"))
    let kept = try #require(try home.conversations().first { $0["id"]?.string != id })
    #expect(kept.spoken.contains("dictionary"))
    #expect(kept.lastMessage?["variant"]?["count"]?.int == 1)
  }

  @Test("On the command line the answers come in the order in which they end, with a table")
  func plain() throws {
    let home = try Home(configuration: Self.configuration) { request in
      // The later one of the command line answers first.
      request.text.contains("m-small")
        ? Completion.answer("short answer")
        : .stream([Completion.head, Completion.text("long "), .pause(700), Completion.text("answer"), Completion.end])
    }
    let result = try home.run(["race", "hello", "--with", "large", "--with", "lab/m-small"])
    #expect(result.status == .exited(0))
    let text = String(decoding: result.output, as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(
      Array(lines.prefix(4)) == ["## 1. lab/m-small", "short answer", "## 2. large (lab/m-large)", "long answer"])
    #expect(lines.contains { $0.hasPrefix("1      lab/m-small ") && $0.hasSuffix("complete") }, "\(text)")
    // Estimated tokens, and a price that the configuration has: 2 of 5 bytes, 3 of 12.
    #expect(lines.contains { $0.hasPrefix("1 ") && $0.contains("~0.000051") }, "\(text)")
    let saved = try #require(try home.conversations().first?.lastMessage)
    #expect(saved["variant"]?["count"]?.int == 2 && saved["variant"]?["index"]?.int == 1)
  }

  @Test("For scripts each event says of which lane it is, the summary comes last, and the worst answer is the status")
  func json() throws {
    let home = try Home(configuration: Self.configuration) { request in
      request.text.contains("m-small")
        ? .stream([Completion.head, Completion.text("par"), .close]) : Completion.answer("whole")
    }
    let result = try home.run(["race", "hello", "--with", "large", "--with", "small", "--json"])
    #expect(result.status == .exited(4))
    let events = try String(decoding: result.output, as: UTF8.self).split(separator: "\n").map { line in
      guard case .success(let value) = JSONParser.parse(String(line)) else { throw Failure("no JSON: \(line)") }
      return value
    }
    for lane in 0...1 {
      let own = events.filter { $0["lane"]?.int == lane }.compactMap { $0["type"]?.string }
      #expect(own.first == "start" && own.last == (lane == 0 ? "finish" : "error"), "\(own)")
    }
    let summary = try #require(events.last)
    #expect(summary["type"]?.string == "race")
    let lanes = try #require(summary["lanes"]?.array)
    #expect(Set(lanes.compactMap { $0["status"]?.string }) == ["complete", "incomplete"])
    #expect(lanes.first { $0["lane"]?.int == 0 }?["place"]?.int == 1)
    #expect(try home.words("race", "x", "--with", "large").status == .exited(2))
    #expect(try home.words("race", "x", "--with", "large", "--with", "nobody").status == .exited(2))
  }
}
