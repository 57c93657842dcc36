// The socket behind which a real terminal, or a test's recorder, sits.

/// What can go wrong between the program and its screen.
package enum ScreenError: Error, Equatable, Sendable {
  /// The terminal is gone: end of file, hang-up or an input/output error.
  case lost
  /// No usable terminal description; the reason in words.
  case unusable(String)
}

/// What stands between the program and the terminal that has the clipboard.
package enum ClipboardPassage: Equatable, Sendable {
  /// Nothing, or something that understands OSC 52 itself.
  case direct
  /// tmux, which passes on what is wrapped for it.
  case tmux
  /// GNU screen, which passes on what is wrapped for it in small pieces.
  case screen
}

/// A word to somebody who looks elsewhere.
package struct TerminalNotification: Equatable, Sendable {
  /// Outside text, sanitised where it is sent.
  package var title: String
  package var body: String

  /// A title with a line below it.
  package init(title: String, body: String) {
    self.title = title
    self.body = body
  }
}

/// Something that shows frames and delivers bytes typed by the user. Used from one thread.
package protocol ScreenDevice: ~Copyable {
  /// The present size in cells.
  var size: Size { get }
  /// Whether bytes of an earlier frame still wait; no new frame is presented until they are gone.
  var hasPendingOutput: Bool { get }
  /// Becomes readable when something was typed.
  var inputDescriptor: Int32 { get }
  /// Becomes writable when pending bytes can go on.
  var outputDescriptor: Int32 { get }

  /// Takes the terminal over: saves its state, switches modes on.
  mutating func enter() throws(ScreenError)
  /// Gives the terminal back as it was found.
  mutating func leave()
  /// Gives the terminal back and stops the process; takes it over again when it is continued.
  mutating func suspend() throws(ScreenError)
  /// Gives the terminal, by its descriptor, to another program while `body` runs.
  mutating func lend<Result>(_ body: (Int32) -> Result) throws(ScreenError) -> Result

  /// Shows a frame; sends only what differs from the one before.
  mutating func present(_ frame: borrowing Frame) throws(ScreenError)
  /// Writes what is pending, as far as the terminal takes it.
  mutating func flush() throws(ScreenError)
  /// Makes the next frame a complete one.
  mutating func invalidate()
  /// Asks the system for the size after it changed.
  mutating func resize() -> Size

  /// What was typed since the last call, possibly nothing; never waits.
  mutating func readBytes() throws(ScreenError) -> [UInt8]
  /// Asks the terminal what it can do; the answers arrive as input.
  mutating func askAbilities() throws(ScreenError)
  /// Asks again for the background, which may have changed; the answer, if there is one, arrives as input.
  mutating func askBackground() throws(ScreenError)
  /// Takes an answer in, or what the terminal told by itself.
  /// - Returns: whether the terminal's colours are dark or light, if this told it.
  mutating func take(_ reply: TerminalReply) throws(ScreenError) -> Appearance?

  /// Switches mouse reports on or off.
  mutating func useMouse(_ isWanted: Bool) throws(ScreenError)
  /// Hands text to the clipboard by OSC 52. Whether the terminal takes it is not known.
  /// - Returns: `false`, having done nothing, if the text is longer than terminals take.
  mutating func copyToClipboard(_ text: String, through passage: ClipboardPassage) throws(ScreenError) -> Bool
  /// Asks for a desktop notification.
  /// - Returns: whether it was sent to a terminal that is known to show it; nothing is sent to any other.
  mutating func notify(_ notification: TerminalNotification) throws(ScreenError) -> Bool
  /// Rings the bell.
  mutating func ringBell() throws(ScreenError)
}
