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

  static let deepest = 32
  /// One wide cell would make every row wide: a column beyond this is not lined up, so that rows stay in proportion.
  static let widestColumn = 40

  let input: [Unicode.Scalar]
  var index = 0
  var depth = 0
  /// Text is read rather than mathematics.
  var isText = false

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

  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    index + offset < input.count ? input[index + offset] : nil
  }

  mutating func skipBlanks() {
    while let next = peek(), next.properties.isWhitespace { index += 1 }
  }

  mutating func sequence(_ stops: Stops) -> (MathLine, End) {
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

  mutating func nested(_ read: (inout MathParser) -> MathLine) -> MathLine {
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

  func isNext(_ text: String) -> Bool {
    var offset = 0
    for scalar in text.unicodeScalars {
      guard peek(offset) == scalar else { return false }
      offset += 1
    }
    return !(peek(offset)?.isASCIILetter ?? false)
  }

  /// Passes `[2pt]` and the like.
  mutating func skipBracketed() {
    guard peek() == "[" else { return }
    var length = 1
    while let next = peek(length), next != "]", length < 16 { length += 1 }
    if peek(length) == "]" { index += length + 1 }
  }

  /// A name in braces, at most 24 letters.
  mutating func name() -> String? {
    guard peek() == "{" else { return nil }
    var length = 1
    while let next = peek(length), next.isASCIILetter || next == "*", length <= 24 { length += 1 }
    guard peek(length) == "}" else { return nil }
    let name = String(String.UnicodeScalarView(input[(index + 1)..<(index + length)]))
    index += length + 1
    return name
  }

  /// What a command or a script takes: a group, a command with what that takes, or one character. `nil` at the end.
  mutating func argument() -> MathLine? {
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

  mutating func bracketedArgument() -> MathLine? {
    skipBlanks()
    guard peek() == "[", depth < Self.deepest else { return nil }
    index += 1
    return nested { $0.sequence([.bracket, .brace]).0.trimmed }
  }
}

extension MathLine {
  var text: String { String(String.UnicodeScalarView(scalars)) }

  /// Scalars that take a column.
  var width: Int { scalars.count { $0.properties.generalCategory != .nonspacingMark } }

  func inParentheses(_ isNeeded: Bool) -> MathLine {
    guard isNeeded else { return self }
    return MathLine(["("] + scalars + [")"])
  }
}

extension Unicode.Scalar {
  var isASCIILetter: Bool { isASCII && (value | 0x20) &- 0x61 < 26 }

  /// Blanks, and controls, which are never shown.
  var isMathBlank: Bool { isMathControl || properties.isWhitespace }

  var isMathControl: Bool { value < 0x20 || value >= 0x7F && value < 0xA0 }
}
