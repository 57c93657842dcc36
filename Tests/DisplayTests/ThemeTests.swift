import Display
import Testing

@Suite("Themes")
struct ThemeTests {
  @Test("The built-in themes are for the appearance they say")
  func builtIn() {
    for appearance in [Appearance.dark, .light] {
      #expect(DefaultTheme.theme(for: appearance).name == appearance.rawValue)
      #expect(DefaultTheme.theme(for: appearance).appearance == appearance)
    }
  }

  @Test("A role that a theme leaves out follows its fallback")
  func fallbacks() {
    let error = Style(foreground: .palette(1))
    let theme = Theme(name: "x", appearance: .dark, styles: [.error: error, .dim: Style(attributes: .dim)])
    #expect(theme[.control] == error)
    #expect(theme[.composerHint] == Style(attributes: .dim))
    #expect(theme[.assistant] == Style())
  }

  @Test("Fallbacks end at plain text", arguments: ThemeRole.allCases)
  func roles(role: ThemeRole) {
    var current: ThemeRole? = role
    var steps = 0
    while let next = current?.fallback {
      current = next
      steps += 1
      if steps > ThemeRole.allCases.count { break }
    }
    #expect(current == .text)
  }

  @Test("Every role has a name of its own, in words of lower case")
  func names() {
    #expect(Set(ThemeRole.allCases.map(\.name)).count == ThemeRole.allCases.count)
    #expect(ThemeRole.allCases.allSatisfy { $0.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D } })
    #expect(ThemeRole.streamingCursor.name == "streaming-cursor")
  }

  @Test(
    "A style is written as theme files have it",
    arguments: [
      (Style(foreground: .rgb(0x82, 0xAA, 0xFF), attributes: .bold), "#82aaff bold"),
      (Style(background: .rgb(0x02, 0x06, 0x0E)), "default on #02060e"),
      (Style(background: .palette(236)), "default on 236"),
      (
        Style(foreground: .palette(9), background: .palette(0), attributes: [.italic, .underline]),
        "bright-red on black italic underline"
      ),
      (Style(attributes: [.reverse, .dim]), "default dim reverse"), (Style(), "default"),
    ])
  func notation(style: Style, written: String) {
    #expect(style.notation == written)
  }

  @Test(
    "A colour is read from its notation and written back",
    arguments: [
      ("#82aaff", Color.rgb(0x82, 0xAA, 0xFF), "#82aaff"), ("#fa0", .rgb(0xFF, 0xAA, 0), "#ffaa00"),
      ("default", .terminal, "default"), ("grey", .palette(8), "bright-black"),
      ("bright-red", .palette(9), "bright-red"),
      ("cyan", .palette(6), "cyan"), ("7", .palette(7), "white"), ("255", .palette(255), "255"),
      ("007", .palette(7), "white"),
    ])
  func colors(text: String, color: Color, written: String) {
    #expect(Color(notation: text) == color)
    #expect(color.notation == written)
    #expect(Color(notation: written) == color)
  }

  @Test(
    "What is no colour is refused",
    arguments: [
      "", "blod", "#12345", "#gggggg", "256", "-1", "+1", "#+12345", "#", "#１２３", "#é12", "bright-", "bright-grey",
    ])
  func noColors(text: String) {
    #expect(Color(notation: text) == nil)
    #expect(TextAttributes(notation: text) == nil)
  }
}

@Suite("Colours")
struct ColorTests {
  @Test("Contrast is that of the guidelines")
  func contrast() {
    #expect(abs(Contrast.ratio(.black, .white) - 21) < 1e-9)
    #expect(abs(Contrast.ratio(RGB(0x76, 0x76, 0x76), .white) - 4.54) < 0.01)
    #expect(abs(Contrast.ratio(RGB(0, 0, 255), .white) - 8.59) < 0.01)
    #expect(Contrast.ratio(.white, .white) == 1)
  }

  @Test(
    "A colour becomes the nearest of the palette",
    arguments: [
      (Color.rgb(0, 0, 0), Color.palette(16)), (.rgb(255, 255, 255), .palette(231)), (.rgb(255, 0, 0), .palette(196)),
      (.rgb(95, 135, 175), .palette(67)), (.rgb(128, 128, 128), .palette(244)), (.rgb(34, 38, 46), .palette(235)),
      (.palette(3), .palette(3)), (.palette(200), .palette(200)), (.terminal, .terminal),
    ])
  func palette(color: Color, expected: Color) {
    #expect(ColorReduction.reduce(color, to: .palette) == expected)
    #expect(ColorReduction.reduce(color, to: .full) == color)
    #expect(ColorReduction.reduce(color, to: .none) == .terminal)
  }

