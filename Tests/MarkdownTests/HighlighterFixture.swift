import Display
import Markdown
import Testing

/// Code of one language and how it is coloured.
struct HighlighterFixture: CustomTestStringConvertible, Sendable {
  let alias: String
  /// The language that `alias` names.
  let name: String
  let lines: [String]
  /// One letter for each character of the line.
  let roles: [String]

  var testDescription: String { name }

  init(_ alias: String, _ name: String, _ text: String) {
    self.alias = alias
    self.name = name
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines = stride(from: 0, to: rows.count, by: 2).map { rows[$0] }
    roles = stride(from: 1, to: rows.count, by: 2).map { rows[$0] }
  }

  static let all = programming + formats + corners
}

/// A line's spans as letters, blanks in plain code as blanks.
func letters(of spans: [CodeSpan], in line: String) -> String {
  var roles: [Character] = []
  for span in spans { while roles.count < span.end { roles.append(letter(of: span.role)) } }
  var letters = ""
  var offset = 0
  for character in line {
    let own = Set(roles[offset..<offset + character.utf8.count])
    offset += character.utf8.count
    letters.append(own.count > 1 ? "?" : own == ["."] && character == " " ? " " : own.first ?? "!")
  }
  while letters.last == " " { letters.removeLast() }
  return letters
}

private func letter(of role: ThemeRole) -> Character {
  switch role {
  case .code: "."
  case .codeKeyword: "k"
  case .codeString: "s"
  case .codeComment: "c"
  case .codeNumber: "n"
  case .codeType: "t"
  case .codeFunction: "f"
  case .codeAttribute: "a"
  case .codeInserted: "+"
  case .codeDeleted: "-"
  default: "!"
  }
}
