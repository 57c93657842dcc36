// A theme's TOML text into a `Theme`. What is wrong costs one role its style, never the program its colours.
//
//   name = "dusk"
//   appearance = "dark"
//   [colors]                       names for this file, optional
//   rose = "#ff7eb6"
//   [roles]
//   text = "#d0d0d0 on default"
//   error = "rose bold"
//   code = { fg = 252, bg = "#202020", italic = true }

package import Diagnostics
package import Display

/// A theme and what was wrong with its file.
package struct ThemeReading: Equatable, Sendable {
  package var theme: Theme
  package var diagnostics: [Diagnostic]
}

/// The format of theme files.
package enum ThemeFile {
  /// Reads a theme.
  ///
  /// A role gives a foreground, a background and attributes; the colours it leaves out are those of `text`. Roles that
  /// cannot be used get the style they have in `fallback`; roles that are not named follow `ThemeRole.fallback`. A text
  /// that is not TOML gives `fallback` under the file's name.
  /// - Parameter file: what diagnostics call the file; a file without `name` is called after it.
  package static func read(_ bytes: some Collection<UInt8>, file: String, fallback: Theme) -> ThemeReading {
    let document = TOMLDocument(parsing: bytes, file: file)
    if let problem = document.problem {
      return ThemeReading(theme: Theme(fallback, named: defaultName(of: file)), diagnostics: [problem])
    }
    var top = TableReader(document.root, of: document, path: "", at: TOMLPosition(line: 1, column: 1))
    let name = top.string("name").flatMap(plainName)
    if name == nil, document.root["name"] != nil, top.diagnostics.isEmpty {
      top.report(.error, "name", "must not hold control characters", at: document.root["name"]?.position)
    }
    let appearance = top.word("appearance", among: ["dark", "light"]).flatMap(Appearance.init) ?? fallback.appearance
    var decoder = ThemeDecoder(document: document)
    if let (table, position) = top.table("colors") { decoder.readColors(table, position, &top) }
    var styles: [ThemeRole: Style] = [:]
    if let (table, position) = top.table("roles") {
      styles = decoder.readRoles(table, position, fallback, &top)
    } else if document.root["roles"] == nil {
      top.report(.error, "roles", "is missing", at: TOMLPosition(line: 1, column: 1))
      styles = Dictionary(uniqueKeysWithValues: ThemeRole.allCases.map { ($0, fallback[$0]) })
    }
    let theme = Theme(name: name ?? defaultName(of: file), appearance: appearance, styles: styles)
    return ThemeReading(theme: theme, diagnostics: top.finished().sortedByPlace)
  }

  private static func plainName(_ text: String) -> String? {
    text.unicodeScalars.contains(where: \.isControlOrSeparator) ? nil : text
  }

  /// `themes/dusk.toml` is `dusk`.
  private static func defaultName(of file: String) -> String {
    let last = file.split(separator: "/").last ?? Substring(file)
    return String(last.hasSuffix(".toml") ? last.dropLast(5) : last)
  }
}

/// Reads colours and roles of one theme.
private struct ThemeDecoder {
  let document: TOMLDocument
  private var named: [String: Color] = [:]

  init(document: TOMLDocument) { self.document = document }

  mutating func readColors(_ table: TOMLTable, _ position: TOMLPosition, _ top: inout TableReader) {
    var reader = TableReader(table, of: document, path: "colors", at: position)
    var found: [String: Color] = [:]
    for entry in reader.chosenEntries() {
      guard let value = reader.value(entry.key) else { continue }
      let word = entry.key.lowercased()
      if Color(notation: word) != nil || TextAttributes(notation: word) != nil
        || word.contains(where: \.isWhitespace) || word == "on"
      {
        reader.report(.error, entry.key, "is a word of the format; give the colour another name")
      } else if let color = color(value, entry.key, &reader) {
        found[entry.key] = color
      }
    }
    named = found
    top.absorb(reader)
  }

