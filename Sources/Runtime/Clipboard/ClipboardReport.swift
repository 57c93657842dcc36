// What is told after copying: which way the text went, what is known of its arrival, and what of it stayed behind.

import Diagnostics
import Interface

/// One text that was to be copied, in words.
struct ClipboardReport: Equatable, Sendable {
  /// How far it is known to have come.
  enum Arrival: Equatable, Sendable {
    /// A program took it.
    case tool(String)
    case tmuxBuffer
    /// In the buffer, and on its way to the terminal.
    case tmuxBufferAndTerminal
    case terminal
  }

  /// Of the text as it was copied.
  var bytes: Int
  /// Control characters that were left out, or that are in it.
  var controls: Int
  var isExact: Bool
  /// Ways that were tried before and failed, each with its reason.
  var failures: [String] = []

  /// One sentence without its full stop.
  func words(_ arrival: Arrival) -> String {
    let size = Figures.exactBytes(bytes)
    var words =
      switch arrival {
      case .tool(let name): "Copied \(size) with \(name)"
      case .tmuxBuffer: "Copied \(size) to the tmux buffer"
      case .tmuxBufferAndTerminal:
        "Copied \(size) to the tmux buffer and sent them to the terminal (OSC 52); whether it took them cannot be known"
      case .terminal: "Sent \(size) to the terminal (OSC 52); whether it took them cannot be known"
      }
    if controls > 0 {
      let count = "\(Figures.grouped(controls)) control character\(controls == 1 ? "" : "s")"
      words += isExact ? "; it holds \(count)" : "; \(count) left out, /copy exact takes them"
    }
    if !failures.isEmpty { words += ". Before that: \(failures.joined(separator: "; "))" }
    return words
  }

  /// Nothing took the text.
  func explanation(_ plan: ClipboardPlan) -> Explanation {
    let tried = failures + plan.missing
    let detail = tried.isEmpty ? plan.advice : "\(tried.joined(separator: "; ")). \(plan.advice)"
    return Explanation(
      kind: .setting, summary: "Not copied (\(Figures.exactBytes(bytes)))", detail: detail,
      recovery: .fixSetting(path: "ui.clipboard"))
  }
}
