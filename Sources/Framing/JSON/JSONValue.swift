// A JSON document as a tree, for what is small or of unknown shape: request bodies that a setting extends, tool schemas,
// imports. It keeps the order of members and the text of numbers, so that what is read can be written again unchanged.
// Deltas of a stream are read with `JSONCursor`.

/// A JSON value.
package enum JSONValue: Equatable, Sendable {
  /// Each kind of value; numbers keep their text and objects the order of their members.
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The member of an object with exactly this key; nil where there is none or this is no object.
  ///
  /// Setting turns anything that is no object into one; setting nil removes the member.
  package subscript(key: String) -> JSONValue? {
    get { object?[key] }
    set {
      var object = object ?? JSONObject()
      object[key] = newValue
      self = .object(object)
    }
  }

  /// The element of an array; nil where there is none or this is no array.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// Whether this is `null`.
  package var isNull: Bool { self == .null }

  /// The truth value; nil for anything else.
  package var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The string; nil for anything else.
  package var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The whole number, if this is one that fits; nil for anything else.
  package var int: Int? {
    guard case .number(let value) = self else { return nil }
    return value.int64.flatMap(Int.init(exactly:))
  }

  /// The number; nil for anything else.
  package var double: Double? {
    guard case .number(let value) = self else { return nil }
    return value.double
  }

  /// The elements; nil for anything but an array.
  package var array: [JSONValue]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  /// The members; nil for anything but an object.
  package var object: JSONObject? {
    guard case .object(let value) = self else { return nil }
    return value
  }

  /// This value with `patch` laid over it: objects are merged member by member, everything else is replaced.
  ///
  /// Like RFC 7396, except that `null` is a value and deletes nothing: a request may have to say `"seed": null`.
  package func merging(_ patch: JSONValue) -> JSONValue {
    guard case .object(var merged) = self, case .object(let additions) = patch else { return patch }
    merged.merge(additions)
    return .object(merged)
  }

  /// The value as compact JSON.
  package var bytes: [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return writer.bytes
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// Where a key stands twice, the last value wins.
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(key: $0.0, value: $0.1) }))
  }
}
