// Credentials as the log of the wire recognises them: by their exact text, wherever it stands, and by the forms in which
// the same text travels (percent-encoded, escaped in JSON, base64). Nothing that is masked here can be read back.

import Diagnostics

/// What must not be seen, and what it is called in the environment.
struct WireSecrets: Sendable {
  /// A credential.
  struct Entry: Sendable {
    fileprivate var text: [UInt8]
    /// The variable of the environment that a copied command uses in its place.
    var variable: String
    /// What to put into that variable, in words; empty where it is its usual place.
    var hint: String
  }

  /// Where a credential stands.
  struct Match: Equatable, Sendable {
    var range: Range<Int>
    /// The entry's number; `nil` for another form of it, or for a part.
    var entry: Int?
    /// What the form is overwritten with, over and over, where its length must stay.
    var filling = WireSecrets.asterisks
  }

  private struct Pattern: Sendable {
    var bytes: [UInt8]
    var entry: Int?
    var filling: [UInt8]
    /// How far a search may move on after a mismatch, by the byte at the pattern's end (Horspool 1980).
    var skips: [Int]
  }

  // Shorter ones are words: everything would be full of masks, and whoever uses such a key hides nothing.
  private static let shortest = 6
  /// From so many bytes on a part at the edge of what is known may be the beginning of a credential.
  private static let shortestPart = 4
  /// What stands in place of a credential.
  static let mask = "•••"
  fileprivate static let asterisks = [UInt8(ascii: "*")]

  // As many as the exchanges that are kept could have, and more.
  private static let maximumSignatures = 64

  private(set) var entries: [Entry] = []
  /// Signatures, oldest first: each is good for one request, so that only the newest are of interest.
  private var signatures: [[UInt8]] = []
  private var patterns: [Pattern] = []
  /// Rises whenever something new must be recognised.
  private(set) var generation = 0

  /// Bytes of the longest form.
  private(set) var longest = 0

  /// Adds a credential. The first variable for a text stays.
  mutating func note(_ text: String, variable: String, hint: String = "") {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.shortest, !entries.contains(where: { $0.text == bytes }) else { return }
    entries.append(Entry(text: bytes, variable: variable, hint: hint))
    add(bytes, entry: entries.count - 1)
    for form in Self.forms(of: text) where form.bytes != bytes { add(form.bytes, entry: nil, filling: form.filling) }
    patterns.sort { $0.bytes.count > $1.bytes.count }
    longest = max(longest, patterns.first?.bytes.count ?? 0)
    generation += 1
  }

  /// Adds what a header that is secret holds: its credential without the word for the way it is used.
  mutating func note(header name: String, value: Secret) {
    let value = value.withExposed { $0 }
    let lower = name.lowercased()
    let variable = Self.variable(for: name)
    let hint = "the value of the header \(name)"
    if let signature = SignedAuthorization(value) {
      note(signature: signature.signature)
      note(signature.accessKeyID, variable: "AWS_ACCESS_KEY_ID")
      return
    }
    let words = value.split(separator: " ", maxSplits: 1)
    if lower.hasSuffix("authorization"), words.count == 2 {
      note(String(words[1]), variable: variable, hint: "\(hint) behind \(words[0])")
      if words[0].lowercased() == "basic", let plain = Base64.decode(String(words[1])) {
        let pair = String(decoding: plain, as: UTF8.self)
        note(pair, variable: "")
        if let colon = pair.firstIndex(of: ":") { note(String(pair[pair.index(after: colon)...]), variable: "") }
      }
    } else if lower == "cookie" || lower == "set-cookie" {
      for cookie in value.split(separator: ";") {
        guard let equals = cookie.firstIndex(of: "=") else { continue }
        note(String(cookie[cookie.index(after: equals)...]), variable: "", hint: "")
      }
    } else {
      note(value, variable: variable, hint: hint)
    }
  }

  private mutating func note(signature: String) {
    let bytes = Array(signature.utf8)
    guard bytes.count >= Self.shortest, !signatures.contains(bytes) else { return }
    signatures.append(bytes)
    add(bytes, entry: nil)
    if signatures.count > Self.maximumSignatures {
      let oldest = signatures.removeFirst()
      patterns.removeAll { $0.entry == nil && $0.bytes == oldest }
    }
    longest = max(longest, bytes.count)
    generation += 1
  }

  /// `RIFFLE_X_LAB_KEY` for `X-Lab-Key`.
  static func variable(for name: String) -> String {
    var result = "RIFFLE_"
    for byte in name.uppercased().utf8 {
      let isKept = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
      result.append(isKept ? Character(Unicode.Scalar(byte)) : "_")
    }
    return result
  }

  private mutating func add(_ bytes: [UInt8], entry: Int?, filling: [UInt8] = asterisks) {
    guard bytes.count >= Self.shortest, !patterns.contains(where: { $0.bytes == bytes }) else { return }
    var skips = Array(repeating: bytes.count, count: 256)
    for (index, byte) in bytes.dropLast().enumerated() { skips[Int(byte)] = bytes.count - 1 - index }
    patterns.append(Pattern(bytes: bytes, entry: entry, filling: filling, skips: skips))
  }

