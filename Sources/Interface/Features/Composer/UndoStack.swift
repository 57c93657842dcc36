// What was changed, for taking it back. Holds differences, not copies, so a keystroke in a long text stays cheap.

/// One replacement in a `TextBuffer`, with all that is needed to take it back and to do it again.
struct TextEdit: Equatable, Sendable {
  let start: TextPosition
  var removed: [UInt8]
  var inserted: [UInt8]
  let caretBefore: TextPosition
  var caretAfter: TextPosition

  /// Does the replacement on a buffer and describes it.
  init(replacing range: Range<TextPosition>, with inserted: [UInt8], in buffer: inout TextBuffer) {
    start = range.lowerBound
    caretBefore = buffer.caret
    removed = buffer.replace(range, with: inserted)
    self.inserted = inserted
    caretAfter = buffer.caret
  }

  var cost: Int { removed.count + inserted.count + 64 }

  func revert(in buffer: inout TextBuffer) {
    buffer.replace(start..<start.advanced(over: inserted), with: removed)
    buffer.moveCaret(to: caretBefore)
  }

  func repeated(in buffer: inout TextBuffer) {
    buffer.replace(start..<start.advanced(over: removed), with: inserted)
    buffer.moveCaret(to: caretAfter)
  }
}

/// Steps back and forward through the edits of one text. Bounded: the oldest steps are forgotten first.
struct UndoStack: Equatable, Sendable {
  /// What kind of key made an edit: runs of the same kind become one step.
  enum Kind: Equatable, Sendable {
    /// A character typed: a word and the spaces after it are one step.
    case typing
    /// Backspace: a run is one step.
    case erasing
    /// A step of its own.
    case separate
  }

  /// More than a person takes back; the bytes are what the text removed and inserted may take together.
  static let maximumSteps = 2_000
  static let maximumBytes = 16 << 20

  private var done: [TextEdit] = []
  private var undone: [TextEdit] = []
  private var cost = 0
  private var openKind: Kind?

  var canUndo: Bool { !done.isEmpty }
  var canRedo: Bool { !undone.isEmpty }

  /// Remembers an edit that was just done, joining it to the run before where there is one.
  mutating func record(_ edit: TextEdit, as kind: Kind) {
    undone.removeAll()
    if kind == openKind, join(edit, as: kind) { return }
    done.append(edit)
    cost += edit.cost
    openKind = kind == .separate ? nil : kind
    var excess = 0
    // The newest step is kept whatever it costs: it may be the only copy of what was deleted.
    while done.count - excess > 1, done.count - excess > Self.maximumSteps || cost > Self.maximumBytes {
      cost -= done[excess].cost
      excess += 1
    }
    if excess > 0 { done.removeFirst(excess) }
  }

  /// Ends a run: what is typed after a motion is a step of its own.
  mutating func close() { openKind = nil }

  /// Takes the last step back; false if there is none.
  mutating func undo(in buffer: inout TextBuffer) -> Bool {
    openKind = nil
    guard let edit = done.popLast() else { return false }
    cost -= edit.cost
    edit.revert(in: &buffer)
    undone.append(edit)
    return true
  }

  /// Does again what was taken back last; false if there is nothing.
  mutating func redo(in buffer: inout TextBuffer) -> Bool {
    openKind = nil
    guard let edit = undone.popLast() else { return false }
    cost += edit.cost
    edit.repeated(in: &buffer)
    done.append(edit)
    return true
  }

  /// Takes the last step back for good, because another takes its place.
  mutating func discardLast(in buffer: inout TextBuffer) {
    openKind = nil
    guard let edit = done.popLast() else { return }
    cost -= edit.cost
    edit.revert(in: &buffer)
  }

  private mutating func join(_ edit: TextEdit, as kind: Kind) -> Bool {
    guard let index = done.indices.last else { return false }
    switch kind {
    case .typing:
      guard edit.removed.isEmpty, done[index].start.advanced(over: done[index].inserted) == edit.start,
        let before = done[index].inserted.last, let next = edit.inserted.first,
        before != 0x20 || next == 0x20
      else { return false }
      done[index].inserted.append(contentsOf: edit.inserted)
      done[index].caretAfter = edit.caretAfter
      cost += edit.inserted.count
      return true
    case .erasing:
      guard edit.inserted.isEmpty, edit.start.advanced(over: edit.removed) == done[index].start else { return false }
      var joined = edit
      joined.removed.append(contentsOf: done[index].removed)
      joined = joined.starting(at: edit.start, caretBefore: done[index].caretBefore)
      cost += edit.removed.count
      done[index] = joined
      return true
    case .separate:
      return false
    }
  }
}

extension TextEdit {
  private init(
    start: TextPosition, removed: [UInt8], inserted: [UInt8], caretBefore: TextPosition, caretAfter: TextPosition
  ) {
    self.start = start
    self.removed = removed
    self.inserted = inserted
    self.caretBefore = caretBefore
    self.caretAfter = caretAfter
  }

  /// The same edit as part of a run that began with the caret elsewhere.
  fileprivate func starting(at start: TextPosition, caretBefore: TextPosition) -> TextEdit {
    TextEdit(
      start: start, removed: removed, inserted: inserted, caretBefore: caretBefore, caretAfter: caretAfter)
  }
}
