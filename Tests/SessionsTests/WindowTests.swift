// Long conversations: what of them the store holds, reads, sends and finds.

import Conversations
import Sessions
import Streaming
import Testing

@Suite("Windows")
struct WindowTests {
  private let id = ConversationID("long")!

  /// A store over a conversation of so many messages `0`, `1`, …, and the messages.
  private func stage(_ count: Int) async throws -> (Stage, [Message]) {
    let archive = MemoryArchive()
    var generator = SystemRandomNumberGenerator()
    var stored = MemoryArchive.Stored(
      record: ConversationRecord(
        summary: ConversationSummary(
          id: id, title: "t", updated: Timestamp(milliseconds: 0), messageCount: count, profileName: "work",
          model: Stage.profile.model), profile: Stage.profile, leaf: nil, created: Timestamp(milliseconds: 0)))
    for number in 0..<count {
      stored.messages.append(
        Message(
          id: .make(at: Timestamp(milliseconds: Int64(number)), using: &generator), parent: stored.messages.last?.id,
          role: number % 2 == 0 ? .user : .assistant, created: Timestamp(milliseconds: 0), parts: [.text("\(number)")]))
    }
    stored.record.leaf = stored.messages.last?.id
    archive.put(stored)
    return (await Stage(archive: archive), stored.messages)
  }

  /// What a piece of the path is told as: texts, counts before and after.
  private func told(_ piece: PathPiece, by stage: Stage) async throws -> MessageWindow {
    try await stage.store.loadWindow(id, piece)
    guard case .window(let window, _)? = stage.told.last?.changes[id]?.last else { throw SessionError.noSuchMessage }
    return window
  }

  @Test("A long conversation is opened at its end, and the request still holds all of it")
  func opens() async throws {
    let (stage, messages) = try await stage(200)
    let snapshot = try await stage.store.open(id)
    #expect(snapshot.window == MessageWindow(messages: Array(messages[140...]), earlierCount: 140))
    let asked = try await stage.ask("next", in: id)
    #expect(asked.stream.request.messages.map(\.text) == (0..<200).map(String.init) + ["next"])
    await stage.store.stop(asked.run)
    await stage.end(asked.run)
    await stage.store.shutdown()
  }

  @Test("Every piece is the path's, wherever memory ends and the archive begins, also while an answer streams")
  func pieces() async throws {
    let (stage, stored) = try await stage(100)
    _ = try await stage.store.open(id)
    let asked = try await stage.ask("next", in: id)
    await stage.say([.textDelta("growing")], on: asked.stream)
    let whole = try await told(.last(1000), by: stage)
    let path = whole.messages
    #expect(path.count == 102 && path.prefix(100).map(\.id) == stored.map(\.id))
    #expect(path.last?.text == "growing")
    func check(_ piece: PathPiece, _ range: Range<Int>) async throws {
      let wanted = MessageWindow(
        messages: Array(path[range]), earlierCount: range.lowerBound, laterCount: path.count - range.upperBound)
      #expect(try await told(piece, by: stage) == wanted, "\(piece)")
    }
    for place in [0, 1, 20, 38, 39, 40, 41, 45, 99, 100, 101] {
      for limit in [1, 5, 60] {
        let around = max(0, place - limit)..<min(102, place + limit + 1)
        try await check(.around(path[place].id, limit), around)
        try await check(.at(place, limit), around)
        if place > 0 { try await check(.before(path[place].id, limit), max(0, place - limit)..<place) }
        try await check(.after(path[place].id, limit), place + 1..<min(102, place + 1 + limit))
      }
    }
    try await check(.last(3), 99..<102)
    try await check(.last(80), 22..<102)
    try await check(.at(.max, 0), 101..<102)
    await stage.store.shutdown()
  }

