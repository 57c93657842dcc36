// An archive in memory with the rules of the real one, that can be told to fail.

import Conversations
import Diagnostics
import Streaming
import Synchronization

/// Keeps what it is given, and fails or hangs when a test says so.
final class MemoryArchive: ConversationArchive {
  struct Stored: Equatable {
    var record: ConversationRecord
    var messages: [Message] = []
    var journals: [MessageID: [Part]] = [:]
    var runs: [MessageID: RunRecord] = [:]
    var isTrashed: Bool {
      get { record.isTrashed }
      set { record.isTrashed = newValue }
    }
    var shelved: [String] = []
  }

  private struct State {
    var conversations: [ConversationID: Stored] = [:]
    var calls = 0
    var log: [String] = []
    var failure: @Sendable (Int) -> ArchiveFailure? = { _ in nil }
    var gates: [CheckedContinuation<Void, Never>] = []
    var isHanging = false
    var observer: (@Sendable (ForeignChange) -> Void)?
    var isClosed = false
    var readings: [PathPiece] = []
  }

  private let state = Mutex(State())

  // MARK: For tests

  /// Decides which writes fail, by their number from one.
  func fail(when failure: @escaping @Sendable (Int) -> ArchiveFailure?) { state.withLock { $0.failure = failure } }

  /// Lets writes wait until `release`.
  func hang() { state.withLock { $0.isHanging = true } }

  func release() {
    let gates = state.withLock { state in
      state.isHanging = false
      defer { state.gates = [] }
      return state.gates
    }
    for gate in gates { gate.resume() }
  }

  /// Writes so far, by name.
  var log: [String] { state.withLock(\.log) }
  var isClosed: Bool { state.withLock(\.isClosed) }
  /// Pieces that were read so far.
  var readings: [PathPiece] { state.withLock(\.readings) }
  var hasWaiting: Bool { state.withLock { !$0.gates.isEmpty } }

  subscript(_ id: ConversationID) -> Stored? { state.withLock { $0.conversations[id] } }

  /// Changes something as another process would.
  func changeElsewhere(_ id: ConversationID, _ body: (inout Stored) -> Void) {
    let observer = state.withLock { state in
      if var stored = state.conversations[id] {
        body(&stored)
        state.conversations[id] = stored
      }
      return state.observer
    }
    observer?(.conversations([id]))
  }

  func put(_ stored: Stored) { state.withLock { $0.conversations[stored.record.summary.id] = stored } }

  /// A message as somebody finds it after `kill -9`: with what the journal has.
  func afterCrash(_ message: MessageID, in id: ConversationID) -> [Part]? { self[id]?.journals[message] }

  // MARK: Reading

