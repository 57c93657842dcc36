// Finding, opening and changing conversations.

package import Conversations
import Diagnostics
package import Streaming

/// Which conversation a prefix means.
package enum Resolution: Equatable, Sendable {
  case one(ConversationID)
  /// The first of those that begin so.
  case ambiguous([ConversationID])
  /// Only conversations in the trash begin so.
  case inTrash([ConversationID])
  case none
}

extension SessionStore {
  /// Conversations kept in memory that nothing needs.
  private static let keptConversations = 12

  /// Begins a conversation. It is written only with its first message, draft or setting.
  /// - Parameter id: chosen by the user; one is made up otherwise.
  package func create(id chosen: ConversationID? = nil, profile: Profile) async throws(SessionError)
    -> ConversationRecord
  {
    guard !isClosed else { throw .closed }
    var id = chosen ?? .random(using: &random)
    while true {
      if await isFree(id) { break }
      if chosen != nil { throw .conversationExists(id) }
      id = .random(using: &random)
    }
    let now = time.wall()
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: id, title: "", updated: now, messageCount: 0, profileName: profile.name, model: profile.model),
      profile: profile, leaf: nil, created: now)
    conversations[id] = LoadedConversation(
      record: record, window: MessageWindow(messages: [], earlierCount: 0), isStored: false)
    use(id)
    publish(
      [.opened(ConversationSnapshot(record: record, window: MessageWindow(messages: [], earlierCount: 0)))], of: id)
    return record
  }

  /// A name that no conversation has.
  func freeID() async -> ConversationID {
    var id = ConversationID.random(using: &random)
    while !(await isFree(id)) { id = .random(using: &random) }
    return id
  }

  /// Whether no conversation has a name, in memory or in the archive.
  private func isFree(_ id: ConversationID) async -> Bool {
    guard conversations[id] == nil else { return false }
    // An archive that cannot be read does not stop a chat in memory; should the name be taken, saving will say so.
    let isStored = ((try? await archive.record(of: id)) ?? nil) != nil
    return !isStored && conversations[id] == nil
  }

  /// Brings a conversation into memory, tells of it as `.opened`, and looks at it from now on.
  ///
  /// The window is the end of the current path; answers that stream stand in it as they are at this moment.
  package func open(_ id: ConversationID) async throws(SessionError) -> ConversationSnapshot {
    try await load(id)
    use(id)
    guard let snapshot = snapshot(of: id) else { throw .noSuchConversation(id.rawValue) }
    publish([.opened(snapshot)], of: id)
    evict()
    return snapshot
  }

  /// Which conversation a prefix of its ID means; an exact ID means itself. The trash is looked at only if nothing
  /// outside it begins so.
  package func resolve(_ prefix: String) async throws(SessionError) -> Resolution {
    // Nothing written means no conversation: a script with an unset variable must not hit the only one there is.
    guard !prefix.isEmpty else { return .none }
    let found = try await candidates(prefix, inTrash: false)
    if let first = found.first { return found.count == 1 ? .one(first) : .ambiguous(found) }
    let trashed = try await candidates(prefix, inTrash: true)
    return trashed.isEmpty ? .none : .inTrash(trashed)
  }

  /// The conversations in the trash whose ID begins so; an exact ID means itself.
  package func resolveInTrash(_ prefix: String) async throws(SessionError) -> [ConversationID] {
    prefix.isEmpty ? [] : try await candidates(prefix, inTrash: true)
  }

  /// What begins so, an exact ID alone. What is in memory is newer than what the archive tells.
  private func candidates(_ prefix: String, inTrash: Bool) async throws(SessionError) -> [ConversationID] {
    let inMemory = conversations.filter { $0.key.rawValue.hasPrefix(prefix) && $0.value.record.isTrashed == inTrash }
    if let exact = inMemory.keys.first(where: { $0.rawValue == prefix }) { return [exact] }
    let stored: [ConversationID]
    do throws(ArchiveFailure) {
      stored = try await archive.identifiers(withPrefix: prefix, inTrash: inTrash, limit: 20)
    } catch {
      throw .archive(error)
    }
    let known = stored.filter { conversations[$0].map { $0.record.isTrashed == inTrash } ?? true }
    if let exact = known.first(where: { $0.rawValue == prefix }) { return [exact] }
    return Set(known).union(inMemory.keys).sorted()
  }

  /// The list of conversations, newest first, pinned ones before the rest, as things stand in memory.
  package func summaries(limit: Int) async throws(SessionError) -> [ConversationSummary] {
    var list: [ConversationSummary]
    do throws(ArchiveFailure) {
      list = try await archive.summaries(limit: limit)
    } catch {
      throw .archive(error)
    }
    let known = Set(list.map(\.id))
    list.removeAll { conversations[$0.id]?.record.isTrashed == true }
    list = list.map { conversations[$0.id]?.record.summary ?? $0 }
    // What is not written yet is newer than anything the archive told.
    list += conversations.values
      .filter {
        $0.isStored && !$0.record.isTrashed && !known.contains($0.record.summary.id)
          && writes.hasPending($0.record.summary.id)
      }
      .map(\.record.summary)
    list.sort { ($0.isPinned ? 1 : 0, $0.updated) > ($1.isPinned ? 1 : 0, $1.updated) }
    return Array(list.prefix(limit))
  }

  /// The figures kept with an answer; `nil` if there are none.
  package func metrics(of message: MessageID) async throws(SessionError) -> StreamMetrics? {
    do throws(ArchiveFailure) {
      return try await archive.run(of: message).flatMap { MetricsJSON.metrics(from: $0.metricsJSON) }
    } catch {
      throw .archive(error)
    }
  }

  /// The timeline of an answer from a byte on: of one that streams as far as it has come, else as it was kept. Empty where
  /// nothing was.
  package func timeline(of message: MessageID, from offset: Int = 0) async throws(SessionError) -> [UInt8] {
    if let run = runs.values.first(where: { $0.assembler.message.id == message }) {
      return Array(run.recorder.timeline.bytes.dropFirst(offset))
    }
    if let run = writes.run(of: message) { return Array(run.timeline.dropFirst(offset)) }
    do throws(ArchiveFailure) {
      return Array((try await archive.run(of: message)?.timeline ?? []).dropFirst(offset))
    } catch {
      throw .archive(error)
    }
  }

  /// Prompts and shelved drafts, newest first.
  package func promptHistory(limit: Int) async throws(SessionError) -> [String] {
    do throws(ArchiveFailure) {
      return try await archive.promptHistory(limit: limit)
    } catch {
      throw .archive(error)
    }
  }

  // MARK: Settings

  /// Gives a conversation another title.
  package func rename(_ id: ConversationID, to title: String) async throws(SessionError) {
    try await change(id) { $0.title = title }
  }

  /// Keeps a conversation at the top of the list, or no longer.
  package func setPinned(_ isPinned: Bool, _ id: ConversationID) async throws(SessionError) {
    try await change(id) { $0.isPinned = isPinned }
  }

  /// Puts a conversation away without deleting it, or takes it out again.
  package func setArchived(_ isArchived: Bool, _ id: ConversationID) async throws(SessionError) {
    try await change(id) { $0.isArchived = isArchived }
  }

  /// Replaces a conversation's tags.
  package func setTags(_ tags: [String], _ id: ConversationID) async throws(SessionError) {
    try await change(id) { $0.tags = tags }
  }

  /// With whom the conversation goes on; the answer in progress is not touched.
  package func setProfile(_ profile: Profile, of id: ConversationID) async throws(SessionError) {
    try await change(id) { $0.profile = profile }
    publish([.profile(profile)], of: id)
  }

  /// The user has seen the conversation, and looks at it.
  package func markRead(_ id: ConversationID) async throws(SessionError) {
    try await load(id)
    use(id)
    guard conversations[id]?.record.summary.isUnread == true else { return }
    try await change(id) { $0.isUnread = false }
  }

  /// Moves a conversation to the trash. An answer in progress is stopped and kept.
  package func trash(_ id: ConversationID) async throws(SessionError) {
    try await load(id)
    conversations[id]?.sendsNextAfterStop = false
    conversations[id]?.sendsNextAfterReading = false
    // First of all: what waits is not sent into the trash by an answer's end.
    conversations[id]?.record.isTrashed = true
    for run in conversations[id]?.runs ?? [] { finishNow(run) }
    conversations[id]?.touch()
    var update = SessionUpdate()
    update.removed = [id]
    if conversations[id]?.isStored == true {
      enqueue(.setTrashed(true), to: id)
    } else {
      conversations[id] = nil
      opened.remove(id)
    }
    publish(update)
  }

  /// Takes a conversation out of the trash.
  package func restore(_ id: ConversationID) async throws(SessionError) {
    try await load(id)
    conversations[id]?.record.isTrashed = false
    conversations[id]?.touch()
    if conversations[id]?.isStored == true { enqueue(.setTrashed(false), to: id) }
    publish([], of: id)
  }

  /// The conversations in the trash, newest first.
  package func trashed(limit: Int) async throws(SessionError) -> [ConversationSummary] {
    do throws(ArchiveFailure) {
      return try await archive.trash(limit: limit)
    } catch {
      throw .archive(error)
    }
  }

  /// Takes a conversation that goes on out of the trash, and says so: what is said there would not be found again.
  func restoreIfTrashed(_ id: ConversationID) {
    guard conversations[id]?.record.isTrashed == true else { return }
    conversations[id]?.record.isTrashed = false
    conversations[id]?.touch()
    enqueue(.setTrashed(false), to: id)
    // No error: the kind that is shown without alarm.
    publish(notice: Explanation(kind: .cancelled, summary: "\(id) was in the trash and is back in the list"))
  }

  private func change(_ id: ConversationID, _ body: (inout ConversationPatch) -> Void) async throws(SessionError) {
    try await load(id)
    var patch = ConversationPatch()
    body(&patch)
    apply(patch, to: id)
    publish([], of: id)
  }

  /// Changes settings in memory and on disk; the caller tells of it.
  func apply(_ patch: ConversationPatch, to id: ConversationID) {
    guard var conversation = conversations[id] else { return }
    conversation.record.apply(patch)
    conversation.touch()
    conversations[id] = conversation
    // A conversation without anything in it is not written for its settings: the record it is created with has them.
    if conversation.isStored { enqueue(.update(patch), to: id) }
  }

  // MARK: Memory

  /// Makes sure that a conversation is in memory.
  func load(_ id: ConversationID) async throws(SessionError) {
    guard !isClosed else { throw .closed }
    guard conversations[id] == nil else { return }
    guard let loaded = try await read(id) else { throw .noSuchConversation(id.rawValue) }
    // Somebody else may have loaded it meanwhile, and it may have changed since.
    guard conversations[id] == nil else { return }
    conversations[id] = loaded
    use(id, isFocus: false)
  }

  /// Reads a conversation's record, the end of its path, and figures of the answers there.
  func read(_ id: ConversationID) async throws(SessionError) -> LoadedConversation? {
    do throws(ArchiveFailure) {
      guard let record = try await archive.record(of: id) else { return nil }
      let window =
        try await archive.window(of: id, endingWith: nil, .last(Self.windowLimit), maximumBytes: Self.windowBytes)
        ?? MessageWindow(messages: [], earlierCount: 0)
      return LoadedConversation(
        record: record, window: window, metrics: try await figures(of: window.messages), isStored: true)
    } catch {
      throw .archive(error)
    }
  }

  func figures(of messages: [Message]) async throws(ArchiveFailure) -> [MessageID: StreamMetrics] {
    var metrics: [MessageID: StreamMetrics] = [:]
    for message in messages where message.role == .assistant && !message.status.isStreaming {
      guard let run = try await archive.run(of: message.id) else { continue }
      var found = MetricsJSON.metrics(from: run.metricsJSON)
      found?.usage = message.usage
      metrics[message.id] = found
    }
    return metrics
  }

  /// The messages in memory, with what streams as it is now.
  func current(_ conversation: LoadedConversation) -> [Message] {
    var messages = conversation.messages
    for id in conversation.runs {
      // Answers of a race that are not on the path stand in no window.
      guard let run = runs[id], let index = conversation.index(of: run.assembler.message.id) else { continue }
      messages[index].parts = run.assembler.message.parts
      messages[index].usage = run.assembler.message.usage
    }
    return messages
  }

  func snapshot(of id: ConversationID) -> ConversationSnapshot? {
    guard let conversation = conversations[id] else { return nil }
    return ConversationSnapshot(
      record: conversation.record,
      window: MessageWindow(messages: current(conversation), earlierCount: conversation.earlierCount),
      metrics: conversation.metrics, race: conversation.race.map(raceSnapshot))
  }

  /// Whether a conversation is in memory, begun or opened.
  package func knows(_ id: ConversationID) -> Bool { conversations[id] != nil }

  /// Notes which conversation somebody looks at, when that needs no loading.
  package func lookAt(_ id: ConversationID) { focus = id }

  func use(_ id: ConversationID, isFocus: Bool = true) {
    useCount += 1
    conversations[id]?.lastUse = useCount
    guard isFocus else { return }
    focus = id
    opened.insert(id)
  }

  /// Forgets conversations that have not been asked for lately and are safe in the archive.
  func evict() {
    let idle = conversations.filter { id, conversation in
      !conversation.isAnswering && conversation.isStored && !writes.hasPending(id) && !dirtyDrafts.contains(id)
        && id != focus
    }
    guard idle.count > Self.keptConversations else { return }
    let oldest = idle.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(idle.count - Self.keptConversations)
    for (id, _) in oldest {
      conversations[id] = nil
      opened.remove(id)
      // What still waits stays ours to send.
      if ownQueued[id]?.isEmpty == true { ownQueued[id] = nil }
    }
  }

  // MARK: Other processes

  /// Reads anew, one after another, what other processes have changed, and goes on with queues that waited for it.
  func readAnew(_ ids: Set<ConversationID>) async {
    for id in ids.sorted() where !isClosed {
      await refresh(id)
      sendWaiting(in: id)
    }
  }

  /// Reads one conversation anew. While it is answering or something of it is not saved, this waits: its own path is
  /// the one the user looks at, and the other process's messages become variants.
  func refresh(_ id: ConversationID) async {
    if let conversation = conversations[id] {
      guard !conversation.isAnswering, !writes.hasPending(id), conversation.isStored else {
        conversations[id]?.isStale = true
        return
      }
    }
    let revision = conversations[id]?.revision
    let current: ConversationSummary?
    do throws(ArchiveFailure) {
      current = try await archive.summary(of: id)
    } catch {
      // Not read is not gone; the next change tries again.
      return
    }
    guard let summary = current else {
      guard conversations[id]?.revision == revision else {
        conversations[id]?.isStale = true
        return
      }
      conversations[id]?.record.isTrashed = true
      conversations[id]?.touch()
      var update = SessionUpdate()
      update.removed = [id]
      return publish(update)
    }
    guard opened.contains(id) else {
      conversations[id] = nil
      var update = SessionUpdate()
      update.summaries[id] = summary
      return publish(update)
    }
    guard var fresh = (try? await read(id)) ?? nil else { return }
    guard conversations[id]?.revision == revision, conversations[id]?.isAnswering != true, !writes.hasPending(id) else {
      conversations[id]?.isStale = true
      return
    }
    // What is being typed here is not replaced by what the file has.
    if dirtyDrafts.contains(id), let draft = conversations[id]?.record.draft { fresh.record.draft = draft }
    fresh.lastUse = conversations[id]?.lastUse ?? 0
    fresh.sendsNextAfterReading = conversations[id]?.sendsNextAfterReading ?? false
    fresh.keepRace(of: conversations[id])
    conversations[id] = fresh
    guard let snapshot = snapshot(of: id) else { return }
    publish([.opened(snapshot)], of: id)
  }

  /// Catches up with another process's changes once nothing stands in the way.
  func refreshIfStale(_ id: ConversationID) {
    guard let conversation = conversations[id], conversation.isStale, !conversation.isAnswering, !writes.hasPending(id)
    else { return }
    conversations[id]?.isStale = false
    foreign.yield([id])
  }
}

extension ConversationRecord {
  /// Takes over the settings that a change names.
  mutating func apply(_ patch: ConversationPatch) {
    if let title = patch.title { summary.title = title }
    if let isPinned = patch.isPinned { summary.isPinned = isPinned }
    if let isArchived = patch.isArchived { summary.isArchived = isArchived }
    if let isUnread = patch.isUnread { summary.isUnread = isUnread }
    if let tags = patch.tags { summary.tags = tags }
    if let profile = patch.profile {
      self.profile = profile
      summary.profileName = profile.name
      summary.model = profile.model
    }
  }
}
