// Inline text in a form that can be compared with the HTML of an example.

import Markdown

/// Text that is set in one way.
struct Run: Equatable, CustomStringConvertible {
  var text: String
  var style: InlineStyle
  var destination = ""
  var title = ""

  var description: String {
    let names: [(InlineStyle, String)] = [
      (.emphasis, "em"), (.strong, "strong"), (.strikethrough, "del"), (.code, "code"), (.link, "a"), (.image, "img"),
      (.math, "math"), (.html, "html"), (.footnote, "footnote"),
    ]
    let set = names.filter { style.contains($0.0) }.map(\.1).joined(separator: "+")
    let target = destination.isEmpty && title.isEmpty ? "" : " → \(destination) '\(title)'"
    return "\(set)«\(text)»\(target)"
  }

  /// Runs that are set alike joined, and nothing of the description of an image but that it is one.
  static func joined(_ runs: [Run]) -> [Run] {
    var result: [Run] = []
    for var run in runs where !run.text.isEmpty {
      if run.style.contains(.image) { run.style = .image }
      if let last = result.last, last.style == run.style, last.destination == run.destination, last.title == run.title {
        result[result.count - 1].text += run.text
      } else {
        result.append(run)
      }
    }
    return result
  }
}

extension InlineText {
  /// A text read from the lines of a paragraph.
  init(_ source: [UInt8], definitions: LinkDefinitions = LinkDefinitions(), isOpen: Bool = false) {
    self.init()
    extend(to: source, definitions: definitions, isOpen: isOpen)
  }

  /// Takes in all lines of `source`.
  mutating func extend(to source: [UInt8], definitions: LinkDefinitions = LinkDefinitions(), isOpen: Bool) {
    let lines = Self.lines(of: source)
    source.withUnsafeBufferPointer { extend(to: $0, lines: lines[...], definitions: definitions, isOpen: isOpen) }
  }

  /// The lines, without an empty one at the end.
  static func lines(of source: [UInt8]) -> [MarkdownLine] {
    var lines: [MarkdownLine] = []
    var start = 0
    for index in source.indices where source[index] == 0x0A {
      lines.append(MarkdownLine(start: start, end: index))
      start = index + 1
    }
    if start < source.count { lines.append(MarkdownLine(start: start, end: source.count)) }
    return lines
  }

  /// What is shown, in a form to compare: destinations percent-encoded as in HTML.
  var runs: [Run] {
    var start = 0
    return Run.joined(
      spans.map { span in
        let text = String(decoding: text[start..<span.end], as: UTF8.self)
        start = span.end
        let link = span.link >= 0 ? links[span.link] : nil
        return Run(
          text: text, style: span.style.subtracting(.replaced), destination: Self.encoded(link?.destination ?? ""),
          title: link?.title ?? "")
      })
  }

  /// A destination as the reference implementation writes it.
  private static func encoded(_ destination: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in destination.utf8 {
      if byte > 0x20, byte < 0x7F, !"\"<>\\^`{|}[]".utf8.contains(byte) {
        result.append(byte)
      } else {
        result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
