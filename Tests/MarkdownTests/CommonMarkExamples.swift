// The published examples of CommonMark and of GitHub's extensions, read in place from beside the checkout.

import FoundationEssentials
import Testing

struct MarkdownExample: Decodable, CustomTestStringConvertible, Sendable {
  let example: Int
  let markdown: String
  let html: String

  var testDescription: String { "example \(example)" }
}

enum CommonMarkExamples {
  private struct File: Decodable { let examples: [MarkdownExample] }

  static let commonMark = load("commonmark-0.31.2")
  static let gitHub = load("gfm-0.29")
  static let extensions = load("gfm-extensions")

  private static func load(_ name: String) -> [MarkdownExample] {
    guard let data = FileManager.default.contents(atPath: folder + "/commonmark-ccbysa/" + name + ".json") else {
      print("skipped: no folder shared/vectors beside the checkout, and RIFFLE_VECTORS is not set")
      return []
    }
    return (try? JSONDecoder().decode(File.self, from: data).examples) ?? []
  }

  private static let folder: String = {
    if let path = ProcessInfo.processInfo.environment["RIFFLE_VECTORS"] { return path }
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return root + "/../shared/vectors"
  }()
}

/// A small generator with a seed that can be printed (SplitMix64).
struct BlockTestGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
