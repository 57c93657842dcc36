// What the keys of `ComposerState+Keys.swift` do to the text: moving, cutting, putting back, exchanging, taking back.

import Display

extension ComposerState {
  enum VerticalDirection { case up, down }

  /// Moves the caret. In an empty text no motion means anything, so the key is the caller's.
  mutating func move(to position: TextPosition?) -> ComposerOutcome {
    if isEmpty { return .ignored }
    beginKey()
    page.undo.close()
    guard let position, position != page.buffer.caret else { return .unchanged }
    page.buffer.moveCaret(to: position)
    return .moved
  }

  /// Up or down by the rows on screen; past the first and the last through the history.
  mutating func vertical(_ direction: VerticalDirection, width: Int) -> ComposerOutcome {
    var rows = ComposerRows(page.buffer, areaColumns: width)
    let caret = page.buffer.caret
    let current = rows.row(containing: caret)
    let target = direction == .up ? rows.row(before: current) : rows.row(after: current)
    guard let target else { return browse(direction) }
    let column: Int
    if case .vertical(let kept) = momentum { column = kept } else { column = rows.column(of: caret, in: current) }
    beginKey()
    page.undo.close()
    page.buffer.moveCaret(to: rows.position(atColumn: column, in: target))
    momentum = .vertical(column: column)
    return .moved
  }

  private mutating func browse(_ direction: VerticalDirection) -> ComposerOutcome {
    guard let next = direction == .up ? history.older(leaving: page) : history.newer(leaving: page) else {
      return .ignored
    }
    beginKey()
    show(next)
    return .edited
  }

  /// Shows a page of the history with the caret where it was left, for an entry at its end.
  mutating func show(_ next: ComposerPage) {
    page = next
    page.undo.close()
    completions = nil
    // A command from the history is looked at, not typed: no list until the user types.
    dismissed = page.buffer.completionContext?.kind
    scroll = .start
  }

  mutating func kill(
    from start: TextPosition, to end: TextPosition, _ direction: KillRing.Direction
  ) -> ComposerOutcome {
    if isEmpty { return .ignored }
    let joins = momentum == .killing
    beginKey()
    guard start < end else { return .unchanged }
    killRing.add(page.buffer.bytes(in: start..<end), direction, joining: joins)
    apply(start..<end, [], as: .separate)
    momentum = .killing
    return .edited
  }

  /// To the end of the line; at its end the line break.
  mutating func killToLineEnd() -> ComposerOutcome {
    let caret = page.buffer.caret
    let end = page.buffer.lineEnd(of: caret)
    return kill(from: caret, to: caret < end ? end : page.buffer.position(after: caret) ?? caret, .forward)
  }

  /// To the start of the line; at its start the line break before it.
  mutating func killToLineStart() -> ComposerOutcome {
    let caret = page.buffer.caret
    let start = page.buffer.lineStart(of: caret)
    return kill(from: start < caret ? start : page.buffer.position(before: caret) ?? caret, to: caret, .backward)
  }

  mutating func yank() -> ComposerOutcome {
    guard let bytes = killRing.newest() else { return .unchanged }
    beginKey()
    insertYanked(bytes)
    return .edited
  }

  /// Directly after a yank: an older cut in its place.
  mutating func yankOlder() -> ComposerOutcome {
    guard case .yanking(let start) = momentum, let bytes = killRing.rotated() else { return .unchanged }
    page.undo.discardLast(in: &page.buffer)
    page.buffer.moveCaret(to: start)
    insertYanked(bytes)
    return .edited
  }

  private mutating func insertYanked(_ bytes: [UInt8]) {
    let start = page.buffer.caret
    apply(start..<start, bytes, as: .separate)
    momentum = .yanking(from: start)
  }

  /// Exchanges the clusters around the caret, at the end of a line the last two, and moves on.
  mutating func transpose() -> ComposerOutcome {
    if isEmpty { return .ignored }
    beginKey()
    let caret = page.buffer.caret
    let middle = caret == page.buffer.lineEnd(of: caret) ? page.buffer.position(before: caret) : caret
    guard let middle, let start = page.buffer.position(before: middle), let end = page.buffer.position(after: middle),
      start.line == end.line
    else { return .unchanged }
    let exchanged = page.buffer.bytes(in: middle..<end) + page.buffer.bytes(in: start..<middle)
    apply(start..<end, exchanged, as: .separate)
    return .edited
  }

  /// Changes the case of the rest of the word at the caret, or of the next word. With none left the key is the caller's.
  mutating func changeCase(_ change: (String) -> String) -> ComposerOutcome {
    let caret = page.buffer.caret
    let start = page.buffer.wordStart(after: caret)
    let end = page.buffer.wordEnd(after: start)
    guard start < end else { return .ignored }
    beginKey()
    let before = page.buffer.text(in: start..<end)
    let after = change(before)
    if before == after {
      page.undo.close()
      page.buffer.moveCaret(to: end)
      return .moved
    }
    apply(start..<end, Array(after.utf8), as: .separate)
    return .edited
  }

  mutating func undo() -> ComposerOutcome {
    beginKey()
    completions = nil
    return page.undo.undo(in: &page.buffer) ? .edited : .unchanged
  }

  mutating func redo() -> ComposerOutcome {
    beginKey()
    completions = nil
    return page.undo.redo(in: &page.buffer) ? .edited : .unchanged
  }

  /// Keeps the caret in sight, and the text where it is as long as that shows it.
  mutating func settleScroll(width: Int, rows: Int) {
    let buffer = search?.match?.preview ?? page.buffer
    var layout = ComposerRows(buffer, areaColumns: width)
    let available = max(1, rows - (isSearching ? 1 : 0))
    let top = layout.top(near: scroll, showing: buffer.caret, rows: available)
    scroll = TextPosition(line: top.line, offset: top.range.lowerBound)
  }
}

extension ComposerState {
  /// Puts the caret at the character that is drawn at a cell of the composer's area.
  mutating func placeCaret(at point: Point, in area: Rect) {
    guard search == nil, !area.isEmpty else { return }
    beginKey()
    completions = nil
    var layout = ComposerRows(page.buffer, areaColumns: area.columns)
    var row = layout.top(near: scroll, showing: page.buffer.caret, rows: area.rows)
    for _ in 0..<max(0, point.y - area.minY) {
      guard let next = layout.row(after: row) else { break }
      row = next
    }
    let offset = page.buffer.lines[row.line].withUnsafeBufferPointer { bytes in
      RowText(bytes: bytes, range: row.shown, column: 0, tabWidth: Sanitizer.tabWidth)
        .offset(at: point.x - area.minX - ComposerRows.promptColumns)
    }
    page.undo.close()
    page.buffer.moveCaret(to: TextPosition(line: row.line, offset: offset))
  }
}
