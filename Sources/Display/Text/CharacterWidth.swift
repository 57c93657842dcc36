// How many columns a character takes, by our own table, so that layout is the same on every machine. A terminal or C
// library that disagrees is the `Terminal` module's concern.

/// Widths in terminal columns.
package enum CharacterWidth {
  /// The columns of a scalar that stands alone in a cell: 1 or 2; 0 for marks, joiners and all that `Sanitizer` shows by
  /// number or as `^X`.
  package static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x7F { return value >= 0x20 ? 1 : 0 }
    if value < 0x300 { return value < 0xA0 || value == 0xAD ? 0 : 1 }
    return CharacterTable().properties(of: value).columns
  }

  /// The columns of a grapheme cluster as `Sanitizer` shows it, stand-ins included.
  ///
  /// Flags and emoji sequences take two, never the sum, also where a selector or a skin tone makes a narrow character an
  /// emoji; the spacing letters and vowel signs of an Indic cluster take a column each, as in terminals.
  package static func columns(of cluster: Character) -> Int {
    columns(of: String(cluster))
  }

  /// The columns of a text in one row, tabs at stops of eight.
  package static func columns(of text: String) -> Int {
    var text = text
    return text.withUTF8 { columns(of: $0, range: 0..<$0.count) }
  }

  /// The columns of a part of a row that begins at `startColumn`.
  package static func columns(
    of bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>, startColumn: Int = 0,
    tabWidth: Int = Sanitizer.tabWidth
  ) -> Int {
    let range = range.clamped(to: 0..<bytes.count)
    let scanner = TextUnitScanner(bytes: bytes, end: range.upperBound)
    let start = max(0, startColumn)
    var counter = ColumnCounter(column: start, tabWidth: max(1, tabWidth))
    var index = range.lowerBound
    while index < range.upperBound { index = scanner.unit(at: index, into: &counter).end }
    return counter.column - start
  }
}
