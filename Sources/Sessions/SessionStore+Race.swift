// Races: one prompt, several models at once. Their answers are variants from the first byte on; deciding a race says which
// of them is the path.

package import Conversations
import Diagnostics
import Streaming

/// Who is in a race, and who hears of it.
package struct Racer: Sendable {
  package var profile: Profile
  package var observer: RunObserver?

  /// - Parameter observer: hears everything of this answer, in order.
  package init(_ profile: Profile, observer: RunObserver? = nil) {
    self.profile = profile
    self.observer = observer
  }
}

extension SessionStore {
  /// Asks several models at once. The prompt is appended once; the first one's answer is on the path, the others are
  /// variants beside it. All of them are in the archive before anything is sent.
  /// - Returns: the runs, in the order of `racers`.
  @discardableResult
  package func race(_ prompt: Prompt, in id: ConversationID, with racers: [Racer]) async throws(SessionError)
    -> [RunID]
  {
    try await load(id)
    try check(prompt)
    try check(racers)
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    let message = Message(
      id: .make(at: time.wall(), using: &random), parent: conversations[id]?.record.leaf, role: .user,
      created: time.wall(), parts: prompt.parts)
    return begin(racers, answering: message, isNew: true, besides: 0, in: id)
  }

  /// Lets several models answer the last prompt of the path: their answers are added to the variants that it has.
  @discardableResult
  package func raceLastPrompt(in id: ConversationID, with racers: [Racer]) async throws(SessionError) -> [RunID] {
    try await load(id)
    guard !isClosed else { throw .closed }
    try check(racers)
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    // A long prompt, or that of a long answer, is not held.
    guard let held = conversations[id],
      let last = held.messages.last(where: { $0.role == .user })?.id ?? held.stem
    else { throw .noSuchMessage }
    let place = try await place(of: last, in: id)
    let prompt = place.message
    guard prompt.role == .user else { throw .noSuchMessage }
    let answer = conversations[id]?.messages.first { $0.parent == prompt.id }
    cut(id, at: place, keeping: true)
    return begin(racers, answering: prompt, isNew: false, besides: answer?.variant.count ?? 0, in: id)
  }

  /// An agent keeps one memory of a conversation: asked twice at once, it would take the prompt for said twice.
  private func check(_ racers: [Racer]) throws(SessionError) {
    var agents: Set<String> = []
    for provider in racers.map(\.profile.model.provider) {
      // One that there is not has its own answer say so.
      guard let client = try? providers.client(for: provider), !client.isRepeatable else { continue }
      guard agents.insert(provider).inserted else { throw .agentTwice(provider) }
    }
  }

  /// Begins all answers of a race.
  private func begin(
    _ racers: [Racer], answering prompt: Message, isNew: Bool, besides earlier: Int, in id: ConversationID
  ) -> [RunID] {
    let begun = racers.enumerated().map { index, racer in
      BegunRun(
        run: makeRun(
          parent: prompt.id, variant: Variant(index: earlier + index + 1, count: earlier + racers.count), in: id,
          with: racer.profile, observer: racer.observer),
        profile: racer.profile)
    }
    let race = Race(
      prompt: prompt.id, title: TitlePolicy.title(for: prompt.text), created: prompt.created,
      earlierVariants: earlier,
      lanes: begun.map { Race.Lane(run: $0.run.id, profile: $0.profile, message: $0.run.assembler.message) })
    launch(begun, after: isNew ? prompt : nil, race: race, isRebranched: true, in: id)
    return begun.map(\.run.id)
  }

  /// A race with what its answers are at this moment.
  func raceSnapshot(_ race: Race) -> RaceSnapshot {
    RaceSnapshot(
      prompt: race.prompt,
      lanes: race.lanes.map { lane in
        var message = lane.message
        if let run = runs[lane.run] {
          message.parts = run.assembler.message.parts
          message.usage = run.assembler.message.usage
        }
        return RaceSnapshot.Lane(
          run: lane.run, profile: lane.profile, message: message, metrics: lane.metrics, place: lane.place)
      })
  }

  // MARK: Deciding

