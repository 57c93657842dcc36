// A line of words as a POSIX shell would split it (Shell Command Language, 2.2 Quoting), for `credential_process`. Nothing
// is expanded and nothing is run.

/// Splits lines.
enum CommandWords {
  /// The words of `text`; nil if a quotation or an escape has no end.
  /// - Complexity: O(*n*).
  static func split(_ text: String) -> [String]? {
    enum Quotation { case none, single, double }
    var words: [String] = []
    var word: [UInt8] = []
    // An empty pair of quotes is a word, too.
    var isInWord = false
    var quotation = Quotation.none
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch (quotation, byte) {
      case (.single, UInt8(ascii: "'")), (.double, UInt8(ascii: "\"")):
        quotation = .none
      case (.single, _):
        word.append(byte)
      case (.double, UInt8(ascii: "\\")):
        guard let next = bytes.next() else { return nil }
        // Inside double quotes a backslash is itself before anything that would not be special.
        if ![UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "\\")].contains(next) {
          word.append(byte)
        }
        word.append(next)
      case (.double, _):
        word.append(byte)
      case (.none, UInt8(ascii: "'")):
        quotation = .single
        isInWord = true
      case (.none, UInt8(ascii: "\"")):
        quotation = .double
        isInWord = true
      case (.none, UInt8(ascii: "\\")):
        guard let next = bytes.next() else { return nil }
        word.append(next)
        isInWord = true
      case (.none, 0x20), (.none, 0x09), (.none, 0x0A), (.none, 0x0D):
        if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
        word = []
        isInWord = false
      case (.none, _):
        word.append(byte)
        isInWord = true
      }
    }
    guard quotation == .none else { return nil }
    if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }
}
