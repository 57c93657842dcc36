// Superscripts, subscripts, letters of other alphabets and marks: what Unicode has of TeX's typography (Unicode 17,
// blocks Superscripts and Subscripts, Phonetic Extensions, Letterlike Symbols, Mathematical Alphanumeric Symbols).

/// Other forms of characters.
enum MathScripts {
  /// `text` raised or lowered, if every character of it can be.
  static func script(_ text: [Unicode.Scalar], isSuper: Bool) -> [Unicode.Scalar]? {
    guard !text.isEmpty else { return [] }
    if isSuper, text.count == 1, let sign = asItIs[text[0]] { return [sign] }
    var result: [Unicode.Scalar] = []
    for scalar in text {
      guard let form = (isSuper ? superscripts : subscripts)[scalar] else { return nil }
      result.append(form)
    }
    return result
  }

  /// Signs that stand high already.
  private static let asItIs: [Unicode.Scalar: Unicode.Scalar] = [
    "∘": "°", "°": "°", "′": "′", "″": "″", "*": "*", "∗": "*", "†": "†", "‡": "‡", "⊤": "ᵀ",
  ]

  private static let superscripts = pairs(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ′",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ′")

  private static let subscripts = pairs(
    "0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")

  private static func pairs(_ from: String, _ to: String) -> [Unicode.Scalar: Unicode.Scalar] {
    Dictionary(zip(from.unicodeScalars, to.unicodeScalars)) { first, _ in first }
  }

  /// Alphabets of letters.
  enum Alphabet {
    case doubleStruck, script, fraktur, bold
  }

  /// A letter or digit in another alphabet; itself if that has none.
  static func letter(_ scalar: Unicode.Scalar, in alphabet: Alphabet) -> Unicode.Scalar {
    let index = Int(scalar.value)
    let base: Int
    switch (alphabet, scalar) {
    case (.doubleStruck, "A"..."Z"): base = 0x1D538 - 0x41
    case (.doubleStruck, "a"..."z"): base = 0x1D552 - 0x61
    case (.doubleStruck, "0"..."9"): base = 0x1D7D8 - 0x30
    case (.script, "A"..."Z"): base = 0x1D49C - 0x41
    case (.script, "a"..."z"): base = 0x1D4B6 - 0x61
    case (.fraktur, "A"..."Z"): base = 0x1D504 - 0x41
    case (.fraktur, "a"..."z"): base = 0x1D51E - 0x61
    case (.bold, "A"..."Z"): base = 0x1D400 - 0x41
    case (.bold, "a"..."z"): base = 0x1D41A - 0x61
    case (.bold, "0"..."9"): base = 0x1D7CE - 0x30
    default: return scalar
    }
    if let letterlike = holes(in: alphabet)[scalar] { return letterlike }
    return Unicode.Scalar(UInt32(base + index)) ?? scalar
  }

  /// Letters that had a place in Unicode before the alphabets came.
  private static func holes(in alphabet: Alphabet) -> [Unicode.Scalar: Unicode.Scalar] {
    switch alphabet {
    case .doubleStruck: doubleStruckHoles
    case .script: scriptHoles
    case .fraktur: frakturHoles
    case .bold: [:]
    }
  }

  private static let doubleStruckHoles = pairs("CHNPQRZ", "ℂℍℕℙℚℝℤ")
  private static let scriptHoles = pairs("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ")
  private static let frakturHoles = pairs("CHIRZ", "ℭℌℑℜℨ")

  /// Fractions that are one character.
  static func fraction(_ numerator: [Unicode.Scalar], _ denominator: [Unicode.Scalar]) -> Unicode.Scalar? {
    guard numerator.count == 1, denominator.count == 1 else { return nil }
    switch (numerator[0], denominator[0]) {
    case ("1", "2"): return "½"
    case ("1", "3"): return "⅓"
    case ("2", "3"): return "⅔"
    case ("1", "4"): return "¼"
    case ("3", "4"): return "¾"
    default: return nil
    }
  }
}
