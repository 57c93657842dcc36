// TOML 1.0 text into values with places. It opens no file: the caller reads at most `maximumBytes` and says what the
// file is called.

internal import CTOML
package import Diagnostics

/// A parsed TOML text, or the one error that kept it from being parsed.
package struct TOMLDocument: Equatable, Sendable {
  /// The longest text that is parsed; no configuration comes near it.
  package static let maximumBytes = 1 << 20
  /// Parts of dotted keys and brackets inside each other.
  package static let maximumDepth = 64

  /// What the file is called in diagnostics.
  package let file: String
  /// The top-level table; empty if the text was not TOML.
  package let root: TOMLTable
  /// Why the text was not TOML.
  package let problem: Diagnostic?

  /// Parses `bytes`. Any bytes will do; linear in their number.
  package init(parsing bytes: some Collection<UInt8>, file: String) {
    self.file = file
    let parsed: (root: TOMLTable, problem: Diagnostic?)
    if bytes.count > Self.maximumBytes {
      parsed = (
        TOMLTable(),
        Diagnostic(
          .error, "the file is larger than 1 MiB", at: SourceLocation(file: file, line: 1, column: 1))
      )
    } else if let result = bytes.withContiguousStorageIfAvailable({ Self.parse($0, file: file) }) {
      parsed = result
    } else {
      parsed = Array(bytes).withUnsafeBufferPointer { Self.parse($0, file: file) }
    }
    root = parsed.root
    problem = parsed.problem
  }

  /// Parses text.
  package init(parsing text: String, file: String) { self.init(parsing: Array(text.utf8), file: file) }

  /// A place in this document as diagnostics name it.
  package func location(_ position: TOMLPosition) -> SourceLocation {
    SourceLocation(file: file, line: position.line, column: position.column)
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>, file: String) -> (TOMLTable, Diagnostic?) {
    if let excess = NestingScan.excess(in: bytes, limit: maximumDepth) {
      let location = SourceLocation(file: file, line: excess.line, column: excess.column)
      return (TOMLTable(), Diagnostic(.error, "nested deeper than \(maximumDepth) levels", at: location))
    }
    let document = ctoml_parse(bytes.baseAddress, bytes.count)
    defer { ctoml_free(document) }
    if ctoml_failed(document) {
      let place = clamp(
        TOMLPosition(line: Int(ctoml_error_line(document)), column: Int(ctoml_error_column(document))), to: bytes)
      // toml++ quotes what it found; only its own control characters are left to escape.
      let words = String(cString: ctoml_error_message(document)).onOneLine
      let prefix = "Error while parsing "
      let message = words.hasPrefix(prefix) ? "not TOML, in \(words.dropFirst(prefix.count))" : "not TOML: \(words)"
      return (
        TOMLTable(),
        Diagnostic(.error, message, at: SourceLocation(file: file, line: place.line, column: place.column))
      )
    }
    var reader = NodeReader(nodes: UnsafeBufferPointer(start: ctoml_nodes(document), count: ctoml_node_count(document)))
    return (reader.readRoot(), nil)
  }

  /// The parser reports the end of the file one past it, and 0 where it knows nothing: moves a place onto the text.
  private static func clamp(_ position: TOMLPosition, to bytes: UnsafeBufferPointer<UInt8>) -> TOMLPosition {
    var line = 1
    var start = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
      if line == position.line { break }
      line += 1
      start = index + 1
    }
    var columns = 1
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
      if bytes[index] & 0xC0 != 0x80 { columns += 1 }
      index += 1
    }
    return TOMLPosition(line: line, column: line == position.line ? min(position.column, columns) : columns)
  }
}

/// Builds the tree from the flat nodes.
private struct NodeReader {
  let nodes: UnsafeBufferPointer<ctoml_node>
  private var index = 0

  init(nodes: UnsafeBufferPointer<ctoml_node>) { self.nodes = nodes }

  mutating func readRoot() -> TOMLTable {
    guard !nodes.isEmpty, case .table(let table) = read(within: TOMLPosition(line: 1, column: 1)).content else {
      return TOMLTable()
    }
    return table
  }

  /// Reads the node at `index` and its children. `place` stands in where the parser recorded none.
  private mutating func read(within place: TOMLPosition) -> TOMLValue {
    let node = nodes[index]
    index += 1
    let position = node.line > 0 ? TOMLPosition(line: Int(node.line), column: Int(node.column)) : place
    switch UInt32(bitPattern: node.kind) {
    case CTOML_TABLE.rawValue:
      var entries: [TOMLEntry] = []
      while index < nodes.count, nodes[index].depth > node.depth {
        let child = nodes[index]
        let keyPosition =
          child.key_line > 0 ? TOMLPosition(line: Int(child.key_line), column: Int(child.key_column)) : position
        entries.append(
          TOMLEntry(key: text(child.key, child.key_length), at: keyPosition, value: read(within: keyPosition)))
      }
      return TOMLValue(.table(TOMLTable(entries)), at: position)
    case CTOML_ARRAY.rawValue:
      var elements: [TOMLValue] = []
      while index < nodes.count, nodes[index].depth > node.depth { elements.append(read(within: position)) }
      return TOMLValue(.array(elements), at: position)
    case CTOML_INTEGER.rawValue: return TOMLValue(.integer(node.integer), at: position)
    case CTOML_FLOAT.rawValue: return TOMLValue(.float(node.real), at: position)
    case CTOML_BOOLEAN.rawValue: return TOMLValue(.boolean(node.integer != 0), at: position)
    case CTOML_DATE.rawValue: return TOMLValue(.moment(text(node.text, node.text_length), .date), at: position)
    case CTOML_TIME.rawValue: return TOMLValue(.moment(text(node.text, node.text_length), .time), at: position)
    case CTOML_LOCAL_DATE_TIME.rawValue:
      return TOMLValue(.moment(text(node.text, node.text_length), .localDateTime), at: position)
    case CTOML_DATE_TIME.rawValue:
      return TOMLValue(.moment(text(node.text, node.text_length), .dateTime), at: position)
    default: return TOMLValue(.string(text(node.text, node.text_length)), at: position)
    }
  }

  private func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
    guard let start else { return "" }
    return start.withMemoryRebound(to: UInt8.self, capacity: length) {
      String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }
}

extension String {
  /// The text with control characters as `\u{…}`.
  var onOneLine: String {
    guard unicodeScalars.contains(where: \.isControlOrSeparator) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isControlOrSeparator {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
