// The one source of help texts: `/help`, the man page and the guide read it. Texts only; it opens nothing and knows no
// other module. What other modules know better (keys, commands, settings) is filled in by whoever has it.

/// One topic of the manual.
package struct ManualSection: Equatable, Sendable, Identifiable {
  /// A short name that never changes, such as `metrics`.
  package let id: String
  package let title: String
  /// Words people search for that the text does not use, in lower case.
  package let keywords: [String]
  /// Paragraphs between blank lines, items that begin with `- `, code between lines of three backticks, `code` and
  /// **strong** inside lines. Nothing else of Markdown.
  package let body: String

  /// A topic.
  package init(id: String, title: String, keywords: [String] = [], body: String) {
    self.id = id
    self.title = title
    self.keywords = keywords
    self.body = body
  }
}

/// What only the running program knows.
package struct ManualSlots: Equatable, Sendable {
  /// The table of keys, in the manual's own marks; empty leaves the few keys that never change.
  package var keys: String
  /// The list of slash commands, likewise.
  package var commands: String
  /// The reference of `config.toml`, likewise.
  package var settings: String
  /// The kinds of providers that this version can talk to.
  package var kinds: Set<String>

  /// The kinds that need nothing but this program and its transport.
  package static let coreKinds: Set<String> = ["guide", "openai", "replay"]

  /// Nothing filled in.
  package init(keys: String = "", commands: String = "", settings: String = "", kinds: Set<String> = coreKinds) {
    self.keys = keys
    self.commands = commands
    self.settings = settings
    self.kinds = kinds
  }
}

/// riffle's manual.
package enum Manual {
  /// The manual with nothing filled in. Made when first used.
  package static let sections: [ManualSection] = sections(filling: ManualSlots())

  /// The manual with what the program knows about itself.
  package static func sections(filling slots: ManualSlots) -> [ManualSection] {
    startSections + providerSections(kinds: slots.kinds) + usingSections(slots) + measuringSections
      + comparingSections + statisticsSections + raceSections + replaySections + wireSections
      + configurationSections(slots) + careSections
  }

  /// The section with this id.
  package static func section(_ id: String) -> ManualSection? { sections.first { $0.id == id } }
}
