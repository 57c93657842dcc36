// The manual as a man page, in the macros of man(7), which groff and mandoc both read.

extension Manual {
  /// The man page of the program.
  /// - Parameters:
  ///   - date: as it stands in the footer, such as `2026-01-31`; empty for none.
  package static func manPage(version: String, date: String = "", sections: [ManualSection] = sections) -> String {
    var page = Roff()
    page.macro(".TH", ["RIFFLE", "1", date, "riffle \(version)", "User Commands"])
    page.macro(".SH", ["NAME"])
    page.text("riffle - a full-screen chat for language models in the terminal")
    page.macro(".SH", ["SYNOPSIS"])
    for line in synopsis {
      page.strong("riffle", followedBy: line)
      page.line(".br")
    }
    for section in sections {
      page.macro(".SH", [section.title.uppercased()])
      page.body(section.body)
    }
    return page.output
  }

  private static let synopsis = [
    "[--profile P] [--config F] [--data D] [--theme T] [--continue | open ID]",
    "ask [PROMPT] [-f FILE]... [-c ID | --id NEWID] [--no-stream] [--json] [--no-save]",
    "COMMAND [ARGUMENT]...",
  ]
}

/// Lines of roff.
private struct Roff {
  private(set) var output = ""

  mutating func line(_ line: String) { output += line + "\n" }

  /// A macro with arguments in quotes.
  mutating func macro(_ name: String, _ arguments: [String]) {
    line(([name] + arguments.map { "\"\(Self.escaped($0).replacingQuotes)\"" }).joined(separator: " "))
  }

  /// A line of text; a leading dot or apostrophe would be a macro.
  mutating func text(_ text: String) { line(Self.guarded(Self.styled(text))) }

  mutating func strong(_ word: String, followedBy text: String) {
    line("\\fB\(Self.escaped(word))\\fR \(Self.escaped(text))")
  }

  /// A section's body.
  mutating func body(_ body: String) {
    var isCode = false
    var needsParagraph = false
    for raw in body.split(separator: "\n", omittingEmptySubsequences: false) {
      if raw.hasPrefix("```") {
        isCode.toggle()
        if isCode {
          line(".PP")
          line(".RS 4")
          line(".nf")
        } else {
          line(".fi")
          line(".RE")
        }
        needsParagraph = !isCode
      } else if isCode {
        line(Self.guarded(Self.escaped(String(raw))))
      } else if raw.isEmpty {
        needsParagraph = true
      } else if raw.hasPrefix("- ") {
        line(".IP \\(bu 2")
        text(String(raw.dropFirst(2)))
        needsParagraph = false
      } else {
        if needsParagraph { line(".PP") }
        text(String(raw))
        needsParagraph = false
      }
    }
    // A fence that was left open would swallow the rest of the page.
    if isCode {
      line(".fi")
      line(".RE")
    }
  }

  /// `code` and **strong** in bold, everything else escaped.
  private static func styled(_ text: String) -> String {
    var result = ""
    var isBold = false
    var rest = Substring(text)
    func toggled() -> String { isBold ? "\\fR" : "\\fB" }
    while let first = rest.first {
      if first == "`" {
        result += toggled()
        isBold.toggle()
        rest = rest.dropFirst()
      } else if rest.hasPrefix("**") {
        result += toggled()
        isBold.toggle()
        rest = rest.dropFirst(2)
      } else {
        let plain = rest.prefix { $0 != "`" && $0 != "*" }
        let taken = plain.isEmpty ? rest.prefix(1) : plain
        result += escaped(String(taken))
        rest = rest[taken.endIndex...]
      }
    }
    return result + (isBold ? "\\fR" : "")
  }

  private static func guarded(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }

  /// Text that roff prints as it is: backslashes, minus signs, and everything beyond ASCII by its code point.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      case "\u{20}"..."\u{7E}": result.unicodeScalars.append(scalar)
      case "\t": result += "    "
      default:
        let digits = String(scalar.value, radix: 16).uppercased()
        result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      }
    }
    return result
  }
}

extension String {
  /// A quote inside a macro's argument.
  fileprivate var replacingQuotes: String {
    var result = ""
    for character in self { result += character == "\"" ? "\\(dq" : String(character) }
    return result
  }
}
