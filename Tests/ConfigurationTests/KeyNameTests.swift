// Keys in text, and what `[keys]` changes.

import Diagnostics
import Display
import Testing

@testable import Configuration

struct KeyNameTests {
  @Test(
    "Key names are read in the usual spellings and written in one",
    arguments: [
      ("ctrl-x n", "ctrl-x n", "Ctrl+X n"), ("Ctrl+X N", "ctrl-x N", "Ctrl+X N"), ("control-X", "ctrl-x", "Ctrl+X"),
      ("c-m-x", "ctrl-alt-x", "Ctrl+Alt+X"), ("M-x", "alt-x", "Alt+X"), ("alt-enter", "alt-enter", "Alt+Enter"),
      ("shift-tab", "shift-tab", "Shift+Tab"), ("F3", "f3", "F3"), ("pgup", "pageup", "PgUp"),
      ("PageDown", "pagedown", "PgDn"), ("escape", "esc", "Esc"), ("return", "enter", "Enter"),
      ("space", "space", "Space"),
      ("ctrl-space", "ctrl-space", "Ctrl+Space"), ("?", "?", "?"), ("alt-/", "alt-/", "Alt+/"),
      ("ctrl-_", "ctrl-_", "Ctrl+_"),
      ("-", "minus", "-"), ("alt--", "alt-minus", "Alt+-"), ("ctrl-+", "ctrl-plus", "Ctrl++"),
      ("ctrl-minus", "ctrl-minus", "Ctrl+-"),
      ("shift-a", "A", "A"), ("alt-shift-a", "alt-A", "Alt+A"), ("shift-f5", "shift-f5", "Shift+F5"), ("é", "é", "é"),
      ("  ctrl-x \t ctrl-e ", "ctrl-x ctrl-e", "Ctrl+X Ctrl+E"), ("ctrl-x enter", "ctrl-x enter", "Ctrl+X Enter"),
    ])
  func spellings(text: String, name: String, title: String) throws {
    let keys = try KeySequence.parse(text).get()
    #expect(keys.description == name)
    #expect(keys.title == title)
    #expect(try KeySequence.parse(keys.description).get() == keys)
  }

  @Test(
    "A text that names no key says why, with the nearest name",
    arguments: [
      ("", "names no key"), ("   ", "names no key"),
      ("pagup", #"unknown key "pagup"; did you mean "pageup" or "pgup"?"#),
      ("ctlr-x", #"unknown modifier "ctlr"; did you mean "ctrl"?"#),
      ("hyperspace-x", #"unknown modifier "hyperspace""#), ("f36", #"unknown key "f36"; did you mean "f3" or "f6"?"#),
      ("ctrl-shift-a", "terminals do not tell ctrl-shift and a character from ctrl alone"),
      ("shift-1", "shift with 1 is another character; write that character"),
      ("a b c d e", "more than 4 keys in a row"), ("\u{1}", #""\u{1}" is not a key"#),
      ("ctrl-", #"unknown key "ctrl-""#),
    ])
  func refused(text: String, message: String) {
    #expect(throws: KeyNameError(description: message)) { try KeySequence.parse(text).get() }
  }

  @Test("Every named key is written and read back")
  func everyKey() throws {
    let keys = KeyNames.keys.map(\.key) + (1...35).map(Key.function) + "azAZ09!~ß€".unicodeScalars.map(Key.character)
    for key in keys {
      for modifiers in [[], .control, .alt, [.control, .alt]] as [KeyModifiers] {
        if case .character(let scalar) = key, scalar.properties.isUppercase, modifiers.contains(.control) { continue }
        let chord = KeyChord(key, modifiers)
        #expect(try KeyChord.parse(chord.name).get() == chord)
      }
    }
  }
}

struct KeyBindingTests {
  private static let vocabulary = KeyVocabulary(
    commands: [
      "conversation.new": nil, "conversation.list": nil, "answer.stop": nil, "browse.fold": "browse",
      "edit.undo": "composer",
    ],
    defaults: [
      binding("ctrl-x n", "conversation.new"), binding("ctrl-x l", "conversation.list"), binding("esc", "answer.stop"),
      binding("ctrl-c", "answer.stop"), binding("space", "browse.fold", "browse"),
      binding("ctrl-_", "edit.undo", "composer"),
    ])

  private static func binding(_ keys: String, _ command: String?, _ scope: String? = nil) -> KeyBinding {
    guard let sequence = try? KeySequence.parse(keys).get() else { preconditionFailure(keys) }
    return KeyBinding(sequence, command, in: scope)
  }

  @Test(
    "What [keys] changes, and what it clashes with",
    arguments: [
      ("", []),
      ("\"f5\" = \"conversation.new\"", []),
      (
        "\"f5\" = \"conversation.nwe\"",
        [
          #"k:2:8: keys."f5": unknown command "conversation.nwe"; did you mean "conversation.new" or "conversation.list"?"#
        ]
      ),
      ("\"ctrl-zz\" = \"answer.stop\"", [#"k:2:1: keys."ctrl-zz": unknown key "zz""#]),
      ("\"f5\" = 5", [#"k:2:8: keys.f5: expected a string, found integer 5"#]),
      (
        "\"f5\" = \"answer.stop\"\n\"F5\" = \"edit.undo\"",
        [#"k:3:1: keys."F5": already runs answer.stop; edit.undo is left out"#]
      ),
      (
        "\"ctrl-x n\" = \"conversation.list\"",
        [#"k:2:1: keys."ctrl-x n": runs conversation.list instead of conversation.new, which has no key now"#]
      ),
      ("\"ctrl-x n\" = \"conversation.list\"\n\"f5\" = \"conversation.new\"", []),
      ("\"esc\" = \"conversation.new\"", []),
      ("\"ctrl-x n\" = \"none\"", []),
      ("\"space\" = \"edit.undo\"", []),
      (
        "\"ctrl-x\" = \"answer.stop\"",
        [
          #"k:2:1: keys."ctrl-x": answer.stop hides "ctrl-x n", the key of conversation.new, which has no key now"#,
          #"k:2:1: keys."ctrl-x": answer.stop hides "ctrl-x l", the key of conversation.list, which has no key now"#,
        ]
      ),
      (
        "\"f6\" = \"answer.stop\"\n\"f6 a\" = \"edit.undo\"",
        [#"k:3:1: keys."f6 a": clashes with "f6": edit.undo and answer.stop cannot both be reached"#]
      ),
    ])
  func clashes(lines: String, diagnostics: [String]) {
    let text = "[keys]\n" + lines
    let reading = Settings.read(text.utf8, file: "k", vocabulary: SettingsVocabulary(keys: Self.vocabulary))
    #expect(reading.diagnostics.map(\.description) == diagnostics)
  }

  @Test("The bindings in force are the defaults, less what was given away, and the user's")
  func inForce() {
    let mine = [
      Self.binding("ctrl-x n", "conversation.list"), Self.binding("esc", nil), Self.binding("f5", "conversation.new"),
    ]
    let inForce = Self.vocabulary.merged(with: mine)
    #expect(
      inForce == [
        Self.binding("ctrl-x l", "conversation.list"), Self.binding("ctrl-c", "answer.stop"),
        Self.binding("space", "browse.fold", "browse"), Self.binding("ctrl-_", "edit.undo", "composer"),
        Self.binding("ctrl-x n", "conversation.list"), Self.binding("f5", "conversation.new"),
      ])
  }
}
