// Comments, strings and whatever else has two ends.

import Display

extension TableLexer {
  /// Opens a region at `index` if one of those without prefixes begins there.
  mutating func openRegion() -> Bool {
    let first = bytes[index]
    let second = byte(at: index + 1)
    for number in 0..<grammar.regions.count {
      let rule = grammar.regions[number]
      guard rule.first == 0 || rule.first == first, rule.second == 0 || rule.second == second, rule.prefixes.isEmpty
      else {
        continue
      }
      if open(number, from: index, at: index) { return true }
    }
    return false
  }

  /// Opens a region at `index` if one begins there that takes `word` before it.
  mutating func openPrefixedRegion(_ word: Range<Int>) -> Bool {
    for number in 0..<grammar.regions.count where !grammar.regions[number].prefixes.isEmpty {
      let rule = grammar.regions[number]
      guard rule.first == 0 || rule.first == bytes[index] else { continue }
      guard rule.prefixes.contains(where: { $0.count == word.count && matches($0, at: word.lowerBound) }) else {
        continue
      }
      if open(number, from: word.lowerBound, at: index) { return true }
    }
    return false
  }

  private mutating func open(_ number: Int, from start: Int, at position: Int) -> Bool {
    let rule = grammar.regions[number]
    guard isAllowed(rule.place, at: start), let (last, value) = opening(of: rule, at: position) else { return false }
    colors.mark(to: start, .code)
    index = last
    isAfterKeyword = false
    expected = nil
    switch rule.shape {
    case .mark: colors.mark(to: index, rule.role)
    case .heredoc:
      colors.mark(to: index, rule.role)
      heredoc = number + 1
      heredocValue = value
    default:
      region = number + 1
      self.value = value
      readRegion(from: start)
    }
    return true
  }

  private func isAllowed(_ place: Region.Place, at index: Int) -> Bool {
    switch place {
    case .anywhere: true
    case .columnZero: index == lineStart
    case .lineStart: isFirst(index)
    case .value: isValuePosition(index)
    case .afterBlank: index == lineStart || isBlank(at: index - 1) || byte(at: index - 1) == UInt8(ascii: ";")
    }
  }

