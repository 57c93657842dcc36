// A log of the wire, fed by hand.

import Conversations
import Diagnostics
import Streaming
import Testing

@testable import Providers
@testable import Transport

/// A log with a clock that stands still until it is moved.
final class WireScene {
  let log: WireLog
  let start = ContinuousClock.now
  private var tap: WireTap?
  private var now = Duration.zero

  init() {
    let start = start
    log = WireLog(clock: { start }, wall: { 1_772_373_780_000 })
  }

  /// Announces and reports a request.
  func send(
    kind: String = "openai", url: String = "https://lab.example/v1/chat", body: String = "{}",
    bytes: [UInt8]? = nil, answer: MessageID? = nil, firstMessages: [String]? = nil,
    headers: [(String, String, isSecret: Bool)] = []
  ) throws {
    var fields = HTTPHeaders()
    for (name, value, isSecret) in headers {
      if isSecret { try fields.add(name, secret: Secret(value)) } else { try fields.add(name, value) }
    }
    var request = HTTPRequest(.post, try HTTPURL(url), headers: fields, body: bytes ?? Array(body.utf8))
    if let firstMessages { request.exchange = .webSocket(firstMessages: firstMessages) }
    let chat = try Chat.request { $0.answer = answer }
    let tap = try #require(log.tap(provider: "lab", kind: kind)(chat))
    tap.announce(request)
    tap.observe(
      .request(method: .post, url: request.url, headers: fields.redacted, body: request.body ?? []))
    self.tap = tap
    now = .zero
  }

  func head(_ status: Int = 200, _ headers: [(String, String)] = [("content-type", "text/event-stream")]) {
    var fields = HTTPHeaders()
    for (name, value) in headers { fields.appendReceived(name, value) }
    tap?.observe(
      .head(
        HTTPResponseHead(status: status, headers: fields, httpVersion: "1.1", timings: TransferTimings()), at: start))
  }

  /// A piece of the body, ten milliseconds after the last one.
  func receive(_ bytes: [UInt8]) {
    now += .milliseconds(10)
    tap?.observe(.bytes(bytes, at: start + now))
  }

  func receive(_ text: String) { receive(Array(text.utf8)) }

  func end(_ error: TransportError? = nil) {
    now += .milliseconds(10)
    tap?.observe(.end(error, at: start + now))
  }

  var numbers: [Int] { log.outlines().map(\.number) }

  /// Everything that the interface could get of the newest exchange.
  func everything() -> String {
    var text = ""
    dump(log.outlines(), to: &text)
    for number in numbers {
      guard let picture = log.picture(of: number) else { continue }
      dump(picture, to: &text)
      for event in 0...picture.events.count { dump(log.details(of: event, in: number), to: &text) }
      do { text += try log.curl(of: number) } catch { dump(error, to: &text) }
      do { text += String(decoding: try log.recording(of: number).bytes, as: UTF8.self) } catch {
        dump(error, to: &text)
      }
    }
    return text
  }

  static func delta(_ text: String) -> String {
    #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n"
  }
  static let done = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\ndata: [DONE]\n\n"
}
