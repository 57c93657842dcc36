// Reads timelines, whole ones and ones that still grow.

/// Reads the encoded form of a `Timeline`, which may be given in pieces.
///
/// Takes any bytes: it stops at the first thing that it does not understand, for good.
package struct TimelineDecoder: Equatable, Sendable {
  /// Bytes understood so far: where the next piece begins.
  package private(set) var position = 0
  /// Chunks read so far.
  package private(set) var count = 0
  /// Whether something came that is no timeline.
  package private(set) var isBroken = false
  private var tick: Int64 = 0
  private var framing = 0

  /// At the beginning of a timeline.
  package init() {}

  /// Reads the bytes from `position` on; an entry that is not whole is read with the next piece.
  /// - Complexity: linear in `bytes`.
  package mutating func read(_ bytes: [UInt8], _ take: (TimelineEntry) -> Void) {
    guard !isBroken, !bytes.isEmpty else { return }
    var reader = VariableLengthReader(bytes: bytes, position: 0)
    if position == 0 {
      guard bytes[0] == Timeline.version else {
        isBroken = true
        return
      }
      reader.position = 1
      position = 1
    }
    var end = reader.position
    while count < Timeline.maximumEntries, let entry = next(&reader) {
      take(entry)
      count += 1
      position += reader.position - end
      end = reader.position
    }
  }

  private mutating func next(_ reader: inout VariableLengthReader) -> TimelineEntry? {
    guard let head = reader.next(), let characters = reader.next(), let change = reader.next() else {
      isBroken = isBroken || reader.isTooLong
      return nil
    }
    let (sum, overflows) = tick.addingReportingOverflow(Int64(clamping: head >> 2))
    let framing = framing &+ (Int(truncatingIfNeeded: change >> 1) ^ -Int(change & 1))
    let size = framing &+ Int(truncatingIfNeeded: characters)
    guard let kind = TimelineEntry.Kind(rawValue: UInt8(head & 3)),
      // Sizes and times beyond these are not from this program: 2^40 ticks are three years.
      head >> 2 < 1 << 40, characters < 1 << 40, change < 1 << 42, !overflows, sum < 1 << 46, size >= 0,
      framing < 1 << 42
    else {
      isBroken = true
      return nil
    }
    tick = sum
    self.framing = framing
    return TimelineEntry(
      offset: .nanoseconds(sum * Timeline.tickNanoseconds), characters: Int(characters), bytes: size, kind: kind)
  }
}

/// Reads LEB128 numbers of at most nine bytes.
private struct VariableLengthReader {
  let bytes: [UInt8]
  var position: Int
  /// Whether a number had more than nine bytes.
  private(set) var isTooLong = false

  init(bytes: [UInt8], position: Int) {
    self.bytes = bytes
    self.position = position
  }

  mutating func next() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var place = position
    while place < bytes.count, shift < 63 {
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 {
        position = place
        return value
      }
      shift += 7
    }
    isTooLong = shift >= 63
    return nil
  }
}
