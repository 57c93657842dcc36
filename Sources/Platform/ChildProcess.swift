// Other programs: started by argument vector, never through a shell, with an empty signal mask, default dispositions and no
// descriptor of ours but the three they are given. What their output means is the caller's business.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a program ended.
package enum ExitStatus: Equatable, Sendable {
  /// By itself, with this status.
  case exited(Int32)
  /// By this signal.
  case signalled(Int32)

  /// Whether it exited with 0.
  package var isSuccess: Bool { self == .exited(0) }

  /// What waitpid(2) reported of a program that has ended.
  package init(waitStatus status: Int32) {
    self = system_status_exited(status) ? .exited(system_status_code(status)) : .signalled(system_status_signal(status))
  }
}

/// Which program to run, and in what surroundings.
package struct Command: Equatable, Sendable {
  /// The program, searched in PATH if it has no slash, and its arguments; never empty.
  package var arguments: [String]
  /// Everything the program sees of the environment.
  package var environment: Environment
  /// Where it starts; nil is our own working folder.
  package var folder: String?

  /// A program with its arguments.
  package init(_ arguments: [String], environment: Environment, folder: String? = nil) {
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
  }
}

/// A running program, in a process group of its own, whose standard input and output are pipes.
///
/// It ends with this value: `deinit` kills the group and reaps the program.
package struct ChildProcess: ~Copyable, Sendable {
  /// What standard error is connected to.
  package enum ErrorOutput: Sendable {
    /// `/dev/null`.
    case discarded
    /// Standard output.
    case merged
    /// A descriptor of the caller, such as a log; it is copied.
    case descriptor(Int32)
  }

  /// The program's process id, which is also its group's.
  package let processID: Int32
  /// The program's standard input; to poll and to write. -1 after `closeInput`.
  package private(set) var input: Int32
  /// The program's standard output; to poll and to read.
  package let output: Int32
  private var status: ExitStatus?

  /// Starts a program. A missing one is reported here, with ENOENT.
  package init(_ command: Command, errors: ErrorOutput = .discarded) throws(SystemError) {
    let input = try FileDescriptor.pipe()
    let output = try FileDescriptor.pipe()
    let error: Int32 =
      switch errors {
      case .discarded: -1
      case .merged: output.write.raw
      case .descriptor(let descriptor): descriptor
      }
    processID = try spawn(command, input: input.read.raw, output: output.write.raw, error: error, ownGroup: true)
    self.input = input.intoWrite()
    self.output = output.intoRead()
  }

  deinit {
    if input >= 0 { close(input) }
    close(output)
    if status == nil {
      kill(-processID, SIGKILL)
      kill(processID, SIGKILL)
      var ignored: Int32 = 0
      while waitpid(processID, &ignored, 0) < 0, errno == EINTR {}
    }
  }

  /// Lets the program see the end of its input.
  package mutating func closeInput() {
    if input >= 0 { close(input) }
    input = -1
  }

  /// Sends a signal to the program's whole group; nothing once it has ended.
  package func signal(_ number: Int32) {
    if status == nil { kill(-processID, number) }
  }

  /// How the program ended; nil while it runs.
  package mutating func poll() -> ExitStatus? {
    reap(WNOHANG)
  }

  /// Waits until the program has ended.
  package mutating func wait() -> ExitStatus {
    reap(0) ?? .signalled(SIGKILL)
  }

  private mutating func reap(_ options: Int32) -> ExitStatus? {
    if let status { return status }
    var found: Int32 = 0
    var result: Int32
    repeat { result = waitpid(processID, &found, options) } while result < 0 && errno == EINTR
    if result == processID { status = ExitStatus(waitStatus: found) }
    return status
  }

  // MARK: short runs

  /// What a short run gave.
  package struct Result: Equatable, Sendable {
    /// How the program ended; `.signalled(SIGKILL)` if a limit was met.
    package let status: ExitStatus
    /// What it wrote to standard output, to the limit.
    package let output: [UInt8]
    /// It wrote more than allowed and was killed.
    package let isTruncated: Bool
    /// It ran longer than allowed and was killed.
    package let isTimedOut: Bool
  }

  /// Runs a program to its end, gives it `input` and collects what it writes.
  ///
  /// Blocks the calling thread; use it on a thread of your own.
  /// - Parameter maximumBytes: of output; a program that writes more is killed.
  /// - Parameter timeLimit: a program that runs longer is killed, its children with it.
  package static func collect(
    _ command: Command, input bytes: [UInt8] = [], errors: ErrorOutput = .discarded, maximumBytes: Int,
    timeLimit: Duration
  ) throws(SystemError) -> Result {
    var child = try ChildProcess(command, errors: errors)
    _ = fcntl(child.input, F_SETFL, O_NONBLOCK)
    _ = fcntl(child.output, F_SETFL, O_NONBLOCK)
    let deadline = MonotonicClock.nanoseconds() + timeLimit.wholeNanoseconds
    var rest = bytes[...]
    var output: [UInt8] = []
    if rest.isEmpty { child.closeInput() }

    while true {
      let now = MonotonicClock.nanoseconds()
      guard now < deadline else {
        child.signal(SIGKILL)
        return Result(status: child.wait(), output: output, isTruncated: false, isTimedOut: true)
      }
      var entries = [PollEntry(child.output, .readable), PollEntry(child.input, .writable)]
      Poll.wait(&entries, nanoseconds: deadline - now)
      if !entries[1].found.isEmpty, !feed(&rest, to: child.input) { child.closeInput() }
      if entries[0].found.isEmpty { continue }
      switch drain(child.output, into: &output, limit: maximumBytes) {
      case .more: continue
      case .ended:
        child.closeInput()
        // The end of the output is nearly always the end of the program; the time limit holds for the rest as well.
        while child.poll() == nil, MonotonicClock.nanoseconds() < deadline {
          var nothing: [PollEntry] = []
          Poll.wait(&nothing, nanoseconds: 1_000_000)
        }
        let isTimedOut = child.poll() == nil
        if isTimedOut { child.signal(SIGKILL) }
        return Result(status: child.wait(), output: output, isTruncated: false, isTimedOut: isTimedOut)
      case .tooMuch:
        child.signal(SIGKILL)
        return Result(status: child.wait(), output: output, isTruncated: true, isTimedOut: false)
      }
    }
  }

  /// Runs a program on the terminal until it ends, as a shell does: it is the foreground group, and if it is stopped (^Z)
  /// so are we, until somebody continues us.
  ///
  /// The caller has left its modes and enters them afterwards. Blocks the calling thread. A signal that ends programs
  /// (SIGTERM, SIGHUP, SIGINT) ends the program and its group: asked first, killed after a second.
  /// - Parameters:
  ///   - terminal: the controlling terminal, open for reading and writing.
  ///   - input: what the program reads as its standard input; nil is the terminal.
  ///   - signals: what reaches this process meanwhile; all of it is taken.
  /// - Returns: how the program ended, and the signal because of which it was ended.
  package static func runOnTerminal(
    _ command: Command, terminal: Int32, input: Int32? = nil, signals: SignalSource.Listener
  ) throws(SystemError) -> (status: ExitStatus, endedBy: Int32?) {
    let ownGroup = getpgrp()
    // tcsetpgrp from the background stops the caller unless SIGTTOU is blocked (POSIX, tcsetpgrp).
    var former = sigset_t()
    var blocked = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, SIGTTOU)
    pthread_sigmask(SIG_BLOCK, &blocked, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }

    let processID = try spawn(
      command, input: input ?? terminal, output: terminal, error: terminal, ownGroup: true)
    tcsetpgrp(terminal, processID)
    defer { tcsetpgrp(terminal, ownGroup) }
    // It may have touched the terminal before it was the foreground group, and have been stopped for that.
    kill(-processID, SIGCONT)
    let watcher = try ChildWatcher(processID)
    var endedBy: Int32?
    var killTime: UInt64?
    while true {
      var entries = [PollEntry(watcher.descriptor, .readable), PollEntry(signals.descriptor, .readable)]
      let now = MonotonicClock.nanoseconds()
      Poll.wait(&entries, nanoseconds: killTime.map { $0 > now ? $0 - now : 0 })
      if let time = killTime, MonotonicClock.nanoseconds() >= time {
        kill(-processID, SIGKILL)
        killTime = nil
      }
      while let signal = signals.next() {
        guard [SIGTERM, SIGHUP, SIGINT].contains(signal), endedBy == nil else { continue }
        endedBy = signal
        killTime = MonotonicClock.nanoseconds() + 1_000_000_000
        kill(-processID, signal)
        kill(-processID, SIGCONT)
      }
      while let status = watcher.next() {
        guard system_status_stopped(status) else {
          watcher.join()
          return (ExitStatus(waitStatus: status), endedBy)
        }
        let cause = system_status_signal(status)
        if cause != SIGTTIN && cause != SIGTTOU && endedBy == nil {
          tcsetpgrp(terminal, ownGroup)
          kill(getpid(), SIGSTOP)
        }
        tcsetpgrp(terminal, processID)
        kill(-processID, SIGCONT)
      }
    }
  }

  private enum Drained { case more, ended, tooMuch }

  /// Returns whether there is more to write later.
  static func feed(_ rest: inout ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    let written = rest.withUnsafeBufferPointer { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0 { return errno == EAGAIN || errno == EINTR }
    rest = rest.dropFirst(written)
    return !rest.isEmpty
  }

  private static func drain(_ descriptor: Int32, into output: inout [UInt8], limit: Int) -> Drained {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { buffer in
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0 { return errno == EAGAIN || errno == EINTR ? .more : .ended }
      if count == 0 { return .ended }
      let room = limit - output.count
      output.append(contentsOf: buffer.prefix(min(count, room)))
      return count > room ? .tooMuch : .more
    }
  }
}

