// Roles of IAM Identity Center. `aws sso login` leaves a token in a file; it is renewed here where that needs nobody, and
// exchanged for the keys of the profile's role (botocore `tokens.py`, `credentials.py`; SSO OIDC and SSO Portal APIs).

import Diagnostics
import Framing
import Streaming
import Transport

/// A token of Identity Center as `aws sso login` keeps it.
struct AWSSSOToken: Sendable {
  /// The whole file: what riffle does not know is written back as it was.
  private(set) var file: JSONValue

  var accessToken: Secret
  var expires: Int64

  /// nil if the file is no token.
  init?(_ bytes: [UInt8]) {
    guard case .success(let file) = JSONParser.parse(bytes), let token = file["accessToken"]?.string, !token.isEmpty,
      let expires = file["expiresAt"]?.string.flatMap(AWSTime.seconds)
    else { return nil }
    self.file = file
    accessToken = Secret(token)
    self.expires = expires
  }

  /// What renewing takes; nil if the registration has ended or something is missing.
  func renewalBody(at now: Int64) -> [UInt8]? {
    guard let id = file["clientId"]?.string, let secret = file["clientSecret"]?.string,
      let refresh = file["refreshToken"]?.string
    else { return nil }
    if let ends = file["registrationExpiresAt"]?.string.flatMap(AWSTime.seconds), ends <= now { return nil }
    var writer = JSONWriter()
    writer.object {
      $0.field("grantType", "refresh_token")
      $0.field("clientId", id)
      $0.field("clientSecret", secret)
      $0.field("refreshToken", refresh)
    }
    return writer.bytes
  }

  /// Takes over a renewed token.
  func renewed(by answer: JSONValue, at now: Int64) -> AWSSSOToken? {
    guard let token = answer["accessToken"]?.string, !token.isEmpty, let life = answer["expiresIn"]?.int else {
      return nil
    }
    var copy = self
    copy.accessToken = Secret(token)
    copy.expires = now + Int64(min(max(life, 0), 31_536_000))
    copy.file["accessToken"] = .string(token)
    copy.file["expiresAt"] = .string(AWSTime.extended(copy.expires))
    if let refresh = answer["refreshToken"]?.string { copy.file["refreshToken"] = .string(refresh) }
    return copy
  }

  /// Where `aws sso login` keeps the token of a session.
  static func path(
    of sso: AWSCredentialSource.SSO, _ surroundings: AWSSurroundings
  ) throws(DigestFailure) -> String {
    let name = Digests.hexadecimal(try Digests.sha1(Array((sso.session ?? sso.startURL).utf8)))
    return surroundings.path("~/.aws/sso/cache/\(name).json")
  }
}

