// `riffle race`: one prompt to several models at once, their answers to standard output as they end.

package import Conversations
import Diagnostics
package import Sessions
import Streaming

/// What `race` was asked.
package struct RaceRequest: Sendable {
  package var prompt: Prompt
  /// Two to four, in the order of the command line.
  package var racers: [Profile]
  package var isJSON: Bool

  /// A race.
  package init(prompt: Prompt, racers: [Profile], isJSON: Bool) {
    self.prompt = prompt
    self.racers = racers
    self.isJSON = isJSON
  }
}

/// Runs `race`.
package struct RaceCommand: Sendable {
  private let request: RaceRequest
  private let store: SessionStore
  private let output: Output

  /// A command on a store that has been started.
  package init(_ request: RaceRequest, store: SessionStore, output: Output) {
    self.request = request
    self.store = store
    self.output = output
  }

  /// Asks all models, writes their answers, and returns the exit status: that of the worst answer.
  ///
  /// Cancelling the task stops all of them; what has come is written and kept.
  package func run() async -> Int32 {
    do throws(SessionError) {
      guard let first = request.racers.first else { return ExitStatus.usage }
      let id = try await store.create(profile: first).summary.id
      return try await race(in: id)
    } catch {
      output.complain(error.explanation.sentence)
      return ExitStatus.failed
    }
  }

  private func race(in id: ConversationID) async throws(SessionError) -> Int32 {
    let (events, inbox) = AsyncStream<LaneEvent>.makeStream()
    let racers = request.racers.enumerated().map { index, profile in
      Racer(profile) { inbox.yield(LaneEvent(lane: index, event: $0)) }
    }
    let runs = try await store.race(request.prompt, in: id, with: racers)
    // A task of its own: cancelling this one stops the answers, whose endings must still be read and written.
    let reader = Task { [request, output, store] in
      var writer = RaceWriter(request, in: id, output: output)
      for await event in events {
        writer.write(event)
        if output.isClosed { for run in runs { await store.stop(run) } }
        if writer.hasAll { break }
      }
      writer.finish()
      return output.isClosed ? ExitStatus.brokenPipe : writer.status
    }
    return await withTaskCancellationHandler {
      await reader.value
    } onCancel: {
      Task { for run in runs { await store.stop(run) } }
    }
  }
}

/// Something that happened to one answer of a race.
struct LaneEvent: Sendable {
  /// From zero, in the order of the command line.
  let lane: Int
  let event: RunEvent
}
