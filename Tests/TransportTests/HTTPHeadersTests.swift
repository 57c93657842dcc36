import Diagnostics
import Testing

@testable import Transport

@Suite("Headers")
struct HTTPHeadersTests {
  @Test("Names are compared without case, order and doubles are kept")
  func names() throws {
    var headers = HTTPHeaders()
    try headers.add("Accept", "a")
    try headers.add("X-Two", "1")
    try headers.add("x-two", "2")
    #expect(headers["ACCEPT"] == "a")
    #expect(headers.values("X-TWO") == ["1", "2"])
    try headers.set("x-Two", "3")
    #expect(headers.description == "Accept: a\nx-Two: 3")
    headers.remove("accept")
    #expect(headers["Accept"] == nil)
  }

  @Test(
    "A name or value that could break a request apart is refused",
    arguments: [
      ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\0b"), ("X", "\u{1B}[0m"), ("X", "a\tb"),
      ("X", "\u{7F}"), ("X", "\u{85}"), ("", "a"), ("X Y", "a"), ("X:", "a"), ("X\r\n", "a"), ("Ü", "a"),
    ])
  func refused(name: String, value: String) throws {
    var headers = HTTPHeaders()
    #expect(throws: TransportError.self) { try headers.add(name, value) }
    #expect(throws: TransportError.self) { try headers.add(name, secret: Secret(value)) }
    try headers.add("Kept", "1")
    if name == "X" { try headers.add("X", "old") }
    let before = headers
    #expect(throws: TransportError.self) { try headers.set(name, value) }
    #expect(headers == before)
  }

  @Test("A refusal does not repeat a secret value")
  func refusalIsQuiet() throws {
    var headers = HTTPHeaders()
    do throws(TransportError) {
      try headers.add("X-Key", secret: Secret("canary\n"))
    } catch {
      #expect(!"\(error) \(error.summary)".contains("canary"))
    }
  }

  @Test("No way of printing shows a secret")
  func secrets() throws {
    var headers = HTTPHeaders()
    try headers.add("X-Key", secret: Secret("canary"))
    try headers.add("authorization", "Bearer canary")
    headers.appendReceived("Set-Cookie", "canary")
    var dumped = ""
    dump(headers, to: &dumped)
    let request = HTTPRequest(.get, try HTTPURL("https://host.test/"), headers: headers)
    dump(request, to: &dumped)
    let texts = [
      "\(headers)", headers.debugDescription, dumped, "\(request)", String(reflecting: request), "\([headers])",
      "\(headers.shown)", "\(headers.values("x-key"))", headers["authorization"] ?? "", "\(headers.redacted.fields)",
    ]
    for text in texts {
      #expect(text.contains("•••"))
      #expect(!text.contains("canary"))
    }
    #expect(headers.holdsSecrets)
    #expect(headers.redacted.holdsSecrets)
  }
}
