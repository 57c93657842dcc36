// The loop that owns the terminal: wait, take in, update, draw. Everyone else can only post to the mailbox. It sleeps in
// poll(2), without a timer when nothing on screen depends on time.

package import Conversations
import Diagnostics
package import Display
package import Interface
package import Platform
package import Streaming

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How the loop ended.
package enum LoopEnding: Equatable, Sendable {
  /// The user left.
  case quit
  /// A signal asked to leave; its number.
  case signal(Int32)
  /// The terminal is gone.
  case terminalLost
}

/// Runs the pure program on a screen. Used on the main thread only.
package struct EventLoop<Screen: ScreenDevice & ~Copyable>: ~Copyable {
  private var screen: Screen
  package private(set) var state: AppState
  private var cache = LayoutCache()
  private var frame: Frame
  private var decoder = InputDecoder()
  private var pacer = FramePacer()
  private let mailbox: Mailbox
  private let signals: SignalSource
  private let perform: @Sendable ([Effect]) -> Void
  private let editor: ExternalEditor
  private let viewer: ExternalViewer
  private let now: () -> Instant
  private let wall: () -> Timestamp

  private var ending: LoopEnding?
  /// A key, a resize or a change of focus wants to be seen at once.
  private var isUrgent = true
  /// The screen differs from the state.
  private var isDirty = true
  private var updatesSinceFrame = 0
  /// When the mailbox rang while no frame was due: it is emptied when one is.
  private var isMailWaiting = false
  private var escapeDeadline: Instant?
  /// Resizes are drawn no closer than `FramePacer.relaxedInterval`.
  private var nextResize: Instant?
  private var isResizing = false

  // 25 ms: longer than any escape sequence takes over a slow link, shorter than a person notices after pressing esc.
  private static var escapeTimeout: Duration { .milliseconds(25) }
  /// The signals the loop wants to hear of.
  package static var signals: [Int32] { [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT] }

  /// A loop over a screen that has not been entered yet.
  /// - Parameters:
  ///   - signals: delivers `EventLoop.signals`, which every thread has blocked.
  ///   - perform: hands effects on, in order; returns at once.
  package init(
    screen: consuming Screen, state: AppState, mailbox: Mailbox, signals: consuming SignalSource,
    editor: ExternalEditor, viewer: ExternalViewer,
    perform: @escaping @Sendable ([Effect]) -> Void, now: @escaping () -> Instant, wall: @escaping () -> Timestamp
  ) {
    frame = Frame(surface: Surface(size: screen.size), glyphs: GlyphTable(), theme: state.theme, cursor: nil)
    self.screen = screen
    self.state = state
    self.mailbox = mailbox
    self.signals = signals
    self.editor = editor
    self.viewer = viewer
    self.perform = perform
    self.now = now
    self.wall = wall
  }

  /// Takes the terminal over, runs until something ends it, gives the terminal back.
  /// - Parameter firstFrameShown: called once, after the first frame: the moment for work that it did not need.
  package mutating func run(firstFrameShown: () -> Void) throws(ScreenError) -> LoopEnding {
    try screen.enter()
    state.size = screen.size
    do {
      try draw()
      firstFrameShown()
      try screen.askAbilities()
      if state.isMouseOn { try screen.useMouse(true) }
      while ending == nil { try turn() }
    } catch .lost {
      ending = .terminalLost
    }
    perform(state.flushDrafts())
    screen.leave()
    return ending ?? .quit
  }

  /// One round: wait until something is due, then do it.
  private mutating func turn() throws(ScreenError) {
    var entries = [
      PollEntry(screen.inputDescriptor, .readable), PollEntry(signals.descriptor, .readable),
      PollEntry(isMailWaiting ? -1 : mailbox.descriptor, .readable),
      PollEntry(screen.hasPendingOutput ? screen.outputDescriptor : -1, .writable),
    ]
    _ = Poll.wait(&entries, nanoseconds: timeout(at: now()))
    takeTime()
    if !entries[1].found.isEmpty { try takeSignals() }
    if !entries[0].found.isEmpty { try takeInput(isHungUp: entries[0].found.contains(.hungUp)) }
    if !entries[2].found.isEmpty { isMailWaiting = true }
    if !entries[3].found.isEmpty { try screen.flush() }
    try doWhatIsDue()
  }

  private mutating func takeTime() {
    state.now = now()
    state.wall = wall()
  }

  /// Nanoseconds until something is due without any event; `nil` for never.
  private func timeout(at now: Instant) -> UInt64? {
    var wait: Duration?
    func consider(_ duration: Duration) { wait = min(wait ?? duration, max(.zero, duration)) }
    if let escapeDeadline { consider(escapeDeadline - now) }
    if let tick = state.nextTick { consider(tick - now) }
    if !screen.hasPendingOutput {
      if isUrgent { consider(.zero) }
      if isMailWaiting || isDirty { consider(pacer.delay(at: now)) }
      if isResizing { consider((nextResize ?? now) - now) }
    }
    return wait.map {
      UInt64(clamping: $0.components.seconds * 1_000_000_000 + $0.components.attoseconds / 1_000_000_000)
    }
  }

  private mutating func doWhatIsDue() throws(ScreenError) {
    let time = state.now
    if let escapeDeadline, escapeDeadline <= time {
      self.escapeDeadline = nil
      try take(decoder.timeout())
      // A sequence of several steps is given up one step at a time.
      if decoder.hasPendingEscape { self.escapeDeadline = time + Self.escapeTimeout }
    }
    if let tick = state.nextTick, tick <= time { try act(.tick) }
    guard !screen.hasPendingOutput else { return }
    let isFrameDue = pacer.delay(at: time) <= .zero
    if isMailWaiting, isFrameDue { try takeMail() }
    let isResizeDue = isResizing && (nextResize.map { $0 <= time } ?? true)
    if isUrgent || isResizeDue || (isDirty && isFrameDue) { try draw() }
  }

  private mutating func takeMail() throws(ScreenError) {
    isMailWaiting = false
    let contents = mailbox.drain()
    if contents.updateCount > 0 {
      updatesSinceFrame += contents.updateCount
      try act(.session(contents.update))
    }
    for action in contents.actions { try act(action) }
  }

  private mutating func draw() throws(ScreenError) {
    let start = now()
    isUrgent = false
    isDirty = false
    if isResizing {
      isResizing = false
      nextResize = start + FramePacer.relaxedInterval
    }
    Renderer.render(state, into: &frame, cache: &cache)
    try screen.present(frame)
    pacer.slowestInterval = state.options.framesPerSecond.map { .seconds(1) / max(1, $0) } ?? .zero
    pacer.drew(at: start, cost: now() - start, updates: updatesSinceFrame)
    updatesSinceFrame = 0
  }

  // MARK: Input

  private mutating func takeInput(isHungUp: Bool) throws(ScreenError) {
    let bytes = try screen.readBytes()
    if bytes.isEmpty, isHungUp { throw .lost }
    let events = decoder.push(bytes)
    // Armed once for each silence: bytes that come in between do not put off what has been waiting.
    escapeDeadline = decoder.hasPendingEscape ? escapeDeadline ?? state.now + Self.escapeTimeout : nil
    try take(events)
  }

  private mutating func take(_ events: [InputEvent]) throws(ScreenError) {
    for event in events {
      if case .reply(let reply) = event {
        if case .keyboardFlags = reply { decoder.keyboardProtocolActive = true }
        if let appearance = try screen.take(reply) { try act(.appearance(appearance)) }
        continue
      }
      // Where it does not tell by itself, the colours of a terminal change while somebody is elsewhere.
      if case .focus(true) = event { try screen.askBackground() }
      try act(.input(event))
      isUrgent = true
    }
  }

  private mutating func takeSignals() throws(ScreenError) {
    while let signal = signals.next() {
      switch signal {
      case SIGWINCH: try changeSize()
      case SIGTSTP: try suspend()
      case SIGCONT: try comeBack()
      default: ending = .signal(signal)
      }
    }
  }

  private mutating func changeSize() throws(ScreenError) {
    try act(.input(.resize(screen.resize())))
    isDirty = false
    isResizing = true
  }

  private mutating func suspend() throws(ScreenError) {
    perform(state.flushDrafts())
    try screen.suspend()
    takeTime()
    try comeBack()
  }

  /// After a stop, or a continue that came alone, nothing on the terminal can be relied on.
  private mutating func comeBack() throws(ScreenError) {
    try act(.input(.resize(screen.resize())))
    screen.invalidate()
    try screen.askBackground()
    isUrgent = true
  }

  // MARK: Actions and effects

  private mutating func act(_ action: Action) throws(ScreenError) {
    var handedOn: [Effect] = []
    for effect in state.update(action, &cache) {
      if try !performHere(effect) { handedOn.append(effect) }
    }
    if !handedOn.isEmpty { perform(handedOn) }
    isDirty = true
  }

  /// Performs what concerns the screen.
  /// - Returns: whether the effect was one of those.
  private mutating func performHere(_ effect: Effect) throws(ScreenError) -> Bool {
    switch effect {
    case .quit: ending = .quit
    case .redraw:
      screen.invalidate()
      isUrgent = true
    case .suspend: try suspend()
    case .setMouse(let isOn): try screen.useMouse(isOn)
    case .bell: try screen.ringBell()
    case .notify(let notification, let rings):
      let isSent = try screen.notify(notification)
      if rings || !isSent { try screen.ringBell() }
    case .clipboardThroughTerminal(let copy): try send(copy)
    case .openEditor(let text): try edit(text)
    case .showBare(let text): try view { BareView.show(text, terminal: $0, signals: $1) }
    case .openPager(let text):
      let viewer = viewer
      try view { viewer.page(text, terminal: $0, signals: $1) }
    case .viewInEditor(let text, let suffix):
      let viewer = viewer
      try view { viewer.view(text, suffix: suffix, terminal: $0, signals: $1) }
    default: return false
    }
    return true
  }

  private mutating func send(_ copy: TerminalCopy) throws(ScreenError) {
    if try screen.copyToClipboard(copy.text, through: copy.passage) {
      try act(.copied(copy.report))
    } else {
      let size = Figures.exactBytes(copy.text.utf8.count)
      try act(.failed(Explanation(kind: .setting, summary: "Not copied: \(size) are more than the terminal takes")))
    }
  }

  /// Lends the terminal to something that shows a text.
  private mutating func view(
    _ body: (Int32, SignalSource.Listener) -> ExternalViewer.Outcome
  ) throws(ScreenError) {
    let signals = signals.listener
    perform(state.flushDrafts())
    let outcome = try screen.lend { terminal in body(terminal, signals) }
    takeTime()
    if case .ended(let signal) = outcome {
      ending = .signal(signal)
      return
    }
    try comeBack()
    if case .failed(let explanation) = outcome { try act(.failed(explanation)) }
  }

  private mutating func edit(_ text: String) throws(ScreenError) {
    let (editor, signals) = (editor, signals.listener)
    // What is being written here is on its way to the disk before somebody else has the terminal.
    perform(state.flushDrafts())
    let outcome = try screen.lend { terminal in editor.edit(text, terminal: terminal, signals: signals) }
    takeTime()
    if case .ended(let signal) = outcome {
      ending = .signal(signal)
      return
    }
    try comeBack()
    switch outcome {
    case .edited(let edited): try act(.edited(edited))
    case .failed(let explanation): try act(.failed(explanation))
    case .ended: break
    }
  }
}
