// How answers begin: they are told of, written, and let go once they are on the disk.

import Conversations
import Streaming

extension SessionStore {
  /// Begins an answer at the end of the path, which the caller has cut if need be.
  /// - Parameters:
  ///   - prompt: a message to append before the answer.
  ///   - continues: what the answer begins with.
  ///   - isRebranched: whether the path was cut, so that watchers have to see it anew.
  ///   - profile: instead of the conversation's, for this answer.
  func begin(
    prompt: Message?, parent: MessageID?, variant: Variant = Variant(), isRebranched: Bool = false,
    continues: Continued? = nil, in id: ConversationID, with profile: Profile? = nil, observer: RunObserver? = nil
  ) -> RunID {
    let profile =
      profile ?? conversations[id]?.record.profile
      ?? Profile(name: "", model: ModelReference(provider: "", model: ""))
    let run = makeRun(
      parent: parent, variant: variant, continues: continues, in: id, with: profile, observer: observer)
    launch([BegunRun(run: run, profile: profile)], after: prompt, isRebranched: isRebranched, in: id)
    return run.id
  }

  /// An answer that has not begun, and with whom.
  struct BegunRun {
    var run: Run
    var profile: Profile
  }

  /// A run of a conversation; nothing knows of it yet.
  func makeRun(
    parent: MessageID?, variant: Variant, continues: Continued? = nil, in id: ConversationID, with profile: Profile,
    observer: RunObserver?
  ) -> Run {
    let wall = time.wall()
    let answer = Message(
      id: .make(at: wall, using: &random), parent: parent, role: .assistant, created: wall, origin: profile.model,
      parts: continues?.partial.parts ?? [], status: .streaming, variant: variant)
    return Run(
      id: .make(at: wall, using: &random), call: .make(at: wall, using: &random), conversation: id, answer: answer,
      profile: profile, continues: continues, begun: wall, started: time.now(), observer: observer)
  }

  /// Puts a prompt and the first of the answers at the end of the path, the other answers beside that, and lets all of
  /// them begin once they are written.
  func launch(
    _ begun: [BegunRun], after prompt: Message?, race: Race? = nil, isRebranched: Bool = false, in id: ConversationID
  ) {
    let wall = time.wall()
    let now = time.now()
    let answers = begun.map(\.run.assembler.message)
    guard let first = answers.first else { return }
    restoreIfTrashed(id)

    let new = [prompt, first].compactMap(\.self)
    var changes = new.map { TranscriptChange.message($0) }
    var patch = ConversationPatch()
    if let prompt, conversations[id]?.record.summary.title.isEmpty == true {
      let title = TitlePolicy.title(for: prompt.text)
      if !title.isEmpty { patch.title = title }
    }
    // One that is new to the archive is created with its title; `apply` writes it only for one that is known.
    if patch != ConversationPatch() { apply(patch, to: id) }
    storeIfNew(id)
    conversations[id]?.append(new)
    conversations[id]?.record.summary.updated = wall
    conversations[id]?.record.summary.hasError = false
    conversations[id]?.runs = begun.map(\.run.id)
    conversations[id]?.race = race
    conversations[id]?.sendsNextAfterStop = false
    if let draft = conversations[id]?.record.draft, !draft.isEmpty, draft == prompt?.text { setDraft("", of: id) }
    var ticket = enqueue(.append([prompt].compactMap(\.self) + answers), to: id)
    // The archive makes the last one the end of the path.
    if answers.count > 1 { ticket = enqueue(.setLeaf(first.id), to: id) }
    if isRebranched || race != nil, let snapshot = snapshot(of: id) { changes = [.opened(snapshot)] }

    var update = SessionUpdate()
    update.changes[id] = changes
    addSummary(of: id, to: &update)
    for one in begun {
      var run = one.run
      run.ticket = ticket
      update.runs[run.id] = run.snapshot(at: now)
      runs[run.id] = run
    }
    publish(update)
    for one in begun {
      let (runID, profile) = (one.run.id, one.profile)
      one.run.observer?(
        .started(
          conversation: id, message: one.run.assembler.message.id, model: profile.model,
          isStreaming: profile.isStreaming))
      runs[runID]?.task = Task { await self.drive(runID, profile: profile, after: ticket) }
    }
  }
}
