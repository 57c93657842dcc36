import Display
import Testing

@Suite("Input")
struct InputDecoderTests {
  /// The events of some bytes, and of a silence behind them if asked for.
  private func events(_ bytes: [UInt8], timeouts: Int = 0, keyboardProtocol: Bool = false) -> [InputEvent] {
    var decoder = InputDecoder()
    decoder.keyboardProtocolActive = keyboardProtocol
    var result = decoder.push(bytes)
    for _ in 0..<timeouts { result += decoder.timeout() }
    return result
  }

  private func events(_ text: String, timeouts: Int = 0, keyboardProtocol: Bool = false) -> [InputEvent] {
    events(Array(text.utf8), timeouts: timeouts, keyboardProtocol: keyboardProtocol)
  }

  private func key(_ key: Key, _ modifiers: KeyModifiers = []) -> InputEvent { .key(KeyChord(key, modifiers)) }

  @Test(
    "Characters and controls",
    arguments: [
      ("aZ ", [KeyChord(.character("a")), KeyChord(.character("Z")), KeyChord(.character(" "))]),
      ("é漢👍", [KeyChord(.character("é")), KeyChord(.character("漢")), KeyChord(.character("👍"))]),
      ("\r\n\t", [KeyChord(.enter), .control("j"), KeyChord(.tab)]),
      ("\u{7F}\u{8}", [KeyChord(.backspace), KeyChord(.backspace, .control)]),
      ("\u{0}\u{1}\u{1A}", [.control(" "), .control("a"), .control("z")]),
      ("\u{1C}\u{1D}\u{1E}\u{1F}", [.control("\\"), .control("]"), .control("^"), .control("_")]),
      ("\u{1B}a\u{1B}A\u{1B}é", [.alt("a"), .alt("A"), .alt("é")]),
      (
        "\u{1B}\r\u{1B}\u{7F}\u{1B}\u{1}",
        [KeyChord(.enter, .alt), KeyChord(.backspace, .alt), KeyChord(.character("a"), [.control, .alt])]
      ),
    ] as [(String, [KeyChord])])
  func characters(text: String, chords: [KeyChord]) {
    #expect(events(text) == chords.map(InputEvent.key))
  }

  @Test(
    "Keys with a sequence",
    arguments: [
      ("[A", KeyChord(.up)), ("[B", KeyChord(.down)), ("[C", KeyChord(.right)), ("[D", KeyChord(.left)),
      ("[H", KeyChord(.home)),
      ("[F", KeyChord(.end)), ("OA", KeyChord(.up)), ("OH", KeyChord(.home)), ("OP", KeyChord(.function(1))),
      ("OS", KeyChord(.function(4))),
      ("OM", KeyChord(.enter)), ("Oj", KeyChord(.character("*"))), ("Oy", KeyChord(.character("9"))),
      ("OX", KeyChord(.character("="))),
      ("[1;5A", KeyChord(.up, .control)), ("[1;2D", KeyChord(.left, .shift)), ("[1;3C", KeyChord(.right, .alt)),
      ("[1;8H", KeyChord(.home, [.shift, .alt, .control])),
      ("[1;5P", KeyChord(.function(1), .control)), ("[1;2R", KeyChord(.function(3), .shift)),
      ("O5P", KeyChord(.function(1))),
      ("[1~", KeyChord(.home)), ("[2~", KeyChord(.insert)), ("[3~", KeyChord(.delete)), ("[4~", KeyChord(.end)),
      ("[5~", KeyChord(.pageUp)), ("[6~", KeyChord(.pageDown)),
      ("[7~", KeyChord(.home)), ("[8~", KeyChord(.end)), ("[3;5~", KeyChord(.delete, .control)),
      ("[11~", KeyChord(.function(1))), ("[15~", KeyChord(.function(5))),
      ("[17~", KeyChord(.function(6))), ("[21~", KeyChord(.function(10))), ("[23~", KeyChord(.function(11))),
      ("[24;2~", KeyChord(.function(12), .shift)),
      ("[25~", KeyChord(.function(13))), ("[29~", KeyChord(.function(16))), ("[34~", KeyChord(.function(20))),
      ("[Z", KeyChord(.tab, .shift)),
      ("[[A", KeyChord(.function(1))), ("[[E", KeyChord(.function(5))), ("\u{1B}[A", KeyChord(.up, .alt)),
      ("\u{1B}OA", KeyChord(.up, .alt)), ("\u{1B}[3~", KeyChord(.delete, .alt)),
      ("[27;5;105~", .control("i")), ("[27;2;13~", KeyChord(.enter, .shift)), ("[27;6;65~", .control("A")),
      ("[27;5;9~", KeyChord(.tab, .control)),
      ("[97;5u", .control("a")), ("[97;6u", .control("A")), ("[97;3u", .alt("a")), ("[97;4u", .alt("A")),
      ("[97:65;4u", .alt("A")), ("[49:33;4u", .alt("!")),
      ("[13;2u", KeyChord(.enter, .shift)), ("[13;5u", KeyChord(.enter, .control)), ("[9;2u", KeyChord(.tab, .shift)),
      ("[127;3u", KeyChord(.backspace, .alt)), ("[27u", KeyChord(.escape)),
      ("[32;5u", .control(" ")), ("[91;3u", .alt("[")), ("[106;5:1u", .control("j")), ("[57414u", KeyChord(.enter)),
      ("[57400u", KeyChord(.character("1"))),
      ("[57419;5u", KeyChord(.up, .control)), ("[57376u", KeyChord(.function(13))),
      ("[1;5:2A", KeyChord(.up, .control)), ("[97;133u", .control("a")),
    ] as [(String, KeyChord)])
  func sequences(text: String, chord: KeyChord) {
    #expect(events("\u{1B}" + text) == [.key(chord)])
    #expect(events("\u{1B}" + text + "x") == [.key(chord), key(.character("x"))])
  }

