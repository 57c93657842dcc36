// `riffle doctor`: what riffle finds on this machine, without printing a secret.

import Framing

/// One thing that was looked at.
package struct Finding: Equatable, Sendable {
  /// How it stands.
  package enum State: String, Equatable, Sendable {
    case fine = "ok"
    case notice
    case problem
  }

  package var area: String
  package var name: String
  package var state: State
  package var text: String

  /// A finding; `text` may hold words from outside.
  package init(_ area: String, _ name: String, _ state: State, _ text: String) {
    self.area = area
    self.name = name
    self.state = state
    self.text = text
  }
}

/// Writes the findings of `doctor`.
package struct DoctorCommand: Sendable {
  private let findings: [Finding]
  private let characters: [CharacterFinding]
  private let output: Output
  private let isJSON: Bool

  /// A report of those findings; the characters stand behind the finding of the area `characters`.
  package init(_ findings: [Finding], characters: [CharacterFinding] = [], output: Output, isJSON: Bool) {
    self.findings = findings
    self.characters = characters
    self.output = output
    self.isJSON = isJSON
  }

  /// Writes the report; the status tells whether there is a problem.
  package func run() -> Int32 {
    if isJSON { writeJSON() } else { writePlain() }
    return findings.contains { $0.state == .problem } ? ExitStatus.failed : ExitStatus.done
  }

  private func writePlain() {
    var area = ""
    for finding in findings {
      if finding.area != area {
        if !area.isEmpty { output.line("") }
        area = finding.area
        output.line(area)
      }
      let mark =
        switch finding.state {
        case .fine: "ok     "
        case .notice: "note   "
        case .problem: "PROBLEM"
        }
      output.line("  \(mark)  \(finding.name): \(finding.text)")
      if area == "characters" {
        for line in CharacterFinding.table(characters) { output.line("           \(line)") }
      }
    }
  }

  private func writeJSON() {
    var json = JSONWriter()
    json.array { array in
      for finding in findings {
        array.object { object in
          object.field("area", finding.area)
          object.field("name", finding.name)
          object.field("state", finding.state.rawValue)
          object.field("text", finding.text)
        }
        if finding.area == "characters" { for character in characters { character.write(to: &array) } }
      }
    }
    output.write(json.take() + [0x0A])
  }
}
