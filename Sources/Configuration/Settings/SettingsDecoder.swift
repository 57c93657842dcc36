// The tables of `config.toml`, one method each. `SettingsCatalog` describes the same keys for people; a test holds the
// two against each other.

internal import Conversations
internal import Diagnostics

/// Walks a document and fills `settings`.
struct SettingsDecoder {
  let document: TOMLDocument
  let vocabulary: SettingsVocabulary
  private(set) var settings = Settings()
  private(set) var diagnostics: [Diagnostic] = []
  /// Every path that was asked for, names of the user's choice included.
  private(set) var paths: [String] = []

  init(document: TOMLDocument, vocabulary: SettingsVocabulary) {
    self.document = document
    self.vocabulary = vocabulary
  }

  mutating func decode() {
    var top = TableReader(document.root, of: document, path: "", at: TOMLPosition(line: 1, column: 1))
    if let profile = top.string("profile") { settings.profile = profile }
    if let theme = top.string("theme") { settings.theme = ThemeChoice(theme) }
    decodePace(&top)
    if let (table, position) = top.table("ui") { decodeInterface(table, position, &top) }
    if let (table, position) = top.table("hooks") { decodeHooks(table, position, &top) }
    if let (table, position) = top.table("network") { decodeNetwork(table, position, &top) }
    for (name, table, position) in named("providers", &top) { decodeProvider(name, table, position, &top) }
    for (name, table, position) in named("profiles", &top) { decodeProfile(name, table, position, &top) }
    for (name, table, position) in named("prices", &top) { decodePrice(name, table, position, &top) }
    decodeKeys(&top)
    checkProfileChoice(&top)
    diagnostics += top.finished()
    paths = top.known + top.innerKnown
  }

  // MARK: Top level

  private mutating func decodePace(_ top: inout TableReader) {
    guard let text = top.string("pace") else { return }
    if let pace = Pace(text) {
      settings.pace = pace
    } else {
      let near = suggestion(for: text, among: ["instant", "sentence", "smooth", "tokens:30"])
      top.report(
        .error, "pace", "expected \(Pace.allowed), found \(text.quotedForMessages)\(near)",
        at: document.root["pace"]?.position)
    }
  }

  private mutating func decodeInterface(_ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader) {
    var reader = TableReader(table, of: document, path: "ui", at: position)
    var interface = InterfaceSettings()
    if let mouse = reader.boolean("mouse") { interface.hasMouse = mouse }
    if let bell = reader.boolean("bell") { interface.ringsBell = bell }
    if let notify = reader.boolean("notify") { interface.notifies = notify }
    if let motion = reader.boolean("reduced_motion") { interface.reducesMotion = motion }
    if let sidebar = reader.boolean("sidebar") { interface.showsSidebar = sidebar }
    if let folded = reader.boolean("thinking_folded") { interface.foldsThinking = folded }
    if let name = reader.string("dark_theme") { interface.darkTheme = name }
    if let name = reader.string("light_theme") { interface.lightTheme = name }
    if let colors = reader.choice("colors", ColorDepth.self) { interface.colors = colors }
    if let clipboard = reader.choice("clipboard", ClipboardSetting.self) { interface.clipboard = clipboard }
    if let words = command("clipboard_command", &reader) { interface.clipboardCommand = words }
    if let words = command("open_command", &reader) { interface.openCommand = words }
    if let order = reader.choice("text_order", TextOrderSetting.self) { interface.textOrder = order }
    if let prints = reader.boolean("print_last_answer") { interface.printsLastAnswer = prints }
    if let value = reader.value("frames_per_second") {
      switch value.content {
      case .string("auto"): interface.frameRate = .automatic
      case .integer(let number) where number >= FrameRate.range.lowerBound && number <= FrameRate.range.upperBound:
        interface.frameRate = .atMost(Int(number))
      default:
        let _: Never? = reader.refuse(
          "frames_per_second", "expected \"auto\" or 1 to 240, found \(value.described)", at: value)
      }
    }
    settings.interface = interface
    top.absorb(reader)
  }

  /// A program with its arguments; an empty array means none.
  private func command(_ key: String, _ reader: inout TableReader) -> [String]? {
    guard let words = reader.strings(key) else { return nil }
    if let program = words.first, program.isEmpty {
      return reader.refuse(key, "the program's name must not be empty", at: reader.table[key])
    }
    // Nothing can be handed to a program behind a NUL.
    if words.contains(where: { $0.utf8.contains(0) }) {
      return reader.refuse(key, "must not hold U+0000", at: reader.table[key])
    }
    return words
  }

