// The containers and the leaf that the next line may belong to.

struct OpenContainer: Equatable, Sendable {
  enum Kind: Equatable, Sendable {
    case quote
    /// The character of the markers and the number of the next item.
    case list(character: UInt8, next: Int)
    /// Columns by which its lines are indented.
    case item(width: Int)
    case footnote
  }

  var kind: Kind
  /// Its index in the tree.
  let container: Int
  /// Whether it holds a block: then a blank line belongs to an item, and one more block after a blank line loosens it.
  var hasChild = false

  var isList: Bool { if case .list = kind { true } else { false } }
  var isItem: Bool { if case .item = kind { true } else { false } }
}

/// The last block, as long as lines may come to it.
enum OpenLeaf: Equatable, Sendable {
  case none
  case paragraph(ParagraphStart)
  case indentedCode
  case fencedCode(CodeFence)
  case html(HTMLBlocks.End)
  case table
  case math(MathFence)

  var isParagraph: Bool { if case .paragraph = self { true } else { false } }
}

/// Whether definitions of links may stand at the beginning of a paragraph.
enum ParagraphStart: Equatable, Sendable {
  /// None do.
  case text
  /// One begins with its first line; those that stood before it are recorded.
  case definition
  /// One may, but what it is shows only at the end of the paragraph.
  case undecided
}

struct OpenBlocks: Equatable, Sendable {
  /// Containers inside each other that are shown; deeper markers are text.
  private static let deepest = 32

  /// From the outside in. Between a list and its parent's list there is always an item.
  var stack: [OpenContainer] = []
  var leaf = OpenLeaf.none
  /// Entries of the stack above this one were open when the line before, a blank one, came; it separates their children.
  /// `Int.max` if the line before is not blank.
  var gap = Int.max
  /// Whether the line before is blank.
  var isAfterBlank = false

  /// The innermost container, as an index of the tree.
  var container: Int { stack.last?.container ?? -1 }

  /// Whether one more quote, item or footnote can be opened on the first `count` containers.
  func canNest(on count: Int) -> Bool {
    if stack.count < Self.deepest { return true }
    return stack[..<min(count, stack.count)].count { !$0.isList } < Self.deepest
  }

  /// The containers that the line continues. Their markers are taken from the line.
  @inline(__always)
  func match(_ line: inout LineCursor, _ memo: inout LineMemo) -> Int {
    for index in stack.indices {
      line.findContent(&memo)
      switch stack[index].kind {
      case .list:
        continue
      case .quote:
        guard line.indent < 4, line.first == UInt8(ascii: ">") else { return index }
        line.advanceIntoContent(1)
        line.advanceOverSpace()
      case .item(let width):
        if line.indent >= width {
          line.advance(columns: width)
        } else if line.isBlank, stack[index].hasChild {
          line.advanceToContent()
        } else {
          return index
        }
      case .footnote:
        if line.indent >= 4 {
          line.advance(columns: 4)
        } else if line.isBlank {
          line.advanceToContent()
        } else {
          return index
        }
      }
    }
    return stack.count
  }

  /// A blank line: what it separates, should something follow. A quote or a footnote keeps its blank lines to itself.
  mutating func noteBlank() {
    gap = stack.lastIndex { !$0.isList && !$0.isItem } ?? -1
    isAfterBlank = true
  }

  mutating func noteText() {
    gap = Int.max
    isAfterBlank = false
  }
}
