import Conversations
import Diagnostics
import Display
import Interface
import Streaming
import Testing

@Suite struct CommandTests {
  @Test("Enter sends the text and empties the composer")
  func sends() {
    let scene = Scene()
    scene.type("hello")
    scene.press("enter")
    let id = scene.state.shown
    #expect(
      scene.takeEffects() == [
        .create(id, Scene.profile), .setProfile(id, Scene.profile), .send(Prompt(text: "hello"), id),
        .saveDraft(id, "", Scene.profile),
      ])
    #expect(scene.state.composer.isEmpty)
  }

  @Test("A conversation is begun once, by whatever comes first")
  func beginsOnce() {
    let scene = Scene()
    scene.type("/rename Plans")
    scene.press("enter")
    scene.type("hello")
    scene.press("enter")
    let begun = scene.takeEffects().filter { if case .create = $0 { true } else { false } }
    #expect(begun.count == 1)
  }

  @Test("A draft is saved a moment after it was typed, once for many keys")
  func savesDraft() {
    let scene = Scene()
    scene.type("draft")
    #expect(scene.takeEffects().isEmpty)
    scene.wait(.milliseconds(100))
    #expect(scene.takeEffects() == [.saveDraft(scene.state.shown, "draft", Scene.profile)])
    scene.wait(.seconds(10))
    #expect(scene.takeEffects().isEmpty)
  }

  @Test("A setting reaches the store before anything was said: what was typed may have begun the conversation")
  func settingOfNewConversation() {
    let scene = Scene()
    scene.type("/stream off")
    scene.wait(.milliseconds(100))
    scene.press("enter")
    var profile = Scene.profile
    profile.isStreaming = false
    #expect(scene.takeEffects().contains(.setProfile(scene.state.shown, profile)))
  }

  @Test("Files go with the next prompt, and only with that")
  func attaches() {
    let scene = Scene()
    let id = scene.state.shown
    scene.type("/attach ~/pic.png")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.attach(id, path: "~/pic.png")))
    let picture = Attachment(name: "pic.png", mediaType: "image/png", bytes: [1, 2, 3])
    let notes = Attachment(name: "notes.txt", mediaType: "text/plain", bytes: [65])
    scene.act(.attached(id, picture))
    scene.act(.attached(id, notes))
    #expect(scene.shows("file pic.png · image/png · 3 B"))
    scene.type("/detach notes.txt")
    scene.press("enter")
    #expect(!scene.shows("file notes.txt"))
    scene.type("look")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.send(Prompt(text: "look", attachments: [picture]), id)))
    #expect(!scene.shows("file pic.png"))
  }

  @Test("A refused prompt comes back with its files")
  func refusedFiles() {
    let scene = Scene()
    let file = Attachment(name: "a.txt", mediaType: "text/plain", bytes: [65])
    scene.act(
      .refused(
        scene.state.shown, Prompt(text: "again", attachments: [file]), Explanation(kind: .setting, summary: "No")))
    #expect(scene.state.composer.text == "again")
    #expect(scene.shows("file a.txt"))
  }

  @Test("What a first start found is offered, and choosing one without a model asks for its models")
  func offers() {
    let scene = Scene()
    let found = Profile(name: "openai", model: ModelReference(provider: "openai", model: ""))
    scene.act(.offers([ProfileOffer(found, because: "OPENAI_API_KEY")]))
    #expect(scene.shows("Found here: openai (OPENAI_API_KEY)"))
    scene.type("/profile openai")
    scene.press("enter")
    #expect(scene.takeEffects().last == .loadModels(provider: "openai"))
    scene.act(.models(provider: "openai", [ModelDescriptor(id: "m-new")]))
    scene.press("enter")
    #expect(scene.state.transcript.profile.model == ModelReference(provider: "openai", model: "m-new"))
  }

  @Test("A path is completed as it is typed, and a folder is gone on with")
  func completesPaths() {
    let scene = Scene()
    scene.type("/attach sub")
    #expect(scene.takeEffects().last == .listPaths("sub"))
    scene.act(.paths(typed: "su", ["sun.txt"]))
    #expect(!scene.shows("sun.txt"))
    scene.act(.paths(typed: "sub", ["subfolder/"]))
    scene.press("tab")
    #expect(scene.state.composer.text == "/attach subfolder/")
  }

  @Test("A long text becomes a file by one key, and stays in the history")
  func textToFile() {
    let scene = Scene()
    scene.type("a long text")
    scene.press("ctrl-x")
    scene.press("a")
    #expect(scene.state.composer.isEmpty)
    #expect(scene.shows("file text-1.txt · text/plain · 11 B"))
    scene.press("up")
    #expect(scene.state.composer.text == "a long text")
  }

  @Test("An unknown command is never sent: it is explained with the nearest names and stays in the composer")
  func unknownCommand() {
    let scene = Scene()
    scene.type("/quitt")
    scene.press("enter")
    #expect(scene.takeEffects().allSatisfy { if case .send = $0 { false } else { true } })
    #expect(scene.shows("/quit"))
    #expect(scene.state.composer.text == "/quitt")
  }

  @Test("Two slashes send a text that begins with one")
  func doubleSlash() {
    #expect(SlashParser.parse("//etc is a path") == .prompt("/etc is a path"))
    #expect(SlashParser.parse("/open k7m ") == .command("conversation.open", argument: "k7m"))
    #expect(SlashParser.parse("/nope x") == .unknown(name: "nope"))
  }

  @Test("Ctrl+C stops the stream, then puts the draft aside, then hints, then leaves")
  func interruptLadder() {
    let scene = Scene()
    scene.type("half a thought")
    _ = scene.beginAnswer()
    scene.press("ctrl-c")
    #expect(scene.takeEffects().contains(.stop(scene.state.shown)))
    #expect(scene.state.composer.text == "half a thought")
    var update = SessionUpdate()
    for (id, var run) in scene.state.runs {
      run.phase = .ended
      update.runs[id] = run
    }
    scene.act(.session(update))
    _ = scene.takeEffects()
    scene.press("ctrl-c")
    #expect(scene.takeEffects().contains(.shelveDraft(scene.state.shown, "half a thought")))
    #expect(scene.state.composer.isEmpty)
    scene.press("ctrl-c")
    #expect(!scene.takeEffects().contains(.quit))
    scene.press("ctrl-c")
    #expect(scene.takeEffects().contains(.quit))
  }

  @Test("One Ctrl+C long ago does not make the next one leave")
  func interruptForgets() {
    let scene = Scene()
    scene.press("ctrl-c")
    scene.wait(.seconds(4))
    scene.press("ctrl-c")
    #expect(!scene.takeEffects().contains(.quit))
  }

  @Test("Ctrl+D leaves only when nothing is written")
  func endOfFile() {
    let scene = Scene()
    scene.type("x")
    scene.press("ctrl-d")
    #expect(!scene.takeEffects().contains(.quit))
    scene.press("backspace ctrl-d")
    #expect(scene.takeEffects().contains(.quit))
  }

  @Test("A key sequence that hesitates shows what may follow, and Esc leaves it")
  func whichKey() {
    let scene = Scene()
    scene.press("ctrl-x")
    #expect(!scene.shows("Begin a new conversation"))
    scene.wait(.milliseconds(400))
    #expect(scene.shows("Begin a new conversation"))
    scene.press("esc")
    #expect(!scene.shows("Begin a new conversation"))
    #expect(scene.state.pendingKeys.isEmpty)
  }

  @Test("The switcher finds a conversation by letters of its title and opens it")
  func switcher() {
    let scene = Scene()
    let names = ["aaaaaa": "Plans for spring", "bbbbbb": "Tax questions"]
    scene.act(
      .summaries(
        names.map { id, title in
          ConversationSummary(
            id: ConversationID(id)!, title: title, updated: Scene.wall, messageCount: 2, profileName: "work",
            model: Scene.profile.model)
        }))
    scene.press("ctrl-x l")
    scene.type("taxq")
    #expect(scene.shows("Tax questions"))
    #expect(!scene.shows("Plans for spring"))
    _ = scene.takeEffects()
    scene.press("enter")
    #expect(scene.state.shown == ConversationID("bbbbbb")!)
    #expect(scene.takeEffects().contains(.open(ConversationID("bbbbbb")!)))
  }

  @Test("What ends elsewhere marks its conversation and is told; the shown one is marked read")
  func endsElsewhere() {
    let scene = Scene()
    _ = scene.beginAnswer()
    let other = scene.state.shown
    scene.press("ctrl-x n")
    #expect(scene.state.shown != other)
    var update = SessionUpdate()
    for (id, var run) in scene.state.runs {
      run.phase = .ended
      update.runs[id] = run
    }
    scene.act(.session(update))
    #expect(scene.shows("finished"))
    #expect(!scene.takeEffects().contains(.markRead(other)))
  }

  @Test("The theme picker previews and Esc goes back")
  func themePreview() {
    let scene = Scene()
    let before = scene.state.theme
    scene.press("ctrl-x t")
    scene.type("light")
    #expect(scene.state.theme.name == "light")
    scene.press("esc")
    #expect(scene.state.theme == before)
  }

  @Test("Every key of the catalog parses, none is bound twice, every command can be found by its name")
  func catalogIsSound() {
    var seen: [[KeyChord]: CommandID] = [:]
    for entry in CommandCatalog.defaultKeys {
      let chords = Scene.chords(entry.keys)
      #expect(seen[chords] == nil, "\(entry.keys) means \(entry.command) and \(seen[chords]?.rawValue ?? "")")
      seen[chords] = entry.command
    }
    #expect(Set(CommandCatalog.all.map(\.id)).count == CommandCatalog.all.count)
    #expect(Set(CommandCatalog.slashNames).count == CommandCatalog.slashNames.count)
  }

  @Test("Nothing on screen depends on time when nothing happens")
  func idle() {
    let scene = Scene()
    scene.open(turns: [("a", "b")])
    #expect(scene.state.nextTick == nil)
    scene.type("x")
    scene.wait(.milliseconds(200))
    #expect(scene.state.nextTick == nil)
  }

  @Test("Asking for the system prompt shows it to be changed, and erases nothing")
  func systemPrompt() {
    let scene = Scene()
    scene.type("/system Be terse.")
    scene.press("enter")
    scene.type("/system")
    scene.press("enter")
    #expect(scene.state.composer.text == "/system Be terse.")
    #expect(scene.state.transcript.profile.system == "Be terse.")
    scene.press("ctrl-c")
    scene.type("/system none")
    scene.press("enter")
    #expect(scene.state.transcript.profile.system == "")
  }

  @Test("A queued prompt that is taken back is on the disk as a draft before it leaves the queue")
  func takesBackQueued() {
    let scene = Scene()
    let id = scene.state.shown
    scene.change(.message(scene.makeMessage(.user, [.text("a")])), .queue([Prompt(text: "waits")]))
    scene.press("up")
    #expect(
      scene.takeEffects().suffix(2) == [.saveDraft(id, "waits", Scene.profile), .updateQueue(id, [])])
  }

  @Test("A refused prompt is kept though somebody has gone on writing")
  func refusedBesideDraft() {
    let scene = Scene()
    scene.type("the next one")
    let id = scene.state.shown
    _ = scene.takeEffects()
    scene.act(.refused(id, Prompt(text: "the first one"), Explanation(kind: .setting, summary: "No")))
    #expect(scene.takeEffects() == [.shelveDraft(id, "the first one")])
    #expect(scene.state.composer.text == "the next one")
  }

  @Test("What another program is writing in the same conversation does not come into this composer")
  func foreignDraft() {
    let scene = Scene()
    scene.open(turns: [("a", "b")])
    let record = ConversationRecord(
      summary: ConversationSummary(
        id: scene.state.shown, title: "t", updated: Scene.wall, messageCount: 2, profileName: "work",
        model: Scene.profile.model),
      profile: Scene.profile, leaf: nil, created: Scene.wall, draft: "somebody else's")
    scene.change(.opened(ConversationSnapshot(record: record, window: MessageWindow(messages: [], earlierCount: 0))))
    #expect(scene.state.composer.isEmpty)
  }

  @Test("Past an answer's last variant come the variants of its prompt")
  func outerVariants() {
    let scene = Scene()
    var prompt = scene.makeMessage(.user, [.text("edited")])
    prompt.variant = Variant(index: 2, count: 2)
    var answer = scene.makeMessage(.assistant, [.text("one")])
    answer.variant = Variant(index: 1, count: 2)
    scene.change(.message(prompt), .message(answer))
    let id = scene.state.shown
    scene.press("ctrl-x")
    scene.press("[")
    #expect(scene.takeEffects().last == .selectVariant(id, prompt.id, offset: -1))
    scene.press("ctrl-x")
    scene.press("]")
    #expect(scene.takeEffects().last == .selectVariant(id, answer.id, offset: 1))
  }

  @Test("New conversations have the profile of new ones, not what was changed in this one")
  func newConversationProfile() {
    let scene = Scene()
    scene.type("/system Be terse.")
    scene.press("enter")
    scene.open(turns: [("a", "b")])
    scene.press("ctrl-x")
    scene.press("n")
    #expect(scene.state.transcript.profile == Scene.profile)
  }

  @Test("A title typed right behind a completed command is its argument")
  func argumentBehindCompletion() {
    let scene = Scene()
    scene.type("/re")
    scene.press("tab")
    let command = scene.state.composer.text
    scene.type("x")
    #expect(scene.state.composer.text == command.trimmed + " x")
  }

  @Test("A long notice is shown whole, and what the stream does keeps its place")
  func longNotice() {
    let scene = Scene(columns: 60)
    let words = "2 messages are not saved: the folder /a/long/path/to/the/data is full; make room, they are tried again"
    scene.act(.notice(Notice(words, .warning)))
    #expect(scene.shows("2 messages are not saved") && scene.shows("make room"))
  }

  @Test("Text and Ctrl+X Enter stop the answer and send the text")
  func sendsNow() {
    let scene = Scene()
    scene.type("at once")
    scene.press("ctrl-x")
    scene.press("enter")
    #expect(scene.takeEffects().contains(.send(Prompt(text: "at once"), scene.state.shown)))
  }

  @Test("What was begun and left empty is in no list")
  func emptyConversations() {
    let scene = Scene()
    let empty = ConversationSummary(
      id: ConversationID("empty1")!, title: "", updated: Scene.wall, messageCount: 0, profileName: "work",
      model: Scene.profile.model)
    scene.act(.summaries([empty]))
    #expect(scene.state.list.order.isEmpty)
  }
}

extension String {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
