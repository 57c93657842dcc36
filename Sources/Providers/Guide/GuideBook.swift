// The manual, as the guide reads it: in portions that fit an answer.

package import Manual

/// What the guide knows.
package struct GuideBook: Sendable {
  /// A section of the manual.
  package struct Section: Equatable, Sendable {
    package var id: String
    package var title: String
    /// Markdown.
    package var body: String

    /// A section under its name.
    package init(id: String, title: String, body: String) {
      self.id = id
      self.title = title
      self.body = body
    }

    fileprivate init(_ section: ManualSection) {
      self.init(id: section.id, title: section.title, body: section.body)
    }
  }

  var sections: [Section]
  var search: @Sendable (_ query: String) -> [Section]

  /// A book with its own way of finding things.
  package init(sections: [Section], search: @escaping @Sendable (_ query: String) -> [Section]) {
    self.sections = sections
    self.search = search
  }

  /// A book of the manual's sections.
  package init(_ sections: [ManualSection]) {
    self.init(
      sections: sections.map(Section.init), search: { Manual.search($0, in: sections).map(Section.init) })
  }

  /// riffle's own manual, its slots filled with the essentials.
  package static let manual = GuideBook(Manual.sections)

  /// As much of a section as one answer holds.
  static let portionBytes = 1_100

  /// A piece of a section, cut between paragraphs.
  struct Portion: Equatable {
    var section: Section
    var text: String
    /// Whether it is the section's first one.
    var isFirst: Bool
  }

  /// What there is about a query, best first, in portions.
  func portions(about query: String) -> [Portion] {
    search(query).prefix(6).flatMap { section in
      Self.paragraphs(of: section.body).reduce(into: [Portion]()) { portions, paragraph in
        if let last = portions.last, last.text.utf8.count + paragraph.utf8.count <= Self.portionBytes {
          portions[portions.count - 1].text += "\n\n" + paragraph
        } else {
          portions.append(Portion(section: section, text: paragraph, isFirst: portions.isEmpty))
        }
      }
    }
  }

  /// Blocks between blank lines; a fenced block is one, whatever is in it.
  static func paragraphs(of text: String) -> [String] {
    var paragraphs: [String] = []
    var lines: [Substring] = []
    var isFenced = false
    func close() {
      if !lines.isEmpty { paragraphs.append(lines.joined(separator: "\n")) }
      lines = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isBlank = line.allSatisfy { $0 == " " || $0 == "\t" }
      if isBlank, !isFenced {
        close()
      } else {
        if line.hasPrefix("```") { isFenced.toggle() }
        lines.append(line)
      }
    }
    close()
    return paragraphs
  }

  /// Rows and items anywhere in the book that name a key and a word of `query`.
  func keyLines(naming query: String) -> [String] {
    // The beginning of a word finds its other forms: theme, themes.
    let stems = query.split(separator: " ").filter { $0.count >= 4 }.map { $0.prefix(5) }
    var found: [String] = []
    for line in sections.lazy.flatMap({ Self.keyLines(in: $0.body) }) where !found.contains(line) {
      let lowered = line.lowercased()
      if stems.contains(where: { lowered.firstRange(of: $0) != nil }) { found.append(line) }
    }
    return found
  }

  /// Rows of tables, items of lists and sentences that name keys; the latter two as items. Code is left out.
  static func keyLines(in text: String) -> [String] {
    let names = ["Ctrl+", "Alt+", "Shift+", "Enter", "Esc", "Tab ", "PgUp", "F1", "F3"]
    func namesKey(_ text: some StringProtocol) -> Bool { names.contains { text.firstRange(of: $0) != nil } }
    var found: [String] = []
    for paragraph in paragraphs(of: text) where !paragraph.hasPrefix("```") {
      for line in paragraph.split(separator: "\n") where namesKey(line) {
        if line.hasPrefix("|") {
          found.append(String(line))
          continue
        }
        let prose = line.hasPrefix("- ") ? line.dropFirst(2) : line
        for sentence in prose.split(separator: ". ") where namesKey(sentence) {
          found.append("- \(sentence)\(sentence.hasSuffix(".") ? "" : ".")")
        }
      }
    }
    return found
  }

  /// The first sentence of a section, for lists.
  static func summary(of section: Section) -> String {
    let paragraph = paragraphs(of: section.body).first { text in
      !text.hasPrefix("#") && !text.hasPrefix("|") && !text.hasPrefix("```") && !text.hasPrefix("-")
    }
    let line = (paragraph ?? section.title).split(separator: "\n").joined(separator: " ")
    let sentence = line.firstRange(of: ". ").map { String(line[..<$0.lowerBound]) } ?? line
    return sentence.count > 90 ? String(sentence.prefix(88)) + "…" : sentence
  }
}
