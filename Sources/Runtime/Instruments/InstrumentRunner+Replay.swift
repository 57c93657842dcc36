// Reads an answer and its timeline, and makes the plan of how it came, away from the thread that draws.

import Conversations
import Diagnostics
import Interface
import Sessions
import Streaming

extension InstrumentRunner {
  func perform(_ effect: ReplayEffect) {
    switch effect {
    case .load(let id, let target): Task { await load(target, of: id) }
    }
  }

  @concurrent private func load(_ target: ReplayTarget, of id: ConversationID) async {
    do throws(SessionError) {
      let place: StoredAnswer.Place =
        switch target {
        case .message(let message): .message(message)
        case .last(let number): .last(number)
        }
      guard let answer = try await store.answer(place, of: id) else {
        return fail(target, id, "There is no such answer", "count from the last one, which is 1")
      }
      guard !answer.message.status.isStreaming else {
        return fail(target, id, "The answer still streams", "it can be played when it has ended")
      }
      guard let plan = answer.plan else {
        return fail(
          target, id, "This answer has no timeline",
          "nothing came, riffle ended while it streamed, or it was not asked for by riffle")
      }
      let metrics = answer.run.flatMap { MetricsJSON.metrics(from: $0.metricsJSON) }
      mailbox.post(
        .instrument(
          .replay(
            .loaded(
              target,
              ReplayedAnswer(
                conversation: id, message: answer.message, prompt: String(answer.prompt?.text.prefix(1000) ?? ""),
                metrics: metrics,
                plan: plan)))))
    } catch {
      mailbox.post(.instrument(.replay(.failed(target, id, error.explanation))))
    }
  }

  private func fail(_ target: ReplayTarget, _ id: ConversationID, _ summary: String, _ detail: String) {
    mailbox.post(
      .instrument(.replay(.failed(target, id, Explanation(kind: .notFound, summary: summary, detail: detail)))))
  }
}
