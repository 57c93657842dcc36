// Which way copied text goes, decided from values.

import Diagnostics
import Display
import Interface
import Platform
import Testing

@testable import Runtime

@Suite struct ClipboardRouteTests {
  private static let xclip = ClipboardRoute.tool(
    ClipboardTool(arguments: ["xclip", "-selection", "clipboard", "-in"]))
  private static let xsel = ClipboardRoute.tool(ClipboardTool(arguments: ["xsel", "-b", "-i"]))
  private static let wlCopy = ClipboardRoute.tool(
    ClipboardTool(arguments: ["wl-copy", "--type", "text/plain;charset=utf-8"]))
  private static let pbcopy = ClipboardRoute.tool(ClipboardTool(arguments: ["pbcopy"]))
  private static let clip = ClipboardRoute.tool(ClipboardTool(arguments: ["clip.exe"], encoding: .utf16))
  private static let own = ClipboardRoute.tool(ClipboardTool(arguments: ["mine", "-x"]))

  /// A line of the table.
  struct Case: Sendable, CustomTestStringConvertible {
    var variables: [String: String] = [:]
    var programs: Set<String> = []
    var isMac = false
    var capacity: Int? = 74_000
    var choice = ClipboardChoice.automatic
    var command: [String] = []
    var bytes = 10
    var routes: [ClipboardRoute]
    var missing: [String] = []

    var testDescription: String { "\(variables) \(programs.sorted()) \(choice)" }
  }

  private static let ssh = ["SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"]
  private static let x = ["DISPLAY": ":0"]
  private static let wayland = ["WAYLAND_DISPLAY": "wayland-0"]
  private static let tmux = ["TMUX": "/tmp/tmux-1000/default,1,0"]
  private static let noDisplay = "there is no display here"

  static let table: [Case] = [
    // On the machine one sits at.
    Case(routes: [.terminal(.direct)], missing: [noDisplay]),
    Case(variables: x, programs: ["xclip", "xsel"], routes: [xclip, xsel, .terminal(.direct)]),
    Case(variables: x, programs: ["xsel"], routes: [xsel, .terminal(.direct)]),
    Case(variables: x, routes: [.terminal(.direct)], missing: ["none of xclip, xsel is on PATH"]),
    Case(variables: wayland, routes: [.terminal(.direct)], missing: ["wl-copy is not on PATH"]),
    Case(
      variables: x.merging(wayland) { $1 }, programs: ["xclip", "wl-copy"],
      routes: [wlCopy, xclip, .terminal(.direct)]),
    Case(programs: ["pbcopy", "xclip"], isMac: true, routes: [pbcopy, .terminal(.direct)]),
    Case(
      variables: ["WSL_DISTRO_NAME": "Debian"], programs: ["clip.exe"], routes: [clip, .terminal(.direct)]),
    // A program without a display would wait for one.
    Case(programs: ["xclip", "wl-copy"], routes: [.terminal(.direct)], missing: [noDisplay]),
    Case(
      variables: x.merging(tmux) { $1 }, programs: ["xclip", "tmux"], routes: [xclip, .tmux, .terminal(.direct)]),
    Case(variables: tmux, programs: ["tmux"], routes: [.tmux, .terminal(.direct)], missing: [noDisplay]),
    Case(variables: tmux, routes: [.terminal(.direct)], missing: [noDisplay, "tmux is not on PATH"]),
    Case(variables: ["STY": "1.pts-0.host"], routes: [.terminal(.screen)], missing: [noDisplay]),
    // Over SSH.
    Case(variables: ssh, programs: ["xclip", "wl-copy", "tmux"], routes: [.terminal(.direct)]),
    Case(variables: ["SSH_TTY": "/dev/pts/1"], programs: ["xclip"], routes: [.terminal(.direct)]),
    Case(
      variables: ssh.merging(tmux) { $1 }, programs: ["tmux"], routes: [.tmux, .terminal(.direct)]),
    Case(
      variables: ssh.merging(x) { $1 }, programs: ["xclip"], routes: [.terminal(.direct), xclip]),
    Case(
      variables: ssh, bytes: 74_001, routes: [], missing: ["terminals take no more than 74000 bytes by OSC 52"]),
    Case(
      variables: ssh.merging(x) { $1 }, programs: ["xclip"], bytes: 74_001, routes: [xclip],
      missing: ["terminals take no more than 74000 bytes by OSC 52"]),
    Case(variables: ssh, capacity: nil, routes: [], missing: ["the terminal is not known to take OSC 52"]),
    // As the user has it.
    Case(variables: x, programs: ["xclip"], command: ["mine", "-x"], routes: [own, .terminal(.direct)]),
    Case(variables: ssh, command: ["mine", "-x"], routes: [own, .terminal(.direct)]),
    Case(variables: x, programs: ["xclip"], choice: .terminal, routes: [.terminal(.direct)]),
    Case(
      variables: x, programs: ["xclip", "tmux"], choice: .tmux, routes: [],
      missing: ["riffle does not run inside tmux"]),
    Case(variables: tmux, programs: ["tmux"], choice: .tmux, routes: [.tmux]),
    Case(variables: ssh.merging(x) { $1 }, programs: ["xclip"], choice: .tool, routes: [xclip]),
    Case(variables: x, programs: ["xclip"], choice: .tool, command: ["mine", "-x"], routes: [own]),
    Case(choice: .tool, routes: [], missing: [noDisplay]),
    Case(variables: x, programs: ["xclip"], choice: .off, command: ["mine"], routes: []),
    // An empty variable is none.
    Case(
      variables: ["SSH_CONNECTION": "", "TMUX": "", "DISPLAY": ""], routes: [.terminal(.direct)], missing: [noDisplay]),
  ]

