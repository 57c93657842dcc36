// Reads the HTML of a paragraph into runs; tolerant, and only good for published examples.

import Markdown

/// A reader of HTML that was made from Markdown.
struct InlineHTML {
  private var runs: [Run] = []
  private var open: [(name: String, style: InlineStyle)] = []
  private var links: [(destination: String, title: String)] = []

  /// The runs of the content of a paragraph. A tag that stands in `source` as well was raw HTML there.
  static func runs(of html: String, source: String) -> [Run] {
    var reader = InlineHTML()
    var rest = html.drop { $0 == " " }
    while let character = rest.first {
      if character == "<", let tag = tag(at: rest) {
        rest = rest.dropFirst(tag.count)
        if tag.hasPrefix("<br") {
          reader.append("\n")
          rest = rest.drop { $0 == "\n" || $0 == " " }
        } else if source.contains(tag) {
          reader.append(tag.replacing("\n", with: " "), .html)
        } else {
          reader.take(tag)
        }
      } else {
        let text = rest.prefix { $0 != "<" }
        let taken = text.isEmpty ? rest.prefix(1) : text
        rest = rest.dropFirst(taken.count)
        reader.append(unescaped(String(taken)).replacing("\n", with: " "))
      }
    }
    return Run.joined(reader.runs)
  }

  private mutating func append(_ text: String, _ style: InlineStyle = []) {
    runs.append(
      Run(
        text: text, style: open.reduce(style) { $0.union($1.style) }, destination: links.first?.destination ?? "",
        title: links.first?.title ?? ""))
  }

  private mutating func take(_ tag: String) {
    let name = tag.drop { $0 == "<" || $0 == "/" }.prefix { $0.isLetter }
    if tag.hasPrefix("</") {
      if name == "a", open.contains(where: { $0.name == "a" }) { links.removeLast() }
      if let place = open.lastIndex(where: { $0.name == name }) { open.remove(at: place) }
      return
    }
    let styles: [String: InlineStyle] = [
      "em": .emphasis, "strong": .strong, "del": .strikethrough, "code": .code, "a": .link,
    ]
    if name == "img" {
      links.append((Self.attribute("src", of: tag), Self.attribute("title", of: tag)))
      append(Self.attribute("alt", of: tag).replacing("\n", with: " "), .image)
      links.removeLast()
    } else if name == "a" {
      links.append((Self.attribute("href", of: tag), Self.attribute("title", of: tag)))
      open.append(("a", .link))
    } else if let style = styles[String(name)] {
      open.append((String(name), style))
    } else {
      append(tag.replacing("\n", with: " "), .html)
    }
  }

  /// The tag, comment, instruction or section that begins here.
  private static func tag(at text: Substring) -> String? {
    for (opening, closing) in [("<!-->", ""), ("<!--->", ""), ("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")]
    where text.hasPrefix(opening) {
      guard let end = text.dropFirst(opening.count).firstRange(of: closing)?.upperBound else { return opening }
      return closing.isEmpty ? opening : String(text[..<end])
    }
    var quote: Character?
    for place in text.indices {
      let character = text[place]
      if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      } else if quote == nil, character == ">" {
        return String(text[...place])
      }
    }
    return nil
  }

  private static func attribute(_ name: String, of tag: String) -> String {
    guard let start = tag.firstRange(of: " \(name)=\"")?.upperBound,
      let end = tag[start...].firstIndex(of: "\"")
    else { return "" }
    return unescaped(String(tag[start..<end]))
  }

  private static func unescaped(_ text: String) -> String {
    text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&amp;", with: "&")
  }
}
