// What browse mode does with the message it stands on, and with long lines of code.

import Conversations
import Display

extension AppState {
  /// Puts a prompt into the composer, to be sent again in its place.
  mutating func rewind(to message: TranscriptMessage) -> [Effect] {
    composer.replaceText(with: message.text)
    rewindTarget = RewindTarget(conversation: shown, message: message.id)
    return composerEdited()
  }

  /// Ends the path before the message; the tree keeps everything.
  mutating func deleteBrowsed() -> [Effect] {
    guard let here = browse, let index = transcript.index(of: here.message), let last = transcript.messages.last else {
      return []
    }
    guard !isStreaming(shown) else {
      show("The answer still streams; Esc stops it")
      return []
    }
    guard transcript.holdsEnd, index > 0 || transcript.earlierCount == 0 else {
      show("What follows is not here yet; \(hint(for: "browse.last")) goes to the end first")
      return []
    }
    let before = index > 0 ? transcript.messages[index - 1].id : nil
    formerLeaves.append(RewindTarget(conversation: shown, message: last.id))
    let count = transcript.messages.count - index
    show("\(count) message\(count == 1 ? "" : "s") taken off the path; /undo brings \(count == 1 ? "it" : "them") back")
    browse = before.map { BrowseState(message: $0) }
    return [.setLeaf(shown, before)]
  }

  mutating func selectBrowsedVariant(offset: Int) -> [Effect] {
    guard let message = browsedMessage else { return [] }
    guard (1...max(1, message.variant.count)).contains(message.variant.index + offset) else {
      show(message.variant.count > 1 ? "There are \(message.variant.count) variants" : "There is only one variant")
      return []
    }
    guard !isStreaming(shown) else {
      show("The answer still streams; Esc stops it")
      return []
    }
    return [.selectVariant(shown, message.id, offset: offset)]
  }

  /// Wraps long lines of code, or cuts them at the edge.
  mutating func toggleWrap(_ cache: inout LayoutCache) -> [Effect] {
    if transcript.anchor != .bottom { anchor(at: topPosition(&cache), &cache, layoutFacts) }
    wrapsCode.toggle()
    codeShift = 0
    show(wrapsCode ? "Long lines of code wrap" : "Long lines of code are cut; < and > move them in browse mode")
    return []
  }

  mutating func shiftCode(by columns: Int) -> [Effect] {
    guard !wrapsCode else {
      show("Long lines wrap; w cuts them")
      return []
    }
    codeShift = min(Self.maximumShift, max(0, codeShift + columns))
    return []
  }

  // Lines of code are coloured up to here; beyond, nobody reads them sideways.
  private static let maximumShift = 4096
}
