// Profiles as both shared files together tell them, and which one is meant.

import Diagnostics

/// Both files, read.
struct AWSProfiles: Sendable {
  /// Why a profile is the one that is looked at.
  enum Reason: Equatable, Sendable {
    case setting
    case variable(String)
    case usual
  }

  /// A profile in both files.
  struct Profile: Sendable {
    let name: String
    /// In the credentials file.
    let shared: AWSConfigurationFile.Section?
    /// In the configuration file.
    let configured: AWSConfigurationFile.Section?

    var isPresent: Bool { shared != nil || configured != nil }

    /// A setting; the credentials file wins.
    subscript(key: String) -> String? { shared?[key] ?? configured?[key] }

    var hasStaticKeys: Bool { self["aws_access_key_id"] != nil }
    var hasRole: Bool { self["role_arn"] != nil && self["web_identity_token_file"] == nil }
  }

  let configurationPath: String
  let credentialsPath: String
  /// What could not be read, as `path: reason`.
  private(set) var problems: [String] = []
  private let configuration: AWSConfigurationFile
  private let credentials: AWSConfigurationFile

  /// Reads both files; a missing one is empty.
  init(_ surroundings: AWSSurroundings) {
    configurationPath = surroundings.path(surroundings["AWS_CONFIG_FILE"] ?? "~/.aws/config")
    credentialsPath = surroundings.path(surroundings["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials")
    var problems: [String] = []
    func file(_ path: String) -> AWSConfigurationFile {
      switch surroundings.read(path) {
      case .bytes(let bytes): return AWSConfigurationFile(bytes)
      case .missing: return AWSConfigurationFile()
      case .unreadable(let reason):
        problems.append("\(surroundings.shown(path)) cannot be read: \(reason)")
        return AWSConfigurationFile()
      }
    }
    configuration = file(configurationPath)
    credentials = file(credentialsPath)
    self.problems = problems
  }

  /// The profile that is meant: by our setting, by a variable, or the usual one.
  static func chosen(_ setting: String?, _ surroundings: AWSSurroundings) -> (name: String, reason: Reason) {
    if let setting, !setting.isEmpty { return (setting, .setting) }
    for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
      if let name = surroundings[variable] { return (name, .variable(variable)) }
    }
    return ("default", .usual)
  }

  /// The profile of that name, as far as it is there.
  subscript(name: String) -> Profile {
    let configured = configuration.sections["profile \(name)"]
    return Profile(
      name: name, shared: credentials.sections[name],
      configured: configured ?? (name == "default" ? configuration.sections["default"] : nil))
  }

  /// The section `[sso-session NAME]`.
  func session(_ name: String) -> AWSConfigurationFile.Section? { configuration.sections["sso-session \(name)"] }

  /// Every name, sorted.
  var names: [String] {
    let prefix = "profile "
    var names = Set(credentials.sections.keys)
    for section in configuration.sections.keys {
      if section == "default" { names.insert(section) }
      if section.hasPrefix(prefix) { names.insert(String(section.dropFirst(prefix.count))) }
    }
    return names.sorted()
  }
}
