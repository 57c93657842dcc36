// A terminal without a window: takes the bytes a program writes, and can be asked what a person would see and what was done
// to the terminal behind the picture. Starts nothing; `PseudoTerminal` connects it to a program.

import CVTerm

/// A colour as the terminal got it.
package enum VirtualColor: Equatable, Sendable {
  case terminal
  case palette(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// One cell as the terminal holds it.
package struct VirtualCell: Equatable, Sendable {
  /// Empty for a cell that was never written.
  package var text: String
  package var width: Int
  package var foreground: VirtualColor
  package var background: VirtualColor
  package var isBold: Bool, isItalic: Bool, isUnderlined: Bool, isReversed: Bool, isStruck: Bool

  /// A cell as a test expects it.
  package init(
    text: String, width: Int = 1, foreground: VirtualColor = .terminal, background: VirtualColor = .terminal,
    isBold: Bool = false, isItalic: Bool = false, isUnderlined: Bool = false, isReversed: Bool = false,
    isStruck: Bool = false
  ) {
    self.text = text
    self.width = width
    self.foreground = foreground
    self.background = background
    self.isBold = isBold
    self.isItalic = isItalic
    self.isUnderlined = isUnderlined
    self.isReversed = isReversed
    self.isStruck = isStruck
  }
}

/// A terminal emulator (libvterm) plus a record of what it does not show: modes, titles, clipboard writes, questions.
///
/// libvterm's width table is old and it does not know SGR 2 (dim): use common characters, and assert dim on the bytes.
package final class VirtualTerminal {
  /// Rows and columns.
  package private(set) var rows: Int, columns: Int
  /// What was done to the terminal behind the picture.
  package private(set) var record = TerminalRecord()
  /// Every byte so far.
  package private(set) var bytes: [UInt8] = []
  /// Where the cursor was when each of `record.questions` came.
  package private(set) var questionCursors: [(row: Int, column: Int)] = []
  private let screen: OpaquePointer

  /// An empty terminal.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    guard let screen = test_screen_new(Int32(rows), Int32(columns)) else { preconditionFailure("no memory") }
    self.screen = screen
  }

  deinit {
    test_screen_free(screen)
  }

  /// Takes what a program wrote; cut anywhere.
  package func write(_ new: some Collection<UInt8>) {
    let new = Array(new)
    bytes += new
    // A question is about the moment in which it is asked. All of them end with a letter, and that of the cursor's
    // position with this one.
    var rest = new[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "n")).map { $0 + 1 } ?? rest.endIndex
      let piece = Array(rest[..<end])
      record.take(piece)
      test_screen_write(screen, piece, piece.count)
      while questionCursors.count < record.questions.count { questionCursors.append((cursor.row, cursor.column)) }
      rest = rest[end...]
    }
  }

  /// Changes the size.
  package func resize(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    test_screen_resize(screen, Int32(rows), Int32(columns))
  }

  /// The text of a row without the blanks at its end; unwritten cells before are spaces.
  package func row(_ row: Int) -> String {
    var text = ""
    var column = 0
    while column < columns {
      let cell = self.cell(row: row, column: column)
      text += cell.text.isEmpty ? " " : cell.text
      column += max(cell.width, 1)
    }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// All rows, as `row` gives them.
  package var text: [String] { (0..<rows).map(row) }

  /// Whether any row contains `text`.
  package func shows(_ text: String) -> Bool {
    self.text.contains { $0.contains(text) }
  }

  /// The first row that contains `text`, and the column where it begins.
  package func find(_ text: String) -> (row: Int, column: Int)? {
    for (index, row) in self.text.enumerated() {
      var column = 0
      var rest = row[...]
      while !rest.isEmpty {
        if rest.hasPrefix(text) { return (index, column) }
        rest = rest.dropFirst()
        column += max(cell(row: index, column: column).width, 1)
      }
    }
    return nil
  }

  /// The cell at a position.
  package func cell(row: Int, column: Int) -> VirtualCell {
    var found = test_cell()
    test_screen_cell(screen, Int32(row), Int32(column), &found)
    var text = ""
    withUnsafeBytes(of: found.characters) { raw in
      for value in raw.bindMemory(to: UInt32.self) {
        guard value != 0, let scalar = Unicode.Scalar(value) else { break }
        text.unicodeScalars.append(scalar)
      }
    }
    return VirtualCell(
      text: text, width: Int(found.width), foreground: Self.color(found.foreground_kind, found.foreground),
      background: Self.color(found.background_kind, found.background), isBold: found.bold, isItalic: found.italic,
      isUnderlined: found.underline, isReversed: found.reverse, isStruck: found.strike)
  }

  /// Where the cursor is, from zero, and whether it can be seen.
  package var cursor: (row: Int, column: Int, isVisible: Bool) {
    var row: Int32 = 0
    var column: Int32 = 0
    var isVisible = false
    test_screen_cursor(screen, &row, &column, &isVisible)
    return (Int(row), Int(column), isVisible)
  }

  /// Whether the alternate screen is on.
  package var isAlternateScreen: Bool { test_screen_is_alternate(screen) }

  private static func color(_ kind: UInt8, _ value: (UInt8, UInt8, UInt8)) -> VirtualColor {
    switch kind {
    case 0: .terminal
    case 1: .palette(value.0)
    default: .rgb(value.0, value.1, value.2)
    }
  }
}
