// Screens of riffle as they stand in docs/providers.md. With `RIFFLE_CAPTURES` in the environment they are written from
// the real program; at every other time they are compared with it, so that the document cannot show what is not there.

import Platform
import TestSupport

/// Two moments of one screen: the rows of the first that the second changes, and the whole of the second.
struct Capture {
  let name: String
  let lines: [String]

  private static let document = CheckoutFolder.root + "/docs/providers.md"
  private static let isWanted = Environment.captured()["RIFFLE_CAPTURES"] != nil

  init(_ name: String, before: [String], after: [String]) {
    self.name = name
    let (before, after) = (Self.steady(before), Self.steady(after))
    let earlier = zip(before, after).filter { $0 != $1 && !$0.isEmpty }.map(\.0)
    lines = earlier + ["", "  … and with the next piece:", ""] + after
  }

  /// The screen without what is different at every run: the conversation's ID, the time of day, and in the last row the
  /// figures of time.
  private static func steady(_ rows: [String]) -> [String] {
    var rows = rows
    rows[0] = " k7m2x9" + rows[0].dropFirst(7)
    for index in rows.indices where rows[index].hasPrefix("▌ ") {
      rows[index] = rows[index].dropLast(5) + "12:00"
    }
    // How long a model has thought is different every time.
    for index in rows.indices {
      guard let words = rows[index].firstRange(of: "thought for ") else { continue }
      let rest = rows[index][words.upperBound...]
      rows[index] =
        rows[index][..<words.upperBound] + "…" + (rest.firstRange(of: " ·").map { rest[$0.lowerBound...] } ?? "")
    }
    let figures = rows[rows.count - 1].split(separator: " · ").filter { $0.hasPrefix(" ") || $0.hasSuffix(" chunks") }
    rows[rows.count - 1] = figures.joined(separator: " · ") + " · …"
    return rows
  }

  /// The same capture as the document has it: what stands between the fences behind `<!-- capture: NAME -->`.
  func documented() throws -> [String] {
    let document = try Self.lines()
    return try Array(document[place(in: document)])
  }

  /// Puts the capture into the document, if that was asked for.
  func writeIfWanted() throws {
    guard Self.isWanted else { return }
    var document = try Self.lines()
    document.replaceSubrange(try place(in: document), with: lines)
    try LocalFiles.write(Array(document.joined(separator: "\n").utf8), to: Self.document)
  }

  private static func lines() throws -> [String] {
    String(decoding: try LocalFiles.read(document, atMost: 1 << 20), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func place(in document: [String]) throws -> Range<Int> {
    guard let mark = document.firstIndex(of: "<!-- capture: \(name) -->"),
      let start = document[mark...].firstIndex(of: "```text"),
      let end = document[start...].firstIndex(of: "```")
    else { throw Failure("there is no place for a capture of \(name) in docs/providers.md") }
    return (start + 1)..<end
  }
}
