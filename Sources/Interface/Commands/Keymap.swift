// Which keys mean which command. Sequences such as `Ctrl+X n` are followed one key at a time.

package import Display

/// Bindings from key sequences to commands.
package struct Keymap: Equatable, Sendable {
  /// What keys typed so far mean.
  package enum Meaning: Equatable, Sendable {
    case command(CommandID)
    /// More keys are needed.
    case prefix
    case nothing
  }

  private var bindings: [[KeyChord]: CommandID] = [:]
  /// Keys that mean something in browse mode, where letters write nothing.
  private var browseBindings: [[KeyChord]: CommandID] = [:]
  private var prefixes: Set<[KeyChord]> = []

  /// No bindings.
  package init() {}

  /// Binds a sequence, replacing what it meant.
  package mutating func bind(_ keys: [KeyChord], to command: CommandID) {
    guard !keys.isEmpty else { return }
    if CommandCatalog.command(command)?.isForBrowsing == true {
      browseBindings[keys] = command
      return
    }
    bindings[keys] = command
    for length in 1..<keys.count where length < keys.count { prefixes.insert(Array(keys.prefix(length))) }
  }

  /// What a sequence means.
  package func meaning(of keys: [KeyChord]) -> Meaning {
    if let command = bindings[keys] { return .command(command) }
    return prefixes.contains(keys) ? .prefix : .nothing
  }

  /// What a key means in browse mode before it means anything else.
  func browseCommand(for chord: KeyChord) -> CommandID? { browseBindings[[chord]] }

  /// The shortest sequence for a command, if it has one.
  package func keys(for command: CommandID) -> [KeyChord]? {
    bindings.merging(browseBindings) { general, _ in general }.filter { $0.value == command }.keys
      .min { ($0.count, Self.text(of: $0)) < ($1.count, Self.text(of: $1)) }
  }

  /// The bindings that begin with `prefix`, with what follows it, by key.
  package func continuations(of prefix: [KeyChord]) -> [(keys: [KeyChord], command: CommandID)] {
    bindings.filter { $0.key.count > prefix.count && Array($0.key.prefix(prefix.count)) == prefix }
      .map { (Array($0.key.dropFirst(prefix.count)), $0.value) }
      .sorted { Self.text(of: $0.keys) < Self.text(of: $1.keys) }
  }

  /// `Ctrl+X n`: a sequence as people read it.
  package static func text(of keys: [KeyChord]) -> String { keys.map(text(of:)).joined(separator: " ") }

  /// `Ctrl+X`: a key as people read it.
  package static func text(of chord: KeyChord) -> String {
    var text = ""
    if chord.modifiers.contains(.control) { text += "Ctrl+" }
    if chord.modifiers.contains(.alt) { text += "Alt+" }
    if chord.modifiers.contains(.shift) { text += "Shift+" }
    switch chord.key {
    case .character(" "): return text + "Space"
    case .character(let scalar):
      let letter = String(Character(scalar))
      return text + (chord.modifiers.isEmpty ? letter : letter.uppercased())
    case .enter: return text + "Enter"
    case .tab: return text + "Tab"
    case .backspace: return text + "Backspace"
    case .escape: return text + "Esc"
    case .delete: return text + "Del"
    case .insert: return text + "Ins"
    case .up: return text + "Up"
    case .down: return text + "Down"
    case .left: return text + "Left"
    case .right: return text + "Right"
    case .home: return text + "Home"
    case .end: return text + "End"
    case .pageUp: return text + "PgUp"
    case .pageDown: return text + "PgDn"
    case .function(let number): return text + "F\(number)"
    }
  }
}