  @Test("The ways of a text are those that are there, in the order in which they are sure", arguments: table)
  func plan(_ line: Case) {
    let surroundings = ClipboardSurroundings(
      Environment(line.variables), isMac: line.isMac, programs: line.programs, terminalCapacity: line.capacity)
    let plan = ClipboardPlan(line.choice, command: line.command, bytes: line.bytes, in: surroundings)
    #expect(plan.routes == line.routes)
    #expect(plan.missing == line.missing)
    #expect(!plan.advice.isEmpty)
  }

  @Test("What is told says which way, how much, what is known, and what stayed behind")
  func words() {
    var report = ClipboardReport(bytes: 1_234, controls: 0, isExact: false)
    #expect(report.words(.tool("wl-copy")) == "Copied 1,234 bytes with wl-copy")
    #expect(report.words(.tmuxBuffer) == "Copied 1,234 bytes to the tmux buffer")
    #expect(
      report.words(.terminal)
        == "Sent 1,234 bytes to the terminal (OSC 52); whether it took them cannot be known")
    report.controls = 3
    #expect(
      report.words(.tool("xclip"))
        == "Copied 1,234 bytes with xclip; 3 control characters left out, /copy exact takes them")
    report.isExact = true
    report.failures = ["xsel ended with status 1"]
    #expect(
      report.words(.tool("xclip"))
        == "Copied 1,234 bytes with xclip; it holds 3 control characters. Before that: xsel ended with status 1")
    #expect(
      ClipboardReport(bytes: 1, controls: 1, isExact: false).words(.tmuxBuffer)
        == "Copied 1 byte to the tmux buffer; 1 control character left out, /copy exact takes them")
  }

  @Test("Where nothing takes the text, it is told what was tried and what helps")
  func explanation() {
    var surroundings = ClipboardSurroundings()
    surroundings.hasX = true
    let plan = ClipboardPlan(.automatic, command: [], bytes: 5, in: surroundings)
    let told = ClipboardReport(bytes: 5, controls: 0, isExact: false).explanation(plan)
    #expect(
      told.sentence
        == "Not copied (5 bytes): none of xclip, xsel is on PATH; the terminal is not known to take OSC 52. "
        + "Install xclip, set ui.clipboard_command, or write it to a file: /write FILE")
    let off = ClipboardPlan(.off, command: [], bytes: 5, in: surroundings)
    #expect(
      ClipboardReport(bytes: 5, controls: 0, isExact: false).explanation(off).sentence
        == "Not copied (5 bytes): ui.clipboard is \"off\"; \"auto\" takes what works here")
  }

  @Test("clip.exe gets UTF-16, unless ASCII is enough")
  func encoding() {
    let clip = ClipboardTool(arguments: ["clip.exe"], encoding: .utf16)
    #expect(clip.bytes(for: "abc") == [0x61, 0x62, 0x63])
    #expect(clip.bytes(for: "aä") == [0x61, 0, 0xE4, 0])
    #expect(ClipboardTool(arguments: ["xclip"]).bytes(for: "aä") == [0x61, 0xC3, 0xA4])
  }
}

@Suite struct LinkRouteTests {
  @Test(
    "A link is opened where it would be seen, else copied",
    arguments: [
      (["DISPLAY": ":0"], ["xdg-open"], false, .program(["xdg-open"])),
      (["WAYLAND_DISPLAY": "w"], ["xdg-open"], false, .program(["xdg-open"])),
      (["DISPLAY": ":0"], [], false, .copy("xdg-open is not on PATH, and ui.open_command is not set")),
      ([:], ["xdg-open"], false, .copy("there is no display here")),
      ([:], [], true, .program(["open"])),
      (["WSL_DISTRO_NAME": "x"], ["wslview", "xdg-open"], false, .program(["wslview"])),
      (
        ["SSH_TTY": "/dev/pts/1"], ["xdg-open"], false,
        .copy("riffle runs on another machine (SSH), where a browser would not be seen")
      ),
      (
        ["SSH_TTY": "/dev/pts/1"], ["open"], true,
        .copy("riffle runs on another machine (SSH), where a browser would not be seen")
      ),
      (["SSH_TTY": "/dev/pts/1", "DISPLAY": "localhost:10"], ["xdg-open"], false, .program(["xdg-open"])),
    ] as [([String: String], [String], Bool, LinkRoute)])
  func route(_ variables: [String: String], _ programs: [String], _ isMac: Bool, _ route: LinkRoute) {
    let environment = Environment(variables)
    #expect(
      LinkRoute(command: [], environment: environment, isMac: isMac, exists: programs.contains) == route)
    #expect(
      LinkRoute(command: ["mine", "-n"], environment: environment, isMac: isMac, exists: programs.contains)
        == .program(["mine", "-n"]))
  }

  @Test(
    "Command lines become words without a shell",
    arguments: [
      ("less -R", ["less", "-R"]), ("  a\t b\n", ["a", "b"]), ("", []), ("   ", []),
      ("'/my apps/ed' -w \"a b\"", ["/my apps/ed", "-w", "a b"]), ("a\\ b 'c\\d' \"e\\\"f\"", ["a b", "c\\d", "e\"f"]),
      ("$(id) `id` ; | & > $HOME *", ["$(id)", "`id`", ";", "|", "&", ">", "$HOME", "*"]), ("'open", ["open"]),
      ("a ''", ["a", ""]), ("a\\", ["a"]),
    ])
  func words(_ text: String, _ words: [String]) {
    #expect(ProgramWords.split(text) == words)
  }
}
