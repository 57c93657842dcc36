// Writing a prompt in the user's own editor: a private file, a child on the terminal, the file read back.

package import Diagnostics
package import Platform

/// The editor named by `VISUAL` or `EDITOR`, else `vi`.
package struct ExternalEditor: Sendable {
  private let environment: Environment
  private let folder: String

  // A prompt longer than this is not read back.
  private static let limit = 16 << 20

  /// - Parameter folder: where the file with the text is put; made if it is missing.
  package init(environment: Environment, folder: String) {
    self.environment = environment
    self.folder = folder
  }

  /// What came of editing.
  package enum Outcome: Sendable {
    case edited(String)
    case failed(Explanation)
    /// The signal that was to end this program ended the editor first.
    case ended(by: Int32)
  }

  /// Lets the user edit `text`; returns when the editor ends, which a signal makes it do. The text is removed from the
  /// disk only when it came back.
  package func edit(_ text: String, terminal: Int32, signals: SignalSource.Listener) -> Outcome {
    let words = ProgramWords.split(environment["VISUAL"] ?? environment["EDITOR"] ?? "vi")
    let path = "\(folder)/prompt-\(WallClock.milliseconds()).md"
    do {
      try LocalFiles.makeFolder(folder)
      try LocalFiles.write(Array(text.utf8), to: path, existing: .keep)
    } catch {
      return .failed(
        Explanation(kind: .setting, summary: "The editor's file could not be written", detail: "\(error)"))
    }
    do {
      let (status, endedBy) = try ChildProcess.runOnTerminal(
        Command(words + [path], environment: environment), terminal: terminal, signals: signals)
      if let endedBy { return .ended(by: endedBy) }
      guard status.isSuccess else {
        return .failed(
          Explanation(
            kind: .setting, summary: "\(words.first ?? "The editor") did not end well", detail: "the text is in \(path)"
          ))
      }
      let bytes = try LocalFiles.read(path, atMost: Self.limit)
      try LocalFiles.remove(path)
      var edited = String(decoding: bytes, as: UTF8.self)
      if edited.hasSuffix("\n") { edited.removeLast() }
      return .edited(edited)
    } catch {
      return .failed(
        Explanation(
          kind: .setting, summary: "\(words.first ?? "The editor") could not be used",
          detail: "\(error); the text is in \(path)"))
    }
  }
}
