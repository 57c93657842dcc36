// JSON that is still arriving is shown as what it is going to be.

import Framing
import Testing

@Suite("JSON that is arriving")
struct PartialJSONTests {
  @Test(
    "A text that was cut off is completed",
    arguments: [
      ("{", "{}"), ("{\"ci", "{}"), ("{\"city\"", "{}"), ("{\"city\":", "{}"), ("{\"city\":\"", "{\"city\":\"\"}"),
      ("{\"city\":\"Par", "{\"city\":\"Par\"}"), ("{\"city\":\"Par\"", "{\"city\":\"Par\"}"),
      ("{\"a\":1,", "{\"a\":1}"),
      ("{\"a\":1,\"b", "{\"a\":1}"), ("{\"a\":1,\"b\": ", "{\"a\":1}"), ("{\"a\":12", "{\"a\":12}"),
      ("{\"a\":12.", "{\"a\":12}"),
      ("{\"a\":1.5e", "{\"a\":1.5}"), ("{\"a\":-", "{}"), ("{\"a\":1,\"b\":-", "{\"a\":1}"),
      ("{\"a\":t", "{\"a\":true}"),
      ("{\"a\":fals", "{\"a\":false}"), ("[nu", "[null]"), ("[1,[2,{\"x\":[", "[1,[2,{\"x\":[]}]]"), ("[[1]", "[[1]]"),
      ("\"te", "\"te\""), ("[\"a\\", "[\"a\"]"), ("[\"a\\n", "[\"a\\n\"]"), ("[\"a\\u00", "[\"a\"]"),
      ("[\"\\u00e9", "[\"\\u00e9\"]"),
      ("[\"\\ud83d", "[\"\"]"), ("[\"\\ud83d\\ude", "[\"\"]"), ("[\"\\ud83d\\ude80", "[\"\\ud83d\\ude80\"]"),
      ("[\"\\ud83dx", "[\"\\ud83dx\"]"), ("{\"a\":1}", "{\"a\":1}"), (" 12", " 12"), ("true", "true"),
    ])
  func completions(text: String, expected: String) {
    let bytes = Array(text.utf8)
    #expect(PartialJSON.completing(bytes).map { String(decoding: $0, as: UTF8.self) } == expected)
    for way in Cuts.all(bytes) {
      var partial = PartialJSON()
      for piece in way { partial.append(piece) }
      #expect(partial.completion().map { String(decoding: $0, as: UTF8.self) } == expected)
      #expect(partial.bytes == bytes)
    }
  }

  @Test("A character that is cut off is left out until it is whole")
  func cutCharacter() {
    let bytes = Array("[\"a🚀".utf8)
    for end in 4...6 { #expect(PartialJSON.completing(Array(bytes[..<end])) == Array("[\"a\"]".utf8)) }
    #expect(PartialJSON.completing(bytes) == Array("[\"a🚀\"]".utf8))
  }

  @Test("The state says how far it is")
  func states() {
    let cases: [(String, PartialJSON.State)] = [
      ("", .empty), (" \n", .empty), ("{", .partial), ("{\"a\":1", .partial), ("{}", .whole), ("{} ", .whole),
      ("12", .whole),
      ("-", .partial), ("1.", .partial), ("\"a", .partial), ("nul", .partial), ("null", .whole),
      ("{}x", .malformed(offset: 2)),
      ("{x", .malformed(offset: 1)), ("[1,]", .malformed(offset: 3)), ("[\"\\q", .malformed(offset: 3)),
      ("01", .malformed(offset: 1)),
      ("[1}", .malformed(offset: 2)), ("}", .malformed(offset: 0)), (",", .malformed(offset: 0)),
    ]
    for (text, state) in cases {
      var partial = PartialJSON()
      partial.append(Array(text.utf8))
      #expect(partial.state == state, "\(text)")
      if case .malformed = state { #expect(partial.completion() == nil, "\(text)") }
      if state == .empty { #expect(partial.completion() == nil, "\(text)") }
    }
  }

  @Test("A malformed text stays malformed, and keeps its bytes")
  func malformedStays() {
    var partial = PartialJSON()
    partial.append(Array("{x".utf8))
    partial.append(Array("\":1}".utf8))
    #expect(partial.state == .malformed(offset: 1))
    #expect(partial.bytes == Array("{x\":1}".utf8))
  }

  @Test("A megabyte that arrives byte by byte costs no more than its length", .timeLimit(.minutes(1)))
  func megabyte() {
    var partial = PartialJSON()
    partial.append(Array("{\"text\":\"".utf8))
    for _ in 0..<(1 << 19) {
      partial.append([0x61])
      partial.append([0x62])
    }
    #expect(partial.completion()?.count == 9 + 1 << 20 + 2)
  }
}
