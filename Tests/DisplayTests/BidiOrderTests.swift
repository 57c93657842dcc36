import Testing

@testable import Display

/// Cells of a text as the program makes them.
private func row(_ text: String, _ glyphs: inout GlyphTable) -> [Cell] {
  Sanitizer.line(text, role: .text, glyphs: &glyphs)
}

/// What is seen of a text, from left to right.
private func seen(_ text: String, _ base: TextDirection) -> String {
  var glyphs = GlyphTable()
  let cells = row(text, &glyphs)
  let order = BidiOrder.order(cells, glyphs: glyphs, base: base)
  return (order?.cells ?? cells).filter { $0.width > 0 }.map { glyphs.text(of: $0.glyph) }.joined()
}

@Suite("Right-to-left rows") struct BidiOrderTests {
  // Right-to-left letters are written here as escapes, so that no editor turns a line of this table around:
  // aleph, bet, gimel are 5D0, 5D1, 5D2; alef, beh, ain are 627, 628, 639.
  @Test(
    "A row is seen in the order of UAX #9",
    arguments: [
      // Hebrew, alone and in a sentence of another language.
      ("\u{5D0}\u{5D1}\u{5D2}", TextDirection.rightToLeft, "\u{5D2}\u{5D1}\u{5D0}"),
      ("say \u{5D0}\u{5D1} \u{5D2} now", .leftToRight, "say \u{5D2} \u{5D1}\u{5D0} now"),
      ("\u{5D0}\u{5D1} riffle \u{5D2}", .rightToLeft, "\u{5D2} riffle \u{5D1}\u{5D0}"),
      // Punctuation at the end belongs to the paragraph.
      ("\u{5D0}\u{5D1}!", .rightToLeft, "!\u{5D1}\u{5D0}"), ("\u{5D0}\u{5D1}!", .leftToRight, "\u{5D1}\u{5D0}!"),
      ("\u{5D0} ok.", .rightToLeft, ".ok \u{5D0}"), ("ok. \u{5D0}", .leftToRight, "ok. \u{5D0}"),
      // Numbers run from left to right, with their separators, signs and units.
      ("\u{5D0} 1,234.5 \u{5D1}", .rightToLeft, "\u{5D1} 1,234.5 \u{5D0}"),
      ("\u{5D0} $15% \u{5D1}", .rightToLeft, "\u{5D1} $15% \u{5D0}"),
      ("\u{5D0} -5", .rightToLeft, "5- \u{5D0}"), ("\u{5D0} 3+4", .rightToLeft, "3+4 \u{5D0}"),
      ("a 12 \u{5D0} 34", .leftToRight, "a 12 34 \u{5D0}"),
      // After an Arabic letter digits are Arabic numbers, which a plus does not join.
      ("\u{639}\u{628} 12:30", .rightToLeft, "12:30 \u{628}\u{639}"), ("\u{639} 3+4", .rightToLeft, "4+3 \u{639}"),
      ("\u{639}\u{661}\u{662}", .rightToLeft, "\u{661}\u{662}\u{639}"),
      ("\u{639} 20%", .rightToLeft, "%20 \u{639}"),
      // Brackets go with what they enclose, and are mirrored.
      ("\u{5D0} (\u{5D1}) \u{5D2}", .rightToLeft, "\u{5D2} (\u{5D1}) \u{5D0}"),
      ("\u{5D0} (ok) \u{5D1}", .rightToLeft, "\u{5D1} (ok) \u{5D0}"),
      ("f(\u{5D0}, \u{5D1})", .leftToRight, "f(\u{5D1} ,\u{5D0})"),
      ("\u{5D0}(b)\u{5D1}.", .rightToLeft, ".\u{5D1}(b)\u{5D0}"),
      ("\u{5D0} <\u{5D1}>", .rightToLeft, "<\u{5D1}> \u{5D0}"),
      ("a (\u{5D0}) b", .leftToRight, "a (\u{5D0}) b"),
      // Blanks at the end stay at the end; a list's sign and a path stay readable.
      ("\u{5D0}\u{5D1}  ", .leftToRight, "\u{5D1}\u{5D0}  "), ("\u{5D0}\u{5D1}  ", .rightToLeft, "  \u{5D1}\u{5D0}"),
      ("- \u{5D0}\u{5D1}", .leftToRight, "- \u{5D1}\u{5D0}"), ("- \u{5D0}\u{5D1}", .rightToLeft, "\u{5D1}\u{5D0} -"),
      ("\u{5D0} /usr/bin", .rightToLeft, "usr/bin/ \u{5D0}"),
      // Marks stay on their letters, wide characters whole.
      ("\u{5D0}\u{5B8}\u{5D1}", .rightToLeft, "\u{5D1}\u{5D0}\u{5B8}"),
      ("\u{5D0}漢字😀\u{5D1}", .rightToLeft, "\u{5D1}😀漢字\u{5D0}"),
      // Other scripts of that direction: Syriac, Thaana, N'Ko, Adlam, Hanifi Rohingya.
      ("\u{710}\u{712}", .rightToLeft, "\u{712}\u{710}"), ("\u{78C}\u{78D}", .rightToLeft, "\u{78D}\u{78C}"),
      ("\u{7CA}\u{7CB}", .rightToLeft, "\u{7CB}\u{7CA}"),
      ("\u{1E900}\u{1E901}", .rightToLeft, "\u{1E901}\u{1E900}"),
      ("\u{10D00}\u{10D01}", .rightToLeft, "\u{10D01}\u{10D00}"),
    ])
  func order(_ text: String, _ base: TextDirection, _ expected: String) {
    #expect(seen(text, base) == expected)
  }

