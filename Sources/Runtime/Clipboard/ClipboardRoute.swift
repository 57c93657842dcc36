// Which ways copied text can go here, and in which order they are tried. A pure choice: what is in the environment and on
// PATH is looked up by whoever asks.

package import Display
package import Platform

/// The user's choice of a way (`ui.clipboard`).
package enum ClipboardChoice: Equatable, Sendable {
  case automatic, terminal, tmux, tool, off
}

/// What the choice depends on.
package struct ClipboardSurroundings: Equatable, Sendable {
  /// The screen is on another machine than riffle.
  package var isRemote = false
  package var isInTmux = false
  package var isInScreen = false
  package var hasWayland = false
  /// An X display, which over SSH is that of the user's machine.
  package var hasX = false
  package var isWSL = false
  package var isMac = false
  /// Those of `ClipboardPlan.programs` that are on PATH.
  package var programs: Set<String> = []
  /// The most bytes of text that the terminal takes by OSC 52; nil if it is not known to take any.
  package var terminalCapacity: Int?

  /// A machine without anything.
  package init() {}

  /// What an environment says.
  /// - Parameter isMac: whether riffle runs on macOS, which no variable tells.
  package init(_ environment: Environment, isMac: Bool, programs: Set<String>, terminalCapacity: Int?) {
    isRemote = environment["SSH_CONNECTION"] != nil || environment["SSH_TTY"] != nil
    isInTmux = environment["TMUX"] != nil
    isInScreen = environment["STY"] != nil
    hasWayland = environment["WAYLAND_DISPLAY"] != nil
    hasX = environment["DISPLAY"] != nil
    isWSL = environment["WSL_DISTRO_NAME"] != nil || environment["WSL_INTEROP"] != nil
    self.isMac = isMac
    self.programs = programs
    self.terminalCapacity = terminalCapacity
  }
}

/// A program that takes the clipboard's text as its input.
package struct ClipboardTool: Equatable, Sendable {
  /// How it wants the text.
  package enum Encoding: Equatable, Sendable {
    case utf8
    /// UTF-16, least byte first, unless the text is ASCII: what `clip.exe` understands in every code page.
    case utf16
  }

  /// Program and arguments; never empty.
  package var arguments: [String]
  package var encoding = Encoding.utf8

  /// The program as it is called in words.
  package var name: String { arguments.first.flatMap { $0.split(separator: "/").last.map(String.init) } ?? "" }

  /// The bytes that stand for a text.
  package func bytes(for text: String) -> [UInt8] {
    if encoding == .utf8 || text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    return text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }
}

/// One way for copied text.
package enum ClipboardRoute: Equatable, Sendable {
  case tool(ClipboardTool)
  /// The buffer of tmux, which hands it on to its terminal.
  case tmux
  /// OSC 52.
  case terminal(ClipboardPassage)
}

/// The ways for one text, the first to be tried first.
package struct ClipboardPlan: Equatable, Sendable {
  package var routes: [ClipboardRoute] = []
  /// Ways that are not there though one might expect them, each with its reason: no full stop.
  package var missing: [String] = []
  /// What would help, to stand behind `Install xclip` or alone; a whole sentence without its full stop.
  package var advice = ""

  /// Every program that may be part of a plan.
  package static let programs = ["tmux", "wl-copy", "xclip", "xsel", "pbcopy", "clip.exe"]

  /// The ways for a text of `bytes` bytes.
  /// - Parameter command: the user's own program, instead of those that riffle knows; empty for none.
  package init(
    _ choice: ClipboardChoice, command: [String], bytes: Int, in surroundings: ClipboardSurroundings
  ) {
    switch choice {
    case .off: advice = "ui.clipboard is \"off\"; \"auto\" takes what works here"
    case .terminal: addTerminal(bytes, surroundings)
    case .tmux: addTmux(surroundings)
    case .tool: addTools(command, surroundings)
    case .automatic where !command.isEmpty:
      addTools(command, surroundings)
      addOthers(bytes, surroundings)
    case .automatic where surroundings.isRemote:
      // Programs of this machine would fill a clipboard that nobody sits at, unless the display is forwarded.
      addOthers(bytes, surroundings)
      if surroundings.hasX || surroundings.hasWayland { addTools([], surroundings) }
    case .automatic:
      addTools([], surroundings)
      addOthers(bytes, surroundings)
    }
    if advice.isEmpty { advice = Self.advice(choice, surroundings) }
  }

  /// tmux hands its buffer on by OSC 52 itself, also where it forbids programs to do so.
  private mutating func addOthers(_ bytes: Int, _ surroundings: ClipboardSurroundings) {
    if surroundings.isInTmux { addTmux(surroundings) }
    addTerminal(bytes, surroundings)
  }

  private mutating func addTmux(_ surroundings: ClipboardSurroundings) {
    if !surroundings.isInTmux {
      missing.append("riffle does not run inside tmux")
    } else if !surroundings.programs.contains("tmux") {
      missing.append("tmux is not on PATH")
    } else {
      routes.append(.tmux)
    }
  }

  private mutating func addTerminal(_ bytes: Int, _ surroundings: ClipboardSurroundings) {
    guard let capacity = surroundings.terminalCapacity else {
      return missing.append("the terminal is not known to take OSC 52")
    }
    guard bytes <= capacity else {
      return missing.append("terminals take no more than \(capacity) bytes by OSC 52")
    }
    routes.append(.terminal(surroundings.isInScreen && !surroundings.isInTmux ? .screen : .direct))
  }

  private mutating func addTools(_ command: [String], _ surroundings: ClipboardSurroundings) {
    if !command.isEmpty { return routes.append(.tool(ClipboardTool(arguments: command))) }
    let before = routes.count
    func add(_ arguments: String..., encoding: ClipboardTool.Encoding = .utf8) {
      guard let program = arguments.first, surroundings.programs.contains(program) else { return }
      routes.append(.tool(ClipboardTool(arguments: arguments, encoding: encoding)))
    }
    var wanted: [String] = []
    if surroundings.isMac {
      wanted = ["pbcopy"]
      add("pbcopy")
    } else if surroundings.isWSL {
      wanted = ["clip.exe"]
      add("clip.exe", encoding: .utf16)
    }
    if surroundings.hasWayland {
      wanted.append("wl-copy")
      add("wl-copy", "--type", "text/plain;charset=utf-8")
    }
    if surroundings.hasX {
      wanted += ["xclip", "xsel"]
      add("xclip", "-selection", "clipboard", "-in")
      add("xsel", "-b", "-i")
    }
    if wanted.isEmpty {
      missing.append("there is no display here")
    } else if routes.count == before {
      missing.append(
        wanted.count == 1 ? "\(wanted[0]) is not on PATH" : "none of \(wanted.joined(separator: ", ")) is on PATH")
    }
  }

  private static func advice(_ choice: ClipboardChoice, _ surroundings: ClipboardSurroundings) -> String {
    let isTool = choice == .automatic || choice == .tool
    let install =
      surroundings.hasWayland
      ? "Install wl-clipboard, set" : surroundings.hasX ? "Install xclip, set" : "Set"
    let setting = isTool ? "ui.clipboard_command" : "ui.clipboard"
    return "\(isTool ? install : "Set") \(setting), or write it to a file: /write FILE"
  }
}
