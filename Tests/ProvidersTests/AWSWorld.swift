// A world for AWS's credential chain: files in memory, programs that a test plays, a clock that stands still.

import Diagnostics
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

/// What a test gives the chain, and what the chain did with it.
final class AWSWorld: Sendable {
  typealias Program = @Sendable ([String]) async -> AWSSurroundings.ProgramResult

  /// 2025-07-04T12:00:00Z.
  static let noon: Int64 = 1_751_630_400

  private let content: Locked<[String: String]>
  private let time = Locked(AWSWorld.noon)
  private let commands = Locked<[[String]]>([])
  private let pauses = Locked(0)
  private let program: Program
  private let variables: [String: String]

  init(
    variables: [String: String] = [:], files: [String: String] = [:],
    program: @escaping Program = { _ in .notStarted(reason: "No such file or directory") }
  ) {
    self.variables = ["HOME": "/home/ada"].merging(variables) { $1 }
    content = Locked(files)
    self.program = program
  }

  var ran: [[String]] { commands.withLock { $0 } }
  var paused: Int { pauses.withLock { $0 } }

  subscript(path: String) -> String? {
    get { content.withLock { $0[path] } }
    set { content.withLock { $0[path] = newValue } }
  }

  func turn(by seconds: Int64) { time.withLock { $0 += seconds } }

  var surroundings: AWSSurroundings {
    AWSSurroundings(
      variables: variables,
      read: { path in
        switch self[path] {
        case "unreadable": .unreadable(reason: "permission denied")
        case let text?: .bytes(Array(text.utf8))
        case nil: .missing
        }
      },
      replace: { path, bytes in
        self[path] = String(decoding: bytes, as: UTF8.self)
        return true
      },
      run: { words, _ in
        self.commands.withLock { $0.append(words) }
        return await self.program(words)
      },
      pause: { _ in self.pauses.withLock { $0 += 1 } })
  }

  func environment(http: HTTPClient = HTTPClient()) -> ProviderEnvironment {
    ProviderEnvironment(http: http, wallClock: { self.time.withLock { $0 } }, aws: surroundings)
  }

  func planner(profile: String? = nil, service: AWSService = .bedrock) -> AWSCredentialPlanner {
    AWSCredentialPlanner(
      surroundings: surroundings, trouble: AWSTrouble(provider: "aws", service: service), profileSetting: profile)
  }

  func chain(profile: String? = nil, region: String? = "eu-west-1") -> AWSCredentialChain {
    AWSCredentialChain(
      planner: planner(profile: profile),
      web: AWSWeb(http: HTTPClient(), direct: surroundings.direct, proxy: .environment, certificateFile: nil),
      clock: AWSClock { self.time.withLock { $0 } }, region: region)
  }
}

extension FaultServer.Answer {
  static func json(_ text: String, status: Int = 200) -> FaultServer.Answer {
    .respond(status, ["content-type": "application/json"], body: Array(text.utf8))
  }

  static func xml(_ text: String, status: Int = 200) -> FaultServer.Answer {
    .respond(status, ["content-type": "text/xml"], body: Array(text.utf8))
  }

  /// What the token service answers.
  static func roleKeys(_ id: String = "ASIAROLE", expires: String = "2025-07-04T13:00:00Z") -> FaultServer.Answer {
    .xml(
      """
      <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>\(id)</AccessKeyId>\
      <SecretAccessKey>HUSH-ROLE</SecretAccessKey><SessionToken>HUSH-TOKEN</SessionToken>\
      <Expiration>\(expires)</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>
      """)
  }
}

extension AWSCredentials {
  /// Id, secret and token.
  var exposed: [String?] {
    [keys.accessKeyID, keys.secretAccessKey.withExposed { $0 }, keys.sessionToken?.withExposed { $0 }]
  }
}
