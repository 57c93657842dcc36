// One cell of the screen, eight bytes without references, so that a screenful is filled, copied and compared as plain
// memory. A grapheme cluster of several scalars is an index into the `GlyphTable` that travels with the frame.

/// What stands in one column of one row.
///
/// Built from outside text only by `Sanitizer`; from our own text by the literal initializers.
package struct Cell: Equatable, Hashable, Sendable {
  /// A Unicode scalar value, or `GlyphTable.firstIndex` plus an index into the table.
  package var glyph: UInt32
  /// Raw value of a `ThemeRole`.
  package var roleValue: UInt8
  package var attributes: TextAttributes
  /// Columns taken: 1 or 2, or 0 for the right half of the wide cell before it.
  package var width: UInt8
  /// Keeps the cell at eight bytes; always zero, so that rows can be compared as memory.
  private let padding: UInt8 = 0

  /// A cell of `width` columns with that glyph.
  package init(glyph: UInt32, width: UInt8 = 1, role: ThemeRole, attributes: TextAttributes = []) {
    self.glyph = glyph
    self.roleValue = role.rawValue
    self.attributes = attributes
    self.width = width
  }

  /// A cell with one of our own characters, one column wide.
  package init(_ scalar: Unicode.Scalar, role: ThemeRole, attributes: TextAttributes = []) {
    self.init(glyph: scalar.value, role: role, attributes: attributes)
  }

  /// The right half of a wide cell.
  package static func continuation(role: ThemeRole, attributes: TextAttributes = []) -> Cell {
    Cell(glyph: 0x20, width: 0, role: role, attributes: attributes)
  }

  /// An empty cell.
  package static func blank(_ role: ThemeRole = .text) -> Cell { Cell(" ", role: role) }

  package var role: ThemeRole {
    get { ThemeRole(rawValue: roleValue) ?? .text }
    set { roleValue = newValue.rawValue }
  }
}

/// Grapheme clusters of more than one scalar, by number. Grows only; bounded.
package struct GlyphTable: Equatable, Sendable {
  /// Glyph values from here on are indices into the table; below are Unicode scalars.
  package static let firstIndex: UInt32 = 0x11_0000
  /// More different clusters than this on one run are shown by their first scalar.
  package static let capacity = 65_536

  private var clusters: [String] = []
  private var numbers: [String: UInt32] = [:]

  /// An empty table.
  package init() {}

  package var count: Int { clusters.count }

  /// The glyph value for a cluster of one or more scalars; U+FFFD for an empty one.
  package mutating func glyph(for cluster: String) -> UInt32 {
    var scalars = cluster.unicodeScalars.makeIterator()
    guard let first = scalars.next() else { return 0xFFFD }
    if scalars.next() == nil { return first.value }
    if let number = numbers[cluster] { return number }
    guard clusters.count < Self.capacity else { return first.value }
    let number = Self.firstIndex + UInt32(clusters.count)
    clusters.append(cluster)
    numbers[cluster] = number
    return number
  }

  /// The text of a glyph value; U+FFFD for one that this table does not know.
  package func text(of glyph: UInt32) -> String {
    if glyph >= Self.firstIndex {
      let index = Int(glyph - Self.firstIndex)
      return index < clusters.count ? clusters[index] : "\u{FFFD}"
    }
    return Unicode.Scalar(glyph).map { String(Character($0)) } ?? "\u{FFFD}"
  }
}
