// Where AWS credentials come from, as a value: found without asking anybody, told to people, and followed later.

import Diagnostics

/// Keys with what is known of their life.
struct AWSCredentials: Equatable, Sendable {
  var keys: AWSKeys
  /// Seconds since 1970; nil for keys that do not expire.
  var expires: Int64?
}

/// A place that gives credentials.
indirect enum AWSCredentialSource: Equatable, Sendable {
  /// A role to assume.
  struct Role: Equatable, Sendable {
    var profile: String
    var arn: String
    var sessionName: String?
    var externalID: String?
    var durationSeconds: Int
  }

  /// A role that a token of another identity provider gives.
  struct WebIdentity: Equatable, Sendable {
    var tokenFile: String
    var arn: String
    var sessionName: String?
    /// Where file and role are named, for people.
    var origin: String
  }

  /// A role of IAM Identity Center.
  struct SSO: Equatable, Sendable {
    var profile: String
    /// The name of the `sso-session` section; nil for the older form.
    var session: String?
    var startURL: String
    var region: String
    var account: String
    var role: String
  }

  /// Where an answer of a container's agent is.
  struct Container: Equatable, Sendable {
    var url: String
    /// The variable that named it.
    var variable: String
  }

  /// Keys that are there.
  case keys(AWSCredentials, origin: String)
  case role(Role, from: AWSCredentialSource)
  case webIdentity(WebIdentity)
  case sso(SSO)
  /// A program by its words.
  case program([String], profile: String)
  case container(Container)
  /// The role of the machine it runs on, if that is one of EC2's.
  case instance

  /// In words that follow "from". Never keys, never arguments.
  var description: String {
    switch self {
    case .keys(_, let origin): origin
    case .role(let role, let source): "the role \(role.arn) of the profile \(role.profile), assumed with \(source)"
    case .webIdentity(let identity): "the role \(identity.arn) and the token file of \(identity.origin)"
    case .sso(let sso): "the IAM Identity Center role \(sso.role) of the profile \(sso.profile)"
    case .program(let words, let profile):
      "the credential_process of the profile \(profile) (\(words.first ?? ""))"
    case .container(let container): "the container (\(container.variable))"
    case .instance: "the role of this EC2 instance"
    }
  }

  /// Whether fetching again gives the same keys as long as the program runs.
  var isFixed: Bool {
    guard case .keys(_, let origin) = self else { return false }
    return origin == AWSCredentialPlanner.environmentOrigin
  }
}

extension AWSCredentialSource: CustomStringConvertible {}
