// Nothing secret comes out of the log, whatever stands where and however it was cut.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing

@testable import Providers
@testable import Transport

@Suite("Credentials in the log of the wire")
struct WireSecretTests {
  private static let key = "sk-canary/one+two=\"three"
  private static let half = "sk-canary/on"

  private func noted(_ scene: WireScene) { scene.log.note(Secret(Self.key), variable: "LAB_KEY") }

  private func expect(_ text: String, without parts: [String], _ place: Comment) {
    // A message that holds all of the text would be of no use.
    let found = parts.filter { text.contains($0) }
    #expect(found.isEmpty, place)
  }

  private func expectClean(_ text: String, _ place: Comment) {
    let forms = [Self.key, Self.half, "sk-canary%2Fone%2Btwo", #"sk-canary\/one+two=\"three"#]
    let base64 = String(Base64.encode(Array(Self.key.utf8)).prefix(20))
    expect(text, without: forms + [base64], place)
  }

  @Test("A credential in a body is masked for every split of it, at every moment")
  func everySplit() throws {
    let forms =
      "plain \(Self.key) percent sk-canary%2Fone%2Btwo%3D%22three json "
      + #"sk-canary\/one+two=\"three base64 "# + Base64.encode(Array(Self.key.utf8)) + " end"
    let body = Array("data: \(forms)\n\n".utf8)
    for cut in 0...body.count {
      let scene = WireScene()
      noted(scene)
      try scene.send()
      scene.head()
      scene.receive(Array(body[..<cut]))
      expectClean(scene.everything(), "half of it, cut at \(cut)")
      scene.receive(Array(body[cut...]))
      scene.end(.reset(host: "lab"))
      let text = scene.everything()
      expectClean(text, "cut at \(cut)")
      #expect(scene.log.picture(of: 1)?.events.first?.preview == "data: plain ••• percent ••• json ••• base64 ••• end")
    }
  }

  @Test("A credential that an answer spreads over events is in none of them, nor in the text, nor in a file")
  func spread() throws {
    let scene = WireScene()
    scene.log.note(Secret("sk-canary-1234567890"), variable: "LAB_KEY")
    try scene.send()
    scene.head()
    for piece in ["Your key ", "is sk-ca", "nary-1234", "567890", ", keep it"] {
      scene.receive(WireScene.delta(piece))
      let text = scene.everything()
      expect(text, without: ["sk-ca", "nary-1234", "567890"], "after \(piece)")
    }
    scene.receive(WireScene.done)
    scene.end()
    let picture = try #require(scene.log.picture(of: 1))
    #expect(picture.text == "Your key is •••, keep it")
    #expect(picture.events.prefix(5).map(\.textEnd) == [9, 12, 12, 21, 30])
    #expect(throws: Explanation.self) { try scene.log.recording(of: 1) }
  }

  @Test("A credential at the edges of what is left out is masked as far as it is there")
  func edges() throws {
    let key = "sk-canary-" + String(repeating: "0123456789", count: 3)
    for offset in stride(from: 0, to: 40, by: 3) {
      let scene = WireScene()
      scene.log.note(Secret(key), variable: "LAB_KEY")
      try scene.send()
      scene.head(200, [("content-type", "application/octet-stream")])
      // Pieces of which each ends in a credential that the next one goes on with.
      let cut = key.index(key.startIndex, offsetBy: min(offset, key.count))
      let piece = String(key[cut...]) + String(repeating: ".", count: 5_000) + String(key[..<cut])
      scene.receive(String(key[..<cut]))
      for _ in 0..<900 { scene.receive(piece) }
      scene.end()
      let picture = try #require(scene.log.picture(of: 1))
      #expect(picture.events.contains { $0.time == nil })
      let text = scene.everything()
      expect(text, without: ["sk-canary", "0123456789"], "\(offset)")
    }
  }

  @Test("Headers, queries, cookies and signatures are masked, and so is what repeats them")
  func everywhere() throws {
    let scene = WireScene()
    let signature = String(repeating: "ab12", count: 16)
    try scene.send(
      url: "https://lab.example/v1/chat?key=canary-query&alt=sse&access_token=canary-token", body: "canary-header",
      headers: [
        ("X-Lab", "canary-header", true), ("Cookie", "a=canary-cookie; b=canary-biscuit", true),
        ("X-Amz-Security-Token", "canary-session", true), ("Accept", "text/plain", false),
        (
          "Authorization",
          "AWS4-HMAC-SHA256 Credential=AKIACANARY00/20250704/eu-west-1/bedrock/aws4_request, "
            + "SignedHeaders=host, Signature=\(signature)", true
        ),
      ])
    scene.head(
      400, [("content-type", "text/plain"), ("x-echo", "canary-session"), ("set-cookie", "s=canary-set")])
    scene.receive("canary-header canary-cookie canary-biscuit canary-session AKIACANARY00 \(signature)")
    scene.end()
    let text = scene.everything()
    expect(text, without: ["canary-", "AKIACANARY", signature], "anywhere")
    let picture = try #require(scene.log.picture(of: 1))
    #expect(picture.outline.url == "https://lab.example/v1/chat?key=•••&alt=sse&access_token=•••")
    #expect(picture.request.contains(WireLine(.header(name: "Accept"), "text/plain")))
    #expect(picture.events.map(\.preview) == ["••• ••• ••• ••• ••• •••"])
  }

  @Test("A header that only describes the request is masked where it stands and nowhere else")
  func describing() throws {
    let scene = WireScene()
    scene.log.note(header: "Accept", value: Secret("application/json"))
    try scene.send(headers: [("Accept", "application/json", true)])
    scene.head(200, [("content-type", "application/json")])
    let picture = try #require(scene.log.picture(of: 1))
    #expect(picture.request.contains(WireLine(.header(name: "Accept"), "•••")))
    #expect(picture.head.contains(WireLine(.header(name: "content-type"), "application/json")))
  }

  @Test("A credential that is written with escapes or inside of other base64 is not seen either")
  func disguised() throws {
    let key = "sk-canary-1234567890"
    for before in ["", "a", "ab"] {
      let scene = WireScene()
      scene.log.note(Secret(key), variable: "LAB_KEY")
      try scene.send()
      scene.head()
      scene.receive(WireScene.delta(#"\u0073k-canary-1234567890"#))
      let base64 = Base64.encode(Array("\(before)\(key) and more".utf8))
      scene.receive("data: \(base64)\n\n")
      scene.end()
      expect(scene.everything(), without: ["canary-1234", String(base64.dropFirst(8).prefix(16))], "\(before)")
    }
    let scene = WireScene()
    scene.log.note(Secret(key), variable: "LAB_KEY")
    try scene.send(body: #"{"a":"\u0073k-canary-1234567890"}"#)
    let lines = try #require(scene.log.picture(of: 1)).request.map(\.text)
    expect(lines.joined(), without: ["sk-canary"], "in a request")
  }

  @Test("Signatures that are long gone are forgotten, keys are not")
  func signatures() {
    var secrets = WireSecrets()
    secrets.note("sk-canary-1234567890", variable: "LAB_KEY")
    for number in 0..<1_000 {
      let authorization =
        "AWS4-HMAC-SHA256 Credential=AKIACANARY00/20250704/eu-west-1/bedrock/aws4_request, SignedHeaders=host, "
        + "Signature=\(1_000_000 + number)"
      secrets.note(header: "Authorization", value: Secret(authorization))
    }
    #expect(secrets.masked("1000000 1000999 AKIACANARY00 sk-canary-1234567890") == "1000000 ••• ••• •••")
  }

  @Test("Names in addresses that are credentials are told from those that are not")
  func names() {
    for name in ["key", "api_key", "X-Api-Key", "access_token", "sig", "X-Amz-Signature", "client_secret", "password"] {
      #expect(WireAddress.isSecret(name), "\(name)")
    }
    for name in ["alt", "max_tokens", "version", "x-ratelimit-remaining-tokens", "model"] {
      #expect(!WireAddress.isSecret(name), "\(name)")
    }
  }

  @Test("A credential that becomes known later is masked in what came before")
  func later() throws {
    let scene = WireScene()
    try scene.send(body: "it is sk-later-123456")
    scene.head()
    scene.receive(WireScene.delta("sk-later-123456"))
    #expect(scene.everything().contains("sk-later"))
    scene.log.note(Secret("sk-later-123456"), variable: "LATER")
    #expect(!scene.everything().contains("sk-later"))
  }

  @Test("What is saved is what came, without what is secret, and plays")
  func recording() throws {
    let scene = WireScene()
    scene.log.note(Secret("sk-canary-1234567890"), variable: "LAB_KEY")
    try scene.send()
    scene.head(
      200,
      [
        ("content-type", "text/event-stream"), ("x-request-id", "r-1"), ("x-echo", "sk-canary-1234567890"),
        ("set-cookie", "a=b"), ("openai-organization", "org-canary"), ("x-session", "session-canary"),
        ("x-account-id", "account-canary"), ("x-ratelimit-remaining", "7"), ("retry-after", "sk-canary-1234567890"),
      ])
    #expect(throws: Explanation.self) { try scene.log.recording(of: 1) }
    let body = WireScene.delta("Key sk-canary-1234567890!") + WireScene.done
    scene.receive(String(body.prefix(70)))
    scene.receive(String(body.dropFirst(70)))
    #expect(throws: Explanation.self) { try scene.log.recording(of: 1) }
    scene.end(.cancelled)
    let file = try scene.log.recording(of: 1)
    let recording = try Recording(file: file.bytes)
    #expect(recording.kind == "openai" && recording.model == "m" && recording.status == 200)
    #expect(recording.headers == ["x-request-id": "r-1", "x-ratelimit-remaining": "7", "retry-after": "•••"])
    #expect(!recording.isTruncated)
    #expect(recording.pieces.map(\.time) == [.milliseconds(10), .milliseconds(20)])
    #expect(
      String(decoding: recording.pieces.flatMap(\.bytes), as: UTF8.self)
        == body.split(separator: "sk-canary-1234567890", omittingEmptySubsequences: false).joined(separator: "•••"))
  }
}
