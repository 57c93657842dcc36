// Text that has arrived and is not shown yet. The pane then gets the changes of its conversation later, in their order;
// storage, figures and other conversations know nothing of it.

package import Conversations
package import Streaming

/// Changes of the shown conversation that wait for their time.
package struct PaceBuffer: Equatable, Sendable {
  /// When more is to be shown; `nil` while nothing waits for time to pass.
  package private(set) var due: Instant?
  private var waiting: [TranscriptChange] = []
  /// Where showing goes on in the first waiting text, in UTF-8 bytes: its beginning is shown already.
  private var shownBytes = 0
  /// Text bytes that wait.
  private var backlog = 0
  private var lastRelease: Instant?
  /// Tokens that may be shown though they were not yet: fractions add up.
  private var credit = 0.0

  /// Nothing waits.
  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  // 30 times a second looks even, and costs little.
  private static let interval: Duration = .milliseconds(33)
  // What arrives evenly is shown about this much later.
  private static let smoothDelay = 0.3
  // A sentence that does not end is shown up to a blank when it has become this long, in bytes.
  private static let longestSentence = 400

  /// Takes changes in, and gives those that are to be shown now.
  package mutating func take(_ changes: [TranscriptChange], pace: Pace, at now: Instant) -> [TranscriptChange] {
    guard pace != .instant || !waiting.isEmpty else { return changes }
    var passing: [TranscriptChange] = []
    for change in changes {
      switch change {
      case .queue, .profile: passing.append(change)
      case .window(let window, _) where window.laterCount > 0:
        // It counts messages that wait: they come first.
        passing += flush() + [change]
      case .opened, .window:
        // It holds all that was waited for.
        self = PaceBuffer()
        passing.append(change)
      case .appended(let message, let part, let text): append(text, to: message, part)
      case .part(let message, let index, .text(let text)):
        waiting.append(.part(message, index: index, .text("")))
        append(text, to: message, index)
      case .ended(_, .complete, _, _), .message, .part: waiting.append(change)
      case .ended:
        // What went wrong is not told late.
        passing += flush() + [change]
      }
    }
    return passing + release(pace: pace, at: now)
  }

  /// Joins a text with what waits before it: a sentence is made of many pieces.
  private mutating func append(_ text: String, to message: MessageID, _ part: Int) {
    guard !text.isEmpty else { return }
    backlog += text.utf8.count
    guard case .appended(message, part, var joined)? = waiting.last else {
      return waiting.append(.appended(message, part: part, text: text))
    }
    // The slot lets go of its string first, so that it grows in place.
    waiting[waiting.count - 1] = .queue([])
    joined += text
    waiting[waiting.count - 1] = .appended(message, part: part, text: joined)
  }

  /// What is to be shown by now.
  package mutating func release(pace: Pace, at now: Instant) -> [TranscriptChange] {
    if pace == .instant { return flush() }
    guard !waiting.isEmpty else { return [] }
    let passed = lastRelease.map { Double((now - $0) / .milliseconds(1)) / 1000 } ?? 0
    lastRelease = now
    var allowance = Allowance(pace: pace, seconds: max(0, passed), backlog: backlog, credit: credit)
    var shown: [TranscriptChange] = []
    var count = 0
    while count < waiting.count {
      guard case .appended(let message, let part, let text) = waiting[count] else {
        shown.append(waiting[count])
        count += 1
        continue
      }
      let rest = text.utf8.dropFirst(shownBytes)
      // A text that something else follows is complete.
      let length = pace == .sentence && count + 1 < waiting.count ? rest.count : allowance.take(from: rest)
      if length > 0 { shown.append(.appended(message, part: part, text: String(rest.prefix(length)) ?? "")) }
      backlog -= length
      if length < rest.count {
        shownBytes += length
        break
      }
      shownBytes = 0
      count += 1
    }
    waiting.removeFirst(count)
    credit = allowance.credit
    switch (waiting.isEmpty, pace) {
    case (true, _):
      due = nil
      lastRelease = nil
      credit = 0
    // Only more text ends a sentence.
    case (false, .sentence): due = nil
    case (false, _): due = now + Self.interval
    }
    return shown
  }

  /// All that waits.
  package mutating func flush() -> [TranscriptChange] {
    var changes = waiting
    if shownBytes > 0, case .appended(let message, let part, let text)? = changes.first {
      changes[0] = .appended(message, part: part, text: String(text.utf8.dropFirst(shownBytes)) ?? "")
    }
    self = PaceBuffer()
    return changes
  }

  /// How much text one release may show.
  private struct Allowance {
    let pace: Pace
    /// Bytes, for an even flow.
    private var bytes: Int
    private(set) var credit: Double

    init(pace: Pace, seconds: Double, backlog: Int, credit: Double) {
      self.pace = pace
      bytes = max(1, Int(Double(backlog) * min(1, seconds / PaceBuffer.smoothDelay)))
      self.credit = credit
      if case .tokens(let rate) = pace {
        // The first token is shown at once, and no more than a second's worth after a pause.
        self.credit = min(Double(rate), credit + (seconds == 0 ? 1 : seconds * Double(rate)))
      }
    }

    /// How many bytes of a text may be shown: up to a scalar's end.
    mutating func take(from text: Substring.UTF8View) -> Int {
      switch pace {
      case .instant: return text.count
      case .smooth:
        let length = Self.roundedUp(min(bytes, text.count), in: text)
        bytes = max(0, bytes - length)
        return length
      case .tokens: return takeWords(from: text)
      case .sentence: return Self.sentences(in: text)
      }
    }

    /// Words with the blanks behind them, or ideographs, one token each. A word at the end may still grow and is shown
    /// as it is.
    private mutating func takeWords(from text: Substring.UTF8View) -> Int {
      var length = 0
      var isInWord = false
      for byte in text {
        let isBlank = byte == 0x20 || byte == 0x0A || byte == 0x09
        // U+3000 to U+FFFF begin with these bytes: scripts without blanks.
        let isIdeograph = (0xE3...0xEF).contains(byte)
        if !isBlank, !isInWord || isIdeograph {
          guard credit >= 1 else { break }
          credit -= 1
        }
        isInWord = !isBlank
        length += 1
      }
      return length
    }

    /// Up to the last end of a sentence; a text that has none for long is shown up to its last blank.
    private static func sentences(in text: Substring.UTF8View) -> Int {
      var end = 0
      var lastBlank = 0
      var length = 0
      var before: UInt8 = 0
      for byte in text {
        length += 1
        // A mark and a blank, or a line's end; ideographic marks are three bytes that end in 82, 81 or 9F.
        switch byte {
        case 0x0A: end = length
        case 0x20 where before == 0x2E || before == 0x21 || before == 0x3F || before == 0x3A: end = length
        case 0x82 where before == 0x80: end = length
        case 0x20: lastBlank = length
        default: break
        }
        before = byte
      }
      return end == 0 && length > PaceBuffer.longestSentence ? lastBlank : end
    }

    private static func roundedUp(_ count: Int, in text: Substring.UTF8View) -> Int {
      var length = count
      for byte in text.dropFirst(count) {
        guard byte & 0xC0 == 0x80 else { break }
        length += 1
      }
      return length
    }
  }
}
