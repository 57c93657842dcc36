// What `riffle doctor` tells of an AWS provider: which source of keys and which region would be used, from variables and
// files alone. Asks no network, runs nothing, prints no key.

import Diagnostics
import Streaming

/// A look at the authentication of an endpoint.
package struct AWSReport: Equatable, Sendable {
  /// How it stands.
  package enum State: Equatable, Sendable {
    case fine, notice, problem
  }

  package var state: State
  /// One sentence, without its full stop.
  package var text: String

  /// Looks.
  /// - Parameter hasOwnKey: whether the provider's settings name a key, which then is sent in place of a signature.
  package init(
    of endpoint: Endpoint, service: AWSService, environment: ProviderEnvironment, hasOwnKey: Bool
  ) {
    let surroundings = environment.aws
    let profile = endpoint.options["aws_profile"]
    let region = AWSRegion.found(setting: endpoint.options["region"], profile: profile, surroundings)
    let named = AWSRegion.inARN(endpoint.options["runtime_arn"] ?? "")
    if service == .agentCore, (endpoint.options["runtime_arn"] ?? "").isEmpty {
      self.init(.fine, "an agent without runtime_arn: nothing is signed")
      return
    }
    let words = named.map { "region \($0) from runtime_arn" } ?? region.map { "region \($0.region) from \($0.origin)" }
    guard let words else {
      let searched = AWSRegion.searched(profile: profile, surroundings)
      self.init(.problem, AWSRegion.missing(nil, for: endpoint.name, searched: searched).sentence)
      return
    }
    if named == nil, let region, !AWSRegion.isPlausible(region.region) {
      self.init(.problem, AWSRegion.missing(region.region, for: endpoint.name).sentence)
      return
    }
    if hasOwnKey || endpoint.bringsOwnAuthorization {
      self.init(.fine, "sends its own key, nothing is signed; \(words)")
      return
    }
    if AWSSigner.bearerKey(for: service, surroundings) != nil {
      self.init(.fine, "the key in \(AWSSigner.bearerVariable) comes before all other sources; \(words)")
      return
    }
    do throws(DigestFailure) { _ = try Digests.sha256([]) } catch {
      self.init(.problem, error.reason)
      return
    }
    let trouble = AWSTrouble(provider: endpoint.name, service: service)
    let planner = AWSCredentialPlanner(surroundings: surroundings, trouble: trouble, profileSetting: profile)
    do throws(ProviderError) {
      let source = try planner.source()
      let (state, note) = Self.look(at: source, surroundings, now: environment.wallClock())
      self.init(state, "signs with keys from \(source)\(note); \(words)")
    } catch {
      self.init(.problem, error.explanation.sentence)
    }
  }

  private init(_ state: State, _ text: String) {
    self.state = state
    self.text = text
  }

  /// How a source stands, as far as this machine's files tell.
  private static func look(
    at source: AWSCredentialSource, _ surroundings: AWSSurroundings, now: Int64
  ) -> (State, String) {
    switch source {
    case .keys(let credentials, _):
      guard let expires = credentials.expires else { return (.fine, "") }
      return expires <= now
        ? (.problem, ", which expired at \(AWSTime.extended(expires))")
        : (.fine, ", until \(AWSTime.extended(expires))")
    case .role(_, let base): return look(at: base, surroundings, now: now)
    case .webIdentity(let identity):
      guard case .bytes = surroundings.read(identity.tokenFile) else {
        return (.problem, ", and \(surroundings.shown(identity.tokenFile)) cannot be read")
      }
      return (.fine, "")
    case .sso(let sso): return look(at: sso, surroundings, now: now)
    case .program(let words, _): return (.fine, words.isEmpty ? "" : ", run when they are needed")
    case .container: return (.fine, ", asked when they are needed")
    case .instance:
      return (.notice, ", if it is one: no variable and no profile gives any")
    }
  }

  private static func look(
    at sso: AWSCredentialSource.SSO, _ surroundings: AWSSurroundings, now: Int64
  ) -> (State, String) {
    let help = "run: aws sso login --profile \(sso.profile)"
    do throws(DigestFailure) {
      guard case .bytes(let bytes) = surroundings.read(try AWSSSOToken.path(of: sso, surroundings)),
        let token = AWSSSOToken(bytes)
      else { return (.problem, ", and nobody is logged in; \(help)") }
      if token.expires > now { return (.fine, ", logged in until \(AWSTime.extended(token.expires))") }
      return token.renewalBody(at: now) == nil
        ? (.problem, ", and the session ended at \(AWSTime.extended(token.expires)); \(help)")
        : (.fine, ", whose session will be renewed")
    } catch {
      return (.problem, ", and \(error.reason)")
    }
  }
}
