// Tells a slash command from a prompt.

/// What a text in the composer means.
package enum SlashInput: Equatable, Sendable {
  /// An ordinary prompt, to be sent as it is.
  case prompt(String)
  case command(CommandID, argument: String)
  case unknown(name: String)
}

/// Reads a composed text.
package enum SlashParser {
  /// A text whose first line begins with `/` is a command; `//` at the start stands for a slash that is sent.
  package static func parse(_ text: String) -> SlashInput {
    guard text.hasPrefix("/") else { return .prompt(text) }
    if text.hasPrefix("//") { return .prompt(String(text.dropFirst())) }
    let rest = text.dropFirst()
    let name = rest.prefix { !$0.isWhitespace }
    let argument = rest.dropFirst(name.count)
    guard let command = CommandCatalog.command(slash: name.lowercased()) else { return .unknown(name: String(name)) }
    return .command(command.id, argument: trimmed(argument))
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