  @Test("What was said is let go of once it is written, and nothing is held of what was only looked at")
  func letsGo() async throws {
    let (stage, messages) = try await stage(200)
    _ = try await stage.store.open(id)
    for number in 0..<40 {
      let asked = try await stage.ask("p\(number)", in: id)
      asked.stream.say([.textDelta("a\(number)"), .finish(.stop)])
      await stage.end(asked.run)
      await stage.store.flush()
    }
    _ = try await told(.around(messages[3].id, 60), by: stage)
    let snapshot = try await stage.store.open(id)
    #expect(snapshot.window.messages.count <= 120)
    #expect(snapshot.window.earlierCount + snapshot.window.messages.count == 280)
    #expect(snapshot.window.messages.last?.text == "a39")
    await stage.store.shutdown()
  }

  @Test("What cannot be written is not let go of")
  func keepsUnsaved() async throws {
    let (stage, _) = try await stage(0)
    stage.archive.fail { _ in .diskFull(path: "/") }
    for number in 0..<80 {
      let asked = try await stage.ask("p\(number)", in: id)
      asked.stream.say([.textDelta("a\(number)"), .finish(.stop)])
      await stage.end(asked.run)
    }
    let snapshot = try await stage.store.open(id)
    #expect(snapshot.window.messages.count == 160 && snapshot.window.earlierCount == 0)
    await stage.store.shutdown()
  }

  @Test("A message far back can be answered anew, and the path then ends there")
  func farRegenerate() async throws {
    let (stage, messages) = try await stage(200)
    _ = try await stage.store.open(id)
    let run = try await stage.store.regenerate(messages[21].id, in: id)
    let stream = await stage.request(0)
    #expect(stream.request.messages.map(\.text) == (0...20).map(String.init))
    stream.say([.textDelta("new"), .finish(.stop)])
    await stage.end(run)
    await stage.store.flush()
    #expect(stage.transcript(id).lines.suffix(2) == ["user \"20\" complete", "assistant \"new\" complete"])
    let window = try await told(.at(0, 3), by: stage)
    #expect((window.messages.map(\.text), window.laterCount) == (["0", "1", "2", "3"], 18))
    await stage.store.shutdown()
  }

  @Test("Of a path that the model does not hold, not much more is read than it holds")
  func readsWhatFits() async throws {
    let (stage, _) = try await stage(2000)
    stage.provider.limitContext(to: 400)
    let asked = try await stage.ask("next", in: id)
    #expect(asked.stream.request.messages.last?.text == "next")
    let sent = asked.stream.request.messages.count
    #expect(stage.archive.readings.count <= 4)
    #expect(stage.watched.notices == ["\(2001 - sent) earlier messages are not sent"])
    await stage.store.stop(asked.run)
    await stage.end(asked.run)
    await stage.store.shutdown()
  }

  @Test("A text is found in the archive and in memory, forwards and backwards, and on from the other end")
  func finds() async throws {
    let (stage, messages) = try await stage(100)
    _ = try await stage.store.open(id)
    let asked = try await stage.ask("needle in the prompt", in: id)
    await stage.say([.textDelta("a growing Needle")], on: asked.stream)
    func find(_ text: String, from: Int?, backward: Bool = false) async throws -> FindResult {
      let message = from.map { messages[$0].id }
      return try await stage.store.find(FindQuery(text), in: id, from: message, backward: backward)
    }
    func place(_ result: FindResult) -> [Int?] { [result.match?.position, result.hasWrapped ? 1 : 0] }
    #expect(place(try await find("7", from: nil)) == [7, 0])
    #expect(place(try await find("7", from: 7)) == [17, 0])
    #expect(place(try await find("99", from: 7)) == [99, 0])
    #expect(place(try await find("3", from: 96)) == [3, 1])
    #expect(place(try await find("96", from: 96)) == [96, 1])
    #expect(place(try await find("12", from: 96, backward: true)) == [12, 0])
    #expect(place(try await find("55", from: 12, backward: true)) == [55, 1])
    #expect(place(try await find("needle", from: 3)) == [100, 0])
    #expect(place(try await find("Needle", from: 3)) == [101, 0])
    #expect(place(try await find("needle", from: nil, backward: true)) == [101, 0])
    let nothing = try await find("nowhere", from: 50)
    #expect(nothing == FindResult(conversation: id, query: FindQuery("nowhere"), messageCount: 102))
    #expect(try await stage.store.countMatches(of: FindQuery("9"), in: id) == 19)
    await stage.store.shutdown()
  }
}
