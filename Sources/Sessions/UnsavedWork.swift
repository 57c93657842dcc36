// What somebody wrote or was answered and that is not on the disk: to be counted in a notice, to be asked about before
// leaving, and to be written into a rescue file by who knows where such a file can stand.

package import Conversations

/// Everything of value that waits to be saved.
package struct UnsavedWork: Equatable, Sendable {
  /// One text.
  package struct Item: Equatable, Sendable {
    /// What a text is; the raw values are those of the rescue file.
    package enum Kind: String, CaseIterable, Equatable, Sendable {
      case message, draft
      case queued = "queued prompt"
      /// A title, tags, a profile or the like.
      case setting
    }

    package var kind: Kind
    package var conversation: ConversationID
    /// Who speaks, of a message.
    package var role: Role?
    package var text: String
    /// Names of files that go with it.
    package var files: [String]

    /// A text that is not saved.
    package init(
      _ kind: Kind, of conversation: ConversationID, role: Role? = nil, text: String, files: [String] = []
    ) {
      self.kind = kind
      self.conversation = conversation
      self.role = role
      self.text = text
      self.files = files
    }
  }

  /// In the order in which they were to be saved, by conversation.
  package var items: [Item]

  /// These texts; nothing by default.
  package init(_ items: [Item] = []) { self.items = items }

  package var count: Int { items.count }
  package var isEmpty: Bool { items.isEmpty }

  /// `2 messages, 1 draft`; empty if there is nothing.
  package var words: String {
    Item.Kind.allCases.compactMap { kind in
      let count = items.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) }
      return count == 0 ? nil : "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
  }
}

extension UnsavedWork.Item {
  /// An answer that has not begun has nothing to lose.
  var isWorthKeeping: Bool { !text.isEmpty || !files.isEmpty }

  init(_ message: Message, of conversation: ConversationID) {
    self.init(
      .message, of: conversation, role: message.role, text: message.text,
      files: message.parts.compactMap { if case .attachment(let file) = $0 { file.name } else { nil } })
  }

  init(_ prompt: Prompt, of conversation: ConversationID) {
    self.init(.queued, of: conversation, text: prompt.text, files: prompt.attachments.map(\.name))
  }
}

extension WriteQueue {
  /// What of a conversation waits to be written and would be missed. That a draft is empty again, that a conversation has
  /// been read or where its path ends is not.
  func unsaved(of id: ConversationID) -> [UnsavedWork.Item] {
    var items = messages(of: id).map { UnsavedWork.Item($0, of: id) }
    for write in writes(of: id) {
      switch write {
      case .saveDraft(let text), .shelveDraft(let text):
        if !text.isEmpty { items.append(UnsavedWork.Item(.draft, of: id, text: text)) }
      case .saveQueue(let queue): items += queue.map { UnsavedWork.Item($0, of: id) }
      case .update(let patch):
        if let words = patch.words { items.append(UnsavedWork.Item(.setting, of: id, text: words)) }
      case .rate: items.append(UnsavedWork.Item(.setting, of: id, text: "which answer of a race was the best"))
      case .create, .append, .finish, .watched, .setLeaf, .setTrashed, .moveVariants: break
      }
    }
    return items
  }
}

extension ConversationPatch {
  /// What the user has chosen, in words; `nil` if nothing.
  fileprivate var words: String? {
    let words = [
      title.map { "title: \($0)" }, tags.map { "tags: \($0.joined(separator: ", "))" },
      profile.map { "profile: \($0.name.isEmpty ? $0.model.label : $0.name)" }, isPinned.map { "pinned: \($0)" },
      isArchived.map { "archived: \($0)" },
    ].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }
}
