import Markdown
import Testing

@Suite("Formulas")
struct MathTextTests {
  @Test("A formula is readable in one line", arguments: MathTextFormulas.wellFormed)
  func formulas(_ formula: String, _ text: String) {
    #expect(readable(formula) == text)
  }

  @Test("What is not understood stays as it is written", arguments: MathTextFormulas.malformed)
  func malformed(_ formula: String, _ text: String) {
    #expect(readable(formula) == text)
  }

  @Test("Line ends are blanks, controls are left out, bytes that are no text are replaced")
  func controls() {
    #expect(readable("a\n  +\r\n\tb") == "a + b")
    #expect(readable("a\u{1B}[31m\u{7F}\u{9B}b\\\u{7}c\\x\u{0}y") == "a [31m b c\\x y")
    #expect(text(of: MathText.readable, [0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
  }

  @Test(
    "A formula that stands by itself has a line for each row",
    arguments: [
      (
        "x = 1",
        ["x = 1"]
      ),
      (
        #"\begin{aligned} a &= b + c \\ &= d \end{aligned}"#,
        ["a = b + c", "= d"]
      ),
      (
        #"\begin{align*} x&=1\\y&=2 \\ \end{align*}"#,
        ["x = 1", "y = 2"]
      ),
      (
        #"a = b \\ c = d"#,
        ["a = b", "c = d"]
      ),
      (
        #"\begin{pmatrix} 1 & -20 \\ 300 & 4 \\ x & y \end{pmatrix}"#,
        ["⎛1    -20⎞", "⎜300  4  ⎟", "⎝x    y  ⎠"]
      ),
      (
        #"\begin{bmatrix} 1 & 2 \end{bmatrix}"#,
        ["[1  2]"]
      ),
      (
        #"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"#,
        ["⎧ x  if x > 0", "⎩ 0  otherwise"]
      ),
      (
        #"f = \begin{cases} x \\ 0 \end{cases}"#,
        ["f = ⎧ x", "    ⎩ 0"]
      ),
      (
        #"\begin{gather*} a = \begin{pmatrix} 1 & 2 \end{pmatrix} \\ b \end{gather*}"#,
        ["a = (1 2)", "b"]
      ),
      (
        #"\begin{equation} \begin{aligned} a &= b \\ c &= d \end{aligned} \end{equation}"#,
        ["a = b", "c = d"]
      ),
      (
        #"\begin{aligned} a &= b \\ c"#,
        ["a = b", "c"]
      ),
      (
        #"\begin{vmatrix} \vec{a} & bb \\ ccc & d \end{vmatrix}."#,
        ["|a⃗    bb|.", "|ccc  d |"]
      ),
      (
        #"A = \begin{pmatrix} a & b \\ c & d \\ e & f \end{pmatrix} x + \begin{pmatrix} 1 \\ 2 \end{pmatrix}"#,
        ["    ⎛a  b⎞", "A = ⎜c  d⎟ x + (1; 2)", "    ⎝e  f⎠"]
      ),
      (
        #"\begin{pmatrix} a \\ b \end{pmatrix} \\ c"#,
        ["(a; b)", "c"]
      ),
    ])
  func rows(_ formula: String, _ rows: [String]) {
    let found = Array(formula.utf8).withUnsafeBufferPointer { MathText.lines($0) }
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == rows)
  }

  @Test(
    "However deep a formula is nested, it is read",
    arguments: ["{", "\\frac{", "\\sqrt[", "x^", "\\begin{matrix}", "\\left(", "\\text{", "\\hat", "\\foo{", "\\over"])
  func depth(_ piece: String) {
    let formula = String(repeating: piece, count: 5000)
    let found = Array((formula + "x" + String(repeating: "}", count: 5000)).utf8).withUnsafeBufferPointer {
      (MathText.readable($0).count, MathText.lines($0).count)
    }
    #expect(found.0 <= formula.utf8.count * 4)
    #expect(found.1 == 1)
  }

  @Test("Any bytes give text without controls, in proportion")
  func anything() {
    let seed: UInt64 = 4711
    var generator = Seeded(state: seed)
    let pieces = (MathTextFormulas.wellFormed + MathTextFormulas.malformed).map { Array($0.0.utf8) }
    for _ in 0..<3000 {
      var formula: [UInt8] = []
      for _ in 0..<Int.random(in: 1..<5, using: &generator) {
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        formula += piece.prefix(Int.random(in: 0...piece.count, using: &generator))
        if Int.random(in: 0..<4, using: &generator) == 0 {
          formula.append(UInt8.random(in: 0...255, using: &generator))
        }
      }
      let results = formula.withUnsafeBufferPointer { [MathText.readable($0)] + MathText.lines($0) }
      for result in results {
        let text = String(decoding: result, as: UTF8.self)
        #expect(Array(text.utf8) == result, "seed \(seed): \(formula)")
        let controls = text.unicodeScalars.filter { $0.value < 0x20 || 0x7F..<0xA0 ~= $0.value }
        #expect(controls.isEmpty, "seed \(seed): \(formula)")
        #expect(result.count <= 64 + formula.count * 16, "seed \(seed): \(formula)")
      }
    }
  }

  private func readable(_ formula: String) -> String { text(of: MathText.readable, Array(formula.utf8)) }

  private func text(of read: (UnsafeBufferPointer<UInt8>) -> [UInt8], _ bytes: [UInt8]) -> String {
    String(decoding: bytes.withUnsafeBufferPointer(read), as: UTF8.self)
  }
}
