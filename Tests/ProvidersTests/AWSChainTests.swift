// Each source of credentials against a server on this machine that plays AWS.

import Diagnostics
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

private let role = "[profile r]\nrole_arn = arn:aws:iam::1:role/R\nsource_profile = base\nexternal_id = ex&1\n"
private let base =
  "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = HUSH-BASE\naws_session_token = HUSH-BT\n"
private let config = "/home/ada/.aws/config"
private let credentials = "/home/ada/.aws/credentials"
private let ssoConfiguration = """
  [profile s]
  sso_session = corp
  sso_account_id = 123456789012
  sso_role_name = Admin Role
  [sso-session corp]
  sso_start_url = https://corp.awsapps.com/start
  sso_region = eu-west-1
  """
// SHA-1 of "corp".
private let cache = "/home/ada/.aws/sso/cache/\(corpHash).json"
private let corpHash = (try? Digests.hexadecimal(Digests.sha1(Array("corp".utf8)))) ?? ""

private func token(expires: String, renewable: Bool = true, registration: String = "2025-09-01T00:00:00Z") -> String {
  #"{"startUrl":"https://corp.awsapps.com/start","region":"eu-west-1","accessToken":"HUSH-A","expiresAt":"\#(expires)""#
    + (renewable
      ? #","clientId":"c","clientSecret":"HUSH-C","refreshToken":"HUSH-R","registrationExpiresAt":"\#(registration)","own":1"#
      : "") + "}"
}

private let roleAnswer =
  #"{"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"HUSH-S","sessionToken":"HUSH-T","expiration":1751634000000}}"#

@Suite("AWS credentials are fetched")
struct AWSChainTests {
  /// The keys, or the error's sentence.
  private func fetch(_ world: AWSWorld, profile: String? = nil) async -> (AWSCredentials?, ProviderError?) {
    switch await world.chain(profile: profile).fetch() {
    case .success(let fetched): return (fetched.credentials, nil)
    case .failure(let error):
      #expect(!error.explanation.sentence.contains("HUSH"), "\(error.explanation.sentence)")
      return (nil, error)
    }
  }

  // MARK: Roles

