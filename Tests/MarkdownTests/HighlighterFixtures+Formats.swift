// Shells, queries, data, markup, build files and the smaller languages. Under each line of code one letter for each character:
// k keyword, s string, c comment, n number, t type, f function, a attribute, + inserted, - deleted, . plain.

extension HighlighterFixture {
  static let formats: [HighlighterFixture] = [
    HighlighterFixture(
      "bash", "Shell",
      ##"""
      #!/bin/bash
      ccccccccccc
      export NAME="x ${y} $z $(date "+%s") `a`" # c
      ffffff .....sssaaaasaasss.... sssssssssss ccc
      if [[ -n "$1" && $# -gt 2 ]]; then echo 'it''s' $'\n' a#b; fi
      kk .. .. saas .. aa ... n ... kkkk ffff sssssss sssss .... kk
      cat <<-'EOF' > file
      ... ssssssss . ....
      	text $HOME
      ssssssaaaaa
      	EOF
      ssss
      greet() { local n=1; return $((n << 2)); }
      fffff.. . fffff ..n. ffffff .... .. n... .
      """##),
    HighlighterFixture(
      "console", "Shell session",
      ##"""
      $ ls -la "$HOME" # c
      a .. ... saaaaas ccc
      total 12 "odd
      ..... .. ....
      user@host:~/x# cd /tmp
      aaaaaaaaaaaaaa ff ....
      """##),
    HighlighterFixture(
      "powershell", "PowerShell",
      ##"""
      <# a
      cccc
      b #> function Get-Thing([string]$Name) { # c
      cccc kkkkkkkk fffffffff.........aaaaa. . ccc
        Write-Host "Hi $Name $($x.Count + 1) `"q`"" -Verbose
        ffffffffff ssssaaaaasssaa...... . nssssssss aaaaaaaa
        if ($a -eq $true) { return 1.5 }
        kk .aa aaa aaaaa. . kkkkkk nnn .
      $t = @"
      aa . ss
       text $x
      ssssssaa
      "@
      ss
      """##),
    HighlighterFixture(
      "sql", "SQL",
      ##"""
      -- c
      cccc
      SELECT u.name AS n, COUNT(*) FROM "user" u /* a
      kkkkkk ...... kk .. fffff... kkkk ssssss . cccc
      b */ where x = 'it''s' and y >= 1.5 OR z is NULL;
      cccc kkkkk . . sssssss kkk . .. nnn kk . kk nnnn.
      create table t (id integer primary key, name VARCHAR(20));
      kkkkkk kkkkk . ... ttttttt kkkkkkk kkk. .... ttttttt.nn...
      DO $x$ text $y$
      kk ssssssssssss
      more $x$ language plpgsql;
      ssssssss kkkkkkkk ........
      """##),
    HighlighterFixture(
      "json", "JSON",
      ##"""
      { "a": [1, -2.5e3, true, null], "b" : "c\"d", // c
      . aaa. .n. .nnnnn. nnnn. nnnn.. aaa . ssssss. cccc
        /* x
        cccc
        */ "e": {} }
      cccc aaa. .. .
      """##),
    HighlighterFixture(
      "yaml", "YAML",
      ##"""
      %YAML 1.2
      aaaaaaaaa
      --- # doc
      kkk ccccc
      key: value's # c
      aaa. ....... ccc
      "quoted": "two
      aaaaaaaa. ssss
        lines"
      ssssssss
      list:
      aaaa.
        - name: &anchor !tag x
        k aaaa. ttttttt tttt .
          run: |
          aaa. k
            echo "hi" # no
      ssssssssssssssssssss


            done
      ssssssssss
          on: true
          aa. nnnn
        - *anchor
        k ttttttt
        - >-
        k kk
          folded
      ssssssssss
        - {a: 1, b: 'x'}
        k ... n. .. sss.
      http://x: 1.5
      aaaaaaaa. nnn
      date: 2024-01-02
      aaaa. nnnnnnnnnn
      """##),
    HighlighterFixture(
      "toml", "TOML",
      ##"""
      # c
      ccc
      [server."a b".c]
      tttttttttttttttt
      host = "x" # c
      aaaa . sss ccc
      "q k".z = 'lit\'
      sssss.. . ssssss
      dates = [2024-01-02T10:00:00Z,
      aaaaa . .nnnnnnnnnnnnnnnnnnnn.
        1_000, true]
        nnnnn. nnnn.
      text = """
      aaaa . sss
       two"""
      sssssss
      [[list]]
      tttttttt
      """##),
    HighlighterFixture(
      "ini", "INI",
      ##"""
      ; c
      ccc
      [section name]
      tttttttttttttt
      key = value ; c
      aaa . ..... ccc
      other.key: 12 "x" true
      aaaaaaaaa. nn sss nnnn
      export FOO=bar
      aaaaaaaaaa....
      """##),
    HighlighterFixture(
      "html", "HTML",
      ##"""
      <!DOCTYPE html>
      aaaaaaaaaaaaaaa
      <!-- a
      cccccc
      b --> <div class="x" id='y' hidden data-n=3>a &amp; b & c</div>
      ccccc kkkk aaaaa.sss aa.sss aaaaaa aaaaaa.sk. nnnnn . . .kkkkkk
      <a href="two
      kk aaaa.ssss
      lines">x</a><br/>
      ssssssk.kkkkkkkkk
      <script src="x">
      kkkkkkk aaa.sssk
      if (a < b) "x"; </b>
      .. .. . .. .... ....
      </script> <style>p { }</style>
      kkkkkkkkk kkkkkkk. . .kkkkkkkk
      """##),
    HighlighterFixture(
      "svg", "XML",
      ##"""
      <?xml version="1.0"?>
      aaaaaaaaaaaaaaaaaaaaa
      <svg:rect x="1" /><![CDATA[ a < b ]]> text
      kkkkkkkkk a.sss kksssssssssssssssssss ....
      """##),
    HighlighterFixture(
      "css", "CSS",
      ##"""
      @import url("x.css"); /* c
      kkkkkkk kkk.sssssss.. cccc
      */
      cc
      .box, #id > a:hover::before, ul li { color: #fff; margin: 0 -1.5em 50%; }
      tttt. ttt . kffffffffffffff. kk kk . aaaaa. nnnn. aaaaaa. n ...nnn nnn. .
      @media (min-width: 600px) {
      kkkkkk .kkkkkkkkk. nnnnn. .
        a { --x: var(--y, red) !important; background:url(x.png); }
        k . aaa. fff.aaa. .... kkkkkkkkkk. aaaaaaaaaa.fff........ .
      }
      .
      $var: 1px; // c
      aaaa. nnn. cccc
      .a { &:hover { color: $var; } @include foo; }
      tt . .ffffff . aaaaa. aaaa. . kkkkkkkk kkk. .
      """##),
    HighlighterFixture(
      "md", "Markdown",
      ##"""
      # Title
      kkkkkkk
      Text *em* **strong** `code` [link](http://x) and ![i](y) snake_case_x
      .... tttt tttttttttt ssssss ffffffssssssssss ... .fffsss ............
      - [x] item `a
      n nnn .... ..
      1. two <b>html</b>
      nn ... aaa....aaaa
      > quote <!-- a
      c ..... cccccc
      b --> rest
      ccccc ....
      ```swift
      kkkkkkkk
      let x = 1
      sssssssss
      ```
      kkk
      ---
      kkk
      [ref]: http://x
      fffffssssssssss
      \*no\* a ** b
      ...... . .. .
      """##),
    HighlighterFixture(
      "diff", "Diff",
      ##"""
      diff --git a/x b/x
      kkkkkkkkkkkkkkkkkk
      index 12..34 100644
      kkkkkkkkkkkkkkkkkkk
      --- a/x
      kkkkkkk
      +++ b/x
      kkkkkkk
      @@ -1,3 +1,2 @@ func x
      aaaaaaaaaaaaaaafffffff
       same
       ....
      --- was a line
      --------------
      -old
      ----
      +new
      ++++
      --- a/y
      kkkkkkk
      \ No newline
      cccccccccccc
      """##),
    HighlighterFixture(
      "dockerfile", "Dockerfile",
      ##"""
      # c
      ccc
      FROM swift:6.0 AS build
      kkkk ......nnn .. .....
      RUN apk add --no-cache "x $Y" && \
      kkk ... ... .......... sssaas .. .
          from ${Z} 'q'
          .... aaaa sss
      ENV A=b
      kkk ...
      """##),
    HighlighterFixture(
      "makefile", "Makefile",
      ##"""
      CC ?= gcc # c
      aa .. ... ccc
      OBJS := $(SRC:.c=.o) ${X}
      aaaa .. aaaaaaaaaaaa aaaa
      .PHONY: all clean
      ffffff. ... .....
      all: $(OBJS) main.o
      fff. aaaaaaa ......
      	$(CC) -o $@ $< 'x' "y"
      .aaaaa .. aa aa sss sss
      ifeq ($(X),1)
      kkkk .aaaa.n.
      include x.mk
      kkkkkkk ....
      endif
      kkkkk
      """##),
    HighlighterFixture(
      "cmake", "CMake",
      ##"""
      # c
      ccc
      #[[ long
      cccccccc
      ]] cmake_minimum_required(VERSION 3.20)
      cc ffffffffffffffffffffff........ nnnn.
      if(NOT WIN32)
      kk.kkk ......
        set(X "a ${Y}" [=[raw]=] ON)
        fff.. sssaaaas sssssssss nn.
      endif()
      kkkkk..
      """##),
    HighlighterFixture(
      "haskell", "Haskell",
      ##"""
      {-# LANGUAGE X #-}
      aaaaaaaaaaaaaaaaaa
      module Main where -- c
      kkkkkk tttt kkkkk cccc
      {- a {- b -}
      cccccccccccc
      -} data Tree a = Leaf | Node Int deriving (Show)
      cc kkkk tttt . . tttt . tttt ttt kkkkkkkk .tttt.
      fold' :: (a -> b) -> [a]
      fffff .. .. .. .. .. ...
      fold' f = let c = 'x' in "s" ++ show 1.5
      ..... . . kkk . . sss kk sss .. .... nnn
      """##),
    HighlighterFixture(
      "elixir", "Elixir",
      ##"""
      defmodule Foo.Bar do # c
      kkkkkkkkk ttt.ttt kk ccc
        @moduledoc """
        aaaaaaaaaa sss
        Doc #{x + 1}
      ssssssss. . ns
        """
      sssss
        def run?(a, :ok), do: ~r/a\/b/i
        kkk ffff... aaa.. kk. sssssssss
        defp go(x) when is_nil(x), do: "a #{x}"
        kkkk ff... kkkk ffffff.... kk. sssss.ss
      """##),
    HighlighterFixture(
      "erlang", "Erlang",
      ##"""
      -module(foo). % c
      aaaaaaa...... ccc
      run(X, "s") when X > 16#FF -> {ok, 'Atom', lists:map(X)};
      fff... sss. kkkk . . nn... .. .nn. ssssss. ......fff.....
      run(_, _) -> case true of _ -> error end.
      fff... .. .. kkkk nnnn kk . .. nnnnn kkk.
      """##),
    HighlighterFixture(
      "clojure", "Clojure",
      ##"""
      ; c
      ccc
      (defn greet [name] (str "a
      .kkkk fffff ...... .fff ss
      b" name :key 1/2 #"re\d"))
      ss .... aaaa n.. sssssss..
      (let [x nil] (my-fn! x))
      .kkk .. nnn. .ffffff ...
      """##),
    HighlighterFixture(
      "lisp", "Lisp",
      ##"""
      #| a
      cccc
      |# (defun foo-bar (x) "s" (list 'a :key 1.5 t)) ; c
      cc .kkkkk fffffff .f. sss .ffff .. aaaa nnn n.. ccc
      (let* ((x 1)) (go x))
      .kkkk ..f n.. .kk ...
      """##),
    HighlighterFixture(
      "r", "R",
      ##"""
      f <- function(x, n = 10L) { # c
      . .. kkkkkkkk... . . nnn. . ccc
        if (is.null(x)) return(TRUE) else r"(raw "x")" }
        kk .fffffff.... kkkkkk.nnnn. kkkk ssssssssssss .
      """##),
    HighlighterFixture(
      "julia", "Julia",
      ##"""
      function f(x::Int64)::String # c
      kkkkkkkk f....ttttt...tttttt ccc
        @show x'; c = 'x'; s = "a $(x + 1) b" #= a
        aaaaa ... . . sss. . . sssss. . nssss cccc
      =# :sym
      cc aaaa
      end
      kkk
      """##),
    HighlighterFixture(
      "dart", "Dart",
      ##"""
      @override class Foo extends Bar { // c
      aaaaaaaaa kkkkk ttt kkkkkkk ttt . cccc
        final String s = 'a ${b.c('x')} $d'; var r = r'\n'; }
        kkkkk tttttt . . sssss..f.sss.ssaas. kkk . . sssss. .
      """##),
    HighlighterFixture(
      "zig", "Zig",
      ##"""
      const std = @import("std"); // c
      kkkkk ... . aaaaaaa.sssss.. cccc
      pub fn main() !void { const x: u32 = 0xff; s = 'a';
      kkk kk ffff.. .tttt . kkkkk .. ttt . nnnn. . . sss.
        \\ text
        sssssss
      """##),
    HighlighterFixture(
      "nix", "Nix",
      ##"""
      { pkgs ? import <nixpkgs> {} }: # c
      . .... . ffffff ......... .. .. ccc
      let x = ''
      kkk . . ss
        a ${pkgs.foo} b
      ssssss........sss
      ''; in rec { a = true; b = "x"; }
      ss. kk kkk . . . nnnn. . . sss. .
      """##),
    HighlighterFixture(
      "hcl", "HCL",
      ##"""
      # c
      ccc
      resource "aws_x" "y" {
      kkkkkkkk sssssss sss .
        name = "a ${var.z + 1}"
        aaaa . sssss..... . nss
        count = 3
        aaaaa . n
        text = <<-EOT
        aaaa . ssssss
          hi ${x}
      sssssssss.s
        EOT
      sssss
        tags = merge(a, { b = true })
        aaaa . fffff... . . . nnnn ..
      }
      .
      """##),
    HighlighterFixture(
      "proto", "Protobuf",
      ##"""
      syntax = "proto3"; // c
      kkkkkk . ssssssss. cccc
      message Foo { repeated int32 x = 1; Bar y = 2; }
      kkkkkkk ttt . kkkkkkkk ttttt . . n. ttt . . n. .
      service S { rpc Get(Req) returns (stream Res); }
      kkkkkkk t . kkk fff.ttt. kkkkkkk .kkkkkk ttt.. .
      """##),
    HighlighterFixture(
      "graphql", "GraphQL",
      ##"""
      # c
      ccc
      query Q($id: ID!) { user(id: $id) @include(if: true) { name } }
      kkkkk t.aaa. tt.. . ffff.... aaa. aaaaaaaa.... nnnn. . .... . .
      type User implements Node { age: Int }
      kkkk tttt kkkkkkkkkk tttt . .... ttt .
      """
      sss
      doc
      sss
      """
      sss
      """##),
    HighlighterFixture(
      "vim", "Vim script",
      ##"""
      " c
      ccc
      function! Foo(x) abort
      kkkkkkkk. fff... kkkkk
        let g:x = "s" . 'it''s' | call Bar(1)
        kkk ... . sss . sssssss . kkkk fff.n.
      endfunction
      kkkkkkkkkkk
      """##),
    HighlighterFixture(
      "latex", "LaTeX",
      ##"""
      % c
      ccc
      \documentclass[a4]{article} $x^2 \alpha$ 5\%
      kkkkkkkkkkkkkk............. ssssssssssss n..
      \begin{doc} text \emph{x} \[ a
      kkkkkk..... .... kkkkk... ssss
      b \] end
      ssss ...
      """##),
    HighlighterFixture(
      "asm", "Assembly",
      ##"""
      ; c
      ccc
      start: mov rax, 0x10 // c
      fffff. kkk .... nnnn cccc
        .globl main
        aaaaaa ....
        push %rbx
        kkkk aaaa
        jmp start ; "s"
        kkk ..... ccccc
      section .text
      kkkkkkk aaaaa
      """##),
    HighlighterFixture(
      "ocaml", "OCaml",
      ##"""
      (* a (* b *) *) let rec f x' = match x with Some y -> 'c' | None -> "s"
      ccccccccccccccc kkk kkk . .. . kkkkk . kkkk tttt . .. sss . tttt .. sss
      """##),
    HighlighterFixture(
      "fsharp", "F#",
      ##"""
      [<Attr>] type Foo = { X: int } // c
      aaaaaaaa kkkk ttt . . t. ttt . cccc
      let f x = $"a {x + 1}" (* c *)
      kkk . . . sssss. . nss ccccccc
      """##),
  ]
}
