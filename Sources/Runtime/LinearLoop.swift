// The loop of linear mode: the pure program with lines in and lines out. The terminal keeps its own ways (line editing,
// echo, Ctrl+C as a signal); what is written is only ever appended, without a single escape sequence. It sleeps in
// poll(2), without a timer when nothing is due.

package import Conversations
import Diagnostics
import Display
package import Interface
package import Platform
package import Streaming

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs the pure program on two descriptors. Used on the main thread only.
package struct LinearLoop: ~Copyable {
  package private(set) var state: AppState
  /// How the last answer that was asked for ended, if it did not end well.
  package var failure: MessageStatus? { transcript.failure }

  private var cache = LayoutCache()
  private var transcript: LinearTranscript
  private var input: LineReader
  private var output: LineWriter
  private let mailbox: Mailbox
  private let signals: SignalSource
  private let perform: @Sendable ([Effect]) -> Void
  private let editor: ExternalEditor
  private let now: () -> Instant
  private let wall: () -> Timestamp

  private var ending: LoopEnding?
  /// Effects that have to be done before the next line is taken.
  private var settling = 0
  private var farewell = Farewell.none

  /// How far a script is behind its last line: a reader that is slow gets all of it.
  private enum Farewell {
    case none
    /// Its last effects are waited for.
    case settling
    /// The last words are on their way.
    case said
  }

  // What is still to be written when leaving may take this long.
  private static var leavingLimit: UInt64 { 1_000_000_000 }

  /// A loop that has not begun.
  /// - Parameters:
  ///   - state: with `linear` set.
  ///   - signals: delivers `EventLoop.signals`, which every thread has blocked.
  ///   - perform: hands effects on, in order; returns at once.
  ///   - input, output: descriptors, which stay open; both may be the terminal.
  package init(
    state: AppState, transcript: LinearTranscript, mailbox: Mailbox, signals: consuming SignalSource,
    editor: ExternalEditor, perform: @escaping @Sendable ([Effect]) -> Void, now: @escaping () -> Instant,
    wall: @escaping () -> Timestamp, input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO
  ) {
    self.state = state
    self.transcript = transcript
    self.mailbox = mailbox
    self.signals = signals
    self.editor = editor
    self.perform = perform
    self.now = now
    self.wall = wall
    self.input = LineReader(input)
    self.output = LineWriter(output)
  }

  /// Whether lines come from somebody who types, not from a file or another program.
  package var isInteractive: Bool { input.isTerminal }

  /// Runs until something ends it.
  /// - Parameters:
  ///   - first: what is done before the first line is taken.
  ///   - begun: called once, after the first words.
  package mutating func run(first: [Effect], begun: () -> Void) -> LoopEnding {
    state.linear?.isOpening = first.contains(where: \.leadsElsewhere)
    tell()
    begun()
    hand(on: first, mustSettle: !isInteractive)
    while ending == nil { turn() }
    leave()
    return ending ?? .quit
  }

  /// One round: wait until something is due, then do it.
  private mutating func turn() {
    var entries = [
      PollEntry(signals.descriptor, .readable), PollEntry(mailbox.descriptor, .readable),
      PollEntry(input.wantsBytes ? input.descriptor : -1, .readable),
      PollEntry(output.descriptor, output.isEmpty ? [] : .writable),
    ]
    Poll.wait(&entries, nanoseconds: canTakeLine && input.hasLine ? 0 : timeout(at: now()))
    takeTime()
    if !entries[0].found.isEmpty { takeSignals() }
    if !entries[1].found.isEmpty { takeMail() }
    if !entries[2].found.isEmpty { readInput() }
    if entries[3].found.contains(.writable) {
      output.flush()
    } else if !entries[3].found.isEmpty {
      output.isBroken = true
    }
    if let tick = state.nextLinearTick, tick <= state.now { act(.tick) }
    if canTakeLine, let line = input.next() { act(.line(line)) }
    tell()
    if output.isBroken { ending = ending ?? (output.isTerminal ? .terminalLost : .signal(SIGPIPE)) }
    if input.isAtEnd, !input.hasLine { finishInput() }
  }

  private mutating func takeTime() {
    state.now = now()
    state.wall = wall()
  }

  /// Nanoseconds until something is due without any event; `nil` for never.
  private func timeout(at now: Instant) -> UInt64? {
    state.nextLinearTick.map { tick in
      let wait = max(.zero, tick - now).components
      return UInt64(clamping: wait.seconds * 1_000_000_000 + wait.attoseconds / 1_000_000_000)
    }
  }

  // MARK: Lines

  /// Whether the next line finds what it is about. Somebody who types may go on while an answer comes; a script's line is
  /// about what the lines before it have led to.
  private var canTakeLine: Bool {
    guard settling == 0, ending == nil else { return false }
    if isInteractive { return true }
    return state.liveRunCount == 0 && state.comparison?.isRunning != true
      && state.linear?.isWaitingForChoices(of: state.overlay) != true
  }

  private mutating func readInput() {
    switch input.read() {
    case .bytes: if isInteractive, input.hasLine { transcript.lineWasTyped() }
    case .end: break
    case .lost: ending = ending ?? .terminalLost
    case .tooLong: act(.notice(Notice("A line of more than 16 MB was left out", .error)))
    }
  }

  /// After the last line: a script's answers are waited for, somebody who typed Ctrl+D leaves.
  private mutating func finishInput() {
    guard ending == nil else { return }
    if isInteractive {
      carryOut(state.endInput(rest: input.takeRest() ?? ""))
      // A question may keep the program here, and its answer is another line.
      if ending == nil { input.reopen() }
      return
    }
    guard canTakeLine, output.isEmpty else { return }
    switch farewell {
    case .none:
      farewell = .settling
      settle(reading: true)
      settle(reading: false)
    case .settling:
      farewell = .said
      output.add(outside: transcript.end(&state))
      output.flush()
      if output.isEmpty { ending = .quit }
    case .said: ending = .quit
    }
  }

  // MARK: Mail and signals

  private mutating func takeMail() {
    let contents = mailbox.drain()
    if contents.updateCount > 0 { act(.session(contents.update)) }
    for action in contents.actions {
      if case .settled = action {
        settling -= 1
        if settling == 0 { state.linear?.isOpening = false }
      }
      act(action)
    }
  }

  private mutating func takeSignals() {
    while let signal = signals.next() {
      switch signal {
      case SIGWINCH, SIGCONT: break
      case SIGTSTP:
        perform(state.flushDrafts())
        kill(getpid(), SIGSTOP)
        takeTime()
      // The terminal has turned Ctrl+C into a signal. A script has nobody who could press it twice.
      case SIGINT where isInteractive:
        transcript.lineWasTouched()
        act(.input(.key(.control("c"))))
      default: ending = .signal(signal)
      }
    }
  }

  // MARK: Actions and effects

  private mutating func act(_ action: Action) {
    carryOut(state.update(action, &cache))
  }

  private mutating func carryOut(_ effects: [Effect]) {
    transcript.note(effects)
    var handedOn: [Effect] = []
    for effect in effects where !performHere(effect) { handedOn.append(effect) }
    hand(on: handedOn, mustSettle: !isInteractive)
  }

  /// Hands effects on. A line that comes later waits for those that lead to another conversation or fetch a file for the
  /// next message; in a script for all of them.
  private mutating func hand(on effects: [Effect], mustSettle: Bool) {
    guard !effects.isEmpty else { return }
    perform(effects)
    if effects.contains(where: \.leadsElsewhere) { state.linear?.isOpening = true }
    if mustSettle || effects.contains(where: { $0.leadsElsewhere || $0.fetchesFile }) { settle(reading: true) }
    if mustSettle { settle(reading: false) }
  }

  private mutating func settle(reading: Bool) {
    settling += 1
    perform([.settle(reading: reading)])
  }

  /// Performs what concerns the terminal.
  /// - Returns: whether the effect was one of those.
  private mutating func performHere(_ effect: Effect) -> Bool {
    switch effect {
    case .quit: ending = ending ?? .quit
    case .redraw, .setMouse: break
    case .suspend: kill(getpid(), SIGSTOP)
    case .bell, .notify: if output.isTerminal { output.add([0x07]) }
    case .copy:
      act(
        .notice(
          Notice(
            "Not copied: the clipboard is reached by an escape sequence, and linear mode sends none; "
              + "riffle show \(state.shown) prints the text", .warning)))
    case .openEditor(let text): edit(text)
    default: return false
    }
    return true
  }

  private mutating func edit(_ text: String) {
    let terminal = isInteractive ? open("/dev/tty", O_RDWR | O_CLOEXEC) : -1
    guard terminal >= 0 else {
      act(.notice(Notice("An editor needs a terminal, and the input is none", .warning)))
      return
    }
    defer { close(terminal) }
    perform(state.flushDrafts())
    output.flush(within: Self.leavingLimit)
    let outcome = editor.edit(text, terminal: terminal, signals: signals.listener)
    takeTime()
    switch outcome {
    case .edited(let edited): act(.edited(edited))
    case .failed(let explanation): act(.failed(explanation))
    case .ended(let signal): ending = .signal(signal)
    }
  }

  // MARK: Words

  /// Tells what is new, unless something is still to be written: a slow reader gets the newest state, not a backlog.
  private mutating func tell() {
    guard output.isEmpty, !output.isBroken, farewell != .said else { return }
    output.add(outside: transcript.tell(&state))
    output.flush()
  }

  private mutating func leave() {
    perform(state.flushDrafts())
    guard ending != .terminalLost, !output.isBroken, farewell != .said else { return }
    output.flush(within: Self.leavingLimit)
    output.add(outside: transcript.end(&state))
    output.flush(within: Self.leavingLimit)
  }
}

extension Effect {
  /// Whether another conversation may be shown once it is done.
  fileprivate var leadsElsewhere: Bool {
    switch self {
    case .open, .openPrefix, .openLatest: true
    default: false
    }
  }

  /// Whether it brings a file that the next message is meant to carry.
  fileprivate var fetchesFile: Bool {
    if case .attach = self { return true }
    return false
  }
}
