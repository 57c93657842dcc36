// The names of keys in text: what a person writes in `config.toml` ("ctrl-x n") and reads on screen ("Ctrl+X n").

package import Display

/// Why a text does not name keys.
package struct KeyNameError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence without a full stop.
  package let description: String
}

extension KeyChord {
  /// Reads one key with its modifiers: `ctrl-x`, `alt-enter`, `shift-tab`, `f3`, `?`.
  ///
  /// Modifiers are joined by `-` or `+`; names are read in any case. Ctrl and a letter is the lower-case letter; Shift
  /// and a letter is the upper-case one, because that is what terminals send.
  package static func parse(_ text: String) -> Result<KeyChord, KeyNameError> {
    var rest = Substring(text)
    var modifiers: KeyModifiers = []
    while let cut = rest.unicodeScalars.firstIndex(where: { $0 == "-" || $0 == "+" }), cut != rest.startIndex,
      rest.unicodeScalars.index(after: cut) != rest.endIndex
    {
      let name = String(rest[..<cut])
      guard let modifier = KeyNames.modifiers[name.lowercased()] else {
        return .failure(KeyNames.unknown(name, among: KeyNames.modifiers.keys.sorted(), as: "modifier"))
      }
      modifiers.insert(modifier)
      rest = rest[rest.unicodeScalars.index(after: cut)...]
    }
    return KeyNames.key(String(rest)).flatMap { normalized($0, modifiers) }
  }

  private static func normalized(_ key: Key, _ modifiers: KeyModifiers) -> Result<KeyChord, KeyNameError> {
    guard case .character(var scalar) = key else { return .success(KeyChord(key, modifiers)) }
    var modifiers = modifiers
    if modifiers.contains(.control) {
      if modifiers.contains(.shift) {
        return .failure(KeyNameError(description: "terminals do not tell ctrl-shift and a character from ctrl alone"))
      }
      if scalar.properties.isUppercase, let lower = scalar.properties.lowercaseMapping.unicodeScalars.first {
        scalar = lower
      }
    } else if modifiers.contains(.shift) {
      let upper = scalar.properties.uppercaseMapping.unicodeScalars
      guard upper.count == 1, let only = upper.first, only != scalar || scalar.properties.isUppercase else {
        return .failure(
          KeyNameError(description: "shift with \(KeyNames.name(of: key)) is another character; write that character"))
      }
      scalar = only
      modifiers.remove(.shift)
    }
    return .success(KeyChord(.character(scalar), modifiers))
  }

  /// The form for `config.toml`, which `parse` reads back: `ctrl-x`, `alt-pageup`.
  package var name: String {
    var result = ""
    if modifiers.contains(.control) { result += "ctrl-" }
    if modifiers.contains(.alt) { result += "alt-" }
    if modifiers.contains(.shift) { result += "shift-" }
    return result + KeyNames.name(of: key)
  }

  /// The form for the screen: `Ctrl+X`, `Alt+PgUp`, `n`.
  package var title: String {
    var result = ""
    if modifiers.contains(.control) { result += "Ctrl+" }
    if modifiers.contains(.alt) { result += "Alt+" }
    if modifiers.contains(.shift) { result += "Shift+" }
    if case .character(let scalar) = key, scalar != " " {
      // Ctrl+X reads better than Ctrl+x; without a modifier the case is the key.
      return result + (modifiers.isEmpty ? String(Character(scalar)) : scalar.properties.uppercaseMapping)
    }
    return result + KeyNames.title(of: key)
  }
}

