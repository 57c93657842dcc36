// Between the command catalog of the interface and the key notation of the configuration.

import Configuration
import Interface

/// The program's own keys, and how the user's change them.
enum CommandKeys {
  /// What `[keys]` may name.
  static var vocabulary: KeyVocabulary {
    KeyVocabulary(
      commands: Dictionary(
        uniqueKeysWithValues: CommandCatalog.all.map { ($0.id.rawValue, $0.isForBrowsing ? "browse" : nil) }),
      defaults: defaults)
  }

  private static var defaults: [KeyBinding] {
    CommandCatalog.defaultKeys.compactMap { entry in
      guard case .success(let keys) = KeySequence.parse(entry.keys) else { return nil }
      let isForBrowsing = CommandCatalog.command(entry.command)?.isForBrowsing ?? false
      return KeyBinding(keys, entry.command.rawValue, in: isForBrowsing ? "browse" : nil)
    }
  }

  /// The keys in force.
  static func keymap(with changes: [KeyBinding]) -> Keymap {
    var keymap = Keymap()
    for binding in vocabulary.merged(with: changes) {
      if let command = binding.command { keymap.bind(binding.keys.chords, to: CommandID(command)) }
    }
    return keymap
  }
}
