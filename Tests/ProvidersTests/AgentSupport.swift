// What the tests of agents share: clients by their kind, and checks of the published streams.

import Conversations
import Diagnostics
import Framing
import Streaming
import Testing
import Transport

@testable import Providers

enum Agents {
  /// A client as the catalog makes it, with deadlines that end a hanging test.
  static func client(
    _ kind: String, _ baseURL: String, options: [String: String] = [:], change: (inout Endpoint) -> Void = { _ in }
  ) throws -> any ProviderClient {
    var endpoint = Endpoint(name: "lab", baseURL: baseURL)
    endpoint.options = options
    endpoint.firstByteTimeout = .seconds(20)
    endpoint.totalTimeout = .seconds(60)
    change(&endpoint)
    return try ProviderCatalog.standard.makeClient(
      kind: kind, endpoint: endpoint, environment: ProviderEnvironment(http: HTTPClient()))
  }

  static func endpoint(_ baseURL: String = "http://127.0.0.1:8080", _ options: [String: String] = [:]) -> Endpoint {
    var endpoint = Endpoint(name: "lab", baseURL: baseURL)
    endpoint.options = options
    return endpoint
  }

  /// Compares a stream with what its vector expects, but for what is not shown here: raw steps and metrics.
  static func check(_ summary: Summary, _ expect: JSONValue, _ name: String) {
    #expect(summary.endings == 1, "\(name)")
    #expect(summary.text == expect["text"]?.string, "\(name)")
    // Calls that the program would have to run itself.
    let open = summary.calls.filter { call in !summary.results.contains { $0.callID == call.id } }
    #expect(open.isEmpty, "\(name)")
    let tools = expect["serverToolCalls"]?.array ?? []
    for (index, tool) in tools.enumerated() {
      guard summary.calls.indices.contains(index), summary.results.indices.contains(index) else {
        Issue.record("\(name): a call is missing")
        return
      }
      let (call, result) = (summary.calls[index], summary.results[index])
      if let id = tool["id"]?.string { #expect(call.id == id, "\(name)") }
      #expect(call.name == tool["name"]?.string, "\(name)")
      #expect((try? JSONParser.parse(call.arguments).get()) == tool["arguments"], "\(name)")
      #expect(result.content == tool["result"]?.string, "\(name)")
      #expect(result.isError == tool["isError"]?.bool, "\(name)")
    }
    #expect(summary.usage?.output == expect["usage"]?["outputTokens"]?.int, "\(name)")
    #expect(summary.usage?.isEstimated ?? true, "\(name)")
    switch expect["end"]?.string {
    case "complete": #expect(summary.finish == .stop, "\(name)")
    case "truncated":
      guard case .truncated = summary.failure else {
        Issue.record("\(name): \(String(describing: summary.failure))")
        return
      }
    default:
      #expect(
        summary.error?.explanation.detail.contains(expect["error"]?["message"]?.string ?? "?") == true,
        "\(name): \(String(describing: summary.failure))")
      #expect(summary.error?.isRetryable == expect["error"]?["retryable"]?.bool, "\(name)")
    }
  }

  /// Every status with what it means for an agent: whether the request may be sent again by itself.
  static func failure(
    _ status: Int, _ headers: KeyValuePairs<String, String> = [:], _ body: [UInt8] = [], endpoint: Endpoint
  ) throws -> HTTPFailure {
    var fields = HTTPHeaders()
    for (name, value) in headers { try fields.add(name, value) }
    return HTTPFailure(
      endpoint: endpoint, model: "m", url: try HTTPURL("http://127.0.0.1/x"), status: status, headers: fields,
      body: body, bytesSent: 10, hadCredential: true, now: 0)
  }

  static func body(_ request: DialectRequest) throws -> JSONValue { try JSONParser.parse(request.body ?? []).get() }
}
