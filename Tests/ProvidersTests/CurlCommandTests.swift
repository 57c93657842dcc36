// The copied command: what a shell makes of it, and that a server gets the same request, with nothing secret in it.

import Conversations
import Diagnostics
import Framing
import Platform
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

@Suite("A request as a curl command")
struct CurlCommandTests {
  private static func shell(_ script: String, _ variables: [String: String] = [:]) throws -> ChildProcess.Result {
    try ChildProcess.collect(
      Command(["/bin/sh", "-s"], environment: Environment(["PATH": "/usr/bin:/bin"].merging(variables) { $1 })),
      input: Array(script.utf8), maximumBytes: 16 << 20, timeLimit: .seconds(20))
  }

  @Test(
    "A shell reads every text as it is",
    arguments: [
      "", "plain", "it's", "''", "\"quoted\"", "$HOME ${HOME} $(id)", "`id`", "a\nb\n", "a\\nb\\", "!!x", "@file", "-n",
      "tab\tand ünïcode 🙂", "*?[a-z]{b,c}~", "#no", "a;b|c&d<e>f", "\u{1}\u{1B}[31m\u{7F}", "%s%n",
    ])
  func quoting(text: String) throws {
    var quoting = ShellQuoting(WireSecrets())
    let word = quoting.quoted(text)
    #expect(try Self.shell("printf %s \(word)").output == Array(text.utf8))
    // The same around a variable.
    var secrets = WireSecrets()
    secrets.note("sk-canary-123", variable: "LAB_KEY")
    quoting = ShellQuoting(secrets)
    let around = Array("\(text)sk-canary-123\(text)".utf8)
    let both = quoting.quoted(quoting.pieces(of: around))
    #expect(!both.contains("sk-canary-123"))
    #expect(try Self.shell("printf %s \(both)", ["LAB_KEY": "sk-canary-123"]).output == around)
  }

