// Python, JavaScript and its dialects, Ruby, PHP, Perl, Lua, R and Julia.

import Display

extension Grammar {
  static let python = Grammar(
    keywords: """
      and as assert async await break continue del elif else except finally for from global if import in is lambda match \
      case nonlocal not or pass raise return try while with yield self cls
      """,
    definers: "def", typeDefiners: "class",
    types: "bool bytearray bytes complex dict float frozenset int list memoryview object set str tuple",
    constants: "True False None Ellipsis NotImplemented __name__ __file__",
    functions: """
      abs all any enumerate filter getattr hasattr hash id input isinstance issubclass iter len map max min next open \
      print property range repr reversed round setattr sorted staticmethod classmethod sum super type vars zip
      """,
    regions: [
      .line("#"), .string("\"\"\"", prefixes: formatted, spansLines: true, hole: .brace),
      .string("'''", prefixes: formatted, spansLines: true, hole: .brace),
      .string("\"", prefixes: formatted, hole: .brace), .string("'", prefixes: formatted, hole: .brace),
      .string("\"\"\"", prefixes: unformatted, spansLines: true),
      .string("'''", prefixes: unformatted, spansLines: true), .string("\"", prefixes: unformatted),
      .string("'", prefixes: unformatted), .string("\"\"\"", spansLines: true), .string("'''", spansLines: true),
      .string("\""), .string("'"),
    ],
    traits: [.calls, .capitalTypes, .atAttributes])

  private static let formatted = "f F t fr rf Fr rF FR RF fR Rf"
  private static let unformatted = "r R b B u U br rb Br bR BR Rb rB RB"

  private static let scriptWords = """
    as async await break case catch const continue debugger default delete do else export extends finally for from get \
    if import in instanceof let new of return set static super switch this throw try typeof using var void while with yield
    """
  private static let scriptConstants = "true false null undefined NaN Infinity"
  private static let scriptRegions: [Region] = [
    .line("//"), .comment("/*", "*/"), .string("\""), .string("'"),
    .string("`", spansLines: true, hole: .dollarBrace), Region(open: Array("#!".utf8), close: [], role: .codeComment),
  ]
  private static let scriptTraits: Traits = [.calls, .capitalTypes, .atAttributes, .regexes]
  private static let typedNames = "any bigint boolean never number object string symbol unknown void"

  static let javaScript = Grammar(
    keywords: scriptWords, definers: "function", typeDefiners: "class", constants: scriptConstants,
    regions: scriptRegions, traits: scriptTraits, starts: "$")

  static let jsx = Grammar(
    keywords: scriptWords, definers: "function", typeDefiners: "class", constants: scriptConstants,
    regions: scriptRegions, traits: scriptTraits.union(.tags), starts: "$")

  static let typeScript = Grammar(
    keywords: scriptWords + " abstract accessor asserts declare implements infer is keyof module override private "
      + "protected public readonly satisfies unique",
    definers: "function", typeDefiners: "class interface enum type namespace", types: typedNames,
    constants: scriptConstants, regions: scriptRegions, traits: scriptTraits, starts: "$")

  static let tsx = Grammar(
    keywords: scriptWords + " abstract accessor asserts declare implements infer is keyof module override private "
      + "protected public readonly satisfies unique",
    definers: "function", typeDefiners: "class interface enum type namespace", types: typedNames,
    constants: scriptConstants, regions: scriptRegions, traits: scriptTraits.union(.tags), starts: "$")

  static let ruby = Grammar(
    keywords: """
      BEGIN END alias and begin break case defined? do else elsif end ensure for if in next not or redo rescue retry \
      return self super then undef unless until when while yield raise require require_relative include extend prepend \
      attr_accessor attr_reader attr_writer private protected public loop lambda proc
      """,
    definers: "def", typeDefiners: "class module", constants: "true false nil __FILE__ __LINE__ __method__",
    functions: "puts print p pp format",
    regions: [
      .comment("=begin", "=end", at: .columnZero), .line("#"),
      .string("\"", spansLines: true, hole: .hashBrace), .string("'", spansLines: true),
      .string("`", hole: .hashBrace), .heredoc("<<", hole: .hashBrace), .bracketed("%w"), .bracketed("%i"),
      .bracketed("%q"), .bracketed("%Q", hole: .hashBrace), .bracketed("%r"),
    ],
    traits: [.calls, .capitalTypes, .atAttributes, .colonAtoms, .regexes], starts: "$", tails: "?!")

