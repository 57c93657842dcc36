// Reads TeX's mathematics, well-formed or not, into lines of text. Recursive, to a fixed depth: what is nested deeper is
// taken as if its braces were not there.

/// A reader of one formula. Used once.
struct MathParser {
  /// What ends a sequence besides the end of the formula.
  struct Stops: OptionSet {
    let rawValue: Int

    static let brace = Stops(rawValue: 1)
    static let bracket = Stops(rawValue: 2)
    static let table = Stops(rawValue: 4)
    /// A matrix or cases.
    static let drawing = Stops(rawValue: 8)
  }

  /// What has ended one.
  enum End {
    case formula, brace, bracket, cell, row, environment, drawing
  }

  private static let deepest = 32
  /// One wide cell would make every row wide: a column beyond this is not lined up, so that rows stay in proportion.
  private static let widestColumn = 40

  private let input: [Unicode.Scalar]
  private(set) var index = 0
  private var depth = 0
  /// Text is read rather than mathematics.
  private var isText = false

  init(_ formula: UnsafeBufferPointer<UInt8>) {
    input = Array(String(decoding: formula, as: UTF8.self).unicodeScalars)
  }

  /// All of the formula in one line.
  mutating func formula() -> MathLine {
    Self.joined(topRows(), by: "; ")
  }

  /// The formula in lines.
  mutating func rows() -> [MathLine] {
    skipBlanks()
    skipWrapper()
    let start = index
    if isNext("\\begin"), nextEnvironment?.isAligned == true, let (_, table) = environment() {
      let rows = table.map { Self.joined($0, by: "") }
      if isAtEnd { return rows }
    } else {
      let (before, end) = sequence(.drawing)
      if end == .drawing, before.width <= Self.widestColumn, let (kind, table) = environment() {
        let (after, end) = sequence([])
        if end == .formula { return Self.drawn(table, kind, before: before, after: after) }
      }
    }
    index = start
    return topRows()
  }

  /// Passes the beginning of an environment that only says where the formula stands; its end is passed over anyway.
  private mutating func skipWrapper() {
    let start = index
    guard isNext("\\begin") else { return }
    index += 6
    switch name() {
    case "equation", "equation*", "displaymath", "math": skipBlanks()
    default: index = start
    }
  }

  /// The kind of the environment whose `\begin` stands next.
  private var nextEnvironment: MathEnvironment? {
    var reader = self
    reader.index += 6
    return reader.name().map(MathEnvironment.init)
  }

  /// Whether nothing but marks and ends follows.
  private var isAtEnd: Bool {
    mutating get {
      while let next = peek() {
        if next.isMathBlank || next == "." || next == "," {
          index += 1
        } else if isNext("\\end") {
          index += 4
          _ = name()
        } else {
          return false
        }
      }
      return true
    }
  }

  private mutating func topRows() -> [MathLine] {
    var rows: [MathLine] = []
    while true {
      let (line, end) = sequence([])
      rows.append(line)
      if end != .row { return rows }
    }
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    index + offset < input.count ? input[index + offset] : nil
  }

  private mutating func skipBlanks() {
    while let next = peek(), next.properties.isWhitespace { index += 1 }
  }

  private mutating func sequence(_ stops: Stops) -> (MathLine, End) {
    var line = MathLine()
    var pending: (MathLine, MathCommand)?
    var end = End.formula
    reading: while let scalar = peek() {
      switch scalar {
      case "{":
        index += 1
        if depth < Self.deepest { line.put(nested { $0.sequence(.brace).0 }) }
      case "}":
        index += 1
        if stops.contains(.brace) {
          end = .brace
          break reading
        }
      case "]" where stops.contains(.bracket):
        index += 1
        end = .bracket
        break reading
      case "&" where stops.contains(.table):
        index += 1
        end = .cell
        break reading
      case "\\":
        if peek(1) == "\\" {
          readRowEnd()
          // Within braces there are no rows.
          if stops.isDisjoint(with: [.brace, .bracket]) {
            end = .row
            break reading
          }
          line.trimEnd()
          line.put("; ")
          continue
        }
        if stops.contains(.drawing), isNext("\\begin"), nextEnvironment?.isAligned == false {
          end = .drawing
          break reading
        }
        if let ending = environmentEnd(stops) {
          end = ending
          break reading
        }
        if let fraction = readCommand(into: &line) {
          // Of several in one group the first holds, as the others have no meaning.
          if pending == nil {
            pending = (line, fraction)
            line = MathLine()
          }
        }
      default: readScalar(scalar, into: &line)
      }
    }
    if let (above, command) = pending {
      var whole = MathLine()
      put(above.trimmed, over: line.trimmed, as: command, into: &whole)
      line = whole
    }
    return (line, end)
  }

