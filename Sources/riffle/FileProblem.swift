// Words for what can be wrong with a file.

import Platform

/// Explains file errors to people.
enum FileProblem {
  /// What is wrong, without the path.
  static func words(_ error: LocalFileError) -> String {
    switch error {
    case .missing: "there is no such file"
    case .isFolder: "is a folder"
    case .notAFile: "is not an ordinary file"
    case .tooLarge(_, let limit): "is larger than \(limit) bytes"
    case .exists: "exists already"
    case .denied: "may not be read or written"
    case .noSpace: "the disk is full"
    case .failed(_, let cause): cause.reason
    }
  }
}
