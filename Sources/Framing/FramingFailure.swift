// Why a stream of bytes could not be cut into frames any further. Nothing here is about what frames mean.

/// The end of decoding: the bytes broke a limit or a rule, and everything after them is ignored.
package enum FramingFailure: Error, Equatable, Sendable {
  /// One line is longer than the limit; `offset` is where it begins, in bytes from the start of the stream.
  case lineTooLong(offset: Int, limit: Int)
  /// One frame's payload is larger than the limit; `offset` is where its first payload line begins.
  case frameTooLong(offset: Int, limit: Int)
  /// A frame breaks the rules of its format; `words` complete "the server sent …".
  case violation(offset: Int, words: String)

  /// Where the offending line or frame begins, in bytes from the start of the stream.
  package var offset: Int {
    switch self {
    case .lineTooLong(let offset, _), .frameTooLong(let offset, _), .violation(let offset, _): offset
    }
  }
}
