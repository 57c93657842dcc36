// Roles of the Security Token Service: assumed with other keys (AssumeRole), or with the token of another identity provider
// (AssumeRoleWithWebIdentity). STS API Reference, version 2011-06-15; answers are XML.

import Diagnostics
import Streaming
import Transport

extension AWSCredentialChain {
  /// Assumes a role with the keys of `base`.
  func assume(_ role: AWSCredentialSource.Role, with base: AWSCredentialSource) async -> Result<
    AWSCredentials, ProviderError
  > {
    let keys: AWSKeys
    switch await credentials(from: base) {
    case .failure(let error): return .failure(error)
    case .success(let credentials): keys = credentials.keys
    }
    var form = [
      ("Action", "AssumeRole"), ("Version", "2011-06-15"), ("RoleArn", role.arn),
      ("RoleSessionName", role.sessionName ?? sessionName), ("DurationSeconds", String(role.durationSeconds)),
    ]
    if let id = role.externalID { form.append(("ExternalId", id)) }
    let help = "the profile \(role.profile) assumes \(role.arn) with \(base)"
    return await ask(form, signedWith: keys, help: help)
  }

  /// Exchanges a token for the keys of a role. The file is read every time: whoever wrote it replaces it.
  func exchange(_ identity: AWSCredentialSource.WebIdentity) async -> Result<AWSCredentials, ProviderError> {
    let shown = surroundings.shown(identity.tokenFile)
    let token: String
    switch surroundings.read(identity.tokenFile) {
    case .bytes(let bytes):
      token = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.joined()
    case .missing:
      return .failure(trouble.because("the token file \(shown), named by \(identity.origin), is not there"))
    case .unreadable(let reason):
      return .failure(
        trouble.because("the token file \(shown), named by \(identity.origin), cannot be read: \(reason)"))
    }
    guard !token.isEmpty else { return .failure(trouble.because("the token file \(shown) is empty")) }
    let form = [
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", identity.arn),
      ("RoleSessionName", identity.sessionName ?? sessionName), ("WebIdentityToken", token),
    ]
    return await ask(form, signedWith: nil, help: "the role is \(identity.arn), the token in \(shown)")
  }

  /// Shows up in the account's logs.
  private var sessionName: String { "riffle-\(clock.now)" }

  private func ask(
    _ form: [(String, String)], signedWith keys: AWSKeys?, help: String
  ) async -> Result<AWSCredentials, ProviderError> {
    let url: HTTPURL
    do throws(ProviderError) { url = try tokenService() } catch { return .failure(error) }
    let who = "the token service \(url.host)"
    let body = Array(
      form.map { "\($0.0)=\(EndpointURL.percentEncoded($0.1))" }.joined(separator: "&").utf8)
    // A second time if only the clock was wrong.
    var mayCorrectClock = true
    while true {
      let headers: HTTPHeaders
      do throws(ProviderError) {
        headers = try self.headers(for: url, body: body, signedWith: keys)
      } catch {
        return .failure(error)
      }
      switch await web.send(.post, url, headers: headers, body: body) {
      case .failure(let error): return .failure(trouble.network(error, asking: who))
      case .success(let answer) where answer.head.isSuccess:
        return credentials(inXML: answer.body, from: who)
      case .success(let answer):
        let report = AWSErrorReport(answer)
        if mayCorrectClock, AWSRefusal(code: report.code, message: report.message) == .clock,
          clock.correct(by: answer.head.headers)
        {
          mayCorrectClock = false
          continue
        }
        return .failure(trouble.refusal(by: who, answer, help: help))
      }
    }
  }

  private func headers(
    for url: HTTPURL, body: [UInt8], signedWith keys: AWSKeys?
  ) throws(ProviderError) -> HTTPHeaders {
    let type = "application/x-www-form-urlencoded; charset=utf-8"
    var signature: SignatureV4?
    if let keys {
      do throws(DigestFailure) {
        signature = try SignatureV4(
          SignatureV4.Input(
            method: "POST", target: url.target, host: url.authority, headers: [("content-type", Secret(type))],
            body: body),
          keys: keys, region: region ?? "us-east-1", service: "sts", time: clock.now)
      } catch {
        throw trouble.digests(error)
      }
    }
    do throws(TransportError) {
      var headers = HTTPHeaders()
      try headers.add("Content-Type", type)
      try headers.add("User-Agent", "riffle")
      if let signature {
        try headers.add("X-Amz-Date", signature.date)
        if let token = signature.sessionToken { try headers.add("X-Amz-Security-Token", secret: token) }
        try headers.add("Authorization", secret: signature.authorization)
      }
      return headers
    } catch {
      throw trouble.network(error, asking: url.host)
    }
  }

  private func tokenService() throws(ProviderError) -> HTTPURL {
    let usual =
      region.map { "https://sts.\($0).\(AWSRegion.domain(of: $0))/" } ?? "https://sts.amazonaws.com/"
    return try address(usual, insteadOf: "STS")
  }

  /// The address of a service that gives credentials; AWS's own variables may name another one (AWS SDKs and Tools
  /// Reference Guide, "Service-specific endpoints").
  func address(_ usual: String, insteadOf service: String, path: String = "") throws(ProviderError) -> HTTPURL {
    var base = usual
    var variable: String?
    if surroundings["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() != "true" {
      for name in ["AWS_ENDPOINT_URL_\(service)", "AWS_ENDPOINT_URL"] where variable == nil {
        if let value = surroundings[name] { (base, variable) = (value, name) }
      }
    }
    while base.last == "/" { base.removeLast() }
    do throws(TransportError) { return try HTTPURL("\(base)/\(path)") } catch {
      throw trouble.because("\(variable ?? "the address of \(service)") cannot be used: \(error.summary)")
    }
  }

  private func credentials(inXML body: [UInt8], from who: String) -> Result<AWSCredentials, ProviderError> {
    guard let leaves = XMLLeaves(body), let id = leaves["Credentials/AccessKeyId"],
      let secret = leaves["Credentials/SecretAccessKey"], let token = leaves["Credentials/SessionToken"],
      !id.isEmpty, !secret.isEmpty
    else { return .failure(trouble.because("\(who) gave an answer without credentials")) }
    return .success(
      AWSCredentials(
        keys: AWSKeys(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token)),
        expires: leaves["Credentials/Expiration"].flatMap(AWSTime.seconds)))
  }
}
