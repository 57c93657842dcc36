// Text on its way out: to the clipboard, into a file's name, to a browser.

import Testing

@testable import Display

@Suite struct ClipboardTextTests {
  /// Whether a scalar is what R8 keeps out of the clipboard, by the character database of the language.
  static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\n" && scalar != "\t"
    case .lineSeparator, .paragraphSeparator: true
    default:
      [0x061C, 0x200E, 0x200F].contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
    }
  }

  @Test(
    "Controls are left out and counted; tabs and line breaks stay",
    arguments: [
      ("", "", 0),
      ("plain text, with marks: e\u{301}", "plain text, with marks: e\u{301}", 0),
      ("a\tb\nc", "a\tb\nc", 0),
      ("a\r\nb\rc", "a\nb\nc", 0),
      ("\u{1B}[31mred\u{1B}[0m", "[31mred[0m", 2),
      ("\u{1B}]52;c;eA==\u{7}x", "]52;c;eA==x", 2),
      ("a\0b\u{7F}c\u{80}d\u{9B}31m\u{85}", "abcd31m", 5),
      ("if admin\u{202E}\u{2066} {", "if admin {", 2),
      ("x\u{200E}\u{200F}\u{61C}y", "xy", 3),
      ("rm\u{2028}-rf\u{2029}", "rm-rf", 2),
      ("hi\u{E0041}\u{E0042}\u{E007F}!", "hi!", 3),
      ("a\u{206A}b\u{FFF9}c", "abc", 2),
    ])
  func controls(text: String, clean: String, removed: Int) {
    #expect(ClipboardText.clean(text) == ClipboardText.Cleaned(text: clean, removed: removed))
  }

  @Test(
    "What scripts and emoji are made of stays, and what is only invisible does",
    arguments: [
      "👩‍👩‍👧‍👦 ✌🏽 ❤️ 🇩🇪", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "می‌خواهم", "क्‍ष",
      "zero\u{200B}width", "soft\u{AD}hyphen", "\u{FEFF}mark", "stray\u{FE0F}selector", "stray\u{200D}joiner",
      "Z" + String(repeating: "\u{301}", count: 50), "\u{FFFD}\u{FFFE}",
    ])
  func kept(text: String) {
    #expect(ClipboardText.clean(text) == ClipboardText.Cleaned(text: text, removed: 0))
  }

  @Test(
    "Whatever the text, nothing of it acts, and cleaning it twice gives the same", arguments: 0..<200 as Range<UInt64>)
  func anything(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let interesting: [UInt32] = [
      0, 7, 9, 0x0A, 0x0D, 0x1B, 0x41, 0x7F, 0x80, 0x85, 0x9F, 0xAD, 0x301, 0x61C, 0x200C, 0x200D, 0x200E, 0x2028,
      0x202E, 0x2066, 0xFE0F, 0xFFF9, 0x1F3F4, 0x1F468, 0xE0001, 0xE0067, 0xE007F, 0xE0100,
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<100 {
      let value =
        generator.next() & 3 == 0
        ? UInt32.random(in: 0...0x10FFFF, using: &generator)
        : interesting.randomElement(using: &generator) ?? 0
      if let scalar = Unicode.Scalar(value) { text.append(scalar) }
    }
    let cleaned = ClipboardText.clean(String(text))
    #expect(!cleaned.text.unicodeScalars.contains(where: Self.isControl))
    #expect(ClipboardText.clean(cleaned.text) == ClipboardText.Cleaned(text: cleaned.text, removed: 0))
  }
}

@Suite("Copied attacks", .disabled(if: Vectors.areMissing)) struct CopiedAttackTests {
  @Test("R8: no attack of the published list acts when it is pasted")
  func attacks() throws {
    let attacks = try Vectors.decode("terminal/escape-attacks.json", as: HostileTextTests.Attacks.self).cases
    #expect(attacks.count == 341)
    for attack in attacks {
      let copied = ClipboardText.clean(String(decoding: attack.bytes, as: UTF8.self))
      let name = "\(attack.id) \(attack.name)"
      #expect(!copied.text.unicodeScalars.contains(where: ClipboardTextTests.isControl), "\(name)")
      #expect(ClipboardText.clean(copied.text).removed == 0, "\(name)")
    }
  }
}

@Suite struct FileNameTests {
  @Test(
    "A name comes from the ID and what is harmless of the title",
    arguments: [
      (nil, "Sorting a list", "k7m2x9-Sorting-a-list.md"),
      ("swift", "Sorting", "k7m2x9-Sorting.swift"),
      ("python title=\"x\"", "", "k7m2x9.py"),
      ("Rust", "", "k7m2x9.rs"),
      ("../../etc/passwd", "", "k7m2x9.txt"),
      ("", "", "k7m2x9.txt"),
      (nil, "../../etc/passwd", "k7m2x9-etc-passwd.md"),
      (nil, "-rf .hidden", "k7m2x9-rf-hidden.md"),
      (nil, "a\u{1B}[31m\u{202E}b\0c\nd", "k7m2x9-a-31m-b-c-d.md"),
      (nil, "Größe: 5 µm — naïve", "k7m2x9-Größe-5-µm-naïve.md"),
      (nil, "日本語 の題", "k7m2x9-日本語-の題.md"),
      (nil, "❤️ \u{200D}\u{FE0F}", "k7m2x9.md"),
    ] as [(String?, String, String)])
  func names(language: String?, title: String, name: String) {
    #expect(FileName.suggested(for: language, title: title, id: "k7m2x9") == name)
  }

