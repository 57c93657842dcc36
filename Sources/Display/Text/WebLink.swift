// A link from outside, checked before anything is opened (`robustness.md`, R6, R22). What is shown of it is what is
// opened: both come out of the same reading, in ASCII, so that nothing in between can read it differently.

/// Why a link is not opened.
package enum LinkRefusal: Error, Equatable, Sendable {
  case tooLong
  /// Something that acts, hides or breaks the line: a control, a space, a backslash.
  case hiddenCharacter
  /// None of the three; empty if it has none at all.
  case scheme(String)
  /// Whatever stands before `@` can look like the host.
  case userName
  case noHost
  case badHost
  /// `mailto` that would attach a file.
  case attachment

  /// The reason, to stand behind a colon.
  package var words: String {
    switch self {
    case .tooLong: "it is longer than \(WebLink.maximumBytes) bytes"
    case .hiddenCharacter: "it holds a control, a space, a backslash or an invisible character"
    case .scheme(let name):
      name.isEmpty
        ? "it does not begin with http:, https: or mailto:" : "only http, https and mailto are opened, not \(name)"
    case .userName: "it holds a name before @, which can look like the host"
    case .noHost: "it names no host"
    case .badHost: "its host cannot be a host's name"
    case .attachment: "it asks for a file to be attached"
    }
  }
}