  @Test("A colour of the theme keeps its hue among sixteen")
  func sixteen() {
    let expected: [(ThemeRole, Set<UInt8>)] = [
      (.user, [4, 12]), (.error, [1, 9]), (.success, [2, 10]), (.warning, [3, 11]), (.tool, [6, 14]),
      (.system, [5, 12, 13]),
      (.dim, [7, 8]),
    ]
    for (role, numbers) in expected {
      let found = ColorReduction.reduce(DefaultTheme.dark[role].foreground, to: .sixteen)
      guard case .palette(let number) = found else {
        Issue.record("\(role.name): \(found)")
        continue
      }
      #expect(numbers.contains(number), "\(role.name) became \(number)")
    }
  }

  @Test("Every reduced colour exists at its depth, and reducing it again changes nothing")
  func existence() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let color = Color.rgb(
        .random(in: 0...255, using: &generator), .random(in: 0...255, using: &generator),
        .random(in: 0...255, using: &generator))
      for (depth, limit) in [(ColorReduction.Depth.palette, 255), (.sixteen, 15), (.eight, 7)] {
        let reduced = ColorReduction.reduce(color, to: depth)
        guard case .palette(let number) = reduced else {
          Issue.record("\(color) at \(depth)")
          continue
        }
        #expect(number <= limit)
        #expect(ColorReduction.reduce(reduced, to: depth) == reduced)
      }
    }
  }

  @Test("Text that can be read can be read in fewer colours too", arguments: ColorReduction.Depth.allCases)
  func legibility(depth: ColorReduction.Depth) {
    var generator = SeededGenerator(seed: 11)
    func color() -> Color {
      .rgb(
        .random(in: 0...255, using: &generator), .random(in: 0...255, using: &generator),
        .random(in: 0...255, using: &generator))
    }
    let limit = depth == .palette ? Contrast.minimumForText : Contrast.minimumForNamedColors
    for appearance in [Appearance.dark, .light] {
      for step in 0..<200 {
        let style = Style(foreground: color(), background: step.isMultiple(of: 2) ? color() : .terminal)
        let needed = min(limit, Contrast.ratio(of: style, in: appearance))
        let reduced = ColorReduction.reduce(style, to: depth, in: appearance)
        let found = Contrast.ratio(of: reduced, in: appearance)
        #expect(found >= needed, "\(style.notation) became \(reduced.notation) with \(found)")
      }
    }
  }

  @Test("A hue that cannot be read on the ground becomes the plain text colour, not another hue")
  func unreadableHue() {
    let green = Style(foreground: .rgb(0x2B, 0x6A, 0x2B))
    #expect(ColorReduction.reduce(green, to: .sixteen, in: .light) == Style())
    #expect(ColorReduction.reduce(green, to: .sixteen, in: .dark) == Style(foreground: .palette(2)))
    let red = Style(foreground: .rgb(0xB3, 0x20, 0x2C))
    #expect(ColorReduction.reduce(red, to: .sixteen, in: .light) == Style(foreground: .palette(1)))
  }

  @Test("What a theme takes from the palette stays as it is where the palette is")
  func own() {
    let style = Style(foreground: .palette(4), background: .palette(0), attributes: .bold)
    for depth in [ColorReduction.Depth.sixteen, .palette, .full] {
      #expect(ColorReduction.reduce(style, to: depth, in: .dark) == style)
    }
  }

  @Test("What stands out by its ground does so in every number of colours", arguments: ColorReduction.Depth.allCases)
  func marks(depth: ColorReduction.Depth) {
    for theme in [DefaultTheme.dark, DefaultTheme.light] {
      let reduced = theme.reduced(to: depth)
      for role in Theme.marked {
        let isReversed = reduced[role].attributes.contains(.reverse)
        let isSeen = Contrast.differ(reduced[role].background, reduced[.text].background, in: theme.appearance)
        #expect(isReversed != isSeen, "\(theme.name) \(role.name)")
      }
    }
  }
}
