// What is wrong with a text that somebody wrote, and where.

/// A place in a file, counted from one as editors do.
package struct SourceLocation: Equatable, Hashable, Sendable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package var column: Int

  /// A place in a file; line and column count from one.
  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, which editors and terminals understand.
  package var description: String { "\(file):\(line):\(column)" }
}

/// One finding about a configuration, a theme or an imported file. It never stops the program.
package struct Diagnostic: Equatable, Sendable, CustomStringConvertible {
  /// How much it matters.
  package enum Severity: String, Equatable, Sendable { case warning, error }

  package var severity: Severity
  package var message: String
  package var location: SourceLocation?

  /// A finding; an error means that a value could not be used.
  package init(_ severity: Severity, _ message: String, at location: SourceLocation? = nil) {
    self.severity = severity
    self.message = message
    self.location = location
  }

  /// `file:line:column: message`, one line.
  package var description: String { location.map { "\($0): \(message)" } ?? message }
}
