// The last resort when the archive takes nothing: what is not saved goes into a private file, in the first place that can
// be written to. One JSON object a line, so that nothing has to be unpacked to read it.

import Glibc
import Headless
import Platform
import Sessions

/// Writes what could not be saved where it can be found.
struct RescueFile {
  /// Folders to try, best first.
  let folders: [String]

  /// The state folder, the home folder, and the folder for temporary files.
  init(_ places: Places, _ environment: Environment) {
    folders = [places.stateFolder, environment["HOME"] ?? "", environment["TMPDIR"] ?? "", "/tmp"].filter {
      !$0.isEmpty
    }
  }

  /// Writes a new file with mode 0600.
  /// - Returns: its path; `nil` if no folder takes it.
  func write(_ work: UnsavedWork) -> String? {
    let name = "riffle-unsaved-\(WallClock.milliseconds())-\(getpid()).jsonl"
    let bytes = work.jsonLines
    for folder in folders {
      let path = "\(folder)/\(name)"
      do throws(LocalFileError) {
        try LocalFiles.makeFolder(folder)
        try LocalFiles.write(bytes, to: path, existing: .keep)
        return path
      } catch {
        continue
      }
    }
    return nil
  }
}
