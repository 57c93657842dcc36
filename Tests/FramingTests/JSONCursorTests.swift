// Reading JSON in place: what is asked for, what is left out, and what is wrong.

import Framing
import Testing

private func finishes(_ text: String) -> Bool { read(text) { cursor in cursor.finish() } }
private func string(_ text: String) -> String? { read(text) { cursor in cursor.string() } }
private func int(_ text: String) -> Int? { read(text) { cursor in cursor.int() } }
private func double(_ text: String) -> Double? { read(text) { cursor in cursor.double() } }

/// What a cursor that skips everything finds wrong.
private func failure(_ text: String) -> JSONDiagnostic? {
  read(text) { cursor in
    let isRight = cursor.finish()
    return isRight ? nil : cursor.failure
  }
}

private func read<Result>(_ text: String, _ body: (inout JSONCursor) -> Result) -> Result {
  JSONCursor.read(Array(text.utf8), body)
}

@Suite("JSON in place")
struct JSONCursorTests {
  @Test("A delta is read without its other members")
  func delta() {
    let chunk = """
      {"id":"c-1","created":1,"choices":[{"index":0,"delta":{"role":null,"content":" wörd\\n"},"finish_reason":null}],"usage":{"a":[1,{}]}}
      """
    var content = ""
    var index: Int?
    let isRight = read(chunk) { cursor in
      cursor.object { key, cursor in
        guard key == "choices" else { return }
        cursor.array { cursor in
          cursor.object { key, cursor in
            switch key {
            case "index": index = cursor.int()
            case "delta": cursor.object { key, cursor in if key == "content" { cursor.appendString(to: &content) } }
            default: break
            }
          }
        }
      }
      return cursor.finish()
    }
    #expect(isRight)
    #expect(content == " wörd\n")
    #expect(index == 0)
  }

  @Test("A value of another kind gives nil and is passed over")
  func otherKinds() {
    var found: [String] = []
    let isRight = read("{\"a\":null,\"b\":[1],\"c\":\"x\",\"d\":3,\"e\":true,\"f\":{}}") { cursor in
      cursor.object { key, cursor in
        if let text = cursor.string() { found.append(text) }
        let isRefused =
          switch key {
          case "b": !cursor.object { _, _ in }
          case "c": cursor.kind == nil
          case "d": cursor.bool() == nil
          case "e": cursor.int() == nil
          case "f": !cursor.array { _ in }
          default: cursor.double() == nil
          }
        #expect(isRefused)
      }
      return cursor.finish()
    }
    #expect(isRight)
    #expect(found == ["x"])
  }

  @Test("Kinds are told before anything is read")
  func kinds() {
    let kinds: [(String, JSONCursor.Kind?)] = [
      (" {}", .object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number), ("true", .bool),
      ("false", .bool),
      ("null", .null), ("", nil), ("x", nil), ("]", nil),
    ]
    for (text, kind) in kinds { #expect(read(text) { $0.kind } == kind, "\(text)") }
  }

  @Test("A copy is a bookmark: the type that stands last decides how the rest is read")
  func bookmark() {
    let value = read("{\"value\":7,\"type\":\"count\"}") { cursor in
      var ahead = cursor
      var type = ""
      ahead.object { key, ahead in if key == "type" { type = ahead.string() ?? "" } }
      var value: Int?
      cursor.object { key, cursor in if key == "value", type == "count" { value = cursor.int() } }
      return value
    }
    #expect(value == 7)
  }

  @Test("Pulling and closures read the same")
  func pulling() {
    let sum: Int? = read("[[1,2],[3],[],4]") { cursor in
      var sum = 0
      guard cursor.beginArray() else { return sum }
      while cursor.nextElement() {
        if cursor.beginArray() {
          while cursor.nextElement() { sum += cursor.int() ?? 0 }
        } else {
          sum += cursor.int() ?? 0
        }
      }
      return cursor.finish() ? sum : nil
    }
    #expect(sum == 10)
  }

  @Test("The raw value is the bytes as written")
  func rawValue() {
    let raw = read("{\"a\": {\"b\" : [1.0, \"\\u00e9\"]} , \"c\":1}") { cursor in
      var raw = ""
      cursor.object { key, cursor in
        if key == "a", let bytes = cursor.rawValue() { raw = String(decoding: bytes, as: UTF8.self) }
      }
      return raw
    }
    #expect(raw == "{\"b\" : [1.0, \"\\u00e9\"]}")
  }

  @Test("Keys are compared with their escapes resolved, byte for byte")
  func keys() {
    var matched: [String] = []
    _ = read("{\"\\u0061b\":1,\"ab\":2,\"abc\":3,\"\":4}") { cursor in
      cursor.object { key, cursor in
        if key == "ab" { matched.append("ab\(cursor.int() ?? 0)") }
        if key == "" { matched.append("empty\(cursor.int() ?? 0)") }
        if key != "abc" { matched.append("other") }
      }
    }
    #expect(matched == ["ab1", "other", "ab2", "other", "empty4", "other"])
    let isNormalised = read("\"e\u{301}\"") { cursor in cursor.text().map { $0 == "\u{E9}" } }
    #expect(isNormalised == false)
  }

  @Test(
    "Strings have their escapes resolved, and what cannot be text is replaced",
    arguments: [
      ("\"\"", ""), ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\u20ac\"", "é€"),
      ("\"\\ud83d\\ude80!\"", "🚀!"), ("\"\\uD83D\\uDE80\"", "🚀"), ("\"\\ud83d\"", "\u{FFFD}"),
      ("\"\\ud83dx\"", "\u{FFFD}x"), ("\"\\ude80\\ud83d\"", "\u{FFFD}\u{FFFD}"),
      ("\"\\ud83d\\ud83d\\ude80\"", "\u{FFFD}🚀"),
      ("\"\\ud83d\\n\"", "\u{FFFD}\n"), ("\"\\u0000\"", "\0"),
      ("\"plain and long enough for words\"", "plain and long enough for words"),
    ])
  func strings(text: String, expected: String) {
    #expect(string(text) == expected)
    let bytes = read(text) { cursor in
      var bytes: [UInt8] = [0x3E]
      return cursor.appendString(to: &bytes) ? bytes : []
    }
    #expect(bytes == [0x3E] + Array(expected.utf8))
  }

