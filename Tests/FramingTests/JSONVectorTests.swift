// The JSON test suite of N. Seriot: what must be read, what must be refused, and what only must be survived.

import Framing
import Testing

@Suite("JSON vectors")
struct JSONVectorTests {
  @Test(
    "Every document that must be read is, and every one that must be refused is",
    .enabled(if: Vectors.published.has("json/test_parsing.tsv"), Vectors.absence))
  func parsing() {
    let rows = Vectors.published.rows("json/test_parsing.tsv")
    #expect(rows.count == 318)
    for row in rows {
      let name = row[0]
      let bytes = row.count > 2 ? base64(row[2]) : []
      let tree = JSONParser.parse(bytes)
      let isComplete = bytes.withUnsafeBytes(JSONCursor.isComplete)
      let isRead = (try? tree.get()) != nil
      #expect(isComplete == isRead, "\(name): skipping and reading disagree")
      switch row[1] {
      case "y": #expect(isRead, "\(name)")
      case "n": #expect(!isRead, "\(name)")
      default: break
      }
      if case .failure(let diagnostic) = tree {
        #expect((0...bytes.count).contains(diagnostic.offset), "\(name)")
        #expect(!diagnostic.description.isEmpty, "\(name)")
      }
      if case .success(let value) = tree { checkRoundTrip(of: value, name) }
    }
  }

  @Test(
    "Documents on which parsers differ are read, and lose nothing",
    .enabled(if: Vectors.published.has("json/test_transform.tsv"), Vectors.absence))
  func transforming() throws {
    let rows = Vectors.published.rows("json/test_transform.tsv")
    #expect(rows.count == 22)
    for row in rows {
      let value = try JSONParser.parse(base64(row[1])).get()
      checkRoundTrip(of: value, row[0])
      if row[0].hasPrefix("number_") {
        let digits = row[0].dropFirst("number_".count).dropLast(".json".count)
        if case .number(let number) = value[0] { #expect(number.text.lowercased() == digits, "\(row[0])") }
      }
    }
  }

  private func checkRoundTrip(of value: JSONValue, _ name: String) {
    #expect(JSONParser.parse(value.bytes) == .success(value), "\(name)")
    var pretty = JSONWriter(style: .pretty)
    pretty.value(value)
    #expect(JSONParser.parse(pretty.bytes) == .success(value), "\(name)")
    var again = JSONWriter()
    let isWritten = again.value(json: pretty.bytes)
    #expect(isWritten, "\(name)")
    #expect(again.bytes == value.bytes, "\(name)")
    #expect(pretty.bytes.withUnsafeBytes(UTF8Validator.isValid), "\(name)")
  }
}
