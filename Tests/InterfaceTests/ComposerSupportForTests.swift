// What the composer's tests share: a composer written as a text with a bar for its caret, keys written as in a manual,
// and a seeded source of random numbers.

import Display

@testable import Interface

/// A composer whose text is `marked` without its first `|`, where the caret stands.
func composer(_ marked: String, history: [String] = []) -> ComposerState {
  var state = ComposerState(draft: marked.replacingFirstBar())
  let before = String(marked.prefix { $0 != "|" })
  if marked.contains("|") {
    state.page.buffer.moveCaret(to: TextPosition.start.advanced(over: Array(before.utf8)))
  }
  state.supplyHistory(history)
  return state
}

/// A composer after keys were pressed, from one that is written with its caret.
func composer(_ marked: String, pressing keys: String, width: Int = 83, history: [String] = []) -> ComposerState {
  var state = composer(marked, history: history)
  state.press(keys, width: width)
  return state
}

extension ComposerState {
  /// The text with a bar at the caret.
  var marked: String {
    buffer.text(in: .start..<buffer.caret) + "|" + buffer.text(in: buffer.caret..<buffer.end)
  }

  /// Presses keys and tells what came of the last one.
  @discardableResult
  mutating func press(_ keys: String, width: Int = 83, rows: Int = 8) -> ComposerOutcome {
    var outcome = ComposerOutcome.unchanged
    for chord in chords(keys) { outcome = handle(chord, width: width, rows: rows) }
    return outcome
  }

  /// Types a text key by key, line feeds as Ctrl+J.
  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars {
      _ = handle(scalar == "\n" ? .control("j") : KeyChord(.character(scalar)), width: 83)
    }
  }
}

/// Keys as they are written in manuals: `C-a`, `M-f`, `S-Tab`, `Enter`, `Up`, `F3`, single characters; separated by spaces.
func chords(_ keys: String) -> [KeyChord] {
  keys.split(separator: " ").map { word in
    var rest = Substring(word)
    var modifiers: KeyModifiers = []
    while rest.count > 2, rest.dropFirst().first == "-", let prefix = rest.first, "CMS".contains(prefix) {
      modifiers.insert(prefix == "C" ? .control : prefix == "M" ? .alt : .shift)
      rest = rest.dropFirst(2)
    }
    return KeyChord(key(String(rest)), modifiers)
  }
}

private func key(_ name: String) -> Key {
  switch name {
  case "Enter": .enter
  case "Tab": .tab
  case "Backspace": .backspace
  case "Esc": .escape
  case "Delete": .delete
  case "Insert": .insert
  case "Up": .up
  case "Down": .down
  case "Left": .left
  case "Right": .right
  case "Home": .home
  case "End": .end
  case "PgUp": .pageUp
  case "PgDn": .pageDown
  case "Space": .character(" ")
  case "F1": .function(1)
  case "F3": .function(3)
  default: .character(name.unicodeScalars.first ?? " ")
  }
}

extension String {
  fileprivate func replacingFirstBar() -> String {
    guard let bar = firstIndex(of: "|") else { return self }
    var copy = self
    copy.remove(at: bar)
    return copy
  }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Pieces of text of which random texts are made: what is awkward about clusters, widths and lines.
let awkwardPieces = [
  "a", "b", " ", "  ", "Word", "\n", "\t", "e\u{301}", "\u{301}", "👨‍👩‍👧", "👨", "\u{200D}", "👧", "🇩🇪", "🇩", "🇪", "日本", "한글",
  "क्षि", "\u{1B}[31m", "👍🏽", "\u{1F3FD}", "ß", "É", "-", "/", "\\", "\u{202E}",
]
