// Shells, build files and editors' scripts.

import Display

extension Grammar {
  private static let shellWords = """
    case coproc do done elif else esac fi for function if in select then time until while begin end switch and or not
    """
  private static let shellFunctions = """
    alias bg bind break builtin cd command continue declare dirs echo eval exec exit export false fg getopts hash \
    history jobs kill let local popd printf pushd pwd read readonly return set shift shopt source string test trap true \
    type typeset ulimit umask unalias unset wait sudo
    """
  private static let shellRegions: [Region] = [
    .line("#", at: .afterBlank), .heredoc("<<", hasVariables: true),
    .string("\"", spansLines: true, hole: .dollarParenthesis, hasVariables: true),
    Region(open: Array("$'".utf8), close: [0x27], role: .codeString, escape: 0x5C, spansLines: true),
    .string("'", escape: nil, spansLines: true), .string("`", spansLines: true),
  ]

  static let shell = Grammar(
    keywords: shellWords, functions: shellFunctions, regions: shellRegions, traits: [.calls, .dollarVariables],
    tails: "-")

  static let shellSession = Grammar(
    keywords: shellWords, functions: shellFunctions, regions: shellRegions, traits: [.calls, .dollarVariables],
    tails: "-", head: .session)

  static let powerShell = Grammar(
    keywords: """
      begin break catch continue data do dynamicparam else elseif end exit finally for foreach from hidden if in param \
      process return static switch throw trap try until using var while workflow
      """,
    definers: "function filter", typeDefiners: "class enum",
    regions: [
      .comment("<#", "#>"), .line("#"), .between("@\"", "\"@", hasVariables: true), .between("@'", "'@"),
      .string("\"", escape: "`", isDoubled: true, spansLines: true, hole: .dollarParenthesis, hasVariables: true),
      .string("'", escape: nil, isDoubled: true, spansLines: true),
    ],
    traits: [.calls, .ignoresCase, .dollarVariables, .dashNames, .dashedFunctions], tails: "-")

  static let makefile = Grammar(
    keywords: """
      define else endef endif export ifdef ifeq ifndef ifneq include override private sinclude undefine unexport vpath
      """,
    regions: [.line("#", at: .afterBlank), .string("\""), .string("'", escape: nil)],
    traits: [.dollarVariables, .parenthesisVariables], tails: "-", head: .makefile)

  static let dockerfile = Grammar(
    keywords: """
      from as add arg cmd copy entrypoint env expose healthcheck label maintainer onbuild run shell stopsignal user volume \
      workdir
      """,
    regions: [
      .line("#", at: .lineStart), .heredoc("<<"), .string("\"", hasVariables: true), .string("'", escape: nil),
    ],
    traits: [.ignoresCase, .dollarVariables, .headWords, .dashNames], tails: "-", head: .dockerfile)

  static let cmake = Grammar(
    keywords:
      "else elseif endforeach endfunction endif endmacro endwhile foreach if return while break continue and or "
      + "not in lists items strequal equal defined version_less matches exists target",
    constants: "on off true false",
    regions: [
      .counted("=", "#[", "[", "]", "]", role: .codeComment), .line("#"), .counted("=", "[", "[", "]", "]"),
      .string("\"", spansLines: true, hasVariables: true),
    ],
    traits: [.calls, .ignoresCase, .dollarVariables])

  static let vim = Grammar(
    keywords: """
      abort augroup autocmd break call catch command continue def echo echom else elseif endfor enddef endfunction endif \
      endtry endwhile execute export final finally for highlight if import inoremap in let map nmap nnoremap noremap \
      normal return set setlocal silent syntax throw try unlet vmap vnoremap while filetype plugin colorscheme const var
      """,
    definers: "function", constants: "v:true v:false v:null true false",
    regions: [
      .line("\"", at: .lineStart), .line("#", at: .lineStart), .string("\""),
      .string("'", escape: nil, isDoubled: true),
    ],
    traits: [.calls], tails: ":#")
}
