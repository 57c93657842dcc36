// Follows a source to its keys: the part of AWS credentials that waits for services and programs. Which source it is, the
// planner says; keeping what was fetched is the keyring's part.

import Diagnostics
import Framing
import Streaming
import Transport

/// Fetches credentials.
struct AWSCredentialChain: Sendable {
  let planner: AWSCredentialPlanner
  let web: AWSWeb
  let clock: AWSClock
  /// The region whose token service is asked; nil asks the one of the whole world.
  let region: String?

  var surroundings: AWSSurroundings { planner.surroundings }
  var trouble: AWSTrouble { planner.trouble }

  /// What was fetched, and from where.
  struct Fetched: Sendable {
    var credentials: AWSCredentials
    var source: AWSCredentialSource
  }

  /// Finds the source and asks it. Variables and files are read anew, so that a login elsewhere is noticed.
  func fetch() async -> Result<Fetched, ProviderError> {
    let source: AWSCredentialSource
    do throws(ProviderError) { source = try planner.source() } catch { return .failure(error) }
    let result = await credentials(from: source)
    switch result {
    case .failure(let error): return .failure(error)
    case .success(let credentials):
      if let expires = credentials.expires, expires <= clock.now {
        return .failure(
          trouble.because(
            "the keys from \(source) expired at \(AWSTime.extended(expires))", help: renewal(of: source)))
      }
      return .success(Fetched(credentials: credentials, source: source))
    }
  }

  /// What the user can do for new keys.
  func renewal(of source: AWSCredentialSource) -> String {
    switch source {
    case .keys: source.isFixed ? "set new ones and start riffle again" : "put new ones there"
    case .role(_, let base): renewal(of: base)
    case .sso(let sso): "run: aws sso login --profile \(sso.profile)"
    case .webIdentity, .program, .container, .instance: "look at \(source)"
    }
  }

  func credentials(from source: AWSCredentialSource) async -> Result<AWSCredentials, ProviderError> {
    switch source {
    case .keys(let credentials, _): return .success(credentials)
    case .role(let role, let base): return await assume(role, with: base)
    case .webIdentity(let identity): return await exchange(identity)
    case .sso(let sso): return await session(sso)
    case .program(let words, let profile): return await run(words, of: profile)
    case .container(let container): return await ask(container)
    case .instance: return await askInstance()
    }
  }

  // MARK: Programs

  /// `credential_process` may open a browser and wait for a person; a minute is as long as anybody stays patient.
  private static let programTime = Duration.seconds(60)

  private func run(_ words: [String], of profile: String) async -> Result<AWSCredentials, ProviderError> {
    let name = "credential_process of the profile \(profile)"
    switch await surroundings.run(words, Self.programTime) {
    case .timedOut:
      return .failure(trouble.because("\(name) took longer than \(Self.programTime.components.seconds) s"))
    case .tooMuch: return .failure(trouble.because("\(name) wrote more than 64 KiB"))
    case .notStarted(let reason):
      return .failure(
        trouble.because(
          "\(name) could not be started: \(ForeignWords.bounded(words.first ?? "", characters: 200)): \(reason)"))
    case .ended(let status, let output, let errors):
      guard status == 0 else {
        let said = ForeignWords.bounded(Self.oneLine(errors), characters: 500)
        return .failure(
          trouble.because("\(name) ended with status \(status)\(said.isEmpty ? "" : ": “\(said)”")"))
      }
      guard case .success(let value) = JSONParser.parse(output), value.object != nil else {
        return .failure(trouble.because("\(name) did not write a JSON object"))
      }
      guard value["Version"]?.int == 1 else {
        return .failure(trouble.because("\(name) wrote another Version than 1"))
      }
      return credentials(in: value, session: "SessionToken", from: name)
    }
  }

  private static func oneLine(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).split { $0.isNewline }.joined(separator: " ")
  }

  // MARK: Answers

  /// The credentials of a JSON object whose keys begin with capitals, as most sources give them.
  func credentials(
    in value: JSONValue, session: String, from name: String
  ) -> Result<AWSCredentials, ProviderError> {
    guard let id = value["AccessKeyId"]?.string, let secret = value["SecretAccessKey"]?.string, !id.isEmpty,
      !secret.isEmpty
    else { return .failure(trouble.because("\(name) gave no AccessKeyId and SecretAccessKey")) }
    var expires: Int64?
    if let text = value["Expiration"]?.string {
      guard let seconds = AWSTime.seconds(text) else {
        return .failure(trouble.because("\(name) gave an Expiration that is no time"))
      }
      expires = seconds
    }
    let token = value[session]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
    return .success(
      AWSCredentials(
        keys: AWSKeys(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token), expires: expires))
  }
}
