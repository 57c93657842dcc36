// Variants: other answers and other prompts beside the old ones.

import Conversations
import Diagnostics
import Sessions
import Streaming
import Testing

@Suite("Tree")
struct TreeTests {
  /// A conversation of turns that were answered.
  private func answered(_ turns: [(String, String)]) async throws -> (Stage, ConversationID) {
    let stage = await Stage()
    let id = try await stage.newConversation()
    for (prompt, answer) in turns {
      let asked = try await stage.ask(prompt, in: id)
      asked.stream.say([.textDelta(answer), .finish(.stop)])
      await stage.end(asked.run)
    }
    return (stage, id)
  }

  private func finish(_ run: RunID, request: Int, with text: String, on stage: Stage) async {
    let stream = await stage.request(request)
    stream.say([.textDelta(text), .finish(.stop)])
    await stage.end(run)
    await stage.store.flush()
  }

  @Test("An answer given anew stands beside the old one, and both can be looked at")
  func regenerate() async throws {
    let (stage, id) = try await answered([("one", "1"), ("two", "2")])
    let old = try #require(stage.transcript(id).messages.last)
    let run = try await stage.store.regenerate(old.id, in: id)
    await finish(run, request: 2, with: "2b", on: stage)
    #expect(stage.provider.requests.last?.request.messages.map(\.text) == ["one", "1", "two"])
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1", "two", "2b"])
    let new = try #require(stage.transcript(id).messages.last)
    #expect(new.parent == old.parent && new.variant == Variant(index: 2, count: 2))
    #expect(stage.archive[id]?.messages.count == 5)
    try await stage.store.selectVariant(of: new.id, offset: -1, in: id)
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1", "two", "2"])
    #expect(stage.transcript(id).messages.last?.variant == Variant(index: 1, count: 2))
    await #expect(throws: SessionError.noSuchMessage) {
      try await stage.store.selectVariant(of: old.id, offset: -1, in: id)
    }
    await stage.store.shutdown()
  }

  @Test("An edited prompt begins another path; the old path is kept whole")
  func edit() async throws {
    let (stage, id) = try await answered([("one", "1"), ("two", "2")])
    let first = try #require(stage.transcript(id).messages.first)
    let run = try await stage.store.editAndResend(first.id, text: "eins", in: id)
    await finish(run, request: 2, with: "1b", on: stage)
    #expect(stage.transcript(id).messages.map(\.text) == ["eins", "1b"])
    let new = try #require(stage.transcript(id).messages.first)
    #expect(new.variant == Variant(index: 2, count: 2) && new.parent == nil)
    try await stage.store.selectVariant(of: new.id, offset: -1, in: id)
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1", "two", "2"])
    await stage.store.shutdown()
  }

  @Test("What broke off is continued in a new turn after it, and the partial answer is sent along")
  func resume() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    asked.stream.say([.textDelta("par"), .error(.truncated(Stage.brokenOff))])
    await stage.end(asked.run)
    let partial = try #require(stage.transcript(id).messages.last)
    let run = try await stage.store.resume(partial.id, in: id)
    await finish(run, request: 1, with: "tial", on: stage)
    #expect(stage.provider.requests.last?.request.messages.map(\.text).prefix(2) == ["one", "par"])
    #expect(stage.transcript(id).messages.count == 4)
    #expect(stage.archive[id]?.messages[1].text == "par")
    await stage.store.shutdown()
  }

  /// A conversation with an answer that broke off.
  private func brokenOff(
    _ events: [StreamEvent], by way: Continuation
  ) async throws -> (stage: Stage, id: ConversationID, partial: Message) {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("one", in: id)
    asked.stream.say(events + [.error(.truncated(Stage.brokenOff))])
    await stage.end(asked.run)
    stage.provider.continueAnswers(by: way)
    return (stage, id, try #require(stage.transcript(id).messages.last))
  }

  @Test("Where the model can, it goes on writing the partial answer, in a variant beside it")
  func prefill() async throws {
    let (stage, id, partial) = try await brokenOff([.textDelta("par \n")], by: .prefill)
    let run = try await stage.store.resume(partial.id, in: id)
    await finish(run, request: 1, with: "tial", on: stage)
    let request = try #require(stage.provider.requests.last?.request)
    #expect(request.messages.map(\.text) == ["one", "par"])
    #expect(request.messages.last?.role == .assistant)
    let messages = stage.transcript(id).messages
    #expect(messages.map(\.text) == ["one", "partial"])
    #expect(messages.last?.variant == Variant(index: 2, count: 2))
    await stage.store.flush()
    #expect(stage.archive[id]?.messages.map(\.text).sorted() == ["one", "par \n", "partial"])
    await stage.store.shutdown()
  }

  @Test("Where the service can, it sends the rest of what it has kept")
  func resumes() async throws {
    let name = OpaquePart(dialect: "d", label: "", content: "resp-1")
    let (stage, id, partial) = try await brokenOff([.opaque(name), .textDelta("par")], by: .resume)
    let run = try await stage.store.resume(partial.id, in: id)
    await finish(run, request: 1, with: "tial", on: stage)
    let request = try #require(stage.provider.requests.last?.request)
    #expect(request.resumes?.parts == [.opaque(name), .text("par")])
    #expect(request.messages.map(\.text) == ["one"])
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "partial"])
    await stage.store.shutdown()
  }

  @Test("What the service does not have any more is continued by a new turn the next time")
  func lostAnswer() async throws {
    let (stage, id, partial) = try await brokenOff([.textDelta("par")], by: .resume)
    let run = try await stage.store.resume(partial.id, in: id)
    let gone = ProviderError(explanation: Explanation(kind: .notFound, summary: "Gone"), status: 404)
    await eventually("the request") { stage.provider.requests.count == 2 }
    stage.provider.requests[1].say([.error(.provider(gone))])
    await stage.end(run)
    let again = try #require(stage.transcript(id).messages.last)
    #expect(again.text == "par")
    let turn = try await stage.store.resume(again.id, in: id)
    await finish(turn, request: 2, with: "tial", on: stage)
    #expect(stage.provider.requests.last?.request.resumes == nil)
    #expect(stage.transcript(id).messages.count == 4)
    await stage.store.shutdown()
  }

  @Test("A continued answer whose request failed before anything new came is asked for again")
  func continuedIsRepeated() async throws {
    let (stage, id, partial) = try await brokenOff([.textDelta("par")], by: .prefill)
    let run = try await stage.store.resume(partial.id, in: id)
    await eventually("the request") { stage.provider.requests.count == 2 }
    let busy = ProviderError(
      explanation: Explanation(kind: .overloaded, summary: "Busy"), status: 503, isRetryable: true,
      retryAfterMilliseconds: 1_000)
    stage.provider.requests[1].say([.error(.provider(busy))])
    // Timers of the first answer's saving may come before the countdown.
    await eventually("the second try") {
      stage.time.advance(by: .milliseconds(100))
      return stage.provider.requests.count == 3
    }
    await finish(run, request: 2, with: "tial", on: stage)
    #expect(stage.transcript(id).messages.last?.text == "partial")
    await stage.store.shutdown()
  }

  @Test("What a model does not hold is left out of the request in whole turns, and said")
  func shortened() async throws {
    let long = String(repeating: "word ", count: 60)
    let (stage, id) = try await answered([(long, long), (long, long), ("three", "3")])
    stage.provider.limitContext(to: 340)
    let asked = try await stage.ask("four", in: id)
    asked.stream.say([.textDelta("4"), .finish(.stop)])
    await stage.end(asked.run)
    #expect(stage.provider.requests.last?.request.messages.map(\.text) == [long, long, "three", "3", "four"])
    #expect(stage.watched.notices.contains("2 earlier messages are not sent"))
    stage.provider.limitContext(to: 256)
    let again = try await stage.ask(long + long + long + long, in: id)
    again.stream.say([.textDelta("5"), .finish(.stop)])
    await stage.end(again.run)
    #expect(stage.provider.requests.last?.request.messages.count == 1)
    await stage.store.shutdown()
  }

  @Test("A path can be cut back and put back again")
  func cutBack() async throws {
    let (stage, id) = try await answered([("one", "1"), ("two", "2")])
    let messages = stage.transcript(id).messages
    try await stage.store.setLeaf(messages[1].id, in: id)
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1"])
    try await stage.store.setLeaf(messages[3].id, in: id)
    #expect(stage.transcript(id).messages.map(\.text) == ["one", "1", "two", "2"])
    await stage.store.shutdown()
  }

  @Test("While an answer streams the path is not changed under it")
  func refusesWhileStreaming() async throws {
    let (stage, id) = try await answered([("one", "1")])
    let message = try #require(stage.transcript(id).messages.last)
    _ = try await stage.ask("two", in: id)
    await #expect(throws: SessionError.answering(id)) { try await stage.store.regenerate(message.id, in: id) }
    await #expect(throws: SessionError.answering(id)) {
      try await stage.store.selectVariant(of: message.id, offset: 1, in: id)
    }
    await stage.store.shutdown()
  }
}
