// What a row of a language is made of: the words it knows, what opens and closes in it, and which of the usual habits it
// has. `TableLexer` reads it.

import Display

/// Something with a beginning and an end: a comment, a string, an attribute.
struct Region: Sendable {
  /// How the two ends belong together.
  enum Shape: Sendable {
    /// The end is always the same bytes.
    case fixed
    /// As many of this byte at the end as at the beginning: `##"…"##`, `[==[…]==]`.
    case counted(UInt8)
    /// A word that comes again: `R"x(…)x"`.
    case rawDelimiter
    /// A word between dollars that comes again: `$x$…$x$`.
    case dollarTag
    /// Text from the next line on, up to a line with the word that was named.
    case heredoc
    /// Whatever byte comes next, up to its counterpart: `%w[…]`, `qw(…)`. With `parts` 2 it comes once more: `s/a/b/`.
    case bracketed(parts: Int)
    /// Nothing but its beginning.
    case mark
  }

  /// Where it may begin.
  enum Place: Sendable {
    case anywhere, columnZero, lineStart, afterBlank
    /// Where a value of YAML begins.
    case value
  }

  /// Code inside a string: what opens it, of which the last byte is the bracket that has to be closed.
  enum Hole: Sendable {
    case none, backslashParenthesis, dollarBrace, hashBrace, brace, dollarParenthesis

    var opener: [UInt8] {
      switch self {
      case .none: []
      case .backslashParenthesis: Array("\\(".utf8)
      case .dollarBrace: Array("${".utf8)
      case .hashBrace: Array("#{".utf8)
      case .brace: Array("{".utf8)
      case .dollarParenthesis: Array("$(".utf8)
      }
    }
  }

  var shape = Shape.fixed
  var open: [UInt8]
  /// What follows the counted bytes at the beginning and at the end.
  var openTail: [UInt8] = []
  /// Empty: the end of the line.
  var close: [UInt8]
  var closeTail: [UInt8] = []
  /// Words that stand before `open`, such as `br`; without them none may.
  var prefixes: [[UInt8]] = []
  var role: ThemeRole
  /// The byte that takes the meaning of the one after it; 0 without.
  var escape: UInt8 = 0
  /// Whether the end written twice stands for itself.
  var isDoubled = false
  var spansLines = false
  var nests = false
  var hole = Hole.none
  /// Whether `$name` is coloured inside.
  var hasVariables = false
  var place = Place.anywhere

  static func line(_ open: String, at place: Place = .anywhere) -> Region {
    Region(open: Array(open.utf8), close: [], role: .codeComment, place: place)
  }

  static func comment(_ open: String, _ close: String, nests: Bool = false, at place: Place = .anywhere) -> Region {
    Region(
      open: Array(open.utf8), close: Array(close.utf8), role: .codeComment, spansLines: true, nests: nests, place: place
    )
  }

  /// A string with the same bytes at both ends.
  static func string(
    _ quote: String, prefixes: String = "", escape: Character? = "\\", isDoubled: Bool = false,
    spansLines: Bool = false,
    hole: Hole = .none, hasVariables: Bool = false, at place: Place = .anywhere
  ) -> Region {
    Region(
      open: Array(quote.utf8), close: Array(quote.utf8), prefixes: words(prefixes), role: .codeString,
      escape: escape?.asciiValue ?? 0, isDoubled: isDoubled, spansLines: spansLines, hole: hole,
      hasVariables: hasVariables, place: place)
  }

  /// Anything else with fixed ends.
  static func between(
    _ open: String, _ close: String, role: ThemeRole = .codeString, escape: Character? = nil, nests: Bool = false,
    hasVariables: Bool = false, at place: Place = .anywhere
  ) -> Region {
    Region(
      open: Array(open.utf8), close: Array(close.utf8), role: role, escape: escape?.asciiValue ?? 0, spansLines: true,
      nests: nests, hasVariables: hasVariables, place: place)
  }

  static func counted(
    _ byte: Character, _ open: String, _ openTail: String, _ close: String, _ closeTail: String, prefixes: String = "",
    role: ThemeRole = .codeString, escape: Character? = nil, spansLines: Bool = true, hole: Hole = .none
  ) -> Region {
    Region(
      shape: .counted(byte.asciiValue ?? 0), open: Array(open.utf8), openTail: Array(openTail.utf8),
      close: Array(close.utf8), closeTail: Array(closeTail.utf8), prefixes: words(prefixes), role: role,
      escape: escape?.asciiValue ?? 0, spansLines: spansLines, hole: hole)
  }

  static func heredoc(_ open: String, hole: Hole = .none, hasVariables: Bool = false) -> Region {
    Region(
      shape: .heredoc, open: Array(open.utf8), close: [], role: .codeString, spansLines: true, hole: hole,
      hasVariables: hasVariables)
  }

