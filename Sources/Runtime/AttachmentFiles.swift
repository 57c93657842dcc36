// What the screen needs of files that are sent along; who composes the program says how paths are meant.

package import Conversations
package import Diagnostics

/// Reads and finds files that the user names.
package struct AttachmentFiles: Sendable {
  /// Reads a file as it was named.
  package var load: @Sendable (_ path: String) -> Result<Attachment, Explanation>
  /// What a path that is being typed can go on with, in the form in which it is typed; folders end with a slash.
  package var list: @Sendable (_ typed: String) -> [String]

  /// Files behind two functions.
  package init(
    load: @escaping @Sendable (_ path: String) -> Result<Attachment, Explanation>,
    list: @escaping @Sendable (_ typed: String) -> [String]
  ) {
    self.load = load
    self.list = list
  }

  func read(_ path: String) throws(Explanation) -> Attachment { try load(path).get() }
}
