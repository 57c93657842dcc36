// What linear mode tells: every event once, in words, append-only.

import Conversations
import Diagnostics
import Display
import Manual
import Streaming
import Testing

@testable import Interface

/// The pure program in linear mode, with what it told so far.
final class LinearScene {
  let scene = Scene()
  private var transcript = LinearTranscript(version: "1", reason: nil)
  /// Everything.
  private(set) var text = ""

  init() {
    scene.state.linear = LinearState()
    _ = told()
  }

  /// What is new.
  func told() -> String {
    transcript.note(scene.effects)
    let new = transcript.tell(&scene.state)
    text += new
    return new
  }

  /// Enters a line; gives what is told of it.
  func enter(_ line: String) -> String {
    scene.effects = []
    scene.act(.line(line))
    return told()
  }

  func change(_ changes: TranscriptChange...) -> String {
    var update = SessionUpdate()
    update.changes[scene.state.shown] = changes
    scene.act(.session(update))
    return told()
  }

  /// An answer that ends, with what is told of its end.
  func end(_ id: MessageID, _ status: MessageStatus, after seconds: Int = 3) -> String {
    var metrics = StreamMetrics()
    metrics.elapsed = .seconds(seconds)
    return change(.ended(id, status: status, usage: nil, metrics: metrics))
  }

  func end() -> String { transcript.end(&scene.state) }
}

