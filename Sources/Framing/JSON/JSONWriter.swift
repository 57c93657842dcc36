// Writes JSON field by field, without a tree. What comes out is valid UTF-8 and cannot drive a terminal: C0, DEL and C1
// are written as escapes. It does not check that a caller closes what it opens; the closure forms do that by themselves.
//
//   var writer = JSONWriter()
//   writer.object {
//     $0.field("model", "m")
//     $0.arrayField("messages") { $0.object { $0.field("role", "user") } }
//   }

/// Builds a JSON text in a buffer of bytes.
package struct JSONWriter: Sendable {
  /// How values are set apart.
  package enum Style: Equatable, Sendable {
    /// No white space at all.
    case compact
    /// One member per line, two spaces for each level.
    case pretty
  }

  /// The text so far.
  package private(set) var bytes: [UInt8] = []

  private let style: Style
  private var depth = 0
  /// Something stands before the next value in its container.
  private var needsComma = false
  /// A key was written: the value follows on the same line.
  private var followsKey = false

  /// A writer with nothing written.
  /// - Parameter capacity: bytes to make room for at once.
  package init(style: Style = .compact, capacity: Int = 0) {
    self.style = style
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  /// The text so far, as a string.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Takes the text out and begins anew, keeping the style: for one JSON text per line.
  package mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    self = JSONWriter(style: style)
    return taken
  }

  // MARK: Containers

  /// Writes an object whose members `body` writes.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  /// Writes an array whose elements `body` writes.
  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    beginArray()
    body(&self)
    endArray()
  }

  /// Writes a member that is an object.
  package mutating func objectField(_ key: String, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    object(body)
  }

  /// Writes a member that is an array.
  package mutating func arrayField(_ key: String, _ body: (inout JSONWriter) -> Void) {
    self.key(key)
    array(body)
  }

  /// Opens an object; `endObject` closes it.
  package mutating func beginObject() { open(ASCII.openBrace) }
  /// Closes an object.
  package mutating func endObject() { close(ASCII.closeBrace) }
  /// Opens an array; `endArray` closes it.
  package mutating func beginArray() { open(ASCII.openBracket) }
  /// Closes an array.
  package mutating func endArray() { close(ASCII.closeBracket) }

  // MARK: Members

  /// Writes the key of a member; its value must follow.
  package mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(ASCII.colon)
    if style == .pretty { bytes.append(ASCII.space) }
    followsKey = true
  }

  /// Writes a member that is a string; nil writes nothing, here and in the other forms.
  package mutating func field(_ key: String, _ value: String?) {
    guard let value else { return }
    self.key(key)
    self.value(value)
  }

  /// Writes a member that is a whole number.
  package mutating func field(_ key: String, _ value: (some FixedWidthInteger)?) {
    guard let value else { return }
    self.key(key)
    self.value(value)
  }

  /// Writes a member that is a floating-point number, in full precision or with so many decimals.
  package mutating func field(_ key: String, _ value: Double?, decimals: Int? = nil) {
    guard let value else { return }
    self.key(key)
    self.value(value, decimals: decimals)
  }

  /// Writes a member that is true or false.
  package mutating func field(_ key: String, _ value: Bool?) {
    guard let value else { return }
    self.key(key)
    self.value(value)
  }

  /// Writes a member that is a tree.
  package mutating func field(_ key: String, _ value: JSONValue?) {
    guard let value else { return }
    self.key(key)
    self.value(value)
  }

  /// Writes a member that is `null`.
  package mutating func nullField(_ key: String) {
    self.key(key)
    null()
  }

  /// Writes a member whose value is JSON text from elsewhere; see `value(json:)`.
  @discardableResult
  package mutating func field(_ key: String, json: [UInt8]) -> Bool {
    self.key(key)
    return value(json: json)
  }

  // MARK: Values

  /// Writes a string.
  package mutating func value(_ value: String) {
    separate()
    quote(value)
  }

  /// Writes a string given as bytes; invalid UTF-8 becomes U+FFFD.
  package mutating func value(utf8: [UInt8]) {
    value(String(decoding: utf8, as: UTF8.self))
  }

  /// Writes a whole number.
  package mutating func value(_ value: some FixedWidthInteger) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Writes a floating-point number: the shortest text that gives the same value back, or a fixed number of decimals.
  ///
  /// Infinities and NaN, which JSON does not have, are written as `null`.
  package mutating func value(_ value: Double, decimals: Int? = nil) {
    separate()
    if value.isFinite {
      let fixed = decimals.flatMap { Self.fixed(value, decimals: $0) }
      bytes.append(contentsOf: (fixed ?? value.description).utf8)
    } else {
      bytes.append(contentsOf: "null".utf8)
    }
  }

  /// Writes a number as it was read.
  package mutating func value(_ value: JSONNumber) {
    separate()
    bytes.append(contentsOf: value.text.utf8)
  }

  /// Writes true or false.
  package mutating func value(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// Writes `null`.
  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// Writes a tree.
  package mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): self.value(value)
    case .number(let value): self.value(value)
    case .string(let value): self.value(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let object):
      beginObject()
      for member in object.members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }

  /// Writes JSON text from elsewhere, in this writer's style and with its escapes; numbers, order and duplicate keys stay.
  ///
  /// Text that is not JSON is not let through: `null` is written in its place and false returned.
  @discardableResult
  package mutating func value(json: [UInt8]) -> Bool {
    json.withUnsafeBytes { json in
      guard JSONCursor.isComplete(json) else {
        null()
        return false
      }
      var cursor = JSONCursor(json)
      copy(&cursor)
      return true
    }
  }

  private mutating func copy(_ cursor: inout JSONCursor) {
    switch cursor.kind {
    case .object:
      beginObject()
      cursor.object { key, cursor in
        self.key(key.string)
        copy(&cursor)
      }
      endObject()
    case .array:
      beginArray()
      cursor.array { copy(&$0) }
      endArray()
    case .string: value(cursor.string() ?? "")
    case .number: cursor.number().map { value($0) } ?? null()
    case .bool: cursor.bool().map { value($0) } ?? null()
    case .null, nil:
      cursor.skip()
      null()
    }
  }

  // MARK: Bytes

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    depth += 1
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    depth = max(depth - 1, 0)
    if style == .pretty, needsComma { newLine() }
    bytes.append(bracket)
    needsComma = true
    followsKey = false
  }

  /// Writes what stands between the last value and what comes now.
  private mutating func separate() {
    defer {
      needsComma = true
      followsKey = false
    }
    guard !followsKey else { return }
    if needsComma { bytes.append(ASCII.comma) }
    if style == .pretty, depth > 0 { newLine() }
  }

  private mutating func newLine() {
    bytes.append(ASCII.lineFeed)
    for _ in 0..<depth {
      bytes.append(ASCII.space)
      bytes.append(ASCII.space)
    }
  }

  private mutating func quote(_ text: String) {
    bytes.append(ASCII.quote)
    var text = text
    text.withUTF8 { escape(UnsafeRawBufferPointer($0)) }
    bytes.append(ASCII.quote)
  }

  private mutating func escape(_ text: UnsafeRawBufferPointer) {
    var start = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      // C1 controls, U+0080 to U+009F, are C2 80 to C2 9F.
      let isC1 = byte == 0xC2 && index + 1 < text.count && text[index + 1] < 0xA0
      guard byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash || byte == ASCII.delete || isC1 else {
        index += 1
        continue
      }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<index]))
      if isC1 { index += 1 }
      escape(text[index])
      index += 1
      start = index
    }
    bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
  }

  /// Writes the escape of a control character below U+0100, a quote or a backslash.
  private mutating func escape(_ character: UInt8) {
    bytes.append(ASCII.backslash)
    switch character {
    case ASCII.quote, ASCII.backslash: bytes.append(character)
    case 0x08: bytes.append(0x62)  // b
    case 0x0C: bytes.append(0x66)  // f
    case ASCII.lineFeed: bytes.append(0x6E)
    case ASCII.carriageReturn: bytes.append(0x72)
    case ASCII.tab: bytes.append(0x74)
    default:
      bytes.append(ASCII.lowercaseU)
      bytes.append(ASCII.zero)
      bytes.append(ASCII.zero)
      bytes.append(Self.hexadecimal(character >> 4))
      bytes.append(Self.hexadecimal(character & 0xF))
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x61 + digit - 10 }

  /// `value` with exactly so many decimals, halves rounded away from zero; nil where a Double does not have that many digits.
  private static func fixed(_ value: Double, decimals: Int) -> String? {
    guard (0...15).contains(decimals) else { return nil }
    var scale = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = value.magnitude * Double(scale) + 0.5
    guard scaled < 0x1p53 else { return nil }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let fraction = String(whole % scale)
    return "\(sign)\(whole / scale).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
  }
}
