// The figures of an answer as JSON, with the names that scripts rely on (`ask --json`, type `metrics`) and that the
// archive keeps. A small writer and reader of its own, because this module knows no JSON otherwise.

import Conversations

/// Writes and reads the figures of an answer.
///
/// Durations are milliseconds with one decimal. What was not measured is `null`. The reader takes what the writer wrote,
/// in any order and with unknown members between; other text gives `nil`.
package enum MetricsJSON {
  /// The figures as one JSON object without line breaks.
  package static func object(_ metrics: StreamMetrics) -> String { "{" + members(metrics) + "}" }

  /// The members of that object without its braces, to stand after other members.
  package static func members(_ metrics: StreamMetrics) -> String {
    let gaps = metrics.gaps
    let network = metrics.network
    return """
      "chunks":\(metrics.chunks),"bytes":\(metrics.bytes),"characters":\(metrics.characters),\
      "average_chunk_characters":\(decimal(metrics.averageChunkCharacters)),\
      "first_chunk_ms":\(milliseconds(metrics.timeToFirstChunk)),"first_text_ms":\(milliseconds(metrics.timeToFirstText)),\
      "first_thinking_ms":\(milliseconds(metrics.timeToFirstThinking)),\
      "last_chunk_ms":\(milliseconds(metrics.timeToLastChunk)),\
      "total_ms":\(milliseconds(metrics.elapsed)),\
      "gap_ms":{"p50":\(milliseconds(gaps?.p50)),"p95":\(milliseconds(gaps?.p95)),"p99":\(milliseconds(gaps?.p99)),\
      "max":\(milliseconds(gaps?.maximum))},"stalls":\(metrics.stalls),"retries":\(metrics.retries),\
      "characters_per_second":\(decimal(metrics.charactersPerSecond)),\
      "cost":\(amount(metrics.cost?.amount)),\
      "cost_estimated":\(metrics.cost.map { $0.isEstimated ? "true" : "false" } ?? "null"),\
      "http_version":\(string(network?.httpVersion)),\
      "connection_reused":\(network.map { $0.isConnectionReused ? "true" : "false" } ?? "null"),\
      "phases_ms":{"dns":\(milliseconds(network?.dns)),"connect":\(milliseconds(network?.connect)),\
      "tls":\(milliseconds(network?.tls)),\
      "request_sent":\(milliseconds(network?.requestSent)),"first_byte":\(milliseconds(network?.firstByte))}
      """
  }

  /// Reads what `object` wrote; `nil` if the text is not one JSON object.
  package static func metrics(from text: String) -> StreamMetrics? {
    var reader = FlatReader(text)
    guard let values = reader.object() else { return nil }
    var metrics = StreamMetrics()
    metrics.chunks = count(values["chunks"])
    metrics.bytes = count(values["bytes"])
    metrics.characters = count(values["characters"])
    metrics.timeToFirstChunk = duration(values["first_chunk_ms"])
    metrics.timeToFirstText = duration(values["first_text_ms"])
    metrics.timeToFirstThinking = duration(values["first_thinking_ms"])
    metrics.timeToLastChunk = duration(values["last_chunk_ms"])
    metrics.elapsed = duration(values["total_ms"]) ?? .zero
    if let p50 = duration(values["gap_ms.p50"]), let p95 = duration(values["gap_ms.p95"]),
      let p99 = duration(values["gap_ms.p99"]), let maximum = duration(values["gap_ms.max"])
    {
      metrics.gaps = GapSummary(p50: p50, p95: p95, p99: p99, maximum: maximum)
    }
    metrics.stalls = count(values["stalls"])
    metrics.retries = count(values["retries"])
    metrics.charactersPerSecond = number(values["characters_per_second"])
    if let amount = number(values["cost"]), amount >= 0 {
      metrics.cost = Cost(amount: amount, isEstimated: values["cost_estimated"] == .boolean(true))
    }
    if case .string(let version)? = values["http_version"] {
      metrics.network = NetworkPhases(
        dns: duration(values["phases_ms.dns"]), connect: duration(values["phases_ms.connect"]),
        tls: duration(values["phases_ms.tls"]), requestSent: duration(values["phases_ms.request_sent"]),
        firstByte: duration(values["phases_ms.first_byte"]),
        isConnectionReused: values["connection_reused"] == .boolean(true), httpVersion: version)
    }
    return metrics
  }

  // MARK: Writing

  private static func milliseconds(_ duration: Duration?) -> String {
    guard let duration else { return "null" }
    let (seconds, attoseconds) = duration.components
    return decimal(Double(seconds) * 1000 + Double(attoseconds) / 1e15)
  }

  /// One decimal, rounded half away from zero; `null` for what is no number.
  private static func decimal(_ value: Double?) -> String {
    // 1e15 tenths still are exact in a double.
    guard let value, value.isFinite, abs(value) < 1e14 else { return "null" }
    let tenths = Int64((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return "\(sign)\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
  }

  /// Six decimals: a millionth of what a price is given in.
  private static func amount(_ value: Double?) -> String {
    guard let value, value.isFinite, value >= 0, value < 1e9 else { return "null" }
    let millionths = Int64((value * 1_000_000).rounded())
    let fraction = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000).\(String(repeating: "0", count: 6 - fraction.utf8.count))\(fraction)"
  }

  private static func string(_ text: String?) -> String {
    guard let text else { return "null" }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  // MARK: Reading

  private static func number(_ value: FlatReader.Value?) -> Double? {
    if case .number(let number)? = value { number } else { nil }
  }

  private static func count(_ value: FlatReader.Value?) -> Int {
    guard let number = number(value), number >= 0, number < 9e15 else { return 0 }
    return Int(number)
  }

  private static func duration(_ value: FlatReader.Value?) -> Duration? {
    guard let number = number(value), abs(number) < 1e14 else { return nil }
    // In tenths, so that what was written with one decimal is read without the noise of binary fractions.
    return .microseconds(Int64((number * 10).rounded()) * 100)
  }
}

/// Reads a JSON object of scalars and of objects of scalars into one table; a member of an inner object is named
/// `outer.inner`. Arrays and deeper objects are refused: the writer above makes none.
private struct FlatReader {
  enum Value: Equatable { case null, boolean(Bool), number(Double), string(String) }

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func object() -> [String: Value]? {
    var values: [String: Value] = [:]
    guard object(prefix: "", depth: 0, into: &values) else { return nil }
    skipSpace()
    return position == bytes.count ? values : nil
  }

  private mutating func object(prefix: String, depth: Int, into values: inout [String: Value]) -> Bool {
    guard depth < 2, take(UInt8(ascii: "{")) else { return false }
    if take(UInt8(ascii: "}")) { return true }
    repeat {
      guard let key = string(), take(UInt8(ascii: ":")) else { return false }
      skipSpace()
      if position < bytes.count, bytes[position] == UInt8(ascii: "{") {
        guard object(prefix: prefix + key + ".", depth: depth + 1, into: &values) else { return false }
      } else {
        guard let value = scalar() else { return false }
        values[prefix + key] = value
      }
    } while take(UInt8(ascii: ","))
    return take(UInt8(ascii: "}"))
  }

  private mutating func scalar() -> Value? {
    guard position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "\"") { return string().map(Value.string) }
    let begin = position
    while position < bytes.count, Self.isWordByte(bytes[position]) { position += 1 }
    switch String(decoding: bytes[begin..<position], as: UTF8.self) {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case let word:
      // `Double` also takes words such as `nan`; a JSON number begins with a digit or a minus.
      guard let first = word.utf8.first, first == UInt8(ascii: "-") || (48...57).contains(first),
        let number = Double(word), number.isFinite
      else { return nil }
      return .number(number)
    }
  }

  private mutating func string() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    var result: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: result, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
      default: result.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"):
      guard position + 4 <= bytes.count,
        let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
      else { return nil }
      position += 4
      return Unicode.Scalar(value) ?? "\u{FFFD}"
    default: return nil
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
