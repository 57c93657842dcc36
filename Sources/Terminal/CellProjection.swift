// From our cells to those of ncurses, which hold one spacing character and at most four marks, and whose widths are the C
// library's. Where the two disagree a stand-in of our width is shown; what is copied and stored keeps the real character.

import CNCurses
import CSystem
import Display

/// Attributes and colours of every role, and what a terminal can show of a glyph.
struct CellProjection {
  /// Whether characters beyond ASCII can be sent at all.
  let isUTF8: Bool
  /// By role: a blank cell with the role's attributes and pair.
  private var templates: [cchar_t]
  /// By the bits of `TextAttributes`.
  private let attributes: [attr_t]

  /// A projection without colours; `adopt` follows.
  ///
  /// - Parameter hasStrikethrough: whether ncurses' blink means strikethrough, as in our own description.
  init(isUTF8: Bool, hasStrikethrough: Bool) {
    self.isUTF8 = isUTF8
    templates = Array(repeating: curses_cell(0, 0), count: 256)
    attributes = (0..<64).map { bits in
      let set = TextAttributes(rawValue: UInt8(bits))
      var value: attr_t = 0
      if set.contains(.bold) { value |= curses_attribute_bold() }
      if set.contains(.dim) { value |= curses_attribute_dim() }
      if set.contains(.italic) { value |= curses_attribute_italic() }
      if set.contains(.underline) { value |= curses_attribute_underline() }
      if set.contains(.reverse) { value |= curses_attribute_reverse() }
      if set.contains(.strikethrough), hasStrikethrough { value |= curses_attribute_blink() }
      return value
    }
  }

  /// Takes the styles of a theme. `pair` gives the number of two colours.
  mutating func adopt(_ theme: Theme, pair: (Color, Color) -> Int32) {
    for role in ThemeRole.allCases {
      let style = theme[role]
      templates[Int(role.rawValue)] = curses_cell(
        attributes[Int(style.attributes.rawValue & 63)], pair(style.foreground, style.background))
    }
  }

  /// Projects a span of cells that begins and ends with whole characters. `output` has room for as many cells.
  ///
  /// - Returns: how many ncurses cells were made.
  func project(
    _ cells: UnsafeBufferPointer<Cell>, glyphs: borrowing GlyphTable, into output: UnsafeMutablePointer<cchar_t>
  ) -> Int {
    var made = 0
    var index = 0
    templates.withUnsafeBufferPointer { templates in
      attributes.withUnsafeBufferPointer { attributes in
        while index < cells.count {
          let cell = cells[index]
          var target = templates[Int(cell.roleValue)]
          target.attr |= attributes[Int(cell.attributes.rawValue & 63)]
          let isWide = cell.width == 2 && index + 1 < cells.count && cells[index + 1].width == 0
          if cell.glyph >= 0x20, cell.glyph < 0x7F, !isWide {
            target.chars.0 = wchar_t(cell.glyph)
            output[made] = target
            made += 1
            index += 1
            continue
          }
          // Half of a wide character whose other half is not there is a blank.
          let isBroken = cell.width == 0 || (cell.width == 2 && !isWide)
          let shown = isBroken ? Shown(first: 0x20) : shown(cell.glyph, width: isWide ? 2 : 1, glyphs)
          shown.put(into: &target)
          output[made] = target
          made += 1
          if let second = shown.second {
            var other = templates[Int(cell.roleValue)]
            other.attr |= attributes[Int(cell.attributes.rawValue & 63)]
            other.chars.0 = wchar_t(second)
            output[made] = other
            made += 1
          }
          index += isWide ? 2 : 1
        }
      }
    }
    return made
  }

  /// What goes into the one or two columns of a character.
  struct Shown: Equatable {
    /// The spacing character.
    var first: UInt32
    /// Up to four marks upon it.
    var marks: [UInt32] = []
    /// A second character of one column, where two stand for one wide one.
    var second: UInt32?

