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
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    let message = Message(
      id: .make(at: time.wall(), using: &random), parent: conversations[id]?.record.leaf, role: .user,
      created: time.wall(), parts: prompt.parts)
    return begin(racers, answering: message.id, appending: message, besides: 0, in: id)
  }

  /// Lets several models answer the last prompt of the path: their answers are added to the variants that it has.
  @discardableResult
  package func raceLastPrompt(in id: ConversationID, with racers: [Racer]) async throws(SessionError) -> [RunID] {
    try await load(id)
    guard !isClosed else { throw .closed }
    guard conversations[id]?.isAnswering != true else { throw .answering(id) }
    guard let held = conversations[id], let index = held.messages.lastIndex(where: { $0.role == .user }) else {
      throw .noSuchMessage
    }
    let answer = held.messages[(index + 1)...].first
    let prompt = held.messages[index].id
    conversations[id]?.cut(to: held.messages[...index], earlierCount: held.earlierCount)
    return begin(racers, answering: prompt, appending: nil, besides: answer?.variant.count ?? 0, in: id)
  }

  /// Begins all answers of a race.
  private func begin(
    _ racers: [Racer], answering prompt: MessageID, appending message: Message?, besides earlier: Int,
    in id: ConversationID
  ) -> [RunID] {
    let begun = racers.enumerated().map { index, racer in
      BegunRun(
        run: makeRun(
          parent: prompt, variant: Variant(index: earlier + index + 1, count: earlier + racers.count), in: id,
          with: racer.profile, observer: racer.observer),
        profile: racer.profile)
    }
    let race = Race(
      prompt: prompt, earlierVariants: earlier,
      lanes: begun.map { Race.Lane(run: $0.run.id, profile: $0.profile, message: $0.run.assembler.message) })
    launch(begun, after: message, race: race, isRebranched: true, in: id)
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
    let (race, chosen) = try await undecided(answer, in: id)
    putOnPath(answer, of: race, in: id)
    // From here on the path ends in the answer that is kept: a prompt that waits goes on from there.
    let others = race.lanes.map(\.message.id).filter { $0 != answer }
    var patch = ConversationPatch()
    patch.profile = chosen.profile
    apply(patch, to: id)
    for lane in race.lanes where lane.message.id != answer { finishNow(lane.run) }
    if let index = conversations[id]?.index(of: answer), var kept = conversations[id]?.messages[index] {
      kept.variant = Variant(index: race.earlierVariants + 1, count: race.earlierVariants + 1)
      conversations[id]?.replace(kept)
    }
    conversations[id]?.race = nil
    let bin = others.isEmpty ? nil : throwAway(others, of: race, in: id)
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

  /// Moves answers into a new conversation in the trash, named after the race.
  private func throwAway(_ answers: [MessageID], of race: Race, in id: ConversationID) -> ConversationID? {
    guard let held = conversations[id], let prompt = held.messages.first(where: { $0.id == race.prompt }),
      let first = race.lanes.first(where: { answers.contains($0.message.id) })
    else { return nil }
    var bin = ConversationID.random(using: &random)
    while conversations[bin] != nil { bin = .random(using: &random) }
    let title = TitlePolicy.title(for: prompt.text)
    let now = time.wall()
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: bin, title: title.isEmpty ? "Race" : "Race: \(title)", updated: now, messageCount: 2,
        profileName: first.profile.name, model: first.profile.model),
      profile: first.profile, leaf: nil, created: now, isTrashed: true)
    enqueue(
      .moveVariants(answers, to: record, under: .make(at: prompt.created, using: &random)), to: id)
    return bin
  }

  private func tellAnew(_ id: ConversationID) {
    conversations[id]?.touch()
    if let snapshot = snapshot(of: id) { publish([.opened(snapshot)], of: id) }
  }
}
