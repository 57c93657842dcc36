// What a TOML document says, with the place of every key and value. Values only; nothing is interpreted here.

/// A line and a column in one document, both counted from one, columns in characters.
package struct TOMLPosition: Equatable, Hashable, Sendable {
  package var line: Int
  package var column: Int

  /// A place; values below one become one.
  package init(line: Int, column: Int) {
    self.line = max(1, line)
    self.column = max(1, column)
  }
}

/// One value with the place where it begins.
package struct TOMLValue: Equatable, Sendable {
  /// What a value is.
  package enum Content: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A date, a time or both, as RFC 3339 writes them.
    case moment(String, Moment)
    case array([TOMLValue])
    case table(TOMLTable)
  }

  /// The four kinds of dates and times.
  package enum Moment: Equatable, Sendable { case date, time, localDateTime, dateTime }

  package var content: Content
  package var position: TOMLPosition

  /// A value at a place.
  package init(_ content: Content, at position: TOMLPosition) {
    self.content = content
    self.position = position
  }

  /// What the value is, in the words of error messages: `string "sixty"`, `integer 5`, `a table`.
  ///
  /// At most 40 characters of a string are shown, and no control characters.
  package var described: String {
    switch content {
    case .string(let text): "string " + text.quotedForMessages
    case .integer(let number): "integer \(number)"
    case .float(let number): "float \(number)"
    case .boolean(let truth): "boolean \(truth)"
    case .moment(let text, .date): "date \(text)"
    case .moment(let text, .time): "time \(text)"
    case .moment(let text, _): "date and time \(text)"
    case .array: "an array"
    case .table: "a table"
    }
  }

  /// The kind alone, for values that may be secret.
  package var kindName: String {
    switch content {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .moment: "a date or time"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// A key, its place, and its value.
package struct TOMLEntry: Equatable, Sendable {
  package var key: String
  package var position: TOMLPosition
  package var value: TOMLValue

  /// An entry of a table.
  package init(key: String, at position: TOMLPosition, value: TOMLValue) {
    self.key = key
    self.position = position
    self.value = value
  }
}

/// The entries of a table in the order of the file. No key occurs twice.
package struct TOMLTable: Equatable, Sendable {
  package let entries: [TOMLEntry]
  /// Where the keys of a large table are; small ones are searched.
  private let index: [String: Int]

  /// A table; of equal keys the first counts.
  package init(_ entries: [TOMLEntry] = []) {
    self.entries = entries
    index =
      entries.count <= 16
      ? [:]
      : Dictionary(entries.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// The entry with this key. Constant time.
  package func entry(_ key: String) -> TOMLEntry? {
    index.isEmpty ? entries.first { $0.key == key } : index[key].map { entries[$0] }
  }

  /// The value of a key.
  package subscript(_ key: String) -> TOMLValue? { entry(key)?.value }
}

extension String {
  /// The text in double quotes, cut after 40 characters, with control characters as `\u{…}` so that a message stays one
  /// line.
  var quotedForMessages: String {
    var result = "\""
    var count = 0
    for scalar in unicodeScalars {
      if count == 40 {
        result += "…"
        break
      }
      count += 1
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.isControlOrSeparator: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Unicode.Scalar {
  /// C0, DEL, C1, bidirectional controls, and the line and paragraph separators.
  var isControlOrSeparator: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
