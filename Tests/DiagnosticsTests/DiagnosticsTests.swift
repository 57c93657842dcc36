// How errors, findings and secrets look to whoever reads them.

import Diagnostics
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
  static let sentences: [(Explanation, String)] = [
    (Explanation(kind: .server, summary: "It failed"), "It failed"),
    (Explanation(kind: .server, summary: "It failed", detail: "no room"), "It failed: no room"),
    (Explanation(kind: .server, summary: "It failed", requestID: "r1"), "It failed (request r1)"),
    (
      Explanation(kind: .server, summary: "It failed", detail: "no room", requestID: "r1"),
      "It failed: no room (request r1)"
    ),
  ]

  @Test("An explanation is one line", arguments: sentences.indices)
  func sentence(index: Int) {
    #expect(Self.sentences[index].0.sentence == Self.sentences[index].1)
    #expect(Self.sentences[index].0.explanation == Self.sentences[index].0)
  }

  @Test("Scripts can tell the kinds of errors apart by the words of the contract")
  func kinds() {
    #expect(
      ErrorKind.allCases.map(\.rawValue) == [
        "cancelled", "connection", "tls", "timeout", "truncated", "malformed", "unauthorized", "forbidden", "not_found",
        "bad_request", "too_large", "rate_limited", "overloaded", "server", "provider", "setting",
      ])
  }

  @Test("A recovery has a word for scripts")
  func recoveries() {
    let all: [Recovery] = [
      .retry(afterMilliseconds: 5), .resume, .addCredential, .chooseModel, .shortenPrompt(byTokens: nil),
      .fixSetting(path: "a"), .checkConnection, .freeSpace, .report,
    ]
    #expect(
      all.map(\.name) == [
        "retry", "resume", "add_credential", "choose_model", "shorten_prompt", "fix_setting", "check_connection",
        "free_space", "report",
      ])
  }

  @Test("A finding names its place as editors do")
  func diagnostic() {
    let place = SourceLocation(file: "config.toml", line: 2, column: 7)
    #expect(Diagnostic(.error, "expected integer", at: place).description == "config.toml:2:7: expected integer")
    #expect(Diagnostic(.warning, "no place").description == "no place")
  }

  @Test("A secret shows itself to nobody who does not ask")
  func secret() {
    let secret = Secret("sk-canary")
    var dumped = ""
    dump(secret, to: &dumped)
    dump([secret], to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("canary"))
    }
    #expect(secret.withExposed { $0 } == "sk-canary")
    #expect(Secret("").isEmpty && !secret.isEmpty)
  }

  static let near: [(name: String, expected: [String])] = [
    ("them", ["theme"]), ("THEME", ["theme"]), ("hteme", ["theme"]), ("profil", ["profile", "profiles"]),
    ("zzzzzz", []), ("pro", ["profile", "profiles", "provider"]), ("", []),
  ]

  @Test("The nearest names are found, and no far ones", arguments: near.indices)
  func nearestNames(index: Int) {
    let names = ["theme", "profile", "profiles", "provider", "keys-and-more"]
    #expect(NearestNames.nearest(to: Self.near[index].name, among: names) == Self.near[index].expected)
  }
}
