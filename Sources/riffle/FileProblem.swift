// Words for what can be wrong with a file.

import Platform

/// Explains file errors to people.
enum FileProblem {
  /// What is wrong, without the path.
  static func words(_ error: LocalFileError) -> String { error.words }
}
