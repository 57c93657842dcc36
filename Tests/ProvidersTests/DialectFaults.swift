// What every dialect does when things go wrong, against a server that makes them go wrong.

import Conversations
import Diagnostics
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

/// A fault, and what a stream must come to with it.
enum DialectFault: String, CaseIterable, Sendable {
  case refusedConnection, unauthorized, notFound, rateLimited, server, errorInside, cut, silence, stop
}

/// A dialect with the bytes that its faults are made of.
struct FaultyService<Dialect: WireDialect>: Sendable {
  var dialect: Dialect
  var contentType: String
  /// One piece of an answer whose text is `kept`.
  var piece: String
  /// An error inside a stream that says `boom`.
  var error: String
  /// A body that refuses, with the words `the server's words`.
  var refusal: String

  func client(_ baseURL: String, change: (inout Endpoint) -> Void = { _ in }) -> DialectClient<Dialect> {
    var endpoint = Endpoint(name: "lab", baseURL: baseURL)
    endpoint.firstByteTimeout = .seconds(20)
    endpoint.idleTimeout = .seconds(20)
    endpoint.totalTimeout = .seconds(60)
    endpoint.credential = { () throws(ProviderError) in Secret("key-1") }
    endpoint.credentialSource = "the variable LAB_KEY"
    change(&endpoint)
    return DialectClient(dialect, endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient()))
  }

  private func answer(to fault: DialectFault) -> FaultServer.Answer {
    let json: KeyValuePairs = ["content-type": "application/json", "retry-after": "7"]
    let begun: [FaultServer.Step] = [.head(200, ["content-type": contentType]), .bytes(piece)]
    return switch fault {
    case .refusedConnection: .stream([])
    case .unauthorized: .respond(401, json, body: Array(refusal.utf8))
    case .notFound: .respond(404, json, body: Array(refusal.utf8))
    case .rateLimited: .respond(429, json, body: Array(refusal.utf8))
    case .server: .respond(500, ["content-type": "application/json"], body: Array(refusal.utf8))
    case .errorInside: .stream(begun + [.bytes(error), .waitForClose])
    case .cut: .stream(begun + [.close])
    case .silence, .stop: .stream(begun + [.waitForClose])
    }
  }

  func check(_ fault: DialectFault) async throws {
    var server: FaultServer? = try FaultServer { _ in answer(to: fault) }
    let address = server?.url("/base") ?? ""
    if fault == .refusedConnection { server = nil }
    let client = client(address) { if fault == .silence { $0.idleTimeout = .milliseconds(200) } }
    let stream = client.stream(try Chat.request())
    var events: [ReceivedEvent] = []
    if fault == .stop {
      events = await read(stream) { $0.text == "kept" }
      stream.cancel()
    }
    events += await all(stream)
    let summary = Summary(events)
    #expect(summary.endings == 1)
    let hasText = [.errorInside, .cut, .silence, .stop].contains(fault)
    #expect(summary.text == (hasText ? "kept" : ""))
    if let request = server?.log.requests.first { #expect(!request.target.contains("key-1")) }
    judge(summary, fault)
  }

  private func judge(_ summary: Summary, _ fault: DialectFault) {
    let explanation = summary.failure?.explanation
    switch fault {
    case .refusedConnection:
      #expect(explanation?.kind == .connection)
      #expect(explanation?.recovery == .checkConnection)
    case .unauthorized:
      #expect(summary.error?.explanation.kind == .unauthorized)
      #expect(explanation?.detail.contains("the variable LAB_KEY") == true)
      #expect(explanation?.recovery == .addCredential)
    case .notFound:
      #expect(explanation?.kind == .notFound)
      #expect(explanation?.detail.contains("the server's words") == true)
    case .rateLimited:
      #expect(explanation?.kind == .rateLimited)
      #expect(summary.error?.retryAfterMilliseconds == 7_000)
    case .server:
      #expect(explanation?.kind == .server)
      #expect(summary.error?.isRetryable == true)
    case .errorInside:
      #expect(explanation?.detail.contains("boom") == true)
      #expect(explanation?.recovery == .resume)
      #expect(summary.error?.isRetryable == true)
    case .cut:
      #expect(explanation?.kind == .truncated)
      #expect(explanation?.recovery == .resume)
    case .silence:
      guard case .timedOut(.idle, _) = summary.failure else {
        Issue.record("\(String(describing: summary.failure))")
        return
      }
    case .stop: #expect(summary.failure == .cancelled)
    }
  }
}