extension Duration {
  /// Whole nanoseconds; 0 for negative durations, 292 years at most.
  package var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    if seconds < 0 { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    if overflow || product > UInt64(Int64.max) - 1_000_000_000 { return UInt64(Int64.max) }
    return product + UInt64(max(attoseconds, 0) / 1_000_000_000)
  }
}

/// Waits for a child on a thread of its own, so that its owner can wait for other things as well: no descriptor tells on
/// every system that a child was stopped.
private final class ChildWatcher: Sendable {
  private let bell: Doorbell
  private let statuses = Locked<[Int32]>([])
  private let thread = Locked<OwnedThread?>(nil)

  init(_ processID: Int32) throws(SystemError) {
    bell = try Doorbell()
    let thread = try startThread(named: "child") { [self] in
      while true {
        var status: Int32 = 0
        let result = waitpid(processID, &status, WUNTRACED)
        if result < 0, errno == EINTR { continue }
        // A child that is nobody's any more counts as killed.
        let found = result == processID ? status : SIGKILL
        statuses.withLock { $0.append(found) }
        bell.ring()
        if !system_status_stopped(found) { return }
      }
    }
    self.thread.withLock { $0 = thread }
  }

  /// Readable when a status waits.
  var descriptor: Int32 { bell.descriptor }

