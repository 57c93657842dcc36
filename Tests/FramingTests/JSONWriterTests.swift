// Writing: shape, escapes, numbers, and text from elsewhere.

import Framing
import Testing

private func written(_ style: JSONWriter.Style = .compact, _ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter(style: style)
  body(&writer)
  return writer.text
}

private func document(_ writer: inout JSONWriter) {
  writer.object {
    $0.field("type", "text")
    $0.field("absent", String?.none)
    $0.field("count", 3)
    $0.field("on", true)
    $0.nullField("nothing")
    $0.arrayField("list") {
      $0.value(1)
      $0.object { _ in }
      $0.array { _ in }
      $0.array { $0.value("x") }
    }
    $0.objectField("inner") { $0.field("tree", ["a": [nil, false]] as JSONValue) }
  }
}

@Suite("Writing JSON")
struct JSONWriterTests {
  @Test("Compact text has no white space")
  func compact() {
    #expect(
      written(.compact, document)
        == "{\"type\":\"text\",\"count\":3,\"on\":true,\"nothing\":null,\"list\":[1,{},[],[\"x\"]],\"inner\":{\"tree\":{\"a\":[null,false]}}}"
    )
  }

  @Test("Pretty text has one member per line, and empty containers stay together")
  func pretty() {
    let expected = """
      {
        "type": "text",
        "count": 3,
        "on": true,
        "nothing": null,
        "list": [
          1,
          {},
          [],
          [
            "x"
          ]
        ],
        "inner": {
          "tree": {
            "a": [
              null,
              false
            ]
          }
        }
      }
      """
    #expect(written(.pretty, document) == expected)
  }

  @Test("R4: no control character leaves as such, and everything else does")
  func escapes() {
    #expect(written { $0.value("\u{1B}[31m\u{7F}\u{9B}\u{85}\0") } == "\"\\u001b[31m\\u007f\\u009b\\u0085\\u0000\"")
    #expect(written { $0.value("\"\\\n\r\t\u{8}\u{C}/") } == "\"\\\"\\\\\\n\\r\\t\\b\\f/\"")
    #expect(written { $0.value("é\u{A0}¡€🚀\u{2028}\u{202E}Â") } == "\"é\u{A0}¡€🚀\u{2028}\u{202E}Â\"")
    #expect(written { $0.object { $0.field("a\u{1B}\"", 1) } } == "{\"a\\u001b\\\"\":1}")
  }

  @Test("Every character comes back as it went")
  func everyScalar() throws {
    var text = ""
    for value in UInt32(0)...0x2FFF { text.unicodeScalars.append(Unicode.Scalar(value) ?? " ") }
    text += "\u{FFFD}\u{FFFF}\u{10FFFF}"
    let bytes = JSONValue.string(text).bytes
    #expect(try JSONParser.parse(bytes).get().string?.utf8.elementsEqual(text.utf8) == true)
    #expect(!bytes.contains { $0 < 0x20 || $0 == 0x7F })
    #expect(!String(decoding: bytes, as: UTF8.self).unicodeScalars.contains { (0x80...0x9F).contains($0.value) })
  }

  @Test("Bytes that are no text are replaced")
  func invalidText() {
    #expect(written { $0.value(utf8: [0x61, 0xFF, 0xC2]) } == "\"a\u{FFFD}\u{FFFD}\"")
  }

  @Test("Numbers have the decimals that were asked for")
  func decimals() {
    let cases: [(Double, Int?, String)] = [
      (1.005, 2, "1.00"), (2.5, 0, "3"), (-2.5, 0, "-3"), (0.05, 1, "0.1"), (-0.001, 2, "0.00"), (12, 3, "12.000"),
      (0.1, nil, "0.1"), (1e22, 2, "1e+22"), (.infinity, 2, "null"), (.nan, nil, "null"), (3.0405, 4, "3.0405"),
      (5, -1, "5.0"),
    ]
    for (value, decimals, text) in cases { #expect(written { $0.value(value, decimals: decimals) } == text) }
  }

  @Test("JSON from elsewhere is written in the same style, numbers and order untouched")
  func foreignJSON() {
    let json = Array(" { \"b\" : 1.50, \"a\" : [ \"\\u001b\u{9B}\" , 1e5 ], \"a\" : {} } ".utf8)
    var answers: [Bool] = []
    let member = written { $0.object { answers.append($0.field("x", json: json)) } }
    #expect(member == "{\"x\":{\"b\":1.50,\"a\":[\"\\u001b\\u009b\",1e5],\"a\":{}}}")
    let refused = written { $0.array { answers.append($0.value(json: Array("{\"a\":".utf8))) } }
    #expect(refused == "[null]")
    #expect(answers == [true, false])
    #expect(written { $0.value(json: Array("\"".utf8) + [0xFF] + Array("\"".utf8)) } == "\"\u{FFFD}\"")
  }

  @Test("One writer writes line after line")
  func lines() {
    var writer = JSONWriter(capacity: 64)
    writer.object { $0.field("a", 1) }
    let first = writer.take()
    #expect(first == Array("{\"a\":1}".utf8))
    writer.array { $0.value(false) }
    let second = writer.take()
    #expect(second == Array("[false]".utf8))
    #expect(writer.bytes.isEmpty)
  }
}
