// "Did you mean": the known names closest to one that is not known.

/// Suggestions for a misspelt name.
package enum NearestNames {
  /// At most `limit` of `names`, nearest first, none farther than a third of the name's length plus one edit.
  /// - Complexity: O(total length × length of `name`); `name` is cut to 64 scalars.
  package static func nearest(to name: String, among names: some Sequence<String>, limit: Int = 3) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    let bound = wanted.count / 3 + 1
    return
      names
      .map { (name: $0, distance: distance(wanted, Array($0.lowercased().unicodeScalars.prefix(64)))) }
      .filter { $0.distance <= bound || (!wanted.isEmpty && $0.name.lowercased().hasPrefix(name.lowercased())) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(limit)
      .map(\.name)
  }

  /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
