// `config init`, and that descriptions and decoder know the same keys.

import Conversations
import Diagnostics
import Testing

@testable import Configuration

struct TemplateTests {
  private static let discoveries: [Discovery] = [
    Discovery(),
    Discovery(
      keys: Discovery.keys(in: ["ANTHROPIC_API_KEY": "x", "OPENAI_API_KEY": "y", "GEMINI_API_KEY": ""]),
      ollamaModels: ["llama\"3\\", "b"], hasAWSCredentials: true),
    Discovery(ollamaModels: [], kinds: [.guide, .openAI, .replay]),
  ]

  @Test("What is written at first is a configuration without a finding", arguments: discoveries.indices)
  func asWritten(index: Int) {
    let text = ConfigurationTemplate.text(found: Self.discoveries[index])
    #expect(Settings.read(text.utf8, file: "config.toml").diagnostics == [])
  }

  @Test("With everything uncommented it still is", arguments: discoveries.indices)
  func uncommented(index: Int) {
    let lines = ConfigurationTemplate.text(found: Self.discoveries[index]).split(
      separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 }.joined(separator: "\n")
    let reading = Settings.read(text.utf8, file: "config.toml")
    #expect(reading.diagnostics == [])
    #expect(reading.settings.profile == "work")
    #expect(reading.settings.profiles.contains { $0.name == "work" })
    #expect(reading.settings.keys.count == 1)
  }

  @Test("What was found is switched on, and nothing else")
  func found() {
    let settings = Settings.read(ConfigurationTemplate.text(found: Self.discoveries[1]).utf8, file: "c").settings
    #expect(settings.providers.map(\.name) == ["anthropic", "openai", "ollama", "aws"])
    #expect(settings.providers.first?.credential == .environment(name: "ANTHROPIC_API_KEY"))
    #expect(settings.profiles.map(\.model) == [ModelReference(provider: "ollama", model: "llama\"3\\")])
    let nothing = Settings.read(ConfigurationTemplate.text(found: Discovery()).utf8, file: "c").settings
    #expect(nothing == Settings())
  }

  @Test("Kinds that this version does not speak are not offered")
  func kinds() {
    let text = ConfigurationTemplate.text(found: Self.discoveries[2])
    #expect(!text.contains("bedrock") && !text.contains("jaf") && !text.contains("kind = \"ollama\""))
    #expect(text.contains("kind = \"replay\""))
  }
}

struct SettingsCatalogTests {
  /// A configuration that gives one setting the value `value`.
  private static func text(setting path: String, _ value: String) -> String {
    switch path.split(separator: ".").first {
    case "providers":
      "[providers.x]\n" + (path.hasSuffix(".kind") ? "" : "kind = \"openai\"\n")
        + "\(path.split(separator: ".")[2]) = \(value)"
    case "profiles":
      "[profiles.x]\n" + (path.hasSuffix(".provider") ? "" : "provider = \"guide\"\n")
        + "\(path.split(separator: ".")[2]) = \(value)"
    case "prices": "[prices.\"a/b\"]\n\(path.split(separator: ".")[2]) = \(value)"
    case "keys": "[keys]\nf5 = \(value)"
    default: "\(path) = \(value)"
    }
  }

  @Test(
    "Every described setting is read: a wrong kind of value is told, not called unknown",
    arguments: SettingsCatalog.settings.map(\.path))
  func described(path: String) {
    let reading = Settings.read(Self.text(setting: path, "1979-05-27").utf8, file: "c")
    #expect(
      reading.diagnostics.contains {
        $0.severity == .error && $0.message.contains("1979-05-27") || $0.message.contains("found a date")
      })
    #expect(!reading.diagnostics.contains { $0.message.contains("unknown key") })
  }

  @Test("Every example can be used as it stands", arguments: SettingsCatalog.settings.map(\.path))
  func examples(path: String) throws {
    let setting = try #require(SettingsCatalog.setting(path))
    let document = TOMLDocument(parsing: "x = " + setting.example, file: "c")
    #expect(document.problem == nil)
    let reading = Settings.read(Self.text(setting: path, setting.example).utf8, file: "c")
    let own = reading.diagnostics.filter {
      $0.message.contains(path.split(separator: ".").last.map(String.init) ?? "") && $0.severity == .error
    }
    // Examples name profiles, providers and prices that only stand in a whole file.
    #expect(own.allSatisfy { $0.message.contains("there is no") || $0.message.contains("is missing") })
  }

  @Test("Every key the decoder reads is described")
  func complete() {
    let text =
      "ui = {}\nhooks = {}\nnetwork = {}\nproviders.x = { kind = \"openai\" }\nprofiles.x = { provider = \"guide\" }\nprices.\"a/b\" = {}\nkeys = {}"
    let document = TOMLDocument(parsing: text, file: "c")
    var decoder = SettingsDecoder(document: document, vocabulary: SettingsVocabulary())
    decoder.decode()
    let described = Set(SettingsCatalog.settings.map(\.path))
    let known = decoder.paths.map { path in
      path.replacing(".x", with: ".*").replacing(".\"a/b\"", with: ".*").replacing(".a/b", with: ".*")
    }
    let tables: Set = [
      "ui", "hooks", "network", "providers", "profiles", "prices", "keys", "providers.*", "profiles.*", "prices.*",
    ]
    #expect(Set(known).subtracting(tables) == described.subtracting(["keys.*"]))
  }

  @Test("The reference names every key once, below its table")
  func reference() {
    let lines = SettingsCatalog.reference.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("- ") }.count == SettingsCatalog.settings.count)
    #expect(lines.contains("**[providers.NAME]**"))
    #expect(Set(SettingsCatalog.settings.map(\.path)).count == SettingsCatalog.settings.count)
  }
}
