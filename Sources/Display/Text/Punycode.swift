// Names of hosts in the form that DNS has (RFC 3492): letters that look alike are then told apart by everyone.

/// The encoding of labels behind `xn--`.
package enum Punycode {
  // RFC 3492, section 5.
  private static let base: UInt32 = 36
  private static let tMin: UInt32 = 1
  private static let tMax: UInt32 = 26
  private static let skew: UInt32 = 38
  private static let damp: UInt32 = 700
  private static let initialBias: UInt32 = 72
  private static let initialN: UInt32 = 0x80

  /// What stands behind `xn--` for a label. ASCII letters keep their case.
  /// - Returns: nil if a number would overflow, which no label of a sensible length reaches.
  /// - Complexity: O(*n* · *m*) in the scalars and the different ones of them outside ASCII: for labels only.
  package static func encoded(_ label: String) -> String? {
    let scalars = label.unicodeScalars.map(\.value)
    var output = scalars.filter { $0 < initialN }.map { UInt8(truncatingIfNeeded: $0) }
    let basic = UInt32(output.count)
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var handled = basic
    var n = initialN
    var delta: UInt32 = 0
    var bias = initialBias
    while handled < scalars.count {
      guard let next = scalars.filter({ $0 >= n }).min() else { return nil }
      let (skipped, isTooLarge) = (next - n).multipliedReportingOverflow(by: handled + 1)
      let (sum, overflows) = delta.addingReportingOverflow(skipped)
      if isTooLarge || overflows { return nil }
      delta = sum
      n = next
      for scalar in scalars {
        if scalar < n {
          let (more, overflows) = delta.addingReportingOverflow(1)
          if overflows { return nil }
          delta = more
        } else if scalar == n {
          appendInteger(delta, bias: bias, to: &output)
          bias = adapted(delta, count: handled + 1, isFirst: handled == basic)
          delta = 0
          handled += 1
        }
      }
      let (more, overflowsAtEnd) = delta.addingReportingOverflow(1)
      if overflowsAtEnd { return nil }
      delta = more
      n += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// A number of variable length (section 3.3).
  private static func appendInteger(_ delta: UInt32, bias: UInt32, to output: inout [UInt8]) {
    var q = delta
    var k = base
    while true {
      let t = k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias
      if q < t { break }
      output.append(digit(t + (q - t) % (base - t)))
      q = (q - t) / (base - t)
      k += base
    }
    output.append(digit(q))
  }

  private static func digit(_ value: UInt32) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value)
    return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "0") + value - 26
  }

  /// Section 6.1.
  private static func adapted(_ delta: UInt32, count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var k: UInt32 = 0
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + skew)
  }
}
