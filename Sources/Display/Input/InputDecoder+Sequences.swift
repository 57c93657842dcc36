// What finished sequences mean: xterm's control sequences ("XTerm Control Sequences", 2024), VT220 function keys, the
// kitty keyboard protocol, SGR mouse reports (mode 1006), and the replies to our own questions.

extension InputDecoder {
  /// A byte below 0x80 that is not ESC, as a key.
  static func chord(ofASCII byte: UInt8) -> KeyChord {
    switch byte {
    case 0x0D: KeyChord(.enter)
    case 0x09: KeyChord(.tab)
    case 0x7F: KeyChord(.backspace)
    case 0x08: KeyChord(.backspace, .control)
    case 0x1B: KeyChord(.escape)
    case 0x00: .control(" ")
    case 0x01...0x1A: .control(Unicode.Scalar(byte | 0x60))
    // Ctrl+\ Ctrl+] Ctrl+^ Ctrl+_
    case 0x1C...0x1F: .control(Unicode.Scalar(byte | 0x40))
    default: KeyChord(.character(Unicode.Scalar(byte)))
    }
  }

  /// Keys after ESC O: cursor keys and keypad in application mode, F1 to F4.
  static func singleShiftKey(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    case 0x4D: .enter
    case 0x50...0x53: .function(Int(byte - 0x4F))
    // Keypad: * + , - . / and digits are 0x40 above their characters, = is X.
    case 0x6A...0x79: .character(Unicode.Scalar(byte - 0x40))
    case 0x58: .character("=")
    default: nil
    }
  }

  /// OSC 11: `11;rgb:hhhh/hhhh/hhhh`, one to four digits each; also `rgba:` with an alpha that is not needed.
  static func reply(toOperatingSystemCommand contents: [UInt8]) -> TerminalReply? {
    let parts = contents.split(separator: 0x3B, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].elementsEqual("11".utf8) else { return nil }
    let specification = parts[1].split(separator: 0x3A, maxSplits: 1)
    guard specification.count == 2,
      specification[0].elementsEqual("rgb".utf8) || specification[0].elementsEqual("rgba".utf8)
    else { return nil }
    let channels = specification[1].split(separator: 0x2F, omittingEmptySubsequences: false).map(channel)
    guard channels.count == 3 || channels.count == 4 else { return nil }
    guard let red = channels[0], let green = channels[1], let blue = channels[2] else { return nil }
    return .background(red: red, green: green, blue: blue)
  }

  /// One to four hexadecimal digits, scaled to eight bits.
  private static func channel(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard (1...4).contains(digits.count) else { return nil }
    var value = 0
    var maximum = 0
    for digit in digits {
      let number: UInt8
      switch digit {
      case 0x30...0x39: number = digit - 0x30
      case 0x41...0x46, 0x61...0x66: number = (digit | 0x20) - 0x57
      default: return nil
      }
      value = value << 4 | Int(number)
      maximum = maximum << 4 | 15
    }
    return UInt8((value * 255 + maximum / 2) / maximum)
  }
}

/// A finished CSI sequence.
struct ControlSequence {
  /// `<`, `=`, `>`, `?` or none.
  private let prefix: UInt8?
  private let intermediates: [UInt8]
  /// Parameters with their sub-parameters; `nil` where nothing stands.
  private let parameters: [[Int?]]
  private let final: UInt8

  init(parameters bytes: [UInt8], final: UInt8) {
    self.final = final
    var bytes = bytes[...]
    prefix = bytes.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
    if prefix != nil { bytes = bytes.dropFirst() }
    let digits = bytes.prefix { $0 >= 0x30 }
    intermediates = Array(bytes[digits.endIndex...])
    let parts = digits.isEmpty ? [] : digits.split(separator: 0x3B, omittingEmptySubsequences: false)
    parameters = parts.map { $0.split(separator: 0x3A, omittingEmptySubsequences: false).map(Self.number) }
  }

