// Text from a stream of bytes that claims to be UTF-8. A character cut between two pieces is put together again; what is
// broken becomes U+FFFD, one per maximal subpart, as the WHATWG decoder and `String(decoding:as:)` do it.
// It is not for frames that are JSON: there strings are repaired one by one, by the JSON readers.

/// Turns bytes, cut anywhere, into valid text, and counts what had to be replaced.
package struct UTF8Repair: Sendable {
  /// How many U+FFFD were put in so far; those that came as such are not counted.
  package private(set) var replacements = 0
  /// The beginning of a character whose rest has not arrived: three bytes at most.
  private var pending: [UInt8] = []

  /// A repair at the start of a stream.
  package init() {}

  /// Takes the next bytes and appends the valid UTF-8 that is certain by now.
  ///
  /// - Complexity: O(*n*) in the new bytes; at most three earlier ones are looked at again.
  package mutating func push(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    var index = 0
    while !pending.isEmpty, index < bytes.count {
      pending.append(bytes[index])
      switch pending.withUnsafeBytes({ UTF8Validator.sequence(at: 0, in: $0) }) {
      case .incomplete:
        index += 1
      case .valid:
        index += 1
        output.append(contentsOf: pending)
        pending.removeAll(keepingCapacity: true)
      case .invalid:
        // The new byte is what does not fit; it is looked at again as the beginning of something.
        replace(into: &output)
        pending.removeAll(keepingCapacity: true)
      }
    }
    while index < bytes.count {
      let end = UTF8Validator.validPrefix(of: bytes, from: index)
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
      index = end
      guard index < bytes.count else { return }
      switch UTF8Validator.sequence(at: index, in: bytes) {
      case .valid(let length):
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[index..<index + length]))
        index += length
      case .invalid(let length):
        replace(into: &output)
        index += length
      case .incomplete:
        pending.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[index...]))
        return
      }
    }
  }

  /// Takes the end of the input: a character that was never completed is replaced.
  package mutating func finish(into output: inout [UInt8]) {
    guard !pending.isEmpty else { return }
    replace(into: &output)
    pending = []
  }

  /// Takes the next bytes and returns the text that is certain by now.
  package mutating func push(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 3)
    bytes.withUnsafeBytes { push($0, into: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// Takes the end of the input and returns what is left: nothing, or one U+FFFD.
  package mutating func finish() -> String {
    var output: [UInt8] = []
    finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  private mutating func replace(into output: inout [UInt8]) {
    output.append(0xEF)
    output.append(0xBF)
    output.append(0xBD)
    replacements += 1
  }
}
