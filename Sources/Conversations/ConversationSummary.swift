// A conversation as lists show it, and as the archive hands it over: never with all its messages.

/// What a conversation is doing or waiting for; the list shows the strongest.
package enum ConversationState: String, Equatable, Sendable {
  case idle, waiting, streaming, unread, error, draft
}

/// One line of the conversation list.
package struct ConversationSummary: Identifiable, Equatable, Sendable {
  package let id: ConversationID
  /// Empty until the first prompt gives it one.
  package var title: String
  package var updated: Timestamp
  /// Messages on the current path.
  package var messageCount: Int
  package var isPinned: Bool
  package var isArchived: Bool
  package var tags: [String]
  package var profileName: String
  package var model: ModelReference
  package var hasDraft: Bool
  package var isUnread: Bool
  /// Whether its last answer failed or is incomplete.
  package var hasError: Bool

  /// A line for a conversation.
  package init(
    id: ConversationID, title: String, updated: Timestamp, messageCount: Int, isPinned: Bool = false,
    isArchived: Bool = false, tags: [String] = [], profileName: String, model: ModelReference, hasDraft: Bool = false,
    isUnread: Bool = false, hasError: Bool = false
  ) {
    self.id = id
    self.title = title
    self.updated = updated
    self.messageCount = messageCount
    self.isPinned = isPinned
    self.isArchived = isArchived
    self.tags = tags
    self.profileName = profileName
    self.model = model
    self.hasDraft = hasDraft
    self.isUnread = isUnread
    self.hasError = hasError
  }
}

/// A contiguous piece of a conversation's current path, oldest first.
package struct MessageWindow: Equatable, Sendable {
  package var messages: [Message]
  /// Messages on the path before the first of these.
  package var earlierCount: Int
  /// Messages on the path after the last of these.
  package var laterCount: Int

  /// A piece of the path.
  package init(messages: [Message], earlierCount: Int, laterCount: Int = 0) {
    self.messages = messages
    self.earlierCount = earlierCount
    self.laterCount = laterCount
  }
}

/// All that is known of a conversation but its bodies.
package struct ConversationRecord: Equatable, Sendable {
  package var summary: ConversationSummary
  package var profile: Profile
  /// The last message of the current path; `nil` before the first.
  package var leaf: MessageID?
  package var created: Timestamp
  package var draft: String
  /// Prompts waiting to be sent, first one first.
  package var queue: [Prompt]
  package var isTrashed: Bool

  /// A conversation's settings, draft and queue.
  package init(
    summary: ConversationSummary, profile: Profile, leaf: MessageID?, created: Timestamp, draft: String = "",
    queue: [Prompt] = [], isTrashed: Bool = false
  ) {
    self.summary = summary
    self.profile = profile
    self.leaf = leaf
    self.created = created
    self.draft = draft
    self.queue = queue
    self.isTrashed = isTrashed
  }
}