  /// Numbers beyond any screen or code point are all the same to us.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = min(value * 10 + Int(digit - 0x30), 0xFF_FFFF)
    }
    return value
  }

  private func number(_ index: Int, sub: Int = 0) -> Int? {
    index < parameters.count && sub < parameters[index].count ? parameters[index][sub] : nil
  }

  private var isPlain: Bool { prefix == nil && intermediates.isEmpty }

  var isPasteStart: Bool { isPlain && final == 0x7E && number(0) == 200 }

  /// The event, or `nil` for one that means nothing to us.
  func event(isAlt: Bool) -> InputEvent? {
    guard isPlain else { return privateEvent }
    switch final {
    case 0x49 where parameters.isEmpty: return .focus(true)
    case 0x4F where parameters.isEmpty: return .focus(false)
    case 0x52 where isCursorPosition: return cursorPosition
    case 0x75: return keyboardEvent
    case 0x7E: return tildeEvent(isAlt: isAlt)
    case 0x5A: return key(.tab, adding: isAlt ? [.shift, .alt] : .shift)
    default: return letterKey.flatMap { key($0, adding: isAlt ? .alt : []) }
    }
  }

  // MARK: Keys

  private var letterKey: Key? {
    switch final {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    case 0x50...0x53: .function(Int(final - 0x4F))
    default: nil
    }
  }

  private func tildeEvent(isAlt: Bool) -> InputEvent? {
    guard let code = number(0) else { return nil }
    let added: KeyModifiers = isAlt ? .alt : []
    switch code {
    case 1, 7: return key(.home, adding: added)
    case 2: return key(.insert, adding: added)
    case 3: return key(.delete, adding: added)
    case 4, 8: return key(.end, adding: added)
    case 5: return key(.pageUp, adding: added)
    case 6: return key(.pageDown, adding: added)
    case 11...15: return key(.function(code - 10), adding: added)
    case 17...21: return key(.function(code - 11), adding: added)
    case 23...26: return key(.function(code - 12), adding: added)
    case 28, 29: return key(.function(code - 13), adding: added)
    case 31...34: return key(.function(code - 14), adding: added)
    // xterm's modifyOtherKeys: CSI 27 ; modifiers ; code ~
    case 27: return number(2).flatMap { character($0, shifted: nil, modifiers: modifiers(at: 1)) }
    default: return nil
    }
  }

  /// `CSI code:shifted:base ; modifiers:event ; text u`, https://sw.kovidgoyal.net/kitty/keyboard-protocol/
  private var keyboardEvent: InputEvent? {
    guard let code = number(0) else { return nil }
    return character(code, shifted: number(0, sub: 1), modifiers: modifiers(at: 1), isRelease: isRelease)
  }

  /// The third event type is the release of a key, which nobody asked for.
  private var isRelease: Bool { number(1, sub: 1) == 3 }

  private func key(_ key: Key, adding added: KeyModifiers) -> InputEvent? {
    isRelease ? nil : .key(KeyChord(key, modifiers(at: 1).union(added)))
  }

  /// One more than the sum of shift 1, alt 2, control 4; what lies above (super, locks) is not ours.
  private func modifiers(at index: Int) -> KeyModifiers {
    let bits = max(0, (number(index) ?? 1) - 1)
    var result: KeyModifiers = []
    if bits & 1 != 0 { result.insert(.shift) }
    if bits & 2 != 0 { result.insert(.alt) }
    if bits & 4 != 0 { result.insert(.control) }
    return result
  }

  private func character(
    _ code: Int, shifted: Int?, modifiers: KeyModifiers, isRelease: Bool = false
  ) -> InputEvent? {
    guard !isRelease else { return nil }
    if let key = Self.namedKey(code) { return .key(KeyChord(key, modifiers)) }
    if (57_344...63_743).contains(code) {
      guard let key = Self.functionalKey(code) else { return nil }
      var modifiers = modifiers
      if case .character = key { modifiers.remove(.shift) }
      return .key(KeyChord(key, modifiers))
    }
    guard var scalar = Unicode.Scalar(UInt32(code)), code >= 0x20, !(0x7F..<0xA0).contains(code) else { return nil }
    // The code is that of the key without shift; the case of the character tells that shift was held.
    if modifiers.contains(.shift) {
      if let shifted, let other = Unicode.Scalar(UInt32(shifted)), shifted >= 0x20 {
        scalar = other
      } else {
        let upper = scalar.properties.uppercaseMapping.unicodeScalars
        if upper.count == 1, let other = upper.first { scalar = other }
      }
    }
    return .key(KeyChord(.character(scalar), modifiers.subtracting(.shift)))
  }

  private static func namedKey(_ code: Int) -> Key? {
    switch code {
    case 13: .enter
    case 9: .tab
    case 8, 127: .backspace
    case 27: .escape
    default: nil
    }
  }

  /// The private-use codes of the kitty protocol for keys without a character.
  private static func functionalKey(_ code: Int) -> Key? {
    switch code {
    case 57_376...57_398: return .function(code - 57_376 + 13)
    case 57_399...57_408: return .character(Unicode.Scalar(UInt8(0x30 + code - 57_399)))
    case 57_409...57_413:
      return [.character("."), .character("/"), .character("*"), .character("-"), .character("+")][code - 57_409]
    case 57_414: return .enter
    case 57_415: return .character("=")
    case 57_416: return .character(",")
    case 57_417: return .left
    case 57_418: return .right
    case 57_419: return .up
    case 57_420: return .down
    case 57_421: return .pageUp
    case 57_422: return .pageDown
    case 57_423: return .home
    case 57_424: return .end
    case 57_425: return .insert
    case 57_426: return .delete
    default: return nil
    }
  }

  // MARK: Mouse and replies

  private var privateEvent: InputEvent? {
    switch (prefix, intermediates, final) {
    case (0x3C, [], 0x4D), (0x3C, [], 0x6D): return mouseEvent
    case (0x3F, [], 0x75): return number(0).map { .reply(.keyboardFlags($0)) }
    case (0x3F, [], 0x63): return .reply(.deviceAttributes)
    case (0x3F, [], 0x52): return cursorPosition
    case (0x3F, [], 0x6E): return colorScheme
    case (0x3F, [0x24], 0x79), (nil, [0x24], 0x79):
      guard let mode = number(0), let state = number(1) else { return nil }
      return .reply(.mode(number: mode, state: state))
    default: return nil
    }
  }

  /// `CSI ? 997 ; 1 n` is dark, `; 2 n` light.
  private var colorScheme: InputEvent? {
    guard parameters.count == 2, number(0) == 997 else { return nil }
    switch number(1) {
    case 1: return .reply(.colorScheme(.dark))
    case 2: return .reply(.colorScheme(.light))
    default: return nil
    }
  }

  /// `CSI 1 ; m R` with m from 2 to 8 is F3 with modifiers, though a cursor in the first row would say the same.
  private var isCursorPosition: Bool {
    guard parameters.count == 2, let row = number(0), let column = number(1) else { return false }
    return row != 1 || !(2...8).contains(column)
  }

  private var cursorPosition: InputEvent? {
    guard let row = number(0), let column = number(1), row > 0, column > 0 else { return nil }
    return .reply(.cursorPosition(row: row, column: column))
  }

  /// `CSI < buttons ; column ; row M` for a press or move, `m` for a release. Buttons: 0 to 2, with 4 shift, 8 alt,
  /// 16 control, 32 moved, 64 wheel.
  private var mouseEvent: InputEvent? {
    guard parameters.count == 3, let code = number(0), let column = number(1), let row = number(2) else { return nil }
    guard column > 0, row > 0, code < 128 else { return nil }
    var modifiers: KeyModifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    let button = code & 3
    let kind: MouseEvent.Kind
    switch (isWheel: code & 64 != 0, isMove: code & 32 != 0, isPress: final == 0x4D) {
    case (true, _, true) where button == 0: kind = .scrollUp
    case (true, _, true) where button == 1: kind = .scrollDown
    case (false, true, true) where button < 3: kind = .drag
    case (false, false, true) where button < 3: kind = .press(button: button + 1)
    case (false, _, false): kind = .release
    default: return nil
    }
    return .mouse(MouseEvent(kind: kind, position: Point(x: column - 1, y: row - 1), modifiers: modifiers))
  }
}
