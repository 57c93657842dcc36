// What a conversation is called until somebody names it.

/// Titles from prompts.
package enum TitlePolicy {
  private static let maximumCharacters = 60

  /// The first line of a prompt that has words, without the blanks around it, at most 60 characters; a cut one ends at
  /// a word if there is one near, and in `…`. Empty if there are no words.
  package static func title(for prompt: String) -> String {
    let line = prompt.split(whereSeparator: \.isNewline).lazy.map(Self.trimmed).first { !$0.isEmpty } ?? ""
    // Cut first: a prompt of a megabyte without line breaks is not walked through.
    let head = line.prefix(maximumCharacters + 1)
    guard head.count > maximumCharacters else { return String(head) }
    let cut = head.prefix(maximumCharacters - 1)
    let word = cut.lastIndex(where: \.isWhitespace).map { cut[..<$0] }
    let kept = word.flatMap { $0.count >= maximumCharacters / 2 ? $0 : nil } ?? cut
    return trimmed(kept) + "…"
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
