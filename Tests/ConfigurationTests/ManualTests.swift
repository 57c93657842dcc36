// The manual says what the configuration does: every setting is in it, every snippet works, and questions find answers.

import Diagnostics
import Display
import Manual
import Testing

@testable import Configuration

struct ManualTests {
  private static let filled = Manual.sections(
    filling: ManualSlots(settings: SettingsCatalog.reference, kinds: Set(ProviderKind.allCases.map(\.rawValue))))

  /// The code between fences, with the section it stands in.
  private static var snippets: [(section: String, code: String)] {
    filled.flatMap { section in
      ("\n" + section.body).split(separator: "\n```", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }
        .map { (section.id, String($0.element)) }
    }
  }

  @Test("Sections have names of their own, texts, and closed marks", arguments: filled.map(\.id))
  func form(id: String) throws {
    #expect(Self.filled.count { $0.id == id } == 1)
    let section = try #require(Self.filled.first { $0.id == id })
    #expect(!section.title.isEmpty && !section.body.isEmpty)
    let lines = section.body.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count { $0.hasPrefix("```") }.isMultiple(of: 2))
    #expect(lines.allSatisfy { $0 == "```" || ($0.count { $0 == "`" }).isMultiple(of: 2) })
    #expect(!section.body.hasSuffix("\n\n") && !lines.contains { $0.hasSuffix(" ") })
    #expect(section.keywords.allSatisfy { $0 == $0.lowercased() })
  }

  @Test("Every setting stands in the manual", arguments: SettingsCatalog.settings)
  func everySetting(setting: SettingDescription) throws {
    let section = try #require(Self.filled.first { $0.id == "settings" })
    #expect(
      section.body.contains(
        "- `\(SettingsCatalog.split(setting.path).key)`: \(setting.type); default: \(setting.standard). \(setting.summary)"
      ))
  }

  @Test("Every kind of provider has a section", arguments: ProviderKind.allCases)
  func everyKind(kind: ProviderKind) {
    #expect(
      Self.filled.contains {
        $0.id == kind.rawValue && $0.title.contains(kind.rawValue) || $0.id == "kind-\(kind.rawValue)"
      })
  }

  @Test("Kinds that are not spoken say so first, and those that are do not")
  func honesty() {
    let sections = Manual.sections(filling: ManualSlots(kinds: ["guide", "openai"]))
    #expect(
      sections.first { $0.id == "gemini" }?.body.hasPrefix("**This version does not speak `gemini` yet.**") == true)
    #expect(sections.first { $0.id == "openai" }?.body.hasPrefix("For every server") == true)
    #expect(
      sections.first { $0.id == "providers" }?.body.contains("This version speaks `guide`, `openai`. Settings for")
        == true)
    #expect(!Self.filled.contains { $0.body.contains("not speak") || $0.body.contains("not spoken") })
  }

  @Test("Every snippet of a configuration can be used as it stands")
  func configurationSnippets() {
    let found = Self.snippets.filter { $0.section != "themes" && $0.code.contains("[") && $0.code.contains(" = ") }
    #expect(found.count >= 10)
    for (section, code) in found {
      #expect(Settings.read(code.utf8, file: section).diagnostics.map(\.description) == [])
    }
  }

  @Test("The snippet of a theme can be used as it stands")
  func themeSnippet() throws {
    let snippet = try #require(Self.snippets.first { $0.section == "themes" })
    let reading = ThemeFile.read(
      snippet.code.utf8, file: "t", fallback: Theme(name: "f", appearance: .light, styles: [:]))
    #expect(reading.diagnostics == [])
    #expect(reading.theme.name == "dusk")
  }

  @Test(
    "Questions in plain words find their section first",
    arguments: [
      ("what is ttft?", "metrics"), ("How do I copy an answer over ssh", "copying"), ("ollama", "ollama"),
      ("themes", "themes"), ("follow the light background", "themes"),
      ("where are my conversations stored", "files"), ("change a key binding", "rebinding"),
      ("exit codes", "exit-status"),
      ("how do I connect to aws bedrock", "bedrock"), ("claude api key", "anthropic"),
      ("screen reader", "linear"),
      ("stop an answer", "stopping"), ("tell me about slash commands", "commands"), ("what is a stall", "metrics"),
      ("do you send telemetry", "privacy"), ("use it in a script with json", "command-line"),
      ("configuration", "configuration"),
      ("exit status", "exit-status"), ("groq", "openai"), ("record and replay a stream", "replaying"),
      ("getting started", "start"),
      ("certificate error", "troubleshooting"), ("who are you? are you a language model", "guide"),
    ])
  func search(query: String, section: String) {
    #expect(Manual.search(query).first?.id == section, "\(Manual.search(query).map(\.id))")
  }

  @Test(
    "What nobody wrote about finds nothing", arguments: ["", "   ", "the of and", "zyxwv", "???", "\u{1B}[31m\u{0}"])
  func nothing(query: String) {
    #expect(Manual.search(query) == [])
  }

  @Test("A question of any length is answered in bounded time")
  func longQuery() {
    #expect(Manual.search(String(repeating: "stream chunk ", count: 100_000)).first != nil)
  }

  @Test("The man page has no line that roff would take for something else")
  func manPage() {
    let page = Manual.manPage(
      version: "1.0", date: "2026-01-31",
      sections: Self.filled + [
        ManualSection(
          id: "x", title: "Quote \" here", body: ".not a macro\n'nor this\n\\back `a-b` **c**\n```\n.code\n")
      ])
    let macros: Set = [".TH", ".SH", ".PP", ".RS", ".RE", ".nf", ".fi", ".IP", ".br"]
    for line in page.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    #expect(page.hasPrefix(".TH \"RIFFLE\" \"1\" \"2026\\-01\\-31\" \"riffle 1.0\" \"User Commands\"\n"))
    #expect(page.utf8.allSatisfy { $0 < 0x80 })
    #expect(
      page.contains("\n\\&.not a macro\n\\&\\(aqnor this\n\\eback \\fBa\\-b\\fR \\fBc\\fR\n")
        || page.contains("\n\\&.not a macro\n\\(aqnor this\n\\eback \\fBa\\-b\\fR \\fBc\\fR\n"))
    #expect(page.contains(".SH \"QUOTE \\(dq HERE\""))
    #expect(page.split(separator: "\n").count { $0 == ".nf" } == page.split(separator: "\n").count { $0 == ".fi" })
    #expect(page.contains("\n.SH \"EXIT STATUS\"\n"))
  }
}
