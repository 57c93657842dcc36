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
  /// Settings that are read and have no effect in this version.
  var unused: [Diagnostic] = []
  /// Where the file names a theme.
  var themeLocation: SourceLocation?
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
    var unused: [Diagnostic] = []
    var themeLocation: SourceLocation?
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
      unused = reading.unused
      themeLocation = reading.themeLocation
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
      settings: settings, diagnostics: diagnostics + more, isPresent: isPresent, isMissing: isMissing, unused: unused,
      themeLocation: themeLocation)
  }

  /// What is wrong with the theme that is chosen: nothing has its name. Reads theme files, all of them only if the name
  /// is not that of a file.
  func themeProblem(of configuration: LoadedConfiguration) -> Diagnostic? {
    guard case .named(let name) = configuration.settings.theme, theme(named: name) == nil else { return nil }
    let names = themes().themes.map(\.name)
    guard !names.contains(name) else { return nil }
    let near = NearestNames.nearest(to: name, among: names)
    let hint = "\(near.isEmpty ? "known" : "near"): \((near.isEmpty ? names : near).joined(separator: ", "))"
    let shown = Sanitizer.singleLine(name, maximumColumns: 64)
    if flags.theme != nil { return Diagnostic(.error, "--theme: there is no theme \(shown); \(hint)") }
    // The environment is above the file.
    if let set = environment["RIFFLE_THEME"], !set.isEmpty {
      return Diagnostic(.error, "RIFFLE_THEME: there is no theme \(shown); \(hint)")
    }
    return Diagnostic(.error, "theme: there is no theme \(shown); \(hint)", at: configuration.themeLocation)
  }

  /// Every theme there is: the user's own before those that come with the program, the built-in ones last. Reads files.
  func themes() -> (themes: [Theme], diagnostics: [Diagnostic]) {
    var themes: [Theme] = []
    var diagnostics: [Diagnostic] = []
    for folder in [places.themesFolder] + places.shippedThemesFolders {
      guard let names = try? LocalFiles.names(in: folder) else { continue }
      for name in names.sorted() where name.hasSuffix(".toml") {
        guard let reading = read(theme: "\(folder)/\(name)") else { continue }
        if folder == places.themesFolder { diagnostics += reading.diagnostics }
        if !themes.contains(where: { $0.name == reading.theme.name }) { themes.append(reading.theme) }
      }
    }
    for builtIn in [DefaultTheme.dark, DefaultTheme.light] where !themes.contains(where: { $0.name == builtIn.name }) {
      themes.append(builtIn)
    }
    return (themes, diagnostics)
  }

  /// The theme with that name, looking only where its file would be.
  func theme(named name: String) -> Theme? {
    // A name is not a path.
    guard !name.contains("/"), !name.hasPrefix(".") else { return nil }
    for folder in [places.themesFolder] + places.shippedThemesFolders {
      if let reading = read(theme: "\(folder)/\(name).toml") { return reading.theme }
    }
    return [DefaultTheme.dark, DefaultTheme.light].first { $0.name == name }
  }

  private func read(theme path: String) -> ThemeReading? {
    guard let bytes = try? LocalFiles.read(path, atMost: Self.limit) else { return nil }
    return ThemeFile.read(bytes, file: path, fallback: DefaultTheme.dark)
  }
}
