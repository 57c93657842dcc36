// Text in a theme's colours on a terminal that scrolls: the few sequences of ECMA-48 that ncurses writes on the full screen.

import Display

/// A piece of a line in one role.
struct ThemeSpan {
  var text: String
  var role: ThemeRole
  var attributes: TextAttributes

  init(_ text: String, _ role: ThemeRole, _ attributes: TextAttributes = []) {
    self.text = text
    self.role = role
    self.attributes = attributes
  }
}

/// Turns lines of roles into bytes for a terminal.
struct ThemePainter {
  private let theme: Theme

  /// A painter that uses no more colours than the terminal has, the same ones as the full screen.
  init(_ theme: Theme, depth: ColorReduction.Depth) { self.theme = theme.reduced(to: depth) }

  /// A line filled up to `columns` in the role of its last span if that has a ground, else in that of plain text.
  func line(_ spans: [ThemeSpan], columns: Int) -> String {
    var result = ""
    var used = 0
    for span in spans {
      result += painted(span)
      used += CharacterWidth.columns(of: span.text)
    }
    guard used < columns else { return result }
    let filling = spans.last.map(\.role).flatMap { theme[$0].background == .terminal ? nil : $0 } ?? .text
    var style = theme[filling]
    // Blanks that are underlined would look like a line.
    style.attributes.formIntersection(.reverse)
    return result + Self.sequence(style) + String(repeating: " ", count: columns - used) + "\u{1B}[0m"
  }

  private func painted(_ span: ThemeSpan) -> String {
    var style = theme[span.role]
    style.attributes.formUnion(span.attributes)
    return Self.sequence(style) + span.text + "\u{1B}[0m"
  }

  /// SGR (ECMA-48, 8.3.117), with the colours beyond eight as xterm has them.
  static func sequence(_ style: Style) -> String {
    var codes = ["0"]
    for (attribute, code) in attributeCodes where style.attributes.contains(attribute) { codes.append(code) }
    codes += color(style.foreground, base: 30) + color(style.background, base: 40)
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }

  private static let attributeCodes: [(TextAttributes, String)] = [
    (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.reverse, "7"), (.strikethrough, "9"),
  ]

  private static func color(_ color: Color, base: Int) -> [String] {
    switch color {
    case .terminal: []
    case .palette(let number) where number < 8: ["\(base + Int(number))"]
    case .palette(let number) where number < 16: ["\(base + 60 + Int(number) - 8)"]
    case .palette(let number): ["\(base + 8)", "5", "\(number)"]
    case .rgb(let red, let green, let blue): ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
    }
  }
}