  private mutating func decodeHooks(_ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader) {
    var reader = TableReader(table, of: document, path: "hooks", at: position)
    if let words = hook("finish", &reader) { settings.hooks.finish = words }
    if let words = hook("error", &reader) { settings.hooks.error = words }
    if let words = hook("stall", &reader) { settings.hooks.stall = words }
    top.absorb(reader)
  }

  /// A program with its arguments, none of them empty.
  private func hook(_ key: String, _ reader: inout TableReader) -> [String]? {
    guard let words = command(key, &reader) else { return nil }
    if let empty = words.firstIndex(where: \.isEmpty), case .array(let elements)? = reader.table[key]?.content {
      return reader.refuse(key, "must not hold an empty string", at: elements[empty])
    }
    return words
  }

  private mutating func decodeNetwork(_ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader) {
    var reader = TableReader(table, of: document, path: "network", at: position)
    if let proxy = proxy(&reader) { settings.network.proxy = proxy }
    settings.network.noProxy = reader.strings("no_proxy")
    settings.network.certificateFile = reader.string("ca_file")
    top.absorb(reader)
  }

  /// The tables of `[key.NAME]`, with names that can stand in messages, on command lines and before a `/`.
  private mutating func named(
    _ key: String, _ top: inout TableReader
  ) -> [(name: String, table: TOMLTable, position: TOMLPosition)] {
    guard let (tables, position) = top.table(key) else { return [] }
    var reader = TableReader(tables, of: document, path: key, at: position)
    var result: [(String, TOMLTable, TOMLPosition)] = []
    for entry in reader.chosenEntries() {
      guard let (table, position) = reader.table(entry.key) else { continue }
      let isUsable =
        !entry.key.isEmpty && entry.key.utf8.count <= 256
        && !entry.key.unicodeScalars.contains { $0.isControlOrSeparator || $0.properties.isWhitespace }
        && (key != "providers" || !entry.key.utf8.contains(UInt8(ascii: "/")))
      guard isUsable else {
        reader.report(
          .error, entry.key,
          "a name must not be empty or hold blanks, control characters\(key == "providers" ? " or /" : "")")
        continue
      }
      result.append((entry.key, table, position))
    }
    top.absorb(reader)
    return result
  }

  private mutating func checkProfileChoice(_ top: inout TableReader) {
    guard let name = settings.profile, settings.profile(named: name) == nil else { return }
    settings.profile = nil
    // A profile that stands in the file but has an error has been reported where it stands.
    if case .table(let profiles) = document.root["profiles"]?.content, profiles.entry(name) != nil { return }
    let names = settings.profiles.map(\.name) + [Settings.guideProfile.name]
    top.report(
      .error, "profile", "there is no [profiles.\(name.onOneLine)]" + suggestion(for: name, among: names),
      at: document.root["profile"]?.position)
  }

  // MARK: Providers

  private mutating func decodeProvider(
    _ name: String, _ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader
  ) {
    var reader = TableReader(table, of: document, path: "providers." + TableReader.bare(name), at: position)
    defer { top.absorb(reader) }
    let isKindGiven = table.entry("kind") != nil
    let chosen = reader.choice("kind", ProviderKind.self) ?? (isKindGiven ? nil : vocabulary.presets[name])
    // The other settings are checked even when the kind is missing: one pass should tell everything.
    var provider = ProviderSettings(name: name, kind: chosen ?? .openAI)
    provider.baseURL = address("base_url", &reader)
    provider.endpointURL = address("endpoint_url", &reader)
    provider.credential = credential(&reader)
    provider.headers = headers(&reader)
    provider.query = query(&reader)
    provider.allowsPlaintext = reader.boolean("allow_plaintext") ?? false
    provider.connectTimeout = reader.seconds("connect_timeout")
    provider.firstByteTimeout = reader.seconds("first_byte_timeout")
    provider.idleTimeout = reader.seconds("idle_timeout")
    provider.totalTimeout = reader.seconds("total_timeout")
    provider.retries = reader.integer("retries", in: 0...20)
    provider.region = plain("region", &reader)
    provider.awsProfile = profileName("aws_profile", &reader)
    provider.runtimeARN = plain("runtime_arn", &reader)
    provider.qualifier = plain("qualifier", &reader)
    provider.transport = reader.choice("transport", AgentTransport.self)
    provider.path = path(&reader)
    provider.models = reader.strings("models") ?? []
    provider.contextTokens = reader.integer("context", in: 256...1_000_000_000)
    provider.proxy = proxy(&reader)
    provider.certificateFile = reader.string("ca_file")
    provider.file = reader.string("file")
    provider.speed = speed(&reader)

    guard let kind = chosen else {
      if !isKindGiven {
        reader.report(
          .error, "kind", "is missing; one of \(alternatives(ProviderKind.allCases.map(\.rawValue)))", at: position)
      }
      return
    }
    checkFit(of: provider, kind, table, &reader)
    settings.providers.append(provider)
  }

