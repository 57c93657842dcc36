// The command catalog as text, for the manual and the README: one source for what is on screen and what is printed.

import Display

/// Writes the catalog as lists in Markdown.
package enum CommandReference {
  /// Every command that has keys, by group.
  package static func keys(_ keymap: Keymap) -> String {
    lists { command in
      keymap.keys(for: command.id).map { "- \(Keymap.text(of: $0)): \(command.title)" }
    }
  }

  /// Every slash command, by group.
  package static func commands() -> String {
    lists { command in
      command.slash.map { slash in
        let names = ([slash.name] + slash.aliases).map { "/\($0)" }.joined(separator: ", ")
        return "- \(names)\(slash.argument.isEmpty ? "" : " \(slash.argument)"): \(command.title)"
      }
    }
  }

  private static func lists(_ line: (CommandDefinition) -> String?) -> String {
    CommandGroup.allCases.compactMap { group in
      let lines = CommandCatalog.all.filter { $0.group == group }.compactMap(line)
      return lines.isEmpty ? nil : "**\(group.rawValue)**\n\n" + lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
