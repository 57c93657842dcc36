// TeX formulas as readable text. Not a type setter: what TeX would draw above and below is written one after the other,
// as people write formulas in a message.

/// Formulas in Unicode.
package enum MathText {
  /// A formula without its delimiters, as one line of readable text: `\frac{a}{b}` is `a/b`, `x_i^2` is `xᵢ²`. What is
  /// not understood stays as it is written.
  ///
  /// The result is UTF-8 without controls, and at most a fixed multiple of the formula.
  /// - Complexity: linear in the formula, whatever is nested in it.
  package static func readable(_ formula: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var parser = MathParser(formula)
    return parser.formula().trimmed.utf8
  }

  /// A formula that stands by itself, one line for each of its rows: `\\` in `aligned`, `gather` and the like separates
  /// them, and so it does in a matrix or in cases that are all of the formula, which are drawn with tall brackets.
  /// A formula without rows is one line.
  ///
  /// - Complexity: as `readable`.
  package static func lines(_ formula: UnsafeBufferPointer<UInt8>) -> [[UInt8]] {
    var parser = MathParser(formula)
    let rows = parser.rows().map { $0.trimmed.utf8 }.filter { !$0.isEmpty }
    return rows.isEmpty ? [[]] : rows
  }
}
