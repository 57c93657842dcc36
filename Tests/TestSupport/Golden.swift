// Pictures that were looked at once and must stay as they are: glyphs and roles of a screen, in a file a person can read.

package import Display
import Platform

/// Golden screens under `Tests/InterfaceTests/Screens`.
package enum Golden {
  /// Compares a picture with the golden screen of that name.
  ///
  /// With `UPDATE_GOLDEN=1` the file is written instead, and the picture is right by definition.
  /// - Returns: nil if they are equal; else what differs, in words and lines for `#expect(… == nil)`.
  package static func difference(_ name: String, _ frame: Frame) -> String? {
    difference(name, text: picture(of: frame))
  }

  /// Compares any text with the golden file of that name; as `difference(_:_:)`.
  package static func difference(_ name: String, text: String) -> String? {
    let path = "\(CheckoutFolder.root)/Tests/InterfaceTests/Screens/\(name).screen"
    if Environment.captured()["UPDATE_GOLDEN"] == "1" {
      do {
        try LocalFiles.write(Array(text.utf8), to: path)
        return nil
      } catch {
        return "cannot write \(path): \(error)"
      }
    }
    guard let bytes = try? LocalFiles.read(path, atMost: 1 << 22) else {
      return "no golden screen \(name); look at the picture, then run once with UPDATE_GOLDEN=1\n\(text)"
    }
    let golden = String(decoding: bytes, as: UTF8.self)
    if golden == text { return nil }
    let wanted = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let found = text.split(separator: "\n", omittingEmptySubsequences: false)
    var lines = ["\(name) differs (- golden, + now):"]
    for index in 0..<max(wanted.count, found.count) {
      let old = index < wanted.count ? wanted[index] : nil
      let new = index < found.count ? found[index] : nil
      if old == new { continue }
      if let old { lines.append("\(index + 1) -\(old)") }
      if let new { lines.append("\(index + 1) +\(new)") }
    }
    return lines.joined(separator: "\n")
  }

  /// A frame as text: the glyph grid, the role grid (a dot for `text`, one letter for each other role, explained below it),
  /// an attribute grid where there are any, cursor and title.
  package static func picture(of frame: Frame) -> String {
    let size = frame.surface.size
    var glyphs: [String] = []
    var roles: [String] = []
    var attributes: [String] = []
    var letters: [ThemeRole: Character] = [:]
    var legend: [String] = []
    let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    for y in 0..<size.rows {
      var glyphRow = ""
      var roleRow = ""
      var attributeRow = ""
      for x in 0..<size.columns {
        let cell = frame.surface[Point(x: x, y: y)]
        if cell.width > 0 { glyphRow += frame.glyphs.text(of: cell.glyph) }
        if letters[cell.role] == nil {
          letters[cell.role] = cell.role == .text ? "." : alphabet[legend.count % alphabet.count]
          if cell.role != .text { legend.append("\(alphabet[legend.count % alphabet.count]) \(cell.role.name)") }
        }
        roleRow.append(letters[cell.role] ?? "?")
        // 0x2E is ".", for no attributes; the bits are written as a character of the range after it.
        attributeRow.unicodeScalars.append(
          cell.attributes.isEmpty ? "." : Unicode.Scalar(0x40 + cell.attributes.rawValue))
      }
      glyphs.append("|\(glyphRow)|")
      roles.append("|\(roleRow)|")
      attributes.append("|\(attributeRow)|")
    }
    var lines = ["\(size.columns)x\(size.rows)"] + glyphs + ["roles"] + roles + legend
    if attributes.contains(where: { $0.contains { $0 != "." && $0 != "|" } }) {
      lines += ["attributes (@ plus bold 1, dim 2, italic 4, underline 8, strikethrough 16, reverse 32)"] + attributes
    }
    lines.append(frame.cursor.map { "cursor \($0.x),\($0.y) \(frame.cursorShape)" } ?? "cursor hidden")
    if let title = frame.title { lines.append("title \(title)") }
    return lines.joined(separator: "\n") + "\n"
  }
}
