import Display
import Platform
import TestSupport
import Testing

@testable import Terminal

@Suite("Desktop notifications")
struct NotificationTests {
  private static let notification = TerminalNotification(title: "riffle: done", body: "a;b\u{1B}]0;x\u{7}\nc")

  private func bytes(_ variables: [String: String]) -> String? {
    NotificationRoute(Environment(variables)).map {
      String(decoding: $0.bytes(for: Self.notification), as: UTF8.self)
    }
  }

  @Test(
    "Each terminal gets the sequence that it knows, and others get nothing",
    arguments: [
      (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], NotificationRoute.Form.growl),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .growl),
      (["TERM": "xterm-ghostty"], .growl), (["TERM": "xterm-256color", "ConEmuPID": "77"], .growl),
      (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .growl),
      (["TERM": "foot"], .urxvt), (["TERM": "foot-extra"], .urxvt), (["TERM": "rxvt-unicode-256color"], .urxvt),
      (["TERM": "xterm-256color", "VTE_VERSION": "7600"], .urxvt),
      (["TERM": "xterm-kitty"], .kitty), (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "3"], .kitty),
      (["TERM": "xterm-256color"], nil), (["TERM": "alacritty"], nil), (["TERM": "linux"], nil),
      (["TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"], nil), ([:], nil),
    ] as [([String: String], NotificationRoute.Form?)])
  func forms(_ variables: [String: String], _ form: NotificationRoute.Form?) {
    let route = NotificationRoute(Environment(variables))
    #expect(route?.form == form)
    #expect(route == nil || route?.passage == .direct)
  }

  @Test("The bytes, without a control or a semicolon of the text in them")
  func sequences() throws {
    let body = "a,b^[]0,x^G c"
    #expect(bytes(["TERM": "xterm-ghostty"]) == "\u{1B}]9;riffle: done – \(body)\u{1B}\\")
    #expect(bytes(["TERM": "foot"]) == "\u{1B}]777;notify;riffle: done;\(body)\u{1B}\\")
    #expect(
      bytes(["TERM": "xterm-kitty"])
        == "\u{1B}]99;i=riffle:d=0;riffle: done\u{1B}\\\u{1B}]99;i=riffle:p=body;\(body)\u{1B}\\")
  }

  @Test("Through tmux it is wrapped as tmux passes it on, one wrapping for each sequence")
  func tmux() {
    let inside = ["TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"]
    #expect(
      bytes(inside.merging(["VTE_VERSION": "7600"]) { $1 })
        == "\u{1B}Ptmux;\u{1B}\u{1B}]777;notify;riffle: done;a,b^[]0,x^G c\u{7}\u{1B}\\")
  }

  @Test("Long texts are cut")
  func bounds() throws {
    let route = NotificationRoute(form: .urxvt, passage: .direct)
    let long = String(repeating: "x", count: 100_000)
    #expect(route.bytes(for: TerminalNotification(title: long, body: long)).count < 300)
  }

  @Test("A text that begins with a digit is no command of ConEmu")
  func digits() {
    let route = NotificationRoute(form: .growl, passage: .direct)
    let bytes = route.bytes(for: TerminalNotification(title: "4;1;50", body: ""))
    #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("\u{1B}]9;riffle: 4,1,50"))
  }
}

extension ScreenTests {
  @Suite("Notifications of a screen") struct Notifications {
    /// What a terminal gets for a notification and a mark behind it, and what the screen says of it.
    private func sent(_ variables: [String: String], term: String = "xterm-256color") throws -> (String, Bool) {
      var stage = try Stage(term: term, variables: variables)
      stage.terminal.drain()
      let before = stage.terminal.screen.bytes.count
      let isSent = try stage.screen.notify(TerminalNotification(title: "riffle: an answer has ended", body: "x;y"))
      try stage.screen.ringBell()
      #expect(stage.terminal.wait(5000) { $0.bytes.dropFirst(before).last == 7 })
      return (String(decoding: stage.terminal.screen.bytes.dropFirst(before).dropLast(), as: UTF8.self), isSent)
    }

    @Test("The terminal gets the bytes that it knows, one that is not known gets none, and what may be lost is told")
    func bytes() throws {
      #expect(try sent(["VTE_VERSION": "7600"]) == ("\u{1B}]777;notify;riffle: an answer has ended;x,y\u{1B}\\", true))
      #expect(try sent([:]) == ("", false))
      let (wrapped, isSure) = try sent(["TMUX": "/tmp/t,1,0", "VTE_VERSION": "7600"], term: "tmux-256color")
      #expect(wrapped == "\u{1B}Ptmux;\u{1B}\u{1B}]777;notify;riffle: an answer has ended;x,y\u{7}\u{1B}\\")
      #expect(!isSure)
    }
  }
}
