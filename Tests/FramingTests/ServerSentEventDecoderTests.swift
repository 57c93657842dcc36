// Server-sent events against the published cases, the deviations for real servers, and hostile streams.

import Framing
import Testing

/// All that a decoder says about a stream.
private struct Reading: Equatable {
  var frames: [WireFrame] = []
  var retry: Int?
  var lastEventID = ""
  var comments = 0
  var failure: FramingFailure?
  var endedInsideFrame = false
}

private func read(
  _ pieces: [[UInt8]], _ conformance: ServerSentEventDecoder.Conformance, maximumBytes: Int = 1 << 20
) -> Reading {
  var decoder = ServerSentEventDecoder(conformance: conformance, maximumBytes: maximumBytes)
  var reading = Reading()
  for piece in pieces { reading.frames += decoder.push(piece) }
  reading.frames += decoder.finish()
  reading.retry = decoder.retryMilliseconds
  reading.lastEventID = decoder.lastEventID
  reading.comments = decoder.commentCount
  reading.failure = decoder.failure
  reading.endedInsideFrame = decoder.endedInsideFrame
  return reading
}

/// What the text gives, which must be the same for every way of cutting it.
private func reading(of text: String, _ conformance: ServerSentEventDecoder.Conformance = .servers) -> Reading {
  let bytes = Array(text.utf8)
  let whole = read([bytes], conformance)
  for way in Cuts.all(bytes) where read(way, conformance) != whole {
    Issue.record("cut as \(way.map(\.count)), \(text.debugDescription) reads differently")
  }
  return whole
}

private func frame(_ data: String, event: String? = nil, id: String? = nil) -> WireFrame {
  WireFrame(event: event, data: Array(data.utf8), id: id)
}

