// TeX formulas as readable text.

/// Formulas in Unicode.
package enum MathText {
  /// A formula without its delimiters, as one line of readable text; what is not understood stays as it is written.
  package static func readable(_ formula: UnsafeBufferPointer<UInt8>) -> [UInt8] { Array(formula) }
}
