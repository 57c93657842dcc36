// Streaming against whole answers on screen: what the command does, what news changes, and how it looks.

import Conversations
import Diagnostics
import Display
import Interface
import Statistics
import Streaming
import TestSupport
import Testing

@Suite("Comparing on screen")
struct CompareTests {
  private static let screens = [(80, 24), (120, 40), (200, 60), (40, 10)]

  /// The order of the last measurement that was begun; takes all effects.
  private func begun(_ scene: Scene) -> ComparisonOrder? {
    scene.takeEffects().compactMap { effect -> ComparisonOrder? in
      if case .instrument(.compare(.begin(let order))) = effect { order } else { nil }
    }.last
  }

  private func tell(_ scene: Scene, _ news: CompareNews) { scene.act(.instrument(.compare(news))) }

  /// Tells of the first runs of a plan: streaming takes 100 ms to the first text, whole answers come at 800 ms.
  private func run(_ scene: Scene, _ order: ComparisonOrder, count: Int, failing: Set<Int> = []) {
    for (index, place) in ComparedPlace.plan(pairs: order.pairs).prefix(count).enumerated() {
      tell(scene, .began(order.number, place))
      let noise = Double((index * 7) % 5) / 100
      let outcome: ComparedRun.Outcome =
        failing.contains(index)
        ? .excluded("lab takes no more requests right now: slow down")
        : place.mode == .streaming
          ? .valid(firstText: 0.1 + noise, total: 0.82 + noise, characters: 180)
          : .valid(firstText: 0.8 + noise, total: 0.8 + noise, characters: 184)
      tell(scene, .ran(order.number, ComparedRun(place, outcome)))
    }
  }

  private func scene(_ columns: Int = 80, _ rows: Int = 24) -> Scene {
    let scene = Scene(columns: columns, rows: rows)
    scene.open(turns: [("How do rivers shape valleys?", "Slowly.")])
    return scene
  }

  private func ask(_ scene: Scene, _ line: String) {
    scene.type(line)
    scene.press("enter")
  }

  private func check(_ name: String, _ scene: Scene) {
    let difference = Golden.difference(name, scene.frame())
    #expect(difference == nil, "\(difference ?? "")")
  }

  @Test("A finished comparison shows its runs on one scale, the verdict and the figures", arguments: screens)
  func finished(columns: Int, rows: Int) throws {
    let scene = scene(columns, rows)
    ask(scene, "/compare")
    let order = try #require(begun(scene))
    run(scene, order, count: 22, failing: [9])
    tell(scene, .ended(order.number, .finished))
    check("compare-\(columns)x\(rows)", scene)
  }

  @Test("While it runs it says how far it is")
  func running() throws {
    let scene = scene()
    ask(scene, "/compare 6 Tell me of rivers")
    let order = try #require(begun(scene))
    run(scene, order, count: 7)
    tell(scene, .began(order.number, ComparedPlace(.streaming, pair: 3)))
    check("compare-running", scene)
  }

  @Test("The last prompt is compared ten times unless other words or another number are given")
  func arguments() throws {
    let scene = scene()
    ask(scene, "/compare")
    let first = try #require(begun(scene))
    #expect(first.prompt == "How do rivers shape valleys?" && first.pairs == 10)
    #expect(first.profile == Scene.profile)
    #expect(scene.shows("the last prompt: How do rivers"))
    tell(scene, .ended(first.number, .stopped))
    scene.press("esc")
    ask(scene, "/compare 3")
    let second = try #require(begun(scene))
    #expect(second.prompt == first.prompt && second.pairs == 3)
    tell(scene, .ended(second.number, .stopped))
    scene.press("q")
    ask(scene, "/compare 4 what now")
    let third = try #require(begun(scene))
    #expect(third.prompt == "what now" && third.pairs == 4)
    #expect(scene.shows(" prompt: what now"))
    tell(scene, .ended(third.number, .stopped))
    scene.press("esc")
    ask(scene, "/compare 0 no")
    #expect(begun(scene) == nil && scene.shows("1 to 500 runs"))
  }

  @Test("Files of the last prompt are left out, and that is said")
  func files() throws {
    let scene = Scene()
    let file = Attachment(name: "a.png", mediaType: "image/png", bytes: [1])
    scene.change(.message(scene.makeMessage(.user, [.attachment(file), .text("What is it?")])))
    ask(scene, "/compare")
    #expect(try #require(begun(scene)).prompt == "What is it?")
    #expect(scene.shows("without its files"))
  }

