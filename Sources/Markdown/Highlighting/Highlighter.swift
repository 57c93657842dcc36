// Colours of code, line by line. The only thing a line hands to the next is a small state, so that any line can be
// coloured alone once the states at the line starts are known, and a text that grows costs only what came.

package import Display

/// What a line leaves open for the next one: inside a block comment, a raw string, a nested template and the like.
package struct LexerState: Equatable, Hashable, Sendable {
  package var rawValue: UInt32

  /// The state at the start of a text.
  package static let initial = LexerState(rawValue: 0)

  /// The state with these bits. Any value may be handed to `Highlighter`; one that no line leaves is read as some state.
  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A stretch of a line in one role.
package struct CodeSpan: Equatable, Sendable {
  /// Where it ends, as an offset into the same bytes; it begins where the one before it ends.
  package var end: Int
  package var role: ThemeRole

  /// The stretch up to `end`.
  package init(end: Int, role: ThemeRole) {
    self.end = end
    self.role = role
  }
}

/// Colours lines.
package enum Highlighter {
  /// Appends the spans of one line, which cover it without gaps, and moves `state` on to the next line.
  ///
  /// - Parameters:
  ///   - line: the line without its ending, clamped to `bytes`.
  ///   - state: of the same language; anything else gives some colours, never a trap.
  /// - Complexity: linear in the line; of a line beyond `longestLine` bytes the rest is plain.
  package static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, as language: CodeLanguage, state: inout LexerState,
    into spans: inout [CodeSpan]
  ) {
    let line = line.clamped(to: 0..<bytes.count)
    var colors = LineColors(start: line.lowerBound, first: spans.count, isWanted: true)
    swap(&colors.spans, &spans)
    lex(line, in: bytes, as: language, state: &state, colors: &colors)
    swap(&colors.spans, &spans)
  }

  /// Moves `state` on over one line whose colours nobody needs; what `color` would do to it.
  package static func advance(
    over line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, as language: CodeLanguage, state: inout LexerState
  ) {
    let line = line.clamped(to: 0..<bytes.count)
    var colors = LineColors(start: line.lowerBound, first: 0, isWanted: false)
    lex(line, in: bytes, as: language, state: &state, colors: &colors)
  }

  /// Lines are coloured up to here.
  package static let longestLine = 4096

  private static func lex(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, as language: CodeLanguage, state: inout LexerState,
    colors: inout LineColors
  ) {
    var end = line.upperBound
    if line.count > longestLine {
      end = line.lowerBound + longestLine
      // No scalar is cut: it has three continuation bytes at most.
      for _ in 0..<3 where bytes[end] & 0xC0 == 0x80 { end -= 1 }
    }
    let part = line.lowerBound..<end
    switch language.lexer {
    case .table(let grammar):
      var lexer = TableLexer(part, in: bytes, grammar: grammar, state: state, colors: colors)
      lexer.run()
      state = lexer.packedState
      colors = lexer.colors
    case .markup(let isHTML):
      MarkupLexer.color(part, in: bytes, isHTML: isHTML, state: &state, colors: &colors)
    case .styleSheet: StyleSheetLexer.color(part, in: bytes, state: &state, colors: &colors)
    case .markdown: MarkdownSourceLexer.color(part, in: bytes, state: &state, colors: &colors)
    case .diff: DiffLexer.color(part, in: bytes, state: &state, colors: &colors)
    }
    colors.mark(to: line.upperBound, .code)
  }
}

/// The spans of a line as they are found, neighbours of one role joined.
struct LineColors {
  var spans: [CodeSpan] = []
  private var reached: Int
  private let first: Int
  private let isWanted: Bool

  init(start: Int, first: Int, isWanted: Bool) {
    reached = start
    self.first = first
    self.isWanted = isWanted
  }

  /// Gives everything from the last mark up to `end` a role.
  @inline(__always)
  mutating func mark(to end: Int, _ role: ThemeRole) {
    guard end > reached else { return }
    reached = end
    guard isWanted else { return }
    let last = spans.count - 1
    if last >= first, spans[last].role == role {
      spans[last].end = end
    } else {
      spans.append(CodeSpan(end: end, role: role))
    }
  }
}
