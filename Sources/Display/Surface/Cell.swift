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
  /// Open addressing over the clusters: index + 1, or 0 where nothing is. The size is a power of two, at least twice the
  /// number of clusters.
  private var slots: [UInt32] = []

  /// An empty table.
  package init() {}

  package var count: Int { clusters.count }

  package static func == (left: GlyphTable, right: GlyphTable) -> Bool { left.clusters == right.clusters }

  /// The glyph value for a cluster of one or more scalars; U+FFFD for an empty one.
  package mutating func glyph(for cluster: String) -> UInt32 {
    var cluster = cluster
    return cluster.withUTF8 { glyph(forUTF8: $0) }
  }

  /// The glyph value for a cluster in UTF-8, which is repaired if it is none.
  ///
  /// Clusters are told apart by their bytes; a string as a key would be normalised for every look-up.
  package mutating func glyph(forUTF8 bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard !bytes.isEmpty else { return 0xFFFD }
    let first = UTF8Decoding.scalar(in: bytes, at: 0, end: bytes.count)
    if first.length == bytes.count { return first.value }
    if slots.isEmpty { slots = Array(repeating: 0, count: 64) }
    let hash = Self.hash(bytes)
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      if Self.isEqual(clusters[index], bytes) { return Self.firstIndex + UInt32(index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard clusters.count < Self.capacity else { return first.value }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.count == bytes.count, Self.isEqual(text, bytes) else { return glyph(for: text) }
    clusters.append(text)
    slots[slot] = UInt32(clusters.count)
    if clusters.count * 2 > slots.count { grow() }
    return Self.firstIndex + UInt32(clusters.count - 1)
  }

  private mutating func grow() {
    let size = slots.count * 2
    slots = Array(repeating: 0, count: size)
    for (index, cluster) in clusters.enumerated() {
      var cluster = cluster
      var slot = cluster.withUTF8(Self.hash) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }

  /// FNV-1a; clusters are a few bytes long.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }

  private static func isEqual(_ cluster: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    cluster.utf8.withContiguousStorageIfAvailable { $0.elementsEqual(bytes) } ?? cluster.utf8.elementsEqual(bytes)
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