  func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    state.withLock { state in
      state.conversations.values.filter { !$0.isTrashed }.map(\.record.summary)
        .sorted { ($0.isPinned ? 1 : 0, $0.updated) > ($1.isPinned ? 1 : 0, $1.updated) }.prefix(limit).map(\.self)
    }
  }

  func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary? {
    self[id].flatMap { $0.isTrashed ? nil : $0.record.summary }
  }

  func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary] {
    state.withLock { state in
      Array(state.conversations.values.filter(\.isTrashed).map(\.record.summary).prefix(limit))
    }
  }

  func identifiers(withPrefix prefix: String, inTrash: Bool, limit: Int) async throws(ArchiveFailure)
    -> [ConversationID]
  {
    let all = state.withLock { state in
      state.conversations.filter { $0.key.rawValue.hasPrefix(prefix) && $0.value.isTrashed == inTrash }.keys.sorted()
    }
    return all.first { $0.rawValue == prefix }.map { [$0] } ?? Array(all.prefix(limit))
  }

  func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord? { self[id]?.record }

  func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) async throws(ArchiveFailure) -> MessageWindow? {
    state.withLock { $0.readings.append(piece) }
    guard let stored = self[id] else { return nil }
    let path = stored.path(to: end)
    func place(of message: MessageID) -> Int? { path.firstIndex { $0.id == message } }
    let range: Range<Int>?
    switch piece {
    case .last(let limit): range = max(0, path.count - limit)..<path.count
    case .before(let message, let limit):
      let place = place(of: message) ?? path.count
      range = max(0, place - limit)..<place
    case .after(let message, let limit): range = place(of: message).map { $0 + 1..<min(path.count, $0 + 1 + limit) }
    case .around(let message, let reach):
      range = place(of: message).map { max(0, $0 - reach)..<min(path.count, $0 + reach + 1) }
    case .at(let position, let reach):
      let place = min(position, path.count - 1)
      range = max(0, place - reach)..<min(path.count, place + reach + 1)
    }
    return range.map {
      MessageWindow(messages: Array(path[$0]), earlierCount: $0.lowerBound, laterCount: path.count - $0.upperBound)
    }
  }

  func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) async throws(ArchiveFailure) -> MatchPage {
    let path = self[id]?.path(to: end) ?? []
    // Pages of three messages, so that tests cross their ends.
    let range = backward ? max(0, position - 2)..<position + 1 : position..<min(path.count, position + 3)
    let places = backward ? Array(range.reversed()) : Array(range)
    let matches = places.filter { path[$0].parts.contains(where: query.matches) }.prefix(limit)
    let next = matches.count == limit ? nil : backward ? range.lowerBound - 1 : range.upperBound
    return MatchPage(
      matches: matches.map { PathMatch(message: path[$0].id, position: $0) },
      next: next.flatMap { path.indices.contains($0) ? $0 : nil })
  }

  func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord? {
    state.withLock { state in state.conversations.values.compactMap { $0.runs[message] }.first }
  }

  func answers(
    _ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int
  ) async throws(ArchiveFailure) -> AnswerPage {
    // Pages of at most two answers, so that tests cross their ends.
    let all = state.withLock { state in state.conversations.values.flatMap(\.answers) }
      .filter { answer in
        answer.started >= query.since ?? answer.started && answer.started < query.until ?? .init(milliseconds: .max)
          && answer.model == query.model ?? answer.model
      }
      .sorted { ($0.started, $0.message) < ($1.started, $1.message) }
    let start = Int(cursor?.key ?? 0)
    let page = all.dropFirst(start).prefix(min(2, limit))
    let end = start + page.count
    return AnswerPage(
      answers: Array(page), next: end < all.count ? AnswerCursor(started: 0, key: Int64(end)) : nil)
  }

  func leaf(ofVariant offset: Int, from message: MessageID, in id: ConversationID) async throws(ArchiveFailure)
    -> MessageID?
  {
    guard let stored = self[id], let from = stored.messages.first(where: { $0.id == message }) else { return nil }
    let siblings = stored.siblings(of: from)
    guard let place = siblings.firstIndex(where: { $0.id == message }), siblings.indices.contains(place + offset) else {
      return nil
    }
    var leaf = siblings[place + offset].id
    while let child = stored.messages.last(where: { $0.parent == leaf }) { leaf = child.id }
    return leaf
  }

  func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String] {
    state.withLock { state in
      state.conversations.values.flatMap { $0.shelved + $0.messages.filter { $0.role == .user }.map(\.text) }
    }
  }

  // MARK: Writing

  func create(_ record: ConversationRecord) async throws(ArchiveFailure) {
    try await write("create") { state throws(ArchiveFailure) in
      guard state.conversations[record.summary.id] == nil else { throw .failed("taken") }
      state.conversations[record.summary.id] = Stored(record: record)
    }
  }

  func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure) {
    try await change("append", id) { stored in
      stored.messages += messages
      stored.record.leaf = messages.last?.id
      for message in messages where message.status == .streaming { stored.journals[message.id] = [] }
      stored.record.summary.messageCount += messages.count
    }
  }

  func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure) {
    try await write("journal") { state throws(ArchiveFailure) in
      for entry in entries {
        for (id, stored) in state.conversations {
          guard var parts = stored.journals[entry.message] else { continue }
          for growth in entry.growth {
            switch growth {
            case .appended(let part, let text): parts[part].appendText(text)
            case .part(let index, let part):
              if index == parts.count { parts.append(part) } else { parts[index] = part }
            }
          }
          state.conversations[id]?.journals[entry.message] = parts
        }
      }
    }
  }

  func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure) {
    try await change("finish", id) { stored in
      guard let index = stored.messages.firstIndex(where: { $0.id == message.id }) else { return }
      stored.messages[index] = message
      stored.journals[message.id] = nil
      stored.runs[message.id] = run
    }
  }

  func setWatched(
    _ isWatched: Bool, _ message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure) {
    try await change("setWatched", id) { $0.runs[message]?.isWatched = isWatched }
  }

  func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(ArchiveFailure) {
    try await change("rate", id) { stored in
      for (message, isBest) in ratings { stored.runs[message]?.isBest = isBest }
    }
  }

  func moveVariants(
    _ answers: [MessageID], from id: ConversationID, to record: ConversationRecord, under prompt: MessageID
  ) async throws(ArchiveFailure) {
    try await write("moveVariants") { state throws(ArchiveFailure) in
      guard var stored = state.conversations[id], state.conversations[record.summary.id] == nil else { return }
      let moved = stored.messages.filter { message in
        answers.contains(message.id) && stored.record.leaf != message.id && message.status != .streaming
          && !stored.messages.contains { $0.parent == message.id }
      }
      guard var copy = stored.messages.first(where: { $0.id == moved.first?.parent }) else { return }
      copy = Message(id: prompt, parent: nil, role: .user, created: copy.created, parts: copy.parts)
      var new = Stored(record: record)
      new.messages = [copy]
      for message in moved {
        new.messages.append(
          Message(
            id: message.id, parent: prompt, role: message.role, created: message.created, origin: message.origin,
            parts: message.parts, status: message.status, usage: message.usage))
        new.runs[message.id] = stored.runs.removeValue(forKey: message.id)
        stored.messages.removeAll { $0.id == message.id }
      }
      new.record.leaf = moved.first?.id
      state.conversations[id] = stored
      state.conversations[record.summary.id] = new
    }
  }

  func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure) {
    try await change("setLeaf", id) { $0.record.leaf = message }
  }

  func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure) {
    try await change("update", id) { stored in
      if let title = patch.title { stored.record.summary.title = title }
      if let isPinned = patch.isPinned { stored.record.summary.isPinned = isPinned }
      if let isUnread = patch.isUnread { stored.record.summary.isUnread = isUnread }
      if let profile = patch.profile { stored.record.profile = profile }
    }
  }

  func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {
    try await change("saveDraft", id) { $0.record.draft = text }
  }

  func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure) {
    try await change("shelveDraft", id) { $0.shelved.insert(text, at: 0) }
  }

  func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure) {
    try await change("saveQueue", id) { $0.record.queue = queue }
  }

  func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure) {
    try await change("setTrashed", id) { $0.isTrashed = isTrashed }
  }

  func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID] { [] }

  func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async {
    state.withLock { $0.observer = handler }
  }

  func synchronize() async throws(ArchiveFailure) { try await write("synchronize") { _ in } }

  func close() async { state.withLock { $0.isClosed = true } }

  private func change(_ name: String, _ id: ConversationID, _ body: @escaping (inout Stored) -> Void)
    async throws(ArchiveFailure)
  {
    try await write(name) { state throws(ArchiveFailure) in
      guard var stored = state.conversations[id] else { throw .failed("no conversation \(id)") }
      body(&stored)
      state.conversations[id] = stored
    }
  }

  private func write(_ name: String, _ body: (inout State) throws(ArchiveFailure) -> Void) async throws(ArchiveFailure)
  {
    if state.withLock(\.isHanging) {
      await withCheckedContinuation { gate in
        let isOpen = state.withLock { state in
          if state.isHanging { state.gates.append(gate) }
          return !state.isHanging
        }
        if isOpen { gate.resume() }
      }
    }
    let result: Result<Void, ArchiveFailure> = state.withLock { state in
      state.calls += 1
      if let failure = state.failure(state.calls) { return .failure(failure) }
      do throws(ArchiveFailure) {
        try body(&state)
      } catch {
        return .failure(error)
      }
      state.log.append(name)
      return .success(())
    }
    try result.get()
  }
}

