// Credentials that the machine itself gives: to containers (ECS, EKS Pod Identity) and to instances of EC2 (metadata
// service, version 2 only). Both are asked over the machine's own network, unencrypted and never through a proxy.

import Diagnostics
import Framing
import Streaming
import Transport

extension AWSCredentialChain {
  // MARK: Containers

  private static var containerTime: Duration { .seconds(2) }
  private static var containerTries: Int { 3 }

  /// Asks a container's agent.
  func ask(_ container: AWSCredentialSource.Container) async -> Result<AWSCredentials, ProviderError> {
    let url: HTTPURL
    let headers: HTTPHeaders
    do throws(ProviderError) {
      url = try allowed(container)
      headers = try containerHeaders()
    } catch {
      return .failure(error)
    }
    let who = "the container's agent at \(url.authority)"
    var failure = trouble.because("\(who) did not answer")
    for attempt in 1...Self.containerTries {
      if attempt > 1 { await surroundings.pause(.seconds(1)) }
      if Task.isCancelled { return .failure(trouble.network(.cancelled, asking: who)) }
      switch await web.sendNearby(.get, url, headers: headers, limit: Self.containerTime) {
      case .failure(.cancelled): return .failure(trouble.network(.cancelled, asking: who))
      case .failure(let error): failure = trouble.network(error, asking: who)
      case .success(let answer) where answer.head.isSuccess:
        guard case .success(let value) = JSONParser.parse(answer.body) else {
          return .failure(trouble.because("\(who) did not answer with JSON"))
        }
        return credentials(in: value, session: "Token", from: who)
      case .success(let answer):
        failure = trouble.refusal(by: who, answer, help: "the address comes from \(container.variable)")
      }
    }
    return .failure(failure)
  }

  /// The agent gets a token: only addresses that cannot be anybody else's are asked.
  private func allowed(_ container: AWSCredentialSource.Container) throws(ProviderError) -> HTTPURL {
    let url: HTTPURL
    do throws(TransportError) { url = try HTTPURL(container.url) } catch {
      throw trouble.because("\(container.variable) cannot be used: \(error.summary)")
    }
    let agents: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
    guard url.scheme == .https || url.isLoopback || agents.contains(url.host) else {
      throw trouble.because(
        "\(container.variable) names \(url.host)", help: "allowed are https, this machine, and AWS's own agents")
    }
    return url
  }

  private func containerHeaders() throws(ProviderError) -> HTTPHeaders {
    var token: String?
    var origin = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
    if let named = surroundings["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
      origin = "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
      switch surroundings.read(surroundings.path(named)) {
      case .bytes(let bytes):
        var text = String(decoding: bytes, as: UTF8.self)
        // One line break at its end is the editor's, not the token's. (A pair is one character in Swift.)
        if text.last?.isNewline ?? false { text.removeLast() }
        token = text
      case .missing: throw trouble.because("\(origin), \(named), is not there")
      case .unreadable(let reason): throw trouble.because("\(origin), \(named), cannot be read: \(reason)")
      }
    } else {
      token = surroundings["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    }
    var headers = HTTPHeaders()
    do throws(TransportError) {
      try headers.add("Accept", "application/json")
      if let token { try headers.add("Authorization", secret: Secret(token)) }
    } catch {
      throw trouble.because("\(origin) holds a line break or another control character")
    }
    return headers
  }

  // MARK: Instances

  private enum InstanceStep {
    case text(String)
    /// It is not there, as an answer or as a silence.
    case nothing
    case failed(ProviderError)
  }

  /// Asks the metadata service of EC2. Where there is none, nobody has credentials.
  func askInstance() async -> Result<AWSCredentials, ProviderError> {
    let path = "/latest/meta-data/iam/security-credentials/"
    let token: String
    switch await metadata(.put, "/latest/api/token", ("x-aws-ec2-metadata-token-ttl-seconds", "21600")) {
    case .text(let text): token = text
    case .nothing: return .failure(planner.nothing())
    case .failed(let error): return .failure(error)
    }
    let header = ("x-aws-ec2-metadata-token", token)
    let role: String
    switch await metadata(.get, path, header) {
    case .text(let text): role = text.split { $0.isNewline }.first.map(String.init) ?? ""
    case .nothing: role = ""
    case .failed(let error): return .failure(error)
    }
    guard !role.isEmpty else {
      return .failure(trouble.because("this EC2 instance has no role", help: "attach an instance profile to it"))
    }
    switch await metadata(.get, path + EndpointURL.percentEncoded(role), header) {
    case .failed(let error): return .failure(error)
    case .nothing: return .failure(trouble.because("this EC2 instance gives no keys for its role \(Self.shown(role))"))
    case .text(let text):
      guard case .success(let value) = JSONParser.parse(text) else {
        return .failure(trouble.because("the metadata service did not answer with JSON"))
      }
      if let code = value["Code"]?.string, code != "Success" {
        return .failure(
          trouble.because("the metadata service says \(Self.shown(code)) for the role \(Self.shown(role))"))
      }
      return credentials(in: value, session: "Token", from: "the metadata service")
    }
  }

  private static func shown(_ text: String) -> String { ForeignWords.bounded(text, characters: 100) }

  private func metadata(
    _ method: HTTPRequest.Method, _ path: String, _ header: (String, String)
  ) async -> InstanceStep {
    let isIPv6 = surroundings["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
    var base =
      surroundings["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
      ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
    while base.last == "/" { base.removeLast() }
    // Both as AWS's tools read them; out of bounds they would make a chat wait for minutes.
    let seconds = surroundings["AWS_METADATA_SERVICE_TIMEOUT"].flatMap(Double.init).map { min(max($0, 0.1), 20) } ?? 1
    let tries = surroundings["AWS_METADATA_SERVICE_NUM_ATTEMPTS"].flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
    let url: HTTPURL
    var headers = HTTPHeaders()
    do throws(TransportError) {
      url = try HTTPURL(base + path)
      try headers.add(header.0, secret: Secret(header.1))
    } catch {
      return .failed(trouble.because("the metadata service cannot be asked: \(error.summary)"))
    }
    let who = "the metadata service at \(url.authority)"
    for _ in 1...tries {
      switch await web.sendNearby(method, url, headers: headers, limit: .milliseconds(Int(seconds * 1000))) {
      case .failure(.cancelled): return .failed(trouble.network(.cancelled, asking: who))
      case .failure: continue
      case .success(let answer) where answer.head.isSuccess:
        return .text(String(decoding: answer.body, as: UTF8.self))
      case .success(let answer) where [403, 404, 405].contains(answer.head.status): return .nothing
      case .success(let answer):
        guard answer.head.status >= 500 else { return .failed(trouble.refusal(by: who, answer)) }
      }
    }
    return .nothing
  }
}
