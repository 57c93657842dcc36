// The documents of the repository hold configurations: each is one that riffle takes without a word.

import Diagnostics
import FoundationEssentials
import TestSupport
import Testing

@testable import Configuration

@Suite("Configurations in documents")
struct DocumentTests {
  private static func text(of name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(CheckoutFolder.root)/\(name)")), as: UTF8.self)
  }

  /// What stands between fences for TOML, and the settings of a provider that stand in a row of a table.
  private static func snippets(of name: String) throws -> [String] {
    var snippets: [String] = []
    var block: [Substring]?
    for line in try text(of: name).split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = block {
        block = line == "```" ? nil : open + [line]
        if line == "```" { snippets.append(open.joined(separator: "\n")) }
      } else if line == "```toml" {
        block = []
      } else if line.hasPrefix("| ") {
        snippets += line.split(separator: "`").filter { $0.hasPrefix("providers.") }.map(String.init)
      }
    }
    return snippets
  }

  @Test("Every configuration is taken without a diagnostic", arguments: ["README.md", "docs/providers.md"])
  func accepted(document: String) throws {
    let snippets = try Self.snippets(of: document)
    #expect(snippets.count >= 9)
    for snippet in snippets {
      let reading = Settings.read(snippet.utf8, file: document)
      #expect(reading.diagnostics.map(\.description) == [], "\(snippet)")
      #expect(!reading.settings.providers.isEmpty)
    }
  }

  @Test("Every kind that asks a service is in both documents", arguments: ProviderKind.allCases.filter(\.usesNetwork))
  func complete(kind: ProviderKind) throws {
    for document in ["README.md", "docs/providers.md"] {
      let kinds = try Self.snippets(of: document).flatMap { Settings.read($0.utf8, file: document).settings.providers }
        .map(\.kind)
      #expect(kinds.contains(kind), "\(document)")
    }
    let sections = try Self.text(of: "docs/providers.md").split(separator: "\n## ").dropFirst()
    let section = try #require(sections.first { $0.hasPrefix("\(kind.rawValue)\n") })
    #expect(section.contains("kind = \"\(kind.rawValue)\"") && section.contains("**Credentials:**"))
    #expect(section.contains("<!-- capture: \(kind.rawValue)"))
  }
}
