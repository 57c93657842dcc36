// Puts text into the clipboard, by the first way that works. Waits for programs: to be used on a thread of its own.

import Diagnostics
import Display
import Interface
import Platform

/// What the user has set about taking text out; a live reload replaces it.
package struct OutletSettings: Equatable, Sendable {
  package var clipboard: ClipboardChoice
  /// Program and arguments that take copied text; empty for those that riffle knows.
  package var clipboardCommand: [String]
  /// Program and arguments that open a link; empty for those that riffle knows.
  package var openCommand: [String]

  /// Settings; by default everything is left to riffle.
  package init(
    clipboard: ClipboardChoice = .automatic, clipboardCommand: [String] = [], openCommand: [String] = []
  ) {
    self.clipboard = clipboard
    self.clipboardCommand = clipboardCommand
    self.openCommand = openCommand
  }
}

/// The clipboard, as far as it can be reached.
struct Clipboard: Sendable {
  let environment: Environment
  let isMac: Bool
  let terminalCapacity: Int?

  /// How long a program may take for a text.
  static let timeLimit: Duration = .seconds(2)

  /// What is to be done next.
  enum Outcome: Equatable, Sendable {
    case copied(String)
    /// The rest is the loop's.
    case throughTerminal(TerminalCopy)
    case failed(Explanation)
  }

  /// Copies a text.
  /// - Parameters:
  ///   - introduction: stands before what is told.
  ///   - isWanted: asked while a program runs; it is killed once it is not, and no other is tried.
  func copy(
    _ original: String, isExact: Bool, introduction: String = "", _ settings: OutletSettings,
    isWanted: () -> Bool = { true }
  ) -> Outcome {
    let cleaned = ClipboardText.clean(original)
    let text = isExact ? original : cleaned.text
    let programs = Set(ClipboardPlan.programs.filter { environment.program($0) != nil })
    let surroundings = ClipboardSurroundings(
      environment, isMac: isMac, programs: programs, terminalCapacity: terminalCapacity)
    let plan = ClipboardPlan(
      settings.clipboard, command: settings.clipboardCommand, bytes: text.utf8.count, in: surroundings)
    var report = ClipboardReport(bytes: text.utf8.count, controls: cleaned.removed, isExact: isExact)
    func told(_ arrival: ClipboardReport.Arrival) -> String { introduction + report.words(arrival) }

    for route in plan.routes where isWanted() {
      switch route {
      case .tool(let tool):
        if let failure = hand(tool.bytes(for: text), to: tool.arguments, isWanted) {
          report.failures.append("\(tool.name) \(failure)")
        } else {
          return .copied(told(.tool(tool.name)))
        }
      case .tmux:
        if hand(Array(text.utf8), to: ["tmux", "load-buffer", "-w", "-"], isWanted) == nil {
          return .copied(told(.tmuxBuffer))
        }
        // Before tmux 3.2 there is no -w; these versions pass on what is wrapped for them without being asked to.
        if let failure = hand(Array(text.utf8), to: ["tmux", "load-buffer", "-"], isWanted) {
          report.failures.append("tmux \(failure)")
        } else if let terminalCapacity, text.utf8.count <= terminalCapacity {
          return .throughTerminal(
            TerminalCopy(text: text, passage: .tmux, report: told(.tmuxBufferAndTerminal)))
        } else {
          return .copied(told(.tmuxBuffer))
        }
      case .terminal(let passage):
        // Why the way that knows more of itself was not taken.
        report.failures += settings.clipboard == .automatic && !surroundings.isRemote ? Self.surprising(plan) : []
        return .throughTerminal(TerminalCopy(text: text, passage: passage, report: told(.terminal)))
      }
    }
    let why = report.explanation(plan)
    return .failed(
      Explanation(kind: why.kind, summary: introduction + why.summary, detail: why.detail, recovery: why.recovery))
  }

  /// A program that is missing is worth a word; a display that is not there is not.
  private static func surprising(_ plan: ClipboardPlan) -> [String] { plan.missing.filter { $0.contains("PATH") } }

  /// - Returns: why it failed, to stand behind the program's name; nil if it took the bytes.
  private func hand(_ bytes: [UInt8], to arguments: [String], _ isWanted: () -> Bool) -> String? {
    var arguments = arguments
    guard let path = environment.program(arguments[0]) else { return "is not on PATH" }
    arguments[0] = path
    var surroundings = environment.forDesktopPrograms
    // pbcopy takes its input for MacRoman where no locale says otherwise (pbcopy(1)).
    if isMac { surroundings = surroundings.setting("LC_CTYPE", to: "UTF-8") }
    do throws(SystemError) {
      let handing = try ChildProcess.hand(
        bytes, to: Command(arguments, environment: surroundings), timeLimit: Self.timeLimit, isWanted: isWanted)
      switch handing {
      case .ended(.exited(0), tookAll: let tookAll): return tookAll ? nil : "did not take all of it"
      case .ended(let status, tookAll: _): return status.words
      case .timedOut: return "did not take it in \(Self.timeLimit.components.seconds) s"
      }
    } catch {
      return "could not be started (\(error.reason))"
    }
  }
}

extension ExitStatus {
  /// Behind a program's name: `ended with status 3`.
  var words: String {
    switch self {
    case .exited(let status): "ended with status \(status)"
    case .signalled(let number): "was ended by signal \(number)"
    }
  }
}
