// Square brackets that may turn out to be links or images (CommonMark 0.31.2, "look for link or image").

/// A `[` or `![` that is not closed yet.
struct InlineBracket {
  /// Its token, which becomes the start of the link.
  let token: Int
  /// Where the text begins, behind the `[`.
  let textStart: Int
  let isImage: Bool
  /// How many delimiter runs stand before it.
  let delimiters: Int
  /// Whether another bracket stands inside: then the text is no label.
  var hasBracketInside = false
}

/// The brackets that are open at one place of a text.
struct BracketStack {
  private var brackets: [InlineBracket] = []
  /// So many of the lowest stand around a link, and links do not nest: those of them that are no images are just text.
  private var inactive = 0

  var isEmpty: Bool { brackets.isEmpty }

  mutating func removeAll() {
    brackets.removeAll(keepingCapacity: true)
    inactive = 0
  }

  mutating func push(_ bracket: InlineBracket) {
    if !brackets.isEmpty { brackets[brackets.count - 1].hasBracketInside = true }
    brackets.append(bracket)
  }

  /// Takes the innermost one away, and returns it unless it can be no link.
  mutating func pop() -> InlineBracket? {
    guard let bracket = brackets.popLast() else { return nil }
    let isActive = bracket.isImage || brackets.count >= inactive
    inactive = min(inactive, brackets.count)
    return isActive ? bracket : nil
  }

  /// Makes all that are open text, because a link stands in them; images may still be images.
  mutating func deactivate() { inactive = brackets.count }
}
