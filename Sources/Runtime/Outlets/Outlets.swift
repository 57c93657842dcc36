// The ways on which text leaves riffle: clipboard, files, browser. What waits for a program does so on a thread of its
// own; the caller waits without holding one.

import Diagnostics
import Display
import Interface
package import Platform

/// Takes text out.
package final class Outlets: Sendable {
  private let environment: Environment
  private let isMac: Bool
  private let clipboard: Clipboard
  private let files: UserTextFiles
  private let settings: Locked<OutletSettings>
  /// When programs are no longer waited for; nil while riffle goes on.
  private let deadline = Locked<UInt64?>(nil)

  // Leaving may take two seconds altogether (`robustness.md`, section 1); most of that is for the archive.
  private static let leavingTime: UInt64 = 500_000_000
  // A browser that is running already answers within this time; one that starts does not end.
  private static let patience: Duration = .seconds(2)

  /// Ways out of here.
  /// - Parameters:
  ///   - folder: where relative paths begin.
  ///   - terminalCapacity: the most bytes of text that the terminal takes by OSC 52; nil if it is not known to take any.
  package init(
    _ settings: OutletSettings, environment: Environment, folder: String = ".", terminalCapacity: Int?,
    isMac: Bool = Outlets.runsOnMac
  ) {
    self.environment = environment
    self.isMac = isMac
    clipboard = Clipboard(environment: environment, isMac: isMac, terminalCapacity: terminalCapacity)
    files = UserTextFiles(home: environment["HOME"] ?? "/", folder: folder)
    self.settings = Locked(settings)
  }

  /// Whether this program was built for macOS.
  package static var runsOnMac: Bool {
    #if os(macOS)
      true
    #else
      false
    #endif
  }

  /// Takes changed settings into use.
  package func replace(_ new: OutletSettings) { settings.withLock { $0 = new } }

  /// From now on no program is waited for longer than half a second.
  func leave() {
    deadline.withLock { $0 = $0 ?? MonotonicClock.nanoseconds() + Self.leavingTime }
  }

  /// Whether programs are still waited for.
  private var isAwaited: Bool {
    deadline.withLock { $0.map { MonotonicClock.nanoseconds() < $0 } ?? true }
  }

  /// Performs an effect that takes text out.
  /// - Returns: what came of it.
  func perform(_ effect: Effect) async -> Action? {
    switch effect {
    case .copy(let text, let isExact): await copy(text, isExact: isExact)
    case .writeFile(let path, let text):
      await onThread(named: "file") { [files] in
        do throws(Explanation) {
          return .notice(Notice(try files.write(text, to: path), .success))
        } catch {
          return .failed(error)
        }
      }
    case .openLink(let text): await open(text)
    default: nil
    }
  }

  private func copy(_ text: String, isExact: Bool, introduction: String = "") async -> Action {
    let settings = settings.withLock { $0 }
    return await onThread(named: "clipboard") { [self] in
      let outcome = clipboard.copy(
        text, isExact: isExact, introduction: introduction, settings, isWanted: { isAwaited })
      switch outcome {
      case .copied(let words): return .copied(words)
      case .throughTerminal(let copy): return .clipboardThroughTerminal(copy)
      case .failed(let explanation): return .failed(explanation)
      }
    }
  }

  // MARK: Links

  private func open(_ text: String) async -> Action {
    let link: WebLink
    switch WebLink.read(text) {
    case .success(let checked): link = checked
    case .failure(let refusal):
      return .failed(Explanation(kind: .setting, summary: "The link was not opened", detail: refusal.words))
    }
    let settings = settings.withLock { $0 }
    let environment = environment
    let route = LinkRoute(command: settings.openCommand, environment: environment, isMac: isMac) {
      environment.program($0) != nil
    }
    switch route {
    case .copy(let reason):
      return await copy(
        link.address, isExact: false, introduction: "The link to \(link.place) was not opened: \(reason). ")
    case .program(let words): return await launch(words, link)
    }
  }

  private func launch(_ words: [String], _ link: WebLink) async -> Action {
    let name = words[0].split(separator: "/").last.map(String.init) ?? words[0]
    guard let path = environment.program(words[0]) else {
      return Self.notOpened(link, by: name, because: "is not on PATH")
    }
    let command = Command([path] + words.dropFirst() + [link.address], environment: environment.forDesktopPrograms)
    return await withCheckedContinuation { continuation in
      // The thread stays as long as the program, which a first browser does until it is closed.
      let isStarted = try? startThread(named: "link") { [self] in
        do throws(SystemError) {
          try ChildProcess.launch(command, patience: Self.patience, isAwaited: { isAwaited }) { status in
            if let status, !status.isSuccess {
              continuation.resume(returning: Self.notOpened(link, by: name, because: status.words))
            } else {
              continuation.resume(returning: .notice(Notice("Opened \(link.place) with \(name)", .success)))
            }
          }
        } catch {
          let reason = "could not be started (\(error.reason))"
          continuation.resume(returning: Self.notOpened(link, by: name, because: reason))
        }
      }
      if isStarted == nil {
        continuation.resume(returning: Self.notOpened(link, by: name, because: "could not be started"))
      }
    }
  }

  private static func notOpened(_ link: WebLink, by name: String, because reason: String) -> Action {
    .failed(
      Explanation(
        kind: .setting, summary: "The link to \(link.place) was not opened",
        detail: "\(name) \(reason). Set ui.open_command to a program that opens links",
        recovery: .fixSetting(path: "ui.open_command")))
  }

  // MARK: Threads

  /// Runs something that waits on a thread of its own. Signals are blocked there, SIGPIPE too.
  private func onThread(named name: String, _ body: @escaping @Sendable () -> Action) async -> Action {
    await withCheckedContinuation { continuation in
      do throws(SystemError) {
        try startThread(named: name) { continuation.resume(returning: body()) }
      } catch {
        continuation.resume(
          returning: .failed(
            Explanation(kind: .setting, summary: "Nothing was done", detail: error.reason, recovery: .freeSpace)))
      }
    }
  }
}