  @Test("Invalid UTF-8 in a string is replaced, one mark per maximal subpart, with and without escapes")
  func invalidText() {
    for escape in ["", "\\u00e9"] {
      let bytes = Array("\"a".utf8) + [0xE2, 0x82, 0xFF] + Array("\(escape)b\"".utf8)
      let expected = "a\u{FFFD}\u{FFFD}\(escape.isEmpty ? "" : "é")b"
      let string = JSONCursor.read(bytes) { cursor in cursor.string() }
      #expect(string == expected)
      var appended: [UInt8] = []
      JSONCursor.read(bytes) { _ = $0.appendString(to: &appended) }
      #expect(String(decoding: appended, as: UTF8.self) == expected)
      #expect(appended.withUnsafeBytes(UTF8Validator.isValid))
    }
  }

  @Test("The end of a string is found at every place, among bytes that only look like it")
  func stringEndsEverywhere() {
    // U+0080 to U+00FF hold quote, backslash and the controls with the high bit set.
    let scalars = (UInt32(0x80)...0xFF).compactMap(Unicode.Scalar.init)
    for length in 0...70 {
      var text = ""
      for index in 0..<length { text.unicodeScalars.append(scalars[(index * 7 + length) % scalars.count]) }
      let count = text.utf8.count
      #expect(string("\"\(text)\"") == text)
      #expect(string("\"\(text)\\n\(text)\"") == text + "\n" + text)
      #expect(failure("\"\(text)\u{1F}\(text)\"") == JSONDiagnostic(.controlCharacter, at: count + 1))
      #expect(failure("\"\(text)") == JSONDiagnostic(.unexpectedEnd, at: count + 1))
    }
  }