/// Keys pressed one after the other: a leader and what follows it, or a single key.
package struct KeySequence: Hashable, Sendable, CustomStringConvertible {
  /// No binding is longer.
  package static let maximumLength = 4

  /// At least one, at most `maximumLength`.
  package let chords: [KeyChord]

  /// A sequence; `nil` if there are no chords or too many.
  package init?(_ chords: [KeyChord]) {
    guard (1...Self.maximumLength).contains(chords.count) else { return nil }
    self.chords = chords
  }

  /// A single key.
  package init(_ chord: KeyChord) { chords = [chord] }

  /// A key after a leader.
  package init(_ leader: KeyChord, _ chord: KeyChord) { chords = [leader, chord] }

  /// Reads chords separated by spaces: `ctrl-x n`.
  package static func parse(_ text: String) -> Result<KeySequence, KeyNameError> {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard !words.isEmpty else { return .failure(KeyNameError(description: "names no key")) }
    guard words.count <= maximumLength else {
      return .failure(KeyNameError(description: "more than \(maximumLength) keys in a row"))
    }
    var chords: [KeyChord] = []
    for word in words {
      switch KeyChord.parse(String(word)) {
      case .success(let chord): chords.append(chord)
      case .failure(let error): return .failure(error)
      }
    }
    return KeySequence(chords).map(Result.success) ?? .failure(KeyNameError(description: "names no key"))
  }

  /// The form for `config.toml`: `ctrl-x n`.
  package var description: String { chords.map(\.name).joined(separator: " ") }

  /// The form for the screen: `Ctrl+X n`.
  package var title: String { chords.map(\.title).joined(separator: " ") }

  /// Whether this sequence is the other's beginning, or the other way round, and they differ.
  package func shadows(_ other: KeySequence) -> Bool {
    chords.count != other.chords.count && zip(chords, other.chords).allSatisfy(==)
  }
}

/// The table of names.
enum KeyNames {
  static let modifiers: [String: KeyModifiers] = [
    "ctrl": .control, "control": .control, "c": .control,
    "alt": .alt, "meta": .alt, "option": .alt, "m": .alt,
    "shift": .shift, "s": .shift,
  ]

  /// Named keys; the first name of a key is the one that is written.
  static let keys: [(name: String, key: Key, title: String)] = [
    ("enter", .enter, "Enter"), ("return", .enter, "Enter"),
    ("tab", .tab, "Tab"),
    ("space", .character(" "), "Space"),
    ("backspace", .backspace, "Backspace"),
    ("esc", .escape, "Esc"), ("escape", .escape, "Esc"),
    ("delete", .delete, "Delete"), ("del", .delete, "Delete"),
    ("insert", .insert, "Insert"), ("ins", .insert, "Insert"),
    ("up", .up, "Up"), ("down", .down, "Down"), ("left", .left, "Left"), ("right", .right, "Right"),
    ("home", .home, "Home"), ("end", .end, "End"),
    ("pageup", .pageUp, "PgUp"), ("pgup", .pageUp, "PgUp"),
    ("pagedown", .pageDown, "PgDn"), ("pgdn", .pageDown, "PgDn"), ("pgdown", .pageDown, "PgDn"),
    ("minus", .character("-"), "-"), ("plus", .character("+"), "+"),
  ]

  static func key(_ text: String) -> Result<Key, KeyNameError> {
    if text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first {
      let category = scalar.properties.generalCategory
      guard !scalar.isControlOrSeparator, category != .unassigned, category != .format else {
        return .failure(KeyNameError(description: "\(text.quotedForMessages) is not a key"))
      }
      return .success(.character(scalar))
    }
    let name = text.lowercased()
    if let known = keys.first(where: { $0.name == name }) { return .success(known.key) }
    if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...35).contains(number), name.dropFirst().first != "+"
    {
      return .success(.function(number))
    }
    return .failure(unknown(text, among: keys.map(\.name) + (1...12).map { "f\($0)" }, as: "key"))
  }

  static func name(of key: Key) -> String {
    if case .function(let number) = key { return "f\(number)" }
    if let known = keys.first(where: { $0.key == key }) { return known.name }
    if case .character(let scalar) = key { return String(Character(scalar)) }
    return ""
  }

  static func title(of key: Key) -> String {
    if case .function(let number) = key { return "F\(number)" }
    if let known = keys.first(where: { $0.key == key }) { return known.title }
    if case .character(let scalar) = key { return String(Character(scalar)) }
    return ""
  }

  static func unknown(_ name: String, among names: [String], as kind: String) -> KeyNameError {
    KeyNameError(description: "unknown \(kind) \(name.quotedForMessages)" + suggestion(for: name, among: names))
  }
}