  @Test("A role is assumed with signed words, and its keys and their end are read")
  func assume() async throws {
    let server = try FaultServer { _ in .roleKeys() }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": server.url("")], files: [config: role, credentials: base])
    let (found, error) = await fetch(world, profile: "r")
    #expect(error == nil)
    #expect(found?.exposed == ["ASIAROLE", "HUSH-ROLE", "HUSH-TOKEN"])
    #expect(found?.expires == AWSWorld.noon + 3600)
    let request = try #require(server.log.requests.first)
    #expect(
      request.text
        == "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2FR"
        + "&RoleSessionName=riffle-\(AWSWorld.noon)&DurationSeconds=3600&ExternalId=ex%261")
    let expected = try SignatureV4(
      SignatureV4.Input(
        method: "POST", target: "/", host: "127.0.0.1:\(server.port)",
        headers: [("Content-Type", Secret("application/x-www-form-urlencoded; charset=utf-8"))], body: request.body),
      keys: AWSKeys(
        accessKeyID: "AKIABASE", secretAccessKey: Secret("HUSH-BASE"), sessionToken: Secret("HUSH-BT")),
      region: "eu-west-1", service: "sts", time: AWSWorld.noon)
    #expect(request.header("authorization") == expected.authorization.withExposed { $0 })
    #expect(request.header("x-amz-security-token") == "HUSH-BT")
    #expect(request.header("content-type") == "application/x-www-form-urlencoded; charset=utf-8")
  }

  @Test("Roles are assumed one after another")
  func assumeTwice() async throws {
    let server = try FaultServer { request in
      .roleKeys(request.text.contains("arn%3Ab") ? "ASIAB" : "ASIAA")
    }
    let text =
      "[profile a]\nrole_arn = arn:a\nsource_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = base\n"
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": server.url("")], files: [config: text, credentials: base])
    #expect(await fetch(world, profile: "a").0?.keys.accessKeyID == "ASIAA")
    #expect(server.log.requests.count == 2)
    #expect(server.log.requests.last?.header("authorization")?.contains("Credential=ASIAB/") ?? false)
  }

  @Test("A refusal names the service, the role and the service's own words")
  func refusedRole() async throws {
    let server = try FaultServer { _ in
      .xml(
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User x is not authorized</Message></Error></ErrorResponse>",
        status: 403)
    }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": server.url("")], files: [config: role, credentials: base])
    let (_, error) = await fetch(world, profile: "r")
    let words = try #require(error).explanation.sentence
    for part in [
      "AccessDenied", "User x is not authorized", "127.0.0.1", "arn:aws:iam::1:role/R", "profile r", "profile base",
    ] {
      #expect(words.contains(part), "\(words)")
    }
    #expect(error?.isRetryable == false)
  }

  @Test("A wrong clock is corrected once for the token service as well")
  func skewedRole() async throws {
    let server = try FaultServer { request in
      if request.header("x-amz-date") == "20250704T130000Z" { return .roleKeys(expires: "2025-07-04T14:00:00Z") }
      return .respond(
        403, ["date": "Fri, 04 Jul 2025 13:00:00 GMT"],
        body: Array("<E><Error><Code>RequestExpired</Code><Message>late</Message></Error></E>".utf8))
    }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": server.url("")], files: [config: role, credentials: base])
    #expect(await fetch(world, profile: "r").0?.keys.accessKeyID == "ASIAROLE")
    #expect(server.log.requests.count == 2)
  }

  @Test("Broken answers of the token service are told", arguments: ["", "<a>", "<Credentials></Credentials>", "{}"])
  func brokenRole(body: String) async throws {
    let server = try FaultServer { _ in .xml(body) }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": server.url("")], files: [config: role, credentials: base])
    let words = try #require(await fetch(world, profile: "r").1).explanation.sentence
    #expect(words.contains("without credentials"))
  }

  @Test("A token is exchanged unsigned, and read anew every time")
  func webIdentity() async throws {
    let server = try FaultServer { _ in .roleKeys() }
    let world = AWSWorld(
      variables: [
        "AWS_ENDPOINT_URL_STS": server.url("/sts/"), "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token",
        "AWS_ROLE_ARN": "arn:w", "AWS_ROLE_SESSION_NAME": "me",
      ], files: ["/run/token": "HUSH.one\n"])
    #expect(await fetch(world).0?.keys.accessKeyID == "ASIAROLE")
    world["/run/token"] = "HUSH.two"
    #expect(await fetch(world).0 != nil)
    let requests = server.log.requests
    #expect(requests.map { $0.text.suffix(8) } == ["HUSH.one", "HUSH.two"])
    #expect(requests.first?.text.contains("RoleSessionName=me&") ?? false)
    #expect(requests.first?.header("authorization") == nil)
    #expect(requests.first?.target == "/sts/")
    world["/run/token"] = nil
    #expect(await fetch(world).1?.explanation.sentence.contains("/run/token") ?? false)
    world["/run/token"] = "unreadable"
    #expect(await fetch(world).1?.explanation.sentence.contains("permission denied") ?? false)
    world["/run/token"] = " \n"
    #expect(await fetch(world).1?.explanation.sentence.contains("empty") ?? false)
  }

  // MARK: Identity Center

  @Test("A login gives the keys of its role")
  func sso() async throws {
    let server = try FaultServer { _ in .json(roleAnswer) }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_SSO": server.url("")],
      files: [config: ssoConfiguration, cache: token(expires: "2025-07-04T13:00:00Z")])
    let (found, _) = await fetch(world, profile: "s")
    #expect(found?.exposed == ["ASIASSO", "HUSH-S", "HUSH-T"])
    #expect(found?.expires == AWSWorld.noon + 3600)
    let request = try #require(server.log.requests.first)
    #expect(request.target == "/federation/credentials?role_name=Admin%20Role&account_id=123456789012")
    #expect(request.header("x-amz-sso_bearer_token") == "HUSH-A")
    #expect(request.header("authorization") == nil)
  }

  @Test("A token that ends soon is renewed and written back with everything else that was in the file")
  func renewal() async throws {
    let server = try FaultServer { request in
      request.target == "/token"
        ? .json(#"{"accessToken":"HUSH-A2","expiresIn":3600,"refreshToken":"HUSH-R2","tokenType":"Bearer"}"#)
        : .json(roleAnswer)
    }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL": server.url("")],
      files: [config: ssoConfiguration, cache: token(expires: "2025-07-04T12:10:00UTC")])
    #expect(await fetch(world, profile: "s").0?.keys.accessKeyID == "ASIASSO")
    let requests = server.log.requests
    #expect(
      requests.first?.text
        == #"{"grantType":"refresh_token","clientId":"c","clientSecret":"HUSH-C","refreshToken":"HUSH-R"}"#)
    #expect(requests.last?.header("x-amz-sso_bearer_token") == "HUSH-A2")
    let written = try #require(world[cache])
    for part in [
      #""accessToken":"HUSH-A2""#, #""expiresAt":"2025-07-04T13:00:00Z""#, #""refreshToken":"HUSH-R2""#,
      #""own":1"#,
    ] {
      #expect(written.contains(part))
    }
  }

  @Test("A token that still lives is used when it cannot be renewed")
  func failedRenewal() async throws {
    let server = try FaultServer { $0.target == "/token" ? .json("{}", status: 500) : .json(roleAnswer) }
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL": server.url("")],
      files: [config: ssoConfiguration, cache: token(expires: "2025-07-04T12:10:00Z")])
    #expect(await fetch(world, profile: "s").0 != nil)
    #expect(server.log.requests.last?.header("x-amz-sso_bearer_token") == "HUSH-A")
  }

  @Test(
    "What needs a person says so",
    arguments: [
      nil, "{", token(expires: "2025-07-04T11:00:00Z", renewable: false),
      token(expires: "2025-07-04T11:00:00Z", registration: "2025-07-01T00:00:00Z"),
      token(expires: "2025-07-04T11:00:00Z"), token(expires: "2025-07-04T13:00:00Z"),
    ])
  func login(cached: String?) async throws {
    let server = try FaultServer { request in
      request.target == "/token"
        ? .json(#"{"error":"invalid_grant"}"#, status: 400)
        : .json(#"{"message":"Session token not found or invalid"}"#, status: 401)
    }
    let world = AWSWorld(variables: ["AWS_ENDPOINT_URL": server.url("")], files: [config: ssoConfiguration])
    world[cache] = cached
    let error = try #require(await fetch(world, profile: "s").1)
    #expect(error.explanation.sentence.contains("run: aws sso login --profile s"))
    #expect(error.explanation.kind == .unauthorized)
    #expect(!error.isRetryable)
  }

  // MARK: Programs

  private func program(_ result: AWSSurroundings.ProgramResult) -> AWSWorld {
    AWSWorld(files: [config: "[default]\ncredential_process = tool 'a b' --x\n"]) { _ in result }
  }

  private func wrote(_ text: String) -> AWSSurroundings.ProgramResult {
    .ended(status: 0, output: Array(text.utf8), errors: [])
  }

  @Test("A program's keys are read")
  func process() async {
    let world = program(
      wrote(
        #"{"Version":1,"AccessKeyId":"ASIAP","SecretAccessKey":"HUSH-P","SessionToken":"HUSH-PT","Expiration":"2025-07-04T13:00:00Z"}"#
      ))
    let (found, _) = await fetch(world)
    #expect(found?.exposed == ["ASIAP", "HUSH-P", "HUSH-PT"])
    #expect(found?.expires == AWSWorld.noon + 3600)
    #expect(world.ran == [["tool", "a b", "--x"]])
    let lasting = program(wrote(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"}"#))
    #expect(await fetch(lasting).0?.expires == nil)
  }

  @Test("A program's failures are told without what it wrote to its output")
  func failedProcess() async throws {
    let cases: [(AWSSurroundings.ProgramResult, String)] = [
      (.ended(status: 3, output: Array("HUSH".utf8), errors: Array("no\nkey card".utf8)), "status 3: “no key card”"),
      (.timedOut, "longer than 60 s"), (.tooMuch, "64 KiB"),
      (.notStarted(reason: "No such file or directory"), "tool: No such file or directory"),
      (wrote("HUSH"), "JSON"), (wrote(#"{"Version":2,"AccessKeyId":"HUSH"}"#), "Version"),
      (wrote(#"{"Version":1,"AccessKeyId":"HUSH"}"#), "SecretAccessKey"),
      (wrote(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH","Expiration":"x"}"#), "Expiration"),
      (
        wrote(#"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"HUSH","Expiration":"2025-07-04T11:00:00Z"}"#),
        "expired at 2025-07-04T11:00:00Z"
      ),
    ]
    for (result, part) in cases {
      let words = try #require(await fetch(program(result)).1).explanation.sentence
      #expect(words.contains(part), "\(words)")
      #expect(words.contains("credential_process of the profile default"))
    }
  }

  @Test("Programs really run: words, output, errors, status, time limit, and none that is missing")
  func machine() async {
    let here = AWSSurroundings.machine(Platform.Environment.captured())
    #expect(
      await here.run(["/bin/sh", "-c", "printf '%s' \"$1\"; echo oops >&2; exit 4", "sh", "a b"], .seconds(20))
        == .ended(status: 4, output: Array("a b".utf8), errors: Array("oops\n".utf8)))
    #expect(await here.run(["/bin/sh", "-c", "exec sleep 100"], .milliseconds(50)) == .timedOut)
    guard case .notStarted = await here.run(["/nonexistent/tool"], .seconds(20)) else {
      Issue.record("a missing program cannot start")
      return
    }
  }

  // MARK: Containers

  private static let containerAnswer =
    #"{"RoleArn":"x","AccessKeyId":"ASIAC","SecretAccessKey":"HUSH-C","Token":"HUSH-CT","Expiration":"2025-07-04T13:00:00Z"}"#

  @Test("A container's agent gives keys for the token of a file")
  func container() async throws {
    let server = try FaultServer {
      $0.number + $0.connection > 2 ? .json(Self.containerAnswer) : .json("{}", status: 500)
    }
    let world = AWSWorld(
      variables: [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/v1/credentials"),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/run/eks", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "other",
      ], files: ["/run/eks": "HUSH-EKS\n"])
    let (found, _) = await fetch(world)
    #expect(found?.exposed == ["ASIAC", "HUSH-C", "HUSH-CT"])
    #expect(world.paused == 1)
    let request = try #require(server.log.requests.last)
    #expect(request.target == "/v1/credentials")
    #expect(request.header("authorization") == "HUSH-EKS")
    #expect(request.header("accept") == "application/json")
  }

  @Test("A container's agent is asked three times")
  func deadContainer() async throws {
    let server = try FaultServer { _ in .json(#"{"message":"not yet"}"#, status: 503) }
    let world = AWSWorld(variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/x")])
    let error = try #require(await fetch(world).1)
    #expect(error.explanation.sentence.contains("not yet"))
    #expect(error.explanation.sentence.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    #expect(error.isRetryable)
    #expect(server.log.requests.count == 3)
    #expect(world.paused == 2)
  }

  @Test(
    "A container's token goes nowhere but to its agent, and holds no line break",
    arguments: [
      ("http://example.com/x", "t", "example.com"), ("ftp://x", "t", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
      ("http://127.0.0.1:1/x", "HUSH\r\nHost: evil", "line break"),
    ])
  func refusedContainer(url: String, token: String, part: String) async throws {
    let world = AWSWorld(
      variables: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": token])
    let words = try #require(await fetch(world).1).explanation.sentence
    #expect(words.contains(part), "\(words)")
  }

  // MARK: Instances

  private func instance(_ script: @escaping @Sendable (FaultServer.Request) -> FaultServer.Answer) throws
    -> (FaultServer, AWSWorld)
  {
    let server = try FaultServer(script)
    // The test's own machine may be slow; what is not answered is not waited for here.
    let world = AWSWorld(variables: [
      "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url(""), "AWS_METADATA_SERVICE_TIMEOUT": "20",
    ])
    return (server, world)
  }

  @Test("An instance gives the keys of its role, for a token")
  func metadata() async throws {
    let (server, world) = try instance { request in
      switch request.target {
      case "/latest/api/token": .respond(200, body: Array("HUSH-M".utf8))
      case "/latest/meta-data/iam/security-credentials/": .respond(200, body: Array("my role\nother".utf8))
      default:
        .json(
          #"{"Code":"Success","AccessKeyId":"ASIAI","SecretAccessKey":"HUSH-I","Token":"HUSH-IT","Expiration":"2025-07-04T18:00:00Z"}"#
        )
      }
    }
    #expect(await fetch(world).0?.exposed == ["ASIAI", "HUSH-I", "HUSH-IT"])
    let requests = server.log.requests
    #expect(requests.map(\.method) == ["PUT", "GET", "GET"])
    #expect(requests.first?.header("x-aws-ec2-metadata-token-ttl-seconds") == "21600")
    #expect(requests.dropFirst().allSatisfy { $0.header("x-aws-ec2-metadata-token") == "HUSH-M" })
    #expect(requests.last?.target == "/latest/meta-data/iam/security-credentials/my%20role")
  }

  @Test("A machine that is no instance has no credentials at all", arguments: [403, 404, 405])
  func notAnInstance(status: Int) async throws {
    let (server, world) = try instance { _ in .respond(status) }
    #expect(await fetch(world).1?.explanation.sentence.contains("no profile default") ?? false)
    #expect(server.log.requests.count == 1)
  }

  @Test(
    "An instance's own troubles are told",
    arguments: [
      (400, 200, "r", "{}", "metadata service"), (200, 404, "", "{}", "no role"), (200, 200, "\n", "{}", "no role"),
      (200, 200, "r", #"{"Code":"AssumeRoleUnauthorizedAccess"}"#, "AssumeRoleUnauthorizedAccess"),
      (200, 200, "r", "{}", "no AccessKeyId"), (200, 200, "r", "x", "JSON"),
    ])
  func brokenInstance(token: Int, list: Int, role: String, keys: String, part: String) async throws {
    let (server, world) = try instance { request in
      switch request.target {
      case "/latest/api/token": .respond(token, body: Array("t".utf8))
      case "/latest/meta-data/iam/security-credentials/": .respond(list, body: Array(role.utf8))
      default: .json(keys)
      }
    }
    let words = try #require(await fetch(world).1).explanation.sentence
    #expect(words.contains(part), "\(words)")
    #expect(!server.log.requests.isEmpty)
  }

  @Test("A service that is not there is the network's trouble, and may be asked again")
  func unreachable() async throws {
    let port = try { try FaultServer { _ in .respond(200) }.port }()
    let world = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(port)"], files: [config: role, credentials: base])
    let error = try #require(await fetch(world, profile: "r").1)
    #expect(error.explanation.kind == .connection)
    #expect(error.isRetryable)
    #expect(error.explanation.sentence.contains("token service 127.0.0.1"))
    let wrong = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": "sts.local"], files: [config: role, credentials: base])
    #expect(await fetch(wrong, profile: "r").1?.explanation.sentence.contains("AWS_ENDPOINT_URL_STS") ?? false)
    // A signature is a credential.
    let plain = AWSWorld(
      variables: ["AWS_ENDPOINT_URL_STS": "http://sts.example.com"], files: [config: role, credentials: base])
    #expect(await fetch(plain, profile: "r").1?.explanation.sentence.contains("unencrypted") ?? false)
  }
}
