import Display
import Interface
import TestSupport
import Testing

@Suite struct PlainLayoutTests {
  private static let texts = [
    "one line",
    "first\nsecond\n\nthird after a blank line that is long enough to be wrapped more than once at this width\n",
    "before\n```swift\nlet a = 1\nlet b = \"a long line of code that wraps by characters, not by words\"\n```\nafter",
    "~~~\ninside ``` is text\n~~~~\nout again\n```unclosed\ncode to the end",
    "crlf\r\nlines\r\rand lone\rreturns\n",
    "```not`a fence\ntext\n   ```\ncode\n    ```\nstill code\n```\ndone",
    "日本語のテキストは単語の間に空白がない。これは折り返される。👩‍👩‍👧‍👦 e\u{301}\u{301} end",
    "\u{1B}[31mred\u{7} \u{202E}evil\tand\ttabs",
    String(repeating: "word ", count: 400),
    String(repeating: "x", count: 500),
    "",
    "\n\n\n",
  ]

  @Test("Text that grows gives the rows of the whole, however it was cut", arguments: texts)
  func incrementalEqualsWhole(text: String) {
    let bytes = Array(text.utf8)
    for columns in [1, 7, 24, 80] {
      let whole = layout(of: [bytes], columns: columns)
      #expect(layout(of: bytes.map { [$0] }, columns: columns) == whole, "byte by byte at \(columns)")
      for seed in 1...12 {
        var generator = SeededGenerator(seed: UInt64(seed))
        #expect(
          layout(of: generator.pieces(of: bytes, averaging: 9), columns: columns) == whole, "seed \(seed) at \(columns)"
        )
      }
    }
  }

  @Test("An offset is found in its row")
  func rowOfOffset() {
    var layout = PlainLayout(columns: 10)
    layout.extend(to: Array("aaaa bbbb cccc dddd\nlast".utf8))
    for (index, row) in layout.rows.enumerated() {
      #expect(layout.row(holding: row.start) == index)
      #expect(layout.row(holding: max(row.start, row.end - 1)) == index)
    }
  }

  private func layout(of pieces: [[UInt8]], columns: Int) -> [TextRow] {
    var layout = PlainLayout(columns: columns)
    var bytes: [UInt8] = []
    for piece in pieces {
      bytes += piece
      layout.extend(to: bytes)
    }
    return layout.rows
  }
}