  @Test(
    "What means nothing vanishes whole",
    arguments: [
      "[97;5:3u", "[1;5:3A", "[57358u", "[99999999999999999999u", "[99999999999999999999;99999999999~", "[200000~",
      "[>0;276;0c", "[?1$z", "[0n", "[?997n", "[?997;0n", "[?997;3n", "[?997;1;1n", "[?996;1n", "[997;1n", "[?997:1n",
      "[?997;1$n", "[8;24;80t", "[!p", "[ q", "[E", "[G", "Oz", "[<0;1M", "[<0;0;0M",
      "[<35;4;5M", "[<66;4;5M", "[<128;4;5M", "[<0;4;5;6M", "[M !!", "[32;4;5M", "]0;title\u{7}", "]11;?\u{1B}\\",
      "]52;c;eA==\u{7}", "P1$r0m\u{1B}\\", "P>|xterm(1)\u{1B}\\",
      "_Gi=1;OK\u{1B}\\", "[[Z", "[201~", "[;;;;u", "[:u", "[-1u", "[55296u", "[1114112u", "[128u",
    ])
  func silence(text: String) {
    #expect(events("\u{1B}" + text + "x") == [key(.character("x"))])
  }

  @Test(
    "Replies, focus and mouse",
    arguments: [
      ("]11;rgb:1e1e/2222/ffff\u{7}", InputEvent.reply(.background(red: 0x1E, green: 0x22, blue: 0xFF))),
      ("]11;rgb:1E/22/ff\u{1B}\\", .reply(.background(red: 0x1E, green: 0x22, blue: 0xFF))),
      ("]11;rgb:f/0/8\u{7}", .reply(.background(red: 255, green: 0, blue: 136))),
      ("]11;rgba:0000/8080/ffff/ffff\u{7}", .reply(.background(red: 0, green: 128, blue: 255))),
      ("[?2026;2$y", .reply(.mode(number: 2026, state: 2))), ("[?1u", .reply(.keyboardFlags(1))),
      ("[?997;1n", .reply(.colorScheme(.dark))), ("[?997;2n", .reply(.colorScheme(.light))),
      ("[?62;22c", .reply(.deviceAttributes)), ("[?6c", .reply(.deviceAttributes)),
      ("[12;40R", .reply(.cursorPosition(row: 12, column: 40))), ("[1;1R", .reply(.cursorPosition(row: 1, column: 1))),
      ("[?1;3R", .reply(.cursorPosition(row: 1, column: 3))),
      ("[I", .focus(true)), ("[O", .focus(false)),
      ("[<0;10;5M", .mouse(MouseEvent(kind: .press(button: 1), position: Point(x: 9, y: 4)))),
      ("[<0;10;5m", .mouse(MouseEvent(kind: .release, position: Point(x: 9, y: 4)))),
      ("[<2;1;1M", .mouse(MouseEvent(kind: .press(button: 3), position: Point(x: 0, y: 0)))),
      ("[<32;3;4M", .mouse(MouseEvent(kind: .drag, position: Point(x: 2, y: 3)))),
      ("[<64;3;4M", .mouse(MouseEvent(kind: .scrollUp, position: Point(x: 2, y: 3)))),
      ("[<65;300;400M", .mouse(MouseEvent(kind: .scrollDown, position: Point(x: 299, y: 399)))),
      (
        "[<20;3;4M",
        .mouse(MouseEvent(kind: .press(button: 1), position: Point(x: 2, y: 3), modifiers: [.shift, .control]))
      ),
    ] as [(String, InputEvent)])
  func reports(text: String, event: InputEvent) {
    #expect(events("\u{1B}" + text) == [event])
  }

