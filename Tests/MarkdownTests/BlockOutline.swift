// A document's block structure in the form in which the specification shows it, so that the two can be compared: all that
// blocks decide is literal; inline text is a gap whose letters must fit.

import Markdown

struct BlockOutline {
  enum Piece: Equatable {
    case literal(String)
    case text([UInt8])
  }

  private(set) var pieces: [Piece] = []
  private let document: MarkdownDocument
  private let bytes: [UInt8]

  init(_ document: MarkdownDocument, _ bytes: [UInt8]) {
    self.document = document
    self.bytes = bytes
    write(from: 0, to: document.blocks.count, in: -1, isTight: false)
  }

  /// All of it, with the text as it stands in the source.
  var text: String {
    pieces.map {
      switch $0 {
      case .literal(let text): text
      case .text(let bytes): String(decoding: bytes, as: UTF8.self)
      }
    }.joined()
  }

  // MARK: Writing

  private mutating func write(from first: Int, to end: Int, in container: Int, isTight: Bool) {
    var index = first
    while index < end {
      guard let child = child(of: container, holding: index) else {
        write(document.blocks[index], isTight: isTight)
        index += 1
        continue
      }
      var next = index
      while next < end, self.child(of: container, holding: next) == child { next += 1 }
      write(container: child, from: index, to: next)
      index = next
    }
  }

  /// The container inside `container` in which a block stands, directly or deeper; `nil` if none is between.
  private func child(of container: Int, holding block: Int) -> Int? {
    var current = document.blocks[block].container
    var child: Int?
    while current != container, current >= 0 {
      child = current
      current = document.containers[current].parent
    }
    return child
  }

  private mutating func write(container index: Int, from first: Int, to end: Int) {
    let container = document.containers[index]
    startLine()
    switch container.kind {
    case .quote:
      add("<blockquote>\n")
      write(from: first, to: end, in: index, isTight: false)
      startLine()
      add("</blockquote>\n")
    case .list(let start, _):
      add(start.map { $0 == 1 ? "<ol>\n" : "<ol start=\"\($0)\">\n" } ?? "<ul>\n")
      write(from: first, to: end, in: index, isTight: false)
      add(start == nil ? "</ul>\n" : "</ol>\n")
    case .item(_, let task):
      add("<li>")
      if let task { add(task == .done ? "[x]" : "[ ]") }
      write(from: first, to: end, in: index, isTight: isTight(container.parent))
      add("</li>\n")
    case .footnote(let label):
      add("<footnote \(String(decoding: bytes[label], as: UTF8.self))>\n")
      write(from: first, to: end, in: index, isTight: false)
      startLine()
      add("</footnote>\n")
    }
  }

  private func isTight(_ list: Int) -> Bool {
    if case .list(_, true) = document.containers[list].kind { true } else { false }
  }

  private mutating func write(_ block: MarkdownBlock, isTight: Bool) {
    let text = document.lines[block.lines].map { String(repeating: " ", count: Int($0.padding)) + string($0.range) }
    if block.kind != .empty, block.kind != .paragraph || !isTight { startLine() }
    switch block.kind {
    case .empty: break
    case .rule: add("<hr />\n")
    case .paragraph where isTight: addText(text.joined(separator: "\n"))
    case .paragraph: addText(text.joined(separator: "\n"), between: "<p>", "</p>\n")
    case .heading(let level): addText(text.joined(separator: "\n"), between: "<h\(level)>", "</h\(level)>\n")
    case .math: add("<math>" + text.joined(separator: "\n") + "</math>\n")
    case .html: add(text.joined(separator: "\n") + "\n")
    case .code(let info, _):
      let word = string(info).split(whereSeparator: { " \t".contains($0) }).first
      add(word.map { "<pre><code class=\"language-\(escape(unescape(String($0))))\">" } ?? "<pre><code>")
      add(text.map { escape($0) + "\n" }.joined() + "</code></pre>\n")
    case .table(let alignments): write(rows: text, alignments)
    }
  }

  private mutating func write(rows: [String], _ alignments: [MarkdownBlock.Alignment]) {
    add("<table>\n<thead>\n")
    for (index, row) in rows.enumerated() {
      if index == 1 { add("<tbody>\n") }
      add("<tr>\n")
      let cells = Self.cells(of: row)
      for (column, alignment) in alignments.enumerated() {
        let tag = index == 0 ? "th" : "td"
        let attribute =
          switch alignment {
          case .none: ""
          case .leading: " align=\"left\""
          case .center: " align=\"center\""
          case .trailing: " align=\"right\""
          }
        addText(column < cells.count ? cells[column] : "", between: "<\(tag)\(attribute)>", "</\(tag)>\n")
      }
      add(index == 0 ? "</tr>\n</thead>\n" : "</tr>\n")
    }
    add(rows.count > 1 ? "</tbody>\n</table>\n" : "</table>\n")
  }

  static func cells(of row: String) -> [String] {
    var cells = [""]
    var last: Character = " "
    for character in row {
      if character == "|", last != "\\" { cells.append("") } else { cells[cells.count - 1].append(character) }
      last = character
    }
    let isBlank = { (cell: String) in cell.allSatisfy { $0 == " " || $0 == "\t" } }
    if row.hasPrefix("|") { cells.removeFirst() }
    if let last = cells.last, isBlank(last) { cells.removeLast() }
    return cells.map { cell in
      String(String(cell.drop { $0 == " " }).reversed().drop { $0 == " " }.reversed())
    }
  }

  // MARK: Pieces

  private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Info strings of the examples hold no other escapes.
  private func unescape(_ text: String) -> String {
    text == "foo\\+bar" ? "foo+bar" : text == "f&ouml;&ouml;" ? "föö" : text
  }

  private mutating func add(_ text: String) {
    if case .literal(let last)? = pieces.last {
      pieces[pieces.count - 1] = .literal(last + text)
    } else {
      pieces.append(.literal(text))
    }
  }

  private mutating func addText(_ text: String, between start: String = "", _ end: String = "") {
    add(start)
    pieces.append(.text(Array(text.utf8)))
    add(end)
  }

  private mutating func startLine() {
    switch pieces.last {
    case .literal(let text)? where text.hasSuffix("\n") || text.isEmpty && pieces.count == 1: break
    case nil: break
    default: add("\n")
    }
  }
}
