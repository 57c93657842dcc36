// A service as a test plays it: how it is configured, what it sends, and what riffle has to make of that. The table of
// them stands in `PlayedService+Table.swift`.

import Framing
import Platform
import TestSupport
import Testing

/// A kind of service with one answer, in pieces and whole, and one mishap.
struct PlayedService: Sendable, CustomTestStringConvertible {
  /// What an answer comes to, as `ask --json` tells it.
  struct Outcome: Equatable, Sendable {
    struct Call: Equatable, Sendable {
      var id: String
      var name: String
      /// Compact JSON.
      var arguments: String
    }

    struct Result: Equatable, Sendable {
      var id: String
      var name: String
      var content: String
    }

    struct Usage: Equatable, Sendable {
      var input: Int?
      var output: Int?
      var isEstimated = false
    }

    var thinking = "Looking at the map."
    var text = "I will look it up."
    var calls: [Call]
    var results: [Result] = []
    var usage: Usage? = Usage(input: 12, output: 34)
    var chunks: Int
    var reason = "tool_use"
  }

  /// What the screen shows at a moment and not before.
  struct Moment: Sendable {
    var text: String
    var chunks: Int
  }

  /// The kind, and the transport where a kind has several.
  var name: String
  /// The lines of `[providers.lab]`; `$SERVER` stands for the address of the server.
  var settings: String
  /// Of an answer in pieces; nil for a WebSocket.
  var contentType: String?
  /// The pieces of an answer: until a call has begun, until it has grown, and the rest. The server waits between them.
  var stages: [[[UInt8]]]
  /// The answer in one piece; nil for services that always send pieces.
  var whole: String?
  var outcome: Outcome
  /// Of the answer in one piece.
  var wholeOutcome: Outcome
  /// The screen after the first stage, and after the second.
  var begun: Moment
  var grown: Moment
  /// A piece of an answer whose text is `kept`.
  var kept: [UInt8]
  /// An error inside an answer that says `boom`, and the kind it is told as.
  var mishap: [UInt8]
  var mishapKind: String
  /// A body that refuses with `the words of the server`.
  var refusal: String
  /// How a silence in an answer is told.
  var silenceKind = "timeout"
  /// What the credential is said to come from.
  var credential = "LAB_KEY"
  /// Whether it remembers what it was told, so that nothing is told it twice.
  var isAgent = false
  /// Whether a request asks for pieces.
  var asksForPieces: @Sendable (FaultServer.Request) -> Bool = { $0.text.contains(#""stream":true"#) }

  var testDescription: String { name }

  /// Whether it sends pieces however it was asked.
  var isAlwaysStreaming: Bool { whole == nil }

  /// What the server waits for between the stages.
  static let gates = ["grow", "end"]

  /// The variables that credentials come from.
  static let variables = [
    "LAB_KEY": "hush-hush-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush-hush-2",
  ]

  /// A configuration with this service as `lab`.
  func configuration(isStreaming: Bool = true, also settings: String = "retries = 0") -> String {
    """
    profile = "work"
    [providers.lab]
    \(self.settings)
    \(settings)
    [profiles.work]
    provider = "lab"
    model = "m"
    stream = \(isStreaming)
    """
  }

  /// The answer, in pieces or whole as it was asked for.
  func answer(_ request: FaultServer.Request) -> FaultServer.Answer {
    if let whole, !asksForPieces(request) {
      return .respond(200, ["content-type": "application/json"], body: Array(whole.utf8))
    }
    let pieces = stages.map { $0.map { FaultServer.Step.bytes($0) } }
    return .stream(
      [head(request)] + pieces[0] + [.waitForSignal(Self.gates[0])] + pieces[1] + [.waitForSignal(Self.gates[1])]
        + pieces[2])
  }

  /// The beginning of an answer and what then happens.
  func begin(_ request: FaultServer.Request, then steps: FaultServer.Step...) -> FaultServer.Answer {
    .stream([head(request), .bytes(kept)] + steps)
  }

  private func head(_ request: FaultServer.Request) -> FaultServer.Step {
    if let contentType { return .head(200, ["content-type": contentType]) }
    let accept = WebSocketKey(text: request.header("sec-websocket-key") ?? "").accept
    return .head(
      101, ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept], framing: .asGiven)
  }
}

extension PlayedService.Outcome {
  /// What the lines of `ask --json` tell.
  init(_ events: [JSONValue]) {
    func all(_ type: String) -> [JSONValue] { events.filter { $0["type"]?.string == type } }
    func text(_ value: JSONValue?) -> String { value.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
    thinking = all("thinking").compactMap { $0["delta"]?.string }.joined()
    self.text = all("text").compactMap { $0["delta"]?.string }.joined()
    calls = all("tool_call").map {
      Call(id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "", arguments: text($0["arguments"]))
    }
    results = all("tool_result").map {
      Result(id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "", content: $0["content"]?.string ?? "")
    }
    usage = all("usage").first.map {
      Usage(
        input: $0["input_tokens"]?.int, output: $0["output_tokens"]?.int,
        isEstimated: $0["estimated"]?.bool ?? false)
    }
    chunks = all("metrics").first?["chunks"]?.int ?? -1
    reason = all("finish").first?["reason"]?.string ?? ""
  }
}

extension Home {
  /// A home whose `lab` is this service.
  convenience init(
    playing service: PlayedService, isStreaming: Bool = true, also settings: String = "retries = 0",
    _ script: (@Sendable (FaultServer.Request) -> FaultServer.Answer)? = nil
  ) throws {
    try self.init(
      configuration: service.configuration(isStreaming: isStreaming, also: settings),
      variables: PlayedService.variables, script ?? { service.answer($0) })
  }

  /// Lets the whole answer come.
  func openGates() { for gate in PlayedService.gates { server.signal(gate) } }

  /// `ask --json`: its lines, and how it ended.
  func ask(_ prompt: String) throws -> (events: [JSONValue], status: Platform.ExitStatus) {
    let result = try run(["ask", "--json", prompt])
    let events = try String(decoding: result.output, as: UTF8.self).split(separator: "\n").map { line in
      guard case .success(let value) = JSONParser.parse(String(line)) else { throw Failure("not JSON: \(line)") }
      return value
    }
    return (events, result.status)
  }
}
