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

  @Test(
    "Every beginning of a document that must be read is completed to one that can be",
    .enabled(if: Vectors.published.has("json/test_parsing.tsv"), Vectors.absence))
  func completing() {
    for row in Vectors.published.rows("json/test_parsing.tsv") where row[1] == "y" {
      let bytes = base64(row[2])
      guard bytes.count <= 300 else { continue }
      var growing = PartialJSON()
      for end in 0...bytes.count {
        if end > 0 { growing.append([bytes[end - 1]]) }
        let prefix = Array(bytes[..<end])
        let completion = PartialJSON.completing(prefix)
        #expect(growing.completion() == completion, "\(row[0]) at \(end)")
        if let completion {
          #expect(completion.withUnsafeBytes(JSONCursor.isComplete), "\(row[0]) at \(end)")
        }
      }
      #expect(growing.state == .whole, "\(row[0])")
      #expect(growing.completion().map { JSONParser.parse($0) } == JSONParser.parse(bytes), "\(row[0])")
    }
  }

  @Test(
    "What is refused as a whole is refused or cut short while it arrives, and never completed to something else",
    .enabled(if: Vectors.published.has("json/test_parsing.tsv"), Vectors.absence))
  func refusing() {
    for row in Vectors.published.rows("json/test_parsing.tsv") where row[1] == "n" {
      let bytes = row.count > 2 ? base64(row[2]) : []
      var partial = PartialJSON()
      partial.append(bytes)
      #expect(partial.state != .whole, "\(row[0])")
      if let completion = partial.completion() {
        #expect(completion.withUnsafeBytes(JSONCursor.isComplete), "\(row[0])")
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
