// The languages that can be coloured and the names people give them.

/// A language whose code can be coloured. Two are equal if their names are.
package struct CodeLanguage: Equatable, Sendable {
  /// As it is written, such as `C++`.
  package let name: String
  let lexer: LineLexer

  package static func == (one: CodeLanguage, other: CodeLanguage) -> Bool { one.name == other.name }

  /// The language that an info string or a file's ending names, in any case and with what may follow the name left out:
  /// `swift`, `c++`, `js`, `py title="x"`, `language-rust`, `{.haskell .numberLines}`, `.tsx`, `main.rs`. `nil` if it is none that
  /// is known.
  ///
  /// - Complexity: one pass over the known names, about two kilobytes; the rules of a language are made when it is first
  ///   named.
  package static func named(_ info: some StringProtocol) -> CodeLanguage? {
    let word = firstWord(of: info)
    guard !word.isEmpty else { return nil }
    if let entry = Entry.all.first(where: { $0.isNamed(word) }) { return CodeLanguage(entry) }
    // The name of a file: its ending.
    guard let dot = word.lastIndex(of: UInt8(ascii: ".")), dot + 1 < word.count else { return nil }
    let ending = Array(word[(dot + 1)...])
    return Entry.all.first { $0.isNamed(ending) }.map(CodeLanguage.init)
  }

  /// All languages, by name. Makes the rules of all of them: for documents and tests.
  package static let all: [CodeLanguage] = Entry.all.map(CodeLanguage.init)

  private init(_ entry: Entry) {
    name = entry.name
    lexer = entry.lexer()
  }

  /// The first word in lower case, without what people put around a name. Empty if it is longer than any name.
  private static func firstWord(of info: some StringProtocol) -> [UInt8] {
    var word: [UInt8] = []
    for byte in info.utf8 {
      let isSeparator = byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
      let isOpener = byte == UInt8(ascii: "{") || byte == UInt8(ascii: ".")
      if word.isEmpty, isSeparator || isOpener { continue }
      if isSeparator || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":") { break }
      guard word.count < 40 else { return [] }
      word.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
    }
    for prefix in ["language-", "lang-", "source."] where word.starts(with: prefix.utf8) {
      word.removeFirst(prefix.utf8.count)
    }
    return word
  }
}

/// What colours the lines of a language.
enum LineLexer: Sendable {
  case table(Grammar)
  case markup(isHTML: Bool)
  case styleSheet
  case markdown
  case diff
}