@Suite("Linear mode")
struct LinearTests {
  @Test("It begins by saying what this is, why, and with whom one talks")
  func beginning() {
    let scene = Scene()
    scene.state.linear = LinearState()
    var transcript = LinearTranscript(version: "1", reason: "TERM is dumb")
    #expect(
      transcript.tell(&scene.state) == """
        Linear mode: TERM is dumb.
        riffle 1. Type a message and press Enter; /help lists commands.
        New conversation \(scene.state.shown), profile work, lab/m-large.

        """)
    #expect(transcript.tell(&scene.state) == "")
  }

  @Test("What one has typed is not told again; the answer is, and its end")
  func answer() {
    let linear = LinearScene()
    #expect(linear.enter("hello") == "")
    let effects = linear.scene.effects
    #expect(effects.contains(.send(Prompt(text: "hello"), linear.scene.state.shown)))
    #expect(linear.change(.message(linear.scene.makeMessage(.user, [.text("hello")]))) == "")
    let id = linear.scene.beginAnswer()
    #expect(linear.told() == "")
    #expect(linear.change(.part(id, index: 0, .text("Good "))) == "Answer from m-large:\nGood ")
    #expect(linear.change(.appended(id, part: 0, text: "mor")) == "")
    #expect(linear.change(.appended(id, part: 0, text: "ning, wor")) == "morning, ")
    #expect(linear.change(.appended(id, part: 0, text: "ld")) == "")
    #expect(linear.end(id, .complete(.stop)) == "world\nDone: 3 words in 3.00 s.\n")
    #expect(linear.told() == "")
  }

  @Test("However the text of an answer is cut, the same is told")
  func cuts() {
    let answer = "One  two\nthree\r\n四。五、六\t seven\u{301} ~~~ eight\n\nnine"
    var whole = ""
    for size in [1, 2, 3, 5, 8, 1000] {
      let linear = LinearScene()
      let id = linear.scene.beginAnswer()
      _ = linear.change(.part(id, index: 0, .text("")))
      var rest = Substring(answer).unicodeScalars
      var pieces = ""
      while !rest.isEmpty {
        pieces += linear.change(.appended(id, part: 0, text: String(rest.prefix(size))))
        rest = rest.dropFirst(size)
      }
      pieces += linear.end(id, .complete(.stop))
      if whole.isEmpty { whole = pieces }
      #expect(Array(pieces.utf8) == Array(whole.utf8))
    }
    #expect(whole == "Answer from m-large:\n\(answer)\nDone: 8 words in 3.00 s.\n")
  }

  @Test("Text without blanks comes by the marks of its sentences")
  func ideographs() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    _ = linear.change(.part(id, index: 0, .text("今天")))
    #expect(linear.change(.appended(id, part: 0, text: "天气好，我们")) == "Answer from m-large:\n今天天气好，")
    #expect(linear.change(.appended(id, part: 0, text: "走。")) == "我们走。")
  }

  @Test("Thinking is told by its beginning and its length, and read only when it is unfolded")
  func thinking() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    #expect(linear.change(.part(id, index: 0, .thinking("Let me", signature: nil))) == "Thinking ...\n")
    #expect(linear.change(.appended(id, part: 0, text: " see now")) == "")
    linear.scene.wait(.seconds(3))
    #expect(linear.change(.part(id, index: 1, .text("Yes. "))) == "Thought for 3.00 s.\nAnswer from m-large:\nYes. ")
    _ = linear.end(id, .complete(.stop))
    let told = linear.enter("/fold")
    #expect(told.contains("Thinking:\nLet me see now\n"), "\(told)")
    let next = linear.scene.beginAnswer()
    #expect(linear.change(.part(next, index: 0, .thinking("Well then ", signature: nil))) == "Thinking:\nWell then ")
    #expect(linear.change(.part(next, index: 1, .text("No. "))) == "\nAnswer from m-large:\nNo. ")
  }

  @Test("A tool is told in a line, once, when its call is whole")
  func tools() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    var call = ToolCall(id: "1", name: "search", arguments: "{\"q\":")
    #expect(linear.change(.part(id, index: 0, .toolCall(call))) == "")
    call.arguments += "\n \"x\"}"
    call.isComplete = true
    #expect(linear.change(.part(id, index: 0, .toolCall(call))) == "Tool call search: {\"q\":  \"x\"}\n")
    let result = ToolResult(callID: "1", name: "search", content: "three\nhits", isError: false)
    #expect(linear.change(.part(id, index: 1, .toolResult(result))) == "Tool search gave back: three hits\n")
    #expect(linear.change(.part(id, index: 2, .text("So. "))) == "Answer from m-large:\nSo. ")
  }

  static let endings: [(MessageStatus, String)] = [
    (.complete(.length), "Done: 2 words in 3.00 s, cut at the token limit. Next: /continue goes on.\n"),
    (.complete(.refusal), "Done: 2 words in 3.00 s, the model declined to answer.\n"),
    (.complete(.other("tired\n")), "Done: 2 words in 3.00 s, ended: tired .\n"),
    (.stopped, "Stopped; the text so far is kept.\n"),
    (
      .incomplete(Explanation(kind: .truncated, summary: "It broke off", detail: "the\nend", recovery: .resume)),
      "Incomplete: It broke off: the end. Next: /continue goes on.\n"
    ),
  ]

  @Test("How an answer ends is told in words, with the command that helps", arguments: endings.indices)
  func ending(index: Int) {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    #expect(linear.change(.part(id, index: 0, .text("two words"))) == "Answer from m-large:\ntwo ")
    #expect(linear.end(id, Self.endings[index].0) == "words\n\(Self.endings[index].1)")
  }

  static let failures: [(Recovery?, String)] = [
    (.retry(afterMilliseconds: nil), " Next: /retry sends it again."),
    (.chooseModel, " Next: /model chooses another model."),
    (.addCredential, " Next: /config names the configuration; /retry sends it again after a change."),
    (.checkConnection, " Next: check the connection, then /retry sends it again."),
    (nil, ""),
  ]

  @Test("An error has its cause and its next step", arguments: failures.indices)
  func failure(index: Int) {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    let why = Explanation(kind: .server, summary: "lab failed", detail: "503", recovery: Self.failures[index].0)
    #expect(linear.end(id, .failed(why)) == "Error: lab failed: 503.\(Self.failures[index].1)\n")
  }

  @Test("Waiting for another attempt is told once for each")
  func retries() {
    let linear = LinearScene()
    let message = linear.scene.beginAnswer()
    let run = linear.scene.state.runs.values.first { $0.message == message }
    var update = SessionUpdate()
    let why = Explanation(kind: .overloaded, summary: "lab is busy")
    for attempt in [2, 2, 3] {
      guard var run else { continue }
      run.phase = .retrying(attempt: attempt, of: 5, until: linear.scene.now + .seconds(attempt), because: why)
      update.runs[run.id] = run
      linear.scene.act(.session(update))
      _ = linear.told()
    }
    #expect(
      linear.text.hasSuffix(
        """
        lab is busy. Waiting 2 s to try again, attempt 2 of 5; /stop stops.
        lab is busy. Waiting 3 s to try again, attempt 3 of 5; /stop stops.

        """))
  }

  @Test("A notice in the middle of an answer stands on a line of its own, and each is told though others follow")
  func notices() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    _ = linear.change(.part(id, index: 0, .text("one two ")))
    linear.scene.act(.notice(Notice("First")))
    linear.scene.act(.notice(Notice("Second\nDone: nothing", .warning)))
    linear.scene.act(.failed(Explanation(kind: .setting, summary: "Third")))
    #expect(linear.told() == "\nFirst\nWarning: Second Done: nothing\nError: Third\n")
    #expect(linear.change(.appended(id, part: 0, text: "three ")) == "three ")
  }

  @Test("A queued message is counted, and named when its time has come")
  func queue() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    _ = linear.enter("and then?")
    #expect(
      linear.change(.queue([Prompt(text: "and then?")])) == "Queued: 1 message waits for the end of the answer.\n")
    _ = linear.end(id, .complete(.stop))
    let prompt = linear.scene.makeMessage(.user, [.text("and then?")])
    #expect(linear.change(.message(prompt), .queue([])) == "Sent from the queue: and then?\n")
  }

  @Test("What another program has sent is told as somebody else's")
  func elsewhere() {
    let linear = LinearScene()
    #expect(
      linear.change(.message(linear.scene.makeMessage(.user, [.text("from afar")]))) == "You, elsewhere:\nfrom afar\n")
  }

  // MARK: Lines

  @Test("A backslash at the end of a line makes the next one a part of the message, kept as a draft meanwhile")
  func continued() {
    let linear = LinearScene()
    #expect(linear.enter("one\\") == "")
    #expect(linear.scene.state.composer.text == "one\n")
    #expect(linear.enter("/two\\") == "")
    #expect(linear.enter("three") == "")
    #expect(linear.scene.effects.contains(.send(Prompt(text: "one\n/two\nthree"), linear.scene.state.shown)))
    #expect(linear.scene.state.composer.isEmpty)
  }

  @Test("An unknown command is named with those that are near, and not sent")
  func unknown() {
    let linear = LinearScene()
    #expect(
      linear.enter("/hlep me") == "Warning: /hlep is not a command; near: /help. To send it as it is, begin with //\n")
    #expect(linear.scene.effects == [])
    _ = linear.enter("//help")
    #expect(linear.scene.effects.contains(.send(Prompt(text: "/help"), linear.scene.state.shown)))
  }

  @Test(
    "Every slash command says something, asks for something, or does something", arguments: CommandCatalog.slashNames)
  func everyCommand(name: String) {
    let linear = LinearScene()
    linear.scene.open(turns: [("hello", "well")])
    linear.scene.state.list.load([])
    _ = linear.told()
    let told = linear.enter("/\(name)")
    #expect(!told.isEmpty || !linear.scene.effects.isEmpty)
    for word in ["Esc", "Up ", "Alt+", "Ctrl+X"] { #expect(!told.contains(word), "\(told)") }
  }

  @Test("A list has numbers, and a number means what stood there when it was read")
  func picker() {
    let linear = LinearScene()
    let told = linear.enter("/profile")
    #expect(
      told == """
        Profiles:
        1. work, lab/m-large, now
        2. guide, guide/guide
        Type a number, or an empty line to choose nothing.

        """)
    // The list changes behind the back of who has read it.
    linear.scene.state.options.profiles.insert(
      Profile(name: "new", model: ModelReference(provider: "lab", model: "x")), at: 0)
    linear.scene.act(.session(SessionUpdate()))
    _ = linear.told()
    #expect(linear.enter("2") == "guide/guide\n")
    #expect(linear.scene.state.transcript.profile.name == "guide")
    #expect(linear.scene.state.overlay == nil)
  }

  @Test("An empty line chooses nothing, a command leaves a list, and a message is not taken for a choice")
  func leavingPicker() {
    let linear = LinearScene()
    _ = linear.enter("/theme")
    #expect(linear.enter("") == "Nothing chosen\n")
    _ = linear.enter("/theme")
    #expect(
      linear.enter("Dear all")
        == "Warning: Type a number from 1 to 2, or an empty line to choose nothing; nothing was sent\n")
    #expect(linear.scene.effects == [.shelveDraft(linear.scene.state.shown, "Dear all")])
    #expect(linear.enter("3").hasPrefix("Warning: Type a number from 1 to 2"))
    #expect(linear.enter("/profile").hasPrefix("Profiles:"))
    #expect(linear.enter("1") == "lab/m-large\n")
    _ = linear.enter("hello")
    #expect(linear.scene.effects.contains(.send(Prompt(text: "hello"), linear.scene.state.shown)))
  }

  @Test("Models are listed when they have come; a line before that is a message, and a failure ends the waiting")
  func models() {
    let linear = LinearScene()
    #expect(linear.enter("/model") == "")
    linear.scene.act(.models(provider: "lab", [ModelDescriptor(id: "m-small"), ModelDescriptor(id: "m-large")]))
    #expect(linear.told().hasPrefix("Models of lab:\n1. m-small\n2. m-large, now\n"))
    #expect(linear.enter("1") == "lab/m-small\n")
    _ = linear.enter("/model")
    _ = linear.enter("hello")
    #expect(linear.scene.effects.contains(.send(Prompt(text: "hello"), linear.scene.state.shown)))
    _ = linear.enter("/model")
    linear.scene.act(.failed(Explanation(kind: .connection, summary: "lab is not there")))
    #expect(linear.told() == "Error: lab is not there\n")
    #expect(linear.scene.state.overlay == nil)
  }

  @Test("/ alone lists what can be done, and a number does it")
  func palette() {
    let linear = LinearScene()
    linear.scene.open(turns: [("hello", "well")])
    _ = linear.told()
    let lines = linear.enter("/").split(separator: "\n")
    let line = lines.first { $0.contains("/metrics") }
    let number = line?.prefix { $0 != "." } ?? ""
    #expect(linear.enter(String(number)) == "Nothing was measured here yet.\n")
    #expect(!lines.contains { $0.contains("Scroll") || $0.contains("mouse") })
  }

  @Test("Leaving with something unsaved asks, and y answers")
  func confirmation() {
    let linear = LinearScene()
    var update = SessionUpdate()
    update.unsaved = "1 draft"
    linear.scene.act(.session(update))
    let question = "Not saved: 1 draft. Leave? A rescue file will be written. y/n?\n"
    #expect(linear.enter("/quit") == question)
    #expect(linear.enter("n") == "Nothing was done\n")
    #expect(linear.enter("/quit") == question)
    _ = linear.enter("Yes")
    #expect(linear.scene.effects.contains(.quit))
  }

  @Test("A draft is read out; an empty line sends it, another message puts it aside")
  func drafts() {
    let linear = LinearScene()
    linear.scene.act(.edited("half a thought"))
    let told = "Your draft:\nhalf a thought\nAn empty line sends it; another message puts it aside.\n"
    #expect(linear.told() == told)
    #expect(linear.told() == "")
    _ = linear.enter("")
    let shown = linear.scene.state.shown
    #expect(linear.scene.effects.contains(.send(Prompt(text: "half a thought"), shown)))
    linear.scene.act(.edited("half a thought"))
    #expect(linear.told() == told)
    #expect(linear.enter("something else") == "Draft put aside\n")
    #expect(linear.scene.effects.contains(.shelveDraft(shown, "half a thought")))
    #expect(linear.scene.effects.contains(.send(Prompt(text: "something else"), shown)))
  }

  @Test("An earlier message is chosen by number and replaced by what is typed next")
  func rewinding() {
    let linear = LinearScene()
    linear.scene.open(turns: [("first", "one"), ("second", "two")])
    _ = linear.told()
    #expect(linear.enter("/rewind").contains("1. second\n2. first\n"))
    #expect(linear.enter("2").hasPrefix("Your earlier message:\nfirst\n"))
    let target = linear.scene.state.transcript.messages.first?.id
    _ = linear.enter("better")
    #expect(
      linear.scene.effects.contains {
        if case .editAndResend(_, target, "better") = $0 { true } else { false }
      })
  }

  @Test("Help lists the commands and topics, and reads a topic")
  func help() {
    let linear = LinearScene()
    let told = linear.enter("/help")
    for command in CommandCatalog.all where LinearText.isUseful(command.id) {
      if let slash = command.slash { #expect(told.contains("\n/\(slash.name)")) }
    }
    for section in Manual.sections { #expect(told.contains(section.id)) }
    #expect(linear.enter("/help linear").hasPrefix("Screen readers and plain terminals\n\n"))
    #expect(linear.scene.state.overlay == nil)
    #expect(linear.enter("/help all").contains("Exit status"))
  }

  // MARK: Ctrl+C, conversations

  @Test("Ctrl+C stops the answer, then puts the draft aside, then says what the next press does, then leaves")
  func ladder() {
    let linear = LinearScene()
    let id = linear.scene.beginAnswer()
    _ = linear.change(.part(id, index: 0, .text("one ")))
    _ = linear.enter("and\\")
    linear.scene.effects = []
    linear.scene.press("ctrl-c")
    #expect(linear.scene.takeEffects() == [.stop(linear.scene.state.shown)])
    #expect(linear.told() == "\nStopping ...\n")
    #expect(linear.end(id, .stopped) == "Stopped; the text so far is kept.\n")
    linear.scene.state.runs = [:]
    linear.scene.press("ctrl-c")
    #expect(linear.told() == "Draft put aside\n")
    linear.scene.press("ctrl-c")
    #expect(linear.told() == "Ctrl+C again or /quit ends riffle\n")
    linear.scene.effects = []
    linear.scene.press("ctrl-c")
    #expect(linear.scene.takeEffects() == [.quit])
    #expect(linear.end() == "riffle ends. To go on: riffle open \(linear.scene.state.shown)\n")
  }

  @Test("An opened conversation is named, and its last turn read")
  func opened() {
    let linear = LinearScene()
    linear.scene.open(turns: [("first", "one"), ("second", "two")])
    let id = linear.scene.state.shown
    _ = linear.told()
    #expect(linear.enter("/new").hasPrefix("New conversation "))
    linear.scene.act(.opened(id))
    #expect(
      linear.told() == """
        Conversation \(id), 4 messages, profile work, lab/m-large.
        You:
        second
        Answer from m-large:
        two

        """)
    #expect(linear.told() == "")
  }

  @Test("An answer that goes on after it broke off is not read from its beginning again")
  func resumed() {
    let linear = LinearScene()
    let first = linear.scene.beginAnswer()
    _ = linear.change(.part(first, index: 0, .text("one two")))
    _ = linear.end(first, .incomplete(Explanation(kind: .truncated, summary: "It broke off")))
    var message = linear.scene.makeMessage(.assistant, [.text("one two")], status: .streaming)
    message.variant = Variant(index: 2, count: 2)
    #expect(linear.change(.message(message)) == "")
    #expect(linear.change(.appended(message.id, part: 0, text: " three ")) == "Answer from m-large, going on:\n three ")
  }

  @Test("A message that asks an answer to go on is told as sent for whoever asked, and not as somebody else's")
  func resuming() {
    let linear = LinearScene()
    linear.scene.change(.message(linear.scene.makeMessage(.user, [.text("hello")])))
    linear.scene.change(.message(linear.scene.makeMessage(.assistant, [.text("half")], status: .complete(.length))))
    _ = linear.told()
    #expect(linear.enter("/continue") == "")
    let prompt = linear.scene.makeMessage(.user, [.text("Go on.")])
    #expect(linear.change(.message(prompt)) == "Sent for you: Go on.\n")
  }

  @Test("What ends in another conversation is told with the command that goes there")
  func otherConversations() throws {
    let linear = LinearScene()
    let id = try #require(ConversationID("k7m2x9"))
    var update = SessionUpdate()
    var generator = SplitMix64(state: 3)
    update.runs[.make(at: Scene.wall, using: &generator)] = RunSnapshot(
      id: .make(at: Scene.wall, using: &generator), conversation: id,
      message: .make(at: Scene.wall, using: &generator), model: Scene.profile.model, phase: .ended,
      started: linear.scene.now)
    linear.scene.act(.session(update))
    #expect(linear.told() == "k7m2x9 finished (/open k7m2x9 goes there)\n")
  }

  @Test("Nothing is due while nothing happens, also with a notice told and an answer coming")
  func quiet() {
    let linear = LinearScene()
    linear.scene.act(.notice(Notice("Hear hear")))
    _ = linear.scene.beginAnswer()
    _ = linear.told()
    #expect(linear.scene.state.nextLinearTick == nil)
    _ = linear.enter("a draft\\")
    #expect(linear.scene.state.nextLinearTick != nil)
    linear.scene.wait(.seconds(1))
    #expect(linear.scene.state.nextLinearTick == nil)
  }
}
