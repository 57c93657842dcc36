// Signs the requests of an endpoint for AWS: a Bedrock API key where one is in the environment, else Signature V4 with the
// credentials of AWS's own chain. Which headers are signed is decided here: those the service insists on, and nothing that
// stands on the way could change.

import Diagnostics
package import Streaming
import Transport

/// The signer of one endpoint.
package final class AWSSigner: RequestSigner {
  private let service: AWSService
  private let region: String?
  private let surroundings: AWSSurroundings
  private let trouble: AWSTrouble
  private let chain: AWSCredentialChain
  let keyring: AWSKeyring
  private let clock: AWSClock
  private let notesKey: (@Sendable (Secret, _ variable: String) -> Void)?

  /// A signer; asks nothing before the first request.
  package init(service: AWSService, endpoint: Endpoint, environment: ProviderEnvironment) {
    let surroundings = environment.aws
    let trouble = AWSTrouble(provider: endpoint.name, service: service)
    let clock = AWSClock(environment.wallClock)
    let profile = endpoint.options["aws_profile"]
    let found = AWSRegion.found(setting: endpoint.options["region"], profile: profile, surroundings)?.region
    let region =
      AWSRegion.inARN(endpoint.options["runtime_arn"] ?? "") ?? found.flatMap { AWSRegion.isPlausible($0) ? $0 : nil }
    var proxy = endpoint.avoidsProxies ? ProxyChoice.none : .environment
    // One that cannot be used is told by the request that it is for.
    if let address = endpoint.proxy { do { proxy = .proxy(try HTTPProxy(address)) } catch {} }
    let chain = AWSCredentialChain(
      planner: AWSCredentialPlanner(surroundings: surroundings, trouble: trouble, profileSetting: profile),
      web: AWSWeb(
        http: environment.http, direct: surroundings.direct, proxy: proxy, directHosts: endpoint.directHosts,
        certificateFile: endpoint.certificateFile),
      clock: clock, region: region)
    self.service = service
    self.region = region
    self.surroundings = surroundings
    self.trouble = trouble
    self.chain = chain
    self.clock = clock
    notesKey = endpoint.notesKey
    keyring = AWSKeyring(clock: clock) { await chain.fetch() }
  }

  /// The key in the environment, without what an editor may have left around it.
  static func bearerKey(for service: AWSService, _ surroundings: AWSSurroundings) -> Secret? {
    guard service.takesBearerKey, let text = surroundings[bearerVariable] else { return nil }
    let key = text.split { $0.isWhitespace }.joined(separator: " ")
    return key.isEmpty ? nil : Secret(key)
  }

  static let bearerVariable = "AWS_BEARER_TOKEN_BEDROCK"

  package func sign(_ request: DialectRequest) async throws(ProviderError) -> SignedRequest {
    var request = request
    // Left over from a setting or an attempt before, they would be sent beside those that are right.
    for name in ["Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"] {
      request.headers.remove(name)
    }
    if let key = Self.bearerKey(for: service, surroundings) {
      guard request.url.scheme == .https || request.url.isLoopback else {
        throw TransportError.plaintextCredential(host: request.url.host).providerError(of: trouble.provider)
      }
      do throws(TransportError) {
        try request.headers.set("Authorization", secret: key.asBearer)
      } catch {
        throw trouble.because("\(Self.bearerVariable) holds characters that a key cannot have")
      }
      notesKey?(key, Self.bearerVariable)
      return SignedRequest(request, source: "the variable \(Self.bearerVariable)")
    }
    guard let region = request.signingRegion ?? AWSRegion.inHost(request.url.host) ?? region else {
      throw ProviderError(
        explanation: AWSRegion.missing(
          nil, for: trouble.provider, searched: AWSRegion.searched(profile: chain.planner.profileSetting, surroundings))
      )
    }
    let fetched = try await keyring.credentials()
    notesKey?(fetched.credentials.keys.secretAccessKey, "AWS_SECRET_ACCESS_KEY")
    if let token = fetched.credentials.keys.sessionToken { notesKey?(token, "AWS_SESSION_TOKEN") }
    let signature = try signature(of: request, with: fetched.credentials.keys, region: region)
    do throws(TransportError) {
      try request.headers.set("X-Amz-Date", signature.date)
      if let token = signature.sessionToken { try request.headers.set("X-Amz-Security-Token", secret: token) }
      try request.headers.set("Authorization", secret: signature.authorization)
    } catch {
      throw trouble.because("the keys from \(fetched.source) hold characters that keys cannot have")
    }
    return SignedRequest(request, source: fetched.source.description)
  }

  private func signature(
    of request: DialectRequest, with keys: AWSKeys, region: String
  ) throws(ProviderError) -> SignatureV4 {
    var host = request.url.authority
    var signed: [(name: String, value: Secret)] = []
    for header in request.headers.forSigning {
      let name = header.name.lowercased()
      // Whoever sends another host name on purpose, through a private link for one, has it signed as well.
      if name == "host" { host = header.value.withExposed { $0.isEmpty ? host : $0 } }
      if name == "content-type" || name.hasPrefix("x-amz") { signed.append(header) }
    }
    do throws(DigestFailure) {
      return try SignatureV4(
        SignatureV4.Input(
          method: request.method.rawValue, target: request.url.target, host: host, headers: signed,
          body: request.body ?? []),
        keys: keys, region: region, service: service.rawValue, time: clock.now)
    } catch {
      throw trouble.digests(error)
    }
  }

  package func refused(_ failure: HTTPFailure) -> SignerVerdict {
    guard [400, 401, 403].contains(failure.status) else { return .stands(hint: "") }
    let report = failure.report
    let code = AWSErrorName.of(failure.headers, report) ?? ""
    if Self.bearerKey(for: service, surroundings) != nil {
      return .stands(
        hint: failure.status == 400
          ? ""
          : "the key in \(Self.bearerVariable) may have ended (short-term keys live at most 12 hours) or belong to "
            + "another region")
    }
    switch AWSRefusal(code: code, message: report.message) {
    case .expiredKeys:
      guard let source = keyring.source, !source.isFixed else {
        return .stands(
          hint: "the keys from \(AWSCredentialPlanner.environmentOrigin) have expired: set new ones and "
            + "start riffle again")
      }
      keyring.refuse()
      return .tryAgain
    case .clock:
      return clock.correct(by: failure.headers)
        ? .tryAgain : .stands(hint: "the clock of this machine may be wrong")
    case .other:
      // A key that was deleted or replaced may have a successor in the file by now.
      if ["UnrecognizedClientException", "InvalidClientTokenId"].contains(code) { keyring.refuse() }
      return .stands(hint: "")
    }
  }
}

extension Endpoint {
  /// This endpoint with its requests signed for AWS and its region found: the option `region` is set afterwards if the
  /// setting, the environment or AWS's own configuration name one.
  ///
  /// Agents on this machine are not signed for: without `runtime_arn` an AgentCore endpoint stays as it is. Reads AWS's
  /// configuration file if neither setting nor environment name the region.
  package func signed(for service: AWSService, in environment: ProviderEnvironment) -> Endpoint {
    if service == .agentCore, (options["runtime_arn"] ?? "").isEmpty { return self }
    var endpoint = self
    if let found = AWSRegion.found(
      setting: options["region"], profile: options["aws_profile"], environment.aws)
    {
      endpoint.options["region"] = found.region
    } else {
      endpoint.options[AWSRegion.searchedOption] = AWSRegion.searched(
        profile: options["aws_profile"], environment.aws)
    }
    endpoint.signer = AWSSigner(service: service, endpoint: endpoint, environment: environment)
    return endpoint
  }
}
