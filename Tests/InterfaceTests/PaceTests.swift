// How arrived text is released to the pane.

import Conversations
import Display
import Interface
import Streaming
import Testing

@Suite("Pace")
struct PaceTests {
  private static let message = {
    var generator = SplitMix64(state: 7)
    return MessageID.make(at: Timestamp(milliseconds: 1_000), using: &generator)
  }()

  private static let start = Instant.now

  private func instant(_ milliseconds: Int) -> Instant { Self.start + .milliseconds(milliseconds) }

  private func appended(_ text: String) -> TranscriptChange { .appended(Self.message, part: 0, text: text) }

  private func text(of changes: [TranscriptChange]) -> String {
    changes.reduce(into: "") { if case .appended(_, _, let text) = $1 { $0 += text } }
  }

  @Test(
    "Whatever the pace, everything is shown in the end, in order and whole",
    arguments: [
      Pace.instant, .tokens(perSecond: 5), .tokens(perSecond: 10_000), .sentence, .smooth,
    ])
  func nothingIsLost(_ pace: Pace) {
    let pieces = ["Hel", "lo, wör", "ld. A", " second one! ", "水は流れる。", "👩‍👩‍👧", " and a tail", "\nlast"]
    var buffer = PaceBuffer()
    var shown: [TranscriptChange] = []
    for (index, piece) in pieces.enumerated() {
      shown += buffer.take([appended(piece)], pace: pace, at: instant(index * 10))
    }
    shown += buffer.take(
      [.ended(Self.message, status: .complete(.stop), usage: nil, metrics: StreamMetrics())], pace: pace,
      at: instant(90))
    var time = 100
    while !buffer.isEmpty, time < 60_000 {
      shown += buffer.release(pace: pace, at: instant(time))
      time += 33
    }
    #expect(text(of: shown) == pieces.joined())
    if case .ended? = shown.last {} else { Issue.record("\(String(describing: shown.last))") }
    #expect(buffer.due == nil)
  }

  @Test("Sentences are shown whole")
  func sentences() {
    var buffer = PaceBuffer()
    #expect(text(of: buffer.take([appended("One. Tw")], pace: .sentence, at: instant(0))) == "One. ")
    #expect(text(of: buffer.take([appended("o")], pace: .sentence, at: instant(1))) == "")
    #expect(buffer.due == nil)
    #expect(text(of: buffer.take([appended("! 3.14 is")], pace: .sentence, at: instant(2))) == "Two! ")
    #expect(text(of: buffer.flush()) == "3.14 is")
  }

  @Test("So many tokens a second are shown and no more")
  func tokens() {
    var buffer = PaceBuffer()
    let words = (0..<100).map { "w\($0) " }.joined()
    var shown = text(of: buffer.take([appended(words)], pace: .tokens(perSecond: 10), at: instant(0)))
    #expect(shown == "w0 ")
    for time in stride(from: 33, through: 3_003, by: 33) {
      shown += text(of: buffer.release(pace: .tokens(perSecond: 10), at: instant(time)))
    }
    #expect((30...32).contains(shown.split(separator: " ").count), "\(shown)")
    #expect(words.hasPrefix(shown))
  }

  @Test("What fails is told at once, with all text before it")
  func failure() {
    var buffer = PaceBuffer()
    _ = buffer.take([appended("a b c d")], pace: .tokens(perSecond: 1), at: instant(0))
    let changes = buffer.take(
      [.ended(Self.message, status: .stopped, usage: nil, metrics: StreamMetrics())], pace: .tokens(perSecond: 1),
      at: instant(1))
    #expect(text(of: changes) == "b c d")
    #expect(buffer.isEmpty)
  }

  @Test("The pane shows text at the chosen pace, and Esc shows all of it")
  func onScreen() {
    let scene = Scene()
    scene.type("/pace tokens:1")
    scene.press("enter")
    scene.change(.message(scene.makeMessage(.user, [.text("go")])))
    let answer = scene.makeMessage(.assistant, [], status: .streaming)
    scene.change(.message(answer))
    scene.change(.part(answer.id, index: 0, .text("alpha bravo gamma")))
    #expect(scene.shows("alpha") && !scene.shows("bravo"))
    #expect(scene.state.nextTick != nil)
    scene.wait(.milliseconds(1_100))
    #expect(scene.shows("bravo") && !scene.shows("gamma"))
    scene.press("esc")
    #expect(scene.shows("alpha bravo gamma"))
  }
}