extension AWSSSOToken: CustomStringConvertible, CustomReflectable {
  var description: String { "token until \(AWSTime.extended(expires))" }
  var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension AWSCredentialChain {
  /// A token is renewed when less than this is left, as AWS's tools do it.
  private static var renewalSeconds: Int64 { 15 * 60 }

  /// The keys of a role of Identity Center.
  func session(_ sso: AWSCredentialSource.SSO) async -> Result<AWSCredentials, ProviderError> {
    let path: String
    do throws(DigestFailure) { path = try AWSSSOToken.path(of: sso, surroundings) } catch {
      return .failure(trouble.digests(error))
    }
    let shown = surroundings.shown(path)
    guard case .bytes(let bytes) = surroundings.read(path) else {
      return .failure(login(sso, because: "nobody has logged in (\(shown) is not there)"))
    }
    guard var token = AWSSSOToken(bytes) else {
      return .failure(login(sso, because: "\(shown) holds no token"))
    }
    if token.expires - clock.now < Self.renewalSeconds {
      switch await renewed(token, of: sso) {
      case .success(let renewed):
        token = renewed
        // A token that could not be kept works all the same until this program ends.
        _ = surroundings.replace(path, token.file.bytes)
      case .failure(let error):
        guard token.expires > clock.now else { return .failure(error) }
      }
    }
    return await roleCredentials(of: sso, with: token)
  }

  private func login(_ sso: AWSCredentialSource.SSO, because cause: String) -> ProviderError {
    trouble.because(
      "the profile \(sso.profile) uses IAM Identity Center: \(cause)",
      help: "run: aws sso login --profile \(sso.profile)")
  }

  private func renewed(
    _ token: AWSSSOToken, of sso: AWSCredentialSource.SSO
  ) async -> Result<AWSSSOToken, ProviderError> {
    let expired = login(sso, because: "the session ended at \(AWSTime.extended(token.expires))")
    guard let body = token.renewalBody(at: clock.now) else { return .failure(expired) }
    let url: HTTPURL
    var headers = HTTPHeaders()
    do throws(ProviderError) {
      url = try address(
        "https://oidc.\(sso.region).\(AWSRegion.domain(of: sso.region))", insteadOf: "SSO_OIDC", path: "token")
    } catch {
      return .failure(error)
    }
    do throws(TransportError) {
      try headers.add("Content-Type", "application/json")
      try headers.add("User-Agent", "riffle")
    } catch {
      return .failure(trouble.network(error, asking: url.host))
    }
    switch await web.send(.post, url, headers: headers, body: body) {
    case .failure(let error): return .failure(trouble.network(error, asking: url.host))
    case .success(let answer) where answer.head.isSuccess:
      guard case .success(let value) = JSONParser.parse(answer.body),
        let token = token.renewed(by: value, at: clock.now)
      else { return .failure(trouble.because("\(url.host) gave an answer without a token")) }
      return .success(token)
    case .success(let answer) where (400..<500).contains(answer.head.status) && answer.head.status != 429:
      return .failure(expired)
    case .success(let answer):
      return .failure(trouble.refusal(by: url.host, answer))
    }
  }

  private func roleCredentials(
    of sso: AWSCredentialSource.SSO, with token: AWSSSOToken
  ) async -> Result<AWSCredentials, ProviderError> {
    let url: HTTPURL
    do throws(ProviderError) {
      url = try address(
        "https://portal.sso.\(sso.region).\(AWSRegion.domain(of: sso.region))", insteadOf: "SSO",
        path: "federation/credentials?role_name=\(EndpointURL.percentEncoded(sso.role))"
          + "&account_id=\(EndpointURL.percentEncoded(sso.account))")
    } catch {
      return .failure(error)
    }
    var headers = HTTPHeaders()
    do throws(TransportError) {
      try headers.add("User-Agent", "riffle")
      try headers.add("x-amz-sso_bearer_token", secret: token.accessToken)
    } catch {
      return .failure(trouble.network(error, asking: url.host))
    }
    switch await web.send(.get, url, headers: headers) {
    case .failure(let error): return .failure(trouble.network(error, asking: url.host))
    case .success(let answer) where answer.head.status == 401:
      return .failure(login(sso, because: "\(url.host) does not accept the session any more"))
    case .success(let answer) where answer.head.isSuccess:
      guard case .success(let value) = JSONParser.parse(answer.body), let keys = value["roleCredentials"],
        let id = keys["accessKeyId"]?.string, let secret = keys["secretAccessKey"]?.string, !id.isEmpty, !secret.isEmpty
      else { return .failure(trouble.because("\(url.host) gave an answer without credentials")) }
      return .success(
        AWSCredentials(
          keys: AWSKeys(
            accessKeyID: id, secretAccessKey: Secret(secret),
            sessionToken: keys["sessionToken"]?.string.map { Secret($0) }),
          // In milliseconds, unlike everywhere else.
          expires: keys["expiration"]?.int.map { Int64($0 / 1000) }))
    case .success(let answer):
      return .failure(
        trouble.refusal(
          by: url.host, answer, help: "the profile \(sso.profile) asks for the role \(sso.role) of \(sso.account)"))
    }
  }
}
