// The bytes that hand text to a terminal's clipboard, also through what stands before the terminal.

import Display

/// OSC 52 (xterm's ctlseqs, "Operating System Commands").
enum ClipboardSequence {
  /// The sequence for the selection `c`, as the terminal or what stands before it takes it.
  static func bytes(for text: String, through passage: ClipboardPassage) -> [UInt8] {
    wrapped(Array("\u{1B}]52;c;".utf8) + Base64.encoded(Array(text.utf8)), through: passage)
  }

  /// An operating system command, from its ESC to before its end, as what stands before the terminal takes it. It holds
  /// no control but that first ESC.
  static func wrapped(_ body: [UInt8], through passage: ClipboardPassage) -> [UInt8] {
    switch passage {
    case .direct: return body + Array("\u{1B}\\".utf8)
    case .tmux:
      // tmux(1), "allow-passthrough": every ESC inside is doubled. BEL ends the inner sequence without another one.
      return Array("\u{1B}Ptmux;\u{1B}".utf8) + body + Array("\u{7}\u{1B}\\".utf8)
    case .screen:
      // screen(1), "Virtual Terminal": the content of a DCS goes to the terminal as it is, so the pieces join there.
      var result: [UInt8] = []
      let whole = body + [0x07]
      for start in stride(from: 0, to: whole.count, by: screenPiece) {
        result += Array("\u{1B}P".utf8) + whole[start..<min(start + screenPiece, whole.count)] + Array("\u{1B}\\".utf8)
      }
      return result
    }
  }

  // The string buffer of old versions of screen holds 256 bytes (MAXSTR); what is longer is cut.
  private static let screenPiece = 240
}
