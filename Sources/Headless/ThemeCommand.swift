// `riffle theme list` and `riffle theme show`: which themes there are, and what one looks like in this terminal.

package import Display
import Framing

/// A theme as it was found.
package struct ListedTheme: Equatable, Sendable {
  /// Where a theme comes from.
  package enum Origin: String, Equatable, Sendable {
    case builtIn = "built in"
    case shipped
    case yours
  }

  package var theme: Theme
  package var origin: Origin
  /// The file it was read from; `nil` for a built-in one.
  package var path: String?
  /// On which terminals the settings take it; both for a theme that is named.
  package var uses: Set<Appearance> = []

  /// A theme that nothing takes.
  package init(_ theme: Theme, _ origin: Origin, path: String? = nil) {
    self.theme = theme
    self.origin = origin
    self.path = path
  }
}

/// Runs `theme list`.
package struct ThemeListCommand: Sendable {
  private let themes: [ListedTheme]
  private let output: Output
  private let isJSON: Bool

  /// A command that lists those themes in that order.
  package init(_ themes: [ListedTheme], output: Output, isJSON: Bool) {
    self.themes = themes
    self.output = output
    self.isJSON = isJSON
  }

  /// Writes one line for each theme; a star stands before what is in use.
  package func run() -> Int32 {
    if isJSON { writeJSON() } else { writePlain() }
    return output.isClosed ? ExitStatus.brokenPipe : ExitStatus.done
  }

  private func writePlain() {
    let rows = themes.map { listed in
      var row = [
        TextTable.Cell((listed.uses.isEmpty ? "  " : "* ") + Sanitizer.singleLine(listed.theme.name)),
        TextTable.Cell("for a \(listed.theme.appearance.rawValue) background"), TextTable.Cell(listed.origin.rawValue),
      ]
      switch (listed.uses.contains(.dark), listed.uses.contains(.light)) {
      case (true, true): row.append(TextTable.Cell("in use"))
      case (true, false): row.append(TextTable.Cell("in use on a dark terminal"))
      case (false, true): row.append(TextTable.Cell("in use on a light terminal"))
      case (false, false): break
      }
      return row
    }
    for line in TextTable.lines(rows) { output.line(line) }
  }

  private func writeJSON() {
    var json = JSONWriter()
    json.array { array in
      for listed in themes {
        array.object { object in
          object.field("name", listed.theme.name)
          object.field("appearance", listed.theme.appearance.rawValue)
          object.field("origin", listed.origin.rawValue)
          if let path = listed.path { object.field("path", path) } else { object.nullField("path") }
          object.arrayField("in_use_on") { uses in
            for appearance in [Appearance.dark, .light] where listed.uses.contains(appearance) {
              uses.value(appearance.rawValue)
            }
          }
        }
      }
    }
    output.write(json.take() + [0x0A])
  }
}

/// Runs `theme show`.
package struct ThemeShowCommand: Sendable {
  private let listed: ListedTheme
  private let depth: ColorReduction.Depth
  private let output: Output
  private let isJSON: Bool

  /// A command that shows a theme.
  /// - Parameter depth: the colours of the terminal; with `.none` only words are written.
  package init(_ listed: ListedTheme, depth: ColorReduction.Depth, output: Output, isJSON: Bool) {
    self.listed = listed
    self.depth = depth
    self.output = output
    self.isJSON = isJSON
  }

  /// Writes every role with its style; in colours, with a sample of it and an answer that uses most of them.
  package func run() -> Int32 {
    if isJSON {
      writeJSON()
    } else if depth == .none {
      let rows = ThemeRole.allCases.map { [TextTable.Cell($0.name), TextTable.Cell(listed.theme[$0].notation)] }
      for line in TextTable.lines(rows) { output.line(line) }
    } else {
      writeColors()
    }
    return output.isClosed ? ExitStatus.brokenPipe : ExitStatus.done
  }

  private func writeColors() {
    let place = listed.path.map { ", \($0)" } ?? ""
    output.line(
      "\(listed.theme.name): for a \(listed.theme.appearance.rawValue) background, \(listed.origin.rawValue)\(place)")
    output.line("")
    let painter = ThemePainter(listed.theme, depth: depth)
    var text = ""
    let names = ThemeRole.allCases.map(\.name.utf8.count).max() ?? 0
    for role in ThemeRole.allCases {
      let name = role.name + String(repeating: " ", count: names - role.name.utf8.count + 2)
      let sample = painter.line([ThemeSpan(ThemeSample.words(for: role), role)], columns: 28)
      text += "\(name)\(sample)  \(listed.theme[role].notation)\n"
    }
    text += "\n"
    for line in ThemeSample.answer { text += painter.line(line, columns: 72) + "\n" }
    // All of it is ours: names of roles, notations and samples.
    output.write(Array(text.utf8))
  }

  private func writeJSON() {
    var json = JSONWriter()
    json.object { object in
      object.field("name", listed.theme.name)
      object.field("appearance", listed.theme.appearance.rawValue)
      object.field("origin", listed.origin.rawValue)
      object.objectField("roles") { roles in
        for role in ThemeRole.allCases {
          let style = listed.theme[role]
          roles.objectField(role.name) { entry in
            entry.field("fg", style.foreground.notation)
            entry.field("bg", style.background.notation)
            for (name, attribute) in TextAttributes.named where style.attributes.contains(attribute) {
              entry.field(name, true)
            }
          }
        }
      }
    }
    output.write(json.take() + [0x0A])
  }
}
