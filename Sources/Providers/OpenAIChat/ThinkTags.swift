// Thinking that a server left inside the answer, between `<think>` and `</think>` at its very start. Tags may be cut
// anywhere: what could still become one is held back.

/// Splits the text of an answer into thinking and answer.
struct ThinkTags: Sendable {
  /// A piece of text and which of the two it is.
  enum Piece: Equatable {
    case thinking(String)
    case text(String)
  }

  private enum State {
    /// Nothing but blanks so far, or the beginning of the tag.
    case undecided
    case thinking
    /// Behind the closing tag: blank lines before the answer are dropped.
    case beforeAnswer
    /// An ordinary answer.
    case off
  }

  private static let opening = Array("<think>".utf8)
  private static let closing = Array("</think>".utf8)

  private var state: State
  private var held: [UInt8] = []

  /// At the start of an answer.
  /// - Parameter isOn: whether tags are looked for at all.
  init(isOn: Bool = true) { state = isOn ? .undecided : .off }

  /// Whether text passes through unchanged from here on.
  var isOff: Bool {
    if case .off = state { return true }
    return false
  }

  /// Takes the next text of the answer.
  mutating func push(_ text: String, into pieces: inout [Piece]) {
    if case .off = state { return pieces.append(.text(text)) }
    held.append(contentsOf: text.utf8)
    advance(into: &pieces)
  }

  /// Takes the end of the answer: what was held back is what it looked like.
  mutating func finish(into pieces: inout [Piece]) {
    guard !held.isEmpty else { return }
    let rest = String(decoding: held, as: UTF8.self)
    held = []
    if case .thinking = state { pieces.append(.thinking(rest)) } else { pieces.append(.text(rest)) }
    state = .off
  }

  private mutating func advance(into pieces: inout [Piece]) {
    while true {
      switch state {
      case .undecided:
        guard let start = held.firstIndex(where: { !Self.isBlank($0) }) else { return }
        let seen = held[start...].prefix(Self.opening.count)
        guard seen.elementsEqual(Self.opening.prefix(seen.count)) else {
          state = .off
          continue
        }
        guard seen.count == Self.opening.count else { return }
        held.removeFirst(start + Self.opening.count)
        state = .thinking
      case .thinking:
        let end = Self.possibleStart(of: Self.closing, in: held)
        if end > 0 { pieces.append(.thinking(String(decoding: held[..<end], as: UTF8.self))) }
        held.removeFirst(end)
        guard held.count >= Self.closing.count else { return }
        held.removeFirst(Self.closing.count)
        state = .beforeAnswer
      case .beforeAnswer:
        guard let start = held.firstIndex(where: { !Self.isBlank($0) }) else {
          held = []
          return
        }
        held.removeFirst(start)
        state = .off
      case .off:
        if !held.isEmpty { pieces.append(.text(String(decoding: held, as: UTF8.self))) }
        held = []
        return
      }
    }
  }

  /// Where `tag` stands in `bytes`, or the end of them begins like it; the count if neither.
  private static func possibleStart(of tag: [UInt8], in bytes: [UInt8]) -> Int {
    var index = 0
    while index < bytes.count {
      if bytes[index] == tag[0] {
        let length = min(tag.count, bytes.count - index)
        if bytes[index..<index + length].elementsEqual(tag[..<length]) { return index }
      }
      index += 1
    }
    return bytes.count
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
}
