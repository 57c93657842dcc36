// Unsaved words as a rescue file has them.

import Conversations
import Framing
package import Sessions

extension UnsavedWork {
  /// One JSON object a line: `conversation`, `kind`, `role` of a message, `text`, and the names of `files` if there are
  /// any.
  package var jsonLines: [UInt8] {
    var json = JSONWriter()
    var bytes: [UInt8] = []
    for item in items {
      json.object { object in
        object.field("conversation", item.conversation.rawValue)
        object.field("kind", item.kind.rawValue)
        if let role = item.role { object.field("role", role.rawValue) }
        object.field("text", item.text)
        if !item.files.isEmpty {
          object.arrayField("files") { files in for file in item.files { files.value(file) } }
        }
      }
      bytes += json.take() + [0x0A]
    }
    return bytes
  }
}