  func readRoles(
    _ table: TOMLTable, _ position: TOMLPosition, _ fallback: Theme, _ top: inout TableReader
  ) -> [ThemeRole: Style] {
    var reader = TableReader(table, of: document, path: "roles", at: position)
    var styles: [ThemeRole: Style] = [:]
    // `text` first: the others stand on it.
    let roles = [ThemeRole.text] + ThemeRole.allCases.filter { $0 != .text }
    var base = Style()
    for role in roles {
      guard let value = reader.value(role.name) else { continue }
      styles[role] = style(value, role.name, on: base, &reader) ?? fallback[role]
      if role == .text {
        base = styles[role].map { Style(foreground: $0.foreground, background: $0.background) } ?? base
      }
    }
    top.absorb(reader)
    return styles
  }

  private func style(_ value: TOMLValue, _ key: String, on base: Style, _ reader: inout TableReader) -> Style? {
    switch value.content {
    case .string(let text): style(words: text, value, key, on: base, &reader)
    case .table(let table): style(table, key, on: base, &reader)
    default:
      reader.mismatch(key, "text such as \"#ff8800 on default bold\", or a table", value)
    }
  }

  /// `fg on bg attribute …`, each part optional.
  private func style(
    words text: String, _ value: TOMLValue, _ key: String, on base: Style, _ reader: inout TableReader
  ) -> Style? {
    var style = base
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    var hasForeground = false
    while let word = words.popFirst() {
      if let attribute = TextAttributes(notation: word.lowercased()) {
        style.attributes.insert(attribute)
      } else if word.lowercased() == "on" {
        guard let next = words.popFirst() else {
          return reader.refuse(key, "expected a colour after \"on\"", at: value)
        }
        guard let color = color(next) else { return refuse(next, key, value, &reader) }
        style.background = color
      } else if let color = color(word), !hasForeground {
        style.foreground = color
        hasForeground = true
      } else if hasForeground, color(word) != nil {
        return reader.refuse(key, "has two colours; the background follows \"on\"", at: value)
      } else {
        return refuse(word, key, value, &reader)
      }
    }
    return style
  }

  private func refuse(_ word: String, _ key: String, _ value: TOMLValue, _ reader: inout TableReader) -> Style? {
    let known = Color.names + named.keys.sorted() + TextAttributes.named.map(\.name).sorted()
    return reader.refuse(
      key,
      "\(word.quotedForMessages) is no colour and no attribute" + suggestion(for: word, among: known)
        + "; colours are #rrggbb, 0 to 255, ANSI names and default", at: value)
  }

  private func style(_ table: TOMLTable, _ key: String, on base: Style, _ reader: inout TableReader) -> Style? {
    var inner = TableReader(
      table, of: document, path: reader.path(of: key), at: reader.table.entry(key)?.position ?? reader.position)
    var style = base
    if let value = inner.value("fg"), let color = color(value, "fg", &inner) { style.foreground = color }
    if let value = inner.value("bg"), let color = color(value, "bg", &inner) { style.background = color }
    for (name, attribute) in TextAttributes.named {
      guard let isOn = inner.boolean(name) else { continue }
      if isOn { style.attributes.insert(attribute) } else { style.attributes.remove(attribute) }
    }
    let isWhole = !inner.diagnostics.contains { $0.severity == .error }
    reader.absorb(inner)
    return isWhole ? style : nil
  }

  private func color(_ value: TOMLValue, _ key: String, _ reader: inout TableReader) -> Color? {
    switch value.content {
    case .integer(let number):
      guard let index = UInt8(exactly: number) else {
        return reader.refuse(key, "must be 0 to 255, found \(number)", at: value)
      }
      return .palette(index)
    case .string(let text):
      if let color = color(text) { return color }
      return reader.refuse(
        key,
        "\(text.quotedForMessages) is no colour" + suggestion(for: text, among: Color.names + named.keys.sorted())
          + "; colours are #rrggbb, 0 to 255, ANSI names and default", at: value)
    default: return reader.mismatch(key, "a colour", value)
    }
  }

  private func color(_ text: String) -> Color? { named[text] ?? Color(notation: text.lowercased()) }
}
