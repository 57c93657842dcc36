// Whole JSON texts into trees. Strict: RFC 8259 and nothing more, so that a broken tool call is told from a whole one.

/// Reads a whole JSON text as a tree.
package enum JSONParser {
  /// The value that `bytes` are the text of, or the first thing wrong with them.
  ///
  /// Total and linear. Where a key comes twice, the last value wins; invalid UTF-8 and lone surrogates in strings become U+FFFD.
  package static func parse(_ bytes: UnsafeRawBufferPointer) -> Result<JSONValue, JSONDiagnostic> {
    var cursor = JSONCursor(bytes)
    let value = read(&cursor)
    _ = cursor.finish()
    if let failure = cursor.failure { return .failure(failure) }
    // A cursor without a failure has read a value; if it had not, this is where the text ends too early.
    return value.map { .success($0) } ?? .failure(JSONDiagnostic(.unexpectedEnd, at: bytes.count))
  }

  /// The value that `bytes` are the text of, or the first thing wrong with them.
  package static func parse(_ bytes: [UInt8]) -> Result<JSONValue, JSONDiagnostic> {
    bytes.withUnsafeBytes { parse($0) }
  }

  /// The value that `text` is the text of, or the first thing wrong with it.
  package static func parse(_ text: String) -> Result<JSONValue, JSONDiagnostic> {
    var text = text
    return text.withUTF8 { parse(UnsafeRawBufferPointer($0)) }
  }

  /// The value at the cursor, which has then passed it; nil with the cursor's failure set where there is none.
  package static func read(_ cursor: inout JSONCursor) -> JSONValue? {
    switch cursor.kind {
    case .object:
      guard cursor.beginObject() else { return nil }
      var members: [JSONObject.Member] = []
      while let key = cursor.nextKey() {
        let name = key.string
        guard let value = read(&cursor) else { return nil }
        members.append(JSONObject.Member(key: name, value: value))
      }
      return .object(JSONObject(members))
    case .array:
      guard cursor.beginArray() else { return nil }
      var elements: [JSONValue] = []
      while cursor.nextElement() {
        guard let value = read(&cursor) else { return nil }
        elements.append(value)
      }
      return .array(elements)
    case .string: return cursor.string().map(JSONValue.string)
    case .number: return cursor.number().map(JSONValue.number)
    case .bool: return cursor.bool().map(JSONValue.bool)
    case .null: return cursor.null() ? .null : nil
    case nil:
      // Sets the failure.
      cursor.skip()
      return nil
    }
  }
}
