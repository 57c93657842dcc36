// What commands do.

extension MathParser {
  /// Reads the command at the backslash. Gives it back if it splits the group it stands in.
  mutating func readCommand(into line: inout MathLine) -> MathCommand? {
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
  mutating func skipBlanksBeforeLetter() {
    guard !isText else { return }
    var length = 0
    while let next = peek(length), next.isMathBlank { length += 1 }
    if let next = peek(length), next.isASCIILetter || next == "^" || next == "_" { index += length }
  }

  mutating func skipBlanksBeforeScript() {
    var length = 0
    while let next = peek(length), next.isMathBlank { length += 1 }
    if let next = peek(length), next == "^" || next == "_" { index += length }
    // Where the limits stand is nothing for one line.
    if isNext("\\limits") { index += 7 } else if isNext("\\nolimits") { index += 9 }
  }

  func put(_ above: MathLine, over below: MathLine, as command: MathCommand, into line: inout MathLine) {
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
