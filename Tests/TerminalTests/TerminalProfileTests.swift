import Display
import Platform
import Testing

@testable import Terminal

@Suite struct TerminalProfileTests {
  @Test(
    "A terminal's colours follow from its environment",
    arguments: [
      ("TERM=xterm-256color", ColorDepth.palette, true), ("TERM=xterm-256color COLORTERM=truecolor", .full, true),
      ("TERM=xterm COLORTERM=24bit", .full, true), ("TERM=xterm", .sixteen, true), ("TERM=xterm-kitty", .full, true),
      ("TERM=alacritty", .full, true), ("TERM=foot-extra", .full, true), ("TERM=tmux-256color", .palette, true),
      ("TERM=screen.xterm-256color", nil, false), ("TERM=screen", .sixteen, true), ("TERM=xterm-direct", .full, true),
      ("TERM=xterm-256color TERM_PROGRAM=iTerm.app", .full, true), ("TERM=linux", nil, false),
      ("TERM=rxvt", nil, false),
      ("TERM=xterm-256color COLORTERM=truecolor NO_COLOR=1", .mono, true), ("TERM=linux NO_COLOR=1", .mono, false),
      ("TERM=stterm", nil, false),
    ] as [(String, ColorDepth?, Bool)])
  func choosing(_ variables: String, _ depth: ColorDepth?, _ isXtermLike: Bool) throws {
    let pairs = variables.split(separator: " ").map { $0.split(separator: "=").map(String.init) }
    let environment = Environment(Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) }))
    guard case .usable(let profile) = TerminalProfile.choose(environment) else {
      Issue.record("unusable")
      return
    }
    #expect(profile.depth == depth)
    #expect(profile.isXtermLike == isXtermLike)
  }

  @Test("A depth the user asked for wins over NO_COLOR")
  func forced() {
    let environment = Environment(["TERM": "xterm", "NO_COLOR": "1"])
    #expect(
      TerminalProfile.choose(environment, forced: .palette)
        == .usable(TerminalProfile(source: .own(.standard), depth: .palette)))
  }

  @Test("Multiplexers get the description without background erase")
  func multiplexers() {
    for name in ["tmux", "tmux-256color", "screen-256color"] {
      guard case .usable(let profile) = TerminalProfile.choose(Environment(["TERM": name])) else {
        Issue.record("unusable")
        continue
      }
      #expect(profile.source == .own(.withoutBackgroundErase))
    }
  }

  @Test(
    "A colour of the terminal's depth has ncurses' number",
    arguments: [
      (Color.terminal, -1), (.palette(0), 0), (.palette(200), 200), (.rgb(0, 0, 0), 0x100_0000),
      (.rgb(1, 2, 3), 0x101_0203), (.rgb(255, 255, 255), 0x1FF_FFFF),
    ] as [(Color, Int32)])
  func numbers(_ color: Color, _ number: Int32) {
    #expect(color.cursesNumber == number)
  }

  @Test(
    "Base64 follows RFC 4648, section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func base64(_ text: String, _ encoded: String) {
    #expect(Base64.encoded(Array(text.utf8)) == Array(encoded.utf8))
  }
}

@Suite struct TerminalProbeTests {
  @Test("What was not answered before the round closed is not there")
  func closing() {
    var probe = TerminalProbe()
    let first = probe.take(.background(red: 250, green: 250, blue: 240))
    #expect(first)
    #expect(probe.abilities.hasSynchronisedOutput == nil)
    #expect(!probe.isComplete)
    let last = probe.take(.deviceAttributes)
    #expect(last)
    #expect(probe.isComplete)
    #expect(probe.abilities.hasSynchronisedOutput == false)
    #expect(!probe.abilities.hasKeyboardProtocol)
    #expect(probe.abilities.appearance == .light)
  }

  @Test("A mode is usable if it can be set", arguments: [(0, false), (1, true), (2, true), (3, false), (4, false)])
  func modes(_ state: Int, _ isUsable: Bool) {
    var probe = TerminalProbe()
    _ = probe.take(.mode(number: 2026, state: state))
    #expect(probe.abilities.hasSynchronisedOutput == isUsable)
  }

  @Test("The last word about the colours counts, whether it was asked for or not")
  func appearance() {
    var probe = TerminalProbe()
    let replies: [TerminalReply] = [
      .colorScheme(.light), .background(red: 30, green: 30, blue: 46), .deviceAttributes, .colorScheme(.light),
      .background(red: 0xFD, green: 0xF6, blue: 0xE3), .colorScheme(.dark),
    ]
    let told = replies.map { reply in
      _ = probe.take(reply)
      return probe.abilities.appearance
    }
    #expect(told == [.light, .dark, .dark, .light, .light, .dark])
  }

  @Test("Answers to other questions change nothing")
  func others() {
    var probe = TerminalProbe()
    let changes = [
      probe.take(.mode(number: 2027, state: 2)), probe.take(.cursorPosition(row: 1, column: 1)),
    ]
    #expect(changes == [false, false])
    #expect(probe == TerminalProbe())
  }
}
