// A value that must never be seen: API keys, tokens, passwords.

/// Text that prints as `•••` and has no coding. It leaves through `withExposed`, for `HTTPHeaders` and for what signs
/// requests.
package struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  /// Wraps a value that was read from the environment, a command or a file.
  package init(_ value: String) { self.value = value }

  package var description: String { "•••" }
  package var debugDescription: String { "•••" }
  package var customMirror: Mirror { Mirror(self, children: []) }
  package var isEmpty: Bool { value.isEmpty }

  /// Lends the text for the duration of `body`.
  package func withExposed<Result>(_ body: (String) -> Result) -> Result { body(value) }
}
