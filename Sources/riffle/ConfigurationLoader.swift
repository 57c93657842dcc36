// Reads configuration and themes from the disk and puts the layers of one run together. Nothing here stops the start:
// what is wrong becomes a diagnostic, and the last good value stays.

import Configuration
import Diagnostics
import Display
import Interface
import Platform

/// The configuration of one run.
struct LoadedConfiguration: Sendable {
  var settings: Settings
  var diagnostics: [Diagnostic]
  /// Whether there is a configuration file.
  var isPresent: Bool
  /// Whether there is none although one was named.
  var isMissing = false
  /// Where the file names themes, by the setting's path.
  var themeLocations: [String: SourceLocation] = [:]
}

/// Reads what the user has set.
struct ConfigurationLoader: Sendable {
  let places: Places
  let environment: Environment
  let flags: SettingsOverrides

  // The limit that `robustness.md` sets for a configuration file.
  private static let limit = 1 << 20

  /// The settings in force, with everything that is wrong with them.
  func load() -> LoadedConfiguration {
    var layers = SettingsLayers()
    var diagnostics: [Diagnostic] = []
    var isPresent = false
    var isMissing = false
    var themeLocations: [String: SourceLocation] = [:]
    let (fromEnvironment, complaints) = SettingsOverrides.environment(environment.variables)
    layers.environment = fromEnvironment
    layers.flags = flags
    diagnostics += complaints
    do {
      let bytes = try LocalFiles.read(places.configurationFile, atMost: Self.limit)
      isPresent = true
      let reading = Settings.read(
        bytes, file: places.configurationFile, vocabulary: SettingsVocabulary(keys: CommandKeys.vocabulary))
      layers.file = reading.settings
      diagnostics += reading.diagnostics
      themeLocations = reading.themeLocations
      if reading.settings.holdsSecrets, let mode = LocalFiles.permissions(of: places.configurationFile),
        mode & 0o077 != 0
      {
        diagnostics.append(
          Diagnostic(
            .warning,
            "\(places.configurationFile) holds a key and can be read by others: chmod 600 \(places.configurationFile)"))
      }
    } catch LocalFileError.missing {
      // No configuration is the normal case of a first start, unless one was named.
      if places.isConfigurationNamed {
        isMissing = true
        diagnostics.append(
          Diagnostic(.error, "\(places.configurationFile): there is no such file; riffle config init writes one"))
      }
    } catch {
      isPresent = true
      diagnostics.append(Diagnostic(.error, "\(places.configurationFile): \(FileProblem.words(error))"))
    }
    let (settings, more) = layers.resolved
    return LoadedConfiguration(
      settings: settings, diagnostics: diagnostics + more, isPresent: isPresent, isMissing: isMissing,
      themeLocations: themeLocations)
  }

  /// What is wrong with the choice of themes: nothing has such a name. Reads theme files, all of them only if the name is
  /// not that of a file.
  func unknownThemes(of configuration: LoadedConfiguration) -> [Diagnostic] {
    let files = ThemeFiles(places: places)
    return chosenThemes(of: configuration).compactMap { setting, name in
      files.reading(named: name) == nil ? unknownTheme(name, setting, files, configuration) : nil
    }
  }

  /// What is wrong with the files of the themes that are chosen.
  func brokenThemes(of configuration: LoadedConfiguration) -> [Diagnostic] {
    let files = ThemeFiles(places: places)
    return chosenThemes(of: configuration).flatMap { _, name in
      (files.reading(named: name)?.diagnostics ?? []).filter { $0.severity == .error }
    }
  }

  /// What the settings name; what is built in is not looked for.
  private func chosenThemes(of configuration: LoadedConfiguration) -> [(setting: String, name: String)] {
    var chosen: [(setting: String, name: String)] = []
    if case .named(let name) = configuration.settings.theme { chosen.append(("theme", name)) }
    let interface = configuration.settings.interface
    for (setting, name) in [("ui.dark_theme", interface.darkTheme), ("ui.light_theme", interface.lightTheme)]
    where configuration.themeLocations[setting] != nil { chosen.append((setting, name)) }
    return chosen
  }

  private func unknownTheme(
    _ name: String, _ setting: String, _ files: ThemeFiles, _ configuration: LoadedConfiguration
  ) -> Diagnostic? {
    let names = files.all().names
    guard !names.contains(name) else { return nil }
    let words = Self.unknownTheme(name, among: names)
    if setting == "theme", flags.theme != nil { return Diagnostic(.error, "--theme: \(words)") }
    // The environment is above the file.
    if setting == "theme", let set = environment["RIFFLE_THEME"], !set.isEmpty {
      return Diagnostic(.error, "RIFFLE_THEME: \(words)")
    }
    return Diagnostic(.error, "\(setting): \(words)", at: configuration.themeLocations[setting])
  }

  /// Says that there is no such theme, and which may be meant.
  static func unknownTheme(_ name: String, among names: [String]) -> String {
    let near = NearestNames.nearest(to: name, among: names)
    let hint = "\(near.isEmpty ? "known" : "near"): \((near.isEmpty ? names : near).joined(separator: ", "))"
    return "there is no theme \(Sanitizer.singleLine(name, maximumColumns: 64)); \(hint)"
  }
}
