// An answer again, as it came: what keys and news do.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  /// Opens the replay of an answer of the shown conversation.
  /// - Parameter argument: which answer, counted from the last, and how fast: `2 4x`; both may be left out.
  mutating func beginReplay(_ argument: String) -> [Effect] {
    var words = argument.split { $0.isWhitespace }.map(String.init)[...]
    var number: Int?
    // A bare number that stands alone is which answer; behind one, it is how fast.
    if let first = words.first, let found = Int(first), found >= 1 {
      number = found
      words.removeFirst()
    }
    var speed = ReplaySpeed.factor(1)
    if let word = words.popFirst() {
      guard let found = ReplaySpeed(word), words.isEmpty else {
        show(
          "It is /replay, /replay 2 for the answer before the last, /replay 2 4x; speeds: \(Self.speedWords)", .warning)
        return []
      }
      speed = found
    }
    guard let target = replayTarget(number) else { return [] }
    guard linear == nil else {
      let answer = number.map { $0 > 1 ? " --answer \($0)" : "" } ?? ""
      show("riffle replay \(shown)\(answer) plays it in the terminal, as it came")
      return []
    }
    let leaving = leaveInstrument()
    instrument = .replay(ReplayState(conversation: shown, target: target, speed: speed))
    return leaving + [.instrument(.replay(.load(shown, target)))]
  }

  private static var speedWords: String { ReplaySpeed.steps.map(\.words).joined(separator: " ") }

  private mutating func replayTarget(_ number: Int?) -> ReplayTarget? {
    if number == nil, let here = browse, let message = transcript.message(here.message), message.role == .assistant {
      guard !isHidden(message) else { return nil }
      guard !message.status.isStreaming else { return refuseLiveReplay() }
      return .message(message.id)
    }
    guard let last = transcript.lastAnswer else {
      show("There is no answer to play yet")
      return nil
    }
    if number ?? 1 == 1 {
      guard !isHidden(last) else { return nil }
      guard !last.status.isStreaming else { return refuseLiveReplay() }
    }
    return (number ?? 1) == 1 ? .message(last.id) : .last(number ?? 1)
  }

  /// Whether an answer's model is not to be known, which is then said: its title and its pace would tell it.
  private mutating func isHidden(_ message: TranscriptMessage) -> Bool {
    guard transcript.aliases[message.id] != nil else { return false }
    refuseBlind()
    return true
  }

  private mutating func refuseLiveReplay() -> ReplayTarget? {
    show("The answer still streams; it can be played when it has ended")
    return nil
  }

  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleReplay(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard case .replay(var replay) = instrument, var player = replay.player else { return nil }
    // Nothing else holds the text while it changes, or all of it would be copied.
    instrument = nil
    replay.player = nil
    defer {
      replay.player = player
      instrument = .replay(replay)
    }
    let page = max(1, ReplayLayout(ScreenLayout(self).instrument).answer.rows - 2)
    switch chord.key {
    case .character(" ") where chord.modifiers.isEmpty: player.togglePause(at: now)
    case .left where chord.modifiers.isEmpty: player.seek(to: player.position(at: now) - .seconds(5), at: now)
    case .right where chord.modifiers.isEmpty: player.seek(to: player.position(at: now) + .seconds(5), at: now)
    case .home where chord.modifiers.isEmpty: player.seek(to: .zero, at: now)
    case .end where chord.modifiers.isEmpty: player.seek(to: player.plan.end, at: now)
    case .up where chord.modifiers.isEmpty: scroll(&player, by: -1, &cache)
    case .down where chord.modifiers.isEmpty: scroll(&player, by: 1, &cache)
    case .pageUp where chord.modifiers.isEmpty: scroll(&player, by: -page, &cache)
    case .pageDown where chord.modifiers.isEmpty: scroll(&player, by: page, &cache)
    case .character(let scalar) where chord.modifiers.isEmpty || chord.modifiers == .alt:
      return replayKey(scalar, isAlternate: chord.modifiers == .alt, &player)
    default: return nil
    }
    return []
  }

  private func replayKey(_ scalar: Unicode.Scalar, isAlternate: Bool, _ player: inout ReplayPlayer) -> [Effect]? {
    switch scalar {
    case "0"..."9" where isAlternate || (scalar != "1" && scalar != "4"):
      // 1 and 4 are speeds; with Alt every digit is a place.
      player.seek(to: player.plan.end * Int(scalar.value - 48) / 10, at: now)
    case _ where isAlternate: return nil
    case "1": player.setSpeed(.factor(1), at: now)
    case "4": player.setSpeed(.factor(4), at: now)
    case "m": player.setSpeed(.maximum, at: now)
    case "+", "=": player.setSpeed(player.speed.next(by: 1), at: now)
    case "-": player.setSpeed(player.speed.next(by: -1), at: now)
    case ",": player.step(by: -1, at: now)
    case ".": player.step(by: 1, at: now)
    case "t": player.alter { $0.isUnfolded.toggle() }
    default: return nil
    }
    return []
  }

  private func scroll(_ player: inout ReplayPlayer, by rows: Int, _ cache: inout LayoutCache) {
    let scroller = ReplayScroller(player, ReplayLayout(ScreenLayout(self).instrument), self)
    let message = player.message
    if rows > 0, player.transcript.anchor == .bottom { return }
    let place = cache.with(message, in: player.transcript, scroller.facts) { scroller.top(movedBy: rows, &$0) }
    player.alter { $0.anchor = place.map { .top(message.id, $0) } ?? .bottom }
  }

  mutating func takeReplay(_ news: ReplayNews, _ cache: inout LayoutCache) -> [Effect] {
    switch news {
    case .loaded(let target, let answer):
      // It was closed meanwhile, or another one was asked for.
      guard awaitsReplay(target, of: answer.conversation), case .replay(var replay) = instrument else { return [] }
      replay.player = ReplayPlayer(
        answer, speed: replay.speed, profile: transcript.profile, isUnfolded: transcript.isUnfolded,
        isCalm: options.reducesMotion, at: now)
      instrument = .replay(replay)
    case .failed(let target, let conversation, let explanation):
      guard awaitsReplay(target, of: conversation) else { return [] }
      instrument = nil
      show(explanation.sentence, .warning)
    }
    return []
  }

  private func awaitsReplay(_ target: ReplayTarget, of conversation: ConversationID) -> Bool {
    guard case .replay(let replay) = instrument else { return false }
    return replay.conversation == conversation && replay.target == target && replay.player == nil
  }

  mutating func tickReplay(_ cache: inout LayoutCache) -> [Effect] {
    guard case .replay(var replay) = instrument, var player = replay.player else { return [] }
    instrument = nil
    replay.player = nil
    player.tick(at: now)
    replay.player = player
    instrument = .replay(replay)
    return []
  }
}
