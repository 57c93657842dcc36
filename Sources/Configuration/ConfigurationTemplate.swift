// The text that `riffle config init` writes: what was found is switched on, everything else stands there as a comment.
// Lines that begin with `# ` are prose; lines that begin with `#` and no blank are TOML to be uncommented.

/// The commented configuration of a new user.
package enum ConfigurationTemplate {
  /// The text of a `config.toml` for what was found. Valid TOML, also with every commented setting uncommented.
  package static func text(found: Discovery) -> String {
    var writer = Writer()
    writer.prose(
      "riffle's configuration. Everything is optional; what stands here after # is the built-in value or an example.")
    writer.prose(
      "Changes work at once, without a restart. `riffle config check` says what is wrong, with line and column.")
    writer.blank()
    for path in ["profile", "theme", "pace"] { writer.setting(path, isOn: false) }
    writer.section("ui", isOn: false)
    writer.section("network", isOn: false)
    writer.rule("Hooks: programs that are told of answers, by one line of JSON on their standard input")
    writer.section("hooks", isOn: false)
    writer.rule("Providers: services with their address and key")
    providers(found, &writer)
    writer.rule("Profiles: a provider, a model and parameters under a name")
    profiles(found, &writer)
    writer.rule("Prices per million tokens, for the cost of answers")
    writer.table("prices.\"lab/m-large\"", isOn: false)
    for key in ["input", "output", "cache_read", "cache_write"] { writer.setting("prices.*.\(key)", isOn: false) }
    writer.rule("Keys: a key or a sequence, and the command it runs; F1 lists the commands")
    writer.table("keys", isOn: false)
    writer.line("\"ctrl-x n\" = \"conversation.new\"", isOn: false)
    return writer.text
  }

  private static func providers(_ found: Discovery, _ writer: inout Writer) {
    var written: Set<String> = []
    for key in found.keys where found.kinds.contains(key.kind) && written.insert(key.provider).inserted {
      writer.table("providers.\(TableReader.bare(key.provider))", isOn: true)
      writer.line("kind = \"\(key.kind.rawValue)\"", isOn: true)
      writer.line("api_key_env = \"\(key.variable)\"", isOn: true, comment: "found")
    }
    if found.ollamaModels != nil, found.kinds.contains(.ollama), written.insert("ollama").inserted {
      writer.table("providers.ollama", isOn: true)
      writer.line("kind = \"ollama\"", isOn: true, comment: "found")
    }
    if found.hasAWSCredentials, found.kinds.contains(.bedrock), written.insert("aws").inserted {
      writer.table("providers.aws", isOn: true)
      writer.line("kind = \"bedrock\"", isOn: true, comment: "credentials found")
      writer.setting("providers.*.region", isOn: false)
      writer.setting("providers.*.aws_profile", isOn: false)
      writer.setting("providers.*.endpoint_url", isOn: false)
    }
    writer.table("providers.lab", isOn: false)
    writer.line("kind = \"openai\"", isOn: false)
    writer.setting("providers.*.base_url", isOn: false)
    writer.prose("The key comes from one of: a variable, a command, a file.")
    writer.setting("providers.*.api_key_env", isOn: false)
    for key in ["api_key_command", "api_key_file"] {
      // Only one of the three may be set, so the other two stand in prose.
      writer.prose("\(key) = \(SettingsCatalog.setting("providers.*.\(key)")?.example ?? "")")
    }
    for key in [
      "headers", "allow_plaintext", "connect_timeout", "first_byte_timeout", "idle_timeout", "total_timeout", "retries",
      "models", "context", "proxy", "ca_file",
    ] {
      writer.setting("providers.*.\(key)", isOn: false)
    }
    if found.kinds.contains(.bedrock), !written.contains("aws") {
      writer.table("providers.aws", isOn: false)
      writer.line("kind = \"bedrock\"", isOn: false)
      for key in ["region", "aws_profile", "endpoint_url"] { writer.setting("providers.*.\(key)", isOn: false) }
    }
    if found.kinds.contains(.agentCore) {
      writer.table("providers.agent", isOn: false)
      writer.line("kind = \"agentcore\"", isOn: false)
      writer.line("base_url = \"http://127.0.0.1:8080\"", isOn: false, comment: "or runtime_arn = \"arn:…\"")
    }
    if found.kinds.contains(.jaf) {
      writer.table("providers.jaf", isOn: false)
      writer.line("kind = \"jaf\"", isOn: false)
      writer.line("base_url = \"http://127.0.0.1:8001\"", isOn: false)
      writer.setting("providers.*.transport", isOn: false)
    }
    if found.kinds.contains(.replay) {
      writer.table("providers.recording", isOn: false)
      writer.line("kind = \"replay\"", isOn: false)
      for key in ["file", "speed"] { writer.setting("providers.*.\(key)", isOn: false) }
    }
  }

  private static func profiles(_ found: Discovery, _ writer: inout Writer) {
    if let model = found.ollamaModels?.first, found.kinds.contains(.ollama) {
      writer.table("profiles.local", isOn: true)
      writer.line("provider = \"ollama\"", isOn: true)
      writer.line("model = \(quoted(model))", isOn: true, comment: "found")
    }
    for key in found.keys where found.kinds.contains(key.kind) {
      writer.prose("`riffle models --provider \(key.provider)` lists the models of \(key.provider).")
      writer.table("profiles.\(TableReader.bare(key.provider))", isOn: false)
      writer.line("provider = \"\(key.provider)\"", isOn: false)
      writer.line("model = \"…\"", isOn: false)
    }
    writer.table("profiles.work", isOn: false)
    for key in ["provider", "model", "system", "temperature", "top_p", "max_tokens", "stream", "extra"] {
      writer.setting("profiles.*.\(key)", isOn: false)
    }
  }

  /// A TOML basic string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.isControlOrSeparator:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Lines of the template.
private struct Writer {
  private(set) var text = ""

  mutating func blank() { text += "\n" }
  mutating func prose(_ line: String) { text += "# \(line)\n" }

  mutating func rule(_ title: String) {
    blank()
    prose("---- \(title)")
  }

  mutating func table(_ name: String, isOn: Bool) {
    blank()
    line("[\(name)]", isOn: isOn)
  }

  mutating func line(_ toml: String, isOn: Bool, comment: String = "") {
    text += (isOn ? "" : "#") + toml + (comment.isEmpty ? "" : "  # \(comment)") + "\n"
  }

  /// A setting with its example and its sentence.
  mutating func setting(_ path: String, isOn: Bool) {
    guard let setting = SettingsCatalog.setting(path) else { return }
    prose("\(setting.summary) (\(setting.type))")
    line("\(SettingsCatalog.split(path).key) = \(setting.example)", isOn: isOn)
  }

  /// A whole table of settings.
  mutating func section(_ name: String, isOn: Bool) {
    table(name, isOn: isOn)
    for setting in SettingsCatalog.settings where SettingsCatalog.split(setting.path).table == name {
      self.setting(setting.path, isOn: isOn)
    }
  }
}