  static func bracketed(_ open: String, prefixes: String = "", parts: Int = 1, hole: Hole = .none) -> Region {
    Region(
      shape: .bracketed(parts: parts), open: Array(open.utf8), close: [], prefixes: words(prefixes), role: .codeString,
      escape: 0x5C, spansLines: parts == 1, hole: hole)
  }

  static func mark(_ text: String, role: ThemeRole = .codeKeyword) -> Region {
    Region(shape: .mark, open: Array(text.utf8), close: [], role: role)
  }

  /// The same with another end.
  func closed(by end: String) -> Region {
    var region = self
    region.close = Array(end.utf8)
    return region
  }

  static func words(_ text: String) -> [[UInt8]] { text.utf8.split(separator: 0x20).map { Array($0) } }
}

/// A region as the lexer reads it. A reference: reading one field must not copy the others.
final class RegionRule: Sendable {
  let shape: Region.Shape
  let place: Region.Place
  let open: [UInt8]
  let openTail: [UInt8]
  let close: [UInt8]
  let closeTail: [UInt8]
  let prefixes: [[UInt8]]
  let role: ThemeRole
  let escape: UInt8
  let isDoubled: Bool
  let spansLines: Bool
  let nests: Bool
  let hole: [UInt8]
  let hasVariables: Bool
  /// The first two bytes of the beginning, to see at a glance that it does not begin somewhere; 0 where they may be any.
  let first: UInt8
  let second: UInt8

  init(_ region: Region) {
    shape = region.shape
    place = region.place
    open = region.open
    openTail = region.openTail
    close = region.close
    closeTail = region.closeTail
    prefixes = region.prefixes
    role = region.role
    escape = region.escape
    isDoubled = region.isDoubled
    spansLines = region.spansLines
    nests = region.nests
    hole = region.hole.opener
    hasVariables = region.hasVariables
    first = region.open.first ?? 0
    second = region.open.count > 1 ? region.open[1] : 0
  }
}

/// The rules of one language. A reference, because every line of code hands it around.
final class Grammar: Sendable {
  /// Habits that many languages share.
  struct Traits: OptionSet, Sendable {
    let rawValue: UInt32

    /// A word right before `(` is a function.
    static let calls = Traits(rawValue: 1)
    /// A word with a capital at its start and a small letter is a type.
    static let capitalTypes = Traits(rawValue: 1 << 1)
    /// A capitalised word right before `(` is a function all the same.
    static let callsBeforeTypes = Traits(rawValue: 1 << 2)
    static let ignoresCase = Traits(rawValue: 1 << 3)
    /// `@name` is an attribute.
    static let atAttributes = Traits(rawValue: 1 << 4)
    /// `@name` is a keyword.
    static let atKeywords = Traits(rawValue: 1 << 5)
    /// `#name` is a directive.
    static let hashNames = Traits(rawValue: 1 << 6)
    /// `#name` at the start of a line is a directive.
    static let preprocessor = Traits(rawValue: 1 << 7)
    /// `$name` and `${name}` are coloured.
    static let dollarVariables = Traits(rawValue: 1 << 8)
    /// `$(name)` is a variable too.
    static let parenthesisVariables = Traits(rawValue: 1 << 9)
    /// `:name` is coloured.
    static let colonAtoms = Traits(rawValue: 1 << 10)
    /// `%name` is coloured.
    static let percentNames = Traits(rawValue: 1 << 11)
    /// `\name` is a command.
    static let backslashCommands = Traits(rawValue: 1 << 12)
    /// `-name` after a blank is coloured.
    static let dashNames = Traits(rawValue: 1 << 13)
    /// `-name` at the start of a line is coloured.
    static let leadingDash = Traits(rawValue: 1 << 14)
    /// `'c'` is a character, a lone quote is none.
    static let characters = Traits(rawValue: 1 << 15)
    /// `'name` is coloured.
    static let lifetimes = Traits(rawValue: 1 << 16)
    /// `/…/` where a value is expected.
    static let regexes = Traits(rawValue: 1 << 17)
    /// `<Name attribute=…>` where a value is expected.
    static let tags = Traits(rawValue: 1 << 18)
    /// `name!(` is a function.
    static let macros = Traits(rawValue: 1 << 19)
    /// `.name` is a directive.
    static let dotNames = Traits(rawValue: 1 << 20)
    /// A string before `:` is a key.
    static let stringKeys = Traits(rawValue: 1 << 21)
    /// A word after `(` is a function.
    static let headFunctions = Traits(rawValue: 1 << 22)
    /// A word at the start of a line and before `::` is a function.
    static let signatures = Traits(rawValue: 1 << 23)
    /// `2024-01-31T10:00:00` is a number.
    static let dates = Traits(rawValue: 1 << 24)
    /// `1'000` is a number.
    static let quotedDigits = Traits(rawValue: 1 << 25)
    /// `name_t` is a type.
    static let suffixTypes = Traits(rawValue: 1 << 26)
    /// Words after a dot may still be keywords.
    static let dotsDoNotMatter = Traits(rawValue: 1 << 27)
    /// `Verb-Noun` is a function.
    static let dashedFunctions = Traits(rawValue: 1 << 28)
    /// `&name`, `*name` and `!name` are coloured.
    static let anchors = Traits(rawValue: 1 << 29)
    /// The words count at the head of a line only.
    static let headWords = Traits(rawValue: 1 << 30)
  }

