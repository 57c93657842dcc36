// Server-sent events, as WHATWG HTML section 9.2.6 "Interpreting an event stream" reads them, plus two things that real
// servers need and `Conformance.standard` leaves out. Lines are split as bytes: CR and LF never occur inside a UTF-8
// sequence, and "\r\n" is one Character. What `[DONE]` or an event's name means is a dialect's affair.

/// Decodes `text/event-stream`.
package struct ServerSentEventDecoder: FrameDecoder {
  /// How closely the decoder follows the standard.
  package enum Conformance: Equatable, Sendable {
    /// The standard to the letter: an event without its blank line is discarded, unknown fields are ignored.
    case standard
    /// The standard, and what chat servers do besides: a last event without its blank line counts if it is whole; a line
    /// `error: {…}`, which older llama.cpp servers send in place of `data:`, is an event named `error`; and so is JSON on
    /// lines of its own behind an event, which is how Gemini breaks off.
    case servers
  }

  package private(set) var failure: FramingFailure?
  package private(set) var consumedBytes = 0
  package private(set) var endedInsideFrame = false
  /// Comment lines so far; servers send them as heartbeats.
  package private(set) var commentCount = 0
  /// Lines so far whose field name is unknown; they are ignored, but a stream full of them is a hint.
  package private(set) var unknownFieldCount = 0
  /// The delay before reconnecting that the stream last asked for; nil if it never did.
  package private(set) var retryMilliseconds: Int?
  /// The last event id in force; empty if none was set or it was reset.
  package private(set) var lastEventID = ""

  private let conformance: Conformance
  private let maximumBytes: Int
  private var byteOrderMark = ByteOrderMark()
  /// The beginning of a line whose end has not arrived.
  private var partialLine: [UInt8] = []
  /// A CR ended the last piece: it ended the line at once, and an LF after it belongs to it.
  private var swallowsLineFeed = false

  // The event being collected. `data` holds its lines joined by LF, without the last LF that the standard adds and
  // removes again; so `hasData` tells no data from empty data.
  private var event: String?
  private var data: [UInt8] = []
  private var hasData = false
  private var dataOffset = 0
  private var collectedID: String?
  /// Lines behind an event that are no fields, from the first on that begins like JSON; joined by LF.
  private var strayLines: [UInt8] = []
  private var hasDispatched = false
  /// An error in words is far smaller.
  private static let maximumStrayBytes = 64 << 10
  /// The last event name that came, so that a thousand equal names in a row are one string.
  private var knownName: (bytes: [UInt8], name: String) = ([], "")

  /// A decoder at the start of a stream.
  /// - Parameter maximumBytes: the most that one line, or the data of one event, may have.
  package init(conformance: Conformance = .servers, maximumBytes: Int = FrameFormat.defaultMaximumBytes) {
    self.conformance = conformance
    self.maximumBytes = maximumBytes
  }

  package mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard failure == nil, !bytes.isEmpty else { return }
    let origin = consumedBytes
    let count = bytes.count
    consumedBytes += count
    var index = byteOrderMark.isSettled ? 0 : byteOrderMark.settle(bytes, into: &partialLine)

    if swallowsLineFeed, index < count {
      swallowsLineFeed = false
      if bytes[index] == ASCII.lineFeed { index += 1 }
    }
    while index < count {
      let end = ByteScan.lineEnd(in: bytes, from: index)
      let offset = origin + index - partialLine.count
      guard partialLine.count + (end - index) <= maximumBytes else {
        return fail(.lineTooLong(offset: offset, limit: maximumBytes))
      }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[index..<end])
      guard end < count else {
        partialLine.append(contentsOf: piece)
        return
      }
      if partialLine.isEmpty {
        take(piece, at: offset, into: &frames)
      } else {
        partialLine.append(contentsOf: piece)
        takePartialLine(at: offset, into: &frames)
      }
      guard failure == nil else { return }
      index = end + 1
      if bytes[end] == ASCII.carriageReturn {
        if index == count {
          swallowsLineFeed = true
        } else if bytes[index] == ASCII.lineFeed {
          index += 1
        }
      }
    }
  }

  /// Ends the stream. With `Conformance.servers`, an event that lacks its blank line is appended if its data is complete
  /// JSON or `[DONE]`: several servers close right after the last line. Anything else sets `endedInsideFrame`.
  package mutating func finish(into frames: inout [WireFrame]) {
    guard failure == nil else { return }
    byteOrderMark.giveUp(into: &partialLine)
    let hasPartialLine = !partialLine.isEmpty
    switch conformance {
    case .standard:
      endedInsideFrame = hasData || hasPartialLine
    case .servers:
      if hasPartialLine { takePartialLine(at: consumedBytes - partialLine.count, into: &frames) }
      let isWhole = hasData && data.withUnsafeBytes { ASCII.isDoneMarker($0) || JSONCursor.isComplete($0) }
      if isWhole {
        dispatch(into: &frames)
      } else {
        let isStrayError = !hasData && dispatchStrayLines(into: &frames)
        endedInsideFrame = !isStrayError && (hasData || hasPartialLine)
      }
    }
    partialLine = []
    forgetEvent()
  }

  // MARK: Lines

  private mutating func takePartialLine(at offset: Int, into frames: inout [WireFrame]) {
    var line: [UInt8] = []
    swap(&line, &partialLine)
    line.withUnsafeBytes { take($0, at: offset, into: &frames) }
    // The room is kept for the next cut line, unless one huge line made it huge.
    line.removeAll(keepingCapacity: line.capacity <= 1 << 16)
    swap(&line, &partialLine)
  }

  private mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int, into frames: inout [WireFrame]) {
    guard let first = line.first else { return dispatch(into: &frames) }
    switch first {
    case 0x64:  // d
      guard let value = Self.value(of: "data", in: line) else { break }
      return collect(value, at: offset)
    case 0x65:  // e
      if let value = Self.value(of: "event", in: line) {
        event = name(value)
        return
      }
      guard conformance == .servers, let value = Self.value(of: "error", in: line), Self.looksLikeJSON(value) else {
        break
      }
      if hasData { dispatch(into: &frames) }
      collect(value, at: offset)
      event = "error"
      return
    case 0x69:  // i
      guard let value = Self.value(of: "id", in: line) else { break }
      if !value.contains(0) { collectedID = String(decoding: value, as: UTF8.self) }
      return
    case 0x72:  // r
      guard let value = Self.value(of: "retry", in: line) else { break }
      if let milliseconds = Self.digits(value) { retryMilliseconds = milliseconds }
      return
    case ASCII.colon:
      commentCount += 1
      return
    default:
      break
    }
    unknownFieldCount += 1
    if hasDispatched, conformance == .servers { gather(line) }
  }

  private mutating func gather(_ line: UnsafeRawBufferPointer) {
    if strayLines.isEmpty {
      let first = line.first { !ASCII.isBlank($0) }
      guard first == ASCII.openBrace || first == ASCII.openBracket else { return }
    } else {
      strayLines.append(ASCII.lineFeed)
    }
    guard strayLines.count + line.count <= Self.maximumStrayBytes else { return strayLines = [] }
    strayLines.append(contentsOf: line)
  }

  /// Makes an error of the stray lines, if they are one JSON text; they are forgotten in any case.
  private mutating func dispatchStrayLines(into frames: inout [WireFrame]) -> Bool {
    defer { strayLines = [] }
    guard !strayLines.isEmpty, strayLines.withUnsafeBytes(JSONCursor.isComplete) else { return false }
    frames.append(WireFrame(event: "error", data: strayLines, id: lastEventID.isEmpty ? nil : lastEventID))
    return true
  }

  /// The value of the field `name`, if that is exactly the field this line has: after the first colon, without one leading space.
  @inline(__always)
  private static func value(of name: StaticString, in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let length = name.utf8CodeUnitCount
    guard line.count >= length else { return nil }
    for index in 0..<length where line[index] != name.utf8Start[index] { return nil }
    guard line.count > length else { return UnsafeRawBufferPointer(rebasing: line[length...]) }
    guard line[length] == ASCII.colon else { return nil }
    let start = line.count > length + 1 && line[length + 1] == ASCII.space ? length + 2 : length + 1
    return UnsafeRawBufferPointer(rebasing: line[start...])
  }

  /// Only a value that could be an error object: a field of that name with prose in it stays unknown.
  private static func looksLikeJSON(_ value: UnsafeRawBufferPointer) -> Bool {
    guard let first = value.first(where: { !ASCII.isBlank($0) }) else { return false }
    return first == ASCII.openBrace || first == ASCII.quote
  }

  /// The number made of one or more ASCII digits and nothing else; huge ones stand at the largest number there is.
  private static func digits(_ value: UnsafeRawBufferPointer) -> Int? {
    guard !value.isEmpty else { return nil }
    var number = 0
    for byte in value {
      guard ASCII.isDigit(byte) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(byte - ASCII.zero))
      number = overflow || carry || number == .max ? .max : sum
    }
    return number
  }

  // MARK: Events

  private mutating func collect(_ value: UnsafeRawBufferPointer, at offset: Int) {
    if !hasData {
      hasData = true
      dataOffset = offset
      data = [UInt8](value)
      return
    }
    guard data.count + 1 + value.count <= maximumBytes else {
      return fail(.frameTooLong(offset: dataOffset, limit: maximumBytes))
    }
    data.append(ASCII.lineFeed)
    data.append(contentsOf: value)
  }

  /// An event's name as a string; nil for the default one.
  private mutating func name(_ value: UnsafeRawBufferPointer) -> String? {
    if value.isEmpty || ByteScan.matches(value, "message") { return nil }
    if !knownName.bytes.withUnsafeBytes({ ByteScan.matches($0, value) }) {
      knownName = ([UInt8](value), String(decoding: value, as: UTF8.self))
    }
    return knownName.name
  }

  private mutating func dispatch(into frames: inout [WireFrame]) {
    if let id = collectedID {
      lastEventID = id
      collectedID = nil
    }
    guard hasData else {
      event = nil
      _ = dispatchStrayLines(into: &frames)
      return
    }
    strayLines = []
    hasDispatched = true
    frames.append(WireFrame(event: event, data: data, id: lastEventID.isEmpty ? nil : lastEventID))
    event = nil
    data = []
    hasData = false
  }

  private mutating func forgetEvent() {
    event = nil
    data = []
    hasData = false
    collectedID = nil
    strayLines = []
  }

  private mutating func fail(_ failure: FramingFailure) {
    self.failure = failure
    partialLine = []
    forgetEvent()
  }
}
