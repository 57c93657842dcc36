// Files that the user asks for by name: a new one or none, never somebody's old one (`robustness.md`, S12).

import Diagnostics
import Display
import Interface
import Platform

/// Writes text to files of the user's choice.
struct UserTextFiles: Sendable {
  /// What `~` stands for.
  let home: String
  /// Where relative paths begin.
  let folder: String

  // A hundred files of one name: whoever has them finds the next name alone.
  private static let names = 2...99

  /// Writes a text to a new file and returns what to tell.
  ///
  /// Controls are written in the form that files and pipes get (R4). The file may be read by whom the umask lets: it is
  /// an export that was asked for by name, as with `>` in a shell, and not one of riffle's own files, which R14 keeps
  /// private; whoever wants that for all new files has a umask of 077, which is kept.
  func write(_ text: String, to path: String) throws(Explanation) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw Explanation(kind: .setting, summary: "Not written", detail: "that is no name for a file")
    }
    let piped = Sanitizer.piped(text)
    let bytes = Array((piped.hasSuffix("\n") ? piped : piped + "\n").utf8)
    let real = resolved(path)
    do throws(LocalFileError) {
      try LocalFiles.write(bytes, to: real, existing: .keep, readers: .others)
    } catch {
      throw explanation(error, path: path, real: real)
    }
    let isChanged = text.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 && $0 != 0x0D || $0 == 0x7F }
    return "Wrote \(Figures.exactBytes(bytes.count)) to \(path)"
      + (isChanged ? "; control characters stand in it as ^X" : "")
  }

  private func explanation(_ error: LocalFileError, path: String, real: String) -> Explanation {
    switch error {
    case .exists:
      let free = LocalFiles.isFolder(real) ? nil : freeName(beside: path)
      let hint = free.map { "; \($0) is free" } ?? ""
      return Explanation(
        kind: .setting, summary: "\(path) \(LocalFiles.isFolder(real) ? "is a folder" : "exists already")",
        detail: "nothing was written\(hint)")
    case .missing:
      return Explanation(kind: .setting, summary: "\(path) cannot be written", detail: "its folder does not exist")
    default: return Explanation(kind: .setting, summary: "\(path) cannot be written", detail: error.words)
    }
  }

  /// `notes-2.md` beside `notes.md`.
  private func freeName(beside path: String) -> String? {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[slash...]
    let dot = name.dropFirst().lastIndex(of: ".") ?? path.endIndex
    return Self.names.lazy.map { "\(path[..<dot])-\($0)\(path[dot...])" }.first { !LocalFiles.exists(resolved($0)) }
  }

  private func resolved(_ path: String) -> String {
    if path == "~" { return home }
    if path.hasPrefix("~/") { return "\(home)/\(path.dropFirst(2))" }
    return path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