  @Test("Other text is left alone")
  func untouched() {
    var glyphs = GlyphTable()
    for text in ["", "plain text (1,234)", "漢字 e\u{301} 👨‍👩‍👧", "ελληνικά", "नमस्ते", "── │"] {
      #expect(BidiOrder.order(row(text, &glyphs), glyphs: glyphs) == nil)
    }
  }

  @Test(
    "The first strong character decides about the direction of a line",
    arguments: [
      ("\u{5D0} a", TextDirection.rightToLeft), ("a \u{5D0}", .leftToRight), ("12. \u{639}", .rightToLeft),
      ("- (\u{5D0})", .rightToLeft), ("1 + 2", nil), ("", nil), ("👍 ok", .leftToRight),
    ])
  func direction(_ text: String, _ direction: TextDirection?) {
    let bytes = Array(text.utf8)
    #expect(bytes.withUnsafeBufferPointer { BidiOrder.direction(of: $0, range: 0..<$0.count) } == direction)
  }

  @Test("Any row keeps all its cells, once each, with wide ones whole")
  func permutation() {
    let pieces: [Unicode.Scalar] = [
      "a", "1", "\u{661}", "\u{5D0}", "\u{639}", "(", ")", "[", "]", "+", ",", "$", " ", "!", "漢", "\u{5B0}", "\u{A0}",
      "\u{10D00}", "\u{3008}", "\u{2329}",
    ]
    for seed in 1...300 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      var cells: [Cell] = []
      for _ in 0..<Int.random(in: 0..<120, using: &generator) {
        let scalar = pieces.randomElement(using: &generator) ?? " "
        let width: UInt8 = scalar == "漢" ? 2 : 1
        cells.append(Cell(glyph: scalar.value, width: width, role: .text))
        // Now and then half of a wide character is missing, or alone.
        if width == 2, Int.random(in: 0..<8, using: &generator) > 0 { cells.append(.continuation(role: .text)) }
        if Int.random(in: 0..<40, using: &generator) == 0 { cells.append(.continuation(role: .text)) }
        if Int.random(in: 0..<40, using: &generator) == 0 {
          cells.append(Cell(glyph: .random(in: 0 ... .max, using: &generator), role: .text))
        }
      }
      for base in [TextDirection.leftToRight, .rightToLeft] {
        guard let order = BidiOrder.order(cells, glyphs: GlyphTable(), base: base) else { continue }
        #expect(order.logical.sorted() == Array(cells.indices), "seed \(seed)")
        #expect(order.visual.map { order.logical[$0] } == Array(cells.indices), "seed \(seed)")
        for (column, index) in order.logical.enumerated() where cells[index].width == 2 {
          guard index + 1 < cells.count, cells[index + 1].width == 0 else { continue }
          #expect(order.logical[column + 1] == index + 1, "seed \(seed)")
        }
        for (column, index) in order.logical.enumerated() {
          #expect(order.cells[column].width == cells[index].width, "seed \(seed)")
        }
      }
    }
  }

  @Test("Rows full of brackets and neutral characters take time in proportion to their length")
  func manyBrackets() {
    for text in [String(repeating: "(", count: 2_000), String(repeating: "()", count: 1_000)] {
      let cells = (text + "\u{5D0}").unicodeScalars.map { Cell($0, role: .text) }
      #expect(BidiOrder.order(cells, glyphs: GlyphTable())?.logical.count == 2_001)
    }
  }
}
