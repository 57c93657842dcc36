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
  mutating func beginAnswer(bytes: Int) -> MessageID {
    let words = "The quick brown fox jumps over the lazy dog and does it again.\n"
    let text = String(repeating: words, count: bytes / words.utf8.count + 1)
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

@main
struct Benchmarks {
  static func main() {
    for size in [Size(columns: 120, rows: 40), Size(columns: 200, rows: 60)] {
      var results: [Measurement] = []
      for bytes in [10_000, 1_000_000] {
        var bench = Bench(columns: size.columns, rows: size.rows)
        let answer = bench.beginAnswer(bytes: bytes)
        results.append(
          Measurement("chunk and frame, answer of \(bytes) bytes") {
            bench.apply(.appended(answer, part: 0, text: " word"))
            bench.draw()
          })
      }
      var bench = Bench(columns: size.columns, rows: size.rows)
      _ = bench.beginAnswer(bytes: 10_000)
      results.append(Measurement("frame alone") { bench.draw() })
      results.append(
        Measurement("key and frame") {
          _ = bench.state.update(.input(.key(KeyChord(.character("x")))), &bench.cache)
          bench.draw()
        })
      print("\(size.columns)x\(size.rows)")
      for result in results { print("  \(Figures.decimal(result.microseconds, 1)) µs  \(result.name)") }
      print("  \(Figures.decimal(results[1].microseconds / results[0].microseconds, 2))x  long answer against short")
    }
  }
}
