// The published TOML test-suite (toml-lang/toml-test) against the parser.

import Diagnostics
import FoundationEssentials
import Testing

@testable import Configuration

struct TOMLVectorTests {
  @Test(
    "Documents of the published TOML 1.0 test-suite are read or refused as it says",
    .enabled(if: Vectors.cases != nil, "no toml/cases.json beside the checkout nor in RIFFLE_VECTORS"))
  func publishedDocuments() throws {
    let cases = try #require(Vectors.cases).filter(\.isTOML10)
    #expect(cases.count > 600)
    var differences: [String] = []
    for item in cases {
      let bytes = try #require(Data(base64Encoded: item.text))
      let document = TOMLDocument(parsing: Array(bytes), file: item.name)
      let isAsExpected: Bool
      if item.valid {
        isAsExpected = document.problem == nil && item.expect.map { Self.matches(document.root, $0) } ?? false
      } else {
        isAsExpected = document.problem?.location != nil
      }
      if !isAsExpected { differences.append(item.name) }
    }
    #expect(differences == [])
  }

  private static func matches(_ table: TOMLTable, _ expected: Tagged) -> Bool {
    guard case .object(let object) = expected, object.count == table.entries.count else { return false }
    return table.entries.allSatisfy { entry in object[entry.key].map { matches(entry.value, $0) } ?? false }
  }

  private static func matches(_ value: TOMLValue, _ expected: Tagged) -> Bool {
    switch (value.content, expected) {
    case (.table(let table), _): matches(table, expected)
    case (.array(let elements), .array(let wanted)):
      elements.count == wanted.count && zip(elements, wanted).allSatisfy(matches)
    case (_, .object(let object)):
      if case .text(let type) = object["type"], case .text(let text) = object["value"] {
        matches(value, type, text)
      } else {
        false
      }
    default: false
    }
  }

  private static func matches(_ value: TOMLValue, _ type: String, _ text: String) -> Bool {
    switch (value.content, type) {
    case (.string(let found), "string"): found == text
    case (.integer(let found), "integer"): Int64(text) == found
    case (.float(let found), "float"):
      if let wanted = Double(text) { found == wanted || found.isNaN && wanted.isNaN } else { false }
    case (.boolean(let found), "bool"): "\(found)" == text
    case (.moment(let found, .dateTime), "datetime"), (.moment(let found, .localDateTime), "datetime-local"),
      (.moment(let found, .date), "date-local"), (.moment(let found, .time), "time-local"):
      found == withoutTrailingZeros(text)
    default: false
    }
  }

  /// `07:32:00.500Z` is `07:32:00.5Z`.
  private static func withoutTrailingZeros(_ moment: String) -> String {
    guard let dot = moment.firstIndex(of: ".") else { return moment }
    let digits = moment[moment.index(after: dot)...].prefix(while: \.isNumber)
    var kept = String(digits)
    while kept.last == "0" { kept.removeLast() }
    return moment[..<dot] + (kept.isEmpty ? "" : ".\(kept)") + moment[digits.endIndex...]
  }
}

private enum Vectors {
  struct Case: Decodable {
    let name: String
    let valid: Bool
    let isTOML10: Bool
    let text: String
    let expect: Tagged?

    enum CodingKeys: String, CodingKey {
      case name, valid, expect
      case isTOML10 = "toml_1_0"
      case text = "toml_b64"
    }
  }

  private struct File: Decodable { let cases: [Case] }

  static let cases: [Case]? = VectorFiles.contents(of: "toml/cases.json").flatMap {
    try? JSONDecoder().decode(File.self, from: $0).cases
  }
}

/// JSON as the test-suite writes it.
private enum Tagged: Decodable {
  case text(String)
  case array([Tagged])
  case object([String: Tagged])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let array = try? container.decode([Tagged].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: Tagged].self))
    }
  }
}
