// `riffle ask`: one prompt, one answer, to standard output as it comes.

package import Conversations
import Diagnostics
import Framing
package import Sessions
import Streaming

/// What `ask` was asked.
package struct AskRequest: Sendable {
  package var prompt: String
  package var profile: Profile
  /// An existing conversation by its ID or the beginning of it.
  package var conversation: String?
  /// The ID of a new conversation.
  package var newID: ConversationID?
  package var isJSON: Bool

  /// A question in a new conversation unless said otherwise.
  package init(
    prompt: String, profile: Profile, conversation: String? = nil, newID: ConversationID? = nil, isJSON: Bool = false
  ) {
    self.prompt = prompt
    self.profile = profile
    self.conversation = conversation
    self.newID = newID
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
      let id = try await conversation()
      return try await ask(in: id)
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

  private func conversation() async throws -> ConversationID {
    if let prefix = request.conversation {
      let id = try await store.find(prefix)
      _ = try await store.open(id)
      return id
    }
    return try await store.create(id: request.newID, profile: request.profile).summary.id
  }

  private func ask(in id: ConversationID) async throws -> Int32 {
    let (events, inbox) = AsyncStream<RunEvent>.makeStream()
    let outcome = try await store.send(Prompt(text: request.prompt), in: id) { event in
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
