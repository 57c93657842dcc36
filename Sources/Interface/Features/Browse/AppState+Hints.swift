// What the keys mean while letters stand on the screen.

import Conversations
import Display
import Markdown

extension AppState {
  /// Labels all that is on screen.
  mutating func showHints(_ cache: inout LayoutCache) -> [Effect] {
    let found = HintState(hintTargets(&cache))
    guard !found.targets.isEmpty else {
      show("There is nothing on screen to copy")
      return []
    }
    hints = found
    show("A letter copies; Esc leaves")
    return []
  }

  /// A key while labels are shown.
  mutating func handleHint(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect] {
    guard var state = hints else { return [] }
    if let chosen = state.chosen {
      hints = nil
      switch chord {
      case KeyChord(.character("o")): return open(chosen)
      case KeyChord(.character("w")): return [write(chosen)]
      case KeyChord(.character("q")):
        endBrowsing()
        return quote(chosen.text)
      case KeyChord(.escape): return []
      // Anything else means what it always does.
      default: return handle(chord, &cache)
      }
    }
    guard chord.modifiers.isEmpty, case .character(let scalar) = chord.key else {
      hints = nil
      return []
    }
    state.typed.unicodeScalars.append(scalar)
    if let target = state.targets.first(where: { $0.label == state.typed }) {
      state.chosen = target
      hints = state
      return [.copy(target.text, isExact: false)]
    }
    guard state.targets.contains(where: { $0.label.hasPrefix(state.typed) }) else {
      show("There is no label \(state.typed); Esc leaves")
      state.typed = ""
      hints = state
      return []
    }
    hints = state
    return []
  }

  private func open(_ target: HintTarget) -> [Effect] {
    if case .link(let address) = target.kind { return [.openLink(address)] }
    let name = suggestedName(of: target)
    return [.viewInEditor(target.text, suffix: String(name[(name.lastIndex(of: ".") ?? name.endIndex)...]))]
  }

  private func write(_ target: HintTarget) -> Effect {
    .writeFile(path: suggestedName(of: target), text: target.text)
  }

  private func suggestedName(of target: HintTarget) -> String {
    var language: String?
    if case .code(let name) = target.kind { language = name.isEmpty ? "text" : name }
    return FileName.suggested(for: language, title: transcript.title, id: shown.rawValue)
  }

  /// Quotes a text in what is being written, behind what is there.
  mutating func quote(_ text: String) -> [Effect] {
    guard !text.isEmpty else { return [] }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? ">" : "> \($0)" }
    let before = composer.text
    composer.replaceText(
      with: (before.isEmpty ? "" : before + (before.hasSuffix("\n") ? "" : "\n")) + lines.joined(separator: "\n")
        + "\n\n")
    return composerEdited()
  }

  /// Everything on screen that a letter could stand for, from the top.
  private func hintTargets(_ cache: inout LayoutCache) -> [HintTarget] {
    guard !transcript.messages.isEmpty else { return [] }
    let facts = layoutFacts
    let top = topPosition(&cache)
    var targets: [HintTarget] = []
    var rows = paneRows
    var start = top
    for index in transcript.messages.indices[top.message...] where rows > 0 {
      let message = transcript.messages[index]
      // A message whose header is above the pane has its letter in the first row.
      if index == top.message, top.stretch.segment > 0, !message.text.isEmpty {
        targets.append(HintTarget(label: "", kind: .message, message: message.id, text: message.text))
      }
      cache.with(message, in: transcript, facts) { layout in
        var stretch: MessageLayout.Stretch? = start.stretch
        while let here = stretch, rows > 0 {
          let first = here == start.stretch ? start.row : 0
          let height = layout.height(of: here, in: message)
          let shown = first..<min(height, first + rows)
          targets += layout.hintTargets(in: here, rows: shown, of: message)
          rows -= max(0, height - first)
          stretch = layout.stretch(after: here)
        }
      }
      start = .start
    }
    return targets
  }
}

extension MessageLayout {
  /// What letters could stand for in some rows of a stretch.
  mutating func hintTargets(in stretch: Stretch, rows: Range<Int>, of message: TranscriptMessage) -> [HintTarget] {
    switch segments[stretch.segment] {
    case .header:
      return message.text.isEmpty
        ? [] : [HintTarget(label: "", kind: .message, message: message.id, text: message.text)]
    case .blocks(let part):
      guard let block = block(stretch.block, of: part, in: message) else { return [] }
      let target = HintTarget(label: "", kind: .table, message: message.id, part: part, block: stretch.block, text: "")
      return withSource(of: part, in: message) { block.hintTargets(like: target, rows: rows, $0) } ?? []
    default: return []
    }
  }
}

extension BlockLayout {
  fileprivate func hintTargets(like target: HintTarget, rows: Range<Int>, _ source: PartSource) -> [HintTarget] {
    var target = target
    switch body {
    case .code(let code):
      target.kind = .code(language: code.language?.name ?? "")
      target.text = copied(source)
      return rows.contains(gap) || rows.lowerBound > gap ? [target] : []
    case .table:
      target.text = copied(source)
      return rows.upperBound > gap ? [target] : []
    case .text(let text):
      return text.links(inRows: (rows.lowerBound - gap)..<(rows.upperBound - gap)).map { link in
        target.kind = .link(link.destination)
        target.text = link.destination
        target.offset = link.offset
        return target
      }
    case .rule, .empty: return []
    }
  }
}

extension TextBody {
  /// The links that begin in some rows, with where they begin.
  fileprivate func links(inRows wanted: Range<Int>) -> [(destination: String, offset: Int)] {
    let shown = wanted.clamped(to: 0..<rows.count)
    guard !shown.isEmpty else { return [] }
    let range = rows[shown.lowerBound].start..<rows[shown.upperBound - 1].end
    var found: [(String, Int)] = []
    var last = -1
    for piece in text.pieces(of: range) where piece.run.link >= 0 && piece.run.link != last {
      last = piece.run.link
      guard last < text.links.count, !text.links[last].destination.isEmpty else { continue }
      found.append((text.links[last].destination, piece.range.lowerBound))
    }
    return found
  }
}
