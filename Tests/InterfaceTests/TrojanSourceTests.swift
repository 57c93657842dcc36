import Conversations
import Display
import Framing
import Interface
import TestSupport
import Testing

@Suite("Trojan sources") struct TrojanSourceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    /// Such as `U+202E`.
    var hidden: [String]
    var testDescription: String { name }

    static let all: [Case] = {
      guard let bytes = Vectors.bytes("trojan-source/cases.json"), case .success(let file) = JSONParser.parse(bytes)
      else { return [] }
      return (file["cases"]?.array ?? []).map { item in
        Case(
          name: item["name"]?.string ?? "", text: item["text"]?.string ?? "",
          hidden: (item["bidi_or_invisible"]?.array ?? []).compactMap(\.string))
      }
    }()
  }

  @Test(
    "In a code block every character that hides or turns something is shown by its number",
    .enabled(if: !Case.all.isEmpty, "the vectors are not beside this checkout"), arguments: Case.all)
  func shown(_ item: Case) {
    let lines = item.text.split(separator: "\n", omittingEmptySubsequences: false)
    let scene = Scene(columns: 400, rows: lines.count + 12)
    // Terminals that leave the order to the program must not be a way to turn code around.
    scene.state.options.ordersText = true
    scene.open(turns: [("q", "~~~~~~~~\n\(item.text)\n~~~~~~~~")])
    let rows = scene.rows().joined(separator: "\n")
    for name in item.hidden {
      let scalar = Unicode.Scalar(UInt32(name.dropFirst(2), radix: 16) ?? 0) ?? "?"
      let count = item.text.unicodeScalars.count { $0 == scalar }
      #expect(count > 0 && rows.ranges(of: "<\(name)>").count == count, "\(name) in \(rows)")
      #expect(!rows.unicodeScalars.contains(scalar))
    }
  }
}
