// Commands about conversations: new, switch, rename, pin, archive, delete.

import Conversations
import Display

extension CommandCatalog {
  static let conversationCommands: [CommandDefinition] =
    [
      CommandDefinition(
        "conversation.new", "Begin a new conversation", group: .conversations,
        slash: SlashSyntax("new", aliases: ["clear"]), keys: ["ctrl-x n"]
      ) { state, _, _ in state.beginConversation() },
      CommandDefinition(
        "conversation.switch", "Switch to a conversation by ID or title", group: .conversations,
        slash: SlashSyntax("sessions", aliases: ["switch"]), keys: ["ctrl-x l"]
      ) { state, _, query in
        state.overlay = .picker(PickerState(kind: .conversations, query: query))
        return state.list.isLoaded ? [] : [.loadSummaries]
      },
      CommandDefinition(
        "conversation.open", "Open a conversation by its ID or the beginning of it", group: .conversations,
        slash: SlashSyntax("open", argument: "ID")
      ) { state, _, prefix in
        guard !prefix.isEmpty else {
          state.overlay = .picker(PickerState(kind: .conversations))
          return [.loadSummaries]
        }
        return [.openPrefix(prefix)]
      },
      CommandDefinition(
        "conversation.next-active", "Go to the next conversation with something new", group: .conversations,
        keys: ["alt-a"]
      ) { state, _, _ in state.showNextActive() },
      CommandDefinition(
        "conversation.last", "Go back to the conversation shown before", group: .conversations, keys: ["alt-/"],
        isAvailable: { $0.previous != nil }, excuse: "No other conversation was shown before"
      ) { state, _, _ in state.previous.map { state.show($0) } ?? [] },
      CommandDefinition(
        "conversation.sidebar", "Show or hide the list of conversations", group: .conversations, keys: ["ctrl-x b"]
      ) { state, _, _ in
        state.isSidebarShown.toggle()
        if state.isSidebarShown, state.size.columns < ScreenLayout.sidebarMinimum {
          state.show(
            "The list needs \(ScreenLayout.sidebarMinimum) columns; \(state.hint(for: "conversation.switch")) shows it here"
          )
        }
        return state.list.isLoaded ? [] : [.loadSummaries]
      },
      CommandDefinition(
        "conversation.rename", "Give the conversation a title", group: .conversations,
        slash: SlashSyntax("rename", argument: "TITLE")
      ) { state, _, title in
        guard !title.isEmpty else {
          state.show("A title is missing: /rename Plans for spring", .warning)
          return []
        }
        state.transcript.title = title
        return state.create() + [.rename(state.shown, title)]
      },
      CommandDefinition(
        "conversation.pin", "Pin the conversation to the top of the list, or unpin it", group: .conversations,
        slash: SlashSyntax("pin")
      ) { state, _, _ in
        let isPinned = !(state.list.summaries[state.shown]?.isPinned ?? false)
        state.show(isPinned ? "Pinned" : "No longer pinned", .success)
        return state.create() + [.setPinned(state.shown, isPinned)]
      },
      CommandDefinition(
        "conversation.tag", "Set the conversation's tags", group: .conversations,
        slash: SlashSyntax("tag", argument: "[TAG …]")
      ) { state, _, text in
        let tags = text.split(separator: " ").map(String.init)
        state.show(tags.isEmpty ? "Tags removed" : "Tagged \(tags.joined(separator: ", "))", .success)
        return state.create() + [.setTags(state.shown, tags)]
      },
      CommandDefinition(
        "conversation.archive", "Take the conversation out of the list; it stays findable", group: .conversations,
        slash: SlashSyntax("archive")
      ) { state, _, _ in
        let isArchived = !(state.list.summaries[state.shown]?.isArchived ?? false)
        state.show(isArchived ? "Archived; /archive again brings it back" : "Back in the list", .success)
        return state.create() + [.setArchived(state.shown, isArchived)]
      },
      CommandDefinition(
        "conversation.delete", "Move the conversation to the trash", group: .conversations, slash: SlashSyntax("delete")
      ) { state, _, _ in
        let id = state.shown
        guard !state.transcript.messages.isEmpty else {
          state.show("This conversation is empty")
          return []
        }
        state.lastTrashed = id
        let effects: [Effect] = [.setTrashed(id, true)] + state.beginConversation()
        state.show("\(id) is in the trash; /undo brings it back", .success)
        return effects
      },
      CommandDefinition(
        "conversation.undo-delete", "Bring back what was deleted last", group: .conversations,
        slash: SlashSyntax("undo")
      ) { state, _, _ in
        if let index = state.formerLeaves.lastIndex(where: { $0.conversation == state.shown }) {
          let former = state.formerLeaves.remove(at: index)
          let rest = state.formerLeaves.count { $0.conversation == state.shown }
          state.show("What was taken off last is back" + (rest > 0 ? "; \(rest) more to undo" : ""), .success)
          return [.setLeaf(state.shown, former.message)]
        }
        guard let id = state.lastTrashed else {
          state.show("Nothing was deleted in this session")
          return []
        }
        state.lastTrashed = nil
        let effects: [Effect] = [.setTrashed(id, false)] + state.show(id)
        state.show("\(id) is back", .success)
        return effects
      },
    ]
    + (1...9).map { number in
      CommandDefinition(
        CommandID("conversation.\(number)"), "Go to conversation \(number) of the list", group: .conversations,
        keys: ["alt-\(number)"]
      ) { state, _, _ in
        guard let id = state.list.conversation(at: number) else {
          state.show("There is no conversation \(number)")
          return state.list.isLoaded ? [] : [.loadSummaries]
        }
        return state.show(id)
      }
    }
}