  @Test("Numbers are read exactly where they fit")
  func numbers() {
    let integers: [(String, Int?)] = [
      ("0", 0), ("-0", 0), ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("99999999999999999999", nil), ("5.0", 5), ("1e3", 1_000), ("1.5", nil),
      ("1e400", nil),
      ("-2.50e1", -25), ("null", nil), ("\"1\"", nil),
    ]
    for (text, value) in integers { #expect(int(text) == value, "\(text)") }
    let doubles: [(String, Double?)] = [
      ("0.1", 0.1), ("-12.75", -12.75), ("1e-7", 1e-7), ("123456789012345678", 123_456_789_012_345_680),
      ("1E400", .infinity),
      ("0.000123", 0.000123), ("3.141592653589793", 3.141592653589793), ("-0.0", -0.0),
      ("9007199254740993", 9_007_199_254_740_992),
      ("true", nil),
    ]
    for (text, value) in doubles { #expect(double(text) == value, "\(text)") }
    #expect(double("-0.0")?.sign == .minus)
    let number = read("1.50") { cursor in cursor.number() }
    #expect(number?.text == "1.50")
  }

  @Test("Short decimals are computed as the standard library does", arguments: UInt64(1)...20)
  func decimals(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<200 {
      let whole = Int.random(in: 0...99_999_999, using: &numbers)
      let text = "\(Bool.random(using: &numbers) ? "-" : "")\(whole).\(Int.random(in: 0...999_999, using: &numbers))"
      #expect(double(text) == Double(text), "seed \(seed)")
    }
  }

  @Test(
    "What is wrong is named with its place",
    arguments: [
      ("", JSONDiagnostic.Problem.unexpectedEnd, 0), ("{", .unexpectedEnd, 1), ("{\"a\":1", .unexpectedEnd, 6),
      ("[1,]", .unexpectedByte(0x5D), 3), ("[1 2]", .unexpectedByte(0x32), 3), ("{\"a\" 1}", .unexpectedByte(0x31), 5),
      ("{a:1}", .unexpectedByte(0x61), 1), ("[1}", .unexpectedByte(0x7D), 2), ("01", .trailingBytes, 1),
      ("{} x", .trailingBytes, 3),
      ("\"\\x\"", .invalidEscape, 1), ("\"a\\u12x4\"", .invalidEscape, 2), ("\"a\nb\"", .controlCharacter, 2),
      ("\"abc", .unexpectedEnd, 4),
      ("tru", .unexpectedEnd, 3), ("trap", .unexpectedByte(0x61), 2), ("-", .unexpectedEnd, 1),
      ("1.", .unexpectedEnd, 2),
      ("1.x", .unexpectedByte(0x78), 2), ("[1e]", .unexpectedByte(0x5D), 3), ("'a'", .unexpectedByte(0x27), 0),
    ])
  func failures(text: String, problem: JSONDiagnostic.Problem, offset: Int) {
    #expect(failure(text) == JSONDiagnostic(problem, at: offset))
    #expect(JSONParser.parse(text) == .failure(JSONDiagnostic(problem, at: offset)))
  }

  @Test("Diagnostics are phrases")
  func phrases() {
    #expect(JSONDiagnostic(.unexpectedByte(0x7D), at: 12).description == "unexpected \"}\" at byte 12")
    #expect(JSONDiagnostic(.unexpectedByte(0x1B), at: 0).description == "unexpected byte 27 at byte 0")
  }

  @Test("After a failure nothing more is read and every loop ends")
  func stickyFailure() {
    let calls = read("{\"a\":[1,2,x,3],\"b\":4}") { cursor in
      var calls = 0
      cursor.object { _, cursor in
        cursor.array { cursor in
          calls += 1
          _ = cursor.int()
        }
      }
      let isDead =
        cursor.string() == nil && cursor.nextKey() == nil && !cursor.nextElement() && cursor.rawValue() == nil
      return isDead && !cursor.finish() ? calls : 0
    }
    #expect(calls == 3)
  }

  @Test("A container left before its end is not passed off as read")
  func leftEarly() {
    let isRight = read("[1,2,3]") { cursor in
      guard cursor.beginArray(), cursor.nextElement() else { return true }
      return cursor.finish()
    }
    #expect(!isRight)
    let isComplete = read("{") { cursor in cursor.beginObject() && cursor.finish() }
    #expect(!isComplete)
  }

  @Test("Nesting is refused at the limit, far before the stack ends", arguments: ["[", "{\"a\":"])
  func nesting(opening: String) {
    let deepest = JSONCursor.maximumDepth
    let closing = opening == "[" ? "]" : "}"
    let inner = opening == "[" ? "" : "1"
    let allowed = String(repeating: opening, count: deepest) + inner + String(repeating: closing, count: deepest)
    #expect(finishes(allowed))
    #expect((try? JSONParser.parse(allowed).get()) != nil)
    let offset = opening.utf8.count * deepest
    for endless in [String(repeating: opening, count: 100_000), opening + allowed + closing] {
      #expect(JSONParser.parse(endless) == .failure(JSONDiagnostic(.tooDeep, at: offset)))
      #expect(failure(endless) == JSONDiagnostic(.tooDeep, at: offset))
    }
  }

  @Test("A leading byte order mark is passed over")
  func byteOrderMark() {
    #expect(finishes("\u{FEFF}{}"))
    #expect(!finishes("\u{FEFF}"))
  }

  @Test("Random bytes never trap, and reading agrees with skipping", arguments: UInt64(1)...60)
  func randomBytes(seed: UInt64) {
    let tokens = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "\\", "\\u", "d83d", "1", "-", ".5", "e", "true", "nul", " ",
      "\u{1}", "é",
    ]
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<100 {
      let text = (0..<Int.random(in: 1...12, using: &numbers)).map { _ in tokens.randomElement(using: &numbers) ?? "" }
        .joined()
      let bytes = Array(text.utf8)
      let tree = JSONParser.parse(bytes)
      let skipped = JSONCursor.read(bytes) { cursor in
        _ = cursor.finish()
        return cursor.failure
      }
      switch tree {
      case .success: #expect(skipped == nil, "seed \(seed): \(text)")
      case .failure(let failure): #expect(skipped == failure, "seed \(seed): \(text)")
      }
    }
  }
}
