// Answers as models write them, for looking at: each is a whole message in Markdown.

/// Texts of answers by what they are rich in.
enum Answers {
  static let all: [(name: String, text: String)] = [
    ("everything", everything), ("tables", tables), ("lists", lists), ("cjk", cjk), ("emoji", emoji),
    ("right-to-left", rightToLeft), ("math", math), ("code", code), ("hostile", hostile),
  ]

  static let everything = """
    # Water, briefly

    Water is a *polar* molecule with **strong** hydrogen bonds; ~~it is dry~~ and ***very*** common. It melts at 0 °C and
    boils at 100 °C, see [the tables](https://example.org/water?x=1&y=2 "Water") or <https://example.org>.

    ## What to know

    1. It is `H2O`, never `H20`.
    2. Ice floats, which is *unusual*:
       the solid is less dense than the liquid.
    3. Its heat capacity is high.

    - [x] looked at
    - [ ] measured
    - plain

    > Thousands have lived without love, not one without water.
    >
    > > A quotation in a quotation,
    > > with `code` in it.

    ### Details and a rule

    ---

    Line one ends here\\
    and a hard break before this. A footnote[^n] follows, and www.example.org is a link as well.

    ![A glass of water](https://example.org/glass.png)

    <details>
    <summary>raw HTML</summary>
    </details>

    [^n]: The note itself, with *emphasis*.

    Setext heading
    --------------

    The end &amp; nothing more.
    """

  static let tables = """
    Sizes first:

    | Planet  | Radius (km) | Moons | Notes |
    |:--------|------------:|:-----:|-------|
    | Mercury | 2,439.7     | 0     | closest to the Sun, `no` atmosphere to speak of |
    | Venus   | 6,051.8     | 0     | **hottest**; its day is longer than its year |
    | Earth   | 6,371       | 1     | where this was written, and [more](https://example.org/earth) |
    | Mars    | 3,389.5     | 2     | dust, canyons, and the highest mountain known, which is a shield volcano about two and a half times as high as Everest above the sea |

    Then one that is much too wide:

    | Language | Typing | Memory | Concurrency | Build | Package manager | Since |
    |---|---|---|---|---|---|---|
    | Swift | static, inferred | counted references | actors, structured tasks | SwiftPM | SwiftPM | 2014 |
    | Rust | static, inferred | ownership and borrowing | threads, async with a runtime of choice | cargo | cargo | 2015 |
    | Go | static | garbage collected | goroutines and channels | go build | modules | 2009 |
    | a \\| b | `x \\| y` | | | | | |

    And a small one:

    a | b
    --|--
    1 | 2
    """

  static let lists = """
    To set it up:

    1. Install the tools:

       ```sh
       sudo apt install libfoo-dev   # the headers
       make && ./run --fast "$HOME/data"
       ```

    2. Write a configuration:
       - one section per service
         - with a name
           - and a port, for instance `8080`
       - and a default

         ```yaml
         service:
           name: "lab"   # shown in the list
           port: 8080
         ```

    10. Start it.
        > It prints a line when it is ready.

    * loose

    * list with a second paragraph

      that belongs to the item

    Done.
    """

  static let cjk = """
    ## 日本語と中文

    これは**太字**と*強調*を含む長い日本語の文章です。単語の間に空白がないので、行の折り返しは文字の間で行われなければなりません。句読点は行頭に来ません。

    - 項目一：東京
    - 項目二：大阪、京都

    | 言語 | 例 |
    |---|---|
    | 中文 | 你好，世界！这是一个表格单元。 |
    | 한국어 | 안녕하세요 세계 |

    ```python
    print("こんにちは")  # 挨拶
    ```
    """

  static let emoji = """
    Status: ✅ done, ❌ failed, ⚠️ warning, ℹ️ note.

    - Family 👨‍👩‍👧‍👦 and flags 🇩🇪🇯🇵🏴󠁧󠁢󠁳󠁣󠁴󠁿
    - Skin tones 👍🏽 👩🏿‍🚀, keycaps 1️⃣ #️⃣
    - Hearts ❤️ ❤ and text ☎︎

    | 🍎 | count |
    |---|--:|
    | 🍏 green | 3 |
    | 🍎 red | 12 |
    """

  static let rightToLeft = """
    # שלום עולם

    זהו טקסט בעברית עם **הדגשה** ועם מספר 123 ומילה English באמצע.

    - פריט ראשון
    - פריט שני (בסוגריים)

    مرحبا بالعالم، هذا نص عربي طويل بما يكفي ليلتف على سطر جديد في نافذة ضيقة، مع رقم ٤٥٦ وكلمة code.

    Mixed: the word שלום means peace, and سلام too.
    """

  static let math = """
    The roots of $ax^2 + bx + c = 0$ are

    $$
    x_{1,2} = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}
    $$

    Euler: \\(e^{i\\pi} + 1 = 0\\). A sum: $\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$, a limit
    \\[ \\lim_{x \\to 0} \\frac{\\sin x}{x} = 1 \\]
    It costs $5 and then $6, which is no formula.
    """

  static let code: String =
    "Three hundred lines:\n\n```swift\n"
    + (1...100).map { number in
      """
      /// Returns the \(number)th value, or `nil`.
      func value\(number)(_ input: [Int], scale: Double = \(number).5) -> Int? { // computed
        guard input.count > \(number) else { return nil }; let text = "value \\(input[\(number)]) is \\"quoted\\" and long enough to be wrapped at eighty columns"
      """
    }.joined(separator: "\n") + "\n```\n\nThat is all."

  static let hostile = """
    A title \u{1B}]0;owned\u{7} and \u{1B}[2J a clear, and \u{202E}reversed\u{202C} text.

    - [click](javascript:alert(1)) and [bank](https://evil.example/\u{202E}moc.knab)
    - `\u{1B}[31mred\u{1B}[0m` and &#27;[31m

    | a\u{1B}[5m | b |
    |---|---|
    | \u{9B}31m | x\u{0}y |

    ```sh\u{1B}[1m
    rm \u{2066}-rf\u{2069} /  # \u{200B}hidden
    ```
    """
}
