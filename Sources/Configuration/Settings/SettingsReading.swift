// `config.toml` into `Settings`. Never throws: what cannot be used is left at its value before, with a diagnostic.

package import Diagnostics

/// What the rest of the program knows and the configuration refers to.
package struct SettingsVocabulary: Equatable, Sendable {
  package var keys: KeyVocabulary
  /// Providers that need no `kind`, because the program knows them by name.
  package var presets: [String: ProviderKind]

  /// Without keys and presets, their names are not checked or known.
  package init(keys: KeyVocabulary = KeyVocabulary(), presets: [String: ProviderKind] = [:]) {
    self.keys = keys
    self.presets = presets
  }
}

/// Settings, and what was wrong with them.
package struct SettingsReading: Equatable, Sendable {
  package var settings: Settings
  package var diagnostics: [Diagnostic]
  /// Where themes are named, by the setting's path; whether there are such themes is not known here.
  package var themeLocations: [String: SourceLocation] = [:]

  /// Whether every value could be used; unknown keys do not matter here.
  package var isWhole: Bool { !diagnostics.contains { $0.severity == .error } }
}

extension Settings {
  /// Reads a configuration.
  ///
  /// A text that is not TOML gives the built-in settings and one error. A value that cannot be used keeps its built-in
  /// value; a provider or profile that lacks something essential is left out.
  /// - Parameter file: what diagnostics call the file, such as `config.toml`.
  package static func read(
    _ bytes: some Collection<UInt8>, file: String, vocabulary: SettingsVocabulary = SettingsVocabulary()
  ) -> SettingsReading {
    let document = TOMLDocument(parsing: bytes, file: file)
    if let problem = document.problem { return SettingsReading(settings: Settings(), diagnostics: [problem]) }
    var decoder = SettingsDecoder(document: document, vocabulary: vocabulary)
    decoder.decode()
    let interface: TOMLTable? = if case .table(let table) = document.root["ui"]?.content { table } else { nil }
    let themes = [
      "theme": document.root["theme"], "ui.dark_theme": interface?["dark_theme"],
      "ui.light_theme": interface?["light_theme"],
    ]
    return SettingsReading(
      settings: decoder.settings, diagnostics: decoder.diagnostics.sortedByPlace,
      themeLocations: themes.compactMapValues { $0.map { document.location($0.position) } })
  }
}

extension [Diagnostic] {
  /// In the order of the file; findings without a place come last. Equal places keep their order.
  var sortedByPlace: [Diagnostic] {
    enumerated().sorted { a, b in
      let x = a.element.location.map { ($0.line, $0.column) } ?? (.max, .max)
      let y = b.element.location.map { ($0.line, $0.column) } ?? (.max, .max)
      return (x.0, x.1, a.offset) < (y.0, y.1, b.offset)
    }.map(\.element)
  }
}
