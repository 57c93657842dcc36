// Names for files that text is written to (`robustness.md`, R22): from an ID that riffle made and what is harmless of a
// title. A suggestion; whether something of that name is there is not known here.

/// Suggests names.
package enum FileName {
  // R22; file systems take 255.
  private static let maximumBytes = 100

  /// `k7m2x9-sorting-a-list.swift`: letters and digits of the title, parted by single dashes, in at most 100 bytes.
  ///
  /// Holds no separator and no control, and begins with neither dash nor dot.
  /// - Parameters:
  ///   - language: what a code block calls itself; its ending is looked up and never taken over. nil for Markdown.
  ///   - title: from outside.
  ///   - id: the conversation's, or a part's; filtered as well.
  package static func suggested(for language: String?, title: String, id: String) -> String {
    let ending = language.map(ending(of:)) ?? "md"
    var words = harmless(id)
    if words.isEmpty { words = "riffle" }
    let room = maximumBytes - ending.utf8.count - 1
    words = cut(words, to: room)
    let title = cut(harmless(title), to: room - words.utf8.count - 1)
    return title.isEmpty ? "\(words).\(ending)" : "\(words)-\(title).\(ending)"
  }

  /// The ending of files in a language, without its dot; `txt` for a language that is not known.
  package static func ending(of language: String) -> String {
    let name = language.prefix { !$0.isWhitespace && $0 != "," && $0 != "{" }.lowercased()
    return endings[name] ?? "txt"
  }

  /// Letters, marks upon them, and digits; everything else is a dash between them.
  private static func harmless(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    var isParted = false
    // A title may be of any length; what is cut off later need not be looked at.
    for scalar in text.unicodeScalars.prefix(1_000) {
      let category = scalar.properties.generalCategory
      switch category {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
        if isParted, !result.isEmpty { result.append("-") }
        isParted = false
        result.append(scalar)
      case .nonspacingMark where !result.isEmpty && !isParted && !isSelector(scalar),
        .spacingMark where !result.isEmpty && !isParted:
        result.append(scalar)
      default: isParted = true
      }
    }
    return String(result)
  }

  /// Variation selectors are marks by category and cannot be seen.
  private static func isSelector(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isDefaultIgnorableCodePoint }

  private static func cut(_ text: String, to bytes: Int) -> String {
    var result = ""
    var count = 0
    for character in text {
      count += character.utf8.count
      if count > bytes { break }
      result.append(character)
    }
    while result.last == "-" { result.removeLast() }
    return result
  }

  /// By the names and the usual short names of languages.
  private static let endings: [String: String] = [
    "ada": "adb", "asm": "s", "assembly": "s", "awk": "awk", "bash": "sh", "c": "c", "c#": "cs", "c++": "cpp",
    "clojure": "clj", "cmake": "cmake", "cpp": "cpp", "cs": "cs", "csharp": "cs", "css": "css", "csv": "csv",
    "d": "d", "dart": "dart", "diff": "diff", "dockerfile": "dockerfile", "elixir": "ex", "elm": "elm",
    "erlang": "erl", "fish": "fish", "fortran": "f90", "fsharp": "fs", "go": "go", "golang": "go", "graphql": "graphql",
    "groovy": "groovy", "h": "h", "haskell": "hs", "hcl": "hcl", "html": "html", "ini": "ini", "java": "java",
    "javascript": "js", "js": "js", "json": "json", "jsonc": "json", "jsx": "jsx", "julia": "jl", "kotlin": "kt",
    "kt": "kt", "latex": "tex", "lisp": "lisp", "lua": "lua", "make": "mk", "makefile": "mk", "markdown": "md",
    "md": "md", "nim": "nim", "nix": "nix", "objc": "m", "objective-c": "m", "ocaml": "ml", "patch": "patch",
    "perl": "pl", "php": "php", "powershell": "ps1", "ps1": "ps1", "proto": "proto", "protobuf": "proto", "py": "py",
    "python": "py", "r": "r", "rb": "rb", "rs": "rs", "ruby": "rb", "rust": "rs", "sass": "sass", "scala": "scala",
    "scheme": "scm", "scss": "scss", "sh": "sh", "shell": "sh", "sql": "sql", "svg": "svg", "swift": "swift",
    "tcl": "tcl", "terraform": "tf", "tex": "tex", "toml": "toml", "ts": "ts", "tsv": "tsv", "tsx": "tsx",
    "typescript": "ts", "vim": "vim", "vue": "vue", "xml": "xml", "yaml": "yaml", "yml": "yml", "zig": "zig",
    "zsh": "zsh",
  ]
}
