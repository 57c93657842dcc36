// One message as it stood on the wire, after the cutting was undone and before anybody looked at its meaning.
// It is for dialects, which know what the bytes say; it holds no provider's vocabulary.

/// One frame of a stream: an event, a line or a message, with its bytes exactly as they arrived.
package struct WireFrame: Equatable, Sendable {
  /// What a frame is for, where its format tells such things; `message` everywhere else.
  package enum Kind: Equatable, Sendable {
    /// Part of what was asked for.
    case message
    /// A failure that the service's interface names: `event` is its name, the payload its words.
    case exception
    /// A failure outside of the service's interface: `event` is its code.
    case error(message: String)
    /// None of these; it means nothing to anybody yet.
    case unknown
  }

  /// The event's name; nil is the default, which event streams call `message`.
  package var event: String?
  /// The payload, byte for byte. It may hold invalid UTF-8: `text` repairs it, JSON readers repair strings.
  package var data: [UInt8]
  /// The last event id in force when the frame was complete; nil where the stream never set one or reset it.
  package var id: String?
  /// What the frame is for.
  package var kind = Kind.message
  /// The payload's media type; nil where the frame does not say.
  package var contentType: String?

  /// A frame with the default event name and no id, unless they are given.
  package init(event: String? = nil, data: [UInt8], id: String? = nil) {
    self.event = event
    self.data = data
    self.id = id
  }

  /// The payload as text, with U+FFFD for each maximal invalid subpart.
  package var text: String { String(decoding: data, as: UTF8.self) }

  /// The first characters of the payload, for a message about a frame that could not be understood.
  ///
  /// - Complexity: O(*count*), whatever the size of the payload.
  package func excerpt(characters count: Int = 200) -> String {
    // A character is rarely longer than this; one that is gets cut, which an excerpt may do.
    let bytes = count > 0 ? data.prefix(min(count, 1 << 20) * 8) : []
    return String(String(decoding: bytes, as: UTF8.self).prefix(max(count, 0)))
  }

  /// Whether the payload holds nothing but blanks; such frames carry no meaning in any dialect.
  package var isBlank: Bool { data.allSatisfy(ASCII.isBlank) }

  /// Whether the payload is the `[DONE]` with which many servers end an event stream, blanks around it allowed.
  package var isDoneMarker: Bool { data.withUnsafeBytes(ASCII.isDoneMarker) }
}
