// How long a service asks to wait: a dozen ways to write one number (wire notes: errors and retries, section 3;
// RFC 9110 section 10.2.3).

package import Transport

/// Reads waits out of headers and words.
package enum RetryHint {
  /// Anything longer than a month is no wait but a mistake.
  private static let longest = 31.0 * 86_400

  /// The wait that headers ask for, in milliseconds.
  /// - Parameters:
  ///   - isRateLimit: whether the answer is a 429, for which the reset of an exhausted limit counts too.
  ///   - now: seconds since 1970, used for dates where the answer names none of its own.
  package static func milliseconds(in headers: HTTPHeaders, isRateLimit: Bool, now: Int64) -> Int? {
    if let text = headers["retry-after-ms"], let value = Double(trimmed(text)),
      let wait = milliseconds(seconds: value / 1000)
    {
      return wait
    }
    if let text = headers["retry-after"] {
      if let seconds = Double(trimmed(text)) {
        if let wait = milliseconds(seconds: seconds) { return wait }
      } else if let time = HTTPDate.seconds(trimmed(text)) {
        let present = headers["date"].flatMap { HTTPDate.seconds(trimmed($0)) } ?? now
        if let wait = milliseconds(seconds: Double(time - present)) { return wait }
      }
    }
    return isRateLimit ? reset(in: headers, now: now) : nil
  }

  /// A wait written into a sentence, such as `try again in 6s`; in milliseconds.
  package static func milliseconds(in words: String) -> Int? {
    guard let start = words.lowercased().firstRange(of: "try again in ") else { return nil }
    let rest = words.lowercased()[start.upperBound...].prefix(32)
    var text = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || "hms".contains($0)) }
    while text.last == "." { text.removeLast() }
    if let wait = duration(String(text)) { return wait }
    // "in 20 seconds", "in 1.5 minutes"
    guard let value = Double(text) else { return nil }
    let unit = rest[text.endIndex...].drop { $0 == " " }
    if unit.hasPrefix("millisecond") { return milliseconds(seconds: value / 1000) }
    if unit.hasPrefix("minute") { return milliseconds(seconds: value * 60) }
    if unit.hasPrefix("hour") { return milliseconds(seconds: value * 3600) }
    return milliseconds(seconds: value)
  }

  /// The reset of the limit that is used up; of the longer one if both are.
  private static func reset(in headers: HTTPHeaders, now: Int64) -> Int? {
    var longestWait: Int?
    for resource in ["requests", "tokens", ""] {
      let suffix = resource.isEmpty ? "" : "-" + resource
      guard let remaining = headers["x-ratelimit-remaining" + suffix], Double(trimmed(remaining)) == 0,
        let text = headers["x-ratelimit-reset" + suffix]
      else { continue }
      if let wait = resetMilliseconds(trimmed(text), now: now) { longestWait = max(longestWait ?? 0, wait) }
    }
    for resource in ["requests", "tokens", "input-tokens", "output-tokens"] {
      guard let remaining = headers["anthropic-ratelimit-\(resource)-remaining"], Double(trimmed(remaining)) == 0,
        let text = headers["anthropic-ratelimit-\(resource)-reset"], let time = HTTPDate.rfc3339Seconds(trimmed(text))
      else { continue }
      if let wait = milliseconds(seconds: Double(time - now)) { longestWait = max(longestWait ?? 0, wait) }
    }
    return longestWait
  }

  private static func resetMilliseconds(_ text: String, now: Int64) -> Int? {
    guard let value = Double(text) else { return duration(text) }
    // Milliseconds since 1970 have thirteen digits, seconds since 1970 ten; anything shorter is a number of seconds.
    if value >= 1e12 { return milliseconds(seconds: value / 1000 - Double(now)) }
    if value >= 1e9 { return milliseconds(seconds: value - Double(now)) }
    return milliseconds(seconds: value)
  }

  /// A sum of numbers with units, such as `6m0s`, `1h2m3.5s`, `120ms`, `34.07s`; in milliseconds.
  package static func duration(_ text: String) -> Int? {
    var total = 0.0
    var rest = Substring(text)
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." }
      guard let value = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0 == "h" || $0 == "m" || $0 == "s" }
      // `6m0s`: one unit at a time, but `ms` is one.
      if unit.hasPrefix("ms") {
        total += value / 1000
        rest = rest.dropFirst(2)
      } else {
        switch unit.first {
        case "h": total += value * 3600
        case "m": total += value * 60
        case "s": total += value
        default: return nil
        }
        rest = rest.dropFirst()
      }
    }
    return milliseconds(seconds: total)
  }

  /// Milliseconds, rounded up; nil for what is negative or absurd.
  static func milliseconds(seconds: Double) -> Int? {
    guard seconds >= 0, seconds <= longest else { return nil }
    let milliseconds = seconds * 1000
    let whole = Int(milliseconds)
    // A thousandth of a millisecond is what binary fractions get wrong, not what was meant.
    return milliseconds - Double(whole) > 0.001 ? whole + 1 : whole
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }
}
