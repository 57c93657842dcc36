// From our cells to those of ncurses, which hold one spacing character and at most four marks, and whose widths are the C
// library's. What does not fit travels as a `ClusterStandIn` where the terminal takes no more columns for it than we count;
// elsewhere something of known width is shown. What is copied and stored keeps the real character.

import CNCurses
import CSystem
import Display

/// Attributes and colours of every role, and what a terminal can show of a glyph.
struct CellProjection {
  /// Whether characters beyond ASCII can be sent at all.
  let isUTF8: Bool
  /// What is sent for the characters that terminals differ in.
  private let widths: TerminalWidths
  /// Whether `FrameOutput` sees the bytes and puts real text back.
  private let restores: Bool
  /// By role: a blank cell with the role's attributes and pair.
  private var templates: [cchar_t]
  /// By the bits of `TextAttributes`.
  private let attributes: [attr_t]

  /// A projection without colours; `adopt` follows.
  ///
  /// - Parameter isOwnDescription: whether ncurses drives the terminal by our own description: its blink means
  ///   strikethrough, and `FrameOutput` puts real text back for stand-ins.
  init(isUTF8: Bool, isOwnDescription: Bool, widths: TerminalWidths = TerminalWidths(.other)) {
    self.isUTF8 = isUTF8
    self.widths = widths
    restores = isOwnDescription
    templates = Array(repeating: curses_cell(0, 0), count: 256)
    attributes = (0..<64).map { bits in
      let set = TextAttributes(rawValue: UInt8(bits))
      var value: attr_t = 0
      if set.contains(.bold) { value |= curses_attribute_bold() }
      if set.contains(.dim) { value |= curses_attribute_dim() }
      if set.contains(.italic) { value |= curses_attribute_italic() }
      if set.contains(.underline) { value |= curses_attribute_underline() }
      if set.contains(.reverse) { value |= curses_attribute_reverse() }
      if set.contains(.strikethrough), isOwnDescription { value |= curses_attribute_blink() }
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
  /// - Parameter column: where the span begins in its row.
  /// - Returns: how many ncurses cells were made.
  func project(
    _ cells: UnsafeBufferPointer<Cell>, column: Int, glyphs: borrowing GlyphTable,
    into output: UnsafeMutablePointer<cchar_t>
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
          let shown =
            isBroken
            ? Shown(first: 0x20) : shown(cell.glyph, width: isWide ? 2 : 1, column: column + index, glyphs)
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

  /// What is shown of a glyph that takes `width` columns in our layout and stands at `column`.
  func shown(_ glyph: UInt32, width: Int, column: Int, _ glyphs: borrowing GlyphTable) -> Shown {
    if !isUTF8 { return asciiStandIn(glyph, width: width, glyphs) }
    if glyph < GlyphTable.firstIndex { return single(glyph, width: width, column: column) }
    let scalars = glyphs.text(of: glyph).unicodeScalars.map(\.value)
    guard let base = scalars.first else { return standIn(width) }
    let kind = ClusterKind(ofCluster: scalars)
    if widths.treatment(of: kind) == .whole, let whole = whole(glyph, width, column),
      scalars.allSatisfy(Self.isHarmless)
    {
      return whole
    }
    return reduced(scalars, base: base, kind, width: width, column: column)
  }

  private func single(_ scalar: UInt32, width: Int, column: Int) -> Shown {
    let known = Int(system_character_width(scalar))
    if known == width, known > 0 {
      guard !widths.treatsKnownPlainly, scalar >= 0x300, let kind = ClusterKind(ofKnown: scalar, width: width) else {
        return Shown(first: scalar)
      }
      switch widths.treatment(of: kind) {
      case .plain: return Shown(first: scalar)
      case .whole: return whole(scalar, width, column) ?? Shown(first: scalar)
      case .reduced: return standIn(width)
      }
    }
    // A narrow character that a selector, a skin tone or a joiner made wide: itself, and a blank.
    if known == 1, width == 2 { return Shown(first: scalar, second: 0x20) }
    // The table of our layout knows it, though the C library does not.
    if let value = Unicode.Scalar(scalar), CharacterWidth.columns(of: value) == width,
      widths.treatment(of: ClusterKind(ofNew: scalar, width: width)) == .whole,
      let whole = whole(scalar, width, column)
    {
      return whole
    }
    return standIn(width)
  }

  /// A stand-in for which the real text is sent; nil where it cannot be.
  private func whole(_ glyph: UInt32, _ width: Int, _ column: Int) -> Shown? {
    guard restores, column <= ClusterStandIn.maximumColumn,
      glyph < GlyphTable.firstIndex + UInt32(GlyphTable.capacity)
    else { return nil }
    return Shown(
      first: width == 2 ? ClusterStandIn.wideBase : ClusterStandIn.narrowBase,
      marks: ClusterStandIn.marks(glyph: glyph, column: column))
  }

  /// What is like a cluster and fits into a cell of ncurses.
  private func reduced(_ scalars: [UInt32], base: UInt32, _ kind: ClusterKind, width: Int, column: Int) -> Shown {
    // The C library counts a flag as two letters, and terminals disagree about a lone one: its letters are shown.
    if scalars.count == 2, let pair = flagLetters(scalars[0], scalars[1]), width == 2 {
      return Shown(first: pair.0, second: pair.1)
    }
    let isTooWide = widths.treatment(of: kind) == .reduced
    if isTooWide, let letter = kind == .jamo ? Self.syllable(scalars) : kind == .kana ? Self.kana(scalars) : nil {
      return single(letter, width: width, column: column)
    }
    var shown = single(base, width: width, column: column)
    if shown.first != base { return shown }
    // Where the terminal gives marks columns of their own, there is no room for them.
    if isTooWide, kind == .marks || kind == .kana || kind == .jamo { return shown }
    for scalar in scalars.dropFirst() {
      // Selectors change widths in some terminals; joiners stand before what cannot be shown here; tags are no marks.
      if (0xFE00...0xFE0F).contains(scalar) || scalar == 0x200D || scalar == 0x200C { continue }
      if scalar == 0x20E3, widths.treatment(of: .marks) == .reduced { continue }
      guard shown.marks.count < 4, scalar < 0xE0000, system_character_width(scalar) == 0 else { break }
      shown.marks.append(scalar)
    }
    return shown
  }

  /// The syllable that Hangul letters make (Unicode 17, section 3.12); nil for letters of another time.
  private static func syllable(_ scalars: [UInt32]) -> UInt32? {
    guard scalars.count == 2 || scalars.count == 3, (0x1100...0x1112).contains(scalars[0]),
      (0x1161...0x1175).contains(scalars[1])
    else { return nil }
    let last = scalars.count == 3 ? scalars[2] : 0x11A7
    guard scalars.count == 2 || (0x11A8...0x11C2).contains(last) else { return nil }
    return 0xAC00 + ((scalars[0] - 0x1100) * 21 + scalars[1] - 0x1161) * 28 + last - 0x11A7
  }

  /// The voiced letter that stands one behind its kana, the half-voiced two (the block of Unicode 17); nil for others.
  private static func kana(_ scalars: [UInt32]) -> UInt32? {
    guard scalars.count == 2, (0x3041..<0x3100).contains(scalars[0]) else { return nil }
    let hiragana = scalars[0] < 0x30A0 ? scalars[0] : scalars[0] - 0x60
    switch (hiragana, scalars[1]) {
    case (0x304B...0x3061, 0x3099) where hiragana & 1 == 1: return scalars[0] + 1
    case (0x3064, 0x3099), (0x3066, 0x3099), (0x3068, 0x3099): return scalars[0] + 1
    case (0x306F...0x307B, 0x3099) where hiragana % 3 == 0: return scalars[0] + 1
    case (0x306F...0x307B, 0x309A) where hiragana % 3 == 0: return scalars[0] + 2
    default: return nil
    }
  }

  /// No control of any kind: cells are made by `Sanitizer`, and this is the last place to notice one that was not.
  private static func isHarmless(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F: false
    default: true
    }
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
