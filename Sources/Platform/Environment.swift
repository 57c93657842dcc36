// The process environment as a value, captured once at the start, so that nothing deeper depends on a global.

import CSystem

/// Environment variables.
package struct Environment: Equatable, Sendable {
  /// Every variable, also empty ones.
  package private(set) var variables: [String: String]

  /// An environment of these variables; for tests and for children.
  package init(_ variables: [String: String]) {
    self.variables = variables
  }

  /// The environment of this process as it is now. Of a name that occurs twice the first is taken, as getenv(3) does.
  package static func captured() -> Environment {
    var variables: [String: String] = [:]
    var entry = system_environment()
    while let pointer = entry?.pointee {
      let text = String(cString: pointer)
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        let name = String(text[..<equals])
        if variables[name] == nil { variables[name] = String(text[text.utf8.index(after: equals)...]) }
      }
      entry = entry?.advanced(by: 1)
    }
    return Environment(variables)
  }

  /// The value of a variable; nil if it is unset or empty, which XDG, NO_COLOR and most others take for the same.
  package subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The same environment with one variable changed; nil removes it.
  package func setting(_ name: String, to value: String?) -> Environment {
    var copy = self
    copy.variables[name] = value
    return copy
  }

  /// As execve(2) wants it, sorted by name.
  package var assignments: [String] {
    variables.keys.sorted().map { "\($0)=\(variables[$0] ?? "")" }
  }
}
