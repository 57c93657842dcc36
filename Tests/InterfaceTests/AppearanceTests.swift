// Which theme the program takes, when it changes, and what reduced motion stops.

import Conversations
import Display
import Interface
import Streaming
import Testing

@Suite("Appearance")
struct AppearanceTests {
  private static let mine = Theme(name: "mine", appearance: .dark, styles: [.text: Style(foreground: .palette(3))])
  private static let pale = Theme(name: "pale", appearance: .light, styles: [.text: Style(foreground: .palette(4))])

  private func reload(_ scene: Scene, _ themes: [Theme], _ change: (inout InterfaceOptions) -> Void = { _ in }) {
    var options = scene.state.options
    options.themes = themes
    change(&options)
    scene.act(.settings(options, []))
  }

  @Test("Without a choice the theme follows the terminal, each time it tells")
  func following() {
    let scene = Scene()
    var names = [scene.state.theme.name]
    for appearance in [Appearance.light, .light, .dark] {
      scene.act(.appearance(appearance))
      names.append(scene.state.theme.name)
    }
    #expect(names == ["dark", "light", "light", "dark"])
  }

  @Test("Other themes of the user do not take the place of those that follow")
  func others() {
    let scene = Scene()
    scene.act(.themes([Self.mine, Self.pale, DefaultTheme.dark, DefaultTheme.light], []))
    #expect(scene.state.theme.name == "dark")
    scene.act(.appearance(.light))
    #expect(scene.state.theme.name == "light")
    reload(scene, [Self.pale, DefaultTheme.dark, DefaultTheme.light]) { $0.lightThemeName = "pale" }
    #expect(scene.state.theme == Self.pale)
    // One that is gone leaves the built-in one.
    reload(scene, [DefaultTheme.dark])
    #expect(scene.state.theme == DefaultTheme.light)
  }

  @Test("A theme that is named does not follow, and /theme auto lets it")
  func fixed() {
    let scene = Scene()
    reload(scene, [Self.mine, DefaultTheme.dark, DefaultTheme.light]) { $0.themeName = "mine" }
    scene.act(.appearance(.light))
    #expect(scene.state.theme == Self.mine)
    scene.type("/theme auto")
    scene.press("enter")
    #expect(scene.state.theme.name == "light")
    scene.act(.appearance(.dark))
    #expect(scene.state.theme.name == "dark")
  }

  @Test("A theme that was read anew is shown as it is now, followed or named")
  func reloaded() {
    let scene = Scene()
    let changed = Theme(Self.mine, named: "dark")
    reload(scene, [changed, DefaultTheme.light])
    #expect(scene.state.theme == changed)
    let other = Theme(Self.pale, named: "dark")
    reload(scene, [other, DefaultTheme.light]) { $0.themeName = "dark" }
    #expect(scene.state.theme == other)
  }

  @Test("While a theme is being chosen the preview stays, and leaving it goes to what the terminal has become")
  func preview() {
    let scene = Scene()
    scene.act(.themes([DefaultTheme.dark, DefaultTheme.light, Self.mine], []))
    scene.press("ctrl-x t")
    scene.type("mine")
    scene.act(.appearance(.light))
    #expect(scene.state.theme == Self.mine)
    scene.press("esc")
    #expect(scene.state.theme.name == "light")
  }

  @Test(
    "With reduced motion text comes as it comes, in whole sentences where that was chosen",
    arguments: [
      (Pace.smooth, "One. Two"), (.tokens(perSecond: 1), "One. Two"), (.instant, "One. Two"), (.sentence, "One."),
    ])
  func pace(_ pace: Pace, _ shown: String) {
    let scene = Scene()
    reload(scene, scene.state.options.themes) {
      $0.reducesMotion = true
      $0.pace = pace
    }
    let message = scene.beginAnswer()
    scene.change(.part(message, index: 0, .text("")), .appended(message, part: 0, text: "One. Two"))
    #expect(scene.state.transcript.message(message)?.text.trimmingSuffix(" ") == shown)
  }

  @Test("A pace that reduced motion does not allow is told")
  func toldPace() {
    let scene = Scene()
    reload(scene, scene.state.options.themes) { $0.reducesMotion = true }
    scene.type("/pace smooth")
    scene.press("enter")
    #expect(scene.shows("ui.reduced_motion is on"))
  }

  @Test("The figures of a stream change four times a second, with reduced motion once", arguments: [false, true])
  func figures(isReduced: Bool) throws {
    let scene = Scene()
    reload(scene, scene.state.options.themes) { $0.reducesMotion = isReduced }
    _ = scene.beginAnswer(chunks: 3)
    let next = try #require(scene.state.nextTick)
    #expect(next - scene.now == (isReduced ? Gauge.quietInterval : Gauge.busyInterval))
  }
}

extension String {
  fileprivate func trimmingSuffix(_ blank: Character) -> String {
    var result = self
    while result.last == blank { result.removeLast() }
    return result
  }
}
