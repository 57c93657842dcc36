// Tells the messages of a conversation as they come: text as soon as its words are whole, everything else in a line when
// it happens. Knows what of each message was told.

import Conversations
import Diagnostics
import Display
import Streaming

/// Tells the end of one conversation.
struct AnswerTeller: Equatable, Sendable {
  var lines = LinearLines()
  /// What was sent from here and has not come back as a message.
  var sent: [String] = []
  /// Whether an answer was asked to go on: where nothing can resume it, that is a message nobody here has written.
  var isResuming = false
  /// What waits for the end of an answer.
  var queued: [String] = []
  private(set) var failure: MessageStatus?

  /// How much of each message was told.
  private var told: [MessageID: Told] = [:]
  /// The last attempt that was told, by answer.
  private var attempts: [RunID: Int] = [:]
  private var stopping: Set<RunID> = []
  /// The answer that ended last: one that goes on from it repeats its parts.
  private var lastEnded: TranscriptMessage?

  private struct Told: Equatable {
    /// The part that is being told.
    var part = 0
    /// Its bytes that were told, and those that were looked through for the end of a word.
    var offset = 0
    var scanned = 0
    var generation = 0
    /// Whether a line about the part was told.
    var isPartBegun = false
    /// When thinking began that is told in a line.
    var thinkingSince: Instant?
    /// Whether the line that says who speaks was told.
    var isHeaded = false
    /// Whether it goes on from an answer that broke off.
    var isContinued = false
    /// Whether it was there when the conversation was opened.
    var wasThere = false
    /// How it stood when it was told.
    var status: MessageStatus?

    mutating func nextPart() {
      part += 1
      (offset, scanned, generation, isPartBegun, thinkingSince) = (0, 0, 0, false, nil)
    }
  }

  // More of them than were ever sent at once without an answer.
  private static let maximumSent = 100

  // MARK: Messages

  /// Turns to another conversation: of what is there only the last turn is to be told.
  mutating func begin(_ transcript: TranscriptState) {
    told = [:]
    (attempts, stopping, queued) = ([:], [], [])
    let messages = transcript.messages
    let last = messages.lastIndex { $0.role == .user } ?? messages.endIndex - 1
    for (index, message) in messages.enumerated() {
      var entry = Told(wasThere: !message.status.isStreaming)
      if index < last {
        entry.part = max(0, message.parts.count - 1)
        entry.offset = message.parts.last?.bytes.count ?? 0
        entry.scanned = entry.offset
        entry.generation = message.parts.last?.generation ?? 0
        entry.isPartBegun = true
        entry.isHeaded = true
        entry.status = message.status
      }
      told[message.id] = entry
    }
    lastEnded = transcript.lastAnswer.flatMap { $0.status.isStreaming ? nil : $0 }
  }

  /// Tells what is new in the shown conversation.
  mutating func tell(_ state: AppState) {
    let transcript = state.transcript
    // What is new stands at the end.
    var start = transcript.messages.endIndex
    while start > 0 {
      let message = transcript.messages[start - 1]
      if let status = told[message.id]?.status, status == message.status { break }
      start -= 1
    }
    for message in transcript.messages[start...] { tell(message, state, transcript) }
    for run in state.runs.values where run.conversation == state.shown { tell(run, at: state.now) }
  }

  /// Tells what was held back because its word may go on.
  mutating func tellRest(_ state: AppState) {
    for message in state.transcript.messages.suffix(2) where message.status.isStreaming {
      guard var entry = told[message.id], message.parts.indices.contains(entry.part) else { continue }
      tell(message.parts[entry.part], of: message, &entry, isComplete: true, state)
      told[message.id] = entry
    }
    lines.finish()
  }

  private mutating func tell(_ message: TranscriptMessage, _ state: AppState, _ transcript: TranscriptState) {
    if message.role != .assistant { return tellPrompt(message) }
    var entry = told[message.id] ?? beginning(of: message)
    // It was told to its end and goes on.
    if entry.status != nil, message.status.isStreaming {
      entry.status = nil
      entry.isHeaded = false
      entry.wasThere = false
    }
    let isEnded = !message.status.isStreaming
    while message.parts.indices.contains(entry.part) {
      let isLast = entry.part == message.parts.count - 1
      tell(message.parts[entry.part], of: message, &entry, isComplete: isEnded || !isLast, state)
      if isLast { break }
      entry.nextPart()
    }
    if isEnded, entry.status != message.status {
      lines.finish()
      tellEnd(of: message, entry)
      entry.status = message.status
      lastEnded = message
      isResuming = false
    }
    told[message.id] = entry
  }

