// Where riffle's files are, by the XDG base directory specification and the flags of this run.

import Platform

/// Paths of one run.
struct Places: Sendable {
  let configurationFile: String
  /// Whether that file was named for this run: then it must be there.
  let isConfigurationNamed: Bool
  /// Folder of the user's own themes.
  let themesFolder: String
  /// Folders with the themes that come with the program, nearest first; some may not exist.
  let shippedThemesFolders: [String]
  let dataFolder: String
  let stateFolder: String

  /// - Parameters:
  ///   - configuration: `--config`.
  ///   - data: `--data`.
  init(_ environment: Environment, configuration: String?, data: String?) {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    func base(_ variable: String, _ standard: String) -> String {
      // The specification ignores relative paths.
      if let path = environment[variable], path.hasPrefix("/") { return path }
      return home == "/" ? "/\(standard)" : "\(home)/\(standard)"
    }
    let folder = base("XDG_CONFIG_HOME", ".config") + "/riffle"
    configurationFile = configuration ?? folder + "/config.toml"
    isConfigurationNamed = configuration != nil
    themesFolder = folder + "/themes"
    dataFolder = data ?? base("XDG_DATA_HOME", ".local/share") + "/riffle"
    stateFolder = base("XDG_STATE_HOME", ".local/state") + "/riffle"
    let program = ProgramFolder.path ?? "/usr/local/bin"
    // Installed: PREFIX/bin/riffle and PREFIX/share/riffle. In a checkout: .build/<triple>/<configuration>/riffle.
    shippedThemesFolders = ["\(program)/../share/riffle/themes", "\(program)/../../../themes"]
  }
}
