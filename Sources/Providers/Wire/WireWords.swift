// Bytes of the wire as lines for people: JSON indented, everything else as it is, what is no text as hexadecimal digits.
// Everything is bounded; what is left out is said.

import Framing
import Streaming

/// Makes lines of bytes whose credentials are masked already.
enum WireWords {
  /// Enough for the widest screen.
  static let previewBytes = 600
  // Beyond this nobody reads on a screen; the first and the last part are shown.
  private static let indentedBytes = 64 << 10
  private static let partBytes = 16 << 10
  private static let lineBytes = 2_000
  private static let hexadecimalBytes = 4 << 10

  /// A beginning on one line.
  static func preview(of bytes: [UInt8]) -> String {
    var line: [UInt8] = []
    line.reserveCapacity(bytes.count)
    let isText = isText(bytes)
    guard isText else { return hexadecimal(bytes.prefix(64)) }
    for byte in bytes {
      switch byte {
      case 0x0A, 0x0D: if let last = line.last, last != 0x20 { line += [0x20, 0x20] }
      default: line.append(byte)
      }
    }
    while line.last == 0x20 { line.removeLast() }
    return line.isEmpty ? "(a blank line)" : String(decoding: line, as: UTF8.self)
  }

  /// A title and the beginning of what it is about, on one line.
  static func line(_ title: String, _ payload: [UInt8]) -> (text: String, isWhole: Bool) {
    let start = payload.isEmpty ? "" : "  \(preview(of: Array(payload.prefix(previewBytes))))"
    return (title + start, payload.count <= previewBytes)
  }

  /// All of it, or its two ends.
  static func lines(of bytes: [UInt8], framing: WireCutter.Framing) -> [WireLine] {
    guard isText(bytes) else { return hexadecimalLines(bytes) }
    if bytes.count <= indentedBytes {
      if framing == .events { return fields(bytes) }
      if let indented = indented(bytes) { return indented }
    }
    return windowed(bytes, total: bytes.count)
  }

  /// A body that was too large to be kept whole: its two ends, or all of it.
  static func windowed(_ start: [UInt8], end: [UInt8] = [], total: Int) -> [WireLine] {
    if end.isEmpty, start.count <= partBytes * 2 { return plain(start) }
    let first = start.prefix(partBytes)
    let last = (end.isEmpty ? start : end).suffix(partBytes)
    let note = "\(grouped(total - first.count - last.count)) bytes left out here"
    return plain(Array(first)) + [WireLine(.note, note)] + plain(Array(last))
  }

  /// Fields of an event, the JSON in them indented.
  private static func fields(_ bytes: [UInt8]) -> [WireLine] {
    var lines: [WireLine] = []
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      if let colon = line.firstIndex(of: UInt8(ascii: ":")), let json = indented(Array(line[(colon + 1)...])),
        json.count > 1
      {
        lines.append(WireLine(.body, String(decoding: line[...colon], as: UTF8.self)))
        lines += json
      } else {
        lines += plain(Array(line))
      }
    }
    return lines
  }

  private static func indented(_ bytes: [UInt8]) -> [WireLine]? {
    guard bytes.withUnsafeBytes(JSONCursor.isComplete) else { return nil }
    var writer = JSONWriter(style: .pretty)
    guard writer.value(json: bytes) else { return nil }
    return plain(writer.take())
  }

  private static func plain(_ bytes: [UInt8]) -> [WireLine] {
    var lines: [WireLine] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      var rest = line.last == 0x0D ? line.dropLast() : line
      while rest.count > lineBytes {
        var end = rest.startIndex + lineBytes
        // Not inside of a character.
        while end > rest.startIndex + lineBytes - 4, rest[end] & 0xC0 == 0x80 { end -= 1 }
        lines.append(WireLine(.body, String(decoding: rest[..<end], as: UTF8.self)))
        rest = rest[end...]
      }
      lines.append(WireLine(.body, String(decoding: rest, as: UTF8.self)))
    }
    if lines.last?.text.isEmpty == true { lines.removeLast() }
    return lines
  }

  // MARK: What is no text

  /// Whether it can be shown as text: no NUL, and UTF-8 but for a character that is cut at the end.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      if bytes.contains(0) { return false }
      let end = UTF8Validator.validPrefix(of: bytes, from: 0)
      // What a server sends wrongly now and then is repaired where it is shown; what is mostly wrong is no text.
      return end + 4 > bytes.count || end > bytes.count / 2
    }
  }

  private static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    bytes.map { Digests.hexadecimal([$0]) }.joined(separator: " ")
  }

  private static func hexadecimalLines(_ bytes: [UInt8]) -> [WireLine] {
    var lines: [WireLine] = []
    var start = 0
    while start < min(bytes.count, hexadecimalBytes) {
      let row = bytes[start..<min(start + 16, bytes.count)]
      let place = String(start, radix: 16)
      let letters = row.map { (0x20..<0x7F).contains($0) ? Character(Unicode.Scalar($0)) : "." }
      let digits = hexadecimal(row)
      lines.append(
        WireLine(
          .body,
          String(repeating: "0", count: max(0, 6 - place.count)) + place + "  " + digits
            + String(repeating: " ", count: 49 - digits.count) + String(letters)))
      start += 16
    }
    if bytes.count > hexadecimalBytes {
      lines.append(WireLine(.note, "\(grouped(bytes.count - hexadecimalBytes)) bytes left out here"))
    }
    return lines
  }

  /// `1,234,567`.
  static func grouped(_ value: Int) -> String {
    var digits = String(max(0, value))
    var result = ""
    while digits.utf8.count > 3 {
      result = ",\(digits.suffix(3))\(result)"
      digits.removeLast(3)
    }
    return digits + result
  }
}

/// A binary frame in words.
struct WireFrameText {
  var title: String
  var headers: [WireLine] = []
  /// Credentials are masked in it.
  var payload: [UInt8]

  /// Reads a whole frame.
  init(_ bytes: [UInt8], as framing: WireCutter.Framing, _ secrets: WireSecrets) {
    title = framing == .webSocket ? "broken frame" : "damaged frame"
    payload = secrets.masked(bytes)
    if framing == .webSocket {
      guard let head = bytes.withUnsafeBytes({ WebSocketHead($0, at: 0) }), head.frameLength == bytes.count else {
        return
      }
      title = head.name + (head.isLast ? "" : " (goes on)")
      payload = secrets.masked(Array(bytes[head.headBytes...]))
      headers = [WireLine(.note, "\(title), \(WireWords.grouped(head.payloadBytes)) bytes of payload")]
      if WebSocketOpcode(rawValue: head.opcode) == .close, payload.count >= 2 {
        let reason = String(decoding: payload[2...], as: UTF8.self)
        payload = Array("\(UInt16(payload[0]) << 8 | UInt16(payload[1])) \(reason)".utf8)
      }
      return
    }
    var decoder = EventStreamDecoder()
    guard let frame = decoder.push(bytes).first else { return }
    let kind =
      switch frame.kind {
      case .message: ""
      case .exception: "exception "
      case .error(let message): "error \(message) "
      case .unknown: "unknown "
      }
    title = secrets.masked(kind + (frame.event ?? "event"))
    payload = secrets.masked(frame.data)
    if let name = frame.event { headers.append(WireLine(.header(name: ":event-type"), secrets.masked(name))) }
    if let type = frame.contentType { headers.append(WireLine(.header(name: ":content-type"), secrets.masked(type))) }
  }
}
