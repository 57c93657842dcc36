// A formula as it is put together, with the blanks that make it readable.

/// Text of a formula. Blanks are put where two things would run together, never at the start and never two in a row.
struct MathLine: Sendable {
  /// What the next thing has to be kept apart from.
  private enum Gap {
    case none
    /// The name of a function: apart from letters and digits.
    case word
    /// A sum or an integral: apart from all that does not close.
    case operation
    /// A fraction: apart from what would be read as part of its denominator.
    case fraction
  }

  private(set) var scalars: [Unicode.Scalar] = []
  private var gap = Gap.none
  /// Where a fraction begins that nothing follows yet.
  private var fractionStart: Int?
  /// Whether it is nothing but words, which are never taken for products.
  var isWord = false

  var isEmpty: Bool { scalars.isEmpty }

  /// Without the blank that may stand at the end.
  var trimmed: MathLine {
    var line = self
    line.trimEnd()
    return line
  }

  mutating func trimEnd() {
    if scalars.last == " " { scalars.removeLast() }
  }

  var utf8: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(scalars.count * 2)
    for scalar in scalars { bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
    return bytes
  }

  init() {}

  init(_ text: some Sequence<Unicode.Scalar>) { scalars = Array(text) }

  /// One thing that stands for itself.
  mutating func put(_ scalar: Unicode.Scalar) {
    open(before: scalar)
    scalars.append(scalar)
  }

  mutating func put(_ text: String) {
    for scalar in text.unicodeScalars { put(scalar) }
  }

  /// What was put together elsewhere.
  mutating func put(_ line: MathLine) {
    guard let first = line.scalars.first else { return }
    if first == " " { space() } else { open(before: first) }
    scalars.append(contentsOf: first == " " ? line.scalars.dropFirst() : line.scalars[...])
    gap = line.gap
    fractionStart = line.fractionStart.map { $0 + scalars.count - line.scalars.count }
  }

  mutating func space() {
    gap = .none
    fractionStart = nil
    if let last = scalars.last, last != " ", !last.opensMath { scalars.append(" ") }
  }

  /// A sign between two things that gets a blank on either side.
  mutating func putRelation(_ sign: String) {
    space()
    scalars.append(contentsOf: sign.unicodeScalars)
    space()
  }

  /// A sign that gets blanks between two things and none before one.
  mutating func putBinary(_ sign: String) {
    let before = scalars.last { $0 != " " }
    if let before, before.isMathOrdinary || before == "|" || before == "∇" { return putRelation(sign) }
    put(sign)
  }

  /// The name of a function.
  mutating func putWord(_ name: String) {
    if let last = scalars.last, last.isMathOrdinary { space() }
    put(name)
    gap = .word
  }

  /// A sum, an integral and the like.
  mutating func putOperation(_ sign: String) {
    put(sign)
    gap = .operation
  }

  mutating func putFraction(_ fraction: MathLine) {
    if let last = scalars.last, last.isMathOrdinary { space() }
    if let first = fraction.scalars.first { open(before: first) }
    fractionStart = scalars.count
    scalars.append(contentsOf: fraction.scalars)
    gap = .fraction
  }

  /// A superscript or a subscript to what stands at the end. What has no such characters stands behind `mark`.
  mutating func putScript(_ script: MathLine, isSuper: Bool) {
    var wasApart = false
    if scalars.last == " " {
      scalars.removeLast()
      wasApart = true
    }
    if let start = fractionStart {
      scalars.insert("(", at: start)
      scalars.append(")")
      gap = .none
      fractionStart = nil
    }
    let text = script.compact
    if let short = MathScripts.script(text, isSuper: isSuper) {
      scalars.append(contentsOf: short)
    } else if text.isSingleCharacter {
      scalars.append(isSuper ? "^" : "_")
      scalars.append(contentsOf: text)
    } else {
      scalars.append(isSuper ? "^" : "_")
      scalars.append("(")
      scalars.append(contentsOf: text)
      scalars.append(")")
    }
    if wasApart { gap = .operation }
  }

  /// Without the blanks beside signs.
  private var compact: [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    let text = trimmed.scalars
    for (index, scalar) in text.enumerated() {
      if scalar == " ", index > 0, index + 1 < text.count,
        !(text[index - 1].isMathOrdinary && text[index + 1].isMathOrdinary)
      {
        continue
      }
      result.append(scalar)
    }
    return result
  }

