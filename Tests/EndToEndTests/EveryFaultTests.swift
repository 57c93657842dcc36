// What goes wrong with a service, for every kind of them, through the real program: how `ask` ends, what it says and what
// is kept (robustness, section 2, rows P).

import Framing
import Platform
import TestSupport
import Testing

@Suite("Every fault of every dialect", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct EveryFaultTests {
  /// A refusal of a request.
  enum Refusal: Int, CaseIterable, Sendable {
    case unauthorized = 401
    case notFound = 404
    case rateLimited = 429
    case server = 500

    var kind: String {
      switch self {
      case .unauthorized: "unauthorized"
      case .notFound: "not_found"
      case .rateLimited: "rate_limited"
      case .server: "server"
      }
    }
  }

  /// Something that ends an answer in the middle.
  enum Break: CaseIterable, Sendable {
    case mishap, cut, silence
  }

  @Test("A server that is not there is 4, with what to check", arguments: PlayedService.all)
  func refusedConnection(_ service: PlayedService) throws {
    let port = try closedPort()
    let configuration = service.configuration().split(separator: "$SERVER", omittingEmptySubsequences: false)
      .joined(separator: "http://127.0.0.1:\(port)")
    let home = try Home(configuration: configuration, variables: PlayedService.variables) { service.answer($0) }
    let (events, status) = try home.ask("weather?")
    #expect(status == .exited(4))
    let error = try #require(events.last)
    #expect(error["type"]?.string == "error")
    #expect(error["kind"]?.string == "connection")
    #expect(error["message"]?.string?.contains("127.0.0.1") == true, "\(error)")
    #expect(error["message"]?.string?.contains("\(port)") == true, "\(error)")
    #expect(error["recovery"]?.string == "check_connection")
    try keeps("", as: "failed", home)
  }

  @Test("A refusal is 3, in the server's words, and no key is told", arguments: PlayedService.all, Refusal.allCases)
  func refused(_ service: PlayedService, _ refusal: Refusal) throws {
    let home = try Home(playing: service) { _ in
      .respond(refusal.rawValue, ["content-type": "application/json"], body: Array(service.refusal.utf8))
    }
    let (events, status) = try home.ask("weather?")
    #expect(status == .exited(3))
    let error = try #require(events.last)
    #expect(error["kind"]?.string == refusal.kind, "\(error)")
    let words = error["message"]?.string ?? ""
    #expect(words.contains("the words of the server"), "\(words)")
    #expect(!words.contains("hush-hush"))
    switch refusal {
    case .unauthorized:
      #expect(words.contains(service.credential), "\(words)")
      #expect(error["recovery"]?.string == "add_credential")
    case .notFound:
      #expect(words.contains(home.server.url("")) && words.contains("“m”"), "\(words)")
      #expect(error["recovery"]?.string == "choose_model")
    case .rateLimited: #expect(error["recovery"]?.string == "retry")
    case .server: break
    }
    #expect(home.server.log.requests.count == 1)
    try keeps("", as: "failed", home)
  }

  @Test("A server that says later is asked later, with a countdown", arguments: PlayedService.all)
  func later(_ service: PlayedService) throws {
    let home = try Home(playing: service, also: "retries = 1") { request in
      request.connection == 1 && request.number == 1
        ? .respond(
          429, ["content-type": "application/json", "retry-after": "1"], body: Array(service.refusal.utf8))
        : service.answer(request)
    }
    home.openGates()
    let terminal = try home.open()
    try terminal.say("weather?")
    #expect(terminal.wait(15_000, for: "attempt 2 of 2 in 1 s"), "\(terminal.screen.text)")
    #expect(terminal.wait(15_000, for: service.outcome.text), "\(terminal.screen.text)")
    #expect(terminal.wait(15_000, for: "1 retry"), "\(terminal.screen.text)")
    let requests = home.server.log.requests
    #expect(requests.count == 2)
    #expect(requests.first.map { first in requests.last.map { $0.received - first.received >= .seconds(1) } } == true)
  }

  @Test(
    "An answer that breaks keeps its text, is marked, and is not asked for again", arguments: PlayedService.all,
    Break.allCases)
  func broken(_ service: PlayedService, _ fault: Break) throws {
    let home = try Home(playing: service, also: "retries = 1\nidle_timeout = 1") { request in
      switch fault {
      case .mishap: service.begin(request, then: .bytes(service.mishap), .waitForClose)
      case .cut: service.begin(request, then: .close)
      case .silence: service.begin(request, then: .waitForClose)
      }
    }
    let (events, status) = try home.ask("weather?")
    let outcome = PlayedService.Outcome(events)
    #expect(outcome.text == "kept")
    let error = try #require(events.last)
    #expect(error["type"]?.string == "error")
    switch fault {
    case .mishap:
      #expect(status == .exited(3))
      #expect(error["kind"]?.string == service.mishapKind, "\(error)")
      #expect(error["message"]?.string?.contains("boom") == true, "\(error)")
    case .cut:
      #expect(status == .exited(4))
      #expect(error["kind"]?.string == "truncated", "\(error)")
      #expect(error["recovery"]?.string == "resume")
    case .silence:
      #expect(status == .exited(4))
      #expect(error["kind"]?.string == service.silenceKind, "\(error)")
    }
    #expect(home.server.log.requests.count == 1)
    try keeps("kept", as: "incomplete", home)
  }

  @Test(
    "An agent that may have heard is not told again", arguments: PlayedService.all.filter(\.isAgent), [500, 502])
  func agents(_ service: PlayedService, _ status: Int) throws {
    let home = try Home(playing: service, also: "retries = 3") { _ in
      .respond(status, ["content-type": "application/json"], body: Array(service.refusal.utf8))
    }
    #expect(try home.ask("weather?").status == .exited(3))
    #expect(home.server.log.requests.count == 1)
  }

  /// Whether the prompt is kept, and the answer as far as it came.
  private func keeps(_ text: String, as status: String, _ home: Home) throws {
    let kept = try #require(try home.conversations().first)
    #expect(kept["messages"]?.array?.first?["parts"]?[0]?["text"]?.string == "weather?")
    #expect(kept.lastMessage?["status"]?.string == status)
    #expect(kept.lastMessage?["parts"]?.array?.compactMap { $0["text"]?.string }.joined() == text)
  }
}
