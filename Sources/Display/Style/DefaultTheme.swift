// The two themes that are built in, so that the program can draw before, and without, any file. `themes/dark.toml` and
// `themes/light.toml` say the same; a test compares them. The terminal's own colours stay wherever a role needs none.

/// The themes that need no file.
package enum DefaultTheme {
  /// For dark terminals, and where nothing is known.
  package static let dark = Theme(
    name: "dark", appearance: .dark,
    styles: [
      .text: style(),
      .dim: style(0x8B93A5),
      .title: style(0xC8D3F5, with: .bold),
      .titleMark: style(0xE5C07B),
      .user: style(0x82AAFF),
      .assistant: style(),
      .system: style(0xC099FF),
      .thinking: style(0x8F9AB8, with: .italic),
      .tool: style(0x7DCFE0),
      .toolResult: style(0x9FB0C3),
      .error: style(0xFF757F),
      .warning: style(0xF0B36B),
      .success: style(0xA6D189),
      .notice: style(0xE5C07B),
      .code: style(0xD5DBE8, on: 0x22262E),
      .codeLabel: style(0x8B93A5, on: 0x22262E),
      .codeKeyword: style(0xC4A7F0, on: 0x22262E),
      .codeString: style(0xA6D189, on: 0x22262E),
      .codeComment: style(0x8B95A8, on: 0x22262E, with: .italic),
      .codeNumber: style(0xF0A878, on: 0x22262E),
      .heading: style(0x82AAFF, with: .bold),
      .emphasis: style(with: .italic),
      .strong: style(with: .bold),
      .quote: style(0xA9B4C8, with: .italic),
      .link: style(0x7DCFE0, with: .underline),
      .listMarker: style(0x82AAFF),
      .rule: style(0x666F80),
      .tableBorder: style(0x666F80),
      .control: style(0xFF9E64, with: .bold),
      .selection: style(0xEEF1F8, on: 0x34415F),
      .match: style(0x1B1D23, on: 0xE5C07B),
      .currentMatch: style(0x1B1D23, on: 0xFF9E64, with: .bold),
      .streamingCursor: style(0x82AAFF),
      .composer: style(),
      .composerPrompt: style(0x82AAFF, with: .bold),
      .composerHint: style(0x7D8698),
      .queued: style(0x8B93A5, with: .italic),
      .status: style(0xB4BCCB, on: 0x22262E),
      .statusKey: style(0xE5C07B, on: 0x22262E, with: .bold),
      .statusLive: style(0xA6D189, on: 0x22262E),
      .statusError: style(0xFF757F, on: 0x22262E, with: .bold),
      .border: style(0x666F80),
      .popup: style(0xD5DBE8, on: 0x22262E),
      .popupTitle: style(0x82AAFF, on: 0x22262E, with: .bold),
      .popupSelected: style(0xFFFFFF, on: 0x3A4766),
      .popupKey: style(0xE5C07B, on: 0x22262E),
      .listItem: style(),
      .listSelected: style(0xFFFFFF, on: 0x34415F),
      .listUnread: style(0xE5C07B, with: .bold),
      .listLive: style(0xA6D189),
      .graph: style(0x82AAFF),
      .graphAlternate: style(0xC099FF),
      .graphAxis: style(0x6F7889),
    ])

  /// For light terminals.
  package static let light = Theme(
    name: "light", appearance: .light,
    styles: [
      .text: style(),
      .dim: style(0x6A7180),
      .title: style(0x1F2A44, with: .bold),
      .titleMark: style(0x8A5A00),
      .user: style(0x1F53B5),
      .assistant: style(),
      .system: style(0x7A3DB8),
      .thinking: style(0x5F6780, with: .italic),
      .tool: style(0x0B6B7A),
      .toolResult: style(0x4A5568),
      .error: style(0xB3202C),
      .warning: style(0x8F5200),
      .success: style(0x2B6E2B),
      .notice: style(0x8A5A00),
      .code: style(0x24292F, on: 0xF0F1F4),
      .codeLabel: style(0x646B7A, on: 0xF0F1F4),
      .codeKeyword: style(0x7A3DB8, on: 0xF0F1F4),
      .codeString: style(0x2B6A2B, on: 0xF0F1F4),
      .codeComment: style(0x646B7A, on: 0xF0F1F4, with: .italic),
      .codeNumber: style(0x9A4A10, on: 0xF0F1F4),
      .heading: style(0x1F53B5, with: .bold),
      .emphasis: style(with: .italic),
      .strong: style(with: .bold),
      .quote: style(0x515A6B, with: .italic),
      .link: style(0x0B6B7A, with: .underline),
      .listMarker: style(0x1F53B5),
      .rule: style(0x868C99),
      .tableBorder: style(0x868C99),
      .control: style(0xB34700, with: .bold),
      .selection: style(0x10131A, on: 0xCDD9F5),
      .match: style(0x1B1D23, on: 0xFFE08A),
      .currentMatch: style(0x1B1D23, on: 0xFFB366, with: .bold),
      .streamingCursor: style(0x1F53B5),
      .composer: style(),
      .composerPrompt: style(0x1F53B5, with: .bold),
      .composerHint: style(0x737A88),
      .queued: style(0x6A7180, with: .italic),
      .status: style(0x414958, on: 0xE6E8ED),
      .statusKey: style(0x7A4F00, on: 0xE6E8ED, with: .bold),
      .statusLive: style(0x23631F, on: 0xE6E8ED),
      .statusError: style(0xA81C28, on: 0xE6E8ED, with: .bold),
      .border: style(0x868C99),
      .popup: style(0x24292F, on: 0xF0F1F4),
      .popupTitle: style(0x1F53B5, on: 0xF0F1F4, with: .bold),
      .popupSelected: style(0x10131A, on: 0xC3D2F4),
      .popupKey: style(0x7A4F00, on: 0xF0F1F4),
      .listItem: style(),
      .listSelected: style(0x10131A, on: 0xCDD9F5),
      .listUnread: style(0x8A5A00, with: .bold),
      .listLive: style(0x2B6E2B),
      .graph: style(0x1F53B5),
      .graphAlternate: style(0x7A3DB8),
      .graphAxis: style(0x868C99),
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
