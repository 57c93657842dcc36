// The log of the wire: what it keeps, what it shows of it, and what nobody may see.

import Conversations
import Diagnostics
import Platform
import Streaming
import Testing

@testable import Providers
@testable import Transport

@Suite("The log of the wire")
struct WireLogTests {
  @Test("An exchange is told with its request, its events and their times, and the text beside them")
  func exchange() throws {
    let scene = WireScene()
    try scene.send(
      body: #"{"model":"m","stream":true}"#,
      headers: [("Content-Type", "application/json", false), ("Authorization", "Bearer sk-one-two-three", true)])
    scene.head(200, [("content-type", "text/event-stream"), ("x-request-id", "r-1")])
    scene.receive(WireScene.delta("Hel") + ": ping\n\n" + WireScene.delta("lo"))
    scene.receive(WireScene.done)
    scene.end()
    let picture = try #require(scene.log.picture(of: 1))
    #expect(
      picture.request == [
        WireLine(.start, "POST https://lab.example/v1/chat"),
        WireLine(.header(name: "Content-Type"), "application/json"),
        WireLine(.header(name: "Authorization"), "•••"), WireLine(.note, ""), WireLine(.body, "{"),
        WireLine(.body, #"  "model": "m","#), WireLine(.body, #"  "stream": true"#), WireLine(.body, "}"),
      ])
    #expect(picture.head.map(\.text) == ["HTTP/1.1 200", "text/event-stream", "r-1"])
    #expect(picture.events.map(\.textEnd) == [3, 3, 5, 5, 5])
    #expect(picture.events.map(\.time) == [10, 10, 10, 20, 20].map { .milliseconds($0) })
    #expect(picture.events[1].preview == ": ping")
    #expect(picture.events.map(\.bytes).reduce(0, +) == picture.outline.responseBytes)
    #expect(picture.text == "Hello")
    #expect(picture.outline.ending == "ended" && !picture.outline.isLive)
    #expect(scene.log.details(of: 0, in: 1).first == WireLine(.body, "data:"))
    #expect(scene.log.details(of: 0, in: 1).contains(WireLine(.body, #"        "content": "Hel""#)))
  }

  @Test("What is looked at while it comes is what is looked at afterwards", arguments: [1, 2, 3, 7, 50])
  func incremental(size: Int) throws {
    let body = Array((WireScene.delta("Grüße") + ": ping\r\n\r\n" + WireScene.delta("!") + WireScene.done).utf8)
    func picture(lookingEachTime: Bool) throws -> WirePicture {
      let scene = WireScene()
      try scene.send()
      scene.head()
      for start in stride(from: 0, to: body.count, by: size) {
        scene.receive(Array(body[start..<min(start + size, body.count)]))
        if lookingEachTime { _ = scene.log.picture(of: 1) }
      }
      scene.end()
      return try #require(scene.log.picture(of: 1))
    }
    #expect(try picture(lookingEachTime: true) == picture(lookingEachTime: false))
  }

  @Test("The newest sixteen exchanges are kept, and no more than eight megabytes of them")
  func bounds() throws {
    let scene = WireScene()
    for _ in 0..<20 { try scene.send() }
    #expect(scene.numbers == Array(5...20))
    for _ in 0..<6 {
      try scene.send(bytes: Array(repeating: 0x61, count: 3 << 20))
      scene.head()
      for _ in 0..<40 { scene.receive(Array(repeating: 0x20, count: 100_000)) }
      scene.end()
    }
    #expect(scene.numbers == [26])
    let cost = scene.log.state.withLock { $0.cost }
    #expect(cost <= WireLog.maximumCost)
    #expect(cost == scene.log.state.withLock { $0.exchanges.reduce(0) { $0 + $1.cost } })
    #expect(scene.log.picture(of: 1) == nil)
  }

  @Test("What is said first on a WebSocket counts for the bounds, and of a long one the two ends are kept")
  func firstMessages() throws {
    let scene = WireScene()
    for _ in 0..<8 {
      try scene.send(url: "https://lab.example/ws", firstMessages: [String(repeating: "a", count: 3 << 20)])
    }
    #expect(scene.numbers == [7, 8])
    let long = "begun " + String(repeating: "a", count: 9 << 20) + " ended"
    try scene.send(url: "https://lab.example/ws", firstMessages: [long, "short"])
    #expect(scene.log.state.withLock { $0.cost } <= WireLog.maximumCost)
    let lines = try #require(scene.log.picture(of: 9)).request.map(\.text)
    #expect(lines.contains { $0.hasPrefix("begun aaa") } && lines.contains { $0.hasSuffix("aaa ended") })
    #expect(lines.contains("short") && lines.contains { $0.contains("left out") }, "\(lines.map { $0.prefix(80) })")
    #expect(throws: Explanation.self) { try scene.log.curl(of: 9) }
  }