  /// The next change of the child's state, as waitpid(2) has it.
  func next() -> Int32? {
    bell.silence()
    return statuses.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }

  func join() { thread.withLock { $0 }?.join() }
}

/// Starts a program on these descriptors; -1 is `/dev/null`.
func spawn(
  _ command: Command, input: Int32, output: Int32, error: Int32, ownGroup: Bool, ownSession: Bool = false
) throws(SystemError) -> Int32 {
  guard let program = command.arguments.first else { throw SystemError("spawn", code: EINVAL) }
  // A NUL would silently cut an argument.
  for text in command.arguments + command.environment.assignments where text.utf8.contains(0) {
    throw SystemError("spawn", code: EINVAL)
  }
  let arguments = CStrings(command.arguments)
  let environment = CStrings(command.environment.assignments)
  var processID: Int32 = 0
  let code = program.withCString { path in
    withOptionalCString(command.folder) { folder in
      var what = system_child(
        path: path, arguments: arguments.pointers, environment: environment.pointers, folder: folder, input: input,
        output: output, error: error, own_group: ownGroup, own_session: ownSession)
      return system_spawn(&processID, &what)
    }
  }
  if code != 0 { throw SystemError("spawn \(program)", code: code) }
  return processID
}

private func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
  guard let text else { return body(nil) }
  return text.withCString { body($0) }
}

/// A NULL-terminated array of C strings, freed with this value.
private struct CStrings: ~Copyable {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { (pointers + index).initialize(to: strdup(string)) }
    (pointers + strings.count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
