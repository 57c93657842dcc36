// C and its relatives, and the assembly they become.

import Display

extension Grammar {
  private static let cTypes = """
    void char short int long float double signed unsigned bool _Bool size_t ssize_t ptrdiff_t intptr_t uintptr_t int8_t \
    int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t FILE va_list
    """
  private static let cWords = """
    auto break case const continue default do else extern for goto if inline register restrict return sizeof static \
    switch typedef volatile while _Alignas _Alignof _Atomic _Generic _Noreturn _Static_assert _Thread_local alignas \
    alignof constexpr static_assert thread_local typeof nullptr asm
    """

  static let c = Grammar(
    keywords: cWords, typeDefiners: "struct union enum", types: cTypes,
    constants: "true false NULL EOF stdin stdout stderr",
    regions: [.line("//"), .comment("/*", "*/"), .string("\"")],
    traits: [.calls, .preprocessor, .characters, .suffixTypes, .quotedDigits])

  static let cPlusPlus = Grammar(
    keywords: cWords + """
       and and_eq catch compl concept consteval constinit const_cast co_await co_return co_yield decltype delete \
      dynamic_cast explicit export final friend import module mutable new noexcept not operator or override private \
      protected public reinterpret_cast requires static_cast template this throw try typeid typename using virtual xor
      """,
    typeDefiners: "struct union enum class namespace",
    types: cTypes + " wchar_t char8_t char16_t char32_t string string_view vector map set unordered_map unique_ptr "
      + "shared_ptr optional variant pair tuple array span",
    constants: "true false nullptr NULL",
    regions: [
      .line("//"), .comment("/*", "*/"),
      Region(
        shape: .rawDelimiter, open: [0x22], close: [], prefixes: Region.words("R LR uR UR u8R"), role: .codeString,
        spansLines: true),
      .string("\""),
    ],
    traits: [.calls, .preprocessor, .characters, .suffixTypes, .quotedDigits, .capitalTypes])

  static let objectiveC = Grammar(
    keywords: cWords + """
       self super in out inout bycopy byref oneway nonatomic atomic strong weak copy assign readonly readwrite nullable \
      nonnull instancetype __block __weak __strong import
      """,
    typeDefiners: "struct union enum interface implementation protocol class",
    types: cTypes + " id SEL IMP BOOL Class NSInteger NSUInteger CGFloat",
    constants: "YES NO nil Nil NULL true false",
    regions: [.line("//"), .comment("/*", "*/"), .string("\""), .string("@\"").closed(by: "\"")],
    traits: [.calls, .preprocessor, .characters, .suffixTypes, .capitalTypes, .callsBeforeTypes, .atKeywords])

  static let cSharp = Grammar(
    keywords: """
      abstract add alias as async await base break case catch checked const continue default delegate do else event \
      explicit extern finally fixed for foreach from get global goto group if implicit in init into internal is join let \
      lock nameof new operator orderby out override params partial private protected public readonly ref remove required \
      return sealed select set sizeof stackalloc static switch this throw try typeof unchecked unsafe using value var \
      virtual volatile when where while with yield and or not
      """,
    typeDefiners: "class struct interface enum record namespace",
    types: """
      bool byte char decimal double dynamic float int long nint nuint object sbyte short string uint ulong ushort void
      """,
    constants: "true false null",
    regions: [
      .line("//"), .comment("/*", "*/"), .string("\"\"\"", escape: nil, spansLines: true),
      .between("$\"\"\"", "\"\"\""),
      Region(
        open: Array("$@\"".utf8), close: [0x22], role: .codeString, isDoubled: true, spansLines: true, hole: .brace),
      Region(open: Array("@\"".utf8), close: [0x22], role: .codeString, isDoubled: true, spansLines: true),
      Region(open: Array("$\"".utf8), close: [0x22], role: .codeString, escape: 0x5C, hole: .brace),
      .string("\""),
    ],
    traits: [.calls, .preprocessor, .characters, .capitalTypes, .callsBeforeTypes])

  static let java = Grammar(
    keywords: """
      abstract assert break case catch const continue default do else exports extends final finally for goto if \
      implements import instanceof module native new opens package permits private protected public requires return \
      sealed static strictfp super switch synchronized this throw throws transient try var volatile when while yield
      """,
    typeDefiners: "class interface enum record",
    types: "boolean byte char double float int long short void", constants: "true false null",
    regions: [
      .line("//"), .comment("/*", "*/"), .string("\"\"\"", spansLines: true), .string("\""),
    ],
    traits: [.calls, .characters, .capitalTypes, .atAttributes])

  static let dart = Grammar(
    keywords: """
      abstract as assert async await base break case catch const continue covariant default deferred do dynamic else \
      export extends external factory final finally for get hide if implements import in is late library new on operator \
      part required rethrow return sealed set show static super switch sync this throw try typedef var when while with \
      yield
      """,
    typeDefiners: "class enum mixin extension", types: "int double num bool void", constants: "true false null",
    regions: [
      .line("//"), .comment("/*", "*/", nests: true),
      .string("\"\"\"", prefixes: "r", escape: nil, spansLines: true),
      .string("'''", prefixes: "r", escape: nil, spansLines: true), .string("\"", prefixes: "r", escape: nil),
      .string("'", prefixes: "r", escape: nil),
      .string("\"\"\"", spansLines: true, hole: .dollarBrace, hasVariables: true),
      .string("'''", spansLines: true, hole: .dollarBrace, hasVariables: true),
      .string("\"", hole: .dollarBrace, hasVariables: true), .string("'", hole: .dollarBrace, hasVariables: true),
    ],
    traits: [.calls, .capitalTypes, .atAttributes])

  static let protobuf = Grammar(
    keywords: """
      extend extensions import max oneof option optional package public repeated required reserved returns stream syntax \
      edition to weak
      """,
    definers: "rpc", typeDefiners: "message enum service group",
    types: """
      bool bytes double fixed32 fixed64 float int32 int64 map sfixed32 sfixed64 sint32 sint64 string uint32 uint64
      """,
    constants: "true false inf nan",
    regions: [.line("//"), .comment("/*", "*/"), .string("\""), .string("'")], traits: [.capitalTypes])

  static let assembly = Grammar(
    keywords: "section segment global extern bits db dw dd dq resb resw resd resq equ times",
    types: "byte word dword qword ptr",
    regions: [.line(";"), .line("//"), .comment("/*", "*/"), .line("# "), .line("@ "), .string("\""), .string("'")],
    traits: [.percentNames, .dotNames, .hashNames], head: .assembly)
}
