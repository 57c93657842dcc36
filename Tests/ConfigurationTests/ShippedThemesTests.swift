// The themes of this repository are themes.

import Diagnostics
import Display
import FoundationEssentials
import Testing

@testable import Configuration

struct ShippedThemesTests {
  private static let files: [(name: String, bytes: [UInt8])] = {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let folder = root.appending(path: "themes")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".toml") }.sorted().compactMap { name in
      (try? Data(contentsOf: folder.appending(path: name))).map { (name, Array($0)) }
    }
  }()

  @Test(
    "Every theme in themes/ is read without a finding and is called as its file",
    .enabled(if: !files.isEmpty, "no themes/ in this checkout"), arguments: files.map(\.name))
  func clean(name: String) throws {
    let file = try #require(Self.files.first { $0.name == name })
    let fallback = Theme(name: "fallback", appearance: .dark, styles: [:])
    let reading = ThemeFile.read(file.bytes, file: name, fallback: fallback)
    #expect(reading.diagnostics == [])
    #expect("\(reading.theme.name).toml" == name)
  }
}