  @Test("The command is the request, with variables in place of credentials")
  func command() throws {
    let scene = WireScene()
    scene.log.note(Secret("sk-canary-123"), variable: "LAB_KEY")
    try scene.send(
      url: "https://lab.example/v1/chat?key=q-secret", body: #"{"it's":"$5"}"#,
      headers: [
        ("Content-Type", "application/json", false), ("Authorization", "Bearer sk-canary-123", true),
        ("X-Team", "team-secret", true), ("Host", "other", false), ("X-Empty", "", false),
      ])
    let text1 = try scene.log.curl(of: 1)
    #expect(
      text1 == """
        # RIFFLE_KEY: the value of key in the address, percent-encoded
        # RIFFLE_X_TEAM: the value of the header X-Team
        curl -N -sS --request POST "https://lab.example/v1/chat?key=$RIFFLE_KEY" \
        --header 'Content-Type: application/json' --header "Authorization: Bearer $LAB_KEY" \
        --header "X-Team: $RIFFLE_X_TEAM" --header 'X-Empty;' --data-raw '{"it'\\''s":"$5"}'
        """)
  }

  @Test("What AWS signed is signed again by curl; what there is no command for is said")
  func others() throws {
    let scene = WireScene()
    try scene.send(
      body: "{}",
      headers: [
        ("Content-Type", "application/json", false), ("X-Amz-Date", "20250704T120000Z", false),
        ("X-Amz-Security-Token", "canary-session", true),
        (
          "Authorization",
          "AWS4-HMAC-SHA256 Credential=AKIA/20250704/eu-west-1/bedrock/aws4_request, SignedHeaders=host, Signature=0a1b2c3d",
          true
        ),
      ])
    let text1 = try scene.log.curl(of: 1)
    #expect(
      text1 == """
        curl -N -sS --request POST 'https://lab.example/v1/chat' --aws-sigv4 'aws:amz:eu-west-1:bedrock' \
        --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header 'Content-Type: application/json' \
        --header "x-amz-security-token: $AWS_SESSION_TOKEN" --data-raw '{}'
        """)
    try scene.send(url: "https://lab.example/ws", firstMessages: ["{\"a\":1}\n{\"b\":2}"])
    let text2 = try scene.log.curl(of: 2)
    #expect(
      text2 == """
        # curl cannot hold this exchange: it is a WebSocket, at
        # wss://lab.example/ws
        # What was said first:
        # {"a":1}
        # {"b":2}
        """)
    try scene.send(bytes: Array(repeating: 0x61, count: WireRequestBody.maximumBytes + 1))
    #expect(throws: Explanation.self) { try scene.log.curl(of: 3) }
  }

  private static let hasCurl = ["/usr/bin/curl", "/bin/curl"].contains(where: LocalFiles.exists)

  private static let bodies: [String: [UInt8]] = [
    "text": Array("{\"it's\":\"$(id) `id` !! \\n 🙂\",\n\"key\":\"sk-canary-123456\"}".utf8),
    "at": Array("@/etc/passwd".utf8),
    "long": Array(repeatElement(Array("it's $long ".utf8), count: 40_000).joined()),
    "binary": [0, 1, 2, 0xFF, 0xFE, 0x27, 0x0A],
  ]

  @Test(
    "A server gets the same request from curl", .enabled(if: hasCurl, "there is no curl"),
    arguments: ["text", "at", "long", "binary"])
  func sent(name: String) throws {
    let body = try #require(Self.bodies[name])
    let server = try FaultServer { _ in .respond(200, body: Array("ok".utf8)) }
    let scene = WireScene()
    scene.log.note(Secret("sk-canary-123456"), variable: "LAB_KEY")
    try scene.send(
      url: server.url("/v1/a%20b?x=[1]&y={2}"), bytes: body,
      headers: [
        ("Authorization", "Bearer sk-canary-123456", true), ("X-Odd", "it's \"$x\" `y` !", false),
        ("User-Agent", "riffle", false),
      ])
    let command = try scene.log.curl(of: 1)
    #expect(!command.contains("sk-canary"))
    let result = try Self.shell(command, ["LAB_KEY": "sk-canary-123456"])
    #expect(result.status == .exited(0) && result.output == Array("ok".utf8))
    let request = try #require(server.log.requests.first)
    #expect(request.method == "POST" && request.target == "/v1/a%20b?x=[1]&y={2}")
    #expect(request.body == body)
    #expect(request.header("Authorization") == "Bearer sk-canary-123456")
    #expect(request.header("X-Odd") == "it's \"$x\" `y` !")
    #expect(request.header("User-Agent") == "riffle")
    #expect(request.header("Content-Type") == nil)
  }

  // MARK: Canaries

  /// What a service of some kind is asked with, all of it to be kept secret.
  private struct Canary: Sendable, CustomTestStringConvertible {
    var kind: String
    var key = ""
    var header = ""
    var query = ""
    var variables: [String: String] = [:]
    var testDescription: String { "\(kind) \(key)\(header)\(query)" }
    var texts: [String] { ([key, header, query] + variables.values).filter { $0.hasPrefix("sk-canary") } }
  }

  private static let canaries = [
    Canary(kind: "openai", key: "sk-canary-openai-123456"), Canary(kind: "anthropic", key: "sk-canary-claude-123456"),
    Canary(kind: "gemini", key: "sk-canary-gemini-123456"),
    Canary(kind: "openai", header: "sk-canary-header-123456", query: "sk-canary-query-123456"),
    Canary(
      kind: "bedrock",
      variables: [
        "AWS_ACCESS_KEY_ID": "AKIACANARY", "AWS_SECRET_ACCESS_KEY": "sk-canary-aws-secret",
        "AWS_SESSION_TOKEN": "sk-canary-aws-session", "AWS_REGION": "eu-west-1",
      ]),
  ]

  @Test("A server that repeats every credential does not make one of them seen", arguments: canaries)
  private func canary(canary: Canary) async throws {
    // It knows even what was never sent.
    let texts = canary.texts
    let server = try FaultServer { request in
      let headers = request.headers.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      let echo = "\(headers) \(request.target) \(texts.joined(separator: " "))"
      return .respond(
        500, ["content-type": "text/plain", "x-echo": request.header("authorization") ?? texts[0]],
        body: Array(echo.utf8))
    }
    let log = WireLog()
    var endpoint = Endpoint(name: "lab", baseURL: server.url("/v1"))
    endpoint.firstByteTimeout = .seconds(20)
    if !canary.key.isEmpty {
      endpoint.credential = { () throws(ProviderError) in
        log.note(Secret(canary.key), variable: "LAB_KEY")
        return Secret(canary.key)
      }
    }
    if !canary.header.isEmpty {
      endpoint.headers = [Endpoint.Header(name: "X-Lab-Key", value: Secret(canary.header))]
      log.note(header: "X-Lab-Key", value: Secret(canary.header))
      endpoint.query = [Endpoint.QueryItem(name: "key", value: canary.query)]
      log.note(query: "key", value: canary.query)
    }
    endpoint.notesKey = { log.note($0, variable: $1) }
    endpoint.tap = log.tap(provider: "lab", kind: canary.kind)
    var environment = ProviderEnvironment(http: HTTPClient())
    environment.aws = AWSSurroundings(variables: canary.variables)
    let client = try ProviderCatalog.standard.makeClient(
      kind: canary.kind, endpoint: endpoint, environment: environment)
    _ = await all(client.stream(try Chat.request()))
    let picture = try #require(log.picture(of: 1))
    #expect(!picture.events.isEmpty && !picture.request.isEmpty)
    var text = ""
    dump(log.outlines(), to: &text)
    dump(picture, to: &text)
    for event in picture.events.indices { dump(log.details(of: event, in: 1), to: &text) }
    let command = try log.curl(of: 1)
    text += command + String(decoding: try log.recording(of: 1).bytes, as: UTF8.self)
    dump(log, to: &text)
    #expect(text.contains("•••"))
    let isClean = !text.contains("sk-canary")
    #expect(isClean)
    // What was asked is what curl asks, given the variables.
    guard Self.hasCurl else { return }
    var variables = canary.variables
    variables["LAB_KEY"] = canary.key
    variables["RIFFLE_X_LAB_KEY"] = canary.header
    variables["RIFFLE_KEY"] = canary.query
    #expect(try Self.shell(command, variables).status == .exited(0))
    let requests = server.log.requests
    let (first, second) = (try #require(requests.first), try #require(requests.last))
    #expect(requests.count == 2 && first.body == second.body && first.target == second.target)
    if canary.kind == "bedrock" {
      #expect(second.header("authorization")?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIACANARY/") == true)
      #expect(second.header("x-amz-security-token") == "sk-canary-aws-session")
    } else {
      for name in ["authorization", "x-api-key", "x-goog-api-key", "x-lab-key"] {
        #expect(first.header(name) == second.header(name))
      }
    }
  }
}
