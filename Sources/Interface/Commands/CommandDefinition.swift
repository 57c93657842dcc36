// A command: one thing the user can ask for, whether by key, by slash or from the palette. Help, palette, which-key,
// completion and the README's table all come from the catalog of these.

/// Names a command, in the configuration too: `conversation.new`.
package struct CommandID: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  package let rawValue: String

  /// A command's name.
  package init(_ rawValue: String) { self.rawValue = rawValue }
  package init(stringLiteral value: String) { rawValue = value }

  package var description: String { rawValue }
}

/// How a command is written in the composer.
package struct SlashSyntax: Equatable, Sendable {
  /// Without the slash.
  package var name: String
  package var aliases: [String]
  /// What follows, for the help: `ID`, `[title]`; empty for nothing.
  package var argument: String

  /// `/name argument`.
  package init(_ name: String, aliases: [String] = [], argument: String = "") {
    self.name = name
    self.aliases = aliases
    self.argument = argument
  }
}

/// Where help lists a command.
package enum CommandGroup: String, CaseIterable, Equatable, Sendable {
  case conversations = "Conversations"
  case answers = "Answers"
  case models = "Models and settings"
  case reading = "Reading"
  case browsing = "Browse mode"
  case measuring = "Measuring"
  case writing = "Writing"
  case program = "Program"
}

/// One thing the user can ask for.
package struct CommandDefinition: Sendable {
  package let id: CommandID
  /// What it does, in the imperative, without a full stop.
  package let title: String
  package let group: CommandGroup
  package let slash: SlashSyntax?
  /// Default keys, each a sequence in the notation of the configuration: `ctrl-x n`.
  package let keys: [String]
  /// Whether it makes sense now.
  package let isAvailable: @Sendable (AppState) -> Bool
  /// What to say when it does not make sense now.
  package let excuse: String?
  /// Does it. The argument is what followed a slash command, trimmed; empty from a key.
  package let perform: @Sendable (inout AppState, inout LayoutCache, String) -> [Effect]

  /// Whether its keys work in browse mode only.
  package var isForBrowsing: Bool { group == .browsing }

  /// A command, available at any time unless said otherwise.
  package init(
    _ id: CommandID, _ title: String, group: CommandGroup, slash: SlashSyntax? = nil, keys: [String] = [],
    isAvailable: @escaping @Sendable (AppState) -> Bool = { _ in true }, excuse: String? = nil,
    perform: @escaping @Sendable (inout AppState, inout LayoutCache, String) -> [Effect]
  ) {
    self.id = id
    self.title = title
    self.group = group
    self.slash = slash
    self.keys = keys
    self.isAvailable = isAvailable
    self.excuse = excuse
    self.perform = perform
  }
}
