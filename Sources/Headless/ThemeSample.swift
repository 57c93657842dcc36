// What `theme show` shows a theme with: words for each role, and a conversation in which most of them meet.

import Display

/// Texts to see a theme by.
enum ThemeSample {
  /// A few words, or the shape, that a role is for. At most 28 columns.
  static func words(for role: ThemeRole) -> String {
    switch role {
    case .rule, .border, .tableBorder, .graphAxis: "────────────"
    case .quoteBar: "▎"
    case .graph, .graphAlternate: "▁▂▃▅▆▇█▇▅▃▂▁"
    case .streamingCursor: "▌"
    case .listMarker: "•  1.  –"
    case .hint: " a  b  c "
    case .browseMark: "▶ ┃"
    case .control: "^[ ^M"
    case .link: "https://example.org"
    case .code: "let answer = read()"
    case .codeLabel: "swift"
    case .codeKeyword: "func return if"
    case .codeString: "\"a string\""
    case .codeComment: "// a comment"
    case .codeNumber: "42  0x2A  3.14"
    case .codeType: "String"
    case .codeFunction: "readLine()"
    case .codeAttribute: "@Sendable  key:"
    case .codeInserted: "+ what a diff adds"
    case .codeDeleted: "- what it takes away"
    case .inlineCode: "readLine()"
    case .math: "E = mc²"
    case .statusKey, .popupKey: "ctrl-x t"
    case .statusLive: "writing"
    case .error, .statusError: "✗ refused"
    case .warning: "◼ cut off"
    case .success, .listLive: "✓ done"
    default: "The quick brown fox"
    }
  }

  /// Lines of a screen.
  static let answer: [[ThemeSpan]] = [
    [ThemeSpan("▌ You", .user), ThemeSpan("  12:00", .dim)],
    [ThemeSpan("How do I count the lines of a file?", .text)],
    [],
    [ThemeSpan("▌ lab/m-large", .assistant), ThemeSpan("  12:00", .dim)],
    [ThemeSpan("▸ thought for 3 s about files", .thinking)],
    [ThemeSpan("⚙ search(\"line count\")", .tool), ThemeSpan("  3 results", .toolResult)],
    [ThemeSpan("Counting lines", .heading)],
    [
      ThemeSpan("Call ", .text), ThemeSpan("readLine()", .inlineCode), ThemeSpan(" until it gives ", .text),
      ThemeSpan("nothing", .emphasis), ThemeSpan("; ", .text), ThemeSpan("never", .strong),
      ThemeSpan(" read all at once. See ", .text), ThemeSpan("the manual", .link), ThemeSpan(".", .text),
    ],
    [ThemeSpan("In Swift", .headingMinor)],
    [ThemeSpan("  • ", .listMarker), ThemeSpan("the last line may have no end", .text)],
    [
      ThemeSpan("  • ", .listMarker), ThemeSpan("it takes ", .text), ThemeSpan("O(n)", .math),
      ThemeSpan(" time", .text),
    ],
    [ThemeSpan(" swift", .codeLabel)],
    [
      ThemeSpan(" @discardableResult ", .codeAttribute), ThemeSpan("func", .codeKeyword),
      ThemeSpan(" count", .codeFunction),
      ThemeSpan("(", .code), ThemeSpan("String", .codeType), ThemeSpan(") {  ", .code),
      ThemeSpan("// of one file", .codeComment),
    ],
    [
      ThemeSpan("   return", .codeKeyword), ThemeSpan(" lines - ", .code), ThemeSpan("1", .codeNumber),
      ThemeSpan(" + size(", .code), ThemeSpan("\"a.txt\"", .codeString), ThemeSpan(")", .code),
    ],
    [ThemeSpan(" - let lines = all.count", .codeDeleted)],
    [ThemeSpan(" + var lines = 0", .codeInserted)],
    [ThemeSpan("│ ", .tableBorder), ThemeSpan("file   lines", .tableHeader), ThemeSpan(" │", .tableBorder)],
    [ThemeSpan("├──────────────┤", .tableBorder)],
    [ThemeSpan("│ ", .tableBorder), ThemeSpan("a.txt     42", .text), ThemeSpan(" │", .tableBorder)],
    [ThemeSpan("▎ ", .quoteBar), ThemeSpan("Count what can be counted.", .quote)],
    [ThemeSpan(String(repeating: "─", count: 40), .rule)],
    [
      ThemeSpan("▶ ", .browseMark), ThemeSpan(" a ", .hint), ThemeSpan(" found: ", .text), ThemeSpan("line", .match),
      ThemeSpan(" ", .text), ThemeSpan("line", .currentMatch), ThemeSpan("  ", .text),
      ThemeSpan(" selected ", .selection),
      ThemeSpan("  ", .text), ThemeSpan("^[", .control),
    ],
    [
      ThemeSpan("✓ copied 42 bytes  ", .success), ThemeSpan("◼ cut at the token limit  ", .warning),
      ThemeSpan("✗ refused", .error),
    ],
    [
      ThemeSpan("> ", .composerPrompt), ThemeSpan("and of many files?", .composer),
      ThemeSpan("  Enter sends", .composerHint),
    ],
    [
      ThemeSpan(" writing", .statusLive), ThemeSpan(" · 3 s · 12 chunks · ", .status), ThemeSpan("F1", .statusKey),
      ThemeSpan(" help · ", .status), ThemeSpan("✗ incomplete", .statusError), ThemeSpan(" ", .status),
    ],
  ]
}
