import Conversations
import Diagnostics
import Framing
import Platform
import Streaming
import Testing

@testable import Providers

@Suite("Guide")
struct GuideTests {
  private static let book = {
    let sections = [
      GuideBook.Section(
        id: "streaming", title: "Streaming",
        body: """
          Answers appear while they arrive. Esc stops one.

          | key | action |
          | --- | --- |
          | `Esc` | stop the answer |
          | `F3` | performance overlay |

          \(String(repeating: "A stream is followed closely. ", count: 31))

          The second part of streaming is about stalls.
          """),
      GuideBook.Section(
        id: "themes", title: "Themes",
        body: "A theme names colours for roles. Use `/theme dark`.\n\n```\n/theme dark\n```"),
      GuideBook.Section(
        id: "keys", title: "Keys", body: "All keys.\n\n| key | action |\n| --- | --- |\n| `Ctrl+L` | redraw |"),
    ]
    return GuideBook(sections: sections) { query in
      let words = Set(query.lowercased().split(separator: " ").map(String.init))
      return sections.filter { section in words.contains { section.body.lowercased().contains($0) || section.id == $0 }
      }
      .sorted { first, _ in words.contains(first.id) }
    }
  }()

  /// What the guide says to the last of these prompts, each earlier one answered before.
  private func reply(_ prompts: String...) -> GuideReply {
    var messages: [Message] = []
    for (index, prompt) in prompts.enumerated() {
      messages.append(Chat.user(prompt))
      if index + 1 < prompts.count { messages.append(Chat.assistant("…")) }
    }
    return GuideReply(to: GuideConversation(messages), from: Self.book)
  }

  @Test(
    "It says that it is not a language model",
    arguments: [
      "hi", "Hello there!", "who are you?", "are you a language model", "how do themes work?", "capital of France",
    ])
  func notAModel(prompt: String) {
    #expect(reply(prompt).text.contains("not a language model"))
  }

  @Test("An answer about a topic holds the manual's text, a table, code and a look into the manual")
  func topic() {
    let reply = reply("How do I change themes?")
    #expect(reply.text.contains("A theme names colours for roles."))
    #expect(reply.text.contains("| --- |"))
    #expect(reply.text.contains("```"))
    #expect(reply.lookup?.result.contains("Themes") == true)
    #expect((try? JSONParser.parse(reply.lookup?.arguments ?? "").get())?["query"]?.string?.contains("themes") == true)
    #expect(!reply.thinking.isEmpty)
  }

  @Test("No section is pointed to twice, however often the search finds it")
  func seeAlsoOnce() {
    let sections = Self.book.sections
    let book = GuideBook(sections: sections) { _ in sections + sections }
    let reply = GuideReply(to: GuideConversation([Chat.user("How do I change themes?")]), from: book)
    let rows = reply.text.split(separator: "\n").drop { !$0.hasPrefix("See also") }.filter { $0.hasPrefix("| ") }
    #expect(Set(rows).count == rows.count && rows.count > 2, "\(reply.text)")
  }

  @Test(
    "More goes on with the topic, until there is no more", arguments: ["more", "Tell me more.", "and?", "go on", "yes"])
  func more(word: String) {
    let first = reply("tell me about streaming")
    #expect(first.text.contains("say **more**") || first.text.contains("Say **more**"))
    let second = reply("tell me about streaming", word)
    #expect(second.text.contains("second part of streaming"))
    #expect(second.text.contains("streaming"))
    let last = reply("tell me about streaming", word, word, word, word, word, word, word)
    #expect(last.text.contains("That was all"))
  }

  @Test("Keys alone are those of the topic before")
  func followUpKeys() {
    let keys = reply("tell me about streaming", "and the keys?")
    #expect(keys.text.contains("performance overlay"))
    #expect(!keys.text.contains("redraw"))
    #expect(reply("what are the keys?").text.contains("redraw"))
  }

