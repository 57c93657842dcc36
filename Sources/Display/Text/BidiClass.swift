// What the bidirectional algorithm must know about a scalar: its Bidi_Class (UAX #9, table 4), from ranges for the scripts
// that are written from right to left and for the characters of numbers, and from the general category for all others. The
// approximation is that letters of other scripts, numbers of theirs and symbols with a letter in them are all strong.

/// The classes that are left when explicit formatting characters are shown by number.
enum BidiClass: UInt8 {
  case leftToRight, rightToLeft, arabicLetter
  case europeanNumber, europeanSeparator, europeanTerminator, arabicNumber, commonSeparator
  case nonspacingMark, whitespace, neutral

  /// The class of a scalar.
  init(_ scalar: UInt32) {
    if scalar < 0x80 {
      self = Self.ascii(UInt8(truncatingIfNeeded: scalar))
    } else if let found = Self.listed(scalar) {
      self = found
    } else {
      self = Self.byCategory(scalar)
    }
  }

  /// Whether it is written from right to left, or makes what is around it so.
  var isRightToLeft: Bool { self == .rightToLeft || self == .arabicLetter || self == .arabicNumber }

  private static func ascii(_ byte: UInt8) -> BidiClass {
    switch byte {
    case 0x30...0x39: .europeanNumber
    case 0x41...0x5A, 0x61...0x7A: .leftToRight
    case 0x2B, 0x2D: .europeanSeparator
    case 0x23...0x25: .europeanTerminator
    case 0x2C, 0x2E, 0x2F, 0x3A: .commonSeparator
    case 0x20, 0x09: .whitespace
    default: .neutral
    }
  }

  /// Those that the category does not tell.
  private static func listed(_ scalar: UInt32) -> BidiClass? {
    switch scalar {
    // Numbers and what stands in and at them.
    case 0xB2, 0xB3, 0xB9, 0x2070, 0x2074...0x2079, 0x2080...0x2089, 0x2488...0x249B, 0xFF10...0xFF19,
      0x1D7CE...0x1D7FF, 0x1F100...0x1F10A, 0x1FBF0...0x1FBF9, 0x06F0...0x06F9, 0x102E1...0x102FB:
      return .europeanNumber
    case 0x207A, 0x207B, 0x208A, 0x208B, 0x2212, 0xFB29, 0xFE62, 0xFE63, 0xFF0B, 0xFF0D: return .europeanSeparator
    case 0xA0, 0x060C, 0x202F, 0x2044, 0xFE50, 0xFE52, 0xFE55, 0xFF0C, 0xFF0E, 0xFF0F, 0xFF1A: return .commonSeparator
    case 0xA2...0xA5, 0xB0, 0xB1, 0x058F, 0x0609, 0x060A, 0x066A, 0x09F2, 0x09F3, 0x09FB, 0x0AF1, 0x0BF9, 0x0E3F,
      0x17DB,
      0x2030...0x2034, 0x20A0...0x20CF, 0x212E, 0x2213, 0xA838, 0xA839, 0xFE5F, 0xFE69, 0xFE6A, 0xFF03...0xFF05, 0xFFE0,
      0xFFE1, 0xFFE5, 0xFFE6, 0x11FDD...0x11FE0, 0x1E2FF:
      return .europeanTerminator
    case 0x0600...0x0605, 0x0660...0x0669, 0x066B, 0x066C, 0x06DD, 0x0890, 0x0891, 0x08E2, 0x10D30...0x10D39,
      0x10D40...0x10D49, 0x10E60...0x10E7E:
      return .arabicNumber
    // Signs among letters written from right to left.
    case 0x0606, 0x0607, 0x060E, 0x060F, 0x06DE, 0x06E9, 0x07F6...0x07F9, 0xFD3E...0xFD4F, 0xFDCF, 0xFDFD...0xFDFF,
      0x1091F, 0x10B39...0x10B3F, 0x10D6E, 0x1EEF0, 0x1EEF1:
      return .neutral
    // Numbers in a circle or of a fraction, raised letters: neutral; letters of Armenian and APL, Braille: not.
    case 0xBC...0xBE, 0x02B9, 0x02BA, 0x02C2...0x02CF, 0x02D2...0x02DF, 0x2150...0x215F, 0x2460...0x2487,
      0x24EA...0x24FF,
      0x2776...0x2793, 0x3251...0x325F, 0x32B1...0x32BF:
      return .neutral
    case 0x055A...0x055F, 0x0589, 0x2336...0x237A, 0x2395, 0x2800...0x28FF: return .leftToRight
    case 0x0590..<0x0900, 0xFB1D..<0xFE00, 0xFE70..<0xFEFF, 0x10800..<0x11000, 0x1E800..<0x1F000:
      return isMark(scalar) ? .nonspacingMark : isArabic(scalar) ? .arabicLetter : .rightToLeft
    default: return nil
    }
  }

