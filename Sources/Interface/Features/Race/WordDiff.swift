// What two texts have in common and where they differ, word by word: Myers' algorithm in its form that needs linear space
// (E. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1, 1986, section 4b).

/// The way from one text to another.
package struct WordDiff: Equatable, Sendable {
  /// What becomes of a piece.
  package enum Kind: Equatable, Sendable { case same, deleted, inserted }

  /// What is compared.
  package enum Unit: Equatable, Sendable {
    /// Words, blanks, marks; ideographs one by one.
    case words
    /// Whole lines, where words would take too long.
    case lines
  }

  /// A piece that is in both texts or in one of them.
  package struct Piece: Equatable, Sendable {
    package var kind: Kind
    /// Bytes of the new text for what was inserted, else of the old one.
    package var range: Range<Int>
  }

  package let unit: Unit
  /// From the beginning of the texts to their end; of a place that differs, what was deleted comes first.
  package private(set) var pieces: [Piece]
  /// Words, or lines, that only the old or only the new text has; blanks are not counted.
  package private(set) var deletedCount = 0
  package private(set) var insertedCount = 0

  /// Steps that a comparison may take: about a tenth of a second.
  package static let budget = 12_000_000

  /// The difference of two texts: by words, or by lines if that takes too many steps; `nil` if that does too.
  /// - Complexity: O(budget) at most; memory linear in the texts.
  package static func between(_ old: [UInt8], _ new: [UInt8], budget: Int = Self.budget) -> WordDiff? {
    for unit in [Unit.words, .lines] {
      let (before, after) = (tokens(of: old, unit), tokens(of: new, unit))
      var search = Search(old: old, before, new: new, after, budget: budget)
      if search.run() { return WordDiff(unit, old, before, new, after, search) }
    }
    return nil
  }

  private init(
    _ unit: Unit, _ old: [UInt8], _ before: [Range<Int>], _ new: [UInt8], _ after: [Range<Int>], _ search: Search
  ) {
    self.unit = unit
    pieces = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if i < before.count, search.isDeleted[i] {
        add(.deleted, before[i])
        if Self.isWord(old[before[i].lowerBound]) || unit == .lines { deletedCount += 1 }
        i += 1
      } else if j < after.count, search.isInserted[j] {
        add(.inserted, after[j])
        if Self.isWord(new[after[j].lowerBound]) || unit == .lines { insertedCount += 1 }
        j += 1
      } else {
        add(.same, before[i])
        i += 1
        j += 1
      }
    }
  }

  private mutating func add(_ kind: Kind, _ range: Range<Int>) {
    if let last = pieces.last, last.kind == kind, last.range.upperBound == range.lowerBound {
      pieces[pieces.count - 1].range = last.range.lowerBound..<range.upperBound
    } else {
      pieces.append(Piece(kind: kind, range: range))
    }
  }

  // MARK: Tokens

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
    default: false
    }
  }

  /// Scripts that are written without blanks begin with U+3000 or above: a scalar is a word there.
  private static func isIdeograph(_ byte: UInt8) -> Bool { (0xE3...0xED).contains(byte) || byte >= 0xF0 }

  /// The pieces of a text that are compared; together they are the text.
  private static func tokens(of text: [UInt8], _ unit: Unit) -> [Range<Int>] {
    var tokens: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      switch unit {
      case .lines:
        while end < text.count, text[end - 1] != 0x0A { end += 1 }
      case .words where isBlank(text[start]):
        while end < text.count, isBlank(text[end]) { end += 1 }
      case .words where isIdeograph(text[start]):
        while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
      case .words where isWord(text[start]):
        while end < text.count, isWord(text[end]), !isIdeograph(text[end]) { end += 1 }
      case .words: break
      }
      tokens.append(start..<end)
      start = end
    }
    return tokens
  }

  // MARK: Myers

  /// Finds which tokens one text has and the other has not.
  private struct Search {
    private let old: [Int32]
    private let new: [Int32]
    var isDeleted: [Bool]
    var isInserted: [Bool]
    private var budget: Int
    /// The farthest points on each diagonal, from the beginning and from the end.
    private var forward: [Int]
    private var backward: [Int]

    init(old text: [UInt8], _ before: [Range<Int>], new other: [UInt8], _ after: [Range<Int>], budget: Int) {
      var numbers: [ArraySlice<UInt8>: Int32] = [:]
      func number(_ token: ArraySlice<UInt8>) -> Int32 {
        if let known = numbers[token] { return known }
        let new = Int32(numbers.count)
        numbers[token] = new
        return new
      }
      old = before.map { number(text[$0]) }
      new = after.map { number(other[$0]) }
      isDeleted = Array(repeating: false, count: before.count)
      isInserted = Array(repeating: false, count: after.count)
      self.budget = budget
      // Diagonals of a piece are numbered from -(M + 1) to N + 1.
      let size = before.count + after.count + 5
      forward = Array(repeating: 0, count: size)
      backward = Array(repeating: 0, count: size)
    }

    /// - Returns: whether it came to an end.
    mutating func run() -> Bool { compare(0..<old.count, 0..<new.count) }

    private mutating func compare(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
      var (a, b) = (left.lowerBound, right.lowerBound)
      var (aEnd, bEnd) = (left.upperBound, right.upperBound)
      while a < aEnd, b < bEnd, old[a] == new[b] { (a, b) = (a + 1, b + 1) }
      while a < aEnd, b < bEnd, old[aEnd - 1] == new[bEnd - 1] { (aEnd, bEnd) = (aEnd - 1, bEnd - 1) }
      if a == aEnd || b == bEnd {
        for index in a..<aEnd { isDeleted[index] = true }
        for index in b..<bEnd { isInserted[index] = true }
        return true
      }
      guard let snake = middleSnake(a..<aEnd, b..<bEnd) else { return false }
      return compare(a..<a + snake.x, b..<b + snake.y) && compare(a + snake.u..<aEnd, b + snake.v..<bEnd)
    }

    /// The middle of a shortest way, as offsets of its beginning and end; both pieces are empty at neither end alike.
    private mutating func middleSnake(_ left: Range<Int>, _ right: Range<Int>) -> (x: Int, y: Int, u: Int, v: Int)? {
      let (n, m) = (left.count, right.count)
      let delta = n - m
      let offset = m + 2
      forward[offset + 1] = 0
      backward[offset + 1] = 0
      for depth in 0...(n + m + 1) / 2 {
        let lowest = -(depth - 2 * max(0, depth - m))
        let highest = depth - 2 * max(0, depth - n)
        budget -= highest - lowest + 2
        if budget < 0 { return nil }
        for k in stride(from: lowest, through: highest, by: 2) {
          let isDown = k == -depth || k != depth && forward[offset + k - 1] < forward[offset + k + 1]
          let start = isDown ? forward[offset + k + 1] : forward[offset + k - 1] + 1
          var x = start
          while x < n, x - k < m, old[left.lowerBound + x] == new[right.lowerBound + x - k] { x += 1 }
          budget -= x - start
          forward[offset + k] = x
          let other = delta - k
          if delta & 1 != 0, other >= -(depth - 1), other <= depth - 1, x + backward[offset + other] >= n {
            return (start, start - k, x, x - k)
          }
        }
        for k in stride(from: lowest, through: highest, by: 2) {
          let isDown = k == -depth || k != depth && backward[offset + k - 1] < backward[offset + k + 1]
          let start = isDown ? backward[offset + k + 1] : backward[offset + k - 1] + 1
          var x = start
          while x < n, x - k < m, old[left.upperBound - 1 - x] == new[right.upperBound - 1 - x + k] { x += 1 }
          budget -= x - start
          backward[offset + k] = x
          let other = delta - k
          if delta & 1 == 0, other >= -depth, other <= depth, x + forward[offset + other] >= n {
            return (n - x, m - x + k, n - start, m - start + k)
          }
        }
      }
      return nil
    }
  }
}