/// A link that may be handed to a browser or a mail program.
package struct WebLink: Equatable, Sendable {
  /// The whole of it in ASCII, beginning with its scheme: one argument for a program.
  package let address: String
  /// Where it leads, for people: the host with its port in `xn--` form, or the receiver of a mail.
  package let place: String

  // More than browsers promise to take.
  static let maximumBytes = 8_192

  /// Reads a link.
  package static func read(_ text: String) -> Result<WebLink, LinkRefusal> {
    do throws(LinkRefusal) { return .success(try WebLink(checking: text)) } catch { return .failure(error) }
  }

  private init(checking text: String) throws(LinkRefusal) {
    guard text.utf8.count <= Self.maximumBytes else { throw .tooLong }
    let table = CharacterTable()
    for scalar in text.unicodeScalars {
      let isHidden =
        scalar.value <= 0x20 || scalar.value == 0x7F || scalar.value == 0x5C || scalar.properties.isWhitespace
        || table.properties(of: scalar.value).isShownByNumber
      if isHidden { throw .hiddenCharacter }
    }
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .scheme("") }
    let scheme = text[..<colon].lowercased()
    let rest = text[text.utf8.index(after: colon)...]
    switch scheme {
    case "http", "https":
      guard rest.hasPrefix("//") else { throw .noHost }
      let afterSlashes = rest.unicodeScalars.dropFirst(2)
      let authority = afterSlashes.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      let place = try Self.authority(String(String.UnicodeScalarView(authority)))
      let tail = Self.escaped(String(String.UnicodeScalarView(afterSlashes.dropFirst(authority.count))))
      self.init(address: "\(scheme)://\(place)\(tail)", place: place)
    case "mailto":
      let receivers = rest.unicodeScalars.prefix { $0 != "?" && $0 != "#" }
      let tail = String(String.UnicodeScalarView(rest.unicodeScalars.dropFirst(receivers.count)))
      if Self.attaches(tail) { throw .attachment }
      let place = try Self.receivers(String(String.UnicodeScalarView(receivers)))
      self.init(address: "mailto:\(place)\(Self.escaped(tail))", place: place.isEmpty ? "a new mail" : place)
    default:
      // What only looks like one, such as `example.com:80/x`, is named as it was written.
      let isScheme = scheme.utf8.allSatisfy { Self.isLetterOrDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) }
      throw .scheme(isScheme ? String(scheme.prefix(40)) : "")
    }
  }

  private init(address: String, place: String) {
    self.address = address
    self.place = place
  }

  // MARK: Parts

  /// Host and port (RFC 3986, section 3.2).
  private static func authority(_ text: String) throws(LinkRefusal) -> String {
    if text.utf8.contains(UInt8(ascii: "@")) { throw .userName }
    if text.hasPrefix("[") {
      guard let end = text.utf8.firstIndex(of: UInt8(ascii: "]")) else { throw .badHost }
      let inside = text[text.utf8.index(after: text.startIndex)..<end]
      // The digits, colons and dots of RFC 4291, section 2.2; no zone.
      let isAddress = inside.utf8.allSatisfy {
        isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
      }
      guard isAddress, inside.utf8.contains(UInt8(ascii: ":")) else { throw .badHost }
      return "[\(inside)]" + (try port(text[text.utf8.index(after: end)...]))
    }
    let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
    return try host(String(text[..<colon])) + (try port(text[colon...]))
  }

  private static func port(_ text: Substring) throws(LinkRefusal) -> String {
    if text.isEmpty { return "" }
    let digits = text.dropFirst()
    guard text.hasPrefix(":"), digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw .badHost
    }
    return digits.isEmpty ? "" : ":\(digits)"
  }

  /// A host's name with every label outside ASCII in its `xn--` form.
  private static func host(_ text: String) throws(LinkRefusal) -> String {
    if text.isEmpty { throw .noHost }
    // The full stops that stand for a dot (RFC 3490, section 3.1).
    let stops: Set<Unicode.Scalar> = [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"]
    let labels = text.lowercased().unicodeScalars.split(omittingEmptySubsequences: false) { stops.contains($0) }
    var names: [String] = []
    for (number, label) in labels.enumerated() {
      // One dot may end the name.
      if label.isEmpty, number == labels.count - 1, number > 0 {
        names.append("")
        continue
      }
      names.append(try name(of: String(String.UnicodeScalarView(label))))
    }
    let whole = names.joined(separator: ".")
    // RFC 1035, section 2.3.4.
    guard whole.utf8.count <= 254 else { throw .badHost }
    return whole
  }

  private static func name(of label: String) throws(LinkRefusal) -> String {
    // Counted before it is encoded, which costs the square of it.
    guard !label.isEmpty, label.utf8.count <= 252 else { throw .badHost }
    for byte in label.utf8 where byte < 0x80 && !isLetterOrDigit(byte) && byte != 0x2D && byte != 0x5F {
      throw .badHost
    }
    if label.utf8.allSatisfy({ $0 < 0x80 }) {
      guard label.utf8.count <= 63 else { throw .badHost }
      return label
    }
    guard let encoded = Punycode.encoded(label), encoded.utf8.count <= 59 else { throw .badHost }
    return "xn--\(encoded)"
  }

  /// Addresses of mail, parted by commas (RFC 6068, section 2).
  private static func receivers(_ text: String) throws(LinkRefusal) -> String {
    if text.isEmpty { return "" }
    var result: [String] = []
    for receiver in text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false) {
      let receiver = String(String.UnicodeScalarView(receiver))
      guard let sign = receiver.utf8.lastIndex(of: UInt8(ascii: "@")) else { throw .noHost }
      let host = try host(String(receiver[receiver.utf8.index(after: sign)...]))
      result.append("\(escaped(String(receiver[..<sign])))@\(host)")
    }
    return result.joined(separator: ",")
  }

  /// Whether a field of a mail would attach a file, which some programs obey.
  private static func attaches(_ query: String) -> Bool {
    query.dropFirst().split { $0 == "&" || $0 == ";" || $0 == "?" }.contains { field in
      decoded(field.prefix { $0 != "=" }).lowercased().contains("attach")
    }
  }

  private static func decoded(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Percent-encodes what RFC 3986 does not allow, and what the scripts that openers are might take for their own: quotes
  /// and `$`.
  private static func escaped(_ text: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      if byte > 0x20, byte < 0x7F, !forbidden.contains(byte) {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let forbidden = Set("\"'`$<>\\^{|}".utf8)

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }
}
