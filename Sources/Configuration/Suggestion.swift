// The tail of a message about a name nobody knows.

internal import Diagnostics

/// `; did you mean "a" or "b"?`, or nothing if no name is near.
func suggestion(for name: String, among names: some Sequence<String>) -> String {
  let near = NearestNames.nearest(to: name, among: names, limit: 2)
  return near.isEmpty ? "" : "; did you mean " + near.map { "\"\($0)\"" }.joined(separator: " or ") + "?"
}

/// `a, b or c`.
func alternatives(_ names: [String]) -> String {
  guard let last = names.last else { return "" }
  return names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " or " + last
}
