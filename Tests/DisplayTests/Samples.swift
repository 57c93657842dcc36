// Texts and shorthands that several suites use.

import Display

/// Text of cells: glyphs joined, the right halves of wide cells left out.
func text(of cells: [Cell], _ glyphs: GlyphTable) -> String {
  cells.filter { $0.width > 0 }.map { glyphs.text(of: $0.glyph) }.joined()
}

/// Cells of bytes, drawn as one row.
func cells(
  of bytes: [UInt8], range: Range<Int>? = nil, tabWidth: Int = 8, glyphs: inout GlyphTable
) -> [Cell] {
  var result: [Cell] = []
  bytes.withUnsafeBufferPointer {
    Sanitizer.appendCells(
      of: $0, range: range ?? 0..<$0.count, role: .text, glyphs: &glyphs, tabWidth: tabWidth, into: &result)
  }
  return result
}

func rows(
  of bytes: [UInt8], range: Range<Int>? = nil, columns: Int, mode: WrapMode = .words, tabWidth: Int = 8
) -> [TextRow] {
  var result: [TextRow] = []
  bytes.withUnsafeBufferPointer {
    LineWrapper.wrap(
      bytes: $0, range: range ?? 0..<$0.count, columns: columns, mode: mode, tabWidth: tabWidth, into: &result)
  }
  return result
}

/// What the rows of a text show, one string a row.
func wrapped(_ text: String, columns: Int, mode: WrapMode = .words) -> [String] {
  let bytes = Array(text.utf8)
  return rows(of: bytes, columns: columns, mode: mode).map { String(decoding: bytes[$0.range], as: UTF8.self) }
}

/// Pieces of which random texts are made: everything that width, clusters and breaks depend on.
let hostilePieces: [[UInt8]] =
  [
    "a", "b", "word", "well-known", "-x", " ", " ", "  ", "\t", ",", ".", "(", ")", "0", "42", "é", "e\u{301}",
    "\u{301}",
    "\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}", "漢", "字", "、", "。", "「", "」", "한국", "\u{1112}\u{1161}\u{11AB}",
    "\u{1161}", "क", "्", "ि", "क्षि", "ः", "م", "ی", "\u{200C}", "\u{200D}", "👨", "👩🏽", "🏽", "❤\u{FE0F}", "\u{FE0F}",
    "👨‍👩‍👧", "🇫", "🇷", "🏴", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "\u{E0067}", "\u{E0062}",
    "\u{202E}", "\u{200B}", "\u{AD}", "\u{1B}[31m", "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{E0100}", "\u{600}",
    "\u{A0}",
    "\u{2014}", "\u{3000}", "\u{FFFE}", "…", "“", "”", "ﾊﾟ", "\u{10FFFF}",
  ].map { Array($0.utf8) } + [[0xFF], [0x80], [0xE2, 0x82], [0xC0, 0x9B], [0xED, 0xA0, 0x80], [0xF0, 0x9F], [0xF0]]

func randomText(pieces count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
  var result: [UInt8] = []
  for _ in 0..<count {
    // Runs of ASCII take another path than single characters.
    if Int.random(in: 0..<4, using: &generator) == 0 {
      result += Array("the quick brown fox jumps over it".utf8.prefix(Int.random(in: 1...33, using: &generator)))
    } else {
      result += hostilePieces.randomElement(using: &generator) ?? []
    }
  }
  return result
}
