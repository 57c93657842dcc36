// Finding the section that answers a question typed in plain words. No index: the manual is small, and a search happens
// once per question.

extension Manual {
  /// The sections that answer `query`, best first, at most eight.
  ///
  /// A section that is named by its id comes alone. Otherwise words count in titles and keywords most, in the text
  /// less, and the rarer a word is the more it counts; words of every question ("how", "the") do not. Nothing found is
  /// an empty array.
  /// - Complexity: O(words × length of the manual).
  package static func search(_ query: String, in sections: [ManualSection]) -> [ManualSection] {
    search(query, in: sections, contents: { sections.map(Content.init) })
  }

  /// The words of the manual with nothing filled in, counted once, when first searched.
  private static let plainContents = sections.map(Content.init)

  /// The sections that answer `query`, best first; see `search(_:in:)`.
  package static func search(_ query: String) -> [ManualSection] {
    search(query, in: sections, contents: { plainContents })
  }

  private static func search(
    _ query: String, in sections: [ManualSection], contents: () -> [Content]
  ) -> [ManualSection] {
    let words = words(of: query)
    if let named = sections.first(where: { $0.id == words.joined(separator: "-") }) { return [named] }
    let wanted = Array(Set(words.filter { !stopWords.contains($0) }).sorted().prefix(16))
    guard !wanted.isEmpty else { return [] }
    let contents = contents()
    var scores = [Int](repeating: 0, count: sections.count)
    for word in wanted {
      let hits = contents.map { $0.weight(of: word) }
      let count = hits.count { $0 > 0 }
      guard count > 0 else { continue }
      // A word that stands in every section says nothing about any of them.
      let rarity = max(1, 12 * (sections.count - count) / max(1, sections.count))
      for index in scores.indices { scores[index] += hits[index] * rarity }
    }
    let best = scores.max() ?? 0
    guard best > 0 else { return [] }
    return sections.indices.filter { scores[$0] * 4 >= best }
      .sorted { (-scores[$0], $0) < (-scores[$1], $1) }
      .prefix(8).map { sections[$0] }
  }

  /// Lower-case words of letters, digits, `_` and `-`; at most 64.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for scalar in text.lowercased().unicodeScalars {
      if isWordScalar(scalar) || (scalar == "-" && !word.isEmpty) {
        word.unicodeScalars.append(scalar)
        continue
      }
      finish(&word, &words)
      if words.count == 64 { return words }
    }
    finish(&word, &words)
    return words
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "0"..."9", "_": true
    case "\u{0}"..."\u{7F}": false
    default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
  }

  private static func finish(_ word: inout String, _ words: inout [String]) {
    while word.last == "-" { word.removeLast() }
    if !word.isEmpty { words.append(word) }
    word = ""
  }

  private static let stopWords: Set<String> = [
    "a", "about", "an", "and", "are", "be", "can", "could", "do", "does", "for", "from", "get", "give", "have", "help",
    "how",
    "i", "in", "is", "it", "me", "my", "of", "on", "or", "please", "riffle", "riffle's", "s", "show", "tell", "that",
    "the",
    "there", "this", "to", "use", "want", "what", "what's", "when", "where", "which", "why", "with", "work", "works",
    "you",
    "your",
  ]

  /// The words of one section, by where they stand.
  private struct Content: Sendable {
    let heading: Set<String>
    let body: [String: Int]

    init(_ section: ManualSection) {
      heading = Set(Manual.words(of: section.title) + section.keywords.flatMap(Manual.words(of:)) + [section.id])
      var counts: [String: Int] = [:]
      var rest = Substring(section.body)
      // `words(of:)` is bounded, so a long text goes through it line by line.
      while !rest.isEmpty {
        let line = rest.prefix { $0 != "\n" }
        for word in Manual.words(of: String(line)) { counts[word, default: 0] += 1 }
        rest = rest[line.endIndex...].dropFirst()
      }
      body = counts
    }

    /// 8 for a word of the heading, up to 4 for the text; half of it where only the beginning agrees.
    func weight(of word: String) -> Int {
      var weight = heading.contains(word) ? 16 : 0
      weight += min(4, body[word] ?? 0) * 2
      guard weight == 0, word.utf8.count >= 3 else { return weight }
      let stem = Self.stem(word)
      if heading.contains(where: { $0.hasPrefix(stem) || Self.stem($0) == stem }) { return 8 }
      return min(4, body.filter { $0.key.hasPrefix(stem) }.values.reduce(0, +))
    }

    /// Without the endings of plurals and verbs, so that "streams" and "streaming" find "stream".
    private static func stem(_ word: String) -> String {
      for ending in ["ing", "es", "ed", "s"] where word.hasSuffix(ending) && word.utf8.count - ending.utf8.count >= 3 {
        return String(word.dropLast(ending.count))
      }
      return word
    }
  }
}
