// A view for measuring: it takes the place of the pane and the composer, and gets the keys. What is behind it goes on.

package import Conversations
import Display
import Streaming

/// What stands in the place of the conversation.
package enum Instrument: Equatable, Sendable {
  case stats(StatsState)
  case compare(CompareState)
  case race(RaceState)
  case replay(ReplayState)
  case wire(WireState)

  /// When it changes though nothing happens; `nil` for never.
  var due: Instant? {
    switch self {
    case .replay(let replay): replay.due
    case .race(let race): race.due
    case .stats, .compare, .wire: nil
    }
  }
}

/// What an instrument wants done.
package enum InstrumentEffect: Equatable, Sendable {
  /// The shape of an answer's stream, for the performance overlay.
  case timeline(ConversationID, MessageID)
  case stats(StatsEffect)
  case compare(CompareEffect)
  case race(RaceEffect)
  case replay(ReplayEffect)
  case wire(WireEffect)
}

/// What came of it.
package enum InstrumentNews: Equatable, Sendable {
  case timeline(AnswerTimeline)
  case stats(StatsNews)
  case compare(CompareNews)
  case race(RaceNews)
  case replay(ReplayNews)
  case wire(WireNews)
}

extension AppState {
  /// A key while an instrument is shown; `nil` if it means what it means everywhere.
  mutating func handleInstrument(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard let instrument else { return nil }
    let effects: [Effect]? =
      switch instrument {
      case .stats: handleStats(chord, &cache)
      case .compare: handleCompare(chord, &cache)
      case .race: handleRace(chord, &cache)
      case .replay: handleReplay(chord, &cache)
      case .wire: handleWire(chord, &cache)
      }
    if let effects { return effects }
    switch chord {
    case KeyChord(.escape), KeyChord(.character("q")), .control("c"):
      return leaveInstrument()
    default:
      // What is everywhere works here too; what would write does not.
      if case .nothing = options.keymap.meaning(of: [chord]) { return [] }
      return nil
    }
  }

  /// Takes the instrument away, whichever it is.
  /// - Returns: what tells its other half that nobody looks any more.
  mutating func leaveInstrument() -> [Effect] {
    defer { instrument = nil }
    if case .wire = instrument { return [.instrument(.wire(.close))] }
    return []
  }

  /// What was asked for on behalf of an instrument has come.
  mutating func take(_ news: InstrumentNews, _ cache: inout LayoutCache) -> [Effect] {
    switch news {
    case .timeline(let new): take(new)
    case .stats(let news): takeStats(news)
    case .compare(let news): takeCompare(news)
    case .race(let news): takeRace(news, &cache)
    case .replay(let news): takeReplay(news, &cache)
    case .wire(let news): takeWire(news)
    }
  }

  /// What is due on the shown instrument.
  mutating func tickInstrument(_ cache: inout LayoutCache) -> [Effect] {
    guard let due = instrument?.due, due <= now else { return [] }
    switch instrument {
    case .replay: return tickReplay(&cache)
    case .race: return tickRace()
    case .stats, .compare, .wire, nil: return []
    }
  }

  private mutating func take(_ new: AnswerTimeline) -> [Effect] {
    // Nobody waits for it any longer if the figures are hidden or another answer's.
    if new.message == timelineWish?.message { timeline = new }
    return []
  }
}