  static let php = Grammar(
    keywords: """
      abstract and as break callable case catch clone const continue declare default do echo else elseif empty enddeclare \
      endfor endforeach endif endswitch endwhile exit extends final finally for foreach global goto if implements include \
      include_once instanceof insteadof isset list match new or print private protected public readonly require \
      require_once return self static switch parent throw try unset use var while xor yield
      """,
    definers: "function fn", typeDefiners: "class interface trait enum namespace",
    types: "array bool float int iterable mixed never object string void", constants: "true false null TRUE FALSE NULL",
    regions: [
      .mark("<?php"), .mark("<?="), .mark("?>"), .line("//"), .between("#[", "]", role: .codeAttribute), .line("#"),
      .comment("/*", "*/"), .heredoc("<<<", hasVariables: true), .string("\"", spansLines: true, hasVariables: true),
      .string("'", spansLines: true), .string("`"),
    ],
    traits: [.calls, .capitalTypes], starts: "$")

  static let perl = Grammar(
    keywords: """
      and cmp continue die do each else elsif eq eval exists for foreach ge given goto gt if keys last le local lt my ne \
      next no not or our redo require return say shift state unless until use values wantarray warn when while x xor
      """,
    definers: "sub", typeDefiners: "package", constants: "undef __FILE__ __LINE__ __PACKAGE__",
    functions: """
      bless chomp chop chr close defined delete grep index join lc length map open ord pop print printf push ref reverse \
      scalar sort splice split sprintf substr uc unshift
      """,
    regions: [
      Region(
        open: Array("=".utf8) + Array("pod".utf8), close: Array("=cut".utf8), role: .codeComment, spansLines: true,
        place: .columnZero),
      .comment("=head", "=cut", at: .columnZero), .comment("=begin", "=cut", at: .columnZero),
      .line("#", at: .afterBlank), .heredoc("<<", hasVariables: true),
      .bracketed("", prefixes: "q qq qw qr m"), .bracketed("", prefixes: "s tr y", parts: 2),
      .string("\"", spansLines: true, hasVariables: true), .string("'", spansLines: true), .string("`"),
    ],
    traits: [.calls, .capitalTypes, .callsBeforeTypes, .regexes], starts: "$@")

  static let lua = Grammar(
    keywords: "and break do else elseif end for goto if in local not or repeat return then until while self",
    definers: "function", constants: "true false nil",
    functions: "assert error getmetatable ipairs next pairs pcall print rawget rawset require setmetatable tonumber "
      + "tostring type unpack",
    regions: [
      .counted("=", "--[", "[", "]", "]", role: .codeComment), .line("--"), .counted("=", "[", "[", "]", "]"),
      .string("\""), .string("'"),
    ],
    traits: [.calls])

  static let r = Grammar(
    keywords: "break else for if in next repeat return while library require source", definers: "function",
    constants: "TRUE FALSE NULL NA NaN Inf NA_integer_ NA_real_ NA_character_ T F",
    regions: [
      .line("#"), .string("\"", spansLines: true), .string("'", spansLines: true), .string("`", escape: nil),
      Region(
        shape: .rawDelimiter, open: [0x22], close: [], prefixes: Region.words("r R"), role: .codeString,
        spansLines: true),
    ],
    traits: [.calls], tails: ".")

  static let julia = Grammar(
    keywords: """
      abstract baremodule begin break catch const continue do else elseif end export finally for global if import in isa \
      let local mutable outer public quote return try using where while
      """,
    definers: "function macro", typeDefiners: "module struct type primitive", constants: "true false nothing missing",
    regions: [
      .comment("#=", "=#", nests: true), .line("#"), .string("\"\"\"", prefixes: "r raw b md", spansLines: true),
      .string("\"", prefixes: "r raw b md v"), .string("\"\"\"", spansLines: true, hole: .dollarParenthesis),
      .string("\"", spansLines: true, hole: .dollarParenthesis), .string("`"),
    ],
    traits: [.calls, .capitalTypes, .characters, .atAttributes, .colonAtoms], tails: "!")
}
