// Colours as the numbers ncurses knows them by. What a terminal with fewer colours shows instead of a theme's is decided in
// Display (`Theme.reduced`), where it is tested for contrast; here is only the spelling.

package import Display

extension ColorDepth {
  /// The same for Display.
  package var reduction: ColorReduction.Depth {
    switch self {
    case .mono: .none
    case .eight: .eight
    case .sixteen: .sixteen
    case .palette: .palette
    case .full: .full
    }
  }
}

extension Color {
  /// -1 for the terminal's own, an index of the palette, or 0x1000000 and above for RGB.
  var cursesNumber: Int32 {
    switch self {
    case .terminal: -1
    case .palette(let index): Int32(index)
    case .rgb(let red, let green, let blue): 0x100_0000 | Int32(red) << 16 | Int32(green) << 8 | Int32(blue)
    }
  }
}