  /// A new answer, of which nothing was told unless it goes on from another.
  private func beginning(of message: TranscriptMessage) -> Told {
    var entry = Told()
    guard message.status.isStreaming, message.variant.count > 1, let former = lastEnded, let last = former.parts.last,
      message.parts.count >= former.parts.count,
      zip(former.parts, message.parts).allSatisfy({ $0.kind == $1.kind && $1.bytes.starts(with: $0.bytes) })
    else { return entry }
    entry.part = former.parts.count - 1
    (entry.offset, entry.scanned) = (last.bytes.count, last.bytes.count)
    entry.isPartBegun = true
    entry.isContinued = true
    return entry
  }

  private mutating func tellPrompt(_ message: TranscriptMessage) {
    let wasThere = told[message.id]?.wasThere == true
    told[message.id] = Told(wasThere: true, status: message.status)
    let text = message.text
    if !wasThere {
      let isFromHere = sent.firstIndex(of: text).map { sent.remove(at: $0) } != nil
      if let place = queued.firstIndex(of: text) {
        queued.remove(at: place)
        lines.add("Sent from the queue: \(Sanitizer.singleLine(text, maximumColumns: 80))")
        return
      }
      if isFromHere { return }
      if isResuming {
        isResuming = false
        lines.add("Sent for you: \(Sanitizer.singleLine(text, maximumColumns: 80))")
        return
      }
    }
    if sent.count > Self.maximumSent { sent.removeFirst(sent.count - Self.maximumSent) }
    let who = message.role == .system ? "System" : wasThere ? "You" : "You, elsewhere"
    lines.add("\(who):\n\(text)")
    for part in message.parts {
      guard case .attachment(let name, let mediaType, let count) = part.kind else { continue }
      lines.add(LinearText.attachment(name, mediaType, count))
    }
  }

  // MARK: Parts

  private mutating func tell(
    _ part: TranscriptPart, of message: TranscriptMessage, _ entry: inout Told, isComplete: Bool, _ state: AppState
  ) {
    let isFolded = state.transcript.isFolded(part, .init(message: message.id, index: entry.part))
    switch part.kind {
    case .text:
      tellText(part, heading: heading(of: message, isContinued: entry.isContinued), &entry, isComplete: isComplete)
    case .thinking where part.isSilent: break
    case .thinking where isFolded || entry.thinkingSince != nil:
      tellThinking(&entry, isComplete: isComplete, at: state.now)
    case .thinking: tellText(part, heading: "Thinking:", &entry, isComplete: isComplete)
    case .toolCall(_, let name, let isWhole):
      guard isWhole || isComplete, !entry.isPartBegun else { return }
      tellLine("Tool call \(Sanitizer.singleLine(name))", part, &entry, isFolded: isFolded)
    case .toolResult(_, let name, let isError):
      guard isComplete || !part.bytes.isEmpty, !entry.isPartBegun else { return }
      let words = "Tool \(Sanitizer.singleLine(name)) \(isError ? "failed" : "gave back")"
      tellLine(words, part, &entry, isFolded: isFolded)
    case .attachment(let name, let mediaType, let count):
      guard !entry.isPartBegun else { return }
      entry.isPartBegun = true
      lines.add(LinearText.attachment(name, mediaType, count))
    case .opaque(let label):
      guard !part.isSilent, !entry.isPartBegun else { return }
      entry.isPartBegun = true
      lines.add(Sanitizer.singleLine(label))
    }
  }

  private func heading(of message: TranscriptMessage, isContinued: Bool) -> String {
    let model = message.origin.map { $0.model.isEmpty ? $0.provider : $0.model } ?? "assistant"
    let variant = message.variant
    let which = isContinued ? ", going on" : variant.count > 1 ? ", variant \(variant.index) of \(variant.count)" : ""
    return "Answer from \(Sanitizer.singleLine(model))\(which):"
  }

  /// Text up to the end of its last whole word.
  private mutating func tellText(
    _ part: TranscriptPart, heading: String, _ entry: inout Told, isComplete: Bool
  ) {
    if entry.generation != part.generation || entry.offset > part.bytes.count {
      if entry.offset > 0 { lines.add("The text was replaced:") }
      (entry.offset, entry.scanned, entry.generation) = (0, 0, part.generation)
    }
    let isText = part.kind == .text
    part.bytes.withUnsafeBufferPointer { bytes in
      let end = isComplete ? bytes.count : Self.wordsEnd(in: bytes, entry)
      entry.scanned = bytes.count
      guard end > entry.offset else { return }
      if isText ? !entry.isHeaded : !entry.isPartBegun { lines.add(heading) }
      if isText { entry.isHeaded = true } else { entry.isPartBegun = true }
      lines.append(bytes[entry.offset..<end])
      entry.offset = end
    }
    // What follows thinking is another part, and says so on a line of its own.
    if !isText, isComplete {
      lines.finish()
      entry.isHeaded = false
    }
  }

