// How theme files write colours, attributes and whole styles: `#82aaff bold`, `default on #22262e`, `bright-blue underline`.
// The words are here; the grammar, with its diagnostics, is Configuration's (`ThemeFile`).

extension Color {
  private static let ansi = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]

  /// The colours that have names.
  package static let names: [String] = ["default"] + ansi + ansi.map { "bright-\($0)" }

  /// `default`, `#rrggbb` or `#rgb`, a number of the 256-colour palette, or the name of one of the sixteen colours
  /// (`red`, `bright-red`; `grey` is `bright-black`). `nil` for anything else.
  package init?(notation: String) {
    if notation == "default" {
      self = .terminal
    } else if notation.hasPrefix("#") {
      let digits = notation.dropFirst()
      guard digits.utf8.count == 6 || digits.utf8.count == 3, digits.allSatisfy(\.isHexDigit),
        let value = UInt32(digits, radix: 16)
      else { return nil }
      if digits.utf8.count == 6 {
        self = .rgb(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
      } else {
        self = .rgb(UInt8(value >> 8 & 15) * 17, UInt8(value >> 4 & 15) * 17, UInt8(value & 15) * 17)
      }
    } else if notation.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt8(notation) {
      self = .palette(number)
    } else if notation == "grey" || notation == "gray" {
      self = .palette(8)
    } else {
      let isBright = notation.hasPrefix("bright-")
      guard let index = Self.ansi.firstIndex(of: isBright ? String(notation.dropFirst(7)) : notation) else {
        return nil
      }
      self = .palette(UInt8(index + (isBright ? 8 : 0)))
    }
  }

  /// The same notation back.
  package var notation: String {
    switch self {
    case .terminal: return "default"
    case .palette(let number) where number < 8: return Self.ansi[Int(number)]
    case .palette(let number) where number < 16: return "bright-" + Self.ansi[Int(number) - 8]
    case .palette(let number): return String(number)
    case .rgb(let red, let green, let blue):
      let value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
      let digits = String(value, radix: 16)
      return "#" + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
  }
}

extension TextAttributes {
  /// Every attribute with its name in theme files, in the order in which they are written.
  package static let named: [(name: String, attribute: TextAttributes)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline), ("strikethrough", .strikethrough),
    ("reverse", .reverse),
  ]

  /// The attribute of that name.
  package init?(notation: String) {
    guard let found = Self.named.first(where: { $0.name == notation }) else { return nil }
    self = found.attribute
  }
}

extension Style {
  /// `[foreground] [on background] [attribute …]`, as a theme file writes it.
  package var notation: String {
    var words = [foreground.notation]
    if background != .terminal { words += ["on", background.notation] }
    for (name, attribute) in TextAttributes.named where attributes.contains(attribute) { words.append(name) }
    return words.joined(separator: " ")
  }
}
