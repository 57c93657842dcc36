// What a chunk, a frame and a key cost, in process. Times are medians of many rounds on this machine: compare them within
// one run, above all the ratios between a short and a long answer.

import Conversations
import Display
import Interface
import Streaming

/// One measurement.
struct Measurement {
  let name: String
  let microseconds: Double

  /// The median time of `body` over `rounds` rounds.
  init(_ name: String, rounds: Int = 200, _ body: () -> Void) {
    let clock = ContinuousClock()
    var times = (0..<rounds).map { _ in
      let parts = clock.measure(body).components
      return Double(parts.seconds) * 1e6 + Double(parts.attoseconds) / 1e12
    }
    times.sort()
    self.name = name
    microseconds = times[rounds / 2]
  }
}

/// A program with one conversation in it.
struct Bench {
  var state: AppState
  var cache = LayoutCache()
  var frame: Frame
  private var generator = SplitMix64(state: 1)

  init(columns: Int, rows: Int) {
    let profile = Profile(name: "bench", model: ModelReference(provider: "bench", model: "bench"))
    let options = InterfaceOptions(profiles: [profile], providers: ["bench"], themes: [DefaultTheme.dark])
    state = AppState(
      options: options, theme: DefaultTheme.dark, size: Size(columns: columns, rows: rows), now: ContinuousClock().now,
      wall: Timestamp(milliseconds: 0), seed: 1)
    frame = Frame(surface: Surface(size: state.size), glyphs: GlyphTable(), theme: state.theme, cursor: nil)
  }

  /// An answer of that many bytes that goes on streaming.
  mutating func beginAnswer(bytes: Int, of kind: AnswerKind = .prose) -> MessageID {
    let text = kind.text(bytes: bytes)
    let message = Message(
      id: .make(at: Timestamp(milliseconds: 1), using: &generator), parent: nil, role: .assistant,
      created: Timestamp(milliseconds: 1), parts: [.text(text)], status: .streaming)
    apply(.message(message))
    draw()
    return message.id
  }

  mutating func apply(_ change: TranscriptChange) {
    var update = SessionUpdate()
    update.changes[state.shown] = [change]
    _ = state.update(.session(update), &cache)
  }

  mutating func draw() { Renderer.render(state, into: &frame, cache: &cache) }
}

/// What an answer consists of.
enum AnswerKind: String, CaseIterable {
  case prose, markdown, line, code, list, table

  /// At least that many bytes of it.
  func text(bytes: Int) -> String {
    let (head, unit): (String, String) =
      switch self {
      case .prose: ("", "The quick brown fox jumps over the lazy dog and does it again.\n")
      case .line: ("", "The quick brown fox jumps over the *lazy* dog and does it again. ")
      case .code: ("```swift\n", "  let value = compute(input: 42, name: \"text\")  // and a remark\n")
      case .list: ("", "- item with `code` and **bold** words\n  - nested item that is a little longer\n")
      case .table: ("| a | b | c |\n|---|---|---|\n", "| one | **two** words | `three` |\n")
      case .markdown:
        (
          "",
          """
          ## A heading

          Some *emphasised* and **strong** words with `code`, a [link](https://example.org) and more of them.

          1. first
          2. second
             - nested

          ```swift
          let answer = 42  // known
          ```

          | a | b |
          |---|---|
          | 1 | 2 |


          """
        )
      }
    return head + String(repeating: unit, count: bytes / unit.utf8.count + 1)
  }

  /// What arrives in one chunk.
  var chunk: String { self == .table ? "| x | y" : " word" }
}

@main
struct Benchmarks {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "stream", let kind = arguments.dropFirst().first.flatMap(AnswerKind.init),
      let numbers = Optional(arguments.dropFirst(2).compactMap { Int($0) }), numbers.count == 2
    {
      // For counting instructions from outside: the difference of two runs is the cost of the chunks.
      var bench = Bench(columns: 120, rows: 40)
      let answer = bench.beginAnswer(bytes: numbers[0], of: kind)
      for _ in 0..<numbers[1] {
        bench.apply(.appended(answer, part: 0, text: kind.chunk))
        bench.draw()
      }
      return
    }
    for size in [Size(columns: 120, rows: 40), Size(columns: 200, rows: 60)] {
      print("\(size.columns)x\(size.rows)")
      for kind in AnswerKind.allCases {
        let results = [10_000, 1_000_000].map { bytes in
          var bench = Bench(columns: size.columns, rows: size.rows)
          let answer = bench.beginAnswer(bytes: bytes, of: kind)
          return Measurement("chunk and frame, \(kind) of \(bytes) bytes") {
            bench.apply(.appended(answer, part: 0, text: kind.chunk))
            bench.draw()
          }
        }
        for result in results { print("  \(Figures.decimal(result.microseconds, 1)) µs  \(result.name)") }
        print("  \(Figures.decimal(results[1].microseconds / results[0].microseconds, 2))x  long answer against short")
      }
      var bench = Bench(columns: size.columns, rows: size.rows)
      _ = bench.beginAnswer(bytes: 10_000, of: .markdown)
      let frame = Measurement("frame alone") { bench.draw() }
      let key = Measurement("key and frame") {
        _ = bench.state.update(.input(.key(KeyChord(.character("x")))), &bench.cache)
        bench.draw()
      }
      for result in [frame, key] { print("  \(Figures.decimal(result.microseconds, 1)) µs  \(result.name)") }
    }
  }
}
