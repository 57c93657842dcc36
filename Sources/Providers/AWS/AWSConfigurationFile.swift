// The INI files that AWS's own tools share, `~/.aws/config` and `~/.aws/credentials` (AWS SDKs and Tools Reference Guide,
// "Shared config and credentials files"; botocore `configloader.py`). Total: whatever is no section and no key is passed
// over, as those tools do. Values may be keys, so nothing here prints them.

/// One such file, read.
struct AWSConfigurationFile: Equatable, Sendable {
  /// The settings of a section, by key in lower case.
  struct Section: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    private var values: [String: String] = [:]

    init() {}

    /// The value of a key, in any case; an empty one is not set.
    subscript(key: String) -> String? {
      get { values[key.lowercased()].flatMap { $0.isEmpty ? nil : $0 } }
      set { values[key.lowercased()] = newValue }
    }

    var isEmpty: Bool { values.isEmpty }
    /// Names alone.
    var description: String { values.keys.sorted().joined(separator: ", ") }
    var customMirror: Mirror { Mirror(self, children: ["keys": description]) }
  }

  /// By name as written between the brackets, unquoted and with single spaces: `default`, `profile dev`.
  private(set) var sections: [String: Section] = [:]

  /// A file without sections.
  init() {}

  /// Reads a file. Sections of the same name are one; of a key that comes twice the last counts.
  /// - Complexity: O(*n*) in the bytes.
  init(_ bytes: [UInt8]) {
    var current: String?
    // Python's RawConfigParser, whose rules made these files: a line that is indented deeper than the key before it belongs
    // to that key's value. Such values are nested maps, which riffle has no use for.
    var keyIndent: Int?
    for line in Self.withoutMark(bytes).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let indent = line.prefix(while: Self.isBlank).count
      let text = Self.trimmed(line)
      guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
      if let keyIndent, indent > keyIndent { continue }
      if first == UInt8(ascii: "[") {
        current = Self.sectionName(text)
        keyIndent = nil
        if let current, sections[current] == nil { sections[current] = Section() }
        continue
      }
      guard let name = current, let equals = text.firstIndex(of: UInt8(ascii: "=")) else { continue }
      keyIndent = indent
      let key = String(decoding: Self.trimmed(text[..<equals]), as: UTF8.self)
      if key.isEmpty { continue }
      sections[name]?[key] = String(decoding: Self.trimmed(text[(equals + 1)...]), as: UTF8.self)
    }
  }

  /// `[profile "my dev"]` is `profile my dev`; nil without a closing bracket.
  private static func sectionName(_ text: ArraySlice<UInt8>) -> String? {
    guard let close = text.lastIndex(of: UInt8(ascii: "]")) else { return nil }
    let inner = trimmed(text[(text.startIndex + 1)..<close])
    guard let quote = inner.firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }),
      let last = inner.lastIndex(of: inner[quote]), last > quote, last == inner.endIndex - 1
    else {
      return inner.split(whereSeparator: isBlank).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
    let kind = String(decoding: trimmed(inner[..<quote]), as: UTF8.self)
    let name = String(decoding: inner[(quote + 1)..<last], as: UTF8.self)
    return kind.isEmpty ? name : "\(kind) \(name)"
  }

  private static func withoutMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }
}
