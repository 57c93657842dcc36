// Completing slash commands and their first argument. Which candidates exist is the caller's knowledge; which of them
// fit, in which order, and what Tab does is decided here.

/// What could be completed at the caret.
package struct CompletionContext: Equatable, Sendable {
  /// A part of a slash command.
  package enum Kind: Equatable, Sendable {
    /// The name of a command, without its slash.
    case command
    /// The first argument of that command, named without its slash.
    case argument(of: String)
  }

  /// Which part is being typed.
  package let kind: Kind
  /// What stands between the start of the part and the caret.
  package let prefix: String
  /// The part that a candidate replaces.
  package let range: Range<TextPosition>
}

/// Something a part can be completed to.
package struct CompletionCandidate: Equatable, Sendable {
  /// What is inserted; for a command its name without the slash.
  package let value: String
  /// One line that explains it; may be empty.
  package let help: String

  /// A candidate with its explanation.
  package init(value: String, help: String = "") {
    self.value = value
    self.help = help
  }
}

/// The list that is open above the composer.
package struct CompletionList: Equatable, Sendable {
  /// A candidate that fits.
  package struct Item: Equatable, Sendable {
    /// What it completes to.
    package let candidate: CompletionCandidate
    /// The characters of its value that the typed text matched.
    package let positions: [Int]
  }

  /// What the items complete.
  package let context: CompletionContext
  /// Best first; never empty.
  package let items: [Item]
  /// The item the user is on; `nil` as long as Tab and the arrows were left alone.
  package internal(set) var selected: Int?
  /// Whether the selected value stands in the text, so that Tab goes on instead of typing over the list.
  var isInserted = false

  /// The candidates that fit what was typed, best first; `nil` if none does, or the only one is already there.
  init?(_ candidates: [CompletionCandidate], for context: CompletionContext) {
    let matcher = FuzzyMatcher(context.prefix)
    let ranked = matcher.rank(candidates) { $0.value }
    items = ranked.map { Item(candidate: candidates[$0.index], positions: $0.match.positions) }
    self.context = context
    if items.isEmpty { return nil }
    if items.count == 1, items[0].candidate.value == context.prefix { return nil }
  }

  mutating func select(step: Int) {
    guard let selected else {
      self.selected = step > 0 ? 0 : items.count - 1
      return
    }
    self.selected = (selected + step + items.count) % items.count
  }
}

extension TextBuffer {
  /// Longer than any command; beyond it a text that begins with a slash is a text.
  private static let maximumCommandBytes = 1_024

  /// What stands at the caret of a one-line text that begins with a slash, or `nil`.
  var completionContext: CompletionContext? {
    guard lineCount == 1, let line = lines.first, line.first == 0x2F, caret.offset > 0,
      line.count <= Self.maximumCommandBytes
    else { return nil }
    let nameEnd = line.firstIndex(of: 0x20) ?? line.count
    if caret.offset <= nameEnd { return context(.command, from: 1, to: nameEnd) }
    let name = String(decoding: line[1..<nameEnd], as: UTF8.self)
    guard let start = line[nameEnd...].firstIndex(where: { $0 != 0x20 }) else {
      return context(.argument(of: name), from: caret.offset, to: caret.offset)
    }
    let end = line[start...].firstIndex(of: 0x20) ?? line.count
    guard caret.offset >= start, caret.offset <= end else { return nil }
    return context(.argument(of: name), from: start, to: end)
  }

  private func context(_ kind: CompletionContext.Kind, from start: Int, to end: Int) -> CompletionContext {
    let lower = TextPosition(line: 0, offset: start)
    return CompletionContext(
      kind: kind, prefix: text(in: lower..<max(lower, caret)), range: lower..<TextPosition(line: 0, offset: end))
  }
}
