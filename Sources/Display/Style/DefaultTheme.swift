// The two themes that are built in, so that the program can draw before, and without, any file. `themes/dark.toml` and
// `themes/light.toml` say the same; a test compares them. The terminal's own colours stay wherever a role needs none.

/// The themes that need no file.
package enum DefaultTheme {
  /// For dark terminals, and where nothing is known.
  package static let dark = Theme(
    name: "dark", appearance: .dark,
    styles: [
      .text: style(),
      .dim: style(0x959EB0),
      .title: style(0xC8D3F5, with: .bold),
      .titleMark: style(0xE5C07B),
      .user: style(0x82AAFF),
      .assistant: style(),
      .system: style(0xC8A4FF),
      .thinking: style(0x99A4C2, with: .italic),
      .tool: style(0x7DCFE0),
      .toolResult: style(0x9FB0C3),
      .error: style(0xFF7F88, with: .bold),
      .warning: style(0xF0B36B),
      .success: style(0xA6D189),
      .notice: style(0xE5C07B),
      .code: style(0xD5DBE8, on: 0x22262E),
      .codeLabel: style(0x959EB0, on: 0x22262E),
      .codeKeyword: style(0xC8A4FF, on: 0x22262E, with: .bold),
      .codeString: style(0xA6D189, on: 0x22262E),
      .codeComment: style(0x8D97AA, on: 0x22262E, with: .italic),
      .codeNumber: style(0xF0A878, on: 0x22262E),
      .codeType: style(0x7DCFE0, on: 0x22262E),
      .codeFunction: style(0x8FB4FF, on: 0x22262E),
      .codeAttribute: style(0xE5C07B, on: 0x22262E),
      .codeInserted: style(0xB4E08E, on: 0x1D2F22),
      .codeDeleted: style(0xFF9AA0, on: 0x3A2026),
      .inlineCode: style(0xE8CFA0, on: 0x22262E),
      .math: style(0x9FD8C8, with: .italic),
      .heading: style(0x82AAFF, with: .bold),
      .headingMinor: style(0xA9C0F7, with: [.bold, .italic]),
      .emphasis: style(with: .italic),
      .strong: style(with: .bold),
      .quote: style(0xA9B4C8, with: .italic),
      .link: style(0x7DCFE0, with: .underline),
      .listMarker: style(0x82AAFF),
      .rule: style(0x737D90),
      .tableBorder: style(0x737D90),
      .tableHeader: style(0xC8D3F5, with: .bold),
      .quoteBar: style(0x737D90),
      .hint: style(0x14161B, on: 0xFF8AC6, with: .bold),
      .browseMark: style(0xFFB05C, with: .bold),
      .control: style(0xFF9E64, with: .bold),
      .selection: style(0xEEF1F8, on: 0x34415F),
      .match: style(0x1B1D23, on: 0xE5C07B),
      .currentMatch: style(0x1B1D23, on: 0xF2A2FF, with: .bold),
      .streamingCursor: style(0x82AAFF),
      .composer: style(),
      .composerPrompt: style(0x82AAFF, with: .bold),
      .composerHint: style(0x959EB0),
      .queued: style(0x959EB0, with: .italic),
      .status: style(0xB4BCCB, on: 0x22262E),
      .statusKey: style(0xE5C07B, on: 0x22262E, with: .bold),
      .statusLive: style(0xA6D189, on: 0x22262E),
      .statusError: style(0xFF7F88, on: 0x22262E, with: .bold),
      .border: style(0x737D90),
      .popup: style(0xD5DBE8, on: 0x22262E),
      .popupTitle: style(0x82AAFF, on: 0x22262E, with: .bold),
      .popupSelected: style(0xFFFFFF, on: 0x3A4766, with: .bold),
      .popupKey: style(0xE5C07B, on: 0x22262E),
      .listItem: style(),
      .listSelected: style(0xEEF1F8, on: 0x34415F, with: .bold),
      .listUnread: style(0xE5C07B, with: .bold),
      .listLive: style(0xA6D189),
      .graph: style(0x82AAFF),
      .graphAlternate: style(0xC8A4FF),
      .graphAxis: style(0x737D90),
    ])

  /// For light terminals.
  package static let light = Theme(
    name: "light", appearance: .light,
    styles: [
      .text: style(),
      .dim: style(0x5F6675),
      .title: style(0x1F2A44, with: .bold),
      .titleMark: style(0x7D5200),
      .user: style(0x1F53B5),
      .assistant: style(),
      .system: style(0x7A3DB8),
      .thinking: style(0x5A6179, with: .italic),
      .tool: style(0x0B6473),
      .toolResult: style(0x4A5365),
      .error: style(0xB3202C, with: .bold),
      .warning: style(0x8A4F00),
      .success: style(0x2B6A2B),
      .notice: style(0x7D5200),
      .code: style(0x24292F, on: 0xEEF0F4),
      .codeLabel: style(0x5F6675, on: 0xEEF0F4),
      .codeKeyword: style(0x7A3DB8, on: 0xEEF0F4, with: .bold),
      .codeString: style(0x28662A, on: 0xEEF0F4),
      .codeComment: style(0x5F6675, on: 0xEEF0F4, with: .italic),
      .codeNumber: style(0x9A4410, on: 0xEEF0F4),
      .codeType: style(0x0B6473, on: 0xEEF0F4),
      .codeFunction: style(0x1F53B5, on: 0xEEF0F4),
      .codeAttribute: style(0x735000, on: 0xEEF0F4),
      .codeInserted: style(0x1D5E22, on: 0xDEF3DF),
      .codeDeleted: style(0x9C1822, on: 0xFBE3E4),
      .inlineCode: style(0x7A2F4F, on: 0xEEF0F4),
      .math: style(0x14605A, with: .italic),
      .heading: style(0x1F53B5, with: .bold),
      .headingMinor: style(0x2F6288, with: [.bold, .italic]),
      .emphasis: style(with: .italic),
      .strong: style(with: .bold),
      .quote: style(0x4A5365, with: .italic),
      .link: style(0x0B6473, with: .underline),
      .listMarker: style(0x1F53B5),
      .rule: style(0x7F8592),
      .tableBorder: style(0x7F8592),
      .tableHeader: style(0x1F2A44, with: .bold),
      .quoteBar: style(0x7F8592),
      .hint: style(0xFFFFFF, on: 0xB3126E, with: .bold),
      .browseMark: style(0xA84300, with: .bold),
      .control: style(0xA84300, with: .bold),
      .selection: style(0x10131A, on: 0xCDD9F5),
      .match: style(0x1B1D23, on: 0xFFE08A),
      .currentMatch: style(0x1B1D23, on: 0xFFB366, with: .bold),
      .streamingCursor: style(0x1F53B5),
      .composer: style(),
      .composerPrompt: style(0x1F53B5, with: .bold),
      .composerHint: style(0x5F6675),
      .queued: style(0x5F6675, with: .italic),
      .status: style(0x414958, on: 0xE6E8ED),
      .statusKey: style(0x744B00, on: 0xE6E8ED, with: .bold),
      .statusLive: style(0x23631F, on: 0xE6E8ED),
      .statusError: style(0xA81C28, on: 0xE6E8ED, with: .bold),
      .border: style(0x7F8592),
      .popup: style(0x24292F, on: 0xEEF0F4),
      .popupTitle: style(0x1F53B5, on: 0xEEF0F4, with: .bold),
      .popupSelected: style(0x10131A, on: 0xC3D2F4, with: .bold),
      .popupKey: style(0x7D5200, on: 0xEEF0F4),
      .listItem: style(),
      .listSelected: style(0x10131A, on: 0xCDD9F5, with: .bold),
      .listUnread: style(0x7D5200, with: .bold),
      .listLive: style(0x2B6A2B),
      .graph: style(0x1F53B5),
      .graphAlternate: style(0x7A3DB8),
      .graphAxis: style(0x7F8592),
    ])

  /// The built-in theme for a terminal of that appearance.
  package static func theme(for appearance: Appearance) -> Theme {
    switch appearance {
    case .dark: dark
    case .light: light
    }
  }

  private static func style(
    _ foreground: UInt32? = nil, on background: UInt32? = nil, with attributes: TextAttributes = []
  ) -> Style {
    Style(foreground: color(foreground), background: color(background), attributes: attributes)
  }

  private static func color(_ value: UInt32?) -> Color {
    guard let value else { return .terminal }
    return .rgb(UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255))
  }
}