  @Test("A pronoun is the topic before")
  func pronoun() {
    #expect(
      GuideConversation([Chat.user("themes"), Chat.assistant("…"), Chat.user("how do I change that?")]).intent
        == .topic(query: "themes change", portion: 0))
  }

  @Test("It remembers what was asked")
  func memory() {
    #expect(reply("tell me about themes", "more", "what did I ask first?").text.contains("> tell me about themes"))
    #expect(reply("tell me about themes", "streaming", "what did I ask before?").text.contains("> streaming"))
    #expect(
      reply("themes please", "streaming", "what have I asked so far?").text.contains("1. themes please\n2. streaming"))
    #expect(reply("my cat likes themes", "x", "what did I say about my cat?").text.contains("> my cat likes themes"))
    #expect(reply("what did I ask first?").text.contains("first thing"))
    #expect(reply("Hi, my name is Ada", "what is my name?").text.contains("**Ada**"))
    #expect(reply("hi", "what is my name?").text.contains("not told me"))
  }

  @Test("Greetings, thanks and farewells are no topics")
  func manners() {
    #expect(reply("hello guide").lookup == nil)
    #expect(reply("themes", "thanks!").text.contains("welcome"))
    #expect(reply("bye").text.contains("Goodbye"))
    #expect(GuideConversation([Chat.user("   ")]).intent == .nothing)
  }

  @Test("What it does not know it says, and offers what it does")
  func unknown() {
    let reply = reply("what is the capital of France?")
    #expect(reply.text.contains("I found nothing about **capital france**"))
    #expect(reply.text.contains("“Streaming”"))
    #expect(reply.lookup?.result == "no section matches")
  }

  @Test(
    "Without a manual it still answers",
    arguments: ["hi", "help", "themes", "who are you?", "demo", "more", "what did I ask first?", "keys", "…"])
  func emptyBook(prompt: String) {
    let book = GuideBook(sections: []) { _ in [] }
    let reply = GuideReply(to: GuideConversation([Chat.user(prompt)]), from: book)
    #expect(!reply.text.isEmpty)
    #expect(!reply.thinking.isEmpty)
  }

  @Test("It says that it cannot read files")
  func attachments() {
    let message = Chat.message(
      .user, .text("themes"), .attachment(Attachment(name: "a.txt", mediaType: "text/plain", bytes: [65])))
    #expect(GuideReply(to: GuideConversation([message]), from: Self.book).text.contains("a.txt"))
  }

  @Test(
    "An overlong or odd prompt is survived",
    arguments: [String(repeating: "themes ", count: 100_000), "\u{0}\u{1B}[31m", "🏳️‍🌈", "|||", "```"])
  func oddPrompts(prompt: String) {
    #expect(!reply(prompt).text.isEmpty)
  }

  // MARK: In time

  private func events(_ prompt: String, isStreaming: Bool = true) async throws -> (
    events: [ReceivedEvent], clock: ManualClock
  ) {
    let turned = ManualClock(isImpatient: true)
    let client = GuideClient(clock: turned.clock, book: Self.book)
    let request = try Chat.request([Chat.user(prompt)], model: "guide", isStreaming: isStreaming)
    return (await all(client.stream(request)), turned)
  }

  @Test("It streams like a model: thinking, a growing call with its result, then text in small pieces")
  func streaming() async throws {
    let (events, clock) = try await events("How do themes work?")
    let summary = Summary(events)
    let reply = GuideReply(to: GuideConversation([Chat.user("How do themes work?")]), from: Self.book)
    #expect(summary.text == reply.text)
    #expect(summary.thinking == reply.thinking)
    #expect(
      summary.calls == [
        Summary.Call(id: "call_1", name: "search_manual", arguments: reply.lookup?.arguments ?? "", isEnded: true)
      ])
    #expect(summary.results.map(\.callID) == ["call_1"])
    #expect(summary.finish == .stop)
    #expect(summary.usage?.isEstimated == true)
    var order: [String] = []
    for event in events {
      let name =
        switch event.event {
        case .start: "start"
        case .thinkingDelta: "thinking"
        case .toolCallBegin, .toolCallArguments, .toolCallEnd: "call"
        case .toolResult: "result"
        case .textDelta: "text"
        case .usage: "usage"
        case .finish: "finish"
        default: "?"
        }
      if order.last != name { order.append(name) }
    }
    #expect(order == ["start", "thinking", "call", "result", "text", "usage", "finish"])
    let texts = events.compactMap { if case .textDelta(let text) = $0.event { text } else { nil } }
    #expect(texts.count > 10)
    #expect(texts.dropLast().allSatisfy { (2...5).contains($0.split(whereSeparator: \.isWhitespace).count) })
    let gaps = zip(events, events.dropFirst()).map { $1.received - $0.received }.filter { $0 > .zero }
    #expect(gaps.allSatisfy { $0 >= .milliseconds(1) && $0 <= .milliseconds(40) })
    #expect(clock.now - clock.start < .seconds(6))
  }

  @Test("However long the answer, it takes less than six seconds")
  func longAnswer() async throws {
    let long = String(repeating: "word ", count: 4_000)
    let book = GuideBook(sections: []) { _ in [GuideBook.Section(id: "x", title: "X", body: long)] }
    let turned = ManualClock(isImpatient: true)
    let events = await all(GuideClient(clock: turned.clock, book: book).stream(try Chat.request([Chat.user("themes")])))
    #expect(Summary(events).finish == .stop)
    #expect(turned.now - turned.start < .seconds(6))
  }

  @Test("The same request gives the same stream")
  func deterministic() async throws {
    let first = try await events("streaming")
    let second = try await events("streaming")
    #expect(first.events.map(\.event) == second.events.map(\.event))
    #expect(
      first.events.map { $0.received - first.clock.start } == second.events.map { $0.received - second.clock.start })
    let other = try await events("streaming!")
    #expect(
      other.events.map { $0.received - other.clock.start } != first.events.map { $0.received - first.clock.start })
  }

  @Test("Not streaming, it says the same in one piece")
  func whole() async throws {
    let (events, _) = try await events("streaming", isStreaming: false)
    let streamed = Summary(try await self.events("streaming").events)
    let summary = Summary(events)
    #expect(summary.text == streamed.text)
    #expect(summary.thinking == streamed.thinking)
    #expect(events.filter { if case .textDelta = $0.event { true } else { false } }.count == 1)
  }

  @Test(
    "With riffle's own manual it answers the first questions",
    arguments: [
      "what is riffle?", "how do I configure a provider?", "which keys are there?", "how do I change the theme",
      "what is replay",
    ])
  func ownManual(prompt: String) {
    let reply = GuideReply(to: GuideConversation([Chat.user(prompt)]), from: .manual)
    #expect(!reply.text.contains("found nothing"))
    #expect(reply.text.contains("not a language model"))
    #expect(reply.text.contains("```"))
  }

  @Test("A stop ends it at once")
  func stop() async throws {
    let turned = ManualClock()
    let answer = GuideClient(clock: turned.clock, book: Self.book).stream(try Chat.request())
    async let events = all(answer)
    #expect(await eventually { turned.sleepers == 1 })
    answer.cancel()
    #expect(Summary(await events).failure == .cancelled)
    turned.turn(by: .seconds(10))
  }
}
