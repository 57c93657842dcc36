// Letters on everything on screen that can be taken out: a letter copies, and a second key does more with it.

import Conversations
import Display
import Markdown

/// Something that a letter stands for.
struct HintTarget: Equatable, Sendable {
  /// What it is.
  enum Kind: Equatable {
    case message
    case code(language: String)
    case table
    case link(String)
  }

  var label: String
  var kind: Kind
  var message: MessageID
  var part = 0
  var block = 0
  /// Where in the shown text of its block a link begins.
  var offset = 0
  /// What is copied.
  var text: String
}

/// Labels on the screen.
struct HintState: Equatable, Sendable {
  var targets: [HintTarget]
  /// The first letter of a label of two.
  var typed = ""
  /// What was copied: the next key may open, write or quote it.
  var chosen: HintTarget?

  /// The letters of labels; the keys of what can be done next are not among them.
  static let letters: [Character] = Array("asdfghjkletruipzxcvbnm")

  /// The targets with their labels, one letter each if there are few enough, else two.
  init(_ found: [HintTarget]) {
    targets = found
    let isShort = found.count <= Self.letters.count
    let limit = isShort ? Self.letters.count : Self.letters.count * Self.letters.count
    targets = Array(targets.prefix(limit))
    for index in targets.indices {
      let letters = Self.letters
      targets[index].label =
        isShort
        ? String(letters[index]) : String([letters[index / letters.count], letters[index % letters.count]])
    }
  }

  /// The target of a link in a block, a block itself, or a message.
  func targets(message: MessageID, part: Int, block: Int) -> [HintTarget] {
    targets.filter {
      $0.message == message && $0.part == part && $0.block == block && $0.kind != .message && $0.label.hasPrefix(typed)
    }
  }
}
