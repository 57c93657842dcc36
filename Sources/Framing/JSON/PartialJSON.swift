// JSON that is still arriving: the arguments of a tool call grow before the eyes of the user, and can be shown as the
// object they are going to be. It is for showing only; a call is run with what `JSONParser` accepts.

/// Follows a JSON text as it arrives and completes it at any moment.
///
/// Total on any bytes, however they are cut. Following costs O(1) per byte; a completion costs one copy of the text.
package struct PartialJSON: Sendable {
  /// What the text is so far.
  package enum State: Equatable, Sendable {
    /// Nothing but white space.
    case empty
    /// The beginning of a JSON text.
    case partial
    /// A whole JSON text. A number at the outermost level counts as whole and may still grow.
    case whole
    /// No continuation makes this JSON; the offset is the first byte that cannot stand where it does.
    case malformed(offset: Int)
  }

  private enum Place {
    /// A value must come; directly behind an opening bracket the array may also end.
    case value(mayClose: Bool)
    /// A key must come; directly behind an opening brace the object may also end.
    case key(mayClose: Bool)
    case colon
    /// A value is complete: a comma or the end of its container comes.
    case separator
    case string(isKey: Bool)
    /// Behind a backslash.
    case escape(isKey: Bool)
    /// Inside `\uXXXX`, with so many digits still to come.
    case unicode(isKey: Bool, remaining: Int)
    case number(Number)
    /// Inside true, false or null, with so many bytes seen.
    case word(StaticString, Int)
  }

  /// How far a number is. It ends well only in `zero`, `whole`, `fraction` and `exponent`.
  private enum Number {
    case sign, zero, whole, point, fraction, exponentMark, exponentSign, exponent
  }

  /// The bytes so far, as they arrived.
  package private(set) var bytes: [UInt8] = []
  private var place = Place.value(mayClose: false)
  /// The closing bracket of each container that is open, outermost first.
  private var closings: [UInt8] = []
  /// Up to here the text is JSON once the open containers are closed.
  private var stableEnd = 0
  /// Up to here the string or number that is being read can be shown.
  private var shownEnd = 0
  private var codeUnit: UInt32 = 0
  private var malformedAt: Int?

  /// A text of which nothing has arrived.
  package init() {}

  /// The completion of `text`; nil if there is nothing to complete, or nothing could.
  package static func completing(_ text: [UInt8]) -> [UInt8]? {
    var partial = PartialJSON()
    partial.append(text)
    return partial.completion()
  }

  /// What the text is so far.
  package var state: State {
    if let malformedAt { return .malformed(offset: malformedAt) }
    switch place {
    case .separator where closings.isEmpty: return .whole
    case .number(let number) where closings.isEmpty && Self.isEnd(number): return .whole
    case .value where closings.isEmpty: return .empty
    default: return .partial
    }
  }

  /// Takes the next bytes.
  package mutating func append(_ next: [UInt8]) {
    next.withUnsafeBytes { append($0) }
  }

  /// Takes the next bytes.
  package mutating func append(_ next: UnsafeRawBufferPointer) {
    let start = bytes.count
    bytes.append(contentsOf: next)
    guard malformedAt == nil else { return }
    var index = 0
    while index < next.count {
      if case .string(let isKey) = place {
        let end = ByteScan.stringInterruption(in: next, from: index)
        if end > index {
          shownEnd = start + end
          index = end
          guard index < next.count else { return }
        }
        guard takeInString(next[index], at: start + index, isKey: isKey) else { return malformedAt = start + index }
      } else {
        guard take(next[index], at: start + index) else { return malformedAt = start + index }
      }
      index += 1
    }
  }

  /// The text completed to valid JSON: strings and containers closed, words finished, members without a value left out.
  ///
  /// Nil while nothing has arrived that could be shown, and for text that no continuation makes JSON.
  package func completion() -> [UInt8]? {
    guard malformedAt == nil else { return nil }
    var end = stableEnd
    var tail: [UInt8] = []
    switch place {
    case .string(isKey: false), .escape(isKey: false), .unicode(isKey: false, _):
      end = wholeCharacters(upTo: shownEnd)
      tail = [ASCII.quote]
    case .number: end = max(stableEnd, shownEnd)
    case .word(let word, let seen):
      end = bytes.count
      for index in seen..<word.utf8CodeUnitCount { tail.append(word.utf8Start[index]) }
    default: break
    }
    guard end > 0 else { return nil }
    return Array(bytes[..<end]) + tail + closings.reversed()
  }

  // MARK: Following

  private mutating func take(_ byte: UInt8, at index: Int) -> Bool {
    switch place {
    case .value(let mayClose):
      if ASCII.isBlank(byte) { return true }
      if byte == ASCII.closeBracket, mayClose { return close(byte, at: index) }
      return beginValue(byte, at: index)
    case .key(let mayClose):
      if ASCII.isBlank(byte) { return true }
      if byte == ASCII.closeBrace, mayClose { return close(byte, at: index) }
      guard byte == ASCII.quote else { return false }
      place = .string(isKey: true)
      return true
    case .colon:
      if ASCII.isBlank(byte) { return true }
      guard byte == ASCII.colon else { return false }
      place = .value(mayClose: false)
      return true
    case .separator:
      if ASCII.isBlank(byte) { return true }
      guard byte == ASCII.comma, let closing = closings.last else { return close(byte, at: index) }
      place = closing == ASCII.closeBrace ? .key(mayClose: false) : .value(mayClose: false)
      return true
    case .string(let isKey), .escape(let isKey), .unicode(let isKey, _):
      return takeInString(byte, at: index, isKey: isKey)
    case .number(let number):
      return takeInNumber(byte, at: index, number)
    case .word(let word, let seen):
      guard byte == word.utf8Start[seen] else { return false }
      place = .word(word, seen + 1)
      if seen + 1 == word.utf8CodeUnitCount { endValue(at: index + 1) }
      return true
    }
  }

  private mutating func beginValue(_ byte: UInt8, at index: Int) -> Bool {
    switch byte {
    case ASCII.openBrace, ASCII.openBracket:
      guard closings.count < JSONCursor.maximumDepth else { return false }
      let isObject = byte == ASCII.openBrace
      closings.append(isObject ? ASCII.closeBrace : ASCII.closeBracket)
      stableEnd = index + 1
      place = isObject ? .key(mayClose: true) : .value(mayClose: true)
    case ASCII.quote:
      shownEnd = index + 1
      place = .string(isKey: false)
    case ASCII.minus: place = beginNumber(.sign)
    case ASCII.zero:
      place = beginNumber(.zero)
      shownEnd = index + 1
    case 0x31...ASCII.nine:
      place = beginNumber(.whole)
      shownEnd = index + 1
    case 0x74: place = .word("true", 1)
    case 0x66: place = .word("false", 1)
    case 0x6E: place = .word("null", 1)
    default: return false
    }
    return true
  }

  private mutating func beginNumber(_ number: Number) -> Place {
    shownEnd = 0
    return .number(number)
  }

  private mutating func close(_ byte: UInt8, at index: Int) -> Bool {
    guard byte == closings.last else { return false }
    closings.removeLast()
    endValue(at: index + 1)
    return true
  }

  private mutating func endValue(at end: Int) {
    stableEnd = end
    place = .separator
  }

  private mutating func takeInString(_ byte: UInt8, at index: Int, isKey: Bool) -> Bool {
    switch place {
    case .escape:
      switch byte {
      case ASCII.lowercaseU:
        codeUnit = 0
        place = .unicode(isKey: isKey, remaining: 4)
      case ASCII.quote, ASCII.backslash, ASCII.slash, 0x62, 0x66, 0x6E, 0x72, 0x74:
        shownEnd = index + 1
        place = .string(isKey: isKey)
      default: return false
      }
    case .unicode(_, let remaining):
      guard let digit = ASCII.hexadecimalDigit(byte) else { return false }
      codeUnit = codeUnit << 4 | digit
      guard remaining == 1 else {
        place = .unicode(isKey: isKey, remaining: remaining - 1)
        return true
      }
      // A high surrogate is shown once its other half is there, or once it is certain that none comes.
      let isHighSurrogate = codeUnit & 0xFC00 == 0xD800
      shownEnd = isHighSurrogate ? index - 5 : index + 1
      place = .string(isKey: isKey)
    default:
      switch byte {
      case ASCII.quote:
        if isKey { place = .colon } else { endValue(at: index + 1) }
      case ASCII.backslash:
        place = .escape(isKey: isKey)
      case 0..<0x20: return false
      default:
        shownEnd = index + 1
      }
    }
    return true
  }

  private mutating func takeInNumber(_ byte: UInt8, at index: Int, _ number: Number) -> Bool {
    let next: Number? =
      switch (number, byte) {
      case (.sign, ASCII.zero): .zero
      case (.sign, ASCII.zero...ASCII.nine), (.whole, ASCII.zero...ASCII.nine): .whole
      case (.zero, ASCII.point), (.whole, ASCII.point): .point
      case (.point, ASCII.zero...ASCII.nine), (.fraction, ASCII.zero...ASCII.nine): .fraction
      case (.zero, 0x45), (.zero, 0x65), (.whole, 0x45), (.whole, 0x65), (.fraction, 0x45), (.fraction, 0x65):
        .exponentMark
      case (.exponentMark, ASCII.plus), (.exponentMark, ASCII.minus): .exponentSign
      case (.exponentMark, ASCII.zero...ASCII.nine), (.exponentSign, ASCII.zero...ASCII.nine),
        (.exponent, ASCII.zero...ASCII.nine):
        .exponent
      default: nil
      }
    if let next {
      place = .number(next)
      if Self.isEnd(next) { shownEnd = index + 1 }
      return true
    }
    guard Self.isEnd(number) else { return false }
    endValue(at: index)
    return take(byte, at: index)
  }

  private static func isEnd(_ number: Number) -> Bool {
    switch number {
    case .zero, .whole, .fraction, .exponent: true
    case .sign, .point, .exponentMark, .exponentSign: false
    }
  }

  /// `end`, or where the character begins that is cut off there.
  private func wholeCharacters(upTo end: Int) -> Int {
    bytes.withUnsafeBytes { bytes in
      let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      for start in max(0, end - 3)..<end where UTF8Validator.sequence(at: start, in: text) == .incomplete {
        return start
      }
      return end
    }
  }
}
