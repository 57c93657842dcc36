// NDJSON: one JSON value per line. LF ends a line, a CR before it belongs to the ending; a CR elsewhere is white space of
// JSON and stays. Lines of blanks are skipped.

/// Decodes newline-delimited JSON into one frame per line.
package struct LineDelimitedDecoder: FrameDecoder {
  package private(set) var failure: FramingFailure?
  package private(set) var consumedBytes = 0
  package private(set) var endedInsideFrame = false

  private let maximumBytes: Int
  private var byteOrderMark = ByteOrderMark()
  /// The beginning of a line whose end has not arrived.
  private var partialLine: [UInt8] = []

  /// A decoder at the start of a stream.
  /// - Parameter maximumBytes: the most that one line may have.
  package init(maximumBytes: Int = FrameFormat.defaultMaximumBytes) {
    self.maximumBytes = maximumBytes
  }

  package mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard failure == nil, !bytes.isEmpty else { return }
    let origin = consumedBytes
    let count = bytes.count
    consumedBytes += count
    var index = byteOrderMark.isSettled ? 0 : byteOrderMark.settle(bytes, into: &partialLine)

    while index < count {
      let end = ByteScan.lineFeed(in: bytes, from: index)
      guard partialLine.count + (end - index) <= maximumBytes else {
        failure = .lineTooLong(offset: origin + index - partialLine.count, limit: maximumBytes)
        partialLine = []
        return
      }
      let piece = UnsafeRawBufferPointer(rebasing: bytes[index..<end])
      guard end < count else {
        partialLine.append(contentsOf: piece)
        return
      }
      if partialLine.isEmpty {
        Self.take(piece, into: &frames)
      } else {
        partialLine.append(contentsOf: piece)
        partialLine.withUnsafeBytes { Self.take($0, into: &frames) }
        partialLine.removeAll(keepingCapacity: partialLine.capacity <= 1 << 16)
      }
      index = end + 1
    }
  }

  /// Ends the stream. A last line without its LF counts if it is complete JSON; if it is not, `endedInsideFrame` is set.
  package mutating func finish(into frames: inout [WireFrame]) {
    guard failure == nil else { return }
    byteOrderMark.giveUp(into: &partialLine)
    if partialLine.withUnsafeBytes(JSONCursor.isComplete) {
      partialLine.withUnsafeBytes { Self.take($0, into: &frames) }
    } else {
      endedInsideFrame = !partialLine.allSatisfy(ASCII.isBlank)
    }
    partialLine = []
  }

  private static func take(_ line: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    var end = line.count
    if end > 0, line[end - 1] == ASCII.carriageReturn { end -= 1 }
    let content = UnsafeRawBufferPointer(rebasing: line[..<end])
    guard !content.allSatisfy(ASCII.isBlank) else { return }
    frames.append(WireFrame(data: [UInt8](content)))
  }
}
