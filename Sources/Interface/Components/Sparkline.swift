// A row of bars, one column a value: U+2581 to U+2588.

import Display

/// Draws numbers as bars.
enum Sparkline {
  private static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One cell for each of the last `columns` values; the highest is a full bar, zero is a blank.
  static func cells(_ values: [UInt32], columns: Int, role: ThemeRole) -> [Cell] {
    let shown = values.suffix(max(0, columns))
    guard let highest = shown.max(), highest > 0 else { return shown.map { _ in .blank(role) } }
    return shown.map { value in
      value == 0 ? .blank(role) : Cell(bars[min(7, Int(value) * 8 / (Int(highest) + 1))], role: role)
    }
  }
}
