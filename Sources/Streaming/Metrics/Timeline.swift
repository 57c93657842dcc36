// The chunks of an answer as times and sizes, compact enough to keep with every answer and exact enough to replay it.

/// One content-bearing chunk.
package struct TimelineEntry: Equatable, Sendable {
  /// What it carried.
  package enum Kind: UInt8, Equatable, Sendable { case text, thinking, toolCall, toolResult }

  /// Since the request began, to a tenth of a millisecond.
  package var offset: Duration
  /// Unicode scalars.
  package var characters: Int
  /// On the wire, framing included.
  package var bytes: Int
  package var kind: Kind

  /// A chunk's time and sizes.
  package init(offset: Duration, characters: Int, bytes: Int, kind: Kind) {
    self.offset = offset
    self.characters = characters
    self.bytes = bytes
    self.kind = kind
  }
}

/// Times and sizes of the first million chunks of an answer, about four bytes each.
///
/// Encoding, version 1: the byte 1, then three LEB128 numbers for each chunk: tenths of milliseconds since the chunk
/// before, times four, plus the kind; the characters; how the framing (bytes less characters) differs from the framing
/// of the chunk before, in zigzag form. Servers frame all their chunks alike, so the last number is mostly one byte.
package struct Timeline: Equatable, Sendable {
  /// Chunks kept; later ones are counted by the metrics only.
  package static let maximumEntries = 1_000_000
  static let version: UInt8 = 1
  static let tickNanoseconds: Int64 = 100_000

  /// The encoded form, as the archive keeps it.
  package private(set) var bytes: [UInt8] = []
  /// Chunks in it.
  package private(set) var count = 0
  private var lastTick: Int64 = 0
  private var lastFraming = 0

  /// An empty timeline.
  package init() {}

  /// Adds a chunk that came at a time, in nanoseconds since the request began; earlier than the last one counts as
  /// together with it.
  mutating func append(nanoseconds: Int64, characters: Int, bytes size: Int, kind: TimelineEntry.Kind) {
    guard count < Self.maximumEntries else { return }
    if count == 0 { bytes.append(Self.version) }
    // Differences of rounded times, not rounded differences: errors do not add up.
    let tick = max(lastTick, nanoseconds / Self.tickNanoseconds)
    put(UInt64(tick - lastTick) << 2 | UInt64(kind.rawValue))
    put(UInt64(characters))
    let framing = size - characters
    put(Self.zigzag(framing &- lastFraming))
    lastTick = tick
    lastFraming = framing
    count += 1
  }

  /// Reads the encoded form. Stops at the first thing it does not understand; whatever stands before is given.
  package static func entries(of bytes: [UInt8]) -> [TimelineEntry] {
    var decoder = TimelineDecoder()
    var entries: [TimelineEntry] = []
    decoder.read(bytes) { entries.append($0) }
    return entries
  }

  private mutating func put(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private static func zigzag(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value << 1 ^ value >> 63)) }
}
