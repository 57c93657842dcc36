// What a program does to a terminal behind the picture: modes, titles, clipboard writes, questions. Reads the same bytes as
// the emulator, which forgets or does not know these.

/// A record of control functions, in the order they came.
package struct TerminalRecord: Sendable {
  /// A question of the program that a terminal may answer.
  package enum Question: Equatable, Sendable {
    /// `CSI c`.
    case deviceAttributes
    /// `CSI ? n $ p`.
    case mode(Int)
    /// `CSI ? u`.
    case keyboardFlags
    /// `OSC 11 ; ?`.
    case background
    /// `CSI ? 996 n`.
    case colorScheme
    /// `CSI 6 n`.
    case cursorPosition
    /// `CSI > q` (XTVERSION).
    case version
  }

  /// DEC private modes that are on. Of those that are on by default (7 wraparound, 25 cursor) the negative number, if off.
  package private(set) var modes: Set<Int> = []
  /// Modes set (`+2004`) and reset (`-2004`), in order; `+kitty` and `-kitty` for the keyboard protocol.
  package private(set) var modeLog: [String] = []
  /// How many levels of the kitty keyboard protocol are pushed.
  package private(set) var keyboardLevels = 0
  /// Bodies of OSC sequences, such as `2;title` or `52;c;aGVsbG8=`.
  package private(set) var commands: [String] = []
  package private(set) var questions: [Question] = []
  package private(set) var bells = 0
  /// Values of DECSCUSR (`CSI n SP q`).
  package private(set) var cursorShapes: [Int] = []
  /// Bodies of DCS, APC, PM and SOS sequences: riffle sends none.
  package private(set) var strings: [String] = []

  /// The last window title; nil if none was set.
  package var title: String? {
    commands.last { $0.hasPrefix("2;") || $0.hasPrefix("0;") }.map { String($0.dropFirst(2)) }
  }

  /// What was written to the clipboard, in Base64.
  package var clipboard: [String] {
    commands.filter { $0.hasPrefix("52;") }.compactMap {
      $0.split(separator: ";", omittingEmptySubsequences: false).last
    }
    .map(String.init)
  }

  private enum State: Sendable { case ground, escape, control, string(UInt8), stringEscape(UInt8) }
  private var state = State.ground
  private var body: [UInt8] = []

  package init() {}

  /// Reads on; cut anywhere.
  package mutating func take(_ bytes: [UInt8]) {
    for byte in bytes { take(byte) }
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .ground:
      if byte == 0x1B { state = .escape } else if byte == 7 { bells += 1 }
    case .escape:
      body = []
      switch byte {
      case UInt8(ascii: "["): state = .control
      case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
        state = .string(byte)
      case 0x20...0x2F: break
      default: state = .ground
      }
    case .control:
      if byte == 0x1B {
        state = .escape
      } else if byte >= 0x40, byte <= 0x7E {
        state = .ground
        finishControl(byte)
      } else {
        body.append(byte)
      }
    case .string(let kind):
      if byte == 0x1B {
        state = .stringEscape(kind)
      } else if byte == 7, kind == UInt8(ascii: "]") {
        finishString(kind)
      } else {
        body.append(byte)
      }
    case .stringEscape(let kind):
      finishString(kind)
      if byte != UInt8(ascii: "\\") {
        state = .escape
        take(byte)
      }
    }
  }

  private mutating func finishString(_ kind: UInt8) {
    state = .ground
    let text = String(decoding: body, as: UTF8.self)
    guard kind == UInt8(ascii: "]") else {
      strings.append(text)
      return
    }
    commands.append(text)
    if text == "11;?" { questions.append(.background) }
  }

  private mutating func finishControl(_ final: UInt8) {
    let text = String(decoding: body, as: UTF8.self)
    let numbers = text.filter { $0.isNumber || $0 == ";" }.split(separator: ";").compactMap { Int($0) }
    switch (final, text.first) {
    case (UInt8(ascii: "h"), "?"):
      for number in numbers {
        modeLog.append("+\(number)")
        if number == 25 || number == 7 { modes.remove(-number) } else { modes.insert(number) }
      }
    case (UInt8(ascii: "l"), "?"):
      for number in numbers {
        modeLog.append("-\(number)")
        if number == 25 || number == 7 { modes.insert(-number) } else { modes.remove(number) }
      }
    case (UInt8(ascii: "u"), ">"):
      keyboardLevels += 1
      modeLog.append("+kitty")
    case (UInt8(ascii: "u"), "<"):
      keyboardLevels -= max(numbers.first ?? 1, 1)
      modeLog.append("-kitty")
    case (UInt8(ascii: "u"), "?"): questions.append(.keyboardFlags)
    case (UInt8(ascii: "c"), nil), (UInt8(ascii: "c"), "0"): questions.append(.deviceAttributes)
    case (UInt8(ascii: "p"), "?") where text.hasSuffix("$"): questions.append(.mode(numbers.first ?? 0))
    case (UInt8(ascii: "n"), "6"): questions.append(.cursorPosition)
    case (UInt8(ascii: "n"), "?") where numbers == [996]: questions.append(.colorScheme)
    case (UInt8(ascii: "q"), ">"): questions.append(.version)
    case (UInt8(ascii: "q"), _) where text.hasSuffix(" "): cursorShapes.append(numbers.first ?? 0)
    default: break
    }
  }
}
