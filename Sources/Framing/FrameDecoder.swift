// What every decoder of frames promises: any bytes, cut anywhere, give the same frames, and nothing is held back
// that could be told. Decoders do not know who sends and do not wait for anything.

/// Turns bytes into frames, piece by piece.
///
/// Total on any input, linear in its length, and bounded: memory is at most the limit and one piece. After `failure` nothing more comes out.
package protocol FrameDecoder: Sendable {
  /// Takes the next bytes and appends every frame that they complete.
  mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame])
  /// Takes the end of the input and appends what is still whole. Call it only after a clean end, never after a fault.
  mutating func finish(into frames: inout [WireFrame])
  /// Set once a limit was broken; stays set.
  var failure: FramingFailure? { get }
  /// Bytes taken so far. Every byte is a sign of life, comments and heartbeats too.
  var consumedBytes: Int { get }
  /// Whether the input ended inside a frame whose beginning had to be thrown away; only `finish` sets it.
  var endedInsideFrame: Bool { get }
}

extension FrameDecoder {
  /// Takes the next bytes and returns every frame that they complete.
  package mutating func push(_ bytes: [UInt8]) -> [WireFrame] {
    var frames: [WireFrame] = []
    bytes.withUnsafeBytes { push($0, into: &frames) }
    return frames
  }

  /// Takes the next bytes and returns every frame that they complete.
  package mutating func push(_ bytes: UnsafeRawBufferPointer) -> [WireFrame] {
    var frames: [WireFrame] = []
    push(bytes, into: &frames)
    return frames
  }

  /// Takes the end of the input and returns what is still whole. Call it only after a clean end, never after a fault.
  package mutating func finish() -> [WireFrame] {
    var frames: [WireFrame] = []
    finish(into: &frames)
    return frames
  }
}
