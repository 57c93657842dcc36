// What the race view wants done on the session store. It acts on a conversation, so that it is performed in order with
// prompts, stops and drafts.

import Conversations
import Diagnostics
import Interface
import Sessions

extension InstrumentEffect {
  /// Whether it changes a conversation and has its place among what else does.
  var acts: Bool { if case .race = self { true } else { false } }
}

extension SessionStore {
  /// Does what the race view wants; none of it waits for a stream.
  /// - Returns: what is to be told.
  func perform(_ effect: RaceEffect) async throws(SessionError) -> RaceNews? {
    switch effect {
    case .start(let id, let prompt, let profiles):
      let racers = profiles.map { Racer($0) }
      do throws(SessionError) {
        if let prompt {
          try await race(prompt, in: id, with: racers)
        } else {
          try await raceLastPrompt(in: id, with: racers)
        }
      } catch {
        return .refused(id, prompt, error.explanation)
      }
      return nil
    case .stop(let run):
      stop(run)
      return nil
    case .keepOne(let id, let answer): return .kept(id, bin: try await keepOne(answer, in: id))
    case .keepAll(let id, let answer):
      try await keepAll(showing: answer, in: id)
      return nil
    case .rate(let id, let ratings):
      try await rate(ratings, in: id)
      return nil
    }
  }
}