  private mutating func nested(_ read: (inout MathParser) -> MathLine) -> MathLine {
    depth += 1
    defer { depth -= 1 }
    return read(&self)
  }

  private mutating func readScalar(_ scalar: Unicode.Scalar, into line: inout MathLine) {
    index += 1
    switch scalar {
    case "^" where !isText, "_" where !isText: readScript(isSuper: scalar == "^", into: &line)
    case "'" where !isText:
      var count = 1
      while peek() == "'", count < 4 {
        index += 1
        count += 1
      }
      line.put(["′", "″", "‴", "⁗"][count - 1])
    case "&", "$": break
    case "~": line.space()
    default:
      if scalar.isMathBlank { readBlank(into: &line) } else { line.put(scalar) }
    }
  }

  private mutating func readBlank(into line: inout MathLine) {
    skipBlanks()
    // A number and the Greek letter behind it are one product, however the source is spaced.
    if !isText, let last = line.scalars.last, ("0"..."9").contains(last), peek() == "\\", case .symbol? = nextCommand {
      return
    }
    line.space()
  }

  /// The meaning of the command that stands next.
  private var nextCommand: MathCommand? {
    guard peek() == "\\" else { return nil }
    var length = 1
    while let next = peek(length), next.isASCIILetter, length < 24 { length += 1 }
    return MathSymbols.command(String(String.UnicodeScalarView(input[(index + 1)..<(index + length)])))
  }

  private mutating func readScript(isSuper: Bool, into line: inout MathLine) {
    guard let script = argument() else { return line.put(isSuper ? "^" : "_") }
    line.putScript(script.trimmed, isSuper: isSuper)
  }

  /// `\\` with what belongs to it.
  private mutating func readRowEnd() {
    index += 2
    if peek() == "*" { index += 1 }
    skipBracketed()
  }

  /// An environment's end at the backslash; `nil` if something else stands there.
  private mutating func environmentEnd(_ stops: Stops) -> End? {
    guard stops.contains(.table), isNext("\\end") else { return nil }
    index += 4
    _ = name()
    return .environment
  }

  private func isNext(_ text: String) -> Bool {
    var offset = 0
    for scalar in text.unicodeScalars {
      guard peek(offset) == scalar else { return false }
      offset += 1
    }
    return !(peek(offset)?.isASCIILetter ?? false)
  }

  /// Passes `[2pt]` and the like.
  private mutating func skipBracketed() {
    guard peek() == "[" else { return }
    var length = 1
    while let next = peek(length), next != "]", length < 16 { length += 1 }
    if peek(length) == "]" { index += length + 1 }
  }

  /// A name in braces, at most 24 letters.
  private mutating func name() -> String? {
    guard peek() == "{" else { return nil }
    var length = 1
    while let next = peek(length), next.isASCIILetter || next == "*", length <= 24 { length += 1 }
    guard peek(length) == "}" else { return nil }
    let name = String(String.UnicodeScalarView(input[(index + 1)..<(index + length)]))
    index += length + 1
    return name
  }

  /// What a command or a script takes: a group, a command with what that takes, or one character. `nil` at the end.
  private mutating func argument() -> MathLine? {
    skipBlanks()
    guard let scalar = peek(), scalar != "}", scalar != "&" else { return nil }
    guard depth < Self.deepest else {
      index += 1
      return MathLine([scalar])
    }
    if scalar == "{" {
      index += 1
      return nested { $0.sequence(.brace).0 }
    }
    if scalar == "\\" {
      guard peek(1) != "\\", !isNext("\\end") else { return nil }
      return nested { parser in
        var line = MathLine()
        _ = parser.readCommand(into: &line)
        return line
      }
    }
    var line = MathLine()
    index += 1
    if !scalar.isMathBlank { line.put(scalar == "'" ? "′" : scalar) }
    return line
  }

  private mutating func bracketedArgument() -> MathLine? {
    skipBlanks()
    guard peek() == "[", depth < Self.deepest else { return nil }
    index += 1
    return nested { $0.sequence([.bracket, .brace]).0.trimmed }
  }
}

// MARK: - Commands

