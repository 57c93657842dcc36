// Screens of the instruments as they stand in docs/instruments.md. Their figures are other ones in every run, so that they
// are not compared; with `RIFFLE_CAPTURES` in the environment they are written from the real program.

import Platform
import TestSupport

/// A screen for the page about the instruments.
enum InstrumentCapture {
  private static let document = CheckoutFolder.root + "/docs/instruments.md"
  private static let isWanted = Environment.captured()["RIFFLE_CAPTURES"] != nil

  /// Puts the rows of a screen behind `<!-- capture: NAME -->`, if that was asked for; fails if there is no such place.
  static func write(_ name: String, _ rows: [String]) throws {
    let text = String(decoding: try LocalFiles.read(document, atMost: 1 << 20), as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let mark = lines.firstIndex(of: "<!-- capture: \(name) -->"),
      let start = lines[mark...].firstIndex(of: "```text"),
      let end = lines[start...].firstIndex(of: "```")
    else { throw Failure("there is no place for a capture of \(name) in docs/instruments.md") }
    guard isWanted else { return }
    lines.replaceSubrange((start + 1)..<end, with: rows)
    try LocalFiles.write(Array(lines.joined(separator: "\n").utf8), to: document)
  }
}
