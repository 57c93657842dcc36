// What stands left of a block's text: the lines of quotations, the markers of list items, and the room they leave on
// the rows below.

import Display
import Markdown

/// The columns left of a block, one piece for each container around it, the outermost first.
struct BlockPrefix: Equatable, Sendable {
  /// What a container puts left of its content.
  enum Piece: Equatable {
    case bar
    /// A marker on the first row of the item's first block, blanks elsewhere.
    case marker(Marker, columns: Int, isShown: Bool)
    /// The container has no room left.
    case nothing
  }

  /// What begins a list item or a footnote.
  enum Marker: Equatable {
    case bullet(depth: Int)
    case number(Int)
    case task(isDone: Bool)
    case footnote(Range<Int>)
  }

  private(set) var pieces: [Piece] = []
  private(set) var columns = 0
  /// How many pieces the block shares with the one before it: what a blank row between them shows.
  private(set) var shared = 0

  /// Whether the block stands in a quotation.
  var isQuoted: Bool { pieces.contains(.bar) }

  private static let bullets: [Unicode.Scalar] = ["•", "◦", "▪"]
  /// Longer labels of footnotes are cut.
  private static let longestLabel = 12

  /// The prefix of a block. At most half of `available` columns go to it, so that deep nesting leaves room for words.
  init(
    of index: Int, in document: MarkdownDocument, bytes: UnsafeBufferPointer<UInt8>, available: Int
  ) {
    let chain = Self.chain(of: index, in: document)
    let before = index > 0 ? Self.chain(of: index - 1, in: document) : []
    var depth = 0
    var isSharing = true
    for (position, container) in chain.enumerated() {
      isSharing = isSharing && position < before.count && before[position] == container
      let isShown = document.containers[container].firstBlock == index
      var piece: Piece?
      switch document.containers[container].kind {
      case .list: piece = nil
      case .quote: piece = .bar
      case .item(let number, let task):
        if let number {
          piece = .marker(.number(number), columns: String(number).utf8.count + 2, isShown: isShown)
        } else if let task {
          piece = .marker(.task(isDone: task == .done), columns: 4, isShown: isShown)
        } else {
          piece = .marker(.bullet(depth: depth), columns: 2, isShown: isShown)
          depth += 1
        }
      case .footnote(let label):
        let width = min(
          Self.longestLabel, CharacterWidth.columns(of: bytes, range: label.clamped(to: 0..<bytes.count)))
        piece = .marker(.footnote(label), columns: width + 3, isShown: isShown)
      }
      guard let piece else { continue }
      let width = Self.columns(of: piece)
      if columns + width <= max(4, available / 2), columns + width < available {
        pieces.append(piece)
        columns += width
      } else {
        pieces.append(.nothing)
      }
      if isSharing { shared = pieces.count }
    }
  }

  /// Containers of a block, the outermost first.
  private static func chain(of index: Int, in document: MarkdownDocument) -> [Int] {
    var chain: [Int] = []
    var container = document.blocks[index].container
    while container >= 0, container < document.containers.count {
      chain.append(container)
      container = document.containers[container].parent
    }
    return chain.reversed()
  }

  private static func columns(of piece: Piece) -> Int {
    switch piece {
    case .bar: 2
    case .marker(_, let columns, _): columns
    case .nothing: 0
    }
  }

  /// Appends the cells of a row: with markers on the first one, of the shared pieces only on a blank row before.
  func append(
    to cells: inout [Cell], isFirstRow: Bool, isGap: Bool, bytes: UnsafeBufferPointer<UInt8>, glyphs: inout GlyphTable
  ) {
    for piece in isGap ? pieces.prefix(shared) : pieces[...] {
      switch piece {
      case .nothing: break
      case .bar: cells += [Cell("▎", role: .quoteBar), .blank()]
      case .marker(let marker, let columns, let isShown):
        let end = cells.count + columns
        if isShown, isFirstRow, !isGap { append(marker, columns: columns - 1, to: &cells, bytes, &glyphs) }
        while cells.count < end { cells.append(.blank()) }
      }
    }
  }

  private func append(
    _ marker: Marker, columns: Int, to cells: inout [Cell], _ bytes: UnsafeBufferPointer<UInt8>,
    _ glyphs: inout GlyphTable
  ) {
    var row = RowBuilder(columns: columns)
    switch marker {
    case .bullet(let depth): row.add([Cell(Self.bullets[depth % Self.bullets.count], role: .listMarker)])
    case .number(let number): row.add("\(number).", role: .listMarker)
    case .task(let isDone): row.add(isDone ? "[x]" : "[ ]", role: .listMarker)
    case .footnote(let label):
      row.add("[", role: .listMarker)
      let text = String(decoding: bytes[label.clamped(to: 0..<bytes.count)], as: UTF8.self)
      row.addOutside(text, role: .listMarker, glyphs: &glyphs, atMost: columns - 2)
      row.add("]", role: .listMarker)
    }
    cells += row.cells
  }
}
