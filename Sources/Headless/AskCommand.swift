// `riffle ask`: one prompt, one answer, to standard output as it comes.

package import Conversations
import Diagnostics
import Framing
package import Sessions
import Streaming

/// What `ask` was asked.
package struct AskRequest: Sendable {
  package var prompt: Prompt
  package var place: Place
  /// Whether the answer is to come in one piece, whatever the profile says.
  package var isWhole: Bool
  package var isJSON: Bool

  /// Where a question is asked.
  package enum Place: Sendable {
    /// In a conversation of its own, with a chosen ID if there is one.
    case new(id: ConversationID?, Profile)
    /// In the conversation whose ID begins so. A profile holds for this answer alone; without one the conversation's does.
    case existing(prefix: String, Profile?)
  }

  /// A question.
  package init(prompt: Prompt, in place: Place, isWhole: Bool = false, isJSON: Bool = false) {
    self.prompt = prompt
    self.place = place
    self.isWhole = isWhole
    self.isJSON = isJSON
  }
}

/// Runs `ask`.
package struct AskCommand: Sendable {
  private let request: AskRequest
  private let store: SessionStore
  private let output: Output

  /// A command on a store that has been started.
  package init(_ request: AskRequest, store: SessionStore, output: Output) {
    self.request = request
    self.store = store
    self.output = output
  }

  /// Asks, writes the answer, and returns the exit status.
  ///
  /// Cancelling the task stops the answer; what has come is written and kept.
  package func run() async -> Int32 {
    do {
      let (id, profile) = try await conversation()
      return try await ask(in: id, with: profile)
    } catch let error as SessionError {
      // Nothing was asked of a provider: whatever it is, it failed here.
      _ = fail(error.explanation)
      return ExitStatus.failed
    } catch let error as any Explainable {
      return fail(error.explanation)
    } catch {
      return fail(Explanation(kind: .setting, summary: "Something failed", detail: "\(error)", recovery: .report))
    }
  }

  /// The conversation to ask in, and the profile that this answer has.
  private func conversation() async throws -> (ConversationID, Profile) {
    let id: ConversationID
    var profile: Profile
    switch request.place {
    case .new(let chosen, let new):
      profile = new
      id = try await store.create(id: chosen, profile: new).summary.id
    case .existing(let prefix, let other):
      id = try await store.find(prefix)
      let snapshot = try await store.open(id)
      profile = other ?? snapshot.record.profile
    }
    if request.isWhole { profile.isStreaming = false }
    return (id, profile)
  }

  private func ask(in id: ConversationID, with profile: Profile) async throws -> Int32 {
    let (events, inbox) = AsyncStream<RunEvent>.makeStream()
    let outcome = try await store.send(request.prompt, in: id, with: profile) { event in
      inbox.yield(event)
      if case .ended = event { inbox.finish() }
    }
    guard case .started(let run) = outcome else { throw SessionError.answering(id) }
    // A task of its own: cancelling this one stops the answer, whose ending must still be read and written.
    let reader = Task { [request, output, store] in
      var status = ExitStatus.failed
      var writer = AskWriter(isJSON: request.isJSON, output: output)
      for await event in events {
        writer.write(event)
        if output.isClosed { await store.stop(run) }
        if case .ended(let message, _) = event { status = ExitStatus.status(of: message) }
      }
      return output.isClosed ? ExitStatus.brokenPipe : status
    }
    return await withTaskCancellationHandler {
      await reader.value
    } onCancel: {
      Task { await store.stop(run) }
    }
  }

  private func fail(_ explanation: Explanation) -> Int32 {
    if request.isJSON {
      var writer = JSONWriter()
      AskWriter.writeError(explanation, to: &writer)
      output.write(writer.take() + [0x0A])
    } else {
      output.complain(explanation.sentence)
    }
    return ExitStatus.status(of: explanation)
  }
}
