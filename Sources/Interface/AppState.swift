// Everything the screen depends on. A value: tests compare it whole, and the loop owns the only one.

package import Conversations
package import Diagnostics
package import Display
package import Manual
package import Streaming

/// The state of the pure program.
package struct AppState: Equatable, Sendable {
  package var size: Size
  /// The present moment, set by the loop before each action and each frame.
  package var now: Instant
  package var wall: Timestamp
  package var utcOffsetSeconds: Int
  package var options: InterfaceOptions
  package var theme: Theme
  /// What the terminal's background is, or is taken for until it answers.
  package var appearance: Appearance

  /// The conversation in the pane.
  package var shown: ConversationID
  /// The one shown before; Alt+/ goes back to it.
  package var previous: ConversationID?
  /// Conversations whose messages are in memory.
  package var transcripts: [ConversationID: TranscriptState]
  /// What is being written, by conversation.
  package var composers: [ConversationID: ComposerState]
  package var list: ConversationList
  /// Runs that are live, and the last one of each open conversation.
  package var runs: [RunID: RunSnapshot]
  package var totals: SessionTotals
  /// What is usual for the models that were talked with.
  var speed: SpeedState
  /// Earlier prompts and shelved drafts, oldest first.
  package var history: [String]

  package var overlay: Overlay?
  /// What is measured, in the place of the conversation.
  package var instrument: Instrument?
  /// Races that are under way or not decided, of conversations whose messages are in memory.
  package internal(set) var races: [ConversationID: RaceTrack] = [:]
  /// The answers of races that the update in hand has ended: its hooks tell of them.
  var formerLanes: [RaceLane] = []
  /// The conversation in which a race was asked for whose models are not to be known.
  var blindRaceWanted: ConversationID?
  /// What was compared last, or is being; it goes on while nothing of it is shown.
  package internal(set) var comparison: CompareState?
  package var isSidebarShown: Bool
  package var metricsPlace: MetricsPlace
  /// The shape of the stream whose figures are shown, as far as it was asked for.
  var timeline: AnswerTimeline?
  var timelineWish: TimelineWish?
  package var isMouseOn: Bool
  /// Whether long lines of code go on in the next row.
  package var wrapsCode: Bool
  /// What is marked with the mouse.
  var selection: SelectionState?
  /// Whether the first button was pressed in the pane and not let go yet.
  var isPressed = false
  /// Reading with the keys; `nil` while they write.
  var browse: BrowseState?
  /// What is looked for in the conversation.
  var find: FindState?
  /// The ends of the path before messages were taken off it, the latest last, for `/undo`.
  var formerLeaves: [RewindTarget] = []
  /// When Esc was last pressed with nothing else to do.
  var lastEscape: Instant?
  /// Letters on what can be copied.
  var hints: HintState?
  /// Columns that code which is not wrapped is moved to the left.
  package var codeShift: Int
  /// Keys of a sequence that has begun.
  package var pendingKeys: [KeyChord]
  /// When the popup with the possible next keys appears.
  package var whichKeyDue: Instant?
  package var isWhichKeyShown: Bool
  package var notice: ShownNotice?
  /// What is wrong with the configuration, for `/config`.
  package var diagnostics: [Diagnostic]
  /// The manual; filled in after the first frame.
  package var manual: [ManualSection]
  /// When Ctrl+C last had nothing to stop and nothing to put aside.
  package var lastInterrupt: Instant?
  /// The status bar's figures as last drawn, renewed a few times a second.
  package var gauge: Gauge
  /// The last conversation moved to the trash, for `/undo`.
  package var lastTrashed: ConversationID?
  package var isFocused: Bool
  /// The theme chosen in this session, or `auto`, which a reload of the configuration does not undo.
  var chosenTheme: String?
  /// The prompt that what is being written will replace, after a rewind.
  var rewindTarget: RewindTarget?
  /// Conversations whose draft changed since it was saved, and when they are saved at the latest.
  var unsavedDrafts: Set<ConversationID>
  /// Files that go with the next prompt of a conversation.
  var files: [ConversationID: [Attachment]]
  /// What the path being typed can go on with.
  var paths: PathListing
  /// Chosen in this session instead of the configuration's, for new conversations.
  var chosenProfile: Profile?
  /// Chosen for this session instead of the configuration's.
  var chosenPace: Pace?
  /// Pauses that a hook was told of: by run, the chunk before it.
  var toldStalls: [RunID: Instant]
  /// Text of the shown conversation that has come and is not shown yet.
  var pacing: PaceBuffer
  /// Profiles that were found on this machine while nothing is configured.
  var offers: [ProfileOffer]
  /// Conversations that this program has begun.
  var created: Set<ConversationID>
  var draftDue: Instant?
  /// What could not be saved so far, in words; empty when all is.
  package var unsaved: String
  /// What linear mode needs besides; `nil` on the full screen.
  package var linear: LinearState?
  private var random: SplitMix64

  /// A program at its start, on a new conversation with the default profile.
  package init(options: InterfaceOptions, theme: Theme, size: Size, now: Instant, wall: Timestamp, seed: UInt64) {
    self.size = size
    self.now = now
    self.wall = wall
    utcOffsetSeconds = 0
    self.options = options
    self.theme = theme
    // Until the terminal answers: a theme that was chosen fits, and most terminals are dark.
    appearance = options.themeName == nil ? .dark : theme.appearance
    random = SplitMix64(state: seed)
    shown = ConversationID.random(using: &random)
    transcripts = [:]
    composers = [:]
    list = ConversationList()
    runs = [:]
    totals = SessionTotals()
    speed = SpeedState(asked: now)
    history = []
    isSidebarShown = options.showsSidebar
    metricsPlace = .hidden
    isMouseOn = options.isMouseOn
    wrapsCode = true
    codeShift = 0
    pendingKeys = []
    isWhichKeyShown = false
    unsavedDrafts = []
    files = [:]
    paths = PathListing()
    offers = []
    pacing = PaceBuffer()
    toldStalls = [:]
    created = []
    unsaved = ""
    diagnostics = []
    manual = []
    gauge = Gauge(at: now, isCalm: options.reducesMotion)
    isFocused = true
    transcripts[shown] = TranscriptState(id: shown, profile: options.profiles[0])
  }

  /// A new name for a conversation.
  package mutating func makeConversationID() -> ConversationID { ConversationID.random(using: &random) }

  /// Puts things into an order that nobody can guess.
  mutating func shuffle<Element>(_ list: inout [Element]) { list.shuffle(using: &random) }

  /// The conversation in the pane.
  package var transcript: TranscriptState {
    get { transcripts[shown] ?? TranscriptState(id: shown, profile: options.profiles[0]) }
    _modify { yield &transcripts[shown, default: TranscriptState(id: shown, profile: options.profiles[0])] }
  }

  /// What is being written in the shown conversation.
  package var composer: ComposerState {
    get { composers[shown] ?? ComposerState() }
    _modify { yield &composers[shown, default: ComposerState()] }
  }

  /// The run whose figures the status bar shows: the live one of the shown conversation, else its last one.
  package var shownRun: RunSnapshot? {
    var best: RunSnapshot?
    if let race = races[shown] {
      // Of a race, that of the answer that the pane shows; of a blind one nothing.
      if race.isBlind { return nil }
      if let lane = race.lanes.first(where: { $0.message.id == race.onPath }), let run = runs[lane.run] { return run }
    }
    for run in runs.values where run.conversation == shown {
      if let known = best, known.isLive && !run.isLive || known.isLive == run.isLive && known.started > run.started {
        continue
      }
      best = run
    }
    // A path that was gone to later ends in another answer, whose figures these are not.
    if let known = best, !known.isLive, transcript.lastAnswer?.id != known.message { return nil }
    return best
  }

  package var liveRunCount: Int { runs.values.reduce(0) { $0 + ($1.isLive ? 1 : 0) } }

  package func isStreaming(_ id: ConversationID) -> Bool {
    runs.values.contains { $0.conversation == id && $0.isLive }
  }

  /// How fast arrived text is shown; with reduced motion nothing moves by the clock.
  var pace: Pace {
    let chosen = chosenPace ?? options.pace
    return options.reducesMotion && chosen != .sentence ? .instant : chosen
  }

  /// The earliest moment at which the screen changes though nothing happens; `nil` when it never does.
  package var nextTick: Instant? {
    var times: [Instant] = []
    if let whichKeyDue { times.append(whichKeyDue) }
    if let expires = notice?.expires { times.append(expires) }
    if let draftDue { times.append(draftDue) }
    if let due = pacing.due { times.append(due) }
    if let due = instrument?.due { times.append(due) }
    if let due = stallDue { times.append(due) }
    if liveRunCount > 0, isFocused || shownRun?.isLive == true { times.append(gauge.nextSample) }
    return times.min()
  }

  /// Shows a word in the status bar for a while: longer if it matters more.
  package mutating func show(_ text: String, _ weight: Notice.Weight = .info) {
    let time: Duration = weight == .error ? .seconds(12) : weight == .warning ? .seconds(8) : .seconds(4)
    notice = ShownNotice(notice: Notice(text, weight), expires: now + time)
    linear?.sayings.append(.notice(Notice(text, weight)))
  }
}

