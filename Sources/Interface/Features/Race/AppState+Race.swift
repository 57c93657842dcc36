// Several models side by side: what keys and news do.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  /// The race that the view shows, once it has begun.
  var shownRace: RaceTrack? {
    guard case .race(let view) = instrument else { return nil }
    return races[view.conversation]
  }

  /// Changes the view, if it is shown.
  private mutating func changeRaceView(_ body: (inout RaceState) -> Void) {
    guard case .race(var view) = instrument else { return }
    // Let go of first: what it holds is changed in its place.
    instrument = nil
    body(&view)
    instrument = .race(view)
  }

  // MARK: Keys

  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleRace(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard case .race(let view) = instrument, let race = races[view.conversation] else { return nil }
    if view.diff != nil, let effects = handleRaceDiff(chord, view, race, &cache) { return effects }
    switch chord {
    case KeyChord(.tab), KeyChord(.right), KeyChord(.character("l")): return focusLane(by: 1, of: race)
    case KeyChord(.tab, .shift), KeyChord(.left), KeyChord(.character("h")): return focusLane(by: -1, of: race)
    case KeyChord(.enter): return choose(view.focus, of: race)
    case KeyChord(.character("s")):
      changeRaceView { $0.isSynchronized.toggle() }
      return []
    case KeyChord(.character("x")):
      guard race.lanes.indices.contains(view.focus), race.lanes[view.focus].isLive else { return [] }
      let run = race.lanes[view.focus].run
      runs[run]?.phase = .stopping
      sampleRace()
      return [.instrument(.race(.stop(run)))]
    case KeyChord(.character("X")), KeyChord(.character("x"), .shift), KeyChord(.character("X"), .shift):
      return race.isLive ? stopShown() : []
    case KeyChord(.character("b")):
      race.isBlind ? reveal(race.conversation) : hide(race.conversation)
      return []
    case KeyChord(.character("a")) where !race.isBlind:
      instrument = nil
      guard race.lanes.indices.contains(view.focus) else { return [] }
      show("All \(race.lanes.count) answers are kept as variants; \(hint(for: "answer.next-variant")) shows the next")
      return [.instrument(.race(.keepAll(race.conversation, race.lanes[view.focus].message.id)))]
    case KeyChord(.character("t")) where race.isBlind: return rate(Set(race.lanes.map(\.message.id)), race)
    case KeyChord(.character("n")) where race.isBlind:
      reveal(race.conversation)
      return []
    case KeyChord(.character("d")):
      // The next one that has a text.
      let others = (1..<max(2, race.lanes.count)).map { (view.focus + $0) % max(1, race.lanes.count) }
      compareLanes(view.focus, with: others.first { race.lanes[$0].message.hasText } ?? others[0])
      return []
    default: break
    }
    if chord.modifiers.isEmpty, case .character(let scalar) = chord.key, ("1"..."4").contains(scalar) {
      return choose(Int(scalar.value) - 0x31, of: race)
    }
    guard let rows = scrolling(by: chord, page: RaceLayout(self, race).bodyRows) else { return nil }
    scrollLanes(by: rows, of: race, view, &cache)
    return []
  }

  /// Rows that a key moves by; `nil` if it is none for that. The ends are farther away than any answer is long.
  func scrolling(by chord: KeyChord, page: Int) -> Int? {
    switch chord {
    case KeyChord(.up), KeyChord(.character("k")): -1
    case KeyChord(.down), KeyChord(.character("j")): 1
    case KeyChord(.pageUp), .control("u"): -max(1, page - 1)
    case KeyChord(.pageDown), .control("d"), KeyChord(.character(" ")): max(1, page - 1)
    case KeyChord(.home), KeyChord(.character("g")): -LaneRows.farthest
    case KeyChord(.end), KeyChord(.character("G")), KeyChord(.character("G"), .shift): LaneRows.farthest
    default: nil
    }
  }

  private mutating func focusLane(by offset: Int, of race: RaceTrack) -> [Effect] {
    let count = max(1, race.lanes.count)
    changeRaceView { $0.focus = ($0.focus + offset + count) % count }
    return []
  }

  /// Keeps an answer; while the models are hidden, says that it is the best.
  private mutating func choose(_ lane: Int, of race: RaceTrack) -> [Effect] {
    guard race.lanes.indices.contains(lane) else { return [] }
    let chosen = race.lanes[lane].message.id
    if race.isBlind {
      changeRaceView { $0.focus = lane }
      return rate([chosen], race)
    }
    instrument = nil
    return [.instrument(.race(.keepOne(race.conversation, chosen)))]
  }

  private mutating func scrollLanes(by rows: Int, of race: RaceTrack, _ view: RaceState, _ cache: inout LayoutCache) {
    let layout = RaceLayout(self, race)
    var scrolls = view.scrolls
    for index in race.lanes.indices where view.isSynchronized || index == view.focus {
      let lane = race.lanes[index]
      // What is not on the screen is laid out at the width it would have there.
      let facts = laneFacts(columns: layout.bodyColumns(of: index))
      let content = LaneRows(message: lane.message, rows: layout.bodyRows, hidesFooter: race.isBlind)
      let scroll = view.scroll(of: lane.run)
      scrolls[lane.run] = cache.with(lane.message, in: transcript, facts) { layout in
        switch rows {
        case LaneRows.farthest: .end
        case -LaneRows.farthest: content.start(&layout)
        default: content.scrolled(scroll, by: rows, &layout)
        }
      }
    }
    changeRaceView { $0.scrolls = scrolls }
  }

  func laneFacts(columns: Int) -> LayoutFacts {
    LayoutFacts(columns: columns, utcOffsetSeconds: utcOffsetSeconds, wrapsCode: wrapsCode, place: .lane)
  }

  // MARK: Blind

  /// Hides which model said what, in an order of its own.
  private mutating func hide(_ id: ConversationID) {
    guard var race = races[id], race.best.isEmpty else { return show("The best of this race is chosen already") }
    // A choice between answers that were read with their names is none without them.
    guard !race.isSeen, !race.lanes.contains(where: { $0.message.hasText }) else {
      return show("The models were on screen already; /race blind begins a race without them")
    }
    shuffle(&race.lanes)
    race.isBlind = true
    races[id] = race
    transcripts[id]?.aliases = race.aliases
    changeRaceView { view in
      view.focus = 0
      view.diff = nil
    }
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    dropNotice()
  }

  private mutating func reveal(_ id: ConversationID) {
    races[id]?.isBlind = false
    races[id]?.isSeen = true
    transcripts[id]?.aliases = [:]
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    if case .race(var view) = instrument {
      view.due = now
      instrument = .race(view)
    }
    sampleRace()
  }

  /// Whether models and figures of a conversation are not to be told at the moment.
  func isBlind(_ id: ConversationID) -> Bool { races[id]?.isBlind == true }

  /// Says why something that would tell them is not shown.
  mutating func refuseBlind() { show("The models of a blind race are hidden until its best is chosen") }

  /// Writes down what the reader found best, and tells which models they were.
  private mutating func rate(_ best: Set<MessageID>, _ race: RaceTrack) -> [Effect] {
    races[race.conversation]?.best = best
    reveal(race.conversation)
    let names = race.lanes.filter { best.contains($0.message.id) }.map(\.profile.model.label)
    show(best.count == 1 ? "\(names.joined()) was the best; keep one, or all" : "A tie; keep one, or all", .success)
    var ratings: [MessageID: Bool] = [:]
    for lane in race.lanes { ratings[lane.message.id] = best.contains(lane.message.id) }
    return [.instrument(.race(.rate(race.conversation, ratings)))]
  }

  // MARK: News

  mutating func takeRace(_ news: RaceNews, _ cache: inout LayoutCache) -> [Effect] {
    switch news {
    case .refused(let id, let prompt, let explanation):
      if case .race(let view) = instrument, view.conversation == id { instrument = nil }
      guard let prompt else {
        show(explanation.sentence, .error)
        return []
      }
      return update(.refused(id, prompt, explanation), &cache)
    case .kept(let id, let bin):
      let others = bin.map { "; what was not kept is in the trash as \($0): riffle restore \($0)" } ?? ""
      let model = transcripts[id].map { "\($0.profile.model.label) goes on" } ?? "One answer is kept"
      show("\(model)\(others)", .success)
    }
    return []
  }

  /// Takes changes of a conversation into its race, and gives those that its path has to do with.
  mutating func changesOfPath(_ changes: [TranscriptChange], in id: ConversationID) -> [TranscriptChange] {
    var own: [TranscriptChange] = []
    for change in changes {
      if case .opened(let snapshot) = change { followRace(of: snapshot) }
      guard races[id] != nil else {
        own.append(change)
        continue
      }
      // The conversation goes on: what was raced are variants from now on.
      if case .message(let message) = change, message.role == .user { forgetRace(of: id) }
      races[id]?.apply(change, at: now)
      if races[id]?.isBesidePath(change) != true { own.append(change) }
    }
    return own
  }

  /// Begins, goes on with or forgets the race of a conversation that is told anew.
  private mutating func followRace(of snapshot: ConversationSnapshot) {
    let id = snapshot.record.summary.id
    let old = races[id]
    guard let race = snapshot.race.map({ RaceTrack($0, in: snapshot, following: old) }) else {
      if old != nil { forgetRace(of: id) }
      return
    }
    races[id] = race
    if blindRaceWanted == id, old == nil {
      blindRaceWanted = nil
      hide(id)
    } else {
      transcripts[id]?.aliases = race.aliases
    }
  }

  private mutating func forgetRace(of id: ConversationID) {
    formerLanes += races.removeValue(forKey: id)?.lanes ?? []
    transcripts[id]?.aliases = [:]
    if case .race(let view) = instrument, view.conversation == id { instrument = nil }
  }

  /// What is to be said when an answer of a race has ended: only of the last one.
  mutating func laneEnded(in race: RaceTrack) -> [Effect] {
    let isShown = race.conversation == shown
    let seen: [Effect] = isShown ? [.markRead(shown)] : []
    if case .race(let view) = instrument, view.conversation == race.conversation, isShown { return seen }
    guard !race.isLive, race.conversation != lastTrashed else { return seen }
    let first = race.lanes.first { $0.place == 1 && !race.isBlind }.map { ", \($0.profile.model.label) first" } ?? ""
    let way = isShown ? "/race shows them" : "Alt+A goes there"
    show(
      "All \(race.lanes.count) answers of the race\(isShown ? "" : " in \(race.conversation)") are there\(first); \(way)"
    )
    return seen + (!isShown && options.rings ? [.bell] : [])
  }

  // MARK: Figures

  /// Takes the figures of the race that is shown, if it is time or if something other than a number has changed.
  mutating func sampleRace() {
    guard case .race(let view) = instrument, let race = races[view.conversation] else { return }
    let isSameStory = race.lanes.allSatisfy { view.figures[$0.run]?.phase == runs[$0.run]?.phase || !$0.isLive }
    guard !isSameStory || view.due.map({ $0 <= now }) ?? race.isLive else { return }
    var figures: [RunID: RunSnapshot] = [:]
    var isBusy = false
    for lane in race.lanes {
      guard lane.isLive, let run = runs[lane.run] else { continue }
      figures[lane.run] = run
      if let last = run.lastChunk, now - last < .seconds(1) { isBusy = true }
    }
    let interval = isBusy && !options.reducesMotion ? Gauge.busyInterval : Gauge.quietInterval
    let (sampled, due) = (now, race.isLive ? now + interval : nil)
    changeRaceView { view in
      view.figures = figures
      view.sampled = sampled
      view.due = due
    }
  }

  mutating func tickRace() -> [Effect] {
    if shownRace == nil { changeRaceView { $0.due = nil } }
    sampleRace()
    return []
  }
}

extension LaneRows {
  /// More rows than an answer has.
  static let farthest = 1 << 40
}
