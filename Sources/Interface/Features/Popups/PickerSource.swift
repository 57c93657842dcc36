// Where a picker's lines come from.

import Conversations
import Display
import Streaming

/// Finds the lines of a picker.
enum PickerSource {
  /// The lines that fit the picker's query, best first; all of them in their own order when nothing was typed.
  static func items(for picker: PickerState, in state: AppState) -> [PickerItem] {
    let all = candidates(for: picker, in: state)
    guard !picker.query.isEmpty else { return all }
    let matcher = FuzzyMatcher(picker.query)
    return
      all.enumerated()
      .compactMap { index, item -> (PickerItem, Int, Int)? in
        let best = [item.id, item.title, item.detail].compactMap { matcher.match($0)?.score }.max()
        return best.map { (item, $0, index) }
      }
      .sorted { ($1.1, $0.2) < ($0.1, $1.2) }
      .map(\.0)
  }

  private static func candidates(for picker: PickerState, in state: AppState) -> [PickerItem] {
    switch picker.kind {
    case .commands: commands(in: state)
    case .conversations: conversations(in: state)
    case .profiles:
      state.options.profiles.map {
        PickerItem(
          id: $0.name, title: $0.name, detail: $0.model.label,
          badge: $0.name == state.transcript.profile.name ? "now" : "", badgeRole: .success)
      }
    case .themes:
      state.options.themes.map {
        PickerItem(
          id: $0.name, title: $0.name, detail: $0.appearance.rawValue,
          badge: $0.name == picker.themeBefore?.name ? "now" : "",
          badgeRole: .success)
      }
    case .rewind:
      state.transcript.messages.filter { $0.role == .user }.reversed().map {
        PickerItem(id: $0.id.description, title: $0.text)
      }
    case .models(let provider): models(picker.models, of: provider, in: state)
    case .race: racers(picker, in: state)
    }
  }

  private static func commands(in state: AppState) -> [PickerItem] {
    CommandCatalog.all.filter { $0.isAvailable(state) && !$0.isForBrowsing }.map { command in
      let slash = command.slash.map { "/\($0.name)" } ?? ""
      let keys = state.options.keymap.keys(for: command.id).map(Keymap.text(of:)) ?? ""
      return PickerItem(id: command.id.rawValue, title: command.title, detail: slash, badge: keys, badgeRole: .popupKey)
    }
  }

  private static func conversations(in state: AppState) -> [PickerItem] {
    state.list.order.compactMap { id in
      guard let summary = state.list.summaries[id] else { return nil }
      let mark = ConversationMark(summary, in: state)
      return PickerItem(
        id: id.rawValue, title: summary.title.isEmpty ? "(no title)" : summary.title,
        detail:
          "\(id.rawValue) · \(summary.messageCount) · \(Figures.age(milliseconds: state.wall.milliseconds - summary.updated.milliseconds))",
        badge: mark.text, badgeRole: mark.role)
    }
  }

  /// Profiles, then the models that the conversation's provider offers.
  private static func racers(_ picker: PickerState, in state: AppState) -> [PickerItem] {
    let provider = state.transcript.profile.model.provider
    var items = state.options.profiles.map { PickerItem(id: $0.name, title: $0.name, detail: $0.model.label) }
    items += (picker.models ?? []).map { "\(provider)/\($0.id)" }
      .filter { label in !state.options.profiles.contains { $0.model.label == label } }
      .map { PickerItem(id: $0, title: $0) }
    for index in items.indices {
      guard let place = picker.marked.firstIndex(of: items[index].id) else { continue }
      items[index].badge = "✓ \(place + 1)"
      items[index].badgeRole = .success
    }
    return items
  }

  private static func models(_ offered: [PickerState.ModelChoice]?, of provider: String, in state: AppState)
    -> [PickerItem]
  {
    let current = state.transcript.profile.model
    var names = offered?.map(\.id) ?? []
    if current.provider == provider, !current.model.isEmpty, !names.contains(current.model) {
      names.insert(current.model, at: 0)
    }
    return names.map { name in
      let context = offered?.first { $0.id == name }?.contextLength.map { "\(Figures.count($0)) tokens" } ?? ""
      return PickerItem(
        id: name, title: name, detail: context, badge: name == current.model ? "now" : "", badgeRole: .success)
    }
  }
}

/// What a conversation is doing, as a mark of a few characters.
struct ConversationMark: Equatable {
  var text: String
  var role: ThemeRole

  /// The strongest thing to be said of a conversation.
  init(_ summary: ConversationSummary, in state: AppState) {
    let live = state.runs.values.filter { $0.conversation == summary.id && $0.isLive }
    if !live.isEmpty {
      // Several are added up: the order in which they are held is nobody's.
      let rates = live.compactMap { $0.asOf(state.now).metrics.recentCharactersPerSecond }
      let rate = rates.isEmpty ? "" : " \(Figures.rate(rates.reduce(0, +)))/s"
      self.init(text: "▶\(rate)", role: .listLive)
    } else if summary.hasError {
      self.init(text: "✗", role: .error)
    } else if summary.isUnread {
      self.init(text: "●", role: .listUnread)
    } else if summary.hasDraft {
      self.init(text: "✎", role: .dim)
    } else {
      self.init(text: summary.isPinned ? "^" : "", role: .dim)
    }
  }

  /// Nothing to be said.
  static let none = ConversationMark(text: "", role: .dim)

  private init(text: String, role: ThemeRole) {
    self.text = text
    self.role = role
  }
}
