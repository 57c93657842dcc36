// Reading in the user's own pager or editor, which have the terminal meanwhile. They get a copy: nothing is read back.

package import Diagnostics
import Display
package import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The programs named by `PAGER` (else `less`, else `more`), and by `VISUAL` or `EDITOR` (else `vi`).
package struct ExternalViewer: Sendable {
  private let environment: Environment
  private let folder: String

  /// - Parameter folder: where the editor's copies are put; made if it is missing.
  package init(environment: Environment, folder: String) {
    self.environment = environment
    self.folder = folder
  }

  /// What came of showing a text.
  package enum Outcome: Equatable, Sendable {
    case shown
    case failed(Explanation)
    /// The signal that was to end this program ended the viewer first.
    case ended(by: Int32)
  }

  /// Shows a text in the pager; returns when that ends, which a signal makes it do.
  ///
  /// The text is sanitised: a pager may be told by its own variables to let escape sequences through.
  package func page(_ text: String, terminal: Int32, signals: SignalSource.Listener) -> Outcome {
    var candidates = [["less"], ["more"]]
    // What the user has named is not silently replaced by something else.
    if let words = environment["PAGER"].map(ProgramWords.split), !words.isEmpty { candidates = [words] }
    do throws(SystemError) {
      // A file in memory: nothing has to be fed while the pager has the terminal, and nothing is left behind.
      let input = try FileDescriptor.memory(named: "riffle-pager")
      try input.writeAll(Array(Sanitizer.plain(text).utf8))
      _ = lseek(input.raw, 0, SEEK_SET)
      return page(candidates, terminal, input: input.raw, signals)
    } catch {
      return .failed(Explanation(kind: .setting, summary: "The pager's text could not be made", detail: error.reason))
    }
  }

  /// Runs the first of these programs that can be started.
  private func page(
    _ candidates: [[String]], _ terminal: Int32, input: Int32, _ signals: SignalSource.Listener
  ) -> Outcome {
    var failures: [String] = []
    for words in candidates {
      switch run(words + options(for: words), terminal, input: input, signals) {
      case .success(let outcome): return outcome
      case .failure(let error): failures.append("\(words[0]): \(error.reason)")
      }
    }
    return .failed(
      Explanation(
        kind: .setting, summary: "No pager could be started",
        detail: "\(failures.joined(separator: "; ")). Install less, or set PAGER"))
  }

  /// Shows a copy of a text in the editor; returns when that ends, which a signal makes it do. The copy is removed.
  /// - Parameter suffix: `.md` and the like, by which editors know what they are shown.
  package func view(
    _ text: String, suffix: String, terminal: Int32, signals: SignalSource.Listener
  ) -> Outcome {
    var words = ProgramWords.split(environment["VISUAL"] ?? environment["EDITOR"] ?? "vi")
    if words.isEmpty { words = ["vi"] }
    let ending = String(suffix.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }.prefix(16))
    let path = "\(folder)/view-\(WallClock.milliseconds())-\(UInt32.random(in: 0 ... .max))\(ending)"
    do throws(LocalFileError) {
      try LocalFiles.makeFolder(folder)
      try LocalFiles.write(Array(Sanitizer.piped(text).utf8), to: path, existing: .keep)
    } catch {
      return .failed(
        Explanation(kind: .setting, summary: "The editor's copy could not be written", detail: error.words))
    }
    defer { try? LocalFiles.remove(path) }
    // Read-only, so that the editor says at once that changes go nowhere.
    chmod(path, 0o400)
    switch run(words + [path], terminal, input: nil, signals) {
    case .success(let outcome): return outcome
    case .failure(let error):
      return .failed(
        Explanation(
          kind: .setting, summary: "\(words[0]) could not be started",
          detail: "\(error.reason). Set VISUAL or EDITOR to your editor"))
    }
  }

  private func run(
    _ words: [String], _ terminal: Int32, input: Int32?, _ signals: SignalSource.Listener
  ) -> Result<Outcome, SystemError> {
    do throws(SystemError) {
      let (status, endedBy) = try ChildProcess.runOnTerminal(
        Command(words, environment: environment), terminal: terminal, input: input, signals: signals)
      if let endedBy { return .success(.ended(by: endedBy)) }
      if status.isSuccess { return .success(.shown) }
      return .success(.failed(Explanation(kind: .setting, summary: "\(words[0]) \(status.words)")))
    } catch {
      return .failure(error)
    }
  }

  /// `less` that is told by its variable to leave at once when all fits on the screen would be gone before it was seen.
  private func options(for words: [String]) -> [String] {
    let isLess = words[0] == "less" || words[0].hasSuffix("/less")
    return isLess && environment["LESS"]?.contains("F") == true ? ["-+F"] : []
  }
}
