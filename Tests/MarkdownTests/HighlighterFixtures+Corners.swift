// Corners of some languages. Under each line of code one letter for each character:
// k keyword, s string, c comment, n number, t type, f function, a attribute, + inserted, - deleted, . plain.

extension HighlighterFixture {
  static let corners: [HighlighterFixture] = [
    HighlighterFixture(
      "ts", "TypeScript",
      ##"""
      const m = new Map<string, number>(); const x = a < b && c > d;
      kkkkk . . kkk ttt.tttttt. tttttt.... kkkkk . . . . . .. . . ..
      if (x) { return /ab+c/.exec(s) } else y = a / b;
      kk ... . kkkkkk ssssss.ffff... . kkkk . . . . ..
      type Props = { class?: string; type: "x" };
      kkkk ttttt . . ....... tttttt. ..... sss ..
      const {type, name} = await import('./x'); enum Color { Red = 'r' }
      kkkkk ...... ..... . kkkkk kkkkkk.sssss.. kkkk ttttt . ttt . sss .
      """##),
    HighlighterFixture(
      "py", "Python",
      ##"""
      def f(x: list[int] | None = None, *, y: "str" = 'it' "s") -> dict[str, Any]:
      kkk f... tttt.ttt. . nnnn . nnnn. .. .. sssss . ssss sss. .. tttt.ttt. ttt..
          print(f"{x!r:>{width}} {y['a']}", end="") if x else y @ z
          fffff.sss............sss..sss.ss. ....ss. kk . kkkk . . .
          return [i for i in range(10) if i % 2 == 0] # done
          kkkkkk .. kkk . kk fffff.nn. kk . . n .. n. cccccc
      """##),
    HighlighterFixture(
      "sh", "Shell",
      ##"""
      for f in *.txt; do [ -f "$f" ] && echo "${f%.txt}" || exit 1; done
      kkk . kk ...... kk . .. saas . .. ffff saaaaaaaaas .. ffff n. kkkk
      curl -sSL https://x.y/z#frag | sh -s -- --yes # c
      .... .... .................. . .. .. .. ..... ccc
      x=$(cat <<EOF
      ....... sssss
      hi
      ss
      EOF
      sss
      )
      .
      case "$1" in -h|--help) usage ;; *) break ;; esac
      kkkk saas kk .......... ..... .. .. fffff .. kkkk
      """##),
    HighlighterFixture(
      "yaml", "YAML",
      ##"""
      on:
      aa.
        push: {branches: [main, "rel/*"]}
        aaaa. .......... ...... sssssss..
        schedule: [{cron: '0 0 * * *'}]
        aaaaaaaa. ....... sssssssssss..
        script: ["echo 'x'", 'y']  # c
        aaaaaa. .ssssssssss. sss.  ccc
        text: it's "quoted" here
        aaaa. .... ........ ....
        multi: |-
        aaaaa. kk
          line
      ssssssss
        next: >
        aaaa. k
           folded
      sssssssssss
        end: ~
        aaa. .
      """##),
    HighlighterFixture(
      "go", "Go",
      ##"""
      type T[K comparable] struct { m map[K]int `json:"m,omitempty"` }
      kkkk t.. tttttttttt. kkkkkk . . kkk...ttt ssssssssssssssssssss .
      go func() { defer wg.Done(); ch <- 'x' }()
      kk kkkk.. . kkkkk ...ffff... .. .. sss ...
      """##),
    HighlighterFixture(
      "cs", "C#",
      ##"""
      string s = $"{a:N2} {b ?? "x"}"; char c = '"'; // c
      tttttt . . sss....sss. .. sssss. tttt . . sss. cccc
      """##),
    HighlighterFixture(
      "rs", "Rust",
      ##"""
      let x: Vec<&'static str> = vec![]; match c { 'a'..='z' => 1, _ => 'b: loop {} }
      kkk .. ttt..aaaaaaa ttt. . ffff... kkkkk . . sss...sss .. n. . .. aa. kkkk .. .
      """##),
    HighlighterFixture(
      "json", "JSON",
      ##"""
      {"k": "v", "arr": ["a","b"], "n": -1}
      .aaa. sss. aaaaa. .sss.sss.. aaa. .n.
      """##),
    HighlighterFixture(
      "html", "HTML",
      ##"""
      <p class=x>it's "fine"</p> <input value='<' disabled>
      kk aaaaa.sk.... ......kkkk kkkkkk aaaaa.sss aaaaaaaak
      """##),
    HighlighterFixture(
      "sql", "SQL",
      ##"""
      INSERT INTO t VALUES (1, 'a', NOW()) ON CONFLICT DO NOTHING; -- it's
      kkkkkk kkkk . kkkkkk .n. sss. fff... kk ........ kk ........ ccccccc
      """##),
    HighlighterFixture(
      "css", "CSS",
      ##"""
      :root { --main: #06c; }
      fffff . aaaaaa. nnnn. .
      h1, .a > b { font: 12px/1.5 "Helvetica", sans-serif; }
      kk. tt . k . aaaa. nnnn.nnn sssssssssss. ........... .
      """##),
    HighlighterFixture(
      "kotlin", "Kotlin",
      ##"""
      fun <T> List<T>.second(): T = this[1]
      kkk .f. tttt.t..ffffff... t . kkkk.n.
      """##),
    HighlighterFixture(
      "c", "C",
      ##"""
      #define X(a) "x" #a /* c */
      aaaaaaa f... sss .. ccccccc
      for (int i = 0; i < 10; i++) { x->y[i] = '\0'; }
      kkk .ttt . . n. . . nn. .... . ....... . ssss. .
      """##),
  ]
}
