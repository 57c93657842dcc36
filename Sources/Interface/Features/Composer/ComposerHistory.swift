// Earlier prompts, for browsing and searching. Holds what the caller supplies; reads no archive.

/// A text with its own undo: what the composer edits at one place of the history.
struct ComposerPage: Equatable, Sendable {
  var buffer = TextBuffer()
  var undo = UndoStack()
}

/// The prompts sent before, and where in them the user is.
///
/// Below the newest entry stands the draft. Whatever is edited on the way stays as it was left until the composer is
/// cleared, so going up and down loses nothing.
struct ComposerHistory: Equatable, Sendable {
  /// Oldest first.
  private(set) var entries: [String] = []
  /// The entry shown; `nil` is the draft.
  private(set) var cursor: Int?
  private var supplied: [String]?
  private var draft: ComposerPage?
  private var edited: [Int: ComposerPage] = [:]

  /// The draft's text while an entry is shown.
  var stashedDraft: TextBuffer? { draft?.buffer }

  /// Takes new entries, oldest first; while the user is browsing they wait, so that nothing moves under the cursor.
  mutating func supply(_ newEntries: [String]) {
    if cursor == nil { entries = newEntries } else { supplied = newEntries }
  }

  /// The page before the one shown, or `nil` at the oldest.
  mutating func older(leaving page: ComposerPage) -> ComposerPage? {
    let index = (cursor ?? entries.count) - 1
    return index >= 0 ? visit(index, leaving: page) : nil
  }

  /// The page after the one shown, or `nil` at the draft.
  mutating func newer(leaving page: ComposerPage) -> ComposerPage? {
    guard let cursor else { return nil }
    return cursor + 1 < entries.count ? visit(cursor + 1, leaving: page) : returnToDraft(leaving: page)
  }

  /// The page of an entry that exists.
  mutating func visit(_ index: Int, leaving page: ComposerPage) -> ComposerPage {
    store(page)
    cursor = index
    return edited[index] ?? ComposerPage(buffer: TextBuffer(entries[index]))
  }

  /// Forgets where the user was and what was edited there.
  /// - Returns: the draft that waits, unless it was the page shown.
  mutating func leave() -> ComposerPage? {
    let waiting = cursor == nil ? nil : draft
    finish()
    return waiting
  }

  /// Whether the text shown is an entry as it was sent.
  func isUntouchedEntry(_ page: ComposerPage) -> Bool {
    cursor != nil && !page.undo.canUndo
  }

  private mutating func returnToDraft(leaving page: ComposerPage) -> ComposerPage {
    store(page)
    cursor = nil
    let page = draft ?? ComposerPage()
    // Edits of entries survive a visit to the draft as long as the entries are the same.
    if supplied != nil { finish() }
    return page
  }

  private mutating func store(_ page: ComposerPage) {
    if let cursor {
      if page.undo.canUndo || page.undo.canRedo { edited[cursor] = page }
    } else {
      draft = page
    }
  }

  private mutating func finish() {
    cursor = nil
    draft = nil
    edited = [:]
    if let supplied { entries = supplied }
    supplied = nil
  }
}

/// An incremental search backwards through the history, as with readline's Ctrl+R.
struct HistorySearch: Equatable, Sendable {
  /// Of an entry only this much is searched, so that a pasted novel among the prompts does not slow every key.
  static let searchedBytes = 16_384
  /// Longer than any phrase a person searches for.
  static let maximumQueryBytes = 1_024

  /// A place where the query was found.
  struct Match: Equatable, Sendable {
    let index: Int
    let preview: TextBuffer
  }

  private(set) var query = ""
  private(set) var match: Match?
  /// The query is not in what was left to search; `match` is the last place where it, or a shorter one, was.
  private(set) var hasFailed = false

  mutating func append(_ text: String, in entries: [String]) {
    guard query.utf8.count + text.utf8.count <= Self.maximumQueryBytes else { return }
    query += text
    search(entries, downFrom: match?.index ?? entries.count - 1)
  }

  mutating func removeLast(in entries: [String]) {
    guard !query.isEmpty else { return }
    query.removeLast()
    match = nil
    hasFailed = false
    if !query.isEmpty { search(entries, downFrom: entries.count - 1) }
  }

  /// The next older entry with another text.
  mutating func older(in entries: [String]) {
    guard !query.isEmpty else { return }
    search(entries, downFrom: (match?.index ?? entries.count) - 1, skipping: match?.preview)
  }

  /// The next newer entry with another text.
  mutating func newer(in entries: [String]) {
    guard !query.isEmpty, let match else { return }
    let needle = Needle(query)
    for index in entries.indices.dropFirst(match.index + 1) {
      if let found = needle.find(in: entries[index]), entries[index] != entries[match.index] {
        accept(index, at: found, in: entries)
        return
      }
    }
    hasFailed = true
  }

  private mutating func search(_ entries: [String], downFrom start: Int, skipping shown: TextBuffer? = nil) {
    let needle = Needle(query)
    let shownText = shown?.text
    var index = min(start, entries.count - 1)
    while index >= 0 {
      if let found = needle.find(in: entries[index]), entries[index] != shownText {
        accept(index, at: found, in: entries)
        return
      }
      index -= 1
    }
    hasFailed = true
  }

  private mutating func accept(_ index: Int, at offset: Int, in entries: [String]) {
    var preview = TextBuffer(entries[index])
    preview.moveCaret(
      to: TextPosition.start.advanced(
        over: TextBuffer.normalized(String(decoding: entries[index].utf8.prefix(offset), as: UTF8.self))))
    match = Match(index: index, preview: preview)
    hasFailed = false
  }
}

/// A query made ready for looking into many texts: letters in lower case match both.
private struct Needle {
  private let bytes: [UInt8]
  private let foldsCase: Bool

  init(_ query: String) {
    foldsCase = !query.contains(where: \.isUppercase)
    bytes = Array(query.utf8)
  }

  /// The byte offset of the first occurrence.
  func find(in text: String) -> Int? {
    guard let first = bytes.first else { return nil }
    let isWide = bytes.contains { $0 >= 0x80 }
    // Lower case may change the length of a text, but hardly of one that is searched for what it has in lower case.
    let source = foldsCase && isWide ? text.lowercased() : text
    let haystack = Array(source.utf8.prefix(HistorySearch.searchedBytes))
    guard haystack.count >= bytes.count else { return nil }
    for start in 0...(haystack.count - bytes.count) where folded(haystack[start]) == first {
      var length = 1
      while length < bytes.count, folded(haystack[start + length]) == bytes[length] { length += 1 }
      if length == bytes.count { return start }
    }
    return nil
  }

  private func folded(_ byte: UInt8) -> UInt8 {
    foldsCase && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }
}
