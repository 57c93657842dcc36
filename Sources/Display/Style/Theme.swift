// A theme gives every role a style. Files under `themes/` are read by Configuration; the default stands in
// `DefaultTheme.swift` so that the program can draw before, and without, any file.

/// Whether a theme is made for a dark or a light background.
package enum Appearance: String, Equatable, Sendable {
  case dark, light
}

/// A complete mapping from roles to styles.
package struct Theme: Equatable, Sendable {
  /// The name by which `/theme` and the configuration know it.
  package let name: String
  package let appearance: Appearance
  private let styles: [Style]

  /// Roles that `styles` leaves out follow their `fallback`.
  package init(name: String, appearance: Appearance, styles: [ThemeRole: Style]) {
    self.name = name
    self.appearance = appearance
    self.styles = ThemeRole.allCases.map { role in
      var current: ThemeRole? = role
      while let candidate = current {
        if let style = styles[candidate] { return style }
        current = candidate.fallback
      }
      return Style()
    }
  }

  /// The same styles under another name.
  package init(_ other: Theme, named name: String) {
    self.name = name
    appearance = other.appearance
    styles = other.styles
  }

  /// The style of a role. Constant time.
  package subscript(_ role: ThemeRole) -> Style {
    styles[Int(role.rawValue)]
  }
}
