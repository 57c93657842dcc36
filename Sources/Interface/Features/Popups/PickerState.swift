// A popup in which one of many things is found by typing: commands, conversations, models, profiles, themes, prompts.

import Conversations
package import Display

/// One thing that can be picked.
package struct PickerItem: Equatable, Sendable {
  package var id: String
  package var title: String
  /// Dim words at the right.
  package var detail: String
  package var badge: String
  package var badgeRole: ThemeRole

  /// A line of a picker; all words may come from outside.
  package init(id: String, title: String, detail: String = "", badge: String = "", badgeRole: ThemeRole = .dim) {
    self.id = id
    self.title = title
    self.detail = detail
    self.badge = badge
    self.badgeRole = badgeRole
  }
}

/// A picker with what was typed into it.
package struct PickerState: Equatable, Sendable {
  /// What is picked.
  package enum Kind: Equatable, Sendable {
    case commands, conversations, profiles, themes, rewind
    /// Models of a provider.
    case models(String)
    /// Two to four models for a race.
    case race(RaceRequest)
  }

  package let kind: Kind
  package private(set) var query: String
  /// The lines that fit the query, best first.
  package private(set) var items: [PickerItem] = []
  package private(set) var selection = 0
  /// The most lines there were since it was opened.
  private(set) var largestCount = 0
  /// What was offered by the provider, for the model picker.
  package var models: [ModelChoice]?
  /// What is marked, in the order in which it was, where several things can be picked.
  package internal(set) var marked: [String] = []
  /// The theme to go back to when the picker is left.
  package var themeBefore: Theme?

  /// A model as it is offered.
  package struct ModelChoice: Equatable, Sendable {
    package var id: String
    package var contextLength: Int?
  }

  /// An open picker; its items are filled in by `AppState.refreshPicker`.
  package init(kind: Kind, query: String = "", themeBefore: Theme? = nil) {
    self.kind = kind
    self.query = query
    self.themeBefore = themeBefore
  }

  package var selected: PickerItem? { items.indices.contains(selection) ? items[selection] : nil }

  /// Replaces the lines, keeping the selected thing selected.
  package mutating func setItems(_ new: [PickerItem]) {
    let old = selected?.id
    items = new
    largestCount = max(largestCount, new.count)
    selection = old.flatMap { id in new.firstIndex { $0.id == id } } ?? 0
  }

  package mutating func insert(_ text: String) {
    query += text.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(200)
    selection = 0
    items = []
  }

  package mutating func deleteBackward() { if !query.isEmpty { query.removeLast() } }
  package mutating func clearQuery() { query = "" }

  package mutating func deleteWord() {
    while query.last == " " { query.removeLast() }
    while let last = query.last, last != " " { query.removeLast() }
  }

  package mutating func move(by offset: Int, wraps: Bool) {
    guard !items.isEmpty else { return }
    let target = selection + offset
    if wraps {
      selection = (target + items.count) % items.count
    } else {
      selection = min(max(0, target), items.count - 1)
    }
  }

  package var title: String {
    switch kind {
    case .commands: "Commands"
    case .conversations: "Conversations"
    case .profiles: "Profiles"
    case .themes: "Themes"
    case .rewind: "Edit an earlier prompt"
    case .models(let provider): "Models of \(provider)"
    case .race(let request): request.title
    }
  }
}
