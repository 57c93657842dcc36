// What the text of a paragraph, a heading or a table cell looks like once its inline markup was read.

/// How a piece of text is set. Pieces nest in the source; here each says all that holds for it.
package struct InlineStyle: OptionSet, Equatable, Hashable, Sendable {
  package let rawValue: UInt16

  /// The set with these bits.
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let emphasis = InlineStyle(rawValue: 1)
  package static let strong = InlineStyle(rawValue: 2)
  package static let strikethrough = InlineStyle(rawValue: 4)
  package static let code = InlineStyle(rawValue: 8)
  package static let link = InlineStyle(rawValue: 16)
  /// The description of an image, which is never fetched.
  package static let image = InlineStyle(rawValue: 32)
  /// Mathematics, already readable (`MathText`).
  package static let math = InlineStyle(rawValue: 64)
  /// A raw HTML tag, shown as the text it is.
  package static let html = InlineStyle(rawValue: 128)
  /// A reference to a footnote, such as `[1]`.
  package static let footnote = InlineStyle(rawValue: 256)
  /// The text differs from the bytes it stands for: an entity, a line break, a formula.
  package static let replaced = InlineStyle(rawValue: 512)
}

/// A stretch of `InlineText.text` that is set in one way.
package struct InlineSpan: Equatable, Sendable {
  /// Where it ends in the text; it begins where the one before it ends.
  package var end: Int
  /// The byte of the source at which it begins. Byte n of the span is byte `source + n` unless it is `replaced`.
  package var source: Int
  package var style: InlineStyle
  /// An index into `InlineText.links`; −1 without one.
  package var link: Int
}

/// The target of a link or an image.
package struct InlineLink: Equatable, Sendable {
  /// As CommonMark has it: entities and backslashes resolved, nothing percent-encoded. Bytes from outside.
  package var destination: String
  /// The title; empty without one.
  package var title: String
}
