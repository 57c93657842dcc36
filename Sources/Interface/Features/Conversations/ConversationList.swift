// All conversations, one line each, in the order in which lists show them.

package import Conversations

/// The known conversations: pinned ones first, then by the time of their last change.
package struct ConversationList: Equatable, Sendable {
  package private(set) var summaries: [ConversationID: ConversationSummary] = [:]
  package private(set) var order: [ConversationID] = []
  package private(set) var isLoaded = false

  /// None known yet.
  package init() {}

  /// Replaces everything by what the archive holds.
  package mutating func load(_ all: [ConversationSummary]) {
    isLoaded = true
    for summary in all where summaries[summary.id].map({ $0.updated <= summary.updated }) ?? true {
      summaries[summary.id] = summary
    }
    sort()
  }

  /// Takes in changed lines.
  package mutating func merge(_ changed: [ConversationID: ConversationSummary], removed: Set<ConversationID>) {
    guard !changed.isEmpty || !removed.isEmpty else { return }
    var isReordered = !removed.isEmpty
    for (id, summary) in changed {
      if let old = summaries[id], old.updated == summary.updated, old.isPinned == summary.isPinned,
        old.isListed == summary.isListed
      {
        summaries[id] = summary
      } else {
        summaries[id] = summary
        isReordered = true
      }
    }
    for id in removed { summaries[id] = nil }
    if isReordered { sort() }
  }

  /// The conversation at a place counted from one, as Alt+1..9 counts.
  package func conversation(at number: Int) -> ConversationID? {
    number >= 1 && number <= order.count ? order[number - 1] : nil
  }

  private mutating func sort() {
    order = summaries.values.filter(\.isListed)
      .sorted { ($0.isPinned ? 0 : 1, $1.updated, $0.id) < ($1.isPinned ? 0 : 1, $0.updated, $1.id) }
      .map(\.id)
  }
}

extension ConversationSummary {
  /// Whether lists show it: not what was put away, nor what was begun and left empty.
  fileprivate var isListed: Bool { !isArchived && (messageCount > 0 || hasDraft || !title.isEmpty || isPinned) }
}