  @Test("No name is longer than 100 bytes, whatever it is made of")
  func length() {
    let name = FileName.suggested(for: "dockerfile", title: String(repeating: "ä日", count: 5_000), id: "k7m2x9")
    #expect(name.utf8.count <= 100 && name.utf8.count > 90)
    #expect(name.hasPrefix("k7m2x9-ä日") && name.hasSuffix(".dockerfile"))
    let other = FileName.suggested(
      for: nil, title: "x", id: String(repeating: "/", count: 50) + String(repeating: "i", count: 300))
    #expect(other == String(repeating: "i", count: 97) + ".md")
    #expect(FileName.suggested(for: nil, title: "", id: "..-") == "riffle.md")
  }
}

@Suite struct WebLinkTests {
  // RFC 3492, section 7.1, by its letters; and names that are in DNS.
  @Test(
    "Labels are encoded as RFC 3492 has it",
    arguments: [
      ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
      ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"), ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
      ("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
      ("PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
      ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"), ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"),
      ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"), ("パフィーdeルンバ", "de-jg4avhby1noc0d"),
      ("そのスピードで", "d9juau41awczczp"), ("-> $1.00 <-", "-> $1.00 <--"), ("bücher", "bcher-kva"), ("", ""),
      ("💩", "ls8h"),
    ])
  func punycode(label: String, encoded: String) {
    #expect(Punycode.encoded(label) == encoded)
  }

  @Test(
    "What is opened is ASCII, and its host is shown as DNS has it",
    arguments: [
      ("https://example.com", "https://example.com", "example.com"),
      ("HTTPS://Example.COM/A?b=c#d", "https://example.com/A?b=c#d", "example.com"),
      ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/", "127.0.0.1:8080"),
      ("http://[::1]:80/x", "http://[::1]:80/x", "[::1]:80"),
      // A Cyrillic а.
      ("https://\u{430}pple.com/login", "https://xn--pple-43d.com/login", "xn--pple-43d.com"),
      ("https://Bücher.example。com", "https://xn--bcher-kva.example.com", "xn--bcher-kva.example.com"),
      ("https://e.org/ä?q=日 ".filter { $0 != " " }, "https://e.org/%C3%A4?q=%E6%97%A5", "e.org"),
      ("https://e.org/$(id)`x`'\"|", "https://e.org/%24(id)%60x%60%27%22%7C", "e.org"),
      ("https://e.org./", "https://e.org./", "e.org."),
      ("https://e.org?x=@y", "https://e.org?x=@y", "e.org"),
      ("mailto:a@Bücher.example?subject=hi", "mailto:a@xn--bcher-kva.example?subject=hi", "a@xn--bcher-kva.example"),
      ("mailto:a@b.org,c@d.org", "mailto:a@b.org,c@d.org", "a@b.org,c@d.org"),
      ("mailto:?subject=x", "mailto:?subject=x", "a new mail"),
    ])
  func accepted(text: String, address: String, place: String) throws {
    let link = try WebLink.read(text).get()
    #expect([link.address, link.place] == [address, place])
    #expect(link.address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    #expect(WebLink.read(link.address) == .success(link))
  }

  @Test(
    "Anything else is refused with its reason",
    arguments: [
      ("", .scheme("")), ("example.com/x", .scheme("")), ("javascript:alert(1)", .scheme("javascript")),
      ("file:///etc/passwd", .scheme("file")), ("FTP://e.org", .scheme("ftp")), ("-x://e.org", .scheme("-x")),
      ("<b>:x", .scheme("")), ("http:/e.org", .noHost), ("http://", .noHost), ("http:///x", .noHost),
      ("https://good.com@evil.com", .userName), ("https://a:b@evil.com/", .userName),
      ("https://evil.com\\@good.com", .hiddenCharacter), ("https://e.org/a b", .hiddenCharacter),
      ("https://e.org/\u{1B}]0;x\u{7}", .hiddenCharacter), ("https://e.org/\n--help", .hiddenCharacter),
      ("https://moc.\u{202E}live", .hiddenCharacter), ("https://e\u{200B}.org", .hiddenCharacter),
      ("https://e.org:99999999", .badHost), ("https://e.org:8o", .badHost), ("https://a..b", .badHost),
      ("https://a%2Eb", .badHost), ("https://[::1", .badHost), ("https://[fe80::1%25eth0]/", .badHost),
      ("https://" + String(repeating: "a", count: 64) + ".org", .badHost), ("https://⁄.e.org;x", .badHost),
      ("https://e.org/" + String(repeating: "a", count: 9_000), .tooLong),
      ("mailto:nobody", .noHost), ("mailto:a@b.org?attach=/etc/passwd", .attachment),
      ("mailto:a@b.org?subject=x&%41ttachment=/x", .attachment),
    ] as [(String, LinkRefusal)])
  func refused(text: String, reason: LinkRefusal) {
    #expect(WebLink.read(text) == .failure(reason))
    #expect(!reason.words.isEmpty)
  }

  @Test("Any text is read without a trap, and what passes is harmless", arguments: 0..<200 as Range<UInt64>)
  func anything(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      "http://", "https://", "mailto:", "@", ":", "/", "?", "#", "[", "]", ".", "a", "ä", "日", "%41", "attach=", "&",
      "\u{202E}", " ", "\\", "xn--", "-", "99999", ",",
    ]
    let text = (0..<12).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    guard case .success(let link) = WebLink.read(text) else { return }
    #expect(["http://", "https://", "mailto:"].contains { link.address.hasPrefix($0) })
    #expect(link.address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
  }
}
