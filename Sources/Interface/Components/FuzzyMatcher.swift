// Finding what the user means from a few of its letters: for completion, the palette, pickers and the conversation list.
// Not full-text search, which the archive does.

/// How well a candidate fits, and where.
package struct FuzzyMatch: Equatable, Sendable {
  /// Higher is better; comparable between candidates of the same query only.
  package let score: Int
  /// Offsets of the matched characters of the candidate, ascending.
  package let positions: [Int]
}

/// One query made ready to be matched against many candidates.
///
/// Every word of the query must occur as a subsequence. A word with a capital letter matches case exactly. Matches at
/// the start of words and next to each other count more.
package struct FuzzyMatcher: Sendable {
  /// Characters of a candidate that are looked at, and of a word of the query: the cost is at most their product.
  package static let candidateLimit = 200
  package static let wordLimit = 64

  // The proportions of fzf's second algorithm: a match outweighs the gap it costs, a gap costs once for being there and a
  // little for its length, the start of a word is worth half a match.
  private enum Score {
    static let match = 16
    static let gapStart = -3
    static let gapExtension = -1
    static let wordStart = 8
    static let camel = 7
    static let consecutive = 4
  }

  private struct Word: Sendable {
    let letters: [UInt32]
    let foldsCase: Bool
  }

  private let words: [Word]

  /// Words of the query are separated by spaces. The empty query fits everything equally.
  package init(_ query: String) {
    words = query.split(separator: " ").map { word in
      let foldsCase = !word.contains(where: \.isUppercase)
      return Word(
        letters: word.prefix(Self.wordLimit).map { Self.letter($0, foldsCase: foldsCase) }, foldsCase: foldsCase)
    }
  }

  /// The best way to find the query in `candidate`, or `nil` if it is not there.
  package func match(_ candidate: String) -> FuzzyMatch? {
    if words.isEmpty { return FuzzyMatch(score: 0, positions: []) }
    let text = Text(candidate)
    var score = 0
    var positions: [Int] = []
    for word in words {
      let letters = word.foldsCase ? text.folded : text.exact
      guard let found = Self.align(word.letters, in: letters, bonuses: text.bonuses) else { return nil }
      score += found.score
      positions.append(contentsOf: found.positions)
    }
    if words.count > 1 { positions = Array(Set(positions)).sorted() }
    return FuzzyMatch(score: score, positions: positions)
  }

  /// The candidates that fit, best first; equal scores go by length, then keep their order.
  package func rank<Candidate>(
    _ candidates: [Candidate], by text: (Candidate) -> String
  ) -> [(index: Int, match: FuzzyMatch)] {
    var ranked: [(index: Int, match: FuzzyMatch, length: Int)] = []
    for (index, candidate) in candidates.enumerated() {
      let text = text(candidate)
      if let match = match(text) {
        // Without a query the order given is the order wanted.
        ranked.append((index, match, words.isEmpty ? 0 : text.utf8.count))
      }
    }
    ranked.sort {
      if $0.match.score != $1.match.score { return $0.match.score > $1.match.score }
      if $0.length != $1.length { return $0.length < $1.length }
      return $0.index < $1.index
    }
    return ranked.map { ($0.index, $0.match) }
  }

  /// The best alignment by dynamic programming: `ending[i][j]` is the best score of the first i + 1 letters with the last
  /// of them at j, and `run[i][j]` the length of the unbroken run that ends there.
  private static func align(
    _ letters: [UInt32], in text: [UInt32], bonuses: [Int]
  ) -> (score: Int, positions: [Int])? {
    let count = text.count
    guard isSubsequence(letters, of: text) else { return nil }
    let unreachable = Int.min / 2
    var ending = [Int](repeating: unreachable, count: letters.count * count)
    var previous = [Int](repeating: -1, count: letters.count * count)
    var runBonus = [Int](repeating: 0, count: letters.count * count)
    for (row, letter) in letters.enumerated() {
      // The best score of the letters before, ending somewhere left of j - 1, with the gap up to j already paid.
      var bestBefore = unreachable
      var bestIndex = -1
      for column in 0..<count {
        if row > 0, column >= 2 {
          let candidate = ending[(row - 1) * count + column - 2] + Score.gapStart
          bestBefore += Score.gapExtension
          if candidate > bestBefore {
            bestBefore = candidate
            bestIndex = column - 2
          }
        }
        guard text[column] == letter else { continue }
        let cell = row * count + column
        if row == 0 {
          // The first letter says most about what the user has in mind.
          ending[cell] = Score.match + bonuses[column] * 2
          runBonus[cell] = bonuses[column]
          continue
        }
        var best = unreachable
        if bestBefore > unreachable / 2 {
          best = bestBefore + Score.match + bonuses[column]
          previous[cell] = bestIndex
          runBonus[cell] = bonuses[column]
        }
        if column > 0, ending[cell - count - 1] > unreachable / 2 {
          // A run keeps the bonus of the place where it began.
          let bonus = max(Score.consecutive, bonuses[column], runBonus[cell - count - 1])
          let candidate = ending[cell - count - 1] + Score.match + bonus
          if candidate >= best {
            best = candidate
            previous[cell] = column - 1
            runBonus[cell] = max(bonuses[column], runBonus[cell - count - 1])
          }
        }
        ending[cell] = best
      }
    }
    let lastRow = (letters.count - 1) * count
    var column = 0
    for candidate in 0..<count where ending[lastRow + candidate] > ending[lastRow + column] { column = candidate }
    let score = ending[lastRow + column]
    var positions: [Int] = []
    var row = letters.count - 1
    while row >= 0, column >= 0 {
      positions.append(column)
      column = previous[row * count + column]
      row -= 1
    }
    return (score, positions.reversed())
  }

  private static func isSubsequence(_ letters: [UInt32], of text: [UInt32]) -> Bool {
    var next = 0
    for letter in text where next < letters.count && letter == letters[next] { next += 1 }
    return next == letters.count
  }

  /// A candidate made ready: its first characters as they are compared, and what it is worth to match each.
  private struct Text {
    var exact: [UInt32] = []
    var folded: [UInt32] = []
    var bonuses: [Int] = []
    private var previous = Kind.other

    private enum Kind { case lower, upper, letter, digit, other }

    init(_ candidate: String) {
      let isASCII = candidate.utf8.prefix(FuzzyMatcher.candidateLimit).allSatisfy { $0 < 0x80 && $0 != 0x0D }
      let count = min(FuzzyMatcher.candidateLimit, candidate.utf8.count)
      exact.reserveCapacity(count)
      folded.reserveCapacity(count)
      bonuses.reserveCapacity(count)
      // Asking characters for their properties takes most of the time; plain names do without.
      if isASCII {
        for byte in candidate.utf8.prefix(count) {
          let isUpper = byte >= 0x41 && byte <= 0x5A
          let kind: Kind =
            switch byte {
            case 0x61...0x7A: .lower
            case 0x41...0x5A: .upper
            case 0x30...0x39: .digit
            default: .other
            }
          append(UInt32(byte), folded: UInt32(isUpper ? byte | 0x20 : byte), kind)
        }
      } else {
        for character in candidate.prefix(FuzzyMatcher.candidateLimit) {
          let kind: Kind =
            if character.isLowercase { .lower } else if character.isUppercase { .upper } else if character.isLetter {
              .letter
            } else if character.isNumber { .digit } else { .other }
          append(
            FuzzyMatcher.letter(character, foldsCase: false), folded: FuzzyMatcher.letter(character, foldsCase: true),
            kind)
        }
      }
    }

    private mutating func append(_ letter: UInt32, folded foldedLetter: UInt32, _ kind: Kind) {
      exact.append(letter)
      folded.append(foldedLetter)
      let bonus =
        switch (previous, kind) {
        case (_, .other): 0
        case (.other, _): Score.wordStart
        case (.lower, .upper), (.lower, .digit), (.upper, .digit), (.letter, .digit): Score.camel
        default: 0
        }
      bonuses.append(bonus)
      previous = kind
    }
  }

  /// A character as it is compared: its first scalar, so that an accent typed as a mark of its own does not matter.
  private static func letter(_ character: Character, foldsCase: Bool) -> UInt32 {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    guard foldsCase else { return scalar.value }
    if scalar.isASCII { return scalar.value >= 0x41 && scalar.value <= 0x5A ? scalar.value | 0x20 : scalar.value }
    return scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
  }
}
