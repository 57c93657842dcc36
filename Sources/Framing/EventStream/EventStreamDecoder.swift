// `application/vnd.amazon.eventstream`: binary frames with checksums, as the streams of AWS have them (Smithy, "Amazon
// Event Stream Specification"; limits as in botocore/eventstream.py). All integers are big-endian:
//
//   offset 0   length of the whole frame     4   length of the headers     8   CRC-32 of the first eight bytes
//         12   headers                      ..   payload                 end-4   CRC-32 of everything before it
//
// A frame that is wrong ends the stream: where the next one would begin is not known any more.

/// Decodes AWS event streams.
package struct EventStreamDecoder: FrameDecoder {
  /// The most bytes that the headers of one frame may have.
  package static let maximumHeaderBytes = 128 << 10
  /// The most bytes that the payload of one frame may have, whatever a stream's own limit.
  package static let maximumPayloadBytes = 24 << 20

  private static let preludeBytes = 12
  /// What a frame has besides headers and payload: the prelude and the last checksum.
  private static let framingBytes = 16

  package private(set) var failure: FramingFailure?
  package private(set) var consumedBytes = 0
  package private(set) var endedInsideFrame = false

  private let maximumPayloadBytes: Int
  /// The beginning of a frame that has not arrived whole.
  private var partial: [UInt8] = []

  /// A decoder at the start of a stream.
  /// - Parameter maximumBytes: the most that one payload may have.
  package init(maximumBytes: Int = FrameFormat.defaultMaximumBytes) {
    maximumPayloadBytes = min(maximumBytes, Self.maximumPayloadBytes)
  }

  package mutating func push(_ bytes: UnsafeRawBufferPointer, into frames: inout [WireFrame]) {
    guard failure == nil, !bytes.isEmpty else { return }
    let origin = consumedBytes - partial.count
    consumedBytes += bytes.count
    var taken = 0
    if partial.isEmpty {
      taken = take(bytes, at: origin, into: &frames)
      if failure == nil { partial.append(contentsOf: bytes[taken...]) }
    } else {
      var buffer: [UInt8] = []
      swap(&buffer, &partial)
      buffer.append(contentsOf: bytes)
      taken = buffer.withUnsafeBytes { take($0, at: origin, into: &frames) }
      if taken > 0 { buffer.removeFirst(taken) }
      // The room of one huge frame is not kept for small ones.
      if buffer.isEmpty, buffer.capacity > 1 << 16 { buffer = [] }
      swap(&buffer, &partial)
    }
    if failure != nil { partial = [] }
  }

  package mutating func finish(into frames: inout [WireFrame]) {
    guard failure == nil else { return }
    endedInsideFrame = !partial.isEmpty
    partial = []
  }

  /// Takes all whole frames from the beginning of `bytes`.
  /// - Returns: how many bytes they had.
  private mutating func take(_ bytes: UnsafeRawBufferPointer, at origin: Int, into frames: inout [WireFrame]) -> Int {
    var start = 0
    while bytes.count - start >= Self.preludeBytes {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      do throws(FramingFailure) {
        guard let (frame, length) = try frame(at: rest, offset: origin + start) else { break }
        frames.append(frame)
        start += length
      } catch {
        failure = error
        break
      }
    }
    return start
  }

  /// The frame that `bytes` begin with, and its length; nil while it is not whole. What its prelude says is checked
  /// before any waiting: a length made of garbage would be waited for in vain.
  private func frame(
    at bytes: UnsafeRawBufferPointer, offset: Int
  ) throws(FramingFailure) -> (WireFrame, length: Int)? {
    let total = Self.number(bytes, at: 0)
    let headerBytes = Self.number(bytes, at: 4)
    if headerBytes > Self.maximumHeaderBytes { throw .malformedFrame(offset: offset, .headersTooLong) }
    let payloadBytes = total - headerBytes - Self.framingBytes
    if payloadBytes > maximumPayloadBytes { throw .frameTooLong(offset: offset, limit: maximumPayloadBytes) }
    if payloadBytes < 0 { throw .malformedFrame(offset: offset, .impossibleLength) }
    guard CRC32.of(UnsafeRawBufferPointer(rebasing: bytes[..<8])) == Self.word(bytes, at: 8) else {
      throw .malformedFrame(offset: offset, .preludeChecksum)
    }
    guard bytes.count >= total else { return nil }
    guard CRC32.of(UnsafeRawBufferPointer(rebasing: bytes[..<(total - 4)])) == Self.word(bytes, at: total - 4) else {
      throw .malformedFrame(offset: offset, .messageChecksum)
    }
    let headersEnd = Self.preludeBytes + headerBytes
    do throws(FrameFault) {
      let headers = try EventStreamHeader.parse(
        UnsafeRawBufferPointer(rebasing: bytes[Self.preludeBytes..<headersEnd]))
      return (WireFrame(headers, data: [UInt8](bytes[headersEnd..<(total - 4)])), total)
    } catch {
      throw .malformedFrame(offset: offset, error)
    }
  }

  /// The same frames with the checksums that belong to them, after bytes were overwritten in their places. What is no
  /// whole frame stays as it is, and so does all behind it.
  /// - Complexity: linear.
  package static func resealed(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    result.withUnsafeMutableBytes { frames in
      var start = 0
      while frames.count - start >= framingBytes {
        let rest = UnsafeRawBufferPointer(rebasing: frames[start...])
        let total = number(rest, at: 0)
        guard total >= framingBytes, total <= rest.count else { return }
        let sum = CRC32.of(UnsafeRawBufferPointer(rebasing: rest[..<(total - 4)]))
        for index in 0..<4 {
          frames[start + total - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
        }
        start += total
      }
    }
    return result
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt32 {
    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
      | UInt32(bytes[offset + 3])
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int { Int(word(bytes, at: offset)) }
}

extension WireFrame {
  /// A frame by the headers that have a meaning; all others are left out.
  fileprivate init(_ headers: [EventStreamHeader], data: [UInt8]) {
    func text(_ name: String) -> String? { headers.first { $0.name == name }?.string }
    self.init(data: data)
    contentType = text(":content-type")
    switch text(":message-type") {
    case "event":
      event = text(":event-type")
    case "exception":
      event = text(":exception-type")
      kind = .exception
    case "error":
      event = text(":error-code")
      kind = .error(message: text(":error-message") ?? "")
    default:
      event = text(":event-type")
      kind = .unknown
    }
  }
}
