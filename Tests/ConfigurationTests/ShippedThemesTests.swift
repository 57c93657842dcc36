// The themes of this repository: whole, readable in every number of colours, and each what its header promises.

import Diagnostics
import Display
import FoundationEssentials
import Glibc
import Manual
import Testing

@testable import Configuration

@Suite("Shipped themes")
struct ShippedThemesTests {
  struct File: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var theme: Theme

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var testDescription: String { name }
  }

  private static let files: [File] = {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let folder = root.appending(path: "themes")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let names = files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    return names.compactMap { name in
      guard let data = try? Data(contentsOf: folder.appending(path: name + ".toml")) else { return nil }
      let theme = ThemeFile.read(data, file: name + ".toml", fallback: DefaultTheme.dark).theme
      return File(name: name, bytes: Array(data), theme: theme)
    }
  }()

  /// Those whose colours are not the user's own sixteen.
  private static let colored = files.filter { !["sixteen", "mono"].contains($0.name) }

  private static func theme(_ name: String) throws -> Theme {
    try #require(files.first { $0.name == name }).theme
  }

  @Test("There are themes for every taste and ground, and the manual names them all")
  func names() throws {
    for appearance in [Appearance.dark, .light] {
      #expect(Self.files.count { $0.theme.appearance == appearance } >= 4)
    }
    let names = Set(Self.files.map(\.name))
    #expect(names.isSuperset(of: ["dark", "light", "high-contrast", "high-contrast-light", "sixteen", "mono"]))
    let manual = try #require(Manual.sections(filling: ManualSlots()).first { $0.id == "themes" }).body
    for name in names { #expect(manual.contains("**\(name)**"), "\(name)") }
  }

  @Test("Every theme is read without a finding, is called as its file and says what it is for", arguments: files)
  func clean(file: File) {
    let fallback = Theme(name: "fallback", appearance: .dark, styles: [:])
    let reading = ThemeFile.read(file.bytes, file: "\(file.name).toml", fallback: fallback)
    #expect(reading.diagnostics == [])
    #expect(reading.theme.name == file.name)
    let header = file.text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("# ") }
    #expect(!header.isEmpty && header.joined().count > 30)
  }

  @Test("Every theme names every role", arguments: files)
  func completeness(file: File) {
    let document = TOMLDocument(parsing: file.bytes, file: file.name)
    guard case .table(let roles) = document.root["roles"]?.content else {
      Issue.record("no roles")
      return
    }
    #expect(Set(roles.entries.map(\.key)) == Set(ThemeRole.allCases.map(\.name)))
  }

  @Test("The built-in themes are those of the files")
  func builtIn() throws {
    #expect(try Self.theme("dark") == DefaultTheme.dark)
    #expect(try Self.theme("light") == DefaultTheme.light)
  }

  // MARK: Contrast

  /// Roles that are only lines and shapes; everything else is text.
  private static let lines: Set<ThemeRole> = [
    .rule, .border, .tableBorder, .quoteBar, .graphAxis, .graph, .graphAlternate, .streamingCursor,
  ]

  @Test(
    "Every role can be read on its ground, in as many colours as the terminal has",
    arguments: files, [ColorReduction.Depth.full, .palette, .sixteen, .eight])
  func contrast(file: File, depth: ColorReduction.Depth) {
    let theme = file.theme.reduced(to: depth)
    for role in ThemeRole.allCases {
      // Reversed text has the same two colours.
      let found = Contrast.ratio(of: theme[role], in: theme.appearance)
      var needed = Self.lines.contains(role) ? Contrast.minimumForLines : Contrast.minimumForText
      if file.name.hasPrefix("high-contrast"), depth >= .palette { needed = depth == .full ? 7 : 4.5 }
      if file.name == "sixteen" || depth < .palette { needed = min(needed, Contrast.minimumForNamedColors) }
      #expect(found >= needed, "\(role.name): \(theme[role].notation) has \(found)")
    }
  }

  @Test("A role with a ground of its own has a text colour of its own", arguments: colored)
  func pairs(file: File) {
    for role in ThemeRole.allCases where file.theme[role].background != .terminal {
      #expect(file.theme[role].foreground != .terminal, "\(role.name)")
    }
  }

  @Test(
    "What stands out by its ground does so in every number of colours", arguments: files,
    ColorReduction.Depth.allCases)
  func marks(file: File, depth: ColorReduction.Depth) {
    let theme = file.theme.reduced(to: depth)
    for role in Theme.marked {
      let (style, text) = (theme[role], theme[.text])
      let isSeen =
        style.attributes.contains(.reverse) || Contrast.differ(style.background, text.background, in: theme.appearance)
        || depth < .full && role == .match && style.attributes == [.underline, .bold]
      #expect(isSeen || file.name == "mono", "\(role.name): \(style.notation)")
    }
  }

  // MARK: Differences

  private static let code: [ThemeRole] = [
    .code, .codeKeyword, .codeString, .codeComment, .codeNumber, .codeType, .codeFunction, .codeAttribute,
  ]

  /// How far two styles are apart to the eye; any attribute of difference is enough.
  private static func difference(_ one: Style, _ other: Style, _ theme: Theme) -> Double {
    if one.attributes != other.attributes { return .infinity }
    let (text, ground) = theme.appearance == .dark ? (RGB.white, RGB.black) : (RGB.black, RGB.white)
    func part(_ one: Color, _ other: Color, _ terminal: RGB) -> Double {
      ColorReduction.rgb(of: one, terminal: terminal).difference(to: ColorReduction.rgb(of: other, terminal: terminal))
    }
    return max(part(one.foreground, other.foreground, text), part(one.background, other.background, ground))
  }

  // 6 is three times what can just be seen side by side: letters are thin, and do not always stand side by side.
  @Test("Parts of code can be told from each other", arguments: colored, [ColorReduction.Depth.full, .palette])
  func codeRoles(file: File, depth: ColorReduction.Depth) {
    let theme = file.theme.reduced(to: depth)
    for (index, one) in Self.code.enumerated() {
      for other in Self.code[(index + 1)...] {
        let found = Self.difference(theme[one], theme[other], theme)
        #expect(found >= (depth == .full ? 6 : 4), "\(one.name) and \(other.name): \(found)")
      }
    }
  }

  @Test("Words, strings and comments in code differ in sixteen colours too", arguments: files)
  func codeRolesInSixteen(file: File) {
    guard file.name != "mono" else { return }
    let theme = file.theme.reduced(to: .sixteen)
    for (one, other) in [
      (ThemeRole.codeKeyword, ThemeRole.codeString), (.codeKeyword, .codeComment), (.codeString, .codeComment),
      (.codeKeyword, .code), (.codeComment, .code),
    ] {
      #expect(theme[one] != theme[other], "\(one.name) and \(other.name)")
    }
  }

  @Test("What is different is not told by colour alone", arguments: files)
  func attributes(file: File) {
    let theme = file.theme.reduced(to: .none)
    for (one, other) in [
      (ThemeRole.error, ThemeRole.success), (.error, .text), (.statusError, .statusLive), (.statusError, .status),
      (.heading, .headingMinor), (.heading, .text), (.headingMinor, .text), (.codeKeyword, .code),
      (.codeComment, .code), (.link, .text), (.tableHeader, .text), (.match, .currentMatch), (.match, .text),
      (.hint, .text), (.browseMark, .text), (.listSelected, .listItem), (.popupSelected, .popup), (.control, .text),
      (.selection, .text), (.listUnread, .listItem),
    ] {
      #expect(theme[one].attributes != theme[other].attributes, "\(one.name) and \(other.name)")
    }
  }

  @Test("The roles of a conversation differ from each other", arguments: files)
  func distinction(file: File) {
    let theme = file.theme
    for (one, other) in [
      (ThemeRole.user, ThemeRole.assistant), (.heading, .headingMinor), (.inlineCode, .text), (.inlineCode, .strong),
      (.hint, .match), (.hint, .currentMatch), (.hint, .selection), (.codeInserted, .codeDeleted),
      (.codeInserted, .code), (.codeDeleted, .code), (.error, .warning), (.thinking, .text), (.quote, .text),
    ] {
      #expect(theme[one] != theme[other], "\(one.name) and \(other.name)")
    }
  }

  @Test("What a diff adds is green and what it takes away red, but where that cannot be seen", arguments: colored)
  func diffs(file: File) {
    guard !file.name.hasPrefix("semaphore") else { return }
    guard case .rgb(let red, let green, _) = file.theme[.codeInserted].background,
      case .rgb(let otherRed, let otherGreen, let otherBlue) = file.theme[.codeDeleted].background
    else {
      Issue.record("no grounds")
      return
    }
    #expect(green >= red)
    #expect(otherRed > otherGreen && otherRed > otherBlue)
  }

  // MARK: Promises of single themes

  @Test("Sixteen uses the user's palette alone, mono no colour")
  func limitedThemes() throws {
    let (sixteen, mono) = (try Self.theme("sixteen"), try Self.theme("mono"))
    for role in ThemeRole.allCases {
      for color in [sixteen[role].foreground, sixteen[role].background] {
        switch color {
        case .terminal: break
        case .palette(let number): #expect(number < 16, "\(role.name)")
        case .rgb: Issue.record("\(role.name) has a colour of its own")
        }
      }
      #expect(mono[role].foreground == .terminal && mono[role].background == .terminal, "\(role.name)")
    }
  }

  @Test("Lantern has little blue in any colour")
  func lowBlue() throws {
    let theme = try Self.theme("lantern")
    for role in ThemeRole.allCases {
      for color in [theme[role].foreground, theme[role].background] {
        guard case .rgb(let red, let green, let blue) = color else {
          Issue.record("\(role.name) takes a colour of the terminal")
          continue
        }
        #expect(blue <= red && blue <= green && Int(blue) <= max(0x20, 3 * Int(red) / 4), "\(role.name)")
      }
    }
  }

  @Test(
    "The themes for readers who see red and green alike keep apart for them what is apart for others",
    arguments: ["semaphore", "semaphore-light"], Vision.allCases)
  func colorBlindness(name: String, vision: Vision) throws {
    let theme = try Self.theme(name)
    let pairs: [(ThemeRole, ThemeRole)] = [
      (.error, .success), (.warning, .success), (.codeInserted, .codeDeleted), (.user, .system), (.error, .text),
      (.codeString, .codeKeyword), (.codeString, .codeNumber), (.codeKeyword, .codeNumber), (.match, .selection),
      (.graph, .graphAlternate), (.statusLive, .statusError), (.codeType, .codeKeyword),
    ]
    let terminal = theme.appearance == .dark ? RGB.white : RGB.black
    let ground = theme.appearance == .dark ? RGB.black : RGB.white
    for (one, other) in pairs {
      let (a, b) = (theme[one], theme[other])
      let found = max(
        vision.seen(ColorReduction.rgb(of: a.foreground, terminal: terminal))
          .difference(to: vision.seen(ColorReduction.rgb(of: b.foreground, terminal: terminal))),
        vision.seen(ColorReduction.rgb(of: a.background, terminal: ground))
          .difference(to: vision.seen(ColorReduction.rgb(of: b.background, terminal: ground))))
      #expect(found >= 8, "\(one.name) and \(other.name): \(found)")
    }
  }

  /// How colours look without the long or the middle cones (Viénot, Brettel and Mollon 1999, on linear sRGB).
  enum Vision: CaseIterable {
    case protanopia, deuteranopia

    func seen(_ color: RGB) -> RGB {
      func linear(_ channel: UInt8) -> Double {
        let value = Double(channel) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      }
      func channel(_ value: Double) -> UInt8 {
        let clamped = min(1, max(0, value))
        let coded = clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * pow(clamped, 1 / 2.4) - 0.055
        return UInt8((coded * 255).rounded())
      }
      let (red, green, blue) = (linear(color.red), linear(color.green), linear(color.blue))
      switch self {
      case .protanopia:
        let yellow = 0.11238 * red + 0.88762 * green
        return RGB(channel(yellow), channel(yellow), channel(0.00401 * red - 0.00401 * green + blue))
      case .deuteranopia:
        let yellow = 0.29275 * red + 0.70725 * green
        return RGB(channel(yellow), channel(yellow), channel(-0.02234 * red + 0.02234 * green + blue))
      }
    }
  }
}
