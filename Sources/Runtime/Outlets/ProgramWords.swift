// Variables such as PAGER and EDITOR hold a command line; here it becomes words, without a shell and what a shell does.

/// Splits command lines.
enum ProgramWords {
  /// The words of a command line: parted by blanks, kept together by quotes, with a backslash taking the next character as
  /// it is (not inside single quotes). Nothing is expanded. An open quote ends with the text.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isWord = false
    var quote: Unicode.Scalar?
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        word.unicodeScalars.append(scalar)
        isEscaped = false
      } else if scalar == "\\", quote != "'" {
        isEscaped = true
        isWord = true
      } else if let open = quote {
        if scalar == open { quote = nil } else { word.unicodeScalars.append(scalar) }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
        isWord = true
      } else if scalar == " " || scalar == "\t" || scalar == "\n" {
        if isWord { words.append(word) }
        word = ""
        isWord = false
      } else {
        word.unicodeScalars.append(scalar)
        isWord = true
      }
    }
    if isWord { words.append(word) }
    return words
  }
}
