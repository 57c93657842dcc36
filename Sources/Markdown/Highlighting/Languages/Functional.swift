// Haskell, OCaml, F#, Elixir, Erlang, the Lisps and Nix.

import Display

extension Grammar {
  static let haskell = Grammar(
    keywords: """
      as case default deriving do else family forall foreign hiding if import in infix infixl infixr let mdo module of \
      proc qualified rec then where
      """,
    typeDefiners: "class data instance newtype type", constants: "True False Nothing otherwise",
    regions: [
      .between("{-#", "#-}", role: .codeAttribute), .comment("{-", "-}", nests: true), .line("--"), .string("\""),
    ],
    traits: [.capitalTypes, .characters, .signatures], tails: "'")

  static let ocaml = Grammar(
    keywords: """
      and as assert begin constraint do done downto else end exception external for fun function functor if in include \
      inherit initializer lazy let match method mutable new nonrec object of open or private rec sig struct then to try \
      val virtual when while with
      """,
    typeDefiners: "class module type", types: "array bool bytes char exn float int list option ref string unit",
    constants: "true false",
    regions: [.comment("(*", "*)", nests: true), .string("\"", spansLines: true), .between("{|", "|}")],
    traits: [.capitalTypes, .characters], tails: "'")

  static let fSharp = Grammar(
    keywords: """
      abstract and as assert async base begin default delegate do done downcast downto elif else end exception extern \
      finally fixed for fun function global if in inherit inline interface internal lazy let match member mutable new not \
      null of open or override private public rec return select static struct then to try upcast use val void when while \
      with yield
      """,
    typeDefiners: "class module namespace type",
    types: "array bool byte char decimal double float int int64 list obj option seq string unit",
    constants: "true false null",
    regions: [
      .comment("(*", "*)", nests: true), .line("//"), .between("[<", ">]", role: .codeAttribute),
      .string("\"\"\"", escape: nil, spansLines: true),
      Region(open: Array("$\"".utf8), close: [0x22], role: .codeString, escape: 0x5C, hole: .brace),
      Region(open: Array("@\"".utf8), close: [0x22], role: .codeString, isDoubled: true, spansLines: true),
      .string("\"", spansLines: true),
    ],
    traits: [.calls, .capitalTypes, .characters, .hashNames], tails: "'")

  static let elixir = Grammar(
    keywords: """
      after alias and case catch cond do else end fn for if import in not or quote raise receive require rescue super \
      throw try unless unquote use when with defstruct
      """,
    definers: "def defp defmacro defmacrop defguard defdelegate",
    typeDefiners: "defmodule defprotocol defimpl defexception",
    constants: "true false nil",
    regions: [
      .line("#"), .string("\"\"\"", spansLines: true, hole: .hashBrace), .string("'''", spansLines: true),
      .string("\"", spansLines: true, hole: .hashBrace), .string("'"), .between("~S\"\"\"", "\"\"\""),
      .between("~s\"\"\"", "\"\"\""), .between("~H\"\"\"", "\"\"\""), .bracketed("~r"), .bracketed("~s"),
      .bracketed("~S"), .bracketed("~w"), .bracketed("~c"), .bracketed("~D"), .bracketed("~T"),
    ],
    traits: [.calls, .capitalTypes, .atAttributes, .colonAtoms], tails: "?!")

  static let erlang = Grammar(
    keywords: """
      after and andalso band begin bnot bor bsl bsr bxor case catch cond div else end fun if let maybe not of or orelse \
      receive rem try when xor
      """,
    constants: "true false undefined ok error",
    regions: [
      .line("%"), .string("\"\"\"", escape: nil, spansLines: true), .string("\"", spansLines: true), .string("'"),
    ],
    traits: [.calls, .leadingDash], tails: "@")

  private static let lispLetters = "-*+!?<>=/&%"

  static let clojure = Grammar(
    keywords: """
      and as-> binding case catch comment cond cond-> condp do doseq dotimes doto finally fn for if if-let if-not import \
      let letfn loop new ns or quote recur require set! some-> throw try use var when when-let when-not while with-open -> \
      ->>
      """,
    definers: "def defn defn- defmacro defmethod defmulti defonce",
    typeDefiners: "defprotocol defrecord deftype definterface", constants: "true false nil",
    regions: [.line(";"), .string("#\"", spansLines: true).closed(by: "\""), .string("\"", spansLines: true)],
    traits: [.headFunctions, .colonAtoms, .capitalTypes], starts: lispLetters, tails: "'.#-")

  static let lisp = Grammar(
    keywords: """
      and begin block case catch cond declare delay do dolist dotimes else eval-when flet go handler-case if in-package \
      labels lambda let let* let-values letrec letrec* loop macrolet multiple-value-bind or prog1 progn provide quasiquote \
      quote require return return-from set! setf setq tagbody the throw unless unquote unwind-protect when while
      """,
    definers: "define defun defmacro defmethod defgeneric defsubst define-syntax define-macro defvar defparameter "
      + "defconstant defcustom",
    typeDefiners: "defclass defstruct define-record-type defpackage deftype", constants: "t nil",
    regions: [.line(";"), .comment("#|", "|#", nests: true), .string("\"", spansLines: true)],
    traits: [.headFunctions, .colonAtoms, .dotsDoNotMatter], starts: lispLetters, tails: "'.")

  static let nix = Grammar(
    keywords: "assert else if in inherit let or rec then with", constants: "true false null",
    functions: "abort baseNameOf builtins derivation dirOf fetchTarball import isNull map removeAttrs throw toString",
    regions: [
      .line("#"), .comment("/*", "*/"), .string("''", escape: nil, spansLines: true, hole: .dollarBrace),
      .string("\"", spansLines: true, hole: .dollarBrace),
    ],
    tails: "'-")
}