/// A notice with the moment at which it goes.
package struct ShownNotice: Equatable, Sendable {
  package var notice: Notice
  package var expires: Instant
}

/// A profile that nobody has configured, and why it is offered.
package struct ProfileOffer: Equatable, Sendable {
  package var profile: Profile
  /// Such as the variable that holds a key.
  package var reason: String

  /// An offer in a few words.
  package init(_ profile: Profile, because reason: String) {
    self.profile = profile
    self.reason = reason
  }
}

/// Paths that begin like one that is being typed.
struct PathListing: Equatable, Sendable {
  var typed = ""
  var found: [String] = []
}

/// A prompt that is being edited to be sent again, or an end of a path to go back to.
struct RewindTarget: Equatable, Sendable {
  var conversation: ConversationID
  var message: MessageID
}

/// Sums since the program started.
package struct SessionTotals: Equatable, Sendable {
  package var streams = 0
  package var errors = 0
  package var stopped = 0
  package var chunks = 0
  package var characters = 0
  package var bytes = 0
  /// Sum of times to first text and how many there were, for the average.
  package var firstTextSum: Duration = .zero
  package var firstTextCount = 0
  /// Sum of whole times and how many there were.
  package var totalSum: Duration = .zero
  package var ended = 0
  /// Sum of rates and how many there were.
  package var rateSum = 0.0
  package var rateCount = 0
  /// What was spent, as far as prices are known; `nil` if none is.
  package var cost: Cost?

  /// Nothing yet.
  package init() {}

  package var averageFirstText: Duration? { firstTextCount > 0 ? firstTextSum / firstTextCount : nil }
  package var averageTotal: Duration? { ended > 0 ? totalSum / ended : nil }
  package var averageRate: Double? { rateCount > 0 ? rateSum / Double(rateCount) : nil }
}

/// What lies over the pane.
package enum Overlay: Equatable, Sendable {
  case picker(PickerState)
  case help(HelpState)
  /// A question that only `y` answers with yes.
  case confirmation(Confirmation)
}

/// A question before something that matters.
package struct Confirmation: Equatable, Sendable {
  package var question: String
  package var effects: [Effect]
  package var done: String
}

/// SplitMix64 (Steele, Lea, Flood 2014): a generator of one word of state, for names that need not be secret.
package struct SplitMix64: RandomNumberGenerator, Equatable, Sendable {
  private var state: UInt64

  /// A generator that begins at `state`.
  package init(state: UInt64) { self.state = state }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
