// The texts of a small XML document: all that an answer of AWS's token service is asked for. Not an XML reader: no
// namespaces, no attributes, no document types; what is not understood gives nothing.

/// Elements that hold text, by where they stand.
struct XMLLeaves: Equatable, Sendable {
  /// Longer documents are not looked at.
  static let maximumBytes = 64 << 10
  private static let maximumDepth = 32

  /// `(path, text)` in order of their ends; a path is the names from the root, joined with `/`.
  private(set) var leaves: [(path: String, text: String)] = []

  static func == (left: XMLLeaves, right: XMLLeaves) -> Bool {
    left.leaves.elementsEqual(right.leaves) { $0.path == $1.path && $0.text == $1.text }
  }

  /// Reads a document; nil if it is too long, too deep, or its tags do not match.
  /// - Complexity: O(*n*).
  init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.maximumBytes else { return nil }
    var scanner = Scanner(bytes: bytes)
    var names: [String] = []
    // Whether an element holds another one: its text is then only white space between them.
    var hasChildren: [Bool] = []
    var text: [UInt8] = []
    while let piece = scanner.next() {
      switch piece {
      case .text(let content): text += content
      case .ignored: break
      case .open(let name, let isEmpty):
        guard names.count < Self.maximumDepth else { return nil }
        if !hasChildren.isEmpty { hasChildren[hasChildren.count - 1] = true }
        text = []
        if isEmpty { continue }
        names.append(name)
        hasChildren.append(false)
      case .close(let name):
        guard names.last == name, let isInner = hasChildren.popLast() else { return nil }
        if !isInner {
          leaves.append((names.joined(separator: "/"), String(decoding: Self.trimmed(text), as: UTF8.self)))
        }
        text = []
        names.removeLast()
      case .broken: return nil
      }
    }
    if !names.isEmpty { return nil }
  }

  /// The first text whose path ends so: `Credentials/AccessKeyId`.
  subscript(ending: String) -> String? {
    leaves.first { $0.path == ending || $0.path.hasSuffix("/" + ending) }?.text
  }

  private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }

  private enum Piece {
    case text([UInt8])
    case open(String, isEmpty: Bool)
    case close(String)
    /// A declaration, a comment or an instruction.
    case ignored
    case broken
  }

  private struct Scanner {
    let bytes: [UInt8]
    var place = 0

    mutating func next() -> Piece? {
      guard place < bytes.count else { return nil }
      if bytes[place] != UInt8(ascii: "<") {
        let end = bytes[place...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { place = end }
        return .text(Self.unescaped(bytes[place..<end]))
      }
      if has("<!--") { return skip(past: "-->", from: place + 4) }
      if has("<![CDATA[") {
        let start = place + 9
        guard case .ignored = skip(past: "]]>", from: start) else { return .broken }
        return .text(Array(bytes[start..<place - 3]))
      }
      if has("<?") { return skip(past: "?>", from: place + 2) }
      // Document types bring entities, and those are a way to make a small document large.
      if has("<!") { return .broken }
      guard let close = bytes[place...].firstIndex(of: UInt8(ascii: ">")) else { return .broken }
      var inner = bytes[(place + 1)..<close]
      place = close + 1
      if inner.first == UInt8(ascii: "/") { return .close(Self.name(inner.dropFirst())) }
      let isEmpty = inner.last == UInt8(ascii: "/")
      if isEmpty { inner.removeLast() }
      let name = Self.name(inner)
      return name.isEmpty ? .broken : .open(name, isEmpty: isEmpty)
    }

    private func has(_ prefix: StaticString) -> Bool {
      prefix.withUTF8Buffer { bytes[place...].starts(with: $0) }
    }

    private mutating func skip(past end: StaticString, from start: Int) -> Piece {
      let mark = end.withUTF8Buffer { Array($0) }
      var index = start
      while index + mark.count <= bytes.count {
        if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) {
          place = index + mark.count
          return .ignored
        }
        index += 1
      }
      place = bytes.count
      return .broken
    }

    private static func name(_ tag: ArraySlice<UInt8>) -> String {
      String(decoding: tag.prefix { $0 > 0x20 }, as: UTF8.self)
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
      guard text.contains(UInt8(ascii: "&")) else { return Array(text) }
      var result: [UInt8] = []
      var index = text.startIndex
      while index < text.endIndex {
        // The longest reference that means anything is `&#x10FFFF;`.
        if text[index] == UInt8(ascii: "&"),
          let end = text[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")),
          let meant = meaning(String(decoding: text[(index + 1)..<end], as: UTF8.self))
        {
          result += meant
          index = end + 1
        } else {
          result.append(text[index])
          index += 1
        }
      }
      return result
    }

    private static func meaning(_ reference: String) -> [UInt8]? {
      switch reference {
      case "amp": return [UInt8(ascii: "&")]
      case "lt": return [UInt8(ascii: "<")]
      case "gt": return [UInt8(ascii: ">")]
      case "quot": return [UInt8(ascii: "\"")]
      case "apos": return [UInt8(ascii: "'")]
      default: break
      }
      guard reference.hasPrefix("#") else { return nil }
      let digits = reference.dropFirst()
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      return number.flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) }
    }
  }
}
