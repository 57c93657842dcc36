// Where a program is, before it is started: what is offered depends on what there is.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Environment {
  /// The path of a program that PATH leads to, or the name itself if it has a slash and may be run; nil if there is none.
  ///
  /// Folders of PATH that are not absolute are passed over: a program must not depend on where riffle was started.
  package func program(_ name: String) -> String? {
    if name.contains("/") { return Self.isProgram(name) ? name : nil }
    guard !name.isEmpty else { return nil }
    for folder in (self["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      if Self.isProgram(path) { return path }
    }
    return nil
  }

  private static func isProgram(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && found.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
