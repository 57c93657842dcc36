// Regions: which one is meant, whose domain it is under, and where in names and addresses it stands. An ARN's own region
// wins over everything (AWS General Reference, "Amazon Resource Names").

import Diagnostics
package import Streaming

/// What is known of AWS's regions.
package enum AWSRegion {
  /// The region for requests about `name`, a model or an agent.
  /// - Parameter name: if it is an ARN with a region, that one counts.
  /// - Throws: a `setting` error that says what to set, if there is none.
  package static func resolved(for name: String, at endpoint: Endpoint) throws(ProviderError) -> String {
    if let region = inARN(name) { return region }
    if let region = endpoint.options["region"], isPlausible(region) { return region }
    throw ProviderError(
      explanation: missing(
        endpoint.options["region"], for: endpoint.name, searched: endpoint.options[searchedOption] ?? ""))
  }

  /// The address of an AWS service: `endpoint_url`, else `base_url` (which has no effect beside `runtime_arn`), else that
  /// of the region, without a final slash.
  /// - Parameters:
  ///   - prefix: the host's first label, such as `bedrock-runtime`.
  ///   - name: a model or an agent, whose ARN may name the region.
  package static func address(
    of prefix: String, for name: String, at endpoint: Endpoint
  ) throws(ProviderError) -> String {
    if let address = endpoint.options["endpoint_url"], !address.isEmpty { return withoutSlash(address) }
    if !endpoint.baseURL.isEmpty, endpoint.options["runtime_arn"] == nil { return withoutSlash(endpoint.baseURL) }
    let region = try resolved(for: name, at: endpoint)
    return "https://\(prefix).\(region).\(domain(of: region))"
  }

  /// The domain of a region's services.
  package static func domain(of region: String) -> String {
    if region.hasPrefix("cn-") { return "amazonaws.com.cn" }
    if region.hasPrefix("us-isob-") { return "sc2s.sgov.gov" }
    if region.hasPrefix("us-iso-") { return "c2s.ic.gov" }
    return "amazonaws.com"
  }

  /// The region of `arn:aws:bedrock:eu-west-1:…`; nil for anything else and for ARNs without one.
  package static func inARN(_ text: String) -> String? {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn" else { return nil }
    let region = String(parts[3])
    return isPlausible(region) ? region : nil
  }

  /// The region of `bedrock-runtime.eu-west-1.amazonaws.com` and of private links; nil for hosts that are not AWS's own.
  static func inHost(_ host: String) -> String? {
    let domains = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".c2s.ic.gov", ".sc2s.sgov.gov"]
    guard let domain = domains.first(where: { host.hasSuffix($0) }) else { return nil }
    var labels = host.dropLast(domain.count).split(separator: ".")
    if labels.last == "vpce" { labels.removeLast() }
    guard labels.count >= 2, let region = labels.last.map(String.init), isPlausible(region),
      region.contains("-"), region.last?.isNumber ?? false
    else { return nil }
    return region
  }

  /// Whether it may stand in a host name.
  static func isPlausible(_ region: String) -> Bool {
    !region.isEmpty && region.utf8.count <= 40
      && region.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
  }

  /// A region and who named it.
  struct Found: Equatable, Sendable {
    var region: String
    /// In words that follow "from".
    var origin: String
  }

  /// The region by setting, variables, or profile.
  static func found(setting: String?, profile: String?, _ surroundings: AWSSurroundings) -> Found? {
    if let setting, !setting.isEmpty { return Found(region: setting, origin: "the configuration") }
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
      if let region = surroundings[variable] { return Found(region: region, origin: variable) }
    }
    let name = AWSProfiles.chosen(profile, surroundings).name
    return AWSProfiles(surroundings)[name]["region"].map { Found(region: $0, origin: "the profile \(name)") }
  }

  /// The option under which an endpoint remembers where its region was looked for.
  static let searchedOption = "region_searched"

  /// Where a region that was not found had been looked for.
  static func searched(profile: String?, _ surroundings: AWSSurroundings) -> String {
    let name = AWSProfiles.chosen(profile, surroundings).name
    let profiles = AWSProfiles(surroundings)
    let finding =
      profiles.problems.first
      ?? (profiles[name].isPresent ? "the profile \(name) names none" : "there is no profile \(name)")
    return "AWS_REGION and AWS_DEFAULT_REGION are not set, and \(ForeignWords.bounded(finding, characters: 300))"
  }

  /// That there is no region, or none that is one.
  static func missing(_ found: String?, for provider: String, searched: String = "") -> Explanation {
    Explanation(
      kind: .setting,
      summary: found == nil
        ? "The AWS region for \(provider) is not known"
        : "“\(ForeignWords.bounded(found ?? "", characters: 60))” is no AWS region",
      detail: (found == nil && !searched.isEmpty ? searched + "; " : "")
        + "set region in [providers.\(provider)], or AWS_REGION, or region in the profile of AWS's configuration",
      recovery: .fixSetting(path: "providers.\(provider).region"))
  }

  private static func withoutSlash(_ text: String) -> String {
    var text = text
    while text.last == "/" { text.removeLast() }
    return text
  }
}
