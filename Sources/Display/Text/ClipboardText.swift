// What of a text goes into the clipboard (`robustness.md`, R8): whatever is pasted from there reaches shells and editors
// that obey controls. Decides by what a character is, and walks as the sanitiser does.

/// Text on its way to the clipboard.
package enum ClipboardText {
  /// A text without controls.
  package struct Cleaned: Equatable, Sendable {
    package var text: String
    /// Control characters that were left out.
    package var removed: Int
  }

  /// The text without controls, and how many it held.
  ///
  /// Left out are C0, DEL and C1, bidirectional controls, line and paragraph separators, tags outside of flags, and the
  /// other format controls that Unicode deprecates. Tabs and line breaks stay; CRLF and a lone CR become LF and do not
  /// count. Joiners, selectors and other invisible characters stay: they act on nothing, and scripts and emoji need them.
  /// Doing it twice gives the same.
  /// - Complexity: O(*n*) in the length of the text.
  package static func clean(_ text: String) -> Cleaned {
    var text = text
    return text.withUTF8 { bytes in
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count)
      var removed = 0
      let scanner = TextUnitScanner(bytes: bytes, end: bytes.count)
      var index = 0
      while index < bytes.count {
        var plainEnd = ASCIIScan.endOfPrintable(in: bytes, from: index, to: bytes.count)
        // The last character may carry marks.
        if plainEnd > index, plainEnd < bytes.count, bytes[plainEnd] >= 0x80 { plainEnd -= 1 }
        result.append(contentsOf: bytes[index..<plainEnd])
        index = plainEnd
        guard index < bytes.count else { break }
        switch bytes[index] {
        case 0x0A:
          result.append(0x0A)
          index += 1
        case 0x0D:
          result.append(0x0A)
          index += index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
        default:
          var finder = ControlFinder()
          let end = scanner.unit(at: index, into: &finder).end
          if finder.isControl { removed += 1 } else { result.append(contentsOf: bytes[index..<end]) }
          index = end
        }
      }
      return Cleaned(text: String(decoding: result, as: UTF8.self), removed: removed)
    }
  }
}

/// Finds out whether a unit is a control: a unit that holds one is nothing else.
private struct ControlFinder: TextUnitSink {
  private(set) var isControl = false

  mutating func tab() {}
  mutating func caret(_ control: UInt8) { isControl = true }
  mutating func number(of scalar: UInt32) { isControl = Self.isControl(scalar) }
  mutating func marks(beyond count: Int) {}
  mutating func cell(bytes: Range<Int>, scalar: UInt32?, columns: Int, isStray: Bool) {}

  private static func isControl(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9F: true
    // Bidi_Control (Unicode 17, PropList.txt).
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    // Separators break a line where the screen showed none, so that what is pasted would run at once.
    case 0x2028, 0x2029: true
    // Deprecated format characters (Unicode 17, section 23.3) and interlinear annotation (23.8).
    case 0x206A...0x206F, 0xFFF9...0xFFFB: true
    // Tags: text that nobody sees and models read.
    case 0xE0000...0xE007F: true
    default: false
    }
  }
}