  private mutating func open(before next: Unicode.Scalar) {
    let needsBlank =
      switch gap {
      case .none: false
      case .word: next.isMathStart && next != "("
      case .operation: !next.closesMath && next != "," && next != ";" && next != "." && next != ":" && next != "′"
      case .fraction: next.isMathStart
      }
    gap = .none
    fractionStart = nil
    if next.closesMath { trimEnd() }
    if needsBlank { space() }
  }
}

/// How tightly a text holds together.
enum MathShape {
  /// One letter, one number, one thing in brackets, a function and its argument.
  case atom
  /// Several of them side by side.
  case product
  /// Signs or blanks between them.
  case sum

  init(_ line: MathLine) {
    var count = 0
    var depth = 0
    var isInNumber = false
    var isDifferential = false
    // Whether a bracket belongs to what stands before it, as in `f(x)` but not in `n(n+1)`.
    var isAttached = false
    var before: Unicode.Scalar = " "
    for (index, scalar) in line.scalars.enumerated() {
      defer { before = scalar }
      if scalar.opensMath {
        if depth == 0 { isAttached = count > 0 && !("0"..."9").contains(before) && before != "!" && !before.closesMath }
        depth += 1
      } else if scalar.closesMath {
        depth -= 1
        if depth == 0, !isAttached { count += 1 }
      } else if depth == 0 {
        if scalar == "d", index == 0 {
          isDifferential = true
        } else if ("0"..."9").contains(scalar) || scalar == "." && isInNumber {
          if !isInNumber { count += 1 }
          isInNumber = true
          continue
        } else if scalar.isMathBase, scalar != "Δ" {
          count += 1
        } else if !scalar.isMathAttached {
          self = line.isWord ? .product : .sum
          return
        }
      } else if scalar == "+" || scalar == "-" || scalar == "±" || scalar == "∓" || scalar == "·" {
        isAttached = false
      }
      isInNumber = false
    }
    if isDifferential, count != 1 { count += 1 }
    // `dx` is one thing.
    self = count <= 1 ? .atom : .product
  }
}

extension Unicode.Scalar {
  /// Letters, digits and what closes them: what a word or a sign must not run into.
  var isMathOrdinary: Bool {
    switch self {
    case ")", "]", "}", "!", "'", "%", "⟩", "⌋", "⌉": true
    case "√", "∛", "∜", "∂", "∇": false
    default: isMathBase || !isASCII && isMathAttached
    }
  }

  var opensMath: Bool {
    switch self {
    case "(", "[", "{", "⟨", "⌊", "⌈": true
    default: false
    }
  }

  var closesMath: Bool {
    switch self {
    case ")", "]", "}", "⟩", "⌋", "⌉": true
    default: false
    }
  }

  /// What begins a thing that would run together with what stands before it.
  var isMathStart: Bool {
    switch self {
    case "(", "\\", "√", "∛", "∜", "∂", "∇", "∑", "∏", "∫", "⟨": true
    default: isMathBase
    }
  }

  /// A letter or a number by itself, or a sign that is used like one.
  var isMathBase: Bool {
    if isASCII { return (value | 0x20) &- 0x61 < 26 || value &- 0x30 < 10 }
    switch self {
    case "½", "¼", "¾", "⅓", "⅔", "∞", "∅", "⊤", "⊥", "ℏ", "…", "⋯": return true
    // Neither signs and arrows nor brackets are letters.
    case "\u{2190}"..."\u{23FF}": return false
    default: return properties.isAlphabetic && !isMathScript && properties.generalCategory != .modifierLetter
    }
  }

  /// Scripts, marks, primes and signs that belong to what stands beside them.
  var isMathAttached: Bool {
    switch self {
    case "!", "'", "^", "_", "%", "′", "″", "‴", "⁗", "°", "†", "√", "∛", "∜", "∂", "∇", "Δ": return true
    case "\u{0}"..."\u{7F}", "\u{2190}"..."\u{23FF}": return false
    default: break
    }
    if isMathScript { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .modifierLetter: return true
    default: return false
    }
  }

  private var isMathScript: Bool {
    switch value {
    case 0xB2, 0xB3, 0xB9, 0x2070...0x209C, 0x1D2C...0x1D6A, 0x1D9B...0x1DBF, 0x2C7C, 0x2C7D, 0x02B0...0x02B8,
      0x02E1...0x02E3:
      true
    default: false
    }
  }
}

extension [Unicode.Scalar] {
  /// Whether it is one character with its marks.
  fileprivate var isSingleCharacter: Bool {
    guard let first, first != "(", !first.isMathAttached else { return false }
    return dropFirst().allSatisfy { $0.properties.generalCategory == .nonspacingMark }
  }
}
