// Signing in the engine: what goes out, what happens when it is refused, and that stopping works meanwhile.

import Conversations
import Diagnostics
import Framing
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let keys = [
  "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "HUSH-ENV", "AWS_SESSION_TOKEN": "HUSH-TOKEN",
  "AWS_REGION": "eu-west-1",
]
private let credentials = "/home/ada/.aws/credentials"
private let answer = #"data: {"model":"m","choices":[{"index":0,"delta":{"content":"hi"}}]}"# + "\n\ndata: [DONE]\n\n"

extension FaultServer.Answer {
  fileprivate static let good = FaultServer.Answer.respond(
    200, ["content-type": "text/event-stream"], body: Array(answer.utf8))

  fileprivate static func refusal(_ type: String, _ message: String, date: String = "Fri, 04 Jul 2025 12:00:05 GMT")
    -> FaultServer.Answer
  {
    .respond(
      403, ["content-type": "application/json", "x-amzn-errortype": "\(type):http://internal", "date": date],
      body: Array(#"{"message":"\#(message)"}"#.utf8))
  }
}

@Suite("Requests to AWS are signed")
struct AWSSignerTests {
  private func client(
    _ server: FaultServer, _ world: AWSWorld, service: AWSService = .bedrock,
    change: (inout Endpoint) -> Void = { _ in }
  ) throws -> any ProviderClient {
    var endpoint = Endpoint(name: "aws", baseURL: server.url("/v1"))
    endpoint.firstByteTimeout = .seconds(20)
    change(&endpoint)
    let row = ProviderCatalog.Row(
      ProviderDescriptor(kind: "bedrock", title: "test"), speaks: OpenAIChatDialect(), signedFor: service)
    return try row.make(endpoint, world.environment())
  }

  private func run(_ client: any ProviderClient) async throws -> Summary {
    Summary(await all(client.stream(try Chat.request())))
  }

  private func explanation(_ summary: Summary) throws -> Explanation {
    try #require(summary.failure).explanation
  }

  /// What the signature of a received request should have been.
  private func expected(
    _ request: FaultServer.Request, signing names: [String], id: String = "AKIAENV", secret: String = "HUSH-ENV",
    token: String? = "HUSH-TOKEN", host: String? = nil, service: String = "bedrock", region: String = "eu-west-1",
    time: Int64 = AWSWorld.noon
  ) throws -> String {
    try SignatureV4(
      SignatureV4.Input(
        method: request.method, target: request.target, host: host ?? request.header("host") ?? "",
        headers: request.headers.filter { names.contains($0.name.lowercased()) }.map { ($0.name, Secret($0.value)) },
        body: request.body),
      keys: AWSKeys(
        accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) }),
      region: region, service: service, time: time
    ).authorization.withExposed { $0 }
  }

  // MARK: What goes out

  @Test("The signature covers what arrives: path, query, body, host with its port, type and AWS's own headers")
  func signed() async throws {
    let server = try FaultServer { _ in .good }
    let world = AWSWorld(variables: keys)
    let client = try client(server, world) { endpoint in
      endpoint.query = [Endpoint.QueryItem(name: "b c", value: "ä/1"), Endpoint.QueryItem(name: "a", value: "")]
      endpoint.headers = [
        Endpoint.Header(name: "X-Amzn-Bedrock-Trace", value: Secret(" ENABLED  now ")),
        Endpoint.Header(name: "X-Team", value: Secret("blue")),
        // Wrong ones would break the signature; they are replaced.
        Endpoint.Header(name: "X-Amz-Date", value: Secret("20200101T000000Z")),
        Endpoint.Header(name: "x-amz-security-token", value: Secret("stale")),
        Endpoint.Header(name: "X-Amz-Content-SHA256", value: Secret("00")),
      ]
    }
    #expect(try await run(client).text == "hi")
    let request = try #require(server.log.requests.first)
    #expect(request.header("host") == "127.0.0.1:\(server.port)")
    #expect(request.headers.filter { $0.name.lowercased() == "x-amz-date" }.map(\.value) == ["20250704T120000Z"])
    #expect(request.headers.filter { $0.name.lowercased() == "x-amz-security-token" }.map(\.value) == ["HUSH-TOKEN"])
    #expect(request.header("x-amz-content-sha256") == nil)
    #expect(request.header("x-team") == "blue")
    #expect(
      request.header("authorization") == (try expected(request, signing: ["content-type", "x-amzn-bedrock-trace"])))
    #expect(
      request.header("authorization")?.contains(
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amzn-bedrock-trace,") ?? false)
  }