  /// What stands at the start of a line and is read before the rest.
  enum Head: Sendable {
    case none
    /// `key =`, `a.b =`, `[section]`.
    case keys
    /// The same, also with `:`.
    case looseKeys
    /// `key =`, `block {`, `block "name" {`.
    case blocks
    case yaml
    case makefile
    case dockerfile
    case assembly
    case session
  }

  /// What `classes` says about a byte.
  enum Class {
    static let other: UInt8 = 0
    static let word: UInt8 = 1
    static let digit: UInt8 = 2
    static let bracket: UInt8 = 3
    static let kinds: UInt8 = 7
    /// A region may begin here.
    static let opener: UInt8 = 8
    /// One of the traits has to look.
    static let sigil: UInt8 = 16
    /// Goes on a word.
    static let tail: UInt8 = 32
  }

  let classes: [UInt8]
  let words: WordTable
  let regions: [RegionRule]
  let hasPrefixes: Bool
  let traits: Traits
  let head: Head

  /// - Parameters:
  ///   - functions: words that are coloured as functions wherever they stand.
  ///   - definers: keywords before the name of a function; `typeDefiners` before that of a type.
  ///   - starts: bytes besides letters and `_` that begin a word, `tails` that go on with it.
  init(
    keywords: String = "", definers: String = "", typeDefiners: String = "", types: String = "", constants: String = "",
    functions: String = "", regions: [Region], traits: Traits = [], starts: String = "", tails: String = "",
    head: Head = .none
  ) {
    var table = WordTable(ignoresCase: traits.contains(.ignoresCase))
    table.add(keywords, .keyword)
    table.add(definers, .definer)
    table.add(typeDefiners, .typeDefiner)
    table.add(types, .type)
    table.add(constants, .constant)
    table.add(functions, .function)
    table.build()
    words = table
    self.regions = regions.prefix(30).map(RegionRule.init)
    hasPrefixes = regions.contains { !$0.prefixes.isEmpty }
    self.traits = traits
    self.head = head
    classes = Self.classes(of: regions, traits: traits, starts: starts, tails: tails)
  }

  private static func classes(of regions: [Region], traits: Traits, starts: String, tails: String) -> [UInt8] {
    var classes = [UInt8](repeating: Class.other, count: 256)
    for byte in 0x80...0xFF { classes[byte] = Class.word | Class.tail }
    for byte in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_".utf8 {
      classes[Int(byte)] = Class.word | Class.tail
    }
    for byte in "0123456789".utf8 { classes[Int(byte)] = Class.digit | Class.tail }
    for byte in starts.utf8 { classes[Int(byte)] = Class.word | Class.tail }
    for byte in tails.utf8 { classes[Int(byte)] |= Class.tail }
    for byte in "(){}[]".utf8 { classes[Int(byte)] = Class.bracket }
    for region in regions where region.prefixes.isEmpty {
      if let byte = region.open.first { classes[Int(byte)] |= Class.opener }
      if case .counted(let byte) = region.shape, region.open.isEmpty {
        classes[Int(byte)] |= Class.opener
        if let byte = region.openTail.first { classes[Int(byte)] |= Class.opener }
      }
    }
    let sigils: [(String, Traits)] = [
      ("@", [.atAttributes, .atKeywords]), ("#", [.hashNames, .preprocessor]), ("$", [.dollarVariables]),
      (":", [.colonAtoms]), ("%", [.percentNames]), ("\\", [.backslashCommands]), ("-", [.dashNames, .leadingDash]),
      ("'", [.characters]), ("/", [.regexes]), ("<", [.tags]), (".", [.dotNames]), ("&*!", [.anchors]),
    ]
    for (text, needed) in sigils where !traits.isDisjoint(with: needed) {
      for byte in text.utf8 { classes[Int(byte)] |= Class.sigil }
    }
    return classes
  }
}
