import Display
import FoundationEssentials
import Testing

@Suite("Themes")
struct ThemeTests {
  /// A theme file as far as these files use TOML: `key = "value"` and one table.
  private struct File {
    var name = ""
    var appearance = Appearance.dark
    var styles: [ThemeRole: Style] = [:]
    var theme: Theme { Theme(name: name, appearance: appearance, styles: styles) }
  }

  private static let names = ["dark", "light", "high-contrast", "sixteen", "mono"]

  private static func file(_ name: String) throws -> File {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let text = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: "\(root)/themes/\(name).toml")), as: UTF8.self)
    var file = File()
    for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.hasPrefix("[") {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" } }
      let key = parts[0].filter { $0 != " " }
      let value = String(parts[1].drop { $0 == " " })
      switch key {
      case "name": file.name = value
      case "appearance": file.appearance = try #require(Appearance(rawValue: value))
      default:
        let role = try #require(ThemeRole(name: key), "\(name): \(key)")
        #expect(file.styles[role] == nil, "\(name): \(key) twice")
        file.styles[role] = try Style(notation: value)
      }
    }
    return file
  }

  @Test("Every shipped theme names every role", arguments: names)
  func completeness(name: String) throws {
    let file = try Self.file(name)
    #expect(file.name == name)
    #expect(Set(file.styles.keys) == Set(ThemeRole.allCases))
  }

  @Test("Every role can be read on its ground", arguments: names)
  func contrast(name: String) throws {
    let file = try Self.file(name)
    let lines: Set<ThemeRole> = [
      .dim, .rule, .border, .tableBorder, .graphAxis, .graph, .graphAlternate, .composerHint, .queued, .codeLabel,
      .streamingCursor, .listMarker,
    ]
    // Where the terminal's palette decides, only that the palette is used can be promised.
    guard name != "sixteen" else { return }
    for role in ThemeRole.allCases {
      let needed = lines.contains(role) ? Contrast.minimumForLines : Contrast.minimumForText
      let found = Contrast.ratio(of: file.theme[role], in: file.appearance)
      #expect(found >= needed, "\(name): \(role.name) has \(found)")
      if name == "high-contrast" { #expect(found >= 7, "\(name): \(role.name) has \(found)") }
    }
  }

  @Test("The built-in themes are those of the files")
  func builtIn() throws {
    #expect(try Self.file("dark").theme == DefaultTheme.dark)
    #expect(try Self.file("light").theme == DefaultTheme.light)
    #expect(DefaultTheme.theme(for: .dark).name == "dark")
    #expect(DefaultTheme.theme(for: .light).appearance == .light)
  }

  @Test("Sixteen uses the user's palette alone, mono no colour")
  func limitedThemes() throws {
    for role in ThemeRole.allCases {
      for color in [try Self.file("sixteen").theme[role].foreground, try Self.file("sixteen").theme[role].background] {
        switch color {
        case .terminal: break
        case .palette(let number): #expect(number < 16, "\(role.name)")
        case .rgb: Issue.record("\(role.name) has a colour of its own")
        }
      }
      let mono = try Self.file("mono").theme[role]
      #expect(mono.foreground == .terminal && mono.background == .terminal, "\(role.name)")
    }
  }

  @Test("The roles of a conversation differ from each other", arguments: names)
  func distinction(name: String) throws {
    let theme = try Self.file(name).theme
    #expect(theme[.user] != theme[.assistant])
    #expect(theme[.error] != theme[.text])
    #expect(theme[.control] != theme[.text])
    #expect(theme[.selection] != theme[.text])
    #expect(theme[.match] != theme[.currentMatch])
    #expect(theme[.listSelected] != theme[.listItem])
    #expect(theme[.popupSelected] != theme[.popup])
  }

  @Test("A role that a theme leaves out follows its fallback")
  func fallbacks() {
    let error = Style(foreground: .palette(1))
    let theme = Theme(name: "x", appearance: .dark, styles: [.error: error, .dim: Style(attributes: .dim)])
    #expect(theme[.control] == error)
    #expect(theme[.composerHint] == Style(attributes: .dim))
    #expect(theme[.assistant] == Style())
  }

  @Test("Fallbacks end at plain text, and names lead back to their roles", arguments: ThemeRole.allCases)
  func roles(role: ThemeRole) {
    var current: ThemeRole? = role
    var steps = 0
    while let next = current?.fallback {
      current = next
      steps += 1
      if steps > ThemeRole.allCases.count { break }
    }
    #expect(current == .text)
    #expect(ThemeRole(name: role.name) == role)
  }

  @Test(
    "Styles are read from one string and written back",
    arguments: [
      ("#82aaff bold", Style(foreground: .rgb(0x82, 0xAA, 0xFF), attributes: .bold), "#82aaff bold"),
      ("#FA0", Style(foreground: .rgb(0xFF, 0xAA, 0)), "#ffaa00"),
      ("default on #22262e", Style(background: .rgb(0x22, 0x26, 0x2E)), "default on #22262e"),
      ("on 236", Style(background: .palette(236)), "default on 236"),
      (
        "italic bright-red on black underline",
        Style(foreground: .palette(9), background: .palette(0), attributes: [.italic, .underline]),
        "bright-red on black italic underline"
      ),
      ("grey", Style(foreground: .palette(8)), "bright-black"),
      ("  reverse   dim ", Style(attributes: [.reverse, .dim]), "default dim reverse"),
      ("", Style(), "default"),
    ])
  func notation(text: String, style: Style, written: String) throws {
    #expect(try Style(notation: text) == style)
    #expect(style.notation == written)
    #expect(try Style(notation: style.notation) == style)
  }

  @Test(
    "What is no style is refused with the word",
    arguments: [
      ("blod", Style.NotationError.unknownWord("blod")), ("#12345", .unknownWord("#12345")),
      ("#gggggg", .unknownWord("#gggggg")),
      ("256", .unknownWord("256")), ("red blue", .repeatedColor("blue")), ("red on", .missingBackground),
      ("red on loud", .unknownWord("loud")), ("on red on blue", .repeatedColor("blue")), ("#１２３", .unknownWord("#１２３")),
    ])
  func notationErrors(text: String, error: Style.NotationError) {
    #expect(throws: error) { try Style(notation: text) }
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

  @Test("Text never takes the colour of its ground", arguments: ColorReduction.Depth.allCases)
  func legibility(depth: ColorReduction.Depth) {
    for theme in [DefaultTheme.dark, DefaultTheme.light] {
      let reduced = theme.reduced(to: depth)
      for role in ThemeRole.allCases where reduced[role].background != .terminal {
        #expect(reduced[role].foreground != reduced[role].background, "\(theme.name) \(role.name)")
      }
      #expect(reduced[.selection] != reduced[.text])
      #expect(reduced[.listSelected] != reduced[.listItem])
    }
  }
}
