// The headers of a frame of an AWS event stream: names with values of ten types (Smithy, "Amazon Event Stream
// Specification"). What they mean is told apart in `EventStreamDecoder`.

/// A header of a frame.
package struct EventStreamHeader: Equatable, Sendable {
  /// A value, by its type on the wire (0 to 9, true and false being two types).
  package enum Value: Equatable, Sendable {
    case bool(Bool)
    case byte(Int8)
    case short(Int16)
    case integer(Int32)
    case long(Int64)
    case bytes([UInt8])
    case string(String)
    /// Milliseconds since 1970.
    case timestamp(Int64)
    /// Sixteen bytes.
    case uuid([UInt8])
  }

  /// Case matters; the ones with a meaning begin with a colon.
  package var name: String
  package var value: Value

  /// A header as it was read.
  package init(name: String, value: Value) {
    self.name = name
    self.value = value
  }

  /// The text of a string value; nil for any other type.
  package var string: String? {
    guard case .string(let text) = value else { return nil }
    return text
  }

  /// All headers of a frame.
  /// - Throws: `.malformedHeader` for an unknown type, a name that is none or a header that reaches beyond `bytes`;
  ///   `.duplicateHeader` for a name that comes twice.
  /// - Complexity: O(*n*) in the number of bytes, however many headers they make.
  package static func parse(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) -> [EventStreamHeader] {
    var headers: [EventStreamHeader] = []
    var reader = ByteReader(bytes)
    // Honest frames have three headers, which are compared; only a crowd of them is worth a set.
    var names: Set<[UInt8]> = []
    while !reader.isAtEnd {
      guard let length = reader.unsigned(1), length > 0, let name = reader.take(Int(length)),
        UTF8Validator.isValid(UnsafeRawBufferPointer(rebasing: name)), let type = reader.unsigned(1),
        let value = Self.value(type, &reader)
      else { throw .malformedHeader }
      if headers.count < fewHeaders {
        if headers.contains(where: { $0.name.utf8.elementsEqual(name) }) { throw .duplicateHeader }
      } else {
        if names.isEmpty { names = Set(headers.map { Array($0.name.utf8) }) }
        guard names.insert([UInt8](name)).inserted else { throw .duplicateHeader }
      }
      headers.append(EventStreamHeader(name: String(decoding: name, as: UTF8.self), value: value))
    }
    return headers
  }

  private static var fewHeaders: Int { 8 }

  private static func value(_ type: UInt64, _ reader: inout ByteReader) -> Value? {
    switch type {
    case 0: return .bool(true)
    case 1: return .bool(false)
    case 2: return reader.unsigned(1).map { .byte(Int8(truncatingIfNeeded: $0)) }
    case 3: return reader.unsigned(2).map { .short(Int16(truncatingIfNeeded: $0)) }
    case 4: return reader.unsigned(4).map { .integer(Int32(truncatingIfNeeded: $0)) }
    case 5: return reader.unsigned(8).map { .long(Int64(truncatingIfNeeded: $0)) }
    case 6: return reader.sized().map { .bytes([UInt8]($0)) }
    case 7: return reader.sized().map { .string(String(decoding: $0, as: UTF8.self)) }
    case 8: return reader.unsigned(8).map { .timestamp(Int64(truncatingIfNeeded: $0)) }
    case 9: return reader.take(16).map { .uuid([UInt8]($0)) }
    default: return nil
    }
  }
}

/// Reads big-endian numbers and runs of bytes; nil where not enough is left.
struct ByteReader {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  /// The next one to eight bytes as a number.
  mutating func unsigned(_ count: Int) -> UInt64? {
    take(count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// As many bytes as the two before them say.
  mutating func sized() -> Slice<UnsafeRawBufferPointer>? {
    unsigned(2).flatMap { take(Int($0)) }
  }

  mutating func take(_ count: Int) -> Slice<UnsafeRawBufferPointer>? {
    guard rest.count >= count else { return nil }
    let taken = rest.prefix(count)
    rest = rest.dropFirst(count)
    return taken
  }
}