extension MemoryArchive.Stored {
  /// The path that ends with a message, or with the leaf.
  func path(to end: MessageID?) -> [Message] {
    var path: [Message] = []
    var next = end ?? record.leaf
    while let id = next, let message = messages.first(where: { $0.id == id }) {
      path.append(withVariant(message))
      next = message.parent
    }
    return path.reversed()
  }

  func siblings(of message: Message) -> [Message] {
    messages.filter { $0.parent == message.parent && $0.role == message.role }
  }

  func withVariant(_ message: Message) -> Message {
    let all = siblings(of: message)
    var message = message
    message.variant = Variant(index: (all.firstIndex { $0.id == message.id } ?? 0) + 1, count: all.count)
    return message
  }

  /// The figures of the answers that have ended.
  var answers: [AnswerFigures] {
    messages.compactMap { message in
      let outcome: AnswerOutcome
      switch message.status {
      case .complete: outcome = .complete
      case .streaming: return nil
      case .stopped: outcome = .stopped
      case .interrupted: outcome = .interrupted
      case .incomplete(let why): outcome = .incomplete(kind: why.kind.rawValue)
      case .failed(let why): outcome = .failed(kind: why.kind.rawValue)
      }
      guard let run = runs[message.id], let metrics = MetricsJSON.metrics(from: run.metricsJSON) else { return nil }
      var answer = AnswerFigures(
        message: message.id, conversation: record.summary.id, started: run.started, model: run.model,
        isStreaming: run.isStreaming, outcome: outcome)
      answer.profile = run.profile
      answer.firstText = metrics.timeToFirstText
      answer.firstChunk = metrics.timeToFirstChunk
      answer.total = metrics.elapsed
      answer.characters = metrics.characters
      answer.chunks = metrics.chunks
      answer.charactersPerSecond = metrics.charactersPerSecond
      answer.usage = message.usage
      answer.stalls = metrics.stalls
      answer.retries = metrics.retries
      answer.isWatched = run.isWatched
      answer.isBest = run.isBest
      return answer
    }
  }
}
