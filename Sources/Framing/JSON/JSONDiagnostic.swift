// What is wrong with a JSON text and where. It names bytes, not lines: bodies from a wire are one line.

/// The first thing wrong with a JSON text.
package struct JSONDiagnostic: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package enum Problem: Equatable, Sendable {
    /// The text ends where more must come: it was cut off, or is empty.
    case unexpectedEnd
    /// A byte that cannot stand here.
    case unexpectedByte(UInt8)
    /// A backslash followed by something that is no escape.
    case invalidEscape
    /// A control character inside a string (RFC 8259 section 7 wants it escaped).
    case controlCharacter
    /// Objects and arrays inside each other, more than the limit.
    case tooDeep
    /// Something follows the value.
    case trailingBytes
  }

  /// What is wrong.
  package let problem: Problem
  /// Where, in bytes from the start of the text.
  package let offset: Int

  /// A diagnostic at a byte.
  package init(_ problem: Problem, at offset: Int) {
    self.problem = problem
    self.offset = offset
  }

  /// A phrase for people, such as `unexpected "}" at byte 12`.
  package var description: String {
    let what =
      switch problem {
      case .unexpectedEnd: "unexpected end"
      case .unexpectedByte(let byte) where byte > ASCII.space && byte < ASCII.delete:
        "unexpected \"\(Character(UnicodeScalar(byte)))\""
      case .unexpectedByte(let byte): "unexpected byte \(byte)"
      case .invalidEscape: "invalid escape"
      case .controlCharacter: "control character in a string"
      case .tooDeep: "nested too deeply"
      case .trailingBytes: "something after the value"
      }
    return "\(what) at byte \(offset)"
  }
}