extension MathParser {
  /// Reads the command at the backslash. Gives it back if it splits the group it stands in.
  private mutating func readCommand(into line: inout MathLine) -> MathCommand? {
    let start = index
    index += 1
    guard let first = peek() else {
      line.put("\\")
      return nil
    }
    index += 1
    if first.isASCIILetter {
      while let next = peek(), next.isASCIILetter { index += 1 }
      if peek() == "*" { index += 1 }
    }
    var name = String(String.UnicodeScalarView(input[(start + 1)..<index]))
    if first.isMathBlank {
      line.space()
      return nil
    }
    var command = MathSymbols.command(name)
    if command == nil, name.last == "*", name.count > 1 {
      name.removeLast()
      command = MathSymbols.command(name)
      // The star of `\alpha*` is one of its own.
      if case .operatorName? = command {} else { index -= 1 }
    }
    guard let command else {
      readUnknown(name, from: start, into: &line)
      return nil
    }
    return read(command, name, into: &line)
  }

  private mutating func read(_ command: MathCommand, _ name: String, into line: inout MathLine) -> MathCommand? {
    switch command {
    case .symbol(let sign):
      if name.first == "r", sign == "|" || sign == "‖" { line.trimEnd() }
      line.put(sign)
      if name == "lvert" || name == "lVert" { skipBlanks() }
      if sign.unicodeScalars.allSatisfy(\.isMathBase), sign != "…", sign != "⋯" { skipBlanksBeforeLetter() }
    case .prefix(let sign):
      line.put(sign)
      if !isText { skipBlanks() }
    case .binary(let sign):
      if sign == "mod" { line.space() }
      if peek() == "}" || peek() == nil, sign != "mod" { line.put(sign) } else { line.putBinary(sign) }
      skipBlanks()
    case .relation(let sign):
      line.putRelation(sign)
      skipBlanks()
    case .operation(let sign):
      line.putOperation(sign)
      skipBlanksBeforeScript()
    case .word(let name):
      line.putWord(name)
      skipBlanksBeforeScript()
    case .space: line.space()
    case .over, .choose: return command
    case .dropped(let count):
      for _ in 0..<count { _ = argument() }
      skipBlanks()
    case .delimiter:
      skipBlanks()
      if name.last == "t" && name != "left" || name.last == "r" { line.trimEnd() }
      if peek() == "." { index += 1 }
    default: readArguments(of: command, name, into: &line)
    }
    return nil
  }

  private mutating func readArguments(of command: MathCommand, _ name: String, into line: inout MathLine) {
    if case .text = command { return readText(into: &line) }
    let option = takesOption(command) ? bracketedArgument() : nil
    guard let argument = argument() else {
      line.put("\\" + name)
      if let option { line.put(MathLine(["["] + option.scalars)) }
      return
    }
    switch command {
    case .accent(let mark, let onEach): put(argument.trimmed, mark: mark, onEach: onEach, name, into: &line)
    case .alphabet(let alphabet):
      line.put(MathLine(argument.scalars.map { MathScripts.letter($0, in: alphabet) }))
    case .operatorName: line.putWord(argument.trimmed.text)
    case .fraction, .binomial:
      put(argument.trimmed, over: self.argument()?.trimmed ?? MathLine(), as: command, into: &line)
    case .root: put(rootOf: argument.trimmed, option, into: &line)
    case .stacked(let isAbove):
      line.put((self.argument() ?? MathLine()))
      line.putScript(argument.trimmed, isSuper: isAbove)
    case .arrow(let sign):
      line.putRelation(sign)
      line.putScript(argument.trimmed, isSuper: true)
      line.space()
    case .modulus:
      line.space()
      line.put("(mod ")
      line.put(argument.trimmed)
      line.put(")")
    case .tag:
      line.space()
      line.put("(")
      line.put(argument.trimmed)
      line.put(")")
    case .not: putCrossed(argument, into: &line)
    default:
      let hasScript = name.hasSuffix("brace") && (peek() == "_" || peek() == "^")
      line.put(argument.inParentheses(hasScript && MathShape(argument) == .sum))
    }
  }

  private func takesOption(_ command: MathCommand) -> Bool {
    switch command {
    case .root, .arrow: true
    default: false
    }
  }

  /// A command that is not known, with its groups, as it is written.
  private mutating func readUnknown(_ name: String, from start: Int, into line: inout MathLine) {
    if name == "begin", depth < Self.deepest {
      index = start
      if let (kind, table) = environment() { return line.put(Self.written(table, kind)) }
      index = start + 6
    } else if name == "end" {
      _ = self.name()
      return
    }
    line.put("\\" + String(name.unicodeScalars.filter { !$0.isMathBlank && !$0.isMathControl }))
    while peek() == "{", depth < Self.deepest {
      index += 1
      line.put("{")
      line.put(nested { $0.sequence(.brace).0.trimmed })
      line.put("}")
    }
  }

