// With whom, and how, a conversation talks.

/// A provider, a model and parameters under a name; copied into a conversation when it begins, so that later changes of
/// the configuration do not change old conversations.
package struct Profile: Equatable, Sendable {
  package var name: String
  package var model: ModelReference
  /// The system prompt; empty for none.
  package var system: String
  package var temperature: Double?
  package var topP: Double?
  package var maximumTokens: Int?
  /// Whether answers stream.
  package var isStreaming: Bool
  /// A JSON object that is merged into the request body unchanged; empty for none.
  package var extraJSON: String

  /// A profile with the provider's own parameters, streaming.
  package init(
    name: String, model: ModelReference, system: String = "", temperature: Double? = nil, topP: Double? = nil,
    maximumTokens: Int? = nil, isStreaming: Bool = true, extraJSON: String = ""
  ) {
    self.name = name
    self.model = model
    self.system = system
    self.temperature = temperature
    self.topP = topP
    self.maximumTokens = maximumTokens
    self.isStreaming = isStreaming
    self.extraJSON = extraJSON
  }
}

/// What the user sends.
package struct Prompt: Equatable, Sendable {
  package var text: String
  package var attachments: [Attachment]

  /// A text with files.
  package init(text: String, attachments: [Attachment] = []) {
    self.text = text
    self.attachments = attachments
  }
}
