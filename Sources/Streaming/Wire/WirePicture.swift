// What went over the wire, as it may be looked at: credentials are masked, bodies windowed, bytes told apart as text or as
// hexadecimal digits. Made by whoever keeps the log; the interface only shows it. All texts are outside text.

package import Conversations

/// One exchange in a line: a request, and what came of it.
package struct WireOutline: Equatable, Sendable {
  /// From one, in the order of requests since the program started.
  package var number: Int
  /// The provider's name in the configuration.
  package var provider: String
  package var model: String
  package var conversation: ConversationID
  /// The message that its answer became; `nil` where it became none.
  package var answer: MessageID?
  /// Which request for that answer, from one.
  package var attempt: Int
  /// When the request was made.
  package var began: Timestamp
  package var method: String
  package var url: String
  /// The status of the response; `nil` while there is none.
  package var status: Int?
  package var requestBytes: Int
  package var responseBytes: Int
  /// Whether more may come.
  package var isLive: Bool
  /// How it ended, in words; `nil` while it has not.
  package var ending: String?

  /// An exchange of which only the request is known.
  package init(
    number: Int, provider: String, model: String, conversation: ConversationID, answer: MessageID?, attempt: Int,
    began: Timestamp, method: String, url: String, requestBytes: Int
  ) {
    self.number = number
    self.provider = provider
    self.model = model
    self.conversation = conversation
    self.answer = answer
    self.attempt = attempt
    self.began = began
    self.method = method
    self.url = url
    self.requestBytes = requestBytes
    responseBytes = 0
    isLive = true
  }
}

/// A line of a request, of a response's head or of an unfolded event.
package struct WireLine: Equatable, Sendable {
  /// What a line is.
  package enum Kind: Equatable, Sendable {
    /// The request line or the status line.
    case start
    case header(name: String)
    case body
    /// Not from the wire: riffle's own words about it, such as how much is left out.
    case note
  }

  package var kind: Kind
  /// Without a line end; of a header its value alone.
  package var text: String

  /// A line.
  package init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// A piece of the response's body: an event, a line, a frame, or a read where nothing else is known.
package struct WireEvent: Equatable, Sendable {
  /// From the request; `nil` for a note about what was left out.
  package var time: Duration?
  /// On the wire.
  package var bytes: Int
  /// Its beginning on one line: enough for a wide screen, and all of it where `isWhole`.
  package var preview: String
  package var isWhole: Bool
  /// How much of `WirePicture.text` had arrived with it, in bytes of UTF-8.
  package var textEnd: Int

  /// A piece that arrived.
  package init(time: Duration?, bytes: Int, preview: String, isWhole: Bool = true, textEnd: Int = 0) {
    self.time = time
    self.bytes = bytes
    self.preview = preview
    self.isWhole = isWhole
    self.textEnd = textEnd
  }
}

/// One exchange as it stands.
package struct WirePicture: Equatable, Sendable {
  package var outline: WireOutline
  /// Request line, headers, body.
  package var request: [WireLine]
  /// Status line and headers; empty while there are none.
  package var head: [WireLine]
  package var events: [WireEvent]
  /// The answer's text in what has arrived, masked like everything else.
  package var text: String
  /// Why there is no text where some could be expected; empty otherwise.
  package var textNote: String

  /// An exchange without a response.
  package init(_ outline: WireOutline, request: [WireLine]) {
    self.outline = outline
    self.request = request
    head = []
    events = []
    text = ""
    textNote = ""
  }
}

/// A file that an exchange can be saved as.
package struct WireFile: Equatable, Sendable {
  package var bytes: [UInt8]
  /// What it is about, for its name: from outside.
  package var title: String

  /// A file's content.
  package init(bytes: [UInt8], title: String) {
    self.bytes = bytes
    self.title = title
  }
}