  /// Settings that the kind lacks or has no use for.
  private func checkFit(
    of provider: ProviderSettings, _ kind: ProviderKind, _ table: TOMLTable, _ reader: inout TableReader
  ) {
    switch kind {
    case .jaf where provider.baseURL == nil && table.entry("base_url") == nil:
      reader.report(.error, "base_url", "is missing; kind jaf has no address of its own", at: reader.position)
    case .agentCore where provider.baseURL == nil && provider.runtimeARN == nil:
      if table.entry("base_url") == nil, table.entry("runtime_arn") == nil {
        reader.report(.error, "base_url", "is missing; kind agentcore needs it, or runtime_arn", at: reader.position)
      }
    case .agentCore where provider.baseURL != nil && provider.runtimeARN != nil:
      reader.report(.warning, "base_url", "has no effect beside runtime_arn")
    case .replay where provider.file == nil && table.entry("file") == nil:
      reader.report(.error, "file", "is missing; kind replay plays a recording", at: reader.position)
    default: break
    }
    for entry in table.entries where Self.kinds[entry.key].map({ !$0.contains(kind) }) ?? false {
      reader.report(.warning, entry.key, "has no effect with kind \(kind.rawValue)")
    }
    if let refused = provider.refusedAddress {
      let key = provider.baseURL == refused ? "base_url" : "endpoint_url"
      reader.report(
        .error, key,
        "would send a key unencrypted to \(refused.host); use https, or say allow_plaintext = true",
        at: table[key]?.position)
    }
  }

  /// Settings that only some kinds have; what is not named here holds for every kind.
  private static let kinds: [String: Set<ProviderKind>] = {
    let network = Set(ProviderKind.allCases.filter(\.usesNetwork))
    let aws = Set(ProviderKind.allCases.filter(\.usesAWS))
    var result: [String: Set<ProviderKind>] = [
      "region": aws, "aws_profile": aws, "endpoint_url": aws,
      "runtime_arn": [.agentCore], "qualifier": [.agentCore], "transport": [.jaf], "path": [.agentCore, .jaf],
      "file": [.replay], "speed": [.replay],
    ]
    for key in [
      "base_url", "api_key", "api_key_env", "api_key_command", "api_key_file", "headers", "query", "allow_plaintext",
      "connect_timeout", "first_byte_timeout", "idle_timeout", "total_timeout", "retries", "models", "context", "proxy",
      "ca_file",
    ] {
      result[key] = network
    }
    return result
  }()

  private func address(_ key: String, _ reader: inout TableReader) -> ServerAddress? {
    guard let text = reader.string(key) else { return nil }
    switch ServerAddress.parse(text) {
    case .success(let address): return address
    case .failure(let problem): return reader.refuse(key, problem.description, at: reader.table[key])
    }
  }

