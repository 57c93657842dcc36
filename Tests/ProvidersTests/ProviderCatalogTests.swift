import Conversations
import Diagnostics
import Streaming
import TestSupport
import Testing
import Transport

@testable import Providers

@Suite("Catalog")
struct ProviderCatalogTests {
  private let environment = ProviderEnvironment(http: HTTPClient())

  @Test("A provider that speaks a known dialect is one row")
  func oneRow() async throws {
    let body = #"data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}"# + "\n\ndata: [DONE]\n\n"
    let server = try FaultServer { _ in .respond(200, ["content-type": "text/event-stream"], body: Array(body.utf8)) }
    let catalog = ProviderCatalog(
      rows: ProviderCatalog.standard.rows + [
        .init(
          ProviderDescriptor(kind: "newcomer", title: "A newcomer", baseURL: server.url("/v9")),
          speaks: OpenAIChatDialect())
      ])
    let client = try catalog.makeClient(kind: "newcomer", endpoint: Endpoint(name: "new"), environment: environment)
    #expect(Summary(await all(client.stream(try Chat.request()))).text == "hi")
    #expect(client.name == "new")
    #expect(server.log.requests.first?.target == "/v9/chat/completions")
  }

  @Test("Every kind is there once, with a client")
  func rows() throws {
    let kinds = ProviderCatalog.standard.rows.map(\.descriptor.kind)
    #expect(Set(kinds).count == kinds.count)
    #expect(Set(kinds).isSuperset(of: ["guide", "openai", "replay"]))
    for kind in kinds {
      var endpoint = Endpoint(name: "x", baseURL: "https://x.example/v1")
      endpoint.options = ["file": "/x"]
      #expect(
        try ProviderCatalog.standard.makeClient(kind: kind, endpoint: endpoint, environment: environment).name == "x")
    }
  }

  @Test("An unknown kind is told with the nearest one")
  func unknownKind() {
    #expect {
      _ = try ProviderCatalog.standard.makeClient(
        kind: "openia", endpoint: Endpoint(name: "x"), environment: environment)
    } throws: { error in
      guard let explanation = error as? Explanation else { return false }
      return explanation.kind == .setting && explanation.detail.contains("openai")
        && explanation.recovery == .fixSetting(path: "providers.x.kind")
    }
  }

  @Test("A preset's name stands for its address")
  func presets() throws {
    let client = try ProviderCatalog.standard.makeClient(
      kind: "openai", endpoint: Endpoint(name: "Groq"), environment: environment)
    #expect((client as? DialectClient<OpenAIChatDialect>)?.endpoint.baseURL == "https://api.groq.com/openai/v1")
    let own = try ProviderCatalog.standard.makeClient(
      kind: "openai", endpoint: Endpoint(name: "groq", baseURL: "http://h/v1"), environment: environment)
    #expect((own as? DialectClient<OpenAIChatDialect>)?.endpoint.baseURL == "http://h/v1")
    for preset in ProviderPreset.all {
      #expect(ProviderCatalog.standard.row(kind: preset.kind) != nil)
      _ = try HTTPURL(preset.baseURL)
    }
  }

  @Test(
    "The first byte may take longer where a model is loaded or an answer comes whole",
    arguments: [
      ("http://127.0.0.1:1/v1", true, 600), ("http://localhost:1/v1", true, 600), ("https://h.example/v1", true, 120),
      ("https://h.example/v1", false, 600),
    ])
  func deadlines(url: String, isStreaming: Bool, seconds: Int) throws {
    let deadlines = Endpoint(name: "x").deadlines(for: try HTTPURL(url), isStreaming: isStreaming)
    #expect(deadlines.firstByte == .seconds(seconds))
    #expect(deadlines.idle == .seconds(120))
    #expect(deadlines.connect == .seconds(10))
    #expect(deadlines.total == nil)
  }
}
