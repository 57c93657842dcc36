// Theme files: both forms of a role, names of colours, and what a mistake costs.

import Diagnostics
import Display
import Testing

@testable import Configuration

struct ThemeFileTests {
  private static let fallback = Theme(
    name: "fallback", appearance: .light,
    styles: [.text: Style(foreground: .palette(1)), .error: Style(foreground: .palette(9), attributes: .bold)])

  private func read(_ text: String, file: String = "themes/dusk.toml") -> ThemeReading {
    ThemeFile.read(text.utf8, file: file, fallback: Self.fallback)
  }

  @Test("A theme in both forms is read whole")
  func whole() {
    let reading = read(
      #"""
      name = "Dusk"
      appearance = "dark"
      [colors]
      rose = "#ff7eb6"
      [roles]
      error = "rose bold"
      text = "#D0D0D0 on 235"
      code = { fg = 252, bg = "default", italic = true }
      link = "bright-blue underline"
      dim = "dim"
      streaming-cursor = "#fff on rose reverse"
      """#)
    let base = Color.palette(235)
    #expect(reading.diagnostics == [])
    #expect(reading.theme.name == "Dusk")
    #expect(reading.theme.appearance == .dark)
    #expect(reading.theme[.text] == Style(foreground: .rgb(0xD0, 0xD0, 0xD0), background: base))
    #expect(reading.theme[.error] == Style(foreground: .rgb(0xFF, 0x7E, 0xB6), background: base, attributes: .bold))
    #expect(reading.theme[.code] == Style(foreground: .palette(252), background: .terminal, attributes: .italic))
    #expect(reading.theme[.link] == Style(foreground: .palette(12), background: base, attributes: .underline))
    #expect(reading.theme[.dim] == Style(foreground: .rgb(0xD0, 0xD0, 0xD0), background: base, attributes: .dim))
    #expect(
      reading.theme[.streamingCursor]
        == Style(foreground: .rgb(255, 255, 255), background: .rgb(0xFF, 0x7E, 0xB6), attributes: .reverse))
    #expect(reading.theme[.thinking] == reading.theme[.dim])
  }

  @Test("A theme without a name is called after its file")
  func names() {
    #expect(read("[roles]").theme.name == "dusk")
    #expect(read("[roles]", file: "x").theme.name == "x")
  }

  @Test(
    "A mistake costs one role its style and is told with its place",
    arguments: [
      (
        "error = \"rde\"",
        #"2:9: roles.error: "rde" is no colour and no attribute; did you mean "red"?; colours are #rrggbb, 0 to 255, ANSI names and default"#
      ),
      (
        "error = \"#12345\"",
        "2:9: roles.error: \"#12345\" is no colour and no attribute; colours are #rrggbb, 0 to 255, ANSI names and default"
      ),
      ("error = \"red blue\"", #"2:9: roles.error: has two colours; the background follows "on""#),
      ("error = \"red on\"", #"2:9: roles.error: expected a colour after "on""#),
      (
        "error = 5",
        ##"2:9: roles.error: expected text such as "#ff8800 on default bold", or a table, found integer 5"##
      ),
      ("error = { fg = 256 }", "2:16: roles.error.fg: must be 0 to 255, found 256"),
      ("error = { fg = 5, bold = 1 }", "2:26: roles.error.bold: expected true or false, found integer 1"),
    ])
  func mistakes(line: String, diagnostic: String) {
    let reading = read("[roles]\n" + line + "\ntext = \"white\"")
    #expect(reading.diagnostics.map(\.description) == ["themes/dusk.toml:" + diagnostic])
    #expect(reading.theme[.error] == Self.fallback[.error])
    #expect(reading.theme[.text] == Style(foreground: .palette(7)))
  }

  @Test(
    "Unknown roles and keys are warnings",
    arguments: [
      ("[roles]\nerorr = \"red\"", #"2:1: roles.erorr: unknown key; did you mean "error"?"#),
      ("[roles]\nerror = { fg = 1, blink = true }", "2:19: roles.error.blink: unknown key"),
      ("[roles]\n[stuff]", "2:2: stuff: unknown key"),
      (
        "appearance = \"darkish\"\n[roles]",
        #"1:14: appearance: expected dark or light, found "darkish"; did you mean "dark"?"#
      ),
      (
        "[roles]\n[colors]\nred = \"#ff0000\"", "3:1: colors.red: is a word of the format; give the colour another name"
      ),
    ])
  func warnings(text: String, diagnostic: String) {
    #expect(read(text).diagnostics.map(\.description) == ["themes/dusk.toml:" + diagnostic])
  }

  @Test("A file that is no theme at all gives the fallback's styles")
  func broken() {
    let malformed = read("[roles")
    #expect(malformed.theme == Theme(Self.fallback, named: "dusk"))
    #expect(malformed.diagnostics.count == 1)
    let empty = read("")
    #expect(ThemeRole.allCases.allSatisfy { empty.theme[$0] == Self.fallback[$0] })
    #expect(empty.diagnostics.map(\.description) == ["themes/dusk.toml:1:1: roles: is missing"])
  }
}
