// Why a stream of bytes could not be cut into frames any further. Nothing here is about what frames mean.

/// What is wrong with a frame that says how long it is.
package enum FrameFault: Error, Equatable, Sendable {
  /// The frame would be shorter than its own parts.
  case impossibleLength
  /// The headers alone are longer than any frame's may be.
  case headersTooLong
  /// The lengths are not what was sent, or these bytes are no frame at all.
  case preludeChecksum
  /// The frame is not what was sent.
  case messageChecksum
  /// A header reaches beyond its block, has no name or an unknown type.
  case malformedHeader
  case duplicateHeader

  /// The fault in words that follow "a frame whose".
  package var words: String {
    switch self {
    case .impossibleLength: "length is impossible"
    case .headersTooLong: "headers are too long"
    case .preludeChecksum: "lengths do not fit their checksum"
    case .messageChecksum: "content does not fit its checksum"
    case .malformedHeader: "headers cannot be read"
    case .duplicateHeader: "headers hold a name twice"
    }
  }
}

/// The end of decoding: the bytes broke a limit or a rule of the format, and everything after them is ignored.
package enum FramingFailure: Error, Equatable, Sendable {
  /// One line is longer than the limit; `offset` is where it begins, in bytes from the start of the stream.
  case lineTooLong(offset: Int, limit: Int)
  /// One frame's payload is larger than the limit; `offset` is where its first payload line begins.
  case frameTooLong(offset: Int, limit: Int)
  /// A frame cannot be read, nor where the next one begins; `offset` is where it begins.
  case malformedFrame(offset: Int, FrameFault)
  /// A frame breaks the rules of its format; `words` complete "the server sent …".
  case violation(offset: Int, words: String)

  /// Where the offending line or frame begins, in bytes from the start of the stream.
  package var offset: Int {
    switch self {
    case .lineTooLong(let offset, _), .frameTooLong(let offset, _), .malformedFrame(let offset, _),
      .violation(let offset, _):
      offset
    }
  }
}