  @Test("A long response keeps its beginning and its end, and says how much is left out")
  func window() throws {
    let scene = WireScene()
    try scene.send()
    scene.head()
    scene.receive(WireScene.delta("first "))
    for number in 0..<400 { scene.receive(WireScene.delta(String(repeating: "x", count: 10_000) + "\(number)")) }
    scene.receive(WireScene.delta(" last") + WireScene.done)
    scene.end()
    let picture = try #require(scene.log.picture(of: 1))
    let shown = picture.events.map(\.bytes).reduce(0, +)
    let notes = picture.events.filter { $0.time == nil }.map(\.preview)
    let left = WireWords.grouped(picture.outline.responseBytes - shown)
    #expect(notes == ["\(left) bytes left out here"])
    #expect(shown <= 2 << 20 && shown > 1 << 20)
    #expect(picture.text.hasPrefix("first x") && picture.text.hasSuffix(" last"))
    #expect(picture.text.contains("[\(left) bytes left out here]"))
    #expect(throws: Explanation.self) { try scene.log.recording(of: 1) }
  }

  @Test("Attempts for one answer are exchanges in order; another answer begins anew")
  func attempts() throws {
    let scene = WireScene()
    let answer = MessageID(high: 7, low: 1)
    for status in [503, 429] {
      try scene.send(answer: answer)
      scene.head(status, [("content-type", "application/json")])
      scene.receive(#"{"error":"busy"}"#)
      scene.end()
    }
    try scene.send(answer: answer)
    try scene.send(answer: MessageID(high: 7, low: 2))
    let outlines = scene.log.outlines()
    #expect(outlines.map(\.attempt) == [1, 2, 3, 1])
    #expect(outlines.map(\.status) == [503, 429, nil, nil])
    #expect(scene.log.picture(of: 1)?.events.map(\.preview) == [#"{"error":"busy"}"#])
    #expect(scene.log.picture(of: 1)?.textNote.isEmpty == false)
  }

  @Test("Frames of AWS and of a WebSocket are told by their names and payloads")
  func binary() throws {
    let scene = WireScene()
    try scene.send(kind: "bedrock")
    scene.head(200, [("content-type", "application/vnd.amazon.eventstream")])
    let delta = EventStreamFrames.event("contentBlockDelta", #"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#)
    for byte in delta { scene.receive([byte]) }
    scene.receive(EventStreamFrames.exception("throttlingException", #"{"message":"slow"}"#))
    let picture = try #require(scene.log.picture(of: 1))
    #expect(
      picture.events.map(\.preview) == [
        #"contentBlockDelta  {"contentBlockIndex":0,"delta":{"text":"Hi"}}"#,
        #"exception throttlingException  {"message":"slow"}"#,
      ])
    #expect(picture.text == "Hi")
    #expect(scene.log.details(of: 0, in: 1).first == WireLine(.header(name: ":event-type"), "contentBlockDelta"))

    try scene.send(kind: "jaf", url: "https://lab.example/ws", firstMessages: [#"{"type":"hello"}"#])
    scene.head(101, [])
    scene.receive([0x81, 0x02, 0x68, 0x69, 0x89, 0x00])
    scene.receive([0x88, 0x05, 0x03, 0xE8, 0x62, 0x79, 0x65])
    let socket = try #require(scene.log.picture(of: 2))
    #expect(socket.events.map(\.preview) == ["text  hi", "ping", "close  1000 bye"])
    #expect(socket.request.contains(WireLine(.body, #"  "type": "hello""#)))
  }
}

@Suite("Events on the wire are cut alike, however they were read")
struct WireCutterTests {
  private func ends(_ bytes: [UInt8], _ framing: WireCutter.Framing, cuts: [Int]) -> [Int] {
    var cutter = WireCutter(framing)
    var ends: [Int] = []
    for cut in cuts + [bytes.count] {
      Array(bytes[..<cut]).withUnsafeBytes { cutter.advance(in: $0) { ends.append($0) } }
    }
    return ends
  }

  @Test(
    "Every split gives the same pieces",
    arguments: [
      ("data: a\n\ndata: b\ndata: c\n\n: ping\n\n", WireCutter.Framing.events, 3),
      ("data: a\r\n\r\nevent: x\r\ndata: b\r\n\r\n", .events, 2),
      ("data: a\r\rdata: b\r\r", .events, 2), ("\n\n\ndata: a\n\n", .events, 1),
      ("{\"a\":1}\n{\"b\":2}\n{\"c\"", .lines, 2),
    ])
  func text(body: String, framing: WireCutter.Framing, count: Int) {
    let bytes = Array(body.utf8)
    let whole = ends(bytes, framing, cuts: [])
    #expect(whole.count == count)
    for first in 0...bytes.count {
      #expect(ends(bytes, framing, cuts: [first]) == whole, "cut at \(first)")
    }
    #expect(ends(bytes, framing, cuts: Array(0...bytes.count)) == whole)
  }

  @Test("Every split of binary frames gives the same pieces")
  func binary() {
    let frames = EventStreamFrames.event("a", "{}") + EventStreamFrames.event("b", "{\"x\":1}")
    let long = Array(repeating: UInt8(0x61), count: 300)
    let socket: [UInt8] = [0x81, 0x02, 0x68, 0x69, 0x01, 0x7E, 0x01, 0x2C] + long + [0x80, 0x00]
    for (bytes, framing, count) in [(frames, WireCutter.Framing.eventStream, 2), (socket, .webSocket, 3)] {
      let whole = ends(bytes, framing, cuts: [])
      #expect(whole.count == count && whole.last == bytes.count)
      for first in 0...bytes.count { #expect(ends(bytes, framing, cuts: [first]) == whole) }
    }
  }

  @Test("What is not framed as was said is told read by read")
  func broken() {
    #expect(ends([0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3], .eventStream, cuts: [2, 5]) == [5, 7])
  }
}