  private static func forms(of text: String) -> [(bytes: [UInt8], filling: [UInt8])] {
    let digits = Array("0123456789ABCDEF".utf8)
    var percent: [UInt8] = []
    var escaped: [UInt8] = []
    var slashed: [UInt8] = []
    for byte in text.utf8 {
      let isUnreserved =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
      percent += isUnreserved ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      let isQuoted = byte == 0x22 || byte == 0x5C
      escaped += isQuoted ? [0x5C, byte] : [byte]
      slashed += isQuoted || byte == 0x2F ? [0x5C, byte] : [byte]
    }
    // Wherever it begins in a longer text: the letters that depend on what is around it are left out.
    let base64 = (0..<3).map { before -> (bytes: [UInt8], filling: [UInt8]) in
      let bytes = Array(repeating: 0, count: before) + text.utf8
      let letters = Base64.encode(Array(bytes.prefix(bytes.count / 3 * 3)))
      let left = before == 0 ? 0 : before + 1
      // Asterisks in base64, so that what is around them can still be decoded.
      let filling = Array("Kioq".utf8)
      return (Array(letters.utf8.dropFirst(left)), Array(filling[left...] + filling[..<left]))
    }
    return [percent, escaped, slashed].map { ($0, asterisks) } + base64
  }

  // MARK: Finding

  /// Every place of a credential that begins at `start` or later, in order and without overlaps.
  /// - Complexity: less than linear for each credential.
  func matches(in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> [Match] {
    var found: [Match] = []
    for pattern in patterns {
      var place = start
      while let next = Self.place(of: pattern, in: bytes, from: place) {
        let range = next..<next + pattern.bytes.count
        // Longer forms were looked for first.
        if !found.contains(where: { $0.range.overlaps(range) }) {
          found.append(Match(range: range, entry: pattern.entry, filling: pattern.filling))
        }
        place = range.upperBound
      }
    }
    return found.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Where the beginning of a credential stands at the very end, whose rest may follow; `nil` if none does.
  func openEnd(of bytes: UnsafeRawBufferPointer) -> Int? {
    var longest = 0
    for pattern in patterns {
      var count = min(pattern.bytes.count - 1, bytes.count)
      while count > longest, count >= Self.shortestPart {
        if bytes[(bytes.count - count)...].elementsEqual(pattern.bytes.prefix(count)) {
          longest = count
          break
        }
        count -= 1
      }
    }
    return longest > 0 ? bytes.count - longest : nil
  }

  /// Where the end of a credential ends whose beginning is missing before the first byte; 0 if there is none.
  func openStart(of bytes: UnsafeRawBufferPointer) -> Int {
    var longest = 0
    for pattern in patterns {
      var count = min(pattern.bytes.count - 1, bytes.count)
      while count > longest, count >= Self.shortestPart {
        if bytes[..<count].elementsEqual(pattern.bytes.suffix(count)) {
          longest = count
          break
        }
        count -= 1
      }
    }
    return longest
  }

  private static func place(of pattern: Pattern, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let count = pattern.bytes.count
    return pattern.bytes.withUnsafeBufferPointer { wanted in
      pattern.skips.withUnsafeBufferPointer { skips in
        var place = max(0, start)
        while place + count <= bytes.count {
          let last = bytes[place + count - 1]
          if last == wanted[count - 1], bytes[place..<place + count].elementsEqual(wanted) { return place }
          place += skips[Int(last)]
        }
        return nil
      }
    }
  }

  // MARK: Masking

  /// The bytes with every credential masked.
  func masked(_ bytes: [UInt8]) -> [UInt8] {
    let matches = bytes.withUnsafeBytes { self.matches(in: $0) }
    return matches.isEmpty ? bytes : Self.masked(bytes, in: 0..<bytes.count, at: matches.map(\.range))
  }

  /// The bytes with every credential overwritten, each byte by another one.
  func overwritten(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for match in bytes.withUnsafeBytes({ matches(in: $0) }) {
      for (index, place) in match.range.enumerated() { result[place] = match.filling[index % match.filling.count] }
    }
    return result
  }

  /// The text with every credential masked.
  func masked(_ text: String) -> String {
    entries.isEmpty ? text : String(decoding: masked(Array(text.utf8)), as: UTF8.self)
  }

  /// A part of `bytes` with these places masked, which are in order.
  static func masked(_ bytes: [UInt8], in range: Range<Int>, at places: some Sequence<Range<Int>>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    var index = range.lowerBound
    for place in places where place.overlaps(range) {
      if place.lowerBound > index { result += bytes[index..<place.lowerBound] }
      result += Array(mask.utf8)
      index = min(place.upperBound, range.upperBound)
    }
    return result + bytes[index..<range.upperBound]
  }
}

/// The parts of an `Authorization` that AWS Signature Version 4 made.
struct SignedAuthorization: Equatable {
  var accessKeyID: String
  var region: String
  var service: String
  var signature: String

  /// Reads `AWS4-HMAC-SHA256 Credential=ID/DAY/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…`.
  init?(_ value: String) {
    guard value.hasPrefix("AWS4-HMAC-SHA256 ") else { return nil }
    func part(_ name: String) -> Substring? {
      guard let start = value.firstRange(of: "\(name)=") else { return nil }
      return value[start.upperBound...].prefix { $0 != "," && $0 != " " }
    }
    guard let scope = part("Credential")?.split(separator: "/"), scope.count >= 5, let signature = part("Signature")
    else { return nil }
    accessKeyID = String(scope[0])
    region = String(scope[2])
    service = String(scope[3])
    self.signature = String(signature)
  }
}
