// The kinds of characters whose width terminals do not agree about, each with samples that a terminal can be asked to draw.
// What is found out about the samples is believed of the whole kind.

import Display

/// A kind of characters that terminals draw alike.
package enum ClusterKind: String, CaseIterable, Sendable {
  case ideograph, ambiguous, emoji, emojiSelector, textSelector, joined, skinTone, flag, keycap, tagFlag
  case marks, kana, jamo, indic
  /// By the Unicode version that has them; the C library's tables may be older.
  case emoji15, emoji16, emoji17
  case newIdeograph, newLetter

  /// What a person calls it.
  package var title: String {
    switch self {
    case .ideograph: "Chinese, Japanese, Korean"
    case .ambiguous: "lines, signs, accented letters"
    case .emoji: "emoji"
    case .emojiSelector: "emoji by selector"
    case .textSelector: "text by selector"
    case .joined: "joined emoji"
    case .skinTone: "skin tones"
    case .flag: "flags"
    case .keycap: "keycaps"
    case .tagFlag: "flags of regions"
    case .marks: "combining marks"
    case .kana: "kana with a voicing mark"
    case .jamo: "Hangul by letters"
    case .indic: "Indic syllables"
    case .emoji15: "emoji of Unicode 15"
    case .emoji16: "emoji of Unicode 16"
    case .emoji17: "emoji of Unicode 17"
    case .newIdeograph: "new ideographs"
    case .newLetter: "new letters"
    }
  }

  /// Texts of this kind, each of a few columns. A change of them needs another `TerminalWidths.format`.
  package var samples: [String] {
    switch self {
    case .ideograph: ["漢", "あ", "한", "Ａ"]
    case .ambiguous: ["─", "…", "é", "①"]
    // One of each generation: tables of terminals end somewhere.
    case .emoji: ["⌚", "😀", "🤖", "🥰", "🥱", "🥲", "🫠"]
    case .emojiSelector: ["❤\u{FE0F}", "☀\u{FE0F}", "©\u{FE0F}", "🏳\u{FE0F}"]
    case .textSelector: ["⌚\u{FE0E}", "❤\u{FE0E}"]
    case .joined: ["👨‍👩‍👧‍👦", "🏳\u{FE0F}‍🌈", "👩‍💻", "❤\u{FE0F}‍🔥", "🧑🏽‍🤝‍🧑🏻", "🐻‍❄\u{FE0F}"]
    case .skinTone: ["👍🏽", "☝🏿", "🤌🏻"]
    case .flag: ["🇩🇪", "🇯🇵", "🇧🇷"]
    case .keycap: ["1\u{FE0F}\u{20E3}", "#\u{FE0F}\u{20E3}", "2\u{20E3}"]
    case .tagFlag: ["🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}"]
    case .marks: ["e\u{301}", "a\u{323}\u{302}", "ก\u{E47}", "ب\u{64E}\u{651}"]
    // These marks are wide by UAX #11, and some terminals give them columns of their own.
    case .kana: ["か\u{3099}", "ハ\u{309A}"]
    case .jamo: ["\u{1112}\u{1161}\u{11AB}", "\u{1100}\u{1161}"]
    case .indic: ["क्षि", "நி", "স্ত্র", "မြ"]
    case .emoji15: ["\u{1FAE8}", "\u{1FABF}", "\u{1F6DC}"]
    case .emoji16: ["\u{1FAE9}", "\u{1FADC}", "\u{1FABE}"]
    case .emoji17: ["\u{1FAEA}", "\u{1FAC8}", "\u{1F6D8}"]
    case .newIdeograph: ["\u{31350}", "\u{2EBF0}"]
    case .newLetter: ["\u{1C89}", "\u{A7CB}"]
    }
  }

  /// The kind of a cluster of several scalars.
  init(ofCluster scalars: [UInt32]) {
    var found = ClusterKind.marks
    for (index, scalar) in scalars.enumerated() {
      switch scalar {
      case 0x200D where scalars[0] >= 0x2190 && !Self.isIndic(scalars[0]):
        // A joiner among letters only shapes them.
        self = .joined
        return
      case 0xE0020...0xE007F: found = .tagFlag
      case 0x20E3: found = .keycap
      case 0x1F1E6...0x1F1FF where index > 0: found = .flag
      case 0x1F3FB...0x1F3FF where index > 0: found = .skinTone
      case 0xFE0F where found == .marks: found = .emojiSelector
      case 0xFE0E where found == .marks: found = .textSelector
      case 0x3099, 0x309A: found = .kana
      case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF: found = .jamo
      case _ where found == .marks && Self.isIndic(scalar): found = .indic
      default: break
      }
    }
    self = found
  }

  /// The kind of a single scalar that the C library knows; nil for those that every terminal draws alike.
  init?(ofKnown scalar: UInt32, width: Int) {
    if width == 2 {
      self = scalar < 0x2E80 && scalar >= 0x2300 || (0x1F000..<0x20000).contains(scalar) ? .emoji : .ideograph
    } else if Self.isIndic(scalar) {
      self = .indic
    } else {
      return nil
    }
  }

  /// The kind of a single scalar that the C library does not know, or knows with another width.
  init(ofNew scalar: UInt32, width: Int) {
    if width < 2 {
      self = .newLetter
    } else if !(0x1F000..<0x20000).contains(scalar) {
      self = .newIdeograph
    } else {
      switch scalar {
      // Emoji of Unicode 16 and 17 (emoji-test.txt); all others here are older.
      case 0x1FA89, 0x1FA8F, 0x1FABE, 0x1FAC6, 0x1FADC, 0x1FADF, 0x1FAE9: self = .emoji16
      case 0x1F6D8, 0x1FA8A, 0x1FA8E, 0x1FAC8, 0x1FACD, 0x1FAEA, 0x1FAEF: self = .emoji17
      default: self = .emoji15
      }
    }
  }

  /// Scripts whose syllables stand in several cells, which some terminals count as fewer.
  private static func isIndic(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0900...0x0DFF, 0x0F00...0x109F, 0x1700...0x18AF, 0x1900...0x1AAF, 0x1B00...0x1C4F, 0xA800...0xA8FF,
      0xA900...0xA92F, 0xA930...0xA95F, 0xA980...0xAADF, 0xABC0...0xABFF, 0x11000...0x11FFF:
      true
    default: false
    }
  }
}
