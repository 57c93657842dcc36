// Whether somebody saw the end of an answer: noted behind the answer itself, also when the archive is slow or full.

import Conversations
import Sessions
import Streaming
import Testing

@Suite("Watched to the end")
struct WatchedTests {
  private func finished(_ stage: Stage) async throws -> (id: ConversationID, message: MessageID) {
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    asked.stream.say([.textDelta("Hello"), .finish(.stop)])
    await stage.end(asked.run)
    return (id, try #require(stage.transcript(id).messages.last?.id))
  }

  @Test("It is written after the answer's end", arguments: [true, false])
  func order(isWatched: Bool) async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    let asked = try await stage.ask("Hi", in: id)
    stage.archive.hang()
    asked.stream.say([.textDelta("Hello"), .finish(.stop)])
    await stage.end(asked.run)
    let message = try #require(stage.transcript(id).messages.last?.id)
    await stage.store.noteWatched(isWatched, message, in: id)
    await eventually("a waiting write") { stage.archive.hasWaiting }
    #expect(stage.archive[id]?.runs[message] == nil)
    stage.archive.release()
    await stage.store.flush()
    #expect(stage.archive[id]?.runs[message]?.isWatched == isWatched)
    let log = stage.archive.log
    let (finish, watched) = (log.firstIndex(of: "finish"), log.firstIndex(of: "setWatched"))
    #expect(try #require(finish) < #require(watched))
    await stage.store.shutdown()
  }

  @Test("An archive that is busy gets it later, and nobody is told that something is missing")
  func busy() async throws {
    let stage = await Stage()
    let (id, message) = try await finished(stage)
    await stage.store.flush()
    stage.archive.fail { _ in .busy }
    await stage.store.noteWatched(true, message, in: id)
    await stage.store.flush()
    #expect(stage.archive[id]?.runs[message]?.isWatched == nil)
    #expect(await stage.store.unsaved.isEmpty)
    stage.archive.fail { _ in nil }
    await stage.pass(.seconds(5))
    await eventually("another try") { stage.archive[id]?.runs[message]?.isWatched == true }
    await stage.store.shutdown()
  }

  @Test("Without a word nobody knows")
  func unknown() async throws {
    let stage = await Stage()
    let (id, message) = try await finished(stage)
    await stage.store.flush()
    #expect(stage.archive[id]?.runs[message] != nil && stage.archive[id]?.runs[message]?.isWatched == nil)
  }

  @Test("Answers are given page after page, the newest last")
  func pages() async throws {
    let stage = await Stage()
    let id = try await stage.newConversation()
    for number in 0..<5 {
      let asked = try await stage.ask("\(number)", in: id)
      asked.stream.say([.textDelta("Hello"), .finish(.stop)])
      await stage.end(asked.run)
      stage.time.advance(by: .seconds(1))
    }
    await stage.store.flush()
    var answers: [AnswerFigures] = []
    #expect(try await stage.store.eachAnswer(AnswerQuery()) { answers.append($0) } == 0)
    #expect(answers.map(\.message) == stage.transcript(id).messages.filter { $0.role == .assistant }.map(\.id))
    #expect(answers.map(\.profile) == Array(repeating: "work", count: 5))
    await stage.store.shutdown()
  }
}