  /// Behind the last blank, line end or ideographic mark; what was looked through before has none that was not told.
  private static func wordsEnd(in bytes: UnsafeBufferPointer<UInt8>, _ entry: Told) -> Int {
    var index = bytes.count
    // Two bytes of a mark may have been there.
    let start = max(entry.offset, entry.scanned - 2)
    while index > start {
      let byte = bytes[index - 1]
      if byte == 0x20 || byte == 0x0A || byte == 0x09 { return index }
      // U+3001, U+3002 and the full-width comma, stop, colon, question and exclamation marks.
      if index >= entry.offset + 3, byte & 0xC0 == 0x80 {
        let mark = (bytes[index - 3], bytes[index - 2], byte)
        if mark.0 == 0xE3, mark.1 == 0x80, mark.2 == 0x81 || mark.2 == 0x82 { return index }
        if mark.0 == 0xEF, mark.1 == 0xBC, [0x81, 0x8C, 0x8E, 0x9A, 0x9B, 0x9F].contains(mark.2) { return index }
      }
      index -= 1
    }
    return entry.offset
  }

  private mutating func tellThinking(_ entry: inout Told, isComplete: Bool, at now: Instant) {
    if entry.wasThere { return }
    if !entry.isPartBegun {
      entry.isPartBegun = true
      entry.thinkingSince = isComplete ? nil : now
      lines.add(isComplete ? "Thought." : "Thinking ...")
    } else if isComplete, let since = entry.thinkingSince {
      entry.thinkingSince = nil
      lines.add("Thought for \(Figures.seconds(now - since)).")
    }
  }

  private mutating func tellLine(_ words: String, _ part: TranscriptPart, _ entry: inout Told, isFolded: Bool) {
    entry.isPartBegun = true
    let text = String(decoding: part.bytes, as: UTF8.self)
    if isFolded {
      let line = Sanitizer.singleLine(text, maximumColumns: LinearText.maximumColumns)
      lines.add(line.isEmpty ? "\(words)." : "\(words): \(line)")
    } else {
      lines.add("\(words):\n\(text)")
    }
  }

  // MARK: Ends

  private mutating func tellEnd(of message: TranscriptMessage, _ entry: Told) {
    if !entry.wasThere { note(message) }
    switch message.status {
    case .streaming: break
    case .complete(let reason):
      let ending = reason.flatMap(Self.ending)
      // An old answer that ended as it should needs no word about it.
      if entry.wasThere, ending == nil { return }
      lines.add((message.parts.isEmpty ? "No answer came" : done(message)) + (ending ?? "."))
    case .stopped:
      lines.add(message.parts.isEmpty ? "Stopped before anything came." : "Stopped; the text so far is kept.")
    case .interrupted:
      lines.add("Interrupted: riffle ended while this answer came. Next: /continue goes on.")
    case .incomplete(let why):
      lines.add("Incomplete: \(LinearText.sentence(why.sentence))\(LinearText.nextStep(why.recovery ?? .resume))")
    case .failed(let why):
      lines.add("Error: \(LinearText.sentence(why.sentence))\(LinearText.nextStep(why.recovery))")
    }
  }

  private mutating func note(_ message: TranscriptMessage) {
    switch message.status {
    case .complete where !message.parts.isEmpty: failure = nil
    default: failure = message.status
    }
  }

  private func done(_ message: TranscriptMessage) -> String {
    let words = LinearText.counted(LinearText.wordCount(of: message), "word")
    let time = message.metrics.map { " in \(Figures.seconds($0.elapsed))" } ?? ""
    return "Done: \(words)\(time)"
  }

  /// How an answer ended that did not simply end.
  private static func ending(_ reason: FinishReason) -> String? {
    switch reason {
    case .stop, .toolUse: nil
    case .length: ", cut at the token limit. Next: /continue goes on."
    case .contentFilter: ", ended by a content filter."
    case .refusal: ", the model declined to answer."
    case .pause: ", paused by the provider. Next: /continue goes on."
    case .other(let word): ", ended: \(Sanitizer.singleLine(word))."
    }
  }

  private mutating func tell(_ run: RunSnapshot, at now: Instant) {
    switch run.phase {
    case .retrying(let attempt, let total, let until, let why):
      guard attempts[run.id] != attempt else { return }
      attempts[run.id] = attempt
      let seconds = Figures.wholeSeconds(max(.zero, until - now) + .milliseconds(999))
      lines.add(
        "\(LinearText.sentence(why.sentence)) Waiting \(seconds) to try again, attempt \(attempt) of \(total); /stop stops."
      )
    case .stopping:
      if stopping.insert(run.id).inserted { lines.add("Stopping ...") }
    case .ended:
      attempts[run.id] = nil
      stopping.remove(run.id)
    case .connecting, .waiting, .thinking, .writing, .callingTool: break
    }
  }
}
