// Prompts that wait for the answer in progress, and drafts that wait for the user.

package import Conversations
import Streaming

extension SessionStore {
  /// Replaces the prompts that wait. Nothing is sent by this.
  package func updateQueue(_ queue: [Prompt], in id: ConversationID) async throws(SessionError) {
    try await load(id)
    // What was written anew or put elsewhere is of this process now.
    let known = conversations[id]?.record.queue ?? []
    ownQueued[id] = queue.filter { (ownQueued[id] ?? []).contains($0) || !known.contains($0) }
    setQueue(queue, of: id)
  }

  /// Stops the answer in progress and sends at once.
  /// - Parameter prompt: what to send; `nil` for the first prompt that waits.
  /// - Returns: the new run, or `nil` if it begins as soon as the stopped one has ended, or if nothing waits.
  @discardableResult
  package func sendNow(_ prompt: Prompt? = nil, in id: ConversationID) async throws(SessionError) -> RunID? {
    try await load(id)
    if let prompt {
      try check(prompt)
      ownQueued[id, default: []].append(prompt)
      setQueue([prompt] + (conversations[id]?.record.queue ?? []), of: id)
    }
    guard let running = conversations[id]?.runs, !running.isEmpty else { return takeFromQueue(in: id, onlyOwn: false) }
    conversations[id]?.sendsNextAfterStop = true
    for run in running { stop(run) }
    return nil
  }

  /// Puts a prompt at the end of the queue; gives how many wait.
  func enqueue(_ prompt: Prompt, in id: ConversationID) -> Int {
    let queue = (conversations[id]?.record.queue ?? []) + [prompt]
    ownQueued[id, default: []].append(prompt)
    setQueue(queue, of: id)
    return queue.count
  }

  /// After an answer: goes on with the next prompt that was queued here. After a stop or a failure the queue waits for
  /// the user, unless the stop was to make way; then the first prompt goes, whoever queued it. In the trash it waits too.
  func sendNext(in id: ConversationID, after status: MessageStatus) {
    guard !isClosed, let conversation = conversations[id], !conversation.record.isTrashed else { return }
    if conversation.sendsNextAfterStop {
      takeFromQueue(in: id, onlyOwn: false)
    } else if case .complete = status {
      // Another process may have taken a prompt meanwhile: what it wrote is read first.
      conversations[id]?.sendsNextAfterReading = conversation.isStale
      if !conversation.isStale { takeFromQueue(in: id, onlyOwn: true) }
    }
  }

  /// Goes on with the queue that had to be read anew before.
  func sendWaiting(in id: ConversationID) {
    guard !isClosed, let conversation = conversations[id], conversation.sendsNextAfterReading, !conversation.isStale,
      !conversation.isAnswering, !conversation.record.isTrashed
    else { return }
    conversations[id]?.sendsNextAfterReading = false
    takeFromQueue(in: id, onlyOwn: true)
  }

  @discardableResult
  private func takeFromQueue(in id: ConversationID, onlyOwn: Bool) -> RunID? {
    let own = ownQueued[id] ?? []
    guard var queue = conversations[id]?.record.queue,
      let place = onlyOwn ? queue.firstIndex(where: own.contains) : queue.indices.first
    else { return nil }
    let prompt = queue.remove(at: place)
    if let place = own.firstIndex(of: prompt) { ownQueued[id]?.remove(at: place) }
    // The prompt is written as a message before the queue is written without it: twice is better than never.
    let run = ask(prompt, in: id)
    setQueue(queue, of: id)
    return run
  }

  private func setQueue(_ queue: [Prompt], of id: ConversationID) {
    guard conversations[id] != nil, conversations[id]?.record.queue != queue else { return }
    conversations[id]?.record.queue = queue
    conversations[id]?.touch()
    storeIfNew(id)
    enqueue(.saveQueue(queue), to: id)
    publish([.queue(queue)], of: id, listed: false)
  }

  // MARK: Drafts

  /// Keeps what stands in the composer. It is on its way to the disk within 200 ms of the first unsaved change.
  package func saveDraft(_ text: String, of id: ConversationID) async throws(SessionError) {
    try await load(id)
    setDraft(text, of: id)
  }

  /// Puts the draft that was given up aside, to be found in the history, and empties the composer's record.
  package func shelveDraft(_ text: String, of id: ConversationID) async throws(SessionError) {
    try await load(id)
    if !text.isEmpty {
      storeIfNew(id)
      enqueue(.shelveDraft(text), to: id)
    }
    setDraft("", of: id)
  }

  func setDraft(_ text: String, of id: ConversationID) {
    guard let conversation = conversations[id], conversation.record.draft != text else { return }
    conversations[id]?.record.draft = text
    conversations[id]?.touch()
    // A conversation nobody has said anything in is not written for an empty draft.
    guard conversation.isStored || !text.isEmpty else { return }
    dirtyDrafts.insert(id)
    agenda.drafts = agenda.drafts ?? time.now() + Agenda.draftDelay
    schedule()
    if conversation.record.summary.hasDraft == text.isEmpty {
      conversations[id]?.record.summary.hasDraft = !text.isEmpty
      publish([], of: id)
    }
  }
}
