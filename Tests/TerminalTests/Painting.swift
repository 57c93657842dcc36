// Frames for tests, and a screen in a pseudo-terminal. ncurses is global, so every suite that opens a screen is nested in
// the serialized `ScreenTests`.

import Display
import Platform
import TestSupport
import Testing

@testable import Terminal

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite(.serialized) struct ScreenTests {}

/// A theme with a few styles of every kind.
let testTheme = Theme(
  name: "test", appearance: .dark,
  styles: [
    .text: Style(),
    .user: Style(foreground: .rgb(10, 200, 30), attributes: .bold),
    .code: Style(foreground: .palette(3), background: .rgb(40, 40, 60)),
    .dim: Style(attributes: .dim),
    .error: Style(foreground: .palette(1), attributes: [.bold, .underline]),
    .link: Style(foreground: .palette(200), attributes: [.italic, .strikethrough]),
  ])

/// A frame that a test paints.
struct Painting {
  var frame: Frame

  init(rows: Int, columns: Int, theme: Theme = testTheme) {
    frame = Frame(
      surface: Surface(size: Size(columns: columns, rows: rows)), glyphs: GlyphTable(), theme: theme, cursor: nil)
  }

  /// Writes text, each character with a width of 1, or of 2 where said.
  mutating func write(
    _ text: String, row: Int, column: Int, role: ThemeRole = .text, attributes: TextAttributes = [], width: UInt8 = 1
  ) {
    var cells: [Cell] = []
    for character in text {
      cells.append(
        Cell(glyph: frame.glyphs.glyph(for: String(character)), width: width, role: role, attributes: attributes))
      if width == 2 { cells.append(.continuation(role: role, attributes: attributes)) }
    }
    frame.surface.draw(cells, at: Point(x: column, y: row), in: Rect(frame.surface.size))
  }
}

/// A screen in a terminal of this process.
struct Stage: ~Copyable {
  let terminal: PseudoTerminal
  var screen: CursesScreen

  init(
    rows: Int = 24, columns: Int = 80, term: String = "xterm-256color", variables: [String: String] = [:],
    depth: ColorDepth? = .full, usesMouse: Bool = false, widths: TerminalWidths? = nil
  ) throws {
    let terminal = try PseudoTerminal(rows: rows, columns: columns)
    let environment = Platform.Environment(variables.merging(["TERM": term]) { first, _ in first })
    var screen = try CursesScreen.open(
      ScreenOptions(
        environment: environment, depth: depth, usesMouse: usesMouse, crashNote: "report: none", widths: widths,
        terminal: terminal.programSide))
    try screen.enter()
    self.terminal = terminal
    self.screen = screen
  }

  /// Presents a frame and lets the terminal read all of it; returns the bytes it got for it.
  @discardableResult
  mutating func show(_ painting: Painting) throws -> [UInt8] {
    terminal.drain()
    let before = terminal.screen.bytes.count
    try screen.present(painting.frame)
    while screen.hasPendingOutput {
      terminal.drain()
      try screen.flush()
    }
    // The system hands over what was written in its own time. A report that nobody answers (DSR, `CSI 5 n`) ends it.
    let end = Array("\u{1B}[5n".utf8)
    guard write(terminal.programSide, end, end.count) == end.count,
      terminal.wait(5_000, until: { $0.bytes.count > before && $0.bytes.suffix(end.count).elementsEqual(end) })
    else { throw SystemError("write") }
    return Array(terminal.screen.bytes[before...].dropLast(end.count))
  }
}

extension VirtualColor {
  /// The colour of a theme as the terminal is to get it.
  init(_ color: Color) {
    switch color {
    case .terminal: self = .terminal
    case .palette(let index): self = .palette(index)
    case .rgb(let red, let green, let blue): self = .rgb(red, green, blue)
    }
  }
}