  /// Text that goes into addresses and headers, where control characters would say something else.
  private func plain(_ key: String, _ reader: inout TableReader) -> String? {
    guard let text = reader.string(key) else { return nil }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return reader.refuse(
        key, "must not hold blanks, control characters or non-ASCII characters", at: reader.table[key])
    }
    return text
  }

  /// The name of a section in AWS's files, where it may be quoted and hold blanks (`[profile "my dev"]`).
  private func profileName(_ key: String, _ reader: inout TableReader) -> String? {
    guard let text = reader.string(key) else { return nil }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      return reader.refuse(key, "must not hold control characters", at: reader.table[key])
    }
    return text
  }

  private func path(_ reader: inout TableReader) -> String? {
    guard let text = plain("path", &reader) else { return nil }
    guard text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains(where: { "?#\\".contains($0) }) else {
      return reader.refuse("path", "must begin with one / and hold no ?, # or \\", at: reader.table["path"])
    }
    return text
  }

  private func proxy(_ reader: inout TableReader) -> ProxySetting? {
    guard let text = reader.string("proxy", isSecret: true) else { return nil }
    switch text {
    case "environment": return .environment
    case "none": return .direct
    default:
      switch ProxyAddress.parse(text) {
      case .success(let address): return .proxy(address)
      case .failure(let problem):
        return reader.refuse(
          "proxy", "\(problem); or \"none\", or \"environment\"", at: reader.table["proxy"])
      }
    }
  }

  private func speed(_ reader: inout TableReader) -> ReplaySpeed? {
    if case .string(let text) = reader.table["speed"]?.content {
      let value = reader.value("speed")
      return text == "max"
        ? .maximum : reader.refuse("speed", "expected a number or \"max\", found \(text.quotedForMessages)", at: value)
    }
    return reader.number("speed", in: 0.01...1000, named: "0.01 to 1000, or \"max\"").map(ReplaySpeed.times)
  }

  // MARK: Keys and headers

  private func credential(_ reader: inout TableReader) -> CredentialSource {
    var found: [(key: String, source: CredentialSource)] = []
    if let name = reader.string("api_key_env", isSecret: true) {
      if Self.isVariableName(name) {
        found.append(("api_key_env", .environment(name: name)))
      } else {
        // Whoever writes the key here instead of a name should not read it again on the screen.
        let _: Never? = reader.refuse(
          "api_key_env", "must be the name of an environment variable, not a key", at: reader.table["api_key_env"])
      }
    }
    if let words = reader.strings("api_key_command", isSecret: true) {
      if let program = words.first, !program.isEmpty, !words.contains(where: { $0.utf8.contains(0) }) {
        found.append(("api_key_command", .command(words)))
      } else {
        let _: Never? = reader.refuse(
          "api_key_command", "must name a program and its arguments, as in [\"pass\", \"show\", \"lab\"]",
          at: reader.table["api_key_command"])
      }
    }
    if let path = reader.string("api_key_file") {
      if path.utf8.contains(0) {
        let _: Never? = reader.refuse("api_key_file", "must not hold NUL", at: reader.table["api_key_file"])
      } else {
        found.append(("api_key_file", .file(path: path)))
      }
    }
    if let key = reader.string("api_key", isSecret: true) {
      switch CredentialSource.inline(Secret(key)).secret(in: key.utf8) {
      case .success(let secret): found.append(("api_key", .inline(secret)))
      case .failure:
        let _: Never? = reader.refuse(
          "api_key", "holds characters that a key cannot have", at: reader.table["api_key"])
      }
    }
    if found.count > 1 {
      reader.report(
        .error, found[1].key,
        "\(alternatives(found.map(\.key).sorted())): only one of them may be set; \(found[0].key) is used")
    }
    return found.first?.source ?? .none
  }

  private static func isVariableName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first), text.utf8.count <= 128 else { return false }
    return text.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
  }

  private func headers(_ reader: inout TableReader) -> [ProviderHeader] {
    guard let (table, position) = reader.table("headers") else { return [] }
    var inner = TableReader(table, of: document, path: reader.path(of: "headers"), at: position)
    var result: [ProviderHeader] = []
    for entry in inner.chosenEntries(limit: 100) {
      guard let value = inner.value(entry.key) else { continue }
      guard HeaderText.isName(entry.key) else {
        inner.report(.error, entry.key, "is not a header's name")
        continue
      }
      guard !HeaderText.reserved.contains(entry.key.lowercased()) else {
        inner.report(.error, entry.key, "is set by the connection itself")
        continue
      }
      guard case .string(let text) = value.content else {
        let _: Never? = inner.mismatch(entry.key, "a string", value, isSecret: true)
        continue
      }
      guard HeaderText.isValue(text) else {
        inner.report(.error, entry.key, "must not hold control characters", at: value.position)
        continue
      }
      result.append(ProviderHeader(name: entry.key, value: Secret(text)))
    }
    reader.absorb(inner)
    return result
  }

  private func query(_ reader: inout TableReader) -> [QueryItem] {
    guard let (table, position) = reader.table("query") else { return [] }
    var inner = TableReader(table, of: document, path: reader.path(of: "query"), at: position)
    var result: [QueryItem] = []
    for entry in inner.chosenEntries(limit: 100) {
      guard let text = inner.text(entry.key) else { continue }
      guard !(entry.key + text).unicodeScalars.contains(where: \.isControlOrSeparator), !entry.key.isEmpty else {
        inner.report(.error, entry.key, "must not be empty or hold control characters")
        continue
      }
      guard !["key", "api_key", "apikey", "token", "access_token"].contains(entry.key.lowercased()) else {
        inner.report(.error, entry.key, "keys do not belong into addresses; use api_key_env")
        continue
      }
      result.append(QueryItem(name: entry.key, value: text))
    }
    reader.absorb(inner)
    return result
  }

  // MARK: Profiles and prices

  private mutating func decodeProfile(
    _ name: String, _ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader
  ) {
    var reader = TableReader(table, of: document, path: "profiles." + TableReader.bare(name), at: position)
    defer { top.absorb(reader) }
    let providerName = reader.string("provider")
    let model = reader.string("model")
    var profile = Profile(name: name, model: ModelReference(provider: providerName ?? "", model: model ?? ""))
    profile.system = reader.text("system") ?? ""
    profile.temperature = reader.number("temperature", in: 0...2, named: "0 to 2")
    profile.topP = reader.number("top_p", in: 0...1, named: "0 to 1")
    profile.maximumTokens = reader.integer("max_tokens", in: 1...10_000_000)
    profile.isStreaming = reader.boolean("stream") ?? true
    if let (extra, _) = reader.table("extra") {
      switch JSONText.object(extra) {
      case .success(let json): profile.extraJSON = extra.entries.isEmpty ? "" : json
      case .failure(let problem):
        reader.report(.error, "extra", "JSON has no infinite or undefined numbers", at: problem.position)
      }
    }
    guard let providerName else {
      if table.entry("provider") == nil { reader.report(.error, "provider", "is missing", at: position) }
      return
    }
    guard let kind = settings.provider(named: providerName)?.kind ?? vocabulary.presets[providerName] else {
      if !isBrokenProvider(providerName) {
        let names = settings.providers.map(\.name) + vocabulary.presets.keys.sorted() + [ProviderSettings.guide.name]
        reader.report(
          .error, "provider",
          "there is no [providers.\(providerName.onOneLine)]" + suggestion(for: providerName, among: names),
          at: table["provider"]?.position)
      }
      return
    }
    if model == nil, table.entry("model") == nil, kind.needsModel {
      reader.report(
        .warning, "model", "is missing; \"riffle models --provider \(providerName.onOneLine)\" lists them", at: position
      )
    }
    if profile.model.model.isEmpty, kind == .guide { profile.model.model = Settings.guideProfile.model.model }
    settings.profiles.append(profile)
  }

  /// Whether the provider stands in the file but has an error, which has been reported where it stands.
  private func isBrokenProvider(_ name: String) -> Bool {
    guard case .table(let providers) = document.root["providers"]?.content else { return false }
    return providers.entry(name) != nil
  }

  private mutating func decodePrice(
    _ name: String, _ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader
  ) {
    var reader = TableReader(table, of: document, path: "prices." + TableReader.bare(name), at: position)
    defer { top.absorb(reader) }
    let range = 0...1_000_000.0
    let input = reader.number("input", in: range, named: "0 to 1000000")
    let output = reader.number("output", in: range, named: "0 to 1000000")
    let cacheRead = reader.number("cache_read", in: range, named: "0 to 1000000")
    let cacheWrite = reader.number("cache_write", in: range, named: "0 to 1000000")
    guard let slash = name.firstIndex(of: "/"), slash != name.startIndex, name.index(after: slash) != name.endIndex
    else {
      top.add([
        Diagnostic(
          .error, "\(reader.path): expected \"provider/model\"", at: document.location(position))
      ])
      return
    }
    guard let input, let output else {
      for key in ["input", "output"] where table.entry(key) == nil {
        reader.report(.error, key, "is missing", at: position)
      }
      return
    }
    let model = ModelReference(provider: String(name[..<slash]), model: String(name[name.index(after: slash)...]))
    settings.prices[model] = ModelPrice(input: input, output: output, cacheRead: cacheRead, cacheWrite: cacheWrite)
  }

  private mutating func decodeKeys(_ top: inout TableReader) {
    guard let (table, position) = top.table("keys") else { return }
    var reader = TableReader(table, of: document, path: "keys", at: position)
    var entries: [KeyEntry] = []
    for entry in reader.chosenEntries() {
      guard let command = reader.string(entry.key) else { continue }
      entries.append(
        KeyEntry(
          text: entry.key, keyLocation: document.location(entry.position), command: command,
          commandLocation: document.location(entry.value.position)))
    }
    top.absorb(reader)
    let (bindings, found) = vocabulary.keys.bindings(from: entries)
    settings.keys = bindings
    top.add(found)
  }
}

/// What may stand in a header (RFC 9110, sections 5.1 and 5.5).
enum HeaderText {
  /// Headers that the transfer makes itself; a second one would change what the request means.
  static let reserved: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "keep-alive",
  ]

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  static func isValue(_ text: String) -> Bool {
    text.utf8.count <= 16 << 10 && !text.unicodeScalars.contains { $0.isControlOrSeparator && $0 != "\t" }
  }
}