    fileprivate func put(into cell: inout cchar_t) {
      cell.chars.0 = wchar_t(first)
      // CCHARW_MAX is 5.
      if marks.count > 0 { cell.chars.1 = wchar_t(marks[0]) }
      if marks.count > 1 { cell.chars.2 = wchar_t(marks[1]) }
      if marks.count > 2 { cell.chars.3 = wchar_t(marks[2]) }
      if marks.count > 3 { cell.chars.4 = wchar_t(marks[3]) }
    }
  }

  /// What is shown of a glyph that takes `width` columns in our layout.
  func shown(_ glyph: UInt32, width: Int, _ glyphs: borrowing GlyphTable) -> Shown {
    if !isUTF8 { return asciiStandIn(glyph, width: width, glyphs) }
    if glyph < GlyphTable.firstIndex {
      return single(glyph, width: width)
    }
    let scalars = glyphs.text(of: glyph).unicodeScalars.map(\.value)
    guard let base = scalars.first else { return standIn(width) }
    // The C library counts a flag as two letters, and terminals disagree about a lone one: its letters are shown.
    if scalars.count == 2, let pair = flagLetters(scalars[0], scalars[1]), width == 2 {
      return Shown(first: pair.0, second: pair.1)
    }
    var shown = single(base, width: width)
    if shown.first != base { return shown }
    for scalar in scalars.dropFirst() {
      // Variation selectors change widths in some terminals; joiners stand before what cannot be shown here.
      if (0xFE00...0xFE0F).contains(scalar) || scalar == 0x200D || scalar == 0x200C { continue }
      guard shown.marks.count < 4, system_character_width(scalar) == 0 else { break }
      shown.marks.append(scalar)
    }
    return shown
  }

  private func single(_ scalar: UInt32, width: Int) -> Shown {
    let known = Int(system_character_width(scalar))
    if known == width, known > 0 { return Shown(first: scalar) }
    // A narrow character that an emoji selector made wide: itself, and a blank.
    if known == 1, width == 2 { return Shown(first: scalar, second: 0x20) }
    return standIn(width)
  }

  private func standIn(_ width: Int) -> Shown {
    Shown(first: 0xFFFD, second: width == 2 ? 0x20 : nil)
  }

  private func flagLetters(_ first: UInt32, _ second: UInt32) -> (UInt32, UInt32)? {
    let indicators: ClosedRange<UInt32> = 0x1F1E6...0x1F1FF
    guard indicators.contains(first), indicators.contains(second) else { return nil }
    return (first - 0x1F1E6 + 0x41, second - 0x1F1E6 + 0x41)
  }

  /// For a locale that knows ASCII only: our own drawing characters become signs that are like them.
  private func asciiStandIn(_ glyph: UInt32, width: Int, _ glyphs: borrowing GlyphTable) -> Shown {
    let sign: UInt8 =
      switch glyph {
      case 0x20...0x7E: UInt8(glyph)
      case 0xA0: UInt8(ascii: " ")
      case 0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x254C, 0x2550, 0x2013, 0x2014, 0x2015: UInt8(ascii: "-")
      case 0x2502, 0x2503, 0x2506, 0x250A, 0x254E, 0x2551, 0x258F, 0x258E, 0x258D, 0x258C: UInt8(ascii: "|")
      case 0x250C...0x254B, 0x2552...0x2573: UInt8(ascii: "+")
      case 0x2580...0x259F, 0x25A0: UInt8(ascii: "#")
      case 0x2022, 0x00B7, 0x25CF, 0x25CB, 0x25C6, 0x2217: UInt8(ascii: "*")
      case 0x2018, 0x2019: UInt8(ascii: "'")
      case 0x201C, 0x201D: UInt8(ascii: "\"")
      case 0x2190, 0x25C0, 0x2039: UInt8(ascii: "<")
      case 0x2192, 0x25B6, 0x203A, 0x276F, 0x25B8: UInt8(ascii: ">")
      case 0x2191, 0x25B2: UInt8(ascii: "^")
      case 0x2193, 0x25BC: UInt8(ascii: "v")
      case 0x2026: UInt8(ascii: ".")
      case 0x2713, 0x2714: UInt8(ascii: "x")
      default: UInt8(ascii: "?")
      }
    return Shown(first: UInt32(sign), second: width == 2 ? 0x20 : nil)
  }
}
