// Colours of code, line by line. The only thing a line hands to the next is a small state, so that any line can be
// coloured alone once the states at the line starts are known, and a text that grows costs only what came.

package import Display

/// What a line leaves open for the next one: inside a block comment, a raw string, a nested template and the like.
package struct LexerState: Equatable, Hashable, Sendable {
  package var rawValue: UInt32

  /// The state at the start of a text.
  package static let initial = LexerState(rawValue: 0)

  package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A stretch of a line in one role.
package struct CodeSpan: Equatable, Sendable {
  /// Where it ends, as an offset into the same bytes; it begins where the one before it ends.
  package var end: Int
  package var role: ThemeRole

  package init(end: Int, role: ThemeRole) {
    self.end = end
    self.role = role
  }
}

/// A language whose code can be coloured.
package struct CodeLanguage: Equatable, Sendable {
  /// As it is written, such as `C++`.
  package let name: String

  /// The language that an info string or a file's ending names, in any case and with what may follow the name left out:
  /// `swift`, `c++`, `js`, `py title="x"`. `nil` if it is none that is known.
  package static func named(_ info: some StringProtocol) -> CodeLanguage? { nil }
}

/// Colours lines.
package enum Highlighter {
  /// Appends the spans of one line, which cover it without gaps, and moves `state` on to the next line.
  ///
  /// - Parameters:
  ///   - line: the line without its ending, clamped to `bytes`.
  ///   - spans: left alone if `nil` is passed, when only the state is wanted.
  /// - Complexity: linear in the line; of a line beyond `longestLine` bytes the rest is plain.
  package static func color(
    _ line: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>, as language: CodeLanguage, state: inout LexerState,
    into spans: inout [CodeSpan]
  ) {}

  /// Lines are coloured up to here.
  package static let longestLine = 4096
}
