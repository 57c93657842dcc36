// Rules that a compiler does not hold: which module may import which, what no source may contain, how a file begins.

import Platform
import TestSupport
import Testing

/// A Swift file of the program.
struct SourceFile: Sendable, CustomTestStringConvertible {
  let module: String
  let path: String
  let lines: [String]

  var testDescription: String { path }

  /// All of them.
  static let all: [SourceFile] = {
    let root = CheckoutFolder.root + "/Sources"
    return ((try? LocalFiles.names(in: root)) ?? []).sorted().flatMap { module in
      files(in: "\(root)/\(module)").map { path in
        let bytes = (try? LocalFiles.read(path, atMost: 4 << 20)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return SourceFile(module: module, path: String(path.dropFirst(root.count + 1)), lines: lines.map(String.init))
      }
    }
  }()

  private static func files(in folder: String) -> [String] {
    ((try? LocalFiles.names(in: folder)) ?? []).sorted().flatMap { name in
      let path = "\(folder)/\(name)"
      return LocalFiles.isFolder(path) ? files(in: path) : name.hasSuffix(".swift") ? [path] : []
    }
  }

  /// The modules it imports.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), words.count > place + 1,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "package" || $0 == "public" || $0 == "private" })
      else { return nil }
      return String(words[place + 1].split(separator: ".").first ?? "")
    }
  }

  /// Its lines without comments and without what stands between quotes.
  var code: [String] {
    lines.map { line in
      var code = ""
      var isQuoted = false
      var previous: Character = " "
      for character in line {
        if character == "\"", previous != "\\" { isQuoted.toggle() }
        if !isQuoted {
          code.append(character)
          if code.hasSuffix("//") { return String(code.dropLast(2)) }
        }
        previous = character
      }
      return code
    }
  }
}

/// What each module may import.
enum AllowedImports {
  /// The system's own, for modules that touch it.
  static let system: Set<String> = ["Darwin", "Glibc", "Musl", "Synchronization", "_Concurrency"]

  /// By module; the same as the dependencies in `Package.swift`.
  static let table: [String: Set<String>] = [
    "Diagnostics": [],
    "Conversations": ["Diagnostics"],
    "Statistics": ["Conversations"],
    "Streaming": ["Conversations", "Diagnostics", "Histogram"],
    "Framing": [],
    "Display": [],
    "Markdown": ["Display"],
    "Configuration": ["Conversations", "Display", "Diagnostics", "CTOML"],
    "Manual": [],
    "Interface": ["Statistics", "Conversations", "Streaming", "Display", "Markdown", "Diagnostics", "Manual"],
    "Platform": ["CSystem"],
    "Sessions": ["Statistics", "Conversations", "Streaming", "Diagnostics"],
    "Transport": ["CCurl", "Diagnostics", "Platform", "Framing"],
    "Providers": [
      "Conversations", "Streaming", "Framing", "Transport", "Diagnostics", "Platform", "Manual", "CCrypto",
    ],
    "Persistence": ["Conversations", "Streaming", "CSQLite", "Diagnostics", "Platform", "Framing"],
    "Terminal": ["Display", "Diagnostics", "CNCurses", "CSystem", "Platform"],
    "Runtime": [
      "Interface", "Sessions", "Statistics", "Conversations", "Streaming", "Framing", "Display", "Diagnostics",
      "Platform",
    ],
    "Headless": [
      "Sessions", "Statistics", "Conversations", "Streaming", "Framing", "Configuration", "Display", "Diagnostics",
      "Platform", "Manual",
    ],
    "riffle": [
      "Runtime", "Headless", "Interface", "Sessions", "Conversations", "Streaming", "Providers", "Transport",
      "Persistence", "Terminal", "Configuration", "Display", "Diagnostics", "Platform", "Manual", "CSystem",
      "ArgumentParser",
    ],
  ]

  /// Modules that know no system: what they give depends on what they are given alone.
  static let pure: Set<String> = [
    "Diagnostics", "Conversations", "Statistics", "Streaming", "Framing", "Display", "Markdown", "Configuration",
    "Manual", "Interface",
  ]
}

@Suite("House rules")
struct SourceRulesTests {
  @Test("There are sources, and each belongs to a module of the table")
  func modules() {
    #expect(SourceFile.all.count > 100)
    #expect(Set(SourceFile.all.map(\.module)) == Set(AllowedImports.table.keys))
  }

  @Test("A module imports what the table allows")
  func imports() {
    var found: [String] = []
    for file in SourceFile.all {
      let allowed = AllowedImports.table[file.module] ?? []
      let system = AllowedImports.pure.contains(file.module) ? [] : AllowedImports.system
      for name in file.imports where !allowed.contains(name) && !system.contains(name) {
        found.append("\(file.path) imports \(name)")
      }
    }
    #expect(found == [])
  }

  @Test("The table says what Package.swift says")
  func dependencies() throws {
    let bytes = try LocalFiles.read(CheckoutFolder.root + "/Package.swift", atMost: 1 << 20)
    let manifest = String(decoding: bytes, as: UTF8.self)
    for (module, allowed) in AllowedImports.table {
      let opening = module == "riffle" ? ".executableTarget(" : "module("
      let entry = try #require(Self.entry(opening, named: module, in: manifest), "\(module) is not in Package.swift")
      // Every quoted word is the module, a dependency, or the package of a product.
      let words = entry.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      let products: Set<String> = ["swift-argument-parser", "hdrhistogram-swift"]
      #expect(Set(words).subtracting(products).subtracting([module]) == allowed, "\(module)")
    }
  }

  /// The text of a target from its opening to the parenthesis that closes it.
  private static func entry(_ opening: String, named name: String, in manifest: String) -> String? {
    for candidate in manifest.indices(of: opening).map({ manifest[$0...] }) {
      var depth = 0
      let entry = candidate.prefix { character in
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        return !(character == ")" && depth == 0)
      }
      if entry.split(separator: "\"").dropFirst().first == name[...] { return String(entry) }
    }
    return nil
  }

  @Test("No source forces a try or a cast, is public, or holds a place for something to come")
  func forbidden() {
    var found: [String] = []
    for file in SourceFile.all {
      for (number, line) in file.code.enumerated() {
        let words = line.split { !($0.isLetter || $0 == "!" || $0 == "@") }.map(String.init)
        if words.contains("try!") || words.contains("as!") { found.append("\(file.path):\(number + 1) forces") }
        let first = words.first { !$0.hasPrefix("@") }
        if first == "public" { found.append("\(file.path):\(number + 1) is public") }
        if line.contains("Placeholder") { found.append("\(file.path):\(number + 1) is a placeholder") }
      }
    }
    #expect(found == [])
  }

  @Test("Every source begins by saying what it is for")
  func opening() {
    let silent = SourceFile.all.filter { file in
      let first = file.lines.first ?? ""
      return !first.hasPrefix("// ") || first.count < 20
    }
    #expect(silent.map(\.path) == [])
  }
}

extension String {
  /// Where a text begins.
  fileprivate func indices(of text: String) -> [String.Index] {
    var found: [String.Index] = []
    var rest = self[...]
    while let place = rest.firstIndex(of: text.first ?? " ") {
      if self[place...].hasPrefix(text) { found.append(place) }
      rest = self[index(after: place)...]
    }
    return found
  }
}
