// Data, configuration, queries and type setting.

import Display

extension Grammar {
  static let json = Grammar(
    constants: "true false null Infinity NaN",
    regions: [.line("//"), .comment("/*", "*/"), .string("\""), .string("'")], traits: [.stringKeys])

  static let yaml = Grammar(
    constants: "true false null yes no on off True False Null Yes No On Off TRUE FALSE NULL",
    regions: [
      .line("#", at: .afterBlank), .string("\"", spansLines: true, at: .value),
      .string("'", escape: nil, isDoubled: true, spansLines: true, at: .value),
      Region(open: [UInt8(ascii: "%")], close: [], role: .codeAttribute, place: .columnZero),
    ],
    traits: [.anchors, .dates], tails: "-/.", head: .yaml)

  static let toml = Grammar(
    constants: "true false inf nan",
    regions: [
      .line("#"), .string("\"\"\"", spansLines: true), .string("'''", escape: nil, spansLines: true), .string("\""),
      .string("'", escape: nil),
    ],
    traits: [.dates], tails: "-", head: .keys)

  static let ini = Grammar(
    constants: "true false yes no on off null",
    regions: [
      .line(";", at: .lineStart), .line("#", at: .lineStart), .line("!", at: .columnZero), .line("# ", at: .afterBlank),
      .line("; ", at: .afterBlank), .string("\"", hasVariables: true),
    ],
    traits: [.ignoresCase], tails: "-./'", head: .looseKeys)

  static let hcl = Grammar(
    keywords: "for in if else endif endfor", types: "string number bool list map set object tuple any",
    constants: "true false null",
    regions: [
      .line("#"), .line("//"), .comment("/*", "*/"), .heredoc("<<", hole: .dollarBrace),
      .string("\"", hole: .dollarBrace),
    ],
    traits: [.calls], tails: "-", head: .blocks)

  static let graphQL = Grammar(
    keywords: "extend fragment implements mutation on query repeatable schema subscription directive",
    typeDefiners: "enum input interface scalar type union", types: "Boolean Float ID Int String",
    constants: "true false null",
    regions: [.line("#"), .string("\"\"\"", spansLines: true), .string("\"")],
    traits: [.calls, .capitalTypes, .atAttributes, .dollarVariables])

  static let sql = Grammar(
    keywords: """
      add after all alter analyze and any as asc before begin between by cascade case cast check collate column commit \
      constraint create cross current database declare default deferrable delete desc distinct do drop each else elsif \
      end escape except exec execute exists explain fetch filter first following for foreign from full function grant \
      group having if ilike in index inner insert intersect into is isnull join key language last lateral left like limit \
      loop materialized merge natural no not notnull nulls of offset on or order outer over partition pragma preceding \
      primary procedure range recursive references replace restrict return returning returns revoke right rollback row \
      rows savepoint schema select set some start table temp temporary then to transaction trigger truncate unbounded \
      union unique update using values view virtual when where while window with without
      """,
    types: """
      bigint bigserial binary bit blob boolean bool bytea char character clob date datetime decimal double enum float int \
      integer interval json jsonb money nchar numeric nvarchar precision real serial smallint text time timestamp \
      timestamptz tinyint uuid varbinary varchar
      """,
    constants: "true false null unknown current_date current_time current_timestamp",
    regions: [
      .line("--"), .comment("/*", "*/", nests: true), .string("'", escape: nil, isDoubled: true, spansLines: true),
      .string("\"", escape: nil, isDoubled: true), .string("`", escape: nil, isDoubled: true),
      Region(shape: .dollarTag, open: [0x24], close: [], role: .codeString, spansLines: true),
    ],
    traits: [.calls, .ignoresCase])

  static let latex = Grammar(
    regions: [
      .line("%"), .between("$$", "$$", escape: "\\"),
      Region(open: [0x24], close: [0x24], role: .codeString, escape: 0x5C), .between("\\[", "\\]"),
      .between("\\(", "\\)"), .mark("\\begin"), .mark("\\end"),
    ],
    traits: [.backslashCommands], tails: "@*")
}