extension CodeLanguage {
  /// A row of the list: a language, its names and where its rules are.
  fileprivate struct Entry: Sendable {
    let name: String
    /// In lower case, a space around each.
    let aliases: StaticString
    let lexer: @Sendable () -> LineLexer

    init(_ name: String, _ aliases: StaticString, _ lexer: @escaping @Sendable () -> LineLexer) {
      self.name = name
      self.aliases = aliases
      self.lexer = lexer
    }

    /// Whether `word` is one of the aliases.
    func isNamed(_ word: [UInt8]) -> Bool {
      aliases.withUTF8Buffer { names in
        var index = 0
        while index < names.count {
          var length = 0
          while index + length < names.count, names[index + length] != 0x20 { length += 1 }
          if length == word.count, names[index..<index + length].elementsEqual(word) { return true }
          index += length + 1
        }
        return false
      }
    }

    static let all: [Entry] = [
      Entry("Assembly", "asm s assembly nasm gas masm x86asm armasm assembler") { .table(.assembly) },
      Entry("C", "c h") { .table(.c) },
      Entry("C#", "c# cs csharp csx") { .table(.cSharp) },
      Entry("C++", "c++ cpp cc cxx c++17 c++20 hpp hh hxx h++ ino arduino cuda cu") { .table(.cPlusPlus) },
      Entry("Clojure", "clojure clj cljs cljc edn") { .table(.clojure) },
      Entry("CMake", "cmake cmakelists.txt") { .table(.cmake) },
      Entry("CSS", "css scss sass less") { .styleSheet },
      Entry("Dart", "dart") { .table(.dart) },
      Entry("Diff", "diff patch udiff") { .diff },
      Entry("Dockerfile", "dockerfile docker containerfile") { .table(.dockerfile) },
      Entry("Elixir", "elixir ex exs") { .table(.elixir) },
      Entry("Erlang", "erlang erl hrl") { .table(.erlang) },
      Entry("F#", "f# fs fsharp fsx fsi") { .table(.fSharp) },
      Entry("Go", "go golang") { .table(.go) },
      Entry("GraphQL", "graphql gql graphqls") { .table(.graphQL) },
      Entry("Haskell", "haskell hs lhs") { .table(.haskell) },
      Entry("HCL", "hcl terraform tf tfvars nomad opentofu") { .table(.hcl) },
      Entry("HTML", "html htm xhtml vue svelte html5") { .markup(isHTML: true) },
      Entry("INI", "ini cfg conf config properties editorconfig gitconfig systemd service desktop env dotenv") {
        .table(.ini)
      },
      Entry("Java", "java") { .table(.java) },
      Entry("JavaScript", "javascript js mjs cjs node ecmascript es6") { .table(.javaScript) },
      Entry("JSON", "json jsonc json5 jsonl ndjson geojson webmanifest ipynb") { .table(.json) },
      Entry("JSX", "jsx react") { .table(.jsx) },
      Entry("Julia", "julia jl") { .table(.julia) },
      Entry("Kotlin", "kotlin kt kts") { .table(.kotlin) },
      Entry("LaTeX", "latex tex sty cls bibtex bib") { .table(.latex) },
      Entry("Lisp", "lisp common-lisp commonlisp cl el elisp emacs-lisp scheme scm racket rkt lsp") { .table(.lisp) },
      Entry("Lua", "lua luau") { .table(.lua) },
      Entry("Makefile", "makefile make mk gnumakefile mak bsdmake") { .table(.makefile) },
      Entry("Markdown", "markdown md mdx mkd mdown rmd qmd") { .markdown },
      Entry("Nix", "nix") { .table(.nix) },
      Entry("Objective-C", "objective-c objectivec objc obj-c m mm objective-c++ objc++") { .table(.objectiveC) },
      Entry("OCaml", "ocaml ml mli reason") { .table(.ocaml) },
      Entry("Perl", "perl pl pm perl5") { .table(.perl) },
      Entry("PHP", "php php3 php4 php5 php7 php8 phtml") { .table(.php) },
      Entry("PowerShell", "powershell ps1 pwsh ps psm1 psd1 posh") { .table(.powerShell) },
      Entry("Protobuf", "protobuf proto proto3 protocol-buffers") { .table(.protobuf) },
      Entry("Python", "python py python3 py3 python2 pyw pyi gyp starlark bzl bazel sage") { .table(.python) },
      Entry("R", "r rscript splus") { .table(.r) },
      Entry("Ruby", "ruby rb rake gemfile rakefile gemspec podspec jruby irb") { .table(.ruby) },
      Entry("Rust", "rust rs") { .table(.rust) },
      Entry("Scala", "scala sc sbt") { .table(.scala) },
      Entry("Shell", "shell sh bash zsh fish ksh dash ash bashrc zshrc bats") { .table(.shell) },
      Entry("Shell session", "console shell-session shellsession terminal bash-session sh-session") {
        .table(.shellSession)
      },
      Entry("SQL", "sql mysql postgres postgresql pgsql plpgsql sqlite sqlite3 tsql plsql mariadb duckdb bigquery") {
        .table(.sql)
      },
      Entry("Swift", "swift swiftinterface") { .table(.swift) },
      Entry("TOML", "toml cargo.toml pyproject.toml cargo.lock") { .table(.toml) },
      Entry("TSX", "tsx") { .table(.tsx) },
      Entry("TypeScript", "typescript ts mts cts deno") { .table(.typeScript) },
      Entry("Vim script", "vim viml vimscript vimrc nvim") { .table(.vim) },
      Entry("XML", "xml svg xsd xsl xslt rss atom plist xaml csproj wsdl pom kml storyboard xib mathml") {
        .markup(isHTML: false)
      },
      Entry("YAML", "yaml yml clang-format docker-compose") { .table(.yaml) },
      Entry("Zig", "zig zon") { .table(.zig) },
    ]
  }
}
