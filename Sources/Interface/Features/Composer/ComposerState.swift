// The composer as a value: text, caret, undo, cut texts, history, search and completion. What each key does stands in
// `ComposerState+Keys.swift`; how it looks in `ComposerView.swift`. It sends nothing and keeps nothing beyond itself.

import Display

/// Everything the composer of one conversation depends on.
package struct ComposerState: Equatable, Sendable {
  /// Larger pastes are offered as an attachment.
  package static let attachmentThreshold = 1 << 20

  /// What the last key was, as far as the next one cares.
  enum Momentum: Equatable, Sendable {
    case none
    case killing
    /// A yank whose text begins there and may be replaced by an older one.
    case yanking(from: TextPosition)
    /// Up or Down, which remember the column they started in.
    case vertical(column: Int)
  }

  var page = ComposerPage()
  var killRing = KillRing()
  var momentum = Momentum.none
  var history = ComposerHistory()
  var search: HistorySearch?
  var lastQuery = ""
  /// The first row shown when the text is higher than its area, as any place in that row.
  var scroll = TextPosition.start
  /// The list that is open above the composer.
  package internal(set) var completions: CompletionList?
  /// The kind of part whose list the user has closed; it stays closed until another part is typed.
  var dismissed: CompletionContext.Kind?

  /// A composer with a draft, the caret at its end.
  package init(draft: String = "") {
    page.buffer = TextBuffer(draft)
  }

  /// The text under the caret.
  package var buffer: TextBuffer { page.buffer }
  /// Whether there is no text at all.
  package var isEmpty: Bool { page.buffer.isEmpty }
  /// The whole text. Linear in its length.
  package var text: String { page.buffer.text }
  /// Whether Ctrl+R is on and typed characters go to the query.
  package var isSearching: Bool { search != nil }

  /// What must not be lost: the text, or the stashed draft while an earlier prompt is only looked at. Linear in its length.
  package var draft: String {
    if history.isUntouchedEntry(page), let stashed = history.stashedDraft { return stashed.text }
    return text
  }

  /// What could be completed at the caret; the caller offers candidates for it after `.edited` and `.moved`.
  package var completionContext: CompletionContext? {
    isSearching ? nil : page.buffer.completionContext
  }

  /// Opens, changes or closes the list. `candidates` is asked only where something can be completed.
  package mutating func updateCompletions(from candidates: (CompletionContext) -> [CompletionCandidate]) {
    // While Tab cycles, the list is about what was typed before the first Tab.
    if let completions, completions.isInserted { return }
    guard let context = completionContext else {
      completions = nil
      dismissed = nil
      return
    }
    if let kind = dismissed {
      if kind == context.kind { return }
      dismissed = nil
    }
    if context == completions?.context { return }
    completions = CompletionList(candidates(context), for: context)
  }

  /// Takes the earlier prompts, oldest first.
  package mutating func supplyHistory(_ entries: [String]) {
    history.supply(entries)
  }

  /// Puts pasted text at the caret: one step to undo, no key of it acts, whatever it contains.
  package mutating func paste(_ text: String) -> ComposerOutcome {
    if search != nil {
      let firstLine = text.prefix { !$0.isNewline }
      search?.append(String(firstLine), in: history.entries)
      return .moved
    }
    let bytes = TextBuffer.normalized(text)
    guard !bytes.isEmpty else { return .unchanged }
    beginKey()
    apply(page.buffer.caret..<page.buffer.caret, bytes, as: .separate)
    return bytes.count > Self.attachmentThreshold ? .offersAttachment(byteCount: bytes.count) : .edited
  }

  /// Puts text at the caret as one step, such as a quotation.
  package mutating func insert(_ text: String) {
    search = nil
    beginKey()
    apply(page.buffer.caret..<page.buffer.caret, TextBuffer.normalized(text), as: .separate)
  }

  /// Puts another text in the place of this one as one step, such as what comes back from an editor.
  package mutating func replaceText(with text: String) {
    search = nil
    beginKey()
    apply(.start..<page.buffer.end, TextBuffer.normalized(text), as: .separate)
  }

  /// Empties the composer after its text was sent or saved elsewhere.
  ///
  /// If an earlier prompt was shown, the draft that was stashed for it comes back.
  package mutating func clear() {
    page = history.leave() ?? ComposerPage()
    search = nil
    momentum = .none
    completions = nil
    dismissed = nil
    scroll = .start
  }

  /// What every key does first: close what only lasts from one key to the next.
  mutating func beginKey() {
    momentum = .none
    if completions?.isInserted == true { completions = nil }
  }

  /// What is typed right behind a command that Tab put there is its argument.
  mutating func separateArgument() {
    guard let list = completions, list.isInserted, list.context.kind == .command, page.buffer.caret == page.buffer.end
    else { return }
    completions = nil
    apply(page.buffer.caret..<page.buffer.caret, [0x20], as: .separate)
  }

  /// Every change of text goes through here.
  mutating func apply(_ range: Range<TextPosition>, _ bytes: [UInt8], as kind: UndoStack.Kind) {
    guard !range.isEmpty || !bytes.isEmpty else { return }
    page.undo.record(TextEdit(replacing: range, with: bytes, in: &page.buffer), as: kind)
  }
}
