// Reads JSON where it stands: no tree, nothing allocated but the strings that are asked for. It is for the deltas of a
// stream, of which thousands come each second; where a tree is handier and speed is not the point, `JSONParser` makes one.
//
//   JSONCursor.read(frame.data) { cursor in
//     cursor.object { key, cursor in
//       switch key {
//       case "id": id = cursor.string()
//       case "usage": cursor.object { … }
//       default: break                        // what is not read is skipped
//       }
//     }
//   }
//
// A value of another kind than asked for gives nil and is skipped like one that was not asked for: nothing is thrown, and
// a `null` costs no special case. Text that is not JSON sets `failure` and ends all loops. It is strict (RFC 8259), and
// what is skipped is checked as thoroughly as what is read.

/// A place in a JSON text, moving forward.
///
/// Total on any bytes, linear in their length, and a value: a copy is a bookmark. Valid only while the bytes it was made from are.
package struct JSONCursor {
  /// How deep objects and arrays may stand inside each other.
  package static let maximumDepth = 512

  /// The kinds of JSON values.
  package enum Kind: Equatable, Sendable {
    /// Each is told by the value's first byte.
    case object, array, string, number, bool, null
  }

  private enum Expectation {
    /// A value stands here that nobody has read.
    case value
    /// Right behind the opening brace or bracket.
    case firstMember
    /// A value was read; a comma or the end of its container comes.
    case separator
  }

  private let bytes: UnsafeRawBufferPointer
  /// `bytes.count`, which is a subtraction and a test for nil each time.
  private let count: Int
  private var position = 0
  private var depth = 0
  private var expectation = Expectation.value
  /// The first thing wrong with the text, as far as it was read.
  package private(set) var failure: JSONDiagnostic?

  /// A cursor before the value that `bytes` hold. One leading byte order mark is passed over (RFC 8259 section 8.1 allows it).
  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    count = bytes.count
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
  }

  /// Lends a cursor over `bytes` to `body`.
  package static func read<Result>(_ bytes: [UInt8], _ body: (inout JSONCursor) -> Result) -> Result {
    bytes.withUnsafeBytes { bytes in
      var cursor = JSONCursor(bytes)
      return body(&cursor)
    }
  }

  /// Whether `bytes` are one complete JSON text and nothing else.
  package static func isComplete(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var cursor = JSONCursor(bytes)
    return cursor.finish()
  }

  /// Bytes of the text that were read so far.
  package var offset: Int { position }

  /// Skips what was not read of the outermost value and tells whether the whole text was right, with nothing behind it.
  package mutating func finish() -> Bool {
    if expectation == .value { skip() }
    guard failure == nil else { return false }
    skipBlanks()
    if depth > 0 {
      // The caller left a container before its end; what is behind was not checked.
      fail(.unexpectedEnd, at: position)
    } else if position < count {
      fail(.trailingBytes, at: position)
    }
    return failure == nil
  }

  // MARK: Containers

  /// Reads an object: `body` is called for each member, with the cursor before its value, which it may leave unread.
  ///
  /// Returns false, and leaves the value unread, where no object stands.
  @inline(__always)
  @discardableResult
  package mutating func object(_ body: (JSONText, inout JSONCursor) -> Void) -> Bool {
    guard beginObject() else { return false }
    while let key = nextKey() { body(key, &self) }
    return true
  }

  /// Reads an array: `body` is called for each element, with the cursor before it.
  ///
  /// Returns false, and leaves the value unread, where no array stands.
  @inline(__always)
  @discardableResult
  package mutating func array(_ body: (inout JSONCursor) -> Void) -> Bool {
    guard beginArray() else { return false }
    while nextElement() { body(&self) }
    return true
  }

  /// Enters the object that stands here; false if none does. `nextKey` must then be called until it returns nil.
  package mutating func beginObject() -> Bool { enter(ASCII.openBrace) }

  /// Enters the array that stands here; false if none does. `nextElement` must then be called until it returns false.
  package mutating func beginArray() -> Bool { enter(ASCII.openBracket) }

  /// The key of the next member, with the cursor before its value; nil at the end of the object, which is then read.
  package mutating func nextKey() -> JSONText? {
    guard advance(toMemberBefore: ASCII.closeBrace) else { return nil }
    guard position < count, bytes[position] == ASCII.quote else {
      failHere()
      return nil
    }
    guard let key = scanText() else { return nil }
    skipBlanks()
    guard position < count, bytes[position] == ASCII.colon else {
      failHere()
      return nil
    }
    position += 1
    expectation = .value
    return key
  }

  /// Whether another element follows, with the cursor before it; false at the end of the array, which is then read.
  package mutating func nextElement() -> Bool {
    guard advance(toMemberBefore: ASCII.closeBracket) else { return false }
    expectation = .value
    return true
  }

  @inline(__always)
  private mutating func enter(_ opening: UInt8) -> Bool {
    guard atValue(), bytes[position] == opening else { return false }
    guard depth < Self.maximumDepth else {
      fail(.tooDeep, at: position)
      return false
    }
    depth += 1
    position += 1
    expectation = .firstMember
    return true
  }

  /// Passes what separates members; false behind `closing`, which is passed too.
  @inline(__always)
  private mutating func advance(toMemberBefore closing: UInt8) -> Bool {
    if expectation == .value { skip() }
    skipBlanks()
    guard position < count else {
      fail(.unexpectedEnd, at: position)
      return false
    }
    let byte = bytes[position]
    if byte == closing {
      guard depth > 0 else {
        failHere()
        return false
      }
      depth -= 1
      position += 1
      expectation = .separator
      return false
    }
    if expectation == .separator {
      guard byte == ASCII.comma else {
        failHere()
        return false
      }
      position += 1
      skipBlanks()
    }
    return true
  }

  // MARK: Values

  /// What kind of value stands here; nil where none does, or something that is no JSON.
  package var kind: Kind? {
    guard expectation == .value else { return nil }
    var index = position
    while index < count, ASCII.isBlank(bytes[index]) { index += 1 }
    guard index < count else { return nil }
    return switch bytes[index] {
    case ASCII.openBrace: .object
    case ASCII.openBracket: .array
    case ASCII.quote: .string
    case ASCII.minus, ASCII.zero...ASCII.nine: .number
    case 0x74, 0x66: .bool
    case 0x6E: .null
    default: nil
    }
  }

  /// The string that stands here, without making a `String` of it; valid while the bytes are.
  package mutating func text() -> JSONText? {
    guard atValue(), bytes[position] == ASCII.quote else { return nil }
    guard let text = scanText() else { return nil }
    expectation = .separator
    return text
  }

  /// The string that stands here, lone surrogates and invalid UTF-8 replaced by U+FFFD.
  package mutating func string() -> String? { text()?.string }

  /// Appends the string that stands here as valid UTF-8; false if none does.
  @discardableResult
  package mutating func appendString(to output: inout [UInt8]) -> Bool {
    guard let text = text() else { return false }
    text.append(to: &output)
    return true
  }

  /// Appends the string that stands here; false if none does.
  @discardableResult
  package mutating func appendString(to output: inout String) -> Bool {
    guard let text = text() else { return false }
    output += text.string
    return true
  }

  /// The whole number that stands here, also when written `5.0`; nil, with the value read, for a number that is none or does not fit.
  package mutating func int() -> Int? { numberBytes().flatMap(JSONNumber.int64).flatMap(Int.init(exactly:)) }

  /// The number that stands here; infinite when too large.
  package mutating func double() -> Double? { numberBytes().map(JSONNumber.double) }

  /// The number that stands here, as it is written.
  package mutating func number() -> JSONNumber? { numberBytes().map(JSONNumber.init(checked:)) }

  /// The truth value that stands here.
  package mutating func bool() -> Bool? {
    guard atValue() else { return nil }
    switch bytes[position] {
    case 0x74: return word("true") ? true : nil
    case 0x66: return word("false") ? false : nil
    default: return nil
    }
  }

  /// Whether `null` stands here; if so, it is read.
  package mutating func null() -> Bool {
    guard atValue(), bytes[position] == 0x6E else { return false }
    return word("null")
  }

  /// Passes over the value that stands here, of whatever kind, checking all of it.
  package mutating func skip() {
    guard atValue() else {
      if failure == nil, expectation == .value { failHere() }
      return
    }
    switch bytes[position] {
    case ASCII.quote: _ = text()
    // Reading on from an unread value skips it: these loops recurse, never deeper than the limit.
    case ASCII.openBrace:
      guard beginObject() else { return }
      while nextKey() != nil {}
    case ASCII.openBracket:
      guard beginArray() else { return }
      while nextElement() {}
    case ASCII.minus, ASCII.zero...ASCII.nine: _ = numberBytes()
    case 0x74: _ = word("true")
    case 0x66: _ = word("false")
    case 0x6E: _ = word("null")
    default: failHere()
    }
  }

  /// The bytes of the value that stands here, exactly as written, checked; valid while the text's bytes are.
  package mutating func rawValue() -> UnsafeRawBufferPointer? {
    guard atValue() else { return nil }
    let start = position
    skip()
    return failure == nil ? UnsafeRawBufferPointer(rebasing: bytes[start..<position]) : nil
  }

  // MARK: Tokens

  /// Moves to the first byte of an unread value; false if none is due here.
  @inline(__always)
  private mutating func atValue() -> Bool {
    guard expectation == .value else { return false }
    skipBlanks()
    return position < count
  }

  @inline(__always)
  private mutating func skipBlanks() {
    while position < count, ASCII.isBlank(bytes[position]) { position += 1 }
  }

  private mutating func numberBytes() -> UnsafeRawBufferPointer? {
    guard atValue(), bytes[position] == ASCII.minus || ASCII.isDigit(bytes[position]) else { return nil }
    switch JSONNumber.scan(bytes, from: position) {
    case .number(let end):
      let number = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
      position = end
      expectation = .separator
      return number
    case .broken(let index):
      position = index
      failHere()
      return nil
    }
  }

  private mutating func word(_ word: StaticString) -> Bool {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < count, bytes[position] == word.utf8Start[index] else {
        failHere()
        return false
      }
      position += 1
    }
    expectation = .separator
    return true
  }

  /// Reads the string whose opening quote is at `position`, checking its escapes.
  @inline(__always)
  private mutating func scanText() -> JSONText? {
    let start = position + 1
    let end = ByteScan.stringInterruption(in: bytes, from: start)
    if end < count, bytes[end] == ASCII.quote {
      position = end + 1
      return JSONText(raw: UnsafeRawBufferPointer(rebasing: bytes[start..<end]), hasEscapes: false)
    }
    return scanEscapedText(from: start, at: end)
  }

  private mutating func scanEscapedText(from start: Int, at interruption: Int) -> JSONText? {
    var index = interruption
    while index < count, bytes[index] == ASCII.backslash {
      guard let length = escapeLength(at: index) else { return nil }
      index = ByteScan.stringInterruption(in: bytes, from: index + length)
    }
    guard index < count else {
      fail(.unexpectedEnd, at: count)
      return nil
    }
    guard bytes[index] == ASCII.quote else {
      fail(.controlCharacter, at: index)
      return nil
    }
    position = index + 1
    return JSONText(raw: UnsafeRawBufferPointer(rebasing: bytes[start..<index]), hasEscapes: true)
  }

  /// The length of the escape at `index`; nil, with a failure, if it is none.
  private mutating func escapeLength(at index: Int) -> Int? {
    guard index + 1 < count else {
      fail(.unexpectedEnd, at: count)
      return nil
    }
    switch bytes[index + 1] {
    case ASCII.quote, ASCII.backslash, ASCII.slash, 0x62, 0x66, 0x6E, 0x72, 0x74:
      return 2
    case ASCII.lowercaseU:
      for digit in index + 2..<index + 6 {
        guard digit < count else {
          fail(.unexpectedEnd, at: count)
          return nil
        }
        guard ASCII.hexadecimalDigit(bytes[digit]) != nil else {
          fail(.invalidEscape, at: index)
          return nil
        }
      }
      return 6
    default:
      fail(.invalidEscape, at: index)
      return nil
    }
  }

  // MARK: Failure

  private mutating func failHere() {
    if position < count {
      fail(.unexpectedByte(bytes[position]), at: position)
    } else {
      fail(.unexpectedEnd, at: count)
    }
  }

  /// Records the first failure and goes to the end, where every loop ends by itself.
  private mutating func fail(_ problem: JSONDiagnostic.Problem, at offset: Int) {
    if failure == nil { failure = JSONDiagnostic(problem, at: offset) }
    position = count
    expectation = .separator
  }
}