@Suite("Server-sent events")
struct ServerSentEventDecoderTests {
  @Test(
    "Every published case reads as the standard says, however it is cut",
    .enabled(if: Vectors.published.has("sse/cases.json"), Vectors.absence))
  func publishedCases() throws {
    let cases = try #require(Vectors.published.json("sse/cases.json")["cases"]?.array)
    #expect(cases.count == 19)
    for test in cases where test["content_type"]?.string?.hasPrefix("text/event-stream") == true {
      let bytes = hexadecimal(try #require(test["bytes_hex"]?.string))
      let expected = try #require(test["events"]?.array)
      for way in Cuts.all(bytes) {
        let reading = read(way, .standard)
        let name = try #require(test["name"]?.string)
        expect(reading.frames, are: expected, in: name)
        if let retry = test["retry_ms"]?.int { #expect(reading.retry == retry, "\(name)") }
        if let id = test["last_event_id_at_end"]?.string { #expect(reading.lastEventID == id, "\(name)") }
      }
    }
  }

  @Test(
    "Every wire case reads as the standard says, however it is cut",
    .enabled(if: Vectors.wire.has("sse/cases.json"), Vectors.absence))
  func wireCases() throws {
    let cases = try #require(Vectors.wire.json("sse/cases.json")["cases"]?.array)
    #expect(cases.count == 57)
    for test in cases {
      let name = try #require(test["name"]?.string)
      let pieces = try #require(test["chunksBase64"]?.array).map { base64($0.string ?? "") }
      let expected = try #require(test["expect"])
      let events = try #require(expected["events"]?.array)
      let bytes = Array(pieces.joined())
      for way in [pieces] + Cuts.all(bytes) {
        let reading = read(way, .standard)
        expect(reading.frames, are: events, in: name)
        #expect(reading.retry == expected["retry"]?.int, "\(name)")
        #expect(reading.lastEventID == expected["lastEventId"]?.string, "\(name)")
        #expect(reading.comments == expected["commentCount"]?.int, "\(name)")
      }
    }
  }

  private func expect(_ frames: [WireFrame], are events: [JSONValue], in name: String) {
    guard frames.count == events.count else {
      Issue.record("\(name): \(frames.count) events, expected \(events.count)")
      return
    }
    for (frame, event) in zip(frames, events) {
      #expect(frame.event ?? "message" == event["event"]?.string, "\(name)")
      #expect(frame.id ?? "" == event["id"]?.string, "\(name)")
      if let length = event["dataLength"]?.int {
        #expect(frame.data.count == length, "\(name)")
      } else {
        // Compared as bytes: Swift holds canonically equivalent strings to be equal.
        #expect(Array(frame.text.utf8) == event["data"]?.string.map { Array($0.utf8) }, "\(name)")
      }
    }
  }

  @Test(
    "An event is dispatched with the byte that ends it, not with the next one",
    arguments: ["data: a\n\n", "data: a\r\r", "data: a\r\n\r"])
  func nothingIsHeldBack(stream: String) {
    var decoder = ServerSentEventDecoder()
    var lengths: [Int] = []
    for (index, byte) in stream.utf8.enumerated() where !decoder.push([byte]).isEmpty { lengths.append(index + 1) }
    #expect(lengths == [stream.utf8.count])
  }

  @Test("Data stays byte for byte what it was, valid or not")
  func dataIsLossless() {
    let bytes = Array("data: ".utf8) + [0x61, 0xFF, 0x00, 0xC3] + Array("\n\n".utf8)
    let frames = read(Cuts.bytes(bytes), .servers).frames
    #expect(frames == [WireFrame(data: [0x61, 0xFF, 0x00, 0xC3])])
    #expect(frames.first?.text == "a\u{FFFD}\0\u{FFFD}")
  }

  @Test(
    "A last event without its blank line counts when it is whole",
    arguments: ["[DONE]", " [DONE] ", "{\"a\":[1,2]}", "\"text\""])
  func lastEventIsFlushed(data: String) {
    for ending in ["", "\n", "\r"] {
      let reading = reading(of: "data: 1\n\ndata: \(data)\(ending)")
      #expect(reading.frames == [frame("1"), frame(data)])
      #expect(!reading.endedInsideFrame)
    }
  }

  @Test("A last event that is cut off is discarded and told", arguments: ["{\"a\":[1,", "[DON", "plain", ""])
  func cutEventIsDiscarded(data: String) {
    let reading = reading(of: "data: 1\n\nid: 7\ndata: \(data)")
    #expect(reading.frames == [frame("1")])
    #expect(reading.endedInsideFrame)
    #expect(reading.lastEventID == "")
  }

  @Test("A stream that ends between events ended cleanly")
  func cleanEnd() {
    #expect(!reading(of: "data: 1\n\n").endedInsideFrame)
    #expect(!reading(of: "").endedInsideFrame)
    #expect(!reading(of: "data: 1\n\n: bye\n").endedInsideFrame)
    #expect(reading(of: "data: 1\n\ndat").endedInsideFrame)
  }

  @Test("The standard alone flushes nothing")
  func standardFlushesNothing() {
    let reading = reading(of: "data: 1\n\ndata: [DONE]\n", .standard)
    #expect(reading.frames == [frame("1")])
    #expect(reading.endedInsideFrame)
  }

  @Test("A field named error is an event named error, for servers only")
  func errorField() {
    let stream = "data: {}\n\nerror: {\"code\":500}\n\nerror: words\n\ndata: 2\n\n"
    #expect(reading(of: stream).frames == [frame("{}"), frame("{\"code\":500}", event: "error"), frame("2")])
    #expect(reading(of: stream, .standard).frames == [frame("{}"), frame("2")])
  }

  @Test("An error line directly behind data loses neither")
  func errorFieldBehindData() {
    #expect(
      reading(of: "data: {}\nerror: {\"code\":1}\n\n").frames == [frame("{}"), frame("{\"code\":1}", event: "error")])
  }

  @Test(
    "JSON on lines of its own behind an event is an event named error, for servers only",
    arguments: [("\n\n", true), ("\n", true), ("", true), ("\n\ndata: b\n\n", true), ("x\n\n", false), (",\n", false)])
  func strayJSON(rest: String, isError: Bool) {
    let text = "data: a\n\n{\n  \"error\": {\n    \"code\": 503\n  }\n}" + rest
    let error = frame("{\n  \"error\": {\n    \"code\": 503\n  }\n}", event: "error")
    let after = rest.contains("data") ? [frame("b")] : []
    #expect(reading(of: text).frames == [frame("a")] + (isError ? [error] : []) + after)
    #expect(reading(of: text, .standard).frames == [frame("a")] + after)
    // Without an event before it, it is no stream of events at all; that is judged elsewhere.
    #expect(reading(of: "{\"error\":1}\n\n").frames.isEmpty)
    #expect(reading(of: "data: a\n\n{\"a\":\ndata: b\n\n1}\n\n").frames == [frame("a"), frame("b")])
  }

  @Test("Heartbeats are counted, and every byte is a sign of life")
  func heartbeats() {
    var decoder = ServerSentEventDecoder()
    #expect(decoder.push(Array(": ping\n\n:\n".utf8)).isEmpty)
    #expect(decoder.commentCount == 2)
    #expect(decoder.consumedBytes == 10)
    #expect(decoder.push(Array(": half a com".utf8)).isEmpty)
    #expect(decoder.consumedBytes == 22)
  }

  @Test("A repeated event name stays with its event, and names that alternate are not mixed up")
  func eventNames() {
    let reading = reading(
      of: "event: b\ndata: 1\n\nevent: b\ndata: 2\n\nevent: c\ndata: 3\n\nevent: message\ndata: 4\n\n")
    #expect(reading.frames == [frame("1", event: "b"), frame("2", event: "b"), frame("3", event: "c"), frame("4")])
  }

  @Test("An enormous retry value does not overflow")
  func enormousRetry() {
    #expect(reading(of: "retry: 99999999999999999999999\n\n").retry == .max)
    #expect(reading(of: "retry: 12 \n\n").retry == nil)
  }

  @Test("P16: an endless line is refused at the limit, with the place where it began")
  func endlessLine() {
    for size in [1, 7, 64, 1_000] {
      var decoder = ServerSentEventDecoder(maximumBytes: 500)
      var frames = decoder.push(Array("data: 1\n\n".utf8))
      for piece in Cuts.pieces(Array("data: ".utf8) + [UInt8](repeating: 0x61, count: 2_000), of: size) {
        frames += decoder.push(piece)
      }
      frames += decoder.push(Array("\n\ndata: 2\n\n".utf8)) + decoder.finish()
      #expect(frames == [frame("1")])
      #expect(decoder.failure == .lineTooLong(offset: 9, limit: 500))
    }
  }

  @Test("P16: an endless event of short lines is refused at the limit, with the place where its data began")
  func endlessEvent() {
    let bytes = Array(": hello\n".utf8) + Array(String(repeating: "data: 12345678\n", count: 100).utf8)
    for way in [[bytes], Cuts.bytes(bytes)] {
      let reading = read(way, .servers, maximumBytes: 500)
      #expect(reading.frames.isEmpty)
      #expect(reading.failure == .frameTooLong(offset: 8, limit: 500))
    }
  }

  @Test("A line exactly at the limit passes")
  func lineAtTheLimit() {
    let line = "data: " + String(repeating: "x", count: 494)
    #expect(read([Array((line + "\n\n").utf8)], .servers, maximumBytes: 500).failure == nil)
    #expect(read([Array((line + "x\n\n").utf8)], .servers, maximumBytes: 500).failure != nil)
  }

  @Test("P17: ten megabytes of tiny events all arrive, in time linear to their size", .timeLimit(.minutes(1)))
  func tinyEvents() {
    let piece = Array(String(repeating: "data:1\n\n", count: 2_048).utf8)
    var decoder = ServerSentEventDecoder()
    var frames: [WireFrame] = []
    var count = 0
    for _ in 0..<640 {
      piece.withUnsafeBytes { decoder.push($0, into: &frames) }
      count += frames.count
      frames.removeAll(keepingCapacity: true)
    }
    #expect(count == 640 * 2_048)
    #expect(decoder.consumedBytes == 640 * piece.count)
  }

  @Test("A megabyte that arrives in tiny pieces of one line costs no more than its length", .timeLimit(.minutes(1)))
  func oneLineInTinyPieces() {
    let bytes = Array("data: ".utf8) + [UInt8](repeating: 0x61, count: 1 << 20) + Array("\n\n".utf8)
    var decoder = ServerSentEventDecoder()
    var frames: [WireFrame] = []
    for piece in Cuts.pieces(bytes, of: 3) { frames += decoder.push(piece) }
    #expect(frames.map(\.data.count) == [1 << 20])
  }

  @Test("Line ends are found at every place, among bytes that only look like them", arguments: ["\n", "\r", "\r\n"])
  func lineEndsEverywhere(ending: String) {
    // LF and CR with the high bit set, their neighbours, and what a borrow between bytes could mistake.
    let lookalikes: [UInt8] = [0x8A, 0x8D, 0x09, 0x0B, 0x0C, 0x0E, 0x00, 0x01, 0x80, 0xFF]
    for length in 0...70 {
      let data = (0..<length).map { lookalikes[($0 + length) % lookalikes.count] }
      let bytes = Array("data: ".utf8) + data + Array("\(ending)data:x\(ending)\(ending)".utf8)
      #expect(read([bytes], .servers).frames == [WireFrame(data: data + [0x0A, 0x78])], "length \(length)")
    }
  }

  @Test("Random bytes never trap, and the cut never matters", arguments: UInt64(1)...40)
  func randomBytes(seed: UInt64) {
    let alphabet = Array("data: event id retry error:{}[]\"\r\n\r\n\n\0".utf8) + [0xEF, 0xBB, 0xBF, 0xFF, 0xC3]
    var numbers = SeededNumbers(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<600 {
      if Bool.random(using: &numbers) {
        bytes.append(alphabet.randomElement(using: &numbers) ?? 0)
      } else {
        bytes += Array(
          ["data: ", "data", "\n", "\r\n", "\n\n", ":", "event: x"].randomElement(using: &numbers)?.utf8 ?? "".utf8)
      }
    }
    let whole = read([bytes], .servers)
    #expect(read(Cuts.bytes(bytes), .servers) == whole, "seed \(seed)")
    for cut in 1...10 {
      #expect(
        read(Cuts.random(bytes, seed: seed &* 100 &+ UInt64(cut), largest: 40), .servers) == whole, "seed \(seed)")
    }
  }
}
