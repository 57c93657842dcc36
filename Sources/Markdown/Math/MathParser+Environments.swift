// Matrices, cases and aligned rows.

extension MathParser {
  /// The environment that begins here, row by row and cell by cell; `nil` if none does.
  mutating func environment() -> (MathEnvironment, [[MathLine]])? {
    guard isNext("\\begin"), depth < Self.deepest else { return nil }
    let start = index
    index += 6
    guard let name = name() else {
      index = start
      return nil
    }
    let kind = MathEnvironment(name)
    skipBracketed()
    if kind.takesArgument, peek() == "{" {
      index += 1
      _ = nested { $0.sequence(.brace).0 }
    }
    depth += 1
    defer { depth -= 1 }
    var table: [[MathLine]] = [[]]
    reading: while true {
      let (cell, end) = sequence(.table)
      table[table.count - 1].append(cell.trimmed)
      switch end {
      case .cell: continue
      case .row: table.append([])
      default: break reading
      }
    }
    while let last = table.last, last.allSatisfy(\.isEmpty), table.count > 1 { table.removeLast() }
    return (kind, table)
  }

  /// A table in one line.
  static func written(_ table: [[MathLine]], _ kind: MathEnvironment) -> MathLine {
    if kind.isAligned { return joined(table.map { joined($0, by: "") }, by: "; ") }
    // Blanks within the cells would look like new cells.
    let hasBlanks = table.contains { $0.contains { $0.scalars.contains(" ") } }
    let rows = table.map { row in
      kind == .cases
        ? joined(row.filter { !$0.isEmpty }, by: ", ", withoutDoubling: true)
        : joined(row, by: hasBlanks ? ", " : " ")
    }
    var line = MathLine()
    line.put(kind.brackets.0)
    line.put(joined(rows, by: "; "))
    line.put(kind.brackets.1)
    return line
  }

  /// A table in a line for each row, with brackets in pieces and columns under each other.
  static func drawn(
    _ table: [[MathLine]], _ kind: MathEnvironment, before: MathLine, after: MathLine
  ) -> [MathLine] {
    let widest = widestColumn
    // What stands beside it stands beside the row in the middle.
    let middle = (table.count - 1) / 2
    let indent = [Unicode.Scalar](repeating: " ", count: before.width)
    var widths: [Int] = []
    for row in table {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], min(cell.width, widest))
      }
    }
    widths = Array(widths.prefix(widest))
    return table.enumerated().map { number, row in
      var text = number == middle ? before.scalars : indent
      let (left, right) = kind.pieces(row: number, of: table.count)
      text.append(contentsOf: left.unicodeScalars)
      for (column, cell) in row.enumerated() {
        if column > 0 { text.append(contentsOf: "  ".unicodeScalars) }
        text.append(contentsOf: cell.scalars)
        guard column < widths.count, column + 1 < row.count || !right.isEmpty else { continue }
        for _ in 0..<max(0, widths[column] - cell.width) { text.append(" ") }
      }
      text.append(contentsOf: right.unicodeScalars)
      var line = MathLine(text)
      guard number == middle, let first = after.scalars.first else { return line }
      if !".,;:".unicodeScalars.contains(first) { line.space() }
      line.put(after)
      return line
    }
  }

  static func joined(
    _ parts: [MathLine], by separator: String, withoutDoubling: Bool = false
  ) -> MathLine {
    var line = MathLine()
    for part in parts {
      if !separator.isEmpty, !line.isEmpty, !part.isEmpty || !withoutDoubling {
        line.trimEnd()
        let isSeparated = withoutDoubling && line.scalars.last == ","
        if isSeparated { line.space() } else { line.put(separator) }
      } else if separator.isEmpty, let first = part.scalars.first, !first.isMathBase, !line.isEmpty {
        line.space()
        // `x &=1`: the sign gets its blanks although the source has none.
        if first == "=", part.scalars.count > 1 {
          line.putRelation("=")
          line.put(MathLine(part.scalars.dropFirst()))
          continue
        }
      }
      line.put(part)
    }
    return line
  }
}

/// What an environment draws around its rows.
enum MathEnvironment {
  case aligned, array, parentheses, brackets, braces, bars, doubleBars, cases

  init(_ name: String) {
    switch name {
    case "pmatrix", "pmatrix*": self = .parentheses
    case "matrix", "bmatrix", "bmatrix*", "smallmatrix", "matrix*": self = .brackets
    case "array", "tabular": self = .array
    case "Bmatrix": self = .braces
    case "vmatrix", "vmatrix*": self = .bars
    case "Vmatrix": self = .doubleBars
    case "cases", "dcases", "rcases", "cases*": self = .cases
    default: self = .aligned
    }
  }

  /// Whether its rows are formulas, one under the other.
  var isAligned: Bool { self == .aligned }

  var takesArgument: Bool { self == .array }

  var brackets: (String, String) {
    switch self {
    case .aligned: ("", "")
    case .array, .brackets: ("[", "]")
    case .parentheses: ("(", ")")
    case .braces: ("{", "}")
    case .cases: ("{", "}")
    case .bars: ("|", "|")
    case .doubleBars: ("‖", "‖")
    }
  }

  /// The brackets beside one of several rows.
  func pieces(row: Int, of count: Int) -> (String, String) {
    guard count > 1 else { return self == .cases ? ("{", "") : brackets }
    let place = row == 0 ? 0 : row == count - 1 ? 2 : 1
    switch self {
    case .aligned: return ("", "")
    case .array, .brackets: return (["⎡", "⎢", "⎣"][place], ["⎤", "⎥", "⎦"][place])
    case .parentheses: return (["⎛", "⎜", "⎝"][place], ["⎞", "⎟", "⎠"][place])
    case .braces: return (["⎧", "⎨", "⎩"][place], ["⎫", "⎬", "⎭"][place])
    case .cases: return (["⎧ ", "⎨ ", "⎩ "][place], "")
    case .bars: return ("|", "|")
    case .doubleBars: return ("‖", "‖")
    }
  }
}
