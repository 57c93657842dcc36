// How this terminal is asked for a desktop notification, if it is known to show any. Known from the environment alone:
// there is no question that terminals answer. What is not known gets nothing, because some print what they do not know.

import Display
import Platform

/// The way to a desktop notification.
struct NotificationRoute: Equatable {
  /// Which sequence is understood.
  enum Form: Equatable {
    /// OSC 9, one text: iTerm2 ("Proprietary Escape Codes"), WezTerm ("Escape Sequences"), Ghostty, ConEmu.
    case growl
    /// OSC 777;notify, title and text: urxvt, VTE's terminals, foot (foot-ctlseqs(7)).
    case urxvt
    /// OSC 99 (kitty, "Desktop notifications").
    case kitty
  }

  let form: Form
  let passage: ClipboardPassage

  init(form: Form, passage: ClipboardPassage) {
    self.form = form
    self.passage = passage
  }

  /// The way in this environment; `nil` where none is known.
  init?(_ environment: Environment) {
    guard let form = Self.form(environment) else { return nil }
    self.form = form
    // As with the clipboard: in a tmux inside of screen, or the other way round, the inner one counts.
    passage = environment["TMUX"] != nil ? .tmux : environment["STY"] != nil ? .screen : .direct
  }

  private static func form(_ environment: Environment) -> Form? {
    let term = environment["TERM"] ?? ""
    func isTerm(_ name: String) -> Bool { term == name || term.hasPrefix(name + "-") }
    // Inside tmux and screen TERM is theirs; these variables came from the terminal in which they were started.
    switch environment["TERM_PROGRAM"] {
    case "iTerm.app", "WezTerm", "ghostty": return .growl
    case "kitty": return .kitty
    default: break
    }
    if isTerm("xterm-kitty") || isTerm("kitty") || environment["KITTY_WINDOW_ID"] != nil { return .kitty }
    if isTerm("foot") || isTerm("rxvt-unicode") { return .urxvt }
    if isTerm("xterm-ghostty") || isTerm("ghostty") || isTerm("wezterm") { return .growl }
    if environment["LC_TERMINAL"] == "iTerm2" || environment["WEZTERM_PANE"] != nil
      || environment["GHOSTTY_RESOURCES_DIR"] != nil || environment["ConEmuPID"] != nil
    {
      return .growl
    }
    return environment["VTE_VERSION"] != nil ? .urxvt : nil
  }

  /// The bytes that ask for it. Texts are cut to a line each, and hold nothing that could end or divide the sequence.
  func bytes(for notification: TerminalNotification) -> [UInt8] {
    let title = Self.safe(notification.title)
    let body = Self.safe(notification.body)
    switch form {
    // ConEmu takes a text that begins with a digit for a command of its own; ours begins with a word.
    case .growl: return wrapped("9;\(Self.beginning(title)) – \(body)")
    case .urxvt: return wrapped("777;notify;\(title);\(body)")
    case .kitty: return wrapped("99;i=riffle:d=0;\(title)") + wrapped("99;i=riffle:p=body;\(body)")
    }
  }

  private func wrapped(_ command: String) -> [UInt8] {
    ClipboardSequence.wrapped(Array("\u{1B}]\(command)".utf8), through: passage)
  }

  private static func beginning(_ title: String) -> String {
    title.unicodeScalars.first.map { ("0"..."9").contains($0) } == true ? "riffle: \(title)" : title
  }

  /// One line without controls; a semicolon would end a field.
  private static func safe(_ text: String) -> String {
    String(String.UnicodeScalarView(Sanitizer.title(text).unicodeScalars.map { $0 == ";" ? "," : $0 }))
  }
}
