// Which source of credentials counts: botocore's order (`credentials.py`, `create_credential_resolver`) as a function of
// variables and files. Asks no network and runs nothing, so that `riffle doctor` can tell what would be used.

import Diagnostics
import Streaming

/// Finds the source of an endpoint's credentials.
struct AWSCredentialPlanner: Sendable {
  static let environmentOrigin = "the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"

  let surroundings: AWSSurroundings
  /// Words for what went wrong.
  let trouble: AWSTrouble
  /// `aws_profile` of the provider.
  let profileSetting: String?

  private typealias Source = AWSCredentialSource
  private typealias Profile = AWSProfiles.Profile

  /// The source, or why there is none.
  func source() throws(ProviderError) -> AWSCredentialSource {
    let chosen = AWSProfiles.chosen(profileSetting, surroundings)
    // An own profile means that one and no variables; a profile from a variable is no more than another variable.
    let looksAtVariables = chosen.reason != .setting
    if looksAtVariables, let keys = try environmentKeys() { return keys }

    let profiles = AWSProfiles(surroundings)
    let profile = profiles[chosen.name]
    guard profile.isPresent || chosen.reason == .usual else { throw missing(chosen, profiles) }
    if profile.hasRole { return try assumedRole(of: profile, in: profiles, visited: [profile.name]) }
    if let found = try direct(profile, in: profiles, looksAtVariables: looksAtVariables) { return found }
    if let container = containerSource() { return container }
    if surroundings["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" { return .instance }
    throw nothing(chosen, profiles)
  }

  /// That nobody has credentials. Told as well when this machine turns out not to be one of EC2's.
  func nothing() -> ProviderError {
    nothing(AWSProfiles.chosen(profileSetting, surroundings), AWSProfiles(surroundings))
  }

  // MARK: Variables

  private func environmentKeys() throws(ProviderError) -> Source? {
    guard let id = surroundings["AWS_ACCESS_KEY_ID"] else { return nil }
    guard let secret = surroundings["AWS_SECRET_ACCESS_KEY"] else {
      throw trouble.because("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not", help: "set both, or neither")
    }
    let token = surroundings["AWS_SESSION_TOKEN"] ?? surroundings["AWS_SECURITY_TOKEN"]
    var expires: Int64?
    if let text = surroundings["AWS_CREDENTIAL_EXPIRATION"] {
      guard let seconds = AWSTime.seconds(text) else {
        throw trouble.because("AWS_CREDENTIAL_EXPIRATION is no time such as 2026-01-31T12:00:00Z")
      }
      expires = seconds
    }
    let keys = AWSKeys(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) })
    return .keys(AWSCredentials(keys: keys, expires: expires), origin: Self.environmentOrigin)
  }

  private func containerSource() -> Source? {
    if let path = surroundings["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
      let url = "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/" + path)
      return .container(Source.Container(url: url, variable: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
    }
    return surroundings["AWS_CONTAINER_CREDENTIALS_FULL_URI"].map {
      .container(Source.Container(url: $0, variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    }
  }

  // MARK: Profiles

  /// What a profile gives without assuming a role through another one; nil if it gives nothing.
  private func direct(
    _ profile: Profile, in profiles: AWSProfiles, looksAtVariables: Bool
  ) throws(ProviderError) -> Source? {
    if let identity = try webIdentity(profile, looksAtVariables: looksAtVariables) { return identity }
    if let session = try sso(profile, in: profiles) { return session }
    if let keys = try staticKeys(profile, profile.shared, in: profiles.credentialsPath) { return keys }
    if profile["login_session"] != nil {
      throw trouble.because(
        "the profile \(profile.name) uses login_session (aws login), which riffle does not speak",
        help: "add to the profile: credential_process = aws configure export-credentials --profile \(profile.name)")
    }
    if let line = profile["credential_process"] {
      guard let words = CommandWords.split(line), !words.isEmpty else {
        throw trouble.because("credential_process of the profile \(profile.name) has a quote without its end")
      }
      return .program(words, profile: profile.name)
    }
    return try staticKeys(profile, profile.configured, in: profiles.configurationPath)
  }

  private func assumedRole(
    of profile: Profile, in profiles: AWSProfiles, visited: [String]
  ) throws(ProviderError) -> Source {
    let arn = profile["role_arn"] ?? ""
    if profile["mfa_serial"] != nil {
      throw trouble.because(
        "the profile \(profile.name) wants an MFA code (mfa_serial), which riffle does not ask for",
        help: "use: credential_process = aws configure export-credentials --profile …, or export the keys")
    }
    var duration = 3600
    if let text = profile["duration_seconds"] {
      // The limits of AssumeRole itself.
      guard let seconds = Int(text), (900...43_200).contains(seconds) else {
        throw trouble.because("duration_seconds of the profile \(profile.name) is no number from 900 to 43200")
      }
      duration = seconds
    }
    let role = Source.Role(
      profile: profile.name, arn: arn, sessionName: profile["role_session_name"], externalID: profile["external_id"],
      durationSeconds: duration)
    switch (profile["source_profile"], profile["credential_source"]) {
    case (_?, _?):
      throw trouble.because(
        "the profile \(profile.name) has source_profile and credential_source", help: "keep one of them")
    case (nil, nil):
      throw trouble.because(
        "the profile \(profile.name) has role_arn, but neither source_profile nor credential_source")
    case (let name?, nil):
      return .role(role, from: try sourceProfile(name, of: profile, in: profiles, visited: visited))
    case (nil, let word?):
      return .role(role, from: try credentialSource(word, of: profile))
    }
  }

  private func sourceProfile(
    _ name: String, of profile: Profile, in profiles: AWSProfiles, visited: [String]
  ) throws(ProviderError) -> Source {
    let source = profiles[name]
    guard source.isPresent else {
      throw trouble.because("source_profile of the profile \(profile.name) names \(name), which is not there")
    }
    // A profile may name itself: its static keys then assume its role.
    if source.hasStaticKeys || !source.hasRole {
      if let found = try direct(source, in: profiles, looksAtVariables: false) { return found }
      throw trouble.because("the profile \(name), source_profile of \(profile.name), has no credentials")
    }
    guard !visited.contains(name) else {
      throw trouble.because("the source profiles run in a circle: " + (visited + [name]).joined(separator: " → "))
    }
    return try assumedRole(of: source, in: profiles, visited: visited + [name])
  }

  private func credentialSource(_ word: String, of profile: Profile) throws(ProviderError) -> Source {
    let named = "credential_source of the profile \(profile.name)"
    switch word.lowercased() {
    case "environment":
      if let keys = try environmentKeys() { return keys }
      throw trouble.because("\(named) is Environment, and AWS_ACCESS_KEY_ID is not set")
    case "ecscontainer":
      if let container = containerSource() { return container }
      throw trouble.because(
        "\(named) is EcsContainer, and neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
          + "AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
    case "ec2instancemetadata":
      return .instance
    default:
      throw trouble.because(
        "\(named) is \(ForeignWords.bounded(word, characters: 60)); known are Environment, EcsContainer and "
          + "Ec2InstanceMetadata")
    }
  }

  private func webIdentity(_ profile: Profile, looksAtVariables: Bool) throws(ProviderError) -> Source? {
    let variable = looksAtVariables ? surroundings["AWS_WEB_IDENTITY_TOKEN_FILE"] : nil
    guard let file = variable ?? profile["web_identity_token_file"] else { return nil }
    let origin = variable == nil ? "the profile \(profile.name)" : "AWS_WEB_IDENTITY_TOKEN_FILE"
    let roleVariable = looksAtVariables ? surroundings["AWS_ROLE_ARN"] : nil
    guard let arn = roleVariable ?? profile["role_arn"] else {
      throw trouble.because(
        "\(origin) names a token file, but no role is named",
        help: variable == nil ? "add role_arn to the profile" : "set AWS_ROLE_ARN")
    }
    let session = looksAtVariables ? surroundings["AWS_ROLE_SESSION_NAME"] : nil
    return .webIdentity(
      Source.WebIdentity(
        tokenFile: surroundings.path(file), arn: arn, sessionName: session ?? profile["role_session_name"],
        origin: origin))
  }

  private func sso(_ profile: Profile, in profiles: AWSProfiles) throws(ProviderError) -> Source? {
    let keys = ["sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"]
    // As botocore: an account or a role is what makes a profile one of Identity Center's.
    guard profile["sso_account_id"] != nil || profile["sso_role_name"] != nil || profile["sso_start_url"] != nil else {
      return nil
    }
    let name = profile["sso_session"]
    let section = name.flatMap(profiles.session)
    if let name, section == nil {
      throw trouble.because(
        "the profile \(profile.name) uses [sso-session \(name)], which is not in "
          + surroundings.shown(profiles.configurationPath))
    }
    func value(_ key: String) -> String? { section?[key] ?? profile[key] }
    let missing = keys.dropFirst().filter { value($0) == nil }
    guard missing.isEmpty, let startURL = value("sso_start_url"), let region = value("sso_region"),
      let account = value("sso_account_id"), let role = value("sso_role_name")
    else {
      throw trouble.because(
        "the profile \(profile.name) lacks \(missing.joined(separator: ", "))",
        help: "run: aws configure sso --profile \(profile.name)")
    }
    guard AWSRegion.isPlausible(region) else {
      throw trouble.because("sso_region of the profile \(profile.name) is no region")
    }
    return .sso(
      Source.SSO(
        profile: profile.name, session: name, startURL: startURL, region: region, account: account, role: role))
  }

  private func staticKeys(
    _ profile: Profile, _ section: AWSConfigurationFile.Section?, in path: String
  ) throws(ProviderError) -> Source? {
    guard let id = section?["aws_access_key_id"] else { return nil }
    guard let secret = section?["aws_secret_access_key"] else {
      throw trouble.because(
        "the profile \(profile.name) in \(surroundings.shown(path)) has aws_access_key_id and no aws_secret_access_key")
    }
    let token = section?["aws_session_token"].map { Secret($0) }
    return .keys(
      AWSCredentials(keys: AWSKeys(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token)),
      origin: "the profile \(profile.name) in \(surroundings.shown(path))")
  }

  // MARK: Nothing

  private func missing(_ chosen: (name: String, reason: AWSProfiles.Reason), _ profiles: AWSProfiles) -> ProviderError {
    let origin =
      switch chosen.reason {
      case .setting: "aws_profile in [providers.\(trouble.provider)]"
      case .variable(let name): name
      case .usual: "the usual name"
      }
    let name = ForeignWords.bounded(chosen.name, characters: 100)
    if let problem = profiles.problems.first { return trouble.because(problem) }
    let near = NearestNames.nearest(to: chosen.name, among: profiles.names)
    return trouble.because(
      "the profile \(name), named by \(origin), is neither in \(surroundings.shown(profiles.configurationPath)) nor in "
        + surroundings.shown(profiles.credentialsPath),
      help: near.isEmpty ? "" : "did you mean \(near.joined(separator: ", or "))?", isSetting: chosen.reason == .setting
    )
  }

  private func nothing(_ chosen: (name: String, reason: AWSProfiles.Reason), _ profiles: AWSProfiles) -> ProviderError {
    if let problem = profiles.problems.first { return trouble.because(problem) }
    let isPresent = profiles[chosen.name].isPresent
    let files =
      "\(surroundings.shown(profiles.configurationPath)) and \(surroundings.shown(profiles.credentialsPath))"
    return trouble.because(
      isPresent
        ? "the profile \(chosen.name) in \(files) has none, and this machine gives none"
        : "there are none in variables, no profile \(chosen.name) in \(files), and this machine gives none",
      help: "set \(trouble.service.takesBearerKey ? "AWS_BEARER_TOKEN_BEDROCK, " : "")AWS_ACCESS_KEY_ID and "
        + "AWS_SECRET_ACCESS_KEY, or a profile (aws configure)")
  }
}