  /// Arabic, Syriac, Thaana and the other scripts beside which European digits become Arabic ones (W2).
  private static func isArabic(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x0600..<0x07C0, 0x0860..<0x0900, 0xFB50..<0xFE00, 0xFE70..<0xFF00, 0x10D00..<0x10D40, 0x10EC0..<0x10F00,
      0x10F30..<0x10F70, 0x1EC70..<0x1ECC0, 0x1ED00..<0x1ED50, 0x1EE00..<0x1EF00:
      true
    default: false
    }
  }

  private static func isMark(_ scalar: UInt32) -> Bool {
    switch Unicode.Scalar(scalar)?.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: false
    }
  }

  private static func byCategory(_ scalar: UInt32) -> BidiClass {
    switch Unicode.Scalar(scalar)?.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: .nonspacingMark
    case .spaceSeparator, .lineSeparator, .paragraphSeparator: .whitespace
    case .otherSymbol:
      switch scalar {
      // Letters in circles, squares and other frames; regional indicators; signs of Indic and other scripts.
      case 0x0900..<0x0F3A, 0x0FBE..<0x1390, 0x1940..<0x1980, 0x1B61...0x1B7C, 0x249C...0x24E9, 0x3200...0x32CB,
        0x32D0...0x33FF, 0xA836,
        0xA837, 0x11000..<0x1D200, 0x1F110...0x1F12E, 0x1F130...0x1F169, 0x1F170...0x1F1AC, 0x1F1E6...0x1F23B,
        0x1F240...0x1F251:
        .leftToRight
      default: .neutral
      }
    case .otherPunctuation:
      // In scripts with an alphabet of their own they are strong.
      (0x0900..<0x0F3A).contains(scalar) || (0x0F85..<0x1400).contains(scalar) || scalar == 0x1735 || scalar == 0x1736
        || (0xA600..<0xA800).contains(scalar) || (0xA8CE..<0xAC00).contains(scalar)
        || (0x10000..<0x1D000).contains(scalar)
        ? .leftToRight : .neutral
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol:
      .neutral
    default: .leftToRight
    }
  }
}

/// Brackets, for rule N0 and for mirroring.
enum BidiBrackets {
  /// Opening and closing ones of BidiBrackets.txt, in pairs.
  private static let pairs: [(UInt32, UInt32)] = [
    (0x28, 0x29), (0x5B, 0x5D), (0x7B, 0x7D), (0x0F3A, 0x0F3B), (0x0F3C, 0x0F3D), (0x169B, 0x169C), (0x2045, 0x2046),
    (0x207D, 0x207E), (0x208D, 0x208E), (0x2308, 0x2309), (0x230A, 0x230B), (0x2329, 0x232A), (0x2768, 0x2769),
    (0x276A, 0x276B), (0x276C, 0x276D), (0x276E, 0x276F), (0x2770, 0x2771), (0x2772, 0x2773), (0x2774, 0x2775),
    (0x27C5, 0x27C6), (0x27E6, 0x27E7), (0x27E8, 0x27E9), (0x27EA, 0x27EB), (0x27EC, 0x27ED), (0x27EE, 0x27EF),
    (0x2983, 0x2984), (0x2985, 0x2986), (0x2987, 0x2988), (0x2989, 0x298A), (0x298B, 0x298C), (0x2991, 0x2992),
    (0x2993, 0x2994), (0x2995, 0x2996), (0x2997, 0x2998), (0x29D8, 0x29D9), (0x29DA, 0x29DB), (0x29FC, 0x29FD),
    (0x2E22, 0x2E23), (0x2E24, 0x2E25), (0x2E26, 0x2E27), (0x2E28, 0x2E29), (0x3008, 0x3009), (0x300A, 0x300B),
    (0x300C, 0x300D), (0x300E, 0x300F), (0x3010, 0x3011), (0x3014, 0x3015), (0x3016, 0x3017), (0x3018, 0x3019),
    (0x301A, 0x301B), (0xFE59, 0xFE5A), (0xFE5B, 0xFE5C), (0xFE5D, 0xFE5E), (0xFF08, 0xFF09), (0xFF3B, 0xFF3D),
    (0xFF5B, 0xFF5D), (0xFF5F, 0xFF60), (0xFF62, 0xFF63),
  ]

  /// Those that are mirrored and are no brackets for N0, in pairs.
  private static let mirrored: [(UInt32, UInt32)] = [
    (0x3C, 0x3E), (0xAB, 0xBB), (0x2039, 0x203A), (0x2264, 0x2265), (0x226A, 0x226B), (0x2208, 0x220B),
    (0x2282, 0x2283), (0x2286, 0x2287), (0x22A2, 0x22A3),
  ]

  /// What a scalar is for rule N0: which pair, and which side. Pairs that are canonically the same count as one (BD16).
  static func bracket(_ scalar: UInt32) -> (pair: Int, isOpening: Bool)? {
    guard scalar < 0x80 || scalar >= 0x0F3A else { return nil }
    let scalar = scalar == 0x2329 ? 0x3008 : scalar == 0x232A ? 0x3009 : scalar
    guard let pair = pairs.firstIndex(where: { $0.0 == scalar || $0.1 == scalar }) else { return nil }
    return (pair, pairs[pair].0 == scalar)
  }

  /// The mirror image of a scalar (L4); nil where it has none.
  static func mirror(_ scalar: UInt32) -> UInt32? {
    for list in [pairs, mirrored] {
      for (left, right) in list {
        if scalar == left { return right }
        if scalar == right { return left }
      }
    }
    return nil
  }
}