  /// Decides a race for one answer: it is the end of the path, and the conversation goes on with its profile. The other
  /// answers are stopped if they still stream and moved, as they are, into a new conversation in the trash, from where
  /// they can be brought back.
  /// - Returns: the conversation in the trash; `nil` if there is no other answer.
  @discardableResult
  package func keepOne(_ answer: MessageID, in id: ConversationID) async throws(SessionError) -> ConversationID? {
    let free = await freeID()
    let (race, chosen) = try await undecided(answer, in: id)
    putOnPath(answer, of: race, in: id)
    // From here on the path ends in the answer that is kept: a prompt that waits goes on from there.
    let others = race.lanes.map(\.message.id).filter { $0 != answer }
    var patch = ConversationPatch()
    patch.profile = chosen.profile
    apply(patch, to: id)
    for lane in race.lanes where lane.message.id != answer { finishNow(lane.run, isForGoingOn: true) }
    if let index = conversations[id]?.index(of: answer), var kept = conversations[id]?.messages[index] {
      kept.variant = Variant(index: race.earlierVariants + 1, count: race.earlierVariants + 1)
      conversations[id]?.replace(kept)
    }
    conversations[id]?.race = nil
    let bin = throwAway(others, of: race, to: free, in: id)
    tellAnew(id)
    return bin
  }

  /// Decides a race for all: the answers stay as variants, one of them the end of the path. What still streams goes on.
  package func keepAll(showing answer: MessageID, in id: ConversationID) async throws(SessionError) {
    let (race, _) = try await undecided(answer, in: id)
    putOnPath(answer, of: race, in: id)
    conversations[id]?.race = nil
    tellAnew(id)
  }

  /// Writes down what a reader said who did not know the models.
  /// - Parameter ratings: whether an answer was the best, for each of them.
  package func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(SessionError) {
    try await load(id)
    var ended = ratings
    for lane in conversations[id]?.race?.lanes ?? [] where runs[lane.run] != nil {
      // It is written with its figures, when it has some.
      if let isBest = ended.removeValue(forKey: lane.message.id) { runs[lane.run]?.isBest = isBest }
    }
    if !ended.isEmpty { enqueue(.rate(ended), to: id) }
  }

  private func undecided(
    _ answer: MessageID, in id: ConversationID
  ) async throws(SessionError) -> (race: Race, lane: Race.Lane) {
    try await load(id)
    guard !isClosed else { throw .closed }
    guard let race = conversations[id]?.race, let index = race.index(of: answer) else { throw .noSuchMessage }
    return (race, race.lanes[index])
  }

  /// Makes an answer of a race the end of the path, in the place of the one that is it.
  private func putOnPath(_ answer: MessageID, of race: Race, in id: ConversationID) {
    guard let old = conversations[id]?.messages.last?.id, old != answer, race.index(of: old) != nil,
      let index = race.index(of: answer)
    else { return }
    let lane = race.lanes[index]
    conversations[id]?.put(lane.message, inPlaceOf: old)
    conversations[id]?.metrics[answer] = lane.metrics
    conversations[id]?.record.summary.hasError = lane.message.status.isError
    enqueue(.setLeaf(answer), to: id)
  }

  /// Moves answers into a new conversation in the trash, named after the race; the archive copies the prompt.
  /// - Returns: that conversation; `nil` if there are no answers.
  private func throwAway(
    _ answers: [MessageID], of race: Race, to bin: ConversationID, in id: ConversationID
  ) -> ConversationID? {
    guard let first = race.lanes.first(where: { answers.contains($0.message.id) }) else { return nil }
    let now = time.wall()
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: bin, title: race.title.isEmpty ? "Race" : "Race: \(race.title)", updated: now, messageCount: 2,
        profileName: first.profile.name, model: first.profile.model),
      profile: first.profile, leaf: nil, created: now, isTrashed: true)
    enqueue(
      .moveVariants(answers, to: record, under: .make(at: race.created, using: &random)), to: id)
    return bin
  }

  private func tellAnew(_ id: ConversationID) {
    conversations[id]?.touch()
    if let snapshot = snapshot(of: id) { publish([.opened(snapshot)], of: id) }
  }
}