  @Test("Without any prompt there is nothing to compare with")
  func nothing() {
    let scene = Scene()
    ask(scene, "/compare")
    #expect(begun(scene) == nil && scene.shows("There is no prompt yet"))
  }

  @Test("Closed it goes on, says when it is done, and is shown again")
  func closed() throws {
    let scene = scene()
    ask(scene, "/compare 6")
    let order = try #require(begun(scene))
    run(scene, order, count: 5)
    scene.press("esc")
    #expect(scene.state.instrument == nil && scene.takeEffects().isEmpty)
    run(scene, order, count: 14)
    tell(scene, .ended(order.number, .finished))
    #expect(scene.shows("/compare shows it"))
    ask(scene, "/compare")
    #expect(begun(scene) == nil)
    #expect(scene.shows("finished, 6 pairs") && scene.shows("Streaming showed the first text"))
  }

  @Test("x stops it, r runs it again, and late news of the old one change nothing")
  func stopAndAgain() throws {
    let scene = scene()
    ask(scene, "/compare 6")
    let first = try #require(begun(scene))
    run(scene, first, count: 4)
    scene.press("x")
    #expect(scene.takeEffects() == [.instrument(.compare(.stop))])
    tell(scene, .ended(first.number, .stopped))
    #expect(scene.shows("Stopped before the end."))
    scene.press("r")
    let second = try #require(begun(scene))
    #expect(second.number != first.number && second.prompt == first.prompt && second.pairs == 6)
    run(scene, first, count: 4)
    #expect(scene.state.comparison?.comparison.runs.isEmpty == true)
  }

  @Test("One that runs is not pushed aside by another")
  func onlyOne() throws {
    let scene = scene()
    ask(scene, "/compare 6")
    _ = try #require(begun(scene))
    scene.press("esc")
    ask(scene, "/compare 3 another")
    #expect(begun(scene) == nil && scene.shows("under way"))
  }

  @Test("Earlier runs are scrolled to, and stay while new ones come")
  func scrolling() throws {
    let scene = scene()
    ask(scene, "/compare 20")
    let order = try #require(begun(scene))
    run(scene, order, count: 30)
    #expect(!scene.shows(" warm-up"))
    scene.press("home")
    #expect(scene.shows(" warm-up"))
    tell(scene, .ran(order.number, ComparedRun(ComparedPlace(.whole, pair: 20), .excluded("late"))))
    #expect(scene.shows(" warm-up") && !scene.shows("excluded: late"))
    scene.press("end")
    #expect(scene.shows("excluded: late") && !scene.shows(" warm-up"))
  }

  @Test("Hostile reasons, prompts and models stay text")
  func hostile() throws {
    let scene = scene()
    ask(scene, "/compare 6 x")
    let order = try #require(begun(scene))
    let attack = "a\u{1B}]52;c;Zm9v\u{7}b\u{202E}c\u{9B}31md\nnext"
    tell(scene, .ran(order.number, ComparedRun(ComparedPlace(.whole, pair: 1), .excluded(attack))))
    tell(
      scene, .ended(order.number, .failed(Explanation(kind: .server, summary: attack, detail: attack))))
    let text = scene.rows().joined()
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E })
    #expect(scene.shows("Given up, every run failed"))
  }

  @Test("It draws at every size, in every phase", arguments: [(20, 5), (40, 10), (59, 13), (76, 16), (500, 200)])
  func anySize(columns: Int, rows: Int) throws {
    let scene = scene(columns, rows)
    ask(scene, "/compare 6")
    let order = try #require(begun(scene))
    _ = scene.frame()
    run(scene, order, count: 14, failing: [3, 4])
    for phase: CompareState.Phase in [
      .finished, .stopped, .failed(Explanation(kind: .server, summary: "It broke")),
    ] {
      tell(scene, .ended(order.number, phase))
      #expect(scene.rows().contains { $0.contains("Streaming") })
      for key in ["up", "down", "pageup", "pagedown", "home", "end"] { scene.press(key) }
    }
  }

  @Test("In linear mode nothing is drawn, and the result is told in lines")
  func linear() throws {
    let scene = scene()
    scene.state.linear = LinearState()
    scene.act(.line("/compare 6"))
    let order = try #require(begun(scene))
    #expect(scene.state.instrument == nil)
    run(scene, order, count: 3)
    scene.act(.line("/compare"))
    #expect(scene.state.notice?.notice.text == "3 of 14 runs")
    run(scene, order, count: 14)
    tell(scene, .ended(order.number, .finished))
    #expect(scene.state.instrument == nil)
    scene.act(.line("/compare stop"))
    #expect(scene.takeEffects().isEmpty)
  }
}