  private mutating func readText(into line: inout MathLine) {
    let outer = isText
    isText = true
    let text = argument() ?? MathLine()
    isText = outer
    // A word by itself is no product of its letters.
    let isAlone = line.isEmpty
    line.put(text)
    line.isWord = isAlone
  }

  /// Blanks behind a command end its name and mean nothing before a letter.
  private mutating func skipBlanksBeforeLetter() {
    guard !isText else { return }
    var length = 0
    while let next = peek(length), next.isMathBlank { length += 1 }
    if let next = peek(length), next.isASCIILetter || next == "^" || next == "_" { index += length }
  }

  private mutating func skipBlanksBeforeScript() {
    var length = 0
    while let next = peek(length), next.isMathBlank { length += 1 }
    if let next = peek(length), next == "^" || next == "_" { index += length }
    // Where the limits stand is nothing for one line.
    if isNext("\\limits") { index += 7 } else if isNext("\\nolimits") { index += 9 }
  }

  private func put(_ above: MathLine, over below: MathLine, as command: MathCommand, into line: inout MathLine) {
    switch command {
    case .choose, .binomial:
      line.put("C(")
      line.put(above)
      line.put(", ")
      line.put(below)
      line.put(")")
    default:
      if let short = MathScripts.fraction(above.scalars, below.scalars) { return line.put(short) }
      var fraction = MathLine()
      fraction.put(above.inParentheses(MathShape(above) == .sum || above.scalars.contains("/")))
      fraction.put("/")
      fraction.put(below.inParentheses(!below.isWord && MathShape(below) != .atom || below.scalars.contains("/")))
      line.putFraction(fraction)
    }
  }

  private func put(rootOf radicand: MathLine, _ degree: MathLine?, into line: inout MathLine) {
    switch degree?.text {
    case nil, "", "2": line.put("√")
    case "3": line.put("∛")
    case "4": line.put("∜")
    default:
      line.putScript(degree ?? MathLine(), isSuper: true)
      line.put("√")
    }
    line.put(radicand.inParentheses(MathShape(radicand) != .atom))
  }

  private func put(
    _ base: MathLine, mark: Unicode.Scalar, onEach: Bool, _ name: String, into line: inout MathLine
  ) {
    let isSingle = base.scalars.dropFirst().allSatisfy { $0.properties.generalCategory == .nonspacingMark }
    let isPlain = base.scalars.allSatisfy { $0.isMathBase }
    if !base.isEmpty, isSingle || onEach && isPlain || isPlain && base.scalars.count == 2 && mark == "\u{20D7}" {
      var marked: [Unicode.Scalar] = []
      for (index, scalar) in base.scalars.enumerated() {
        marked.append(scalar == "ı" ? "i" : scalar == "ȷ" ? "j" : scalar)
        if !isSingle || index == base.scalars.count - 1 { marked.append(mark) }
      }
      line.put(MathLine(marked))
    } else {
      line.putWord(name)
      line.put(base.inParentheses(true))
    }
  }

  private func putCrossed(_ argument: MathLine, into line: inout MathLine) {
    let sign = argument.trimmed.scalars.filter { $0 != " " }
    guard let first = sign.first else { return }
    var crossed = String(String.UnicodeScalarView([MathSymbols.crossed(first) ?? first]))
    if MathSymbols.crossed(first) == nil { crossed.unicodeScalars.append("\u{338}") }
    line.putRelation(crossed)
    line.put(MathLine(sign.dropFirst()))
  }
}

// MARK: - Environments

extension MathParser {
  /// The environment that begins here, row by row and cell by cell; `nil` if none does.
  private mutating func environment() -> (MathEnvironment, [[MathLine]])? {
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
  private static func written(_ table: [[MathLine]], _ kind: MathEnvironment) -> MathLine {
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
  private static func drawn(
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

  private static func joined(
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

extension MathLine {
  var text: String { String(String.UnicodeScalarView(scalars)) }

  /// Scalars that take a column.
  fileprivate var width: Int { scalars.count { $0.properties.generalCategory != .nonspacingMark } }

  fileprivate func inParentheses(_ isNeeded: Bool) -> MathLine {
    guard isNeeded else { return self }
    return MathLine(["("] + scalars + [")"])
  }
}

extension Unicode.Scalar {
  fileprivate var isASCIILetter: Bool { isASCII && (value | 0x20) &- 0x61 < 26 }

  /// Blanks, and controls, which are never shown.
  fileprivate var isMathBlank: Bool { isMathControl || properties.isWhitespace }

  fileprivate var isMathControl: Bool { value < 0x20 || value >= 0x7F && value < 0xA0 }
}