  @Test("The reply about flags switches the keyboard protocol")
  func keyboardFlags() {
    var decoder = InputDecoder()
    _ = decoder.push(Array("\u{1B}[?1u".utf8))
    #expect(decoder.keyboardProtocolActive)
    _ = decoder.push(Array("\u{1B}[?0u".utf8))
    #expect(!decoder.keyboardProtocolActive)
  }

  @Test("A lone escape byte becomes the key in silence, and only then")
  func escape() {
    var decoder = InputDecoder()
    #expect(decoder.push([0x1B]) == [])
    #expect(decoder.hasPendingEscape)
    #expect(decoder.timeout() == [key(.escape)])
    #expect(!decoder.hasPendingEscape)
    #expect(decoder.timeout() == [])
    #expect(decoder.push([0x1B]) + decoder.push([0x5B]) + decoder.push([0x41]) == [key(.up)])
    #expect(!decoder.hasPendingEscape)
  }

  @Test("Escapes in a row, and openings with nothing behind them")
  func openings() {
    #expect(events("\u{1B}\u{1B}", timeouts: 1) == [key(.escape), key(.escape)])
    #expect(events("\u{1B}\u{1B}\u{1B}", timeouts: 1) == [key(.escape), key(.escape), key(.escape)])
    #expect(events("\u{1B}\u{1B}a") == [key(.escape), .key(.alt("a"))])
    #expect(events("\u{1B}[", timeouts: 1) == [.key(.alt("["))])
    #expect(events("\u{1B}O", timeouts: 1) == [.key(.alt("O"))])
    #expect(events("\u{1B}O1", timeouts: 1) == [.key(.alt("O")), key(.character("1"))])
    #expect(events("\u{1B}]", timeouts: 1) == [.key(.alt("]"))])
    #expect(events("\u{1B}P", timeouts: 1) == [.key(.alt("P"))])
    #expect(events("\u{1B}_", timeouts: 1) == [.key(.alt("_"))])
    #expect(
      events("\u{1B}]a\u{1B}Px\u{1B}_y") == [
        .key(.alt("]")), key(.character("a")), .key(.alt("P")), key(.character("x")), .key(.alt("_")),
        key(.character("y")),
      ])
    #expect(events("\u{1B}[", timeouts: 2, keyboardProtocol: true) == [])
    #expect(events("\u{1B}", timeouts: 1, keyboardProtocol: true) == [key(.escape)])
  }

  @Test("T10: a sequence that never ends is dropped, and nothing of it is typed")
  func unended() {
    for opening in ["\u{1B}[", "\u{1B}[?", "\u{1B}]11;", "\u{1B}P1", "\u{1B}_G"] {
      var decoder = InputDecoder()
      var found = decoder.push(Array(opening.utf8))
      for _ in 0..<16 { found += decoder.push([UInt8](repeating: 0x31, count: 65_536)) }
      #expect(found == [], "\(opening.dropFirst())")
      #expect(decoder.hasPendingEscape)
      #expect(decoder.timeout() + decoder.timeout() == [])
      #expect(!decoder.hasPendingEscape)
      #expect(decoder.push([0x78]) == [key(.character("x"))])
    }
    // One silence may be a slow line.
    var decoder = InputDecoder()
    #expect(
      decoder.push(Array("\u{1B}[1;".utf8)) + decoder.timeout() + decoder.push(Array("5A".utf8)) == [key(.up, .control)]
    )
    // Something new ends it at once.
    #expect(events("\u{1B}[1;\u{1B}[A") == [key(.up)])
    #expect(events("\u{1B}]11;rgb\u{1B}[A") == [key(.up)])
    #expect(events("\u{1B}[1;\r") == [key(.enter)])
    #expect(events("\u{1B}[1;é") == [key(.character("é"))])
  }

  @Test("Ill-formed bytes are typed as replacement characters, two-byte controls not at all")
  func invalid() {
    let replacement = key(.character("\u{FFFD}"))
    #expect(events([0xFF, 0x61]) == [replacement, key(.character("a"))])
    #expect(events([0xE6, 0xBC, 0x61]) == [replacement, key(.character("a"))])
    #expect(events([0xE6, 0xBC, 0x1B, 0x5B, 0x41]) == [replacement, key(.up)])
    #expect(events([0xE6, 0xBC], timeouts: 1) == [])
    #expect(events([0xE6, 0xBC], timeouts: 2) == [replacement])
    #expect(events([0xC2, 0x9B, 0x61]) == [key(.character("a"))])
  }

  private func paste(_ text: String) -> [UInt8] { Array("\u{1B}[200~\(text)\u{1B}[201~".utf8) }

  @Test(
    "A paste is text, whatever is in it",
    arguments: [
      ("hello", "hello"), ("", ""), ("a\r\nb\rc\nd\r\r\n", "a\nb\nc\nd\n\n"),
      ("\u{1B}[A\u{1B}[C\u{3}\u{4}\u{1A}", "\u{1B}[A\u{1B}[C\u{3}\u{4}\u{1A}"),
      ("\u{1B}[<0;10;10M", "\u{1B}[<0;10;10M"), ("a\u{1B}[200~b", "a\u{1B}[200~b"), ("é漢👍\t", "é漢👍\t"),
      ("\u{1B}[201\u{1B}[20", "\u{1B}[201\u{1B}[20"),
    ])
  func pastes(text: String, expected: String) {
    #expect(events(paste(text)) == [.paste(expected)])
    #expect(events(paste(text) + Array("x".utf8), timeouts: 1) == [.paste(expected), key(.character("x"))])
    #expect(events(paste(text) + paste("2")) == [.paste(expected), .paste("2")])
  }

  @Test("Ill-formed bytes in a paste are repaired")
  func invalidPaste() {
    #expect(
      events(Array("\u{1B}[200~a".utf8) + [0xFF, 0xE6, 0xBC] + Array("b\u{1B}[201~".utf8)) == [
        .paste("a\u{FFFD}\u{FFFD}b")
      ])
  }

  @Test("T9: an end mark inside a paste turns nothing behind it into keys")
  func embeddedEnd() {
    let hostile = paste("first line\u{1B}[201~\rsecond line\r")
    for cut in 0...hostile.count {
      var decoder = InputDecoder()
      let found = decoder.push(Array(hostile[..<cut])) + decoder.push(Array(hostile[cut...])) + decoder.timeout()
      #expect(found == [.paste("first line"), .paste("\nsecond line\n")], "cut at \(cut)")
    }
  }

  @Test("A silence does not end a paste, and keys behind one come after it")
  func pasteAndTime() {
    var decoder = InputDecoder()
    #expect(decoder.push(Array("\u{1B}[200~ab".utf8)) == [])
    #expect(!decoder.hasPendingEscape)
    #expect(decoder.timeout() + decoder.timeout() == [])
    #expect(decoder.push(Array("c\u{1B}[20".utf8)) + decoder.timeout() == [])
    #expect(decoder.push(Array("1~d\u{1B}".utf8)) == [.paste("abc")])
    #expect(decoder.hasPendingEscape)
    #expect(decoder.timeout() == [key(.character("d"))])
    #expect(decoder.timeout() == [key(.escape)])
  }

  @Test("T9: ten megabytes of paste arrive whole, in time in proportion to their size")
  func hugePaste() {
    let block = Array("line of text with \u{1B}[31m and \r\n".utf8)
    var decoder = InputDecoder()
    var found = decoder.push(Array("\u{1B}[200~".utf8))
    let chunk = Array((0..<(65_536 / block.count)).map { _ in block }.joined())
    var size = 0
    while size < 10 << 20 {
      found += decoder.push(chunk)
      size += chunk.count
    }
    found += decoder.push(Array("\u{1B}[201~".utf8))
    #expect(found.count == 1)
    guard case .paste(let text)? = found.first else {
      Issue.record("no paste")
      return
    }
    #expect(text.utf8.count == size - size / block.count)
  }

  /// Everything at once, and what it means.
  private static let session: [UInt8] =
    Array("aé漢\u{1B}[1;5A\u{1B}OP\u{1B}x\u{1B}[97;6u\u{1B}[<0;10;5M\u{1B}[I\u{1B}]11;rgb:11/22/33\u{1B}\\".utf8)
    + Array("\u{1B}[?2026;1$y\u{1B}[?997;2n\u{1B}[?62c\r\u{1B}\u{1B}[B\u{1B}[200~p\r\n\u{1B}[A\u{1B}[201~".utf8) + [
      0xFF, 0x7A,
    ]

  @Test("However the bytes are cut, the events are the same")
  func everySplit() {
    let session = Self.session
    let whole = events(session, timeouts: 1)
    #expect(whole.count == 18)
    for cut in 0...session.count {
      var decoder = InputDecoder()
      let found = decoder.push(Array(session[..<cut])) + decoder.push(Array(session[cut...])) + decoder.timeout()
      #expect(found == whole, "cut at \(cut)")
    }
    var decoder = InputDecoder()
    var found: [InputEvent] = []
    for byte in session { found += decoder.push([byte]) }
    #expect(found + decoder.timeout() == whole)
  }

  @Test("Any bytes in any pieces: no trap, the same events, an end to waiting", arguments: 0..<40 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var generator = SeededGenerator(seed: 6_000 + seed)
    let pieces =
      [
        "\u{1B}", "[", "]", "O", "P", "M", "<", "?", "0", "1", ";", ":", "~", "u", "R", "c", "$", "y", "\u{7}", "\\",
        "a", "é", "\r", "\u{1B}[200~", "\u{1B}[201~", "11;rgb:", "?997;1n",
      ]
      .map { Array($0.utf8) } + [[0xFF], [0xE6], [0x9B], [0x18]]
    for _ in 0..<80 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 1..<40, using: &generator) { bytes += pieces.randomElement(using: &generator) ?? [] }
      var whole = InputDecoder()
      let expected = whole.push(bytes)
      var cut = InputDecoder()
      var found: [InputEvent] = []
      var index = 0
      while index < bytes.count {
        let next = min(bytes.count, index + Int.random(in: 1...7, using: &generator))
        found += cut.push(Array(bytes[index..<next]))
        index = next
      }
      #expect(found == expected, "seed \(6_000 + seed): \(bytes)")
      #expect(cut.hasPendingEscape == whole.hasPendingEscape, "seed \(6_000 + seed): \(bytes)")
      for _ in 0..<4 { #expect(cut.timeout() == whole.timeout(), "seed \(6_000 + seed): \(bytes)") }
      #expect(!whole.hasPendingEscape, "seed \(6_000 + seed): \(bytes)")
    }
  }
}