  @Test("Lists of models are signed, too, and an own host name is signed as it is sent")
  func models() async throws {
    let server = try FaultServer { _ in .json(#"{"data":[{"id":"m-1"}]}"#) }
    let client = try client(server, AWSWorld(variables: keys), service: .agentCore) { endpoint in
      endpoint.options["runtime_arn"] = "arn:aws:bedrock-agentcore:us-west-2:1:runtime/x"
      endpoint.headers = [Endpoint.Header(name: "Host", value: Secret("private.example.com"))]
    }
    #expect(try await client.models().map(\.id) == ["m-1"])
    let request = try #require(server.log.requests.first)
    #expect(
      request.header("authorization")
        == (try expected(
          request, signing: [], host: "private.example.com", service: "bedrock-agentcore", region: "us-west-2")))
  }

  @Test("A dialect may name the region to sign for")
  func signingRegion() async throws {
    let signer = AWSSigner(
      service: .bedrock, endpoint: Endpoint(name: "aws"), environment: AWSWorld(variables: keys).environment())
    var request = DialectRequest(.get, try HTTPURL("https://bedrock.ap-south-1.amazonaws.com/foundation-models"))
    func scope(_ request: DialectRequest) async throws -> String? {
      let fields = try await signer.sign(request).request.headers.forSigning
      return fields.first { $0.name == "Authorization" }?.value.withExposed { text in
        String(text.split(separator: "/").dropFirst(2).first ?? "")
      }
    }
    #expect(try await scope(request) == "ap-south-1")
    request.signingRegion = "us-east-1"
    #expect(try await scope(request) == "us-east-1")
    request = DialectRequest(.get, try HTTPURL("https://proxy.example.com/"))
    #expect(try await scope(request) == "eu-west-1")
  }

  @Test("A key of one's own, a header of one's own, and agents on this machine are not signed for")
  func unsigned() async throws {
    let server = try FaultServer { _ in .good }
    let world = AWSWorld(variables: keys)
    _ = try await run(try client(server, world) { $0.credential = { () throws(ProviderError) in Secret("own") } })
    _ = try await run(
      try client(server, world) { $0.headers = [Endpoint.Header(name: "authorization", value: Secret("Basic x"))] })
    _ = try await run(try client(server, world, service: .agentCore))
    #expect(server.log.requests.map { $0.header("authorization") } == ["Bearer own", "Basic x", nil])
    #expect(server.log.requests.allSatisfy { $0.header("x-amz-date") == nil })
  }

  @Test("A Bedrock key in the environment comes before everything else, but not for agents")
  func bearer() async throws {
    let server = try FaultServer { _ in .good }
    let world = AWSWorld(variables: keys.merging(["AWS_BEARER_TOKEN_BEDROCK": " bedrock-api-key-x\n"]) { $1 })
    _ = try await run(try client(server, world))
    let request = try #require(server.log.requests.first)
    #expect(request.header("authorization") == "Bearer bedrock-api-key-x")
    #expect(request.header("x-amz-date") == nil)
    #expect(request.header("x-amz-security-token") == nil)
    _ = try await run(try client(server, world, service: .agentCore) { $0.options["runtime_arn"] = "arn" })
    #expect(server.log.requests.last?.header("authorization")?.hasPrefix("AWS4-HMAC-SHA256") ?? false)
    let blank = AWSWorld(variables: keys.merging(["AWS_BEARER_TOKEN_BEDROCK": " "]) { $1 })
    _ = try await run(try client(server, blank))
    #expect(server.log.requests.last?.header("authorization")?.hasPrefix("AWS4-HMAC-SHA256") ?? false)
    let plain = try client(server, world) {
      $0.baseURL = "http://bedrock.example.com"
      $0.allowsPlaintext = true
    }
    #expect(try explanation(try await run(plain)).sentence.contains("unencrypted"))
  }

  @Test("Without a region or without credentials nothing is sent, and it is told why")
  func nothing() async throws {
    let server = try FaultServer { _ in .good }
    let without = AWSWorld(variables: keys.merging(["AWS_REGION": ""]) { $1 })
    let region = try explanation(try await run(try client(server, without)))
    #expect(region.kind == .setting)
    #expect(region.recovery == .fixSetting(path: "providers.aws.region"))
    #expect(region.sentence.contains("there is no profile default"))
    let nobody = AWSWorld(variables: ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"])
    let error = try explanation(try await run(try client(server, nobody)))
    #expect(error.kind == .unauthorized)
    #expect(error.recovery == .addCredential)
    #expect(server.log.requests.isEmpty)
  }

  // MARK: Refusals

  private static func file(_ id: String) -> String {
    "[default]\naws_access_key_id = \(id)\naws_secret_access_key = HUSH-FILE\n"
  }

  @Test("Expired keys are fetched anew and the request is sent once more")
  func expired() async throws {
    let world = AWSWorld(variables: ["AWS_REGION": "eu-west-1"], files: [credentials: Self.file("OLD")])
    let server = try FaultServer { request in
      guard request.header("authorization")?.contains("Credential=OLD/") ?? false else { return .good }
      world[credentials] = Self.file("NEW")
      return .refusal("ExpiredTokenException", "The security token included in the request is expired")
    }
    let client = try client(server, world)
    #expect(try await run(client).text == "hi")
    #expect(server.log.requests.count == 2)
    #expect(try await run(client).text == "hi")
    #expect(server.log.requests.count == 3)
  }

  @Test("Keys that stay expired are refused in words, after one more try")
  func stillExpired() async throws {
    let world = AWSWorld(variables: ["AWS_REGION": "eu-west-1"], files: [credentials: Self.file("OLD")])
    let server = try FaultServer { _ in .refusal("ExpiredTokenException", "token expired") }
    let summary = try await run(try client(server, world))
    let error = try explanation(summary)
    #expect(server.log.requests.count == 2)
    #expect(summary.endings == 1)
    #expect(error.kind == .unauthorized)
    #expect(error.sentence.contains("it came from the profile default in ~/.aws/credentials"))
    #expect(error.sentence.contains("token expired"))
    await #expect(throws: ProviderError.self) { try await client(server, world).models() }
    #expect(server.log.requests.count == 4)
  }

  @Test("Expired keys of variables cannot be renewed here: no second try, but what helps")
  func expiredVariables() async throws {
    let server = try FaultServer { _ in .refusal("ExpiredTokenException", "token expired") }
    let error = try explanation(try await run(try client(server, AWSWorld(variables: keys))))
    #expect(server.log.requests.count == 1)
    #expect(error.sentence.contains("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY have expired"))
    #expect(!error.sentence.contains("HUSH"))
  }

  @Test(
    "A wrong clock is corrected by the server's and kept so",
    arguments: [
      ("InvalidSignatureException", "Signature expired: 20250704T120000Z is now earlier than 20250704T125500Z"),
      ("RequestTimeTooSkewed", "The difference is too large"),
    ])
  func skew(type: String, message: String) async throws {
    let server = try FaultServer { request in
      request.header("x-amz-date") == "20250704T130000Z"
        ? .good : .refusal(type, message, date: "Fri, 04 Jul 2025 13:00:00 GMT")
    }
    let client = try client(server, AWSWorld(variables: keys))
    #expect(try await run(client).text == "hi")
    #expect(try await run(client).text == "hi")
    #expect(server.log.requests.count == 3)
    let request = try #require(server.log.requests.last)
    #expect(
      request.header("authorization")
        == (try expected(request, signing: ["content-type"], time: AWSWorld.noon + 3600)))
  }

  @Test("A clock that is right is not corrected", arguments: ["Fri, 04 Jul 2025 12:00:59 GMT", "nonsense"])
  func noSkew(date: String) async throws {
    let server = try FaultServer { _ in .refusal("RequestExpired", "late", date: date) }
    let error = try explanation(try await run(try client(server, AWSWorld(variables: keys))))
    #expect(server.log.requests.count == 1)
    #expect(error.sentence.contains("clock of this machine"))
  }

  @Test(
    "Other refusals stand, and the kind tells keys from rights",
    arguments: [
      ("UnrecognizedClientException", ErrorKind.unauthorized), ("InvalidSignatureException", .unauthorized),
      ("MissingAuthenticationTokenException", .unauthorized), ("AccessDeniedException", .forbidden),
    ])
  func refusals(type: String, kind: ErrorKind) async throws {
    let server = try FaultServer { _ in .refusal(type, "the service's words") }
    let error = try explanation(try await run(try client(server, AWSWorld(variables: keys))))
    #expect(server.log.requests.count == 1)
    #expect(error.kind == kind)
    #expect(error.sentence.contains("the service's words"))
  }

  @Test("A refused Bedrock key is told with what it may be")
  func refusedBearer() async throws {
    let server = try FaultServer { _ in .refusal("AccessDeniedException", "Bearer Token has expired") }
    let world = AWSWorld(variables: ["AWS_BEARER_TOKEN_BEDROCK": "bedrock-api-key-HUSH", "AWS_REGION": "eu-west-1"])
    let error = try explanation(try await run(try client(server, world)))
    #expect(error.sentence.contains("AWS_BEARER_TOKEN_BEDROCK may have ended"))
    #expect(!error.sentence.contains("HUSH"))
    #expect(server.log.requests.count == 1)
  }

  // MARK: Waiting

  @Test("Stopping works while credentials are fetched, and the others get theirs from the same fetch")
  func stopping() async throws {
    let gate = OneShot<Void>()
    let world = AWSWorld(
      variables: ["AWS_REGION": "eu-west-1"],
      files: ["/home/ada/.aws/config": "[default]\ncredential_process = tool\n"]
    ) { _ in
      await gate.value()
      return .ended(
        status: 0, output: Array(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}"#.utf8), errors: [])
    }
    let server = try FaultServer { _ in .good }
    let client = try client(server, world)
    let (stopped, kept) = (client.stream(try Chat.request()), client.stream(try Chat.request()))
    async let first = all(stopped)
    async let second = all(kept)
    let signer = try #require((client as? DialectClient<OpenAIChatDialect>)?.endpoint.signer as? AWSSigner)
    // Both wait for the one fetch: the one that stays must not begin another after the first has left.
    try #require(await eventually { world.ran.count == 1 && signer.keyring.waiting == 2 })
    stopped.cancel()
    #expect(Summary(await first).failure == .cancelled)
    #expect(server.log.requests.isEmpty)
    gate.resolve(())
    #expect(Summary(await second).text == "hi")
    #expect(server.log.requests.count == 1)
  }

  @Test("Streams that begin together make one fetch")
  func together() async throws {
    let world = AWSWorld(
      variables: ["AWS_REGION": "eu-west-1"],
      files: ["/home/ada/.aws/config": "[default]\ncredential_process = tool\n"]
    ) { _ in
      .ended(status: 0, output: Array(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}"#.utf8), errors: [])
    }
    let server = try FaultServer { _ in .good }
    let client = try client(server, world)
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try await run(client).text } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(texts == Array(repeating: "hi", count: 8))
    #expect(world.ran.count == 1)
  }

  // MARK: The doctor

  private func report(
    _ world: AWSWorld, service: AWSService = .bedrock, options: [String: String] = [:], hasOwnKey: Bool = false
  ) -> AWSReport {
    var endpoint = Endpoint(name: "aws")
    endpoint.options = options
    return AWSReport(of: endpoint, service: service, environment: world.environment(), hasOwnKey: hasOwnKey)
  }

  @Test("The doctor tells source and region, and asks nobody")
  func doctor() throws {
    let config = "/home/ada/.aws/config"
    let world = AWSWorld(
      files: [
        config: """
        [default]
        region = eu-north-1
        credential_process = tool HUSH
        [profile sso]
        sso_start_url = https://c
        sso_region = eu-west-1
        sso_account_id = 1
        sso_role_name = R
        """
      ])
    let process = report(world)
    #expect(process.state == .fine)
    #expect(
      process.text
        == "signs with keys from the credential_process of the profile default (tool), run when they are needed; region eu-north-1 from the profile default"
    )
    #expect(report(world, options: ["region": "r-1"]).text.hasSuffix("region r-1 from the configuration"))
    let sso = report(world, options: ["region": "r-1", "aws_profile": "sso"])
    #expect(sso.state == .problem)
    #expect(sso.text.contains("run: aws sso login --profile sso"))
    #expect(report(world, options: ["aws_profile": "sso"]).text.contains("region"))
    #expect(report(world, options: ["aws_profile": "x", "region": "r-1"]).state == .problem)
    #expect(report(world, hasOwnKey: true).text.contains("its own key"))
    #expect(report(world, service: .agentCore).text.contains("nothing is signed"))
    let arn = "arn:aws:bedrock-agentcore:us-west-2:1:runtime/x"
    #expect(
      report(world, service: .agentCore, options: ["runtime_arn": arn]).text.hasSuffix(
        "region us-west-2 from runtime_arn"))
    #expect(world.ran.isEmpty)

    let hash = Digests.hexadecimal(try Digests.sha1(Array("https://c".utf8)))
    world["/home/ada/.aws/sso/cache/\(hash).json"] = #"{"accessToken":"HUSH","expiresAt":"2025-07-04T13:00:00Z"}"#
    let loggedIn = report(world, options: ["region": "r-1", "aws_profile": "sso"])
    #expect(loggedIn.state == .fine)
    #expect(loggedIn.text.contains("logged in until 2025-07-04T13:00:00Z"))

    let variables = report(
      AWSWorld(variables: keys.merging(["AWS_CREDENTIAL_EXPIRATION": "2025-07-04T11:00:00Z"]) { $1 }))
    #expect(variables.state == .problem)
    #expect(variables.text.contains("expired at 2025-07-04T11:00:00Z"))
    #expect(report(AWSWorld(variables: ["AWS_REGION": "r-1"])).state == .notice)
    #expect(
      report(AWSWorld(variables: ["AWS_REGION": "r-1", "AWS_BEARER_TOKEN_BEDROCK": "HUSH"])).text.contains(
        "comes before all"))
    for report in [process, sso, loggedIn, variables] { #expect(!report.text.contains("HUSH")) }
  }
}
