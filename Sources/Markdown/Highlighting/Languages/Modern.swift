// Swift, Rust, Go, Kotlin, Scala and Zig.

import Display

extension Grammar {
  static let swift = Grammar(
    keywords: """
      as async await any borrowing break case catch consuming continue convenience copy default defer deinit do dynamic \
      each else fallthrough fileprivate final for get guard if import in indirect infix inout internal is isolated lazy \
      let macro mutating nonisolated nonmutating open operator optional override package postfix precedencegroup prefix \
      private public repeat required rethrows return self Self sending set some static subscript super switch throw \
      throws try unowned var weak where while willSet didSet yield init consume discard
      """,
    definers: "func", typeDefiners: "actor associatedtype class enum extension protocol struct typealias",
    constants: "true false nil",
    regions: [
      .line("//"), .comment("/*", "*/", nests: true),
      .counted("#", "", "\"\"\"", "\"\"\"", "", escape: "\\", hole: .backslashParenthesis),
      .counted("#", "", "\"", "\"", "", escape: "\\", spansLines: false, hole: .backslashParenthesis),
      .between("#/", "/#"), .string("`", escape: nil),
    ],
    traits: [.calls, .capitalTypes, .atAttributes, .hashNames])

  static let rust = Grammar(
    keywords: """
      as async await break const continue crate default dyn else extern for if impl in let loop match move mut pub ref \
      return self Self static super unsafe use where while yield gen
      """,
    definers: "fn", typeDefiners: "enum mod struct trait type union macro_rules",
    types: "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize", constants: "true false",
    regions: [
      .line("//"), .comment("/*", "*/", nests: true),
      .counted("#", "", "\"", "\"", "", prefixes: "r br cr"), .string("\"", prefixes: "b c", spansLines: true),
      .string("\"", spansLines: true), .between("#![", "]", role: .codeAttribute),
      .between("#[", "]", role: .codeAttribute),
    ],
    traits: [.calls, .capitalTypes, .characters, .lifetimes, .macros])

  static let go = Grammar(
    keywords: """
      break case chan const continue default defer else fallthrough for go goto if import map package range return select \
      switch var
      """,
    definers: "func", typeDefiners: "type struct interface",
    types: """
      any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint \
      uint8 uint16 uint32 uint64 uintptr
      """,
    constants: "true false nil iota",
    functions: "append cap clear close complex copy delete imag len make max min new panic print println real recover",
    regions: [
      .line("//"), .comment("/*", "*/"), .string("\""), .string("`", escape: nil, spansLines: true),
    ],
    traits: [.calls, .capitalTypes, .callsBeforeTypes, .characters])

  static let kotlin = Grammar(
    keywords: """
      abstract actual annotation as break by catch companion const constructor continue crossinline data delegate do else \
      expect external final finally for get if import in infix init inline inner internal is lateinit noinline open \
      operator out override package private protected public reified return sealed set super suspend tailrec this throw \
      try val value var vararg when where while
      """,
    definers: "fun", typeDefiners: "class interface object enum typealias",
    types: "Any Boolean Byte Char Double Float Int Long Nothing Short String Unit", constants: "true false null",
    regions: [
      .line("//"), .comment("/*", "*/", nests: true),
      .string("\"\"\"", escape: nil, spansLines: true, hole: .dollarBrace, hasVariables: true),
      .string("\"", hole: .dollarBrace, hasVariables: true), .string("`", escape: nil),
    ],
    traits: [.calls, .capitalTypes, .characters, .atAttributes])

  static let scala = Grammar(
    keywords: """
      abstract as case catch derives do else end extends export final finally for forSome given if implicit import infix \
      inline lazy match new opaque open override package private protected return sealed super then this throw \
      transparent try using val var while with yield
      """,
    definers: "def", typeDefiners: "class object trait enum type",
    types: "Any AnyRef AnyVal Boolean Byte Char Double Float Int Long Nothing Null Short String Unit",
    constants: "true false null",
    regions: [
      .line("//"), .comment("/*", "*/", nests: true),
      .string("\"\"\"", prefixes: "s f raw", escape: nil, spansLines: true, hole: .dollarBrace, hasVariables: true),
      .string("\"", prefixes: "s f raw", hole: .dollarBrace, hasVariables: true),
      .string("\"\"\"", escape: nil, spansLines: true), .string("\""), .string("`", escape: nil),
    ],
    traits: [.calls, .capitalTypes, .characters, .atAttributes])

  static let zig = Grammar(
    keywords: """
      addrspace align allowzero and anyframe asm async await break callconv catch comptime const continue defer else \
      errdefer export extern for if inline linksection noalias noinline nosuspend or orelse packed pub resume return \
      suspend switch test threadlocal try usingnamespace var volatile while
      """,
    definers: "fn", typeDefiners: "enum error opaque struct union",
    types: """
      anyerror anyopaque anytype bool c_int c_uint f16 f32 f64 f128 i8 i16 i32 i64 i128 isize noreturn type u1 u8 u16 u32 \
      u64 u128 usize void comptime_int comptime_float
      """,
    constants: "true false null undefined unreachable",
    regions: [.line("//"), .string("\""), Region(open: [0x5C, 0x5C], close: [], role: .codeString)],
    traits: [.calls, .capitalTypes, .characters, .atAttributes])
}
