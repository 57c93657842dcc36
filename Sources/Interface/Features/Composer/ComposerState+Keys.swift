// Which key does what in the composer: readline's keys, and nothing that belongs to the rest of the program.

package import Display

extension ComposerState {
  /// Rows of text beyond which nothing is assumed to be visible when the caller does not say.
  package static let usualRows = 8

  /// Does what a key means here.
  /// - Parameters:
  ///   - width: columns of the area the composer is drawn in, prompt included; Up and Down go by the rows they see.
  ///   - rows: the most rows that area may have.
  package mutating func handle(_ chord: KeyChord, width: Int, rows: Int = usualRows) -> ComposerOutcome {
    let outcome = search == nil ? edit(chord, width: width) : searchKey(chord, width: width)
    switch outcome {
    case .edited, .moved: settleScroll(width: width, rows: rows)
    case .ignored, .unchanged, .submit, .offersAttachment: break
    }
    return outcome
  }

  private mutating func edit(_ chord: KeyChord, width: Int) -> ComposerOutcome {
    if completions != nil, let outcome = completionKey(chord) { return outcome }
    switch chord.key {
    case .character(let scalar):
      switch chord.modifiers.subtracting(.shift) {
      case []:
        if scalar != " " { separateArgument() }
        return type(scalar)
      case .control: return controlKey(scalar, width: width)
      case .alt: return altKey(scalar)
      default: return .ignored
      }
    case .enter: return enter(chord.modifiers)
    case .backspace: return backspace(chord.modifiers)
    case .delete: return deleteForward(chord.modifiers)
    case .up: return chord.modifiers.isEmpty ? vertical(.up, width: width) : .ignored
    case .down: return chord.modifiers.isEmpty ? vertical(.down, width: width) : .ignored
    case .left, .right, .home, .end: return horizontal(chord)
    case .tab, .escape, .insert, .pageUp, .pageDown, .function: return .ignored
    }
  }

  private mutating func type(_ scalar: Unicode.Scalar) -> ComposerOutcome {
    guard scalar.value >= 0x20, scalar.value != 0x7F else { return .ignored }
    beginKey()
    apply(page.buffer.caret..<page.buffer.caret, Array(String(scalar).utf8), as: .typing)
    return .edited
  }

  private mutating func controlKey(_ scalar: Unicode.Scalar, width: Int) -> ComposerOutcome {
    let caret = page.buffer.caret
    switch scalar {
    case "a": return move(to: page.buffer.lineStart(of: caret))
    case "e": return move(to: page.buffer.lineEnd(of: caret))
    case "b": return move(to: page.buffer.position(before: caret))
    case "f": return move(to: page.buffer.position(after: caret))
    case "p": return isEmpty ? .ignored : vertical(.up, width: width)
    case "n": return vertical(.down, width: width)
    case "h": return backspace([])
    case "d": return deleteForward([])
    case "j": return newline()
    case "m": return enter([])
    case "k": return killToLineEnd()
    case "u": return killToLineStart()
    case "w": return kill(from: page.buffer.fieldStart(before: caret), to: caret, .backward)
    case "y": return yank()
    case "t": return transpose()
    case "r": return beginSearch()
    case "_", "/", "-": return undo()
    default: return .ignored
    }
  }

  private mutating func altKey(_ scalar: Unicode.Scalar) -> ComposerOutcome {
    let caret = page.buffer.caret
    switch scalar {
    case "b", "B": return move(to: page.buffer.wordStart(before: caret))
    case "f", "F": return move(to: page.buffer.wordEnd(after: caret))
    case "<": return move(to: .start)
    case ">": return move(to: page.buffer.end)
    case "d", "D": return kill(from: caret, to: page.buffer.wordEnd(after: caret), .forward)
    case "y", "Y": return yankOlder()
    case "u", "U": return changeCase { $0.uppercased() }
    case "l", "L": return changeCase { $0.lowercased() }
    case "c", "C": return changeCase { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
    case "_": return redo()
    default: return .ignored
    }
  }

  private mutating func horizontal(_ chord: KeyChord) -> ComposerOutcome {
    let caret = page.buffer.caret
    let byWord: Bool
    switch chord.modifiers.subtracting(.shift) {
    case []: byWord = false
    case .control, .alt: byWord = true
    default: return .ignored
    }
    switch chord.key {
    case .left: return move(to: byWord ? page.buffer.wordStart(before: caret) : page.buffer.position(before: caret))
    case .right: return move(to: byWord ? page.buffer.wordEnd(after: caret) : page.buffer.position(after: caret))
    case .home where !chord.modifiers.contains(.alt):
      return move(to: byWord ? .start : page.buffer.lineStart(of: caret))
    case .end where !chord.modifiers.contains(.alt):
      return move(to: byWord ? page.buffer.end : page.buffer.lineEnd(of: caret))
    default: return .ignored
    }
  }

  private mutating func enter(_ modifiers: KeyModifiers) -> ComposerOutcome {
    if modifiers == .alt || modifiers == .shift { return newline() }
    guard modifiers.isEmpty else { return .ignored }
    let caret = page.buffer.caret
    let line = page.buffer.lines[caret.line]
    if caret.offset == line.count, line.last == 0x5C {
      beginKey()
      apply(TextPosition(line: caret.line, offset: caret.offset - 1)..<caret, [0x0A], as: .separate)
      return .edited
    }
    if page.buffer.isBlank { return .ignored }
    beginKey()
    completions = nil
    return .submit(text)
  }

  private mutating func newline() -> ComposerOutcome {
    beginKey()
    apply(page.buffer.caret..<page.buffer.caret, [0x0A], as: .separate)
    return .edited
  }

  private mutating func backspace(_ modifiers: KeyModifiers) -> ComposerOutcome {
    let caret = page.buffer.caret
    switch modifiers.subtracting(.shift) {
    case []:
      guard let previous = page.buffer.position(before: caret) else { return isEmpty ? .ignored : .unchanged }
      beginKey()
      apply(previous..<caret, [], as: .erasing)
      return .edited
    case .alt, .control: return kill(from: page.buffer.wordStart(before: caret), to: caret, .backward)
    default: return .ignored
    }
  }

  private mutating func deleteForward(_ modifiers: KeyModifiers) -> ComposerOutcome {
    let caret = page.buffer.caret
    switch modifiers.subtracting(.shift) {
    case []:
      guard let next = page.buffer.position(after: caret) else { return isEmpty ? .ignored : .unchanged }
      beginKey()
      apply(caret..<next, [], as: .separate)
      return .edited
    case .alt, .control: return kill(from: caret, to: page.buffer.wordEnd(after: caret), .forward)
    default: return .ignored
    }
  }
}
