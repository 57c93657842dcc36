// The manual with what only the whole program knows: its keys, its commands, its settings, the kinds of providers.

import Configuration
import Interface
import Manual
import Providers

/// Fills the manual's slots.
enum ProgramManual {
  /// The manual for these keys. Takes a few milliseconds: not before the first frame.
  static func sections(keys: Keymap = CommandKeys.keymap(with: [])) -> [ManualSection] {
    Manual.sections(filling: slots(keys: keys))
  }

  /// The kinds of providers that this version can talk to.
  static var kinds: Set<String> { Set(ProviderCatalog.standard.rows.map(\.descriptor.kind)) }

  private static func slots(keys: Keymap) -> ManualSlots {
    ManualSlots(
      keys: CommandReference.keys(keys), commands: CommandReference.commands(), settings: SettingsCatalog.reference,
      kinds: kinds)
  }
}
