// Runs the user's hooks: beside everything else, a few at a time, each for a bounded time, and none of them with the
// terminal. What they do is their own business; that one cannot start is told once.

import Conversations
package import Interface
package import Platform

/// Programs and arguments by what they are told of.
package struct HookCommands: Equatable, Sendable {
  private let commands: [HookEvent.Kind: [String]]

  /// Commands as the configuration has them; an empty one is none.
  package init(_ commands: [HookEvent.Kind: [String]] = [:]) { self.commands = commands.filter { !$0.value.isEmpty } }

  /// Program and arguments; `nil` where there is no hook.
  package subscript(kind: HookEvent.Kind) -> [String]? { commands[kind] }
}

/// The user's programs that are told of answers.
package final class HookRunner: Sendable {
  /// At most so many run at a time.
  package static let mostAtOnce = 4
  /// So many wait for one of those to end; when there are more, the oldest is dropped.
  package static let mostWaiting = 64
  /// After so long a hook is killed.
  package static let timeLimit: Duration = .seconds(30)

  private struct State {
    var commands: HookCommands
    var running = 0
    var waiting: [HookEvent] = []
    /// Programs of which it was told that they cannot start.
    var told: Set<String> = []
    var isFinished = false
  }

  private let state: Locked<State>
  private let environment: Environment
  private let output: Int32?
  private let timeLimit: Duration
  private let note: @Sendable (String) -> Void
  private let mailbox: Mailbox

  /// A runner without a hook running.
  /// - Parameters:
  ///   - output: where the programs' output goes, open as long as this runner is; `nil` is `/dev/null`.
  ///   - note: writes a line into the log.
  package init(
    _ commands: HookCommands, environment: Environment, output: Int32? = nil,
    timeLimit: Duration = HookRunner.timeLimit, note: @escaping @Sendable (String) -> Void, mailbox: Mailbox
  ) {
    state = Locked(State(commands: commands))
    self.environment = environment
    self.output = output
    self.timeLimit = timeLimit
    self.note = note
    self.mailbox = mailbox
  }

  /// Takes other programs into use; what runs goes on.
  package func replace(_ commands: HookCommands) {
    state.withLock { state in
      if state.commands != commands { state.told = [] }
      state.commands = commands
    }
  }

  /// Runs the hook for an event, or has it wait; returns at once.
  package func perform(_ event: HookEvent) {
    let dropped: HookEvent? = state.withLock { state in
      guard !state.isFinished, state.commands[event.kind] != nil else { return nil }
      state.waiting.append(event)
      return state.waiting.count > Self.mostWaiting ? state.waiting.removeFirst() : nil
    }
    if let dropped {
      note("hooks: the \(dropped.kind.rawValue) of \(dropped.conversation) was dropped, too many wait")
    }
    startNext()
  }

  /// Begins no more; what runs goes on, and outlives this program.
  package func finish() {
    let dropped = state.withLock { state in
      state.isFinished = true
      defer { state.waiting = [] }
      return state.waiting.count
    }
    if dropped > 0 { note("hooks: \(dropped) were dropped at the end") }
  }

  private func startNext() {
    while let (event, arguments) = take() {
      do throws(SystemError) {
        try startThread(named: "hook") { [self] in
          run(event, arguments)
          state.withLock { $0.running -= 1 }
          startNext()
        }
      } catch {
        state.withLock { $0.running -= 1 }
        fail(event, arguments, error)
      }
    }
  }

  /// The next event that may be told of now.
  private func take() -> (HookEvent, [String])? {
    state.withLock { state in
      while state.running < Self.mostAtOnce, !state.waiting.isEmpty {
        let event = state.waiting.removeFirst()
        // The configuration may have changed while it waited.
        guard let arguments = state.commands[event.kind] else { continue }
        state.running += 1
        return (event, arguments)
      }
      return nil
    }
  }

  private func run(_ event: HookEvent, _ arguments: [String]) {
    let surroundings = environment.setting("RIFFLE_EVENT", to: event.kind.rawValue)
      .setting("RIFFLE_CONVERSATION", to: event.conversation.rawValue)
    let name = "hooks.\(event.kind.rawValue)"
    do throws(SystemError) {
      let ending = try ChildProcess.tell(
        event.line, to: Command(arguments, environment: surroundings), output: output, timeLimit: timeLimit)
      switch ending {
      case .ended(.exited(0), _): break
      case .ended(.exited(let status), _): note("\(name): \(arguments[0]) ended with status \(status)")
      case .ended(.signalled(let signal), _): note("\(name): \(arguments[0]) was ended by signal \(signal)")
      case .timedOut: note("\(name): \(arguments[0]) was killed after \(timeLimit.components.seconds) s")
      }
    } catch {
      fail(event, arguments, error)
    }
  }

  private func fail(_ event: HookEvent, _ arguments: [String], _ error: SystemError) {
    let words = "The hook \(event.kind.rawValue) cannot start: \(arguments[0]): \(error.reason)"
    note(words)
    // Once for each program, not with every answer.
    guard state.withLock({ $0.told.insert(arguments[0]).inserted }) else { return }
    mailbox.post(.notice(Notice("\(words) (hooks.\(event.kind.rawValue) in the configuration)", .warning)))
  }
}
