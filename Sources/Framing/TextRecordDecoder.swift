// A stream that looks like server-sent events and is none: each record is `data: `, raw text with whatever line breaks it
// has, and a blank line. Read as events it would lose every line but the first. What really is a stream of events, which
// such servers become when they are repaired, is recognised by its first bytes and read as one.

/// Decodes records of raw text.
///
/// Text comes out as it arrives, in frames named `text` that may be parts of a record: only what could still be the end of
/// one, or half a character, is held back. Two kinds of records come whole and without a name: a JSON value that begins
/// with a brace and ends at the first blank line, and the end marker `[DONE]`. A record ends at the blank line that is
/// followed by `data: ` or by the end of the input.
package struct TextRecordDecoder: FrameDecoder {
  /// The name of frames that hold raw text.
  package static let textName = "text"

  package private(set) var failure: FramingFailure?
  package private(set) var consumedBytes = 0
  package private(set) var endedInsideFrame = false

  private enum State {
    case opening
    case recordStart
    case text
    case object
    case marker
    /// Behind the blank line of a whole record.
    case between
    case events(ServerSentEventDecoder)
  }

  private static let prefix = Array("data: ".utf8)
  private static let boundary = Array("\n\ndata: ".utf8)
  private static let blankLine = Array("\n\n".utf8)
  private static let doneRecord = Array("[DONE]\n\n".utf8)

  private let maximumBytes: Int
  private var state = State.opening
  private var held: [UInt8] = []
  /// How much of a whole record was searched for its end.
  private var searched = 0

  /// A decoder at the start of a stream.
  /// - Parameter maximumBytes: the most that one record that comes whole may have.
  package init(maximumBytes: Int = FrameFormat.defaultMaximumBytes) { self.maximumBytes = maximumBytes }

  package mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard failure == nil, !bytes.isEmpty else { return }
    consumedBytes += bytes.count
    if case .events = state { return pushEvents(bytes, into: &frames) }
    held.append(contentsOf: bytes)
    advance(into: &frames)
  }

  /// Ends the stream: what was held back is told as what it is.
  package mutating func finish(into frames: inout [WireFrame]) {
    guard failure == nil else { return }
    switch state {
    case .opening where !held.isEmpty:
      becomeEvents(into: &frames)
      return finish(into: &frames)
    case .events(var decoder):
      decoder.finish(into: &frames)
      endedInsideFrame = decoder.endedInsideFrame
      state = .events(decoder)
    case .object, .marker, .text:
      if held.suffix(2).elementsEqual(Self.blankLine) { held.removeLast(2) }
      let isWhole = held.withUnsafeBytes { JSONCursor.isComplete($0) || ASCII.isDoneMarker($0) }
      if case .text = state {
        emitText(held[...], into: &frames)
      } else {
        if isWhole { frames.append(WireFrame(data: held)) } else { emitText(held[...], into: &frames) }
      }
    case .opening, .recordStart, .between: break
    }
    held = []
  }

  // MARK: Records

  private mutating func advance(into frames: inout [WireFrame]) {
    var start = 0
    defer { held.removeFirst(min(start, held.count)) }
    while true {
      let rest = held[start...]
      switch state {
      case .opening, .between:
        guard !rest.isEmpty else { return }
        guard Self.agree(rest, Self.prefix) else {
          if case .between = state {
            state = .text
            continue
          }
          becomeEvents(into: &frames)
          start = 0
          return
        }
        guard rest.count >= Self.prefix.count else { return }
        start += Self.prefix.count
        state = .recordStart
      case .recordStart:
        guard let first = rest.first else { return }
        searched = 0
        state = first == ASCII.openBrace ? .object : first == UInt8(ascii: "[") ? .marker : .text
      case .object:
        guard let end = Self.place(of: Self.blankLine, in: rest, from: rest.startIndex + searched) else {
          // A line feed at the end may be the first half of the blank line.
          searched = max(0, rest.count - 1)
          if rest.count > maximumBytes { fail(at: consumedBytes - rest.count) }
          return
        }
        guard Array(rest[..<end]).withUnsafeBytes(JSONCursor.isComplete) else {
          state = .text
          continue
        }
        frames.append(WireFrame(data: Array(rest[..<end])))
        start = end + Self.blankLine.count
        state = .between
      case .marker:
        guard Self.agree(rest, Self.doneRecord) else {
          state = .text
          continue
        }
        guard rest.count >= Self.doneRecord.count else { return }
        frames.append(WireFrame(data: Array("[DONE]".utf8)))
        start += Self.doneRecord.count
        state = .between
      case .text:
        if let end = Self.place(of: Self.boundary, in: rest, from: rest.startIndex) {
          emitText(rest[..<end], into: &frames)
          start = end + Self.boundary.count
          state = .recordStart
        } else {
          let end = Self.certainEnd(of: rest)
          emitText(rest[..<end], into: &frames)
          start = end
          return
        }
      case .events:
        return
      }
    }
  }

  private mutating func fail(at offset: Int) {
    failure = .frameTooLong(offset: offset, limit: maximumBytes)
    held = []
  }

  private func emitText(_ text: ArraySlice<UInt8>, into frames: inout [WireFrame]) {
    if !text.isEmpty { frames.append(WireFrame(event: Self.textName, data: Array(text))) }
  }

  /// Where the text ends that no later byte can make into something else.
  private static func certainEnd(of text: ArraySlice<UInt8>) -> Int {
    for count in stride(from: min(boundary.count - 1, text.count), to: 0, by: -1)
    where text.suffix(count).elementsEqual(boundary.prefix(count)) {
      return text.endIndex - count
    }
    // A character has at most four bytes, so that its beginning is among the last three if it is cut.
    return text.withUnsafeBytes { bytes in
      for back in stride(from: min(3, bytes.count), to: 0, by: -1)
      where UTF8Validator.sequence(at: bytes.count - back, in: bytes) == .incomplete {
        return text.endIndex - back
      }
      return text.endIndex
    }
  }

  /// Whether the shorter one is the beginning of the other.
  private static func agree(_ bytes: ArraySlice<UInt8>, _ pattern: [UInt8]) -> Bool {
    zip(bytes, pattern).allSatisfy { $0 == $1 }
  }

  private static func place(of pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var index = start
    while index + pattern.count <= bytes.endIndex {
      if bytes[index] == pattern[0], bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
      index += 1
    }
    return nil
  }

  // MARK: Events

  private mutating func becomeEvents(into frames: inout [WireFrame]) {
    state = .events(ServerSentEventDecoder(maximumBytes: maximumBytes))
    var bytes: [UInt8] = []
    swap(&bytes, &held)
    bytes.withUnsafeBytes { pushEvents($0, into: &frames) }
  }

  private mutating func pushEvents(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard case .events(var decoder) = state else { return }
    // Let go of before it changes, so that it is not copied.
    state = .opening
    decoder.push(bytes, into: &frames)
    failure = decoder.failure
    state = .events(decoder)
  }
}