  /// Whether a value begins at `index`: quotes within YAML's plain text are letters.
  private func isValuePosition(_ index: Int) -> Bool {
    guard index > indentEnd else { return true }
    var before = index - 1
    while isBlank(at: before) { before -= 1 }
    let byte = self.byte(at: before)
    if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") { return before < index - 1 }
    return byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: ",")
  }

  /// Where the beginning of a region at `start` ends, and what its end depends on.
  private func opening(of rule: RegionRule, at start: Int) -> (Int, UInt32)? {
    guard matches(rule.open, at: start) else { return nil }
    var index = start + rule.open.count
    switch rule.shape {
    case .fixed: return (index, rule.nests ? 1 : 0)
    case .mark: return (index, 0)
    case .counted(let byte):
      var count: UInt32 = 0
      while count < 15, self.byte(at: index) == byte {
        index += 1
        count += 1
      }
      return matches(rule.openTail, at: index) ? (index + rule.openTail.count, count) : nil
    case .rawDelimiter:
      let word = index
      while index < end, index - word <= 16, bytes[index] > 0x20, bytes[index] != UInt8(ascii: "(") { index += 1 }
      return byte(at: index) == UInt8(ascii: "(") ? (index + 1, hash(word..<index)) : nil
    case .dollarTag:
      let word = index
      while isTail(at: index), index - word < 32, bytes[index] != UInt8(ascii: "$") { index += 1 }
      guard byte(at: index) == UInt8(ascii: "$"), !isDigit(at: word) else { return nil }
      return (index + 1, hash(word..<index))
    case .heredoc: return openingOfHeredoc(at: index)
    case .bracketed:
      guard index < end else { return nil }
      let byte = bytes[index]
      guard byte > 0x20, byte < 0x7F, byte &- 0x30 >= 10, (byte | 0x20) &- 0x61 >= 26 else { return nil }
      // Commas and the like stand after names that only look like such an operator.
      guard !Array("=,;:.)]}>-_".utf8).contains(byte) else { return nil }
      return (index + 1, UInt32(Self.counterpart(of: byte)) | 1 << 8)
    }
  }

  private func openingOfHeredoc(at start: Int) -> (Int, UInt32)? {
    var index = start
    var isMarked = false
    if byte(at: index) == UInt8(ascii: "-") || byte(at: index) == UInt8(ascii: "~") {
      index += 1
      isMarked = true
    } else if byte(at: index) == 0x20, grammar.traits.contains(.dollarVariables) {
      index += 1
    }
    let quote = byte(at: index)
    let isQuoted = quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    if isQuoted { index += 1 }
    let word = index
    while isTail(at: index), index - word < 64 { index += 1 }
    // `1 <<n` and `list <<item` are not meant.
    guard index > word, !isTail(at: index),
      isMarked || isQuoted || bytes[word] &- 0x41 < 26 || bytes[word] == UInt8(ascii: "_")
    else {
      return nil
    }
    let value = hash(word..<index)
    if isQuoted {
      guard byte(at: index) == quote else { return nil }
      index += 1
    }
    return (index, value)
  }

  mutating func readRegion() { readRegion(from: index) }

  /// Reads on in the open region, up to its end, a hole in it or the end of the line. It is painted from `start` on.
  private mutating func readRegion(from start: Int) {
    let rule = grammar.regions[region - 1]
    if case .heredoc = rule.shape, index == lineStart, endHeredoc(rule) { return }
    guard let first = endingByte(of: rule) else {
      readToLineEnd(rule)
      return
    }
    let hole = outer == 0 ? rule.hole : []
    let holeByte = hole.first ?? 0
    let nestByte = rule.nests ? rule.open.first ?? 0 : bracketByte(of: rule)
    while index < end {
      let byte = bytes[index]
      if byte == first, let length = lengthOfEnd(of: rule) {
        if rule.isDoubled, matches(rule.close, at: index + length) {
          index += length * 2
          continue
        }
        index += length
        if isPart(of: rule) { continue }
        region = 0
        value = 0
        finish(rule, from: start)
        return
      }
      if byte == nestByte, byte != 0, deepen(rule) { continue }
      if byte == rule.escape, byte != 0 {
        skipEscape(rule, hole: hole)
        if region == 0 { return }
        continue
      }
      if byte == holeByte, byte != 0, matches(hole, at: index) {
        // `{{` is a brace, not a hole.
        if hole.count == 1, self.byte(at: index + 1) == byte { index += 2; continue }
        enterHole(hole.count)
        return
      }
      if byte == UInt8(ascii: "$"), rule.hasVariables, let last = endOfVariable(at: index) {
        colors.mark(to: index, rule.role)
        index = last
        colors.mark(to: index, .codeAttribute)
        continue
      }
      index += 1
    }
    index = end
    colors.mark(to: end, rule.role)
  }

  /// The rest of a line comment, or a line of a heredoc.
  private mutating func readToLineEnd(_ rule: RegionRule) {
    let hole = outer == 0 ? rule.hole : []
    if rule.hasVariables || !hole.isEmpty {
      while index < end {
        let byte = bytes[index]
        if byte == 0x5C {
          index += 1
        } else if byte == hole.first, matches(hole, at: index) {
          return enterHole(hole.count)
        } else if byte == UInt8(ascii: "$"), rule.hasVariables, let last = endOfVariable(at: index) {
          colors.mark(to: index, rule.role)
          index = last
          colors.mark(to: index, .codeAttribute)
          continue
        }
        index += 1
      }
    }
    index = end
    colors.mark(to: end, rule.role)
  }

  /// Whether this line ends the heredoc.
  private mutating func endHeredoc(_ rule: RegionRule) -> Bool {
    let word = skippingBlanks(from: index)
    var last = word
    while isTail(at: last), last - word < 64 { last += 1 }
    guard last > word, !isTail(at: last), !isBlank(at: last), hash(word..<last) == value else { return false }
    index = last
    region = 0
    value = 0
    colors.mark(to: index, rule.role)
    return true
  }

  /// The byte at which the end has to be looked for; `nil` if only the line's end ends the region.
  private func endingByte(of rule: RegionRule) -> UInt8? {
    switch rule.shape {
    case .fixed, .mark: rule.close.first
    case .counted(let byte): rule.close.first ?? byte
    case .rawDelimiter: UInt8(ascii: ")")
    case .dollarTag: UInt8(ascii: "$")
    case .bracketed: UInt8(truncatingIfNeeded: value)
    case .heredoc: nil
    }
  }

  /// The bracket that makes a bracketed region deeper; 0 if it has none.
  private func bracketByte(of rule: RegionRule) -> UInt8 {
    guard case .bracketed = rule.shape else { return 0 }
    switch UInt8(truncatingIfNeeded: value) {
    case UInt8(ascii: ")"): return UInt8(ascii: "(")
    case UInt8(ascii: "]"): return UInt8(ascii: "[")
    case UInt8(ascii: "}"): return UInt8(ascii: "{")
    case UInt8(ascii: ">"): return UInt8(ascii: "<")
    default: return 0
    }
  }

  /// How long the end of the region at `index` is; `nil` if it is not one.
  private func lengthOfEnd(of rule: RegionRule) -> Int? {
    switch rule.shape {
    case .fixed: return matches(rule.close, at: index) ? rule.close.count : nil
    case .counted(let byte):
      guard matches(rule.close, at: index) else { return nil }
      var last = index + rule.close.count
      var count = 0
      while count < Int(value & 15), self.byte(at: last) == byte {
        last += 1
        count += 1
      }
      guard count == Int(value & 15), matches(rule.closeTail, at: last) else { return nil }
      return last + rule.closeTail.count - index
    case .rawDelimiter, .dollarTag:
      let quote = rule.shape.isRawDelimiter ? UInt8(ascii: "\"") : UInt8(ascii: "$")
      var last = index + 1
      while last < end, last - index <= 32, bytes[last] != quote, bytes[last] > 0x20 { last += 1 }
      return byte(at: last) == quote && hash(index + 1..<last) == value ? last + 1 - index : nil
    case .bracketed: return 1
    case .heredoc, .mark: return nil
    }
  }

  /// After an end was passed: whether the region goes on, because it was nested or has another part.
  private mutating func isPart(of rule: RegionRule) -> Bool {
    switch rule.shape {
    case .fixed where rule.nests:
      value = value > 0 ? value - 1 : 0
      return value > 0
    case .bracketed(let parts):
      let depth = value >> 8
      if depth > 1 {
        value -= 1 << 8
        return true
      }
      // The second part of one with brackets would have its own pair; the first is enough.
      guard parts > 1, depth == 1, bracketByte(of: rule) == 0 else { return false }
      value &= 0xFF
      return true
    default: return false
    }
  }

  /// Goes one level deeper if a nested beginning stands at `index`.
  private mutating func deepen(_ rule: RegionRule) -> Bool {
    if rule.nests {
      guard matches(rule.open, at: index) else { return false }
      value = min(value + 1, 255)
      index += rule.open.count
    } else {
      if value >> 8 < 31 { value += 1 << 8 }
      index += 1
    }
    return true
  }

  /// Passes the escape at `index` and what it escapes, or enters the hole it begins.
  private mutating func skipEscape(_ rule: RegionRule, hole: [UInt8]) {
    if case .counted(let byte) = rule.shape, value & 15 > 0 {
      // In a raw string an escape has as many of the counted bytes as the ends.
      let count = Int(value & 15)
      for offset in 1...count where self.byte(at: index + offset) != byte {
        index += 1
        return
      }
      if let last = hole.last, self.byte(at: index + count + 1) == last { return enterHole(count + 2) }
      index = min(end, index + count + 2)
      return
    }
    if hole.first == rule.escape, matches(hole, at: index) { return enterHole(hole.count) }
    continues = index == end - 1
    index = min(end, index + 2)
  }

  private mutating func enterHole(_ length: Int) {
    let role = grammar.regions[region - 1].role
    index += length
    colors.mark(to: index, role)
    (outer, outerValue, region, value, braces) = (region, value, 0, 0, 1)
    isAfterKeyword = false
    expected = nil
  }

  private mutating func finish(_ rule: RegionRule, from start: Int) {
    // Letters behind a regular expression are its flags.
    if case .bracketed = rule.shape { while byte(at: index) &- 0x61 < 26 { index += 1 } }
    if grammar.traits.contains(.stringKeys), rule.role == .codeString,
      byte(at: skippingBlanks(from: index)) == UInt8(ascii: ":")
    {
      colors.mark(to: index, .codeAttribute)
    } else {
      colors.mark(to: index, rule.role)
    }
  }
}

extension Region.Shape {
  fileprivate var isRawDelimiter: Bool {
    if case .rawDelimiter = self { true } else { false }
  }
}
