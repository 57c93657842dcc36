// Languages that are mostly programs. Under each line of code one letter for each character:
// k keyword, s string, c comment, n number, t type, f function, a attribute, + inserted, - deleted, . plain.

extension HighlighterFixture {
  static let programming: [HighlighterFixture] = [
    HighlighterFixture(
      "swift", "Swift",
      ##"""
      /* a /* b */ c
      cccccccccccccc
      */ @MainActor public struct Box<Value: Sendable> {
      cc aaaaaaaaaa kkkkkk kkkkkk ttt.ttttt. tttttttt. .
        let text = "a \(b + "c") d", n = 0x1F_00 // note
        kkk .... . sssss. . sssssss. . . nnnnnnn ccccccc
        func map(_ x: Int) -> String? { nil }
        kkkk fff.. .. ttt. .. tttttt. . nnn .
      #if os(Linux)
      aaa ff.ttttt.
        let raw = #"no "end" \(x) \#(count + 1) yet"#
        kkk ... . sssssssssssssssssss..... . nsssssss
        let long = """
        kkk .... . sss
          say \(name("x")) "hi"
      ssssssssssffff.sss.ssssss
          """
      sssssss
        let é = Element(x: 1.5e-3, y: 0b101)
        kkk . . ttttttt... nnnnnn. .. nnnnn.
      """##),
    HighlighterFixture(
      "c", "C",
      ##"""
      #include <stdio.h>
      aaaaaaaa sssssssss
      #define MAX 10 /* two
      aaaaaaa ... nn cccccc
      lines */
      cccccccc
      static const char *s = "a\"b\n";
      kkkkkk kkkkk tttt .. . ssssssss.
      typedef struct point { uint32_t x; my_t y; } point;
      kkkkkkk kkkkkk ttttt . tttttttt .. tttt .. . ......
      int main(void) { return printf("%d\n", 'x' + 0xFFu - 1.5e+3f); }
      ttt ffff.tttt. . kkkkkk ffffff.ssssss. sss . nnnnn . nnnnnnn.. .
      char *t = "goes on \
      tttt .. . ssssssssss
      here"; int done = NULL;
      sssss. ttt .... . nnnn.
      """##),
    HighlighterFixture(
      "cpp", "C++",
      ##"""
      template <typename T> class Foo : public Bar {
      kkkkkkkk .kkkkkkkk t. kkkkk ttt . kkkkkk ttt .
        auto s = R"x(a )" b
        kkkk . . ssssssssss
      c)x"; int n = 1'000'000;
      ssss. ttt . . nnnnnnnnn.
        std::vector<int> v{nullptr, true};
        .....tttttt.ttt. ..kkkkkkk. nnnn..
        void run() override; // end
        tttt fff.. kkkkkkkk. cccccc
      };
      ..
      """##),
    HighlighterFixture(
      "objc", "Objective-C",
      ##"""
      #import <Foundation/Foundation.h>
      aaaaaaa sssssssssssssssssssssssss
      @interface Point : NSObject
      kkkkkkkkkk ttttt . tttttttt
      @property (nonatomic) NSString *name;
      kkkkkkkkk .kkkkkkkkk. tttttttt ......
      @end
      kkkk
      NSString *s = @"hi"; return [self compare:s] == YES;
      tttttttt .. . sssss. kkkkkk .kkkk .......... .. nnn.
      """##),
    HighlighterFixture(
      "rust", "Rust",
      ##"""
      //! doc
      ccccccc
      #[derive(Debug, Clone)]
      aaaaaaaaaaaaaaaaaaaaaaa
      fn longest<'a>(x: &'a str, c: char) -> Option<u32> {
      kk fffffff.aa.... .aa ttt. .. tttt. .. tttttt.ttt. .
          let s = r#"raw "x" \"#; let b = b"by"; let c = '\n';
          kkk . . ssssssssssssss. kkk . . sssss. kkk . . ssss.
          println!("{}", 1_000u64 + 0.5); /* a /* b */ */
          ffffffff.ssss. nnnnnnnn . nnn.. ccccccccccccccc
          "two
          ssss
      lines"; vec![Some('x'), None]
      ssssss. ffff.tttt.sss.. tttt.
      }
      .
      """##),
    HighlighterFixture(
      "go", "Go",
      ##"""
      package main // c
      kkkkkkk .... cccc
      type Point struct { X, Y int }
      kkkk ttttt kkkkkk . .. . ttt .
      func (p *Point) Add(q Point) error {
      kkkk .. .ttttt. fff.. ttttt. ttttt .
      	s := `raw
      .. .. ssss
      two` + "x\n"; r := 'a'
      ssss . sssss. . .. sss
      	for i := range 10 { fmt.Println(i, len(s), 0x1p-2, nil) }
      .kkk . .. kkkkk nn . ....fffffff... fff.... nnnnnn. nnn. .
      }
      .
      """##),
    HighlighterFixture(
      "python", "Python",
      ##"""
      @app.route("/x")
      aaaaaaaaaa.ssss.
      async def main(a: int, *args) -> None:
      kkkkk kkk ffff... ttt. ...... .. nnnn.
          """Doc
          ssssss
          two"""
      ssssssssss
          s = f"a {b['x'] + 1} {{c}}" + r'\d' + rb"x"  # note
          . . sssss..sss. . nssssssss . sssss . sssss  cccccc
          if not x in (1, 2.5e3, 0xFF): return self.type(x)
          kk kkk . kk .n. nnnnn. nnnn.. kkkkkk kkkk.ffff...
      class Foo(Base):
      kkkkk ttt.tttt..
          x = True; print(len(x)); y = 'it\'s'
          . . nnnn. fffff.fff..... . . sssssss
      """##),
    HighlighterFixture(
      "js", "JavaScript",
      ##"""
      #!/usr/bin/env node
      ccccccccccccccccccc
      import { a } from "b"; // c
      kkkkkk . . . kkkk sss. cccc
      export default class Foo extends Bar {
      kkkkkk kkkkkkk kkkkk ttt kkkkkkk ttt .
        async run(x = 1_000n) { return `a ${b + `c` + f(1)} d
        kkkkk fff.. . nnnnnn. . kkkkkk sssss. . sss . f.n.sss
        two ${x} three`; }
      ssssssss.ssssssss. .
      }
      .
      const re = /[/"]+\/x/gi.test(s), y = a / b / 2; /* z
      kkkkk .. . ssssssssssss.ffff.... . . . . . . n. cccc
      */ function* gen($x) { yield null; }
      cc kkkkkkkk. fff.... . kkkkk nnnn. .
      """##),
    HighlighterFixture(
      "ts", "TypeScript",
      ##"""
      interface A<T> extends B { readonly name: string; age?: number }
      kkkkkkkkk t.t. kkkkkkk t . kkkkkkkk ..... tttttt. ..... tttttt .
      type Id = string | 42;
      kkkk tt . tttttt . nn.
      @Component({ selector: 'x' })
      aaaaaaaaaa.. ......... sss ..
      export abstract class C { private x: Map<string, any> = new Map(); }
      kkkkkk kkkkkkkk kkkkk t . kkkkkkk .. ttt.tttttt. ttt. . kkk ttt... .
      function f(x: unknown): x is string { return typeof x === "string"; }
      kkkkkkkk f... ttttttt.. . kk tttttt . kkkkkk kkkkkk . ... ssssssss. .
      """##),
    HighlighterFixture(
      "jsx", "JSX",
      ##"""
      const App = () => <div className="a" onClick={() => go(1)}>
      kkkkk ttt . .. .. kkkk aaaaaaaaa.sss aaaaaaa.... .. ff.n...
        <Foo.Bar n={2} /> text </div>;
        kkkkkkkk a..n. .. .... kkkkk..
      if (a < b) { return <></>; }
      kk .. . .. . kkkkkk k.kk.. .
      """##),
    HighlighterFixture(
      "tsx", "TSX",
      ##"""
      const x: number = y as number; return <Foo<string> a="b">{x}</Foo>;
      kkkkk .. tttttt . . kk tttttt. kkkkkk kkkkkkkkkkk. a.sss....kkkkk..
      """##),
    HighlighterFixture(
      "java", "Java",
      ##"""
      package a.b; import java.util.List;
      kkkkkkk .... kkkkkk ..........tttt.
      @Override public final class Foo<T> extends Bar implements Baz {
      aaaaaaaaa kkkkkk kkkkk kkkkk ttt.t. kkkkkkk ttt kkkkkkkkkk ttt .
        private static final int MAX = 10_000L; /** doc
        kkkkkkk kkkkkk kkkkk ttt ... . nnnnnnn. ccccccc
        */ String s = """
      cccc tttttt . . sss
          text "x"
      ssssssssssss
          """; char c = '\'';
      sssssss. tttt . . ssss.
        void run() throws IOException { System.out.println("x" + new Foo(1.0f)); }
        tttt fff.. kkkkkk ttttttttttt . tttttt.....fffffff.sss . kkk ttt.nnnn... .
      }
      .
      """##),
    HighlighterFixture(
      "kotlin", "Kotlin",
      ##"""
      data class User(val name: String, var age: Int = 0)
      kkkk kkkkk tttt.kkk ..... tttttt. kkk .... ttt . n.
      @Test fun greet(u: User?): String = "Hi ${u?.name ?: "you"} $x" // c
      aaaaa kkk fffff... tttt... tttttt . ssssss....... .. sssssssaas cccc
      val raw = """a
      kkk ... . ssss
       ${b} "c" """; val c = 'x'; when (x) { is Int -> null }
      sss.sssssssss. kkk . . sss. kkkk ... . kk ttt .. nnnn .
      """##),
    HighlighterFixture(
      "scala", "Scala",
      ##"""
      case class Point(x: Double, y: Double) extends Shape
      kkkk kkkkk ttttt... tttttt. .. tttttt. kkkkkkk ttttt
      def area(p: Point): Double = s"x ${p.x} $y" match { case _ => 1.5 }
      kkk ffff... ttttt.. tttttt . ssssss...ssaas kkkkk . kkkk . .. nnn .
      val t = """a
      kkk . . ssss
      b"""; /* c /* d */ */ val c = 'c'
      ssss. ccccccccccccccc kkk . . sss
      """##),
    HighlighterFixture(
      "csharp", "C#",
      ##"""
      using System; // c
      kkkkk tttttt. cccc
      [Serializable] public record Person(string Name);
      .tttttttttttt. kkkkkk kkkkkk tttttt.tttttt tttt..
      var s = $"a {x + 1} {{b}}"; var p = @"C:\x ""y"" z";
      kkk . . sssss. . nssssssss. kkk . . sssssssssssssss.
      public async Task<int> RunAsync() { await Foo(1.5m); return 'c'; }
      kkkkkk kkkkk tttt.ttt. ffffffff.. . kkkkk fff.nnnn.. kkkkkk sss. .
      #region Main
      aaaaaaa tttt
      """##),
    HighlighterFixture(
      "ruby", "Ruby",
      ##"""
      require "json" # c
      kkkkkkk ssssss ccc
      class Foo < Bar
      kkkkk ttt . ttt
        attr_reader :name
        kkkkkkkkkkk aaaaa
        def self.call?(x) = "a #{x + "b"} c"
        kkk kkkk.fffff... . sssss. . sssssss
        TEXT = <<~EOT + other
        .... . ssssss . .....
          hi #{name} there
      sssssssss....sssssss
        EOT
      sssss
        list = %w[a b] + [:sym, 1_000, nil]; x =~ /a\/b/i
        .... . sssssss . .aaaa. nnnnn. nnn.. . .. sssssss
      =begin
      cccccc
      block
      ccccc
      =end
      cccc
      end
      kkk
      """##),
    HighlighterFixture(
      "php", "PHP",
      ##"""
      <?php
      kkkkk
      namespace App; // c
      kkkkkkkkk ttt. cccc
      #[Attr(1)]
      aaaaaaaaaa
      final class Foo extends Bar {
      kkkkk kkkkk ttt kkkkkkk ttt .
        public function run(int $x): ?string { return "a $x" . 'b'; }
        kkkkkk kkkkkkkk fff.ttt .... .tttttt . kkkkkk sssaas . sss. .
      }
      .
      $s = <<<EOT
      .. . ssssss
       hi $name
      ssssaaaaa
       EOT; echo strlen($s), null;
      ssss. kkkk ffffff..... nnnn.
      """##),
    HighlighterFixture(
      "perl", "Perl",
      ##"""
      use strict; # c
      kkk ....... ccc
      my %h = (a => 1, b => qw(x y));
      kk .. . .. .. n. . .. sssssss..
      sub run { my ($self) = @_; return $x =~ s/a\/b/c/g; }
      kkk fff . kk ....... . ... kkkkkk .. .. ssssssssss. .
      print "a $x", q{b {c} d}, 'e';
      fffff sssaas. ssssssssss. sss.
      my $t = <<"END";
      kk .. . sssssss.
       text $y
      ssssssaa
      END
      sss
      =pod
      cccc
      doc
      ccc
      =cut
      cccc
      if (m/x/i) { push @a, 0x1F; }
      kk .sssss. . ffff ... nnnn. .
      """##),
    HighlighterFixture(
      "lua", "Lua",
      ##"""
      -- c
      cccc
      --[[ long
      ccccccccc
      ]] local s = [==[ a ]] b
      cc kkkkk . . sssssssssss
      ]==] .. "x\n" .. 'y'
      ssss .. sssss .. sss
      function foo.bar(x) return nil, 1e3, tostring(x) end
      kkkkkkkk fff.fff... kkkkkk nnn. nnn. ffffffff... kkk
      """##),
  ]
}
