// Trees: order, exact keys and numbers, access and merging.

import Framing
import Testing

private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(text).get() }

@Suite("JSON trees")
struct JSONValueTests {
  @Test("Order, number texts and keys survive reading and writing")
  func roundTrip() throws {
    let text = "{\"z\":1.0,\"a\":[1e6,-0,null,true],\"é\":\"NFC\",\"e\u{301}\":\"NFD\",\"big\":12345678901234567890}"
    #expect(String(decoding: try parse(text).bytes, as: UTF8.self) == text)
  }

  @Test("Of a key that comes twice the last value wins, at the first place")
  func duplicates() throws {
    #expect(try parse("{\"a\":1,\"b\":2,\"a\":3}") == ["a": 3, "b": 2])
    let many = (0..<50).map { "\"k\($0 % 20)\":\($0)" }.joined(separator: ",")
    let object = try #require(try parse("{\(many)}").object)
    #expect(object.members.map(\.key) == (0..<20).map { "k\($0)" })
    #expect(object["k9"] == 49)
    #expect(object["k10"] == 30)
  }

  @Test("A hundred thousand equal keys cost no more than as many different ones", .timeLimit(.minutes(1)))
  func manyMembers() throws {
    let equal = String(repeating: "\"a\":1,", count: 100_000)
    #expect(try parse("{\(equal)\"a\":2}") == ["a": 2])
    let different = (0..<100_000).map { "\"\($0)\":1" }.joined(separator: ",")
    #expect(try parse("{\(different)}").object?.members.count == 100_000)
  }

  @Test("Members and elements are reached by key and index")
  func access() throws {
    var value = try parse("{\"a\":[{\"b\":\"x\"},2.5,false],\"n\":null}")
    #expect(value["a"]?[0]?["b"]?.string == "x")
    #expect(value["a"]?[1]?.double == 2.5)
    #expect(value["a"]?[1]?.int == nil)
    #expect(value["a"]?[2]?.bool == false)
    #expect(value["a"]?[3] == nil)
    #expect(value["a"]?[-1] == nil)
    #expect(value["n"]?.isNull == true)
    #expect(value["missing"] == nil)
    #expect(value[0] == nil)
    value["n"] = nil
    value["new"] = ["k": [1, nil]]
    #expect(value == ["a": [["b": "x"], .number(try #require(JSONNumber(2.5))), false], "new": ["k": [1, nil]]])
    var scalar: JSONValue = "text"
    scalar["k"] = true
    #expect(scalar == ["k": true])
  }

  @Test("Merging lays members over members, and null is a value")
  func merging() {
    let base: JSONValue = ["model": "m", "options": ["a": 1, "b": ["x": 1]], "list": [1, 2]]
    let patch: JSONValue = ["options": ["b": ["y": 2], "c": nil], "list": [3], "seed": nil]
    let merged: JSONValue = [
      "model": "m", "options": ["a": 1, "b": ["x": 1, "y": 2], "c": nil], "list": [3], "seed": nil,
    ]
    #expect(base.merging(patch) == merged)
    #expect(base.merging("text") == "text")
    #expect(JSONValue.null.merging(["a": 1]) == ["a": 1])
  }

  @Test("Numbers are checked before they are one")
  func numbers() {
    func number(_ text: String) -> JSONNumber? { Array(text.utf8).withUnsafeBytes { JSONNumber(parsing: $0) } }
    #expect(number("1e6")?.double == 1e6)
    #expect(number("1e6")?.int64 == 1_000_000)
    #expect(number("01") == nil)
    #expect(number("") == nil)
    #expect(number("1 ") == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONNumber(UInt64.max).int64 == nil)
  }
}
