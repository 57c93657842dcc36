// TOML values as JSON text, for `extra`, which goes into request bodies as it is.

/// Writes TOML as JSON: tables as objects in the order of the file, dates as strings, numbers so that they read back
/// equal.
enum JSONText {
  /// The object for a table, or the place of the first number that JSON cannot say.
  static func object(_ table: TOMLTable) -> Result<String, NotJSON> {
    var writer = Writer()
    writer.write(table)
    return writer.problem.map(Result.failure) ?? .success(writer.text)
  }

  /// An infinite or undefined number.
  struct NotJSON: Error, Equatable { var position: TOMLPosition }

  private struct Writer {
    var text = ""
    var problem: NotJSON?

    mutating func write(_ table: TOMLTable) {
      text += "{"
      for (index, entry) in table.entries.enumerated() {
        if index > 0 { text += "," }
        write(entry.key)
        text += ":"
        write(entry.value)
      }
      text += "}"
    }

    mutating func write(_ value: TOMLValue) {
      switch value.content {
      case .string(let string), .moment(let string, _): write(string)
      case .integer(let number): text += String(number)
      case .float(let number):
        if !number.isFinite, problem == nil { problem = NotJSON(position: value.position) }
        text += number.description
      case .boolean(let truth): text += truth ? "true" : "false"
      case .array(let elements):
        text += "["
        for (index, element) in elements.enumerated() {
          if index > 0 { text += "," }
          write(element)
        }
        text += "]"
      case .table(let table): write(table)
      }
    }

    mutating func write(_ string: String) {
      text += "\""
      for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
      }
      text += "\""
    }
  }
}
