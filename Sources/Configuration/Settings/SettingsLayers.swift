// Built-in values, then the file, then the environment, then the flags of this run: the later one wins, but for NO_COLOR,
// which only holds where the file says nothing of colours. Each layer says only what it changes, so that `riffle doctor` can tell where a value comes from.

package import Conversations
package import Diagnostics

/// What one run may change about the settings, from the environment or the command line.
package struct SettingsOverrides: Equatable, Sendable {
  package var profile: String?
  package var theme: ThemeChoice?
  package var pace: Pace?
  package var colors: ColorDepth?
  package var isLinear: Bool?

  /// Changes nothing unless said otherwise.
  package init(
    profile: String? = nil, theme: ThemeChoice? = nil, pace: Pace? = nil, colors: ColorDepth? = nil,
    isLinear: Bool? = nil
  ) {
    self.profile = profile
    self.theme = theme
    self.pace = pace
    self.colors = colors
    self.isLinear = isLinear
  }

  /// What the environment says: `RIFFLE_PROFILE`, `RIFFLE_THEME`, `RIFFLE_PACE`, `NO_COLOR`, `ACCESSIBLE`, `TERM=dumb`.
  ///
  /// A variable that is set to nothing counts as not set, as no-color.org asks for `NO_COLOR`.
  package static func environment(_ variables: [String: String]) -> (overrides: Self, diagnostics: [Diagnostic]) {
    func value(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
    var overrides = SettingsOverrides()
    var diagnostics: [Diagnostic] = []
    overrides.profile = value("RIFFLE_PROFILE")
    overrides.theme = value("RIFFLE_THEME").map(ThemeChoice.init)
    if let text = value("RIFFLE_PACE") {
      overrides.pace = Pace(text)
      if overrides.pace == nil {
        diagnostics.append(
          Diagnostic(.error, "RIFFLE_PACE: expected \(Pace.allowed), found \(text.quotedForMessages)"))
      }
    }
    if value("NO_COLOR") != nil { overrides.colors = .mono }
    if let accessible = value("ACCESSIBLE"), accessible != "0" { overrides.isLinear = true }
    if value("TERM") == "dumb" { overrides.isLinear = true }
    return (overrides, diagnostics)
  }
}

/// The layers of one run.
package struct SettingsLayers: Equatable, Sendable {
  /// Where a value comes from.
  package enum Origin: String, Equatable, Sendable {
    case builtIn = "built in"
    case file
    case environment
    case commandLine = "command line"
  }

  /// Built-in values changed by the file.
  package var file: Settings
  package var environment: SettingsOverrides
  package var flags: SettingsOverrides

  /// The layers of one run.
  package init(
    file: Settings = Settings(), environment: SettingsOverrides = SettingsOverrides(),
    flags: SettingsOverrides = SettingsOverrides()
  ) {
    self.file = file
    self.environment = environment
    self.flags = flags
  }

  /// The settings in force, and what the upper layers name that does not exist. A profile that does not exist changes
  /// nothing.
  package var resolved: (settings: Settings, diagnostics: [Diagnostic]) {
    var settings = file
    var diagnostics: [Diagnostic] = []
    for (source, layer) in [("RIFFLE_PROFILE", environment), ("--profile", flags)] {
      if let profile = layer.profile {
        if file.profile(named: profile) != nil {
          settings.profile = profile
        } else {
          let names = file.profiles.map(\.name) + [Settings.guideProfile.name]
          diagnostics.append(
            Diagnostic(
              .error,
              "\(source): there is no profile \(profile.quotedForMessages)" + suggestion(for: profile, among: names)))
        }
      }
      if let theme = layer.theme { settings.theme = theme }
      if let pace = layer.pace { settings.pace = pace }
      if let isLinear = layer.isLinear { settings.isLinear = isLinear }
    }
    // no-color.org: what somebody sets for one program is above NO_COLOR, which is for all of them.
    let fromEnvironment = file.interface.colors == .automatic ? environment.colors : nil
    if let colors = flags.colors ?? fromEnvironment { settings.interface.colors = colors }
    return (settings, diagnostics)
  }

  /// Where the value of a setting comes from that upper layers can change.
  package func origin(of setting: LayeredSetting) -> Origin {
    if flags.states(setting) { return .commandLine }
    let isBelowFile = setting == .colors && file.interface.colors != .automatic
    if environment.states(setting), !isBelowFile { return .environment }
    return file.differs(from: Settings(), in: setting) ? .file : .builtIn
  }
}

/// The settings that the environment and the command line can change.
package enum LayeredSetting: String, CaseIterable, Sendable {
  case profile, theme, pace, colors, linear
}

extension SettingsOverrides {
  fileprivate func states(_ setting: LayeredSetting) -> Bool {
    switch setting {
    case .profile: profile != nil
    case .theme: theme != nil
    case .pace: pace != nil
    case .colors: colors != nil
    case .linear: isLinear != nil
    }
  }
}

extension Settings {
  fileprivate func differs(from other: Settings, in setting: LayeredSetting) -> Bool {
    switch setting {
    case .profile: profile != other.profile
    case .theme: theme != other.theme
    case .pace: pace != other.pace
    case .colors: interface.colors != other.interface.colors
    case .linear: isLinear != other.isLinear
    }
  }
}
