// Whether an outline is that of an expected page. Inline markup is compared by its letters only.

enum OutlineMatch {
  /// What does not fit; `nil` if all does.
  static func difference(_ outline: BlockOutline, _ html: String) -> String? {
    let page = Array(normal(html).utf8)
    var position = 0
    for (index, piece) in outline.pieces.enumerated() {
      switch piece {
      case .literal(let text):
        let wanted = Array(text.utf8)
        guard page[position...].starts(with: wanted) else {
          return "at \(position): expected \(excerpt(page, position)), found \(text.debugDescription)"
        }
        position += wanted.count
      case .text(let raw):
        var end = page.count
        if index + 1 < outline.pieces.count, case .literal(let text) = outline.pieces[index + 1] {
          let next = Array(text.utf8)
          guard let found = find(next, in: page, from: position) else {
            return "at \(position): expected \(excerpt(page, position)), nothing like \(text.debugDescription) follows"
          }
          end = found
        }
        let shown = page[position..<end]
        if !fits(Array(shown), raw) {
          return "at \(position): \(String(decoding: shown, as: UTF8.self).debugDescription) is not the text "
            + String(decoding: raw, as: UTF8.self).debugDescription
        }
        position = end
      }
    }
    return position == page.count ? nil : "at \(position): also expected \(excerpt(page, position))"
  }

  /// Both ways in which boxes are written, and no white space that the two renderers set differently.
  static func normal(_ html: String) -> String {
    var html = html
    for (written, short) in [
      ("<input disabled=\"\" type=\"checkbox\">", "[ ]"),
      ("<input checked=\"\" disabled=\"\" type=\"checkbox\">", "[x]"),
      ("<input type=\"checkbox\" disabled=\"\" />", "[ ]"),
      ("<input type=\"checkbox\" checked=\"\" disabled=\"\" />", "[x]"),
    ] {
      html = html.split(separator: written, omittingEmptySubsequences: false).joined(separator: short)
    }
    return html
  }

  static func find(_ wanted: [UInt8], in page: [UInt8], from start: Int) -> Int? {
    guard page.count >= wanted.count else { return nil }
    return (start...max(page.count - wanted.count, start)).first { page[$0...].starts(with: wanted) }
  }

  private static func excerpt(_ page: [UInt8], _ position: Int) -> String {
    String(decoding: page[position..<min(position + 60, page.count)], as: UTF8.self).debugDescription
  }

  /// The letters that are shown must stand in the source, in this order; all of them, if no markup hides any.
  private static func fits(_ shown: [UInt8], _ raw: [UInt8]) -> Bool {
    let source = raw.filter(isLetter)
    let letters = visible(shown).filter(isLetter)
    if !raw.contains(where: { "<[&!`".utf8.contains($0) }) { return letters == source }
    var rest = source[...]
    for letter in letters {
      guard let found = rest.firstIndex(of: letter) else { return false }
      rest = rest[(found + 1)...]
    }
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
  }

  /// Without tags and entities.
  private static func visible(_ page: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var position = 0
    while position < page.count {
      if page[position] == UInt8(ascii: "<"), let end = page[position...].firstIndex(of: UInt8(ascii: ">")) {
        position = end + 1
      } else if page[position] == UInt8(ascii: "&"), let end = page[position...].firstIndex(of: UInt8(ascii: ";")) {
        position = end + 1
      } else {
        result.append(page[position])
        position += 1
      }
    }
    return result
  }
}
