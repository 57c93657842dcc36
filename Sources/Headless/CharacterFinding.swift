// How many columns a terminal takes for a kind of characters, as `doctor` tells it.

import Framing

/// A row of the table of characters.
package struct CharacterFinding: Equatable, Sendable {
  /// A word for programs, such as `skinTone`.
  package var kind: String
  /// For people, such as `skin tones`.
  package var title: String
  /// Columns of the samples as riffle counts them.
  package var columns: [Int]
  /// As the terminal takes them; nil where it was not measured.
  package var here: [Int]?
  /// What riffle does, in a word for programs and in words for people.
  package var treatment: String, advice: String
  package var state: Finding.State

  /// A row.
  package init(
    kind: String, title: String, columns: [Int], here: [Int]?, treatment: String, advice: String, state: Finding.State
  ) {
    self.kind = kind
    self.title = title
    self.columns = columns
    self.here = here
    self.treatment = treatment
    self.advice = advice
    self.state = state
  }

  /// The table under its heading.
  static func table(_ findings: [CharacterFinding]) -> [String] {
    let head = ["characters of this kind", "columns", "here", "what riffle does"]
    return TextTable.lines(
      [head.map { TextTable.Cell($0) }]
        + findings.map { finding in
          [
            TextTable.Cell(finding.title), TextTable.Cell(words(finding.columns)),
            TextTable.Cell(finding.here.map(words) ?? "?"), TextTable.Cell(finding.advice),
          ]
        })
  }

  /// One number if all are the same.
  private static func words(_ columns: [Int]) -> String {
    Set(columns).count == 1 ? String(columns[0]) : columns.map(String.init).joined(separator: " ")
  }

  func write(to json: inout JSONWriter) {
    json.object { object in
      object.field("area", "characters")
      object.field("name", kind)
      object.field("state", state.rawValue)
      object.field("text", "\(title): \(advice)")
      object.arrayField("columns") { array in for number in columns { array.value(number) } }
      if let here {
        object.arrayField("here") { array in for number in here { array.value(number) } }
      } else {
        object.nullField("here")
      }
      object.field("treatment", treatment)
    }
  }
}
