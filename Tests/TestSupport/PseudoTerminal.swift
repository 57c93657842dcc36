// A program in a terminal: its keyboard is the test, its screen a `VirtualTerminal`. Waits on conditions with a deadline and
// never sleeps.

import CSystem
import CVTerm
package import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A pseudo-terminal with a program in it, or with an open program side for tests in this process.
///
/// The program is killed when this object goes.
package final class PseudoTerminal {
  /// What the program has drawn, as far as it was read.
  package let screen: VirtualTerminal
  /// How questions of the program are answered.
  package var answers: TerminalAnswers
  /// The program's process id; nil without a program.
  package let processID: Int32?
  /// The program's side, for tests in this process; -1 with a program.
  package let programSide: Int32
  /// How the program ended; nil while it runs.
  package private(set) var exitStatus: Platform.ExitStatus?
  /// The program's side was closed by everybody.
  package private(set) var isHungUp = false
  private var master: Int32
  private var answered = 0

  /// A terminal without a program; what is written to `programSide` appears on `screen`.
  package init(rows: Int, columns: Int, answers: TerminalAnswers = .plain) throws(SystemError) {
    var master: Int32 = -1
    var slave: Int32 = -1
    if test_pty_open(&master, &slave, Int32(rows), Int32(columns)) != 0 { throw SystemError("openpty") }
    self.master = master
    programSide = slave
    processID = nil
    screen = VirtualTerminal(rows: rows, columns: columns)
    self.answers = answers
  }

  /// Runs a program, whose path is absolute, in a terminal.
  package init(
    _ command: Command, rows: Int = 24, columns: Int = 80, answers: TerminalAnswers = .plain
  ) throws(SystemError) {
    let arguments = command.arguments.map { strdup($0) } + [nil]
    let environment = command.environment.assignments.map { strdup($0) } + [nil]
    let folder = command.folder.map { strdup($0) } ?? nil
    defer { for text in arguments + environment + [folder] { free(text) } }
    var master: Int32 = -1
    let child = test_pty_spawn(
      &master, Int32(rows), Int32(columns), arguments[0], arguments, environment, folder)
    if child < 0 { throw SystemError("forkpty") }
    self.master = master
    processID = child
    programSide = -1
    screen = VirtualTerminal(rows: rows, columns: columns)
    self.answers = answers
  }

  deinit {
    if let processID, exitStatus == nil {
      kill(processID, SIGKILL)
      var ignored: Int32 = 0
      while waitpid(processID, &ignored, 0) < 0, errno == EINTR {}
    }
    if master >= 0 { close(master) }
    if programSide >= 0 { close(programSide) }
  }

  /// The built program: `RIFFLE_BINARY`, or `riffle` beside the test bundle.
  package static var riffleBinary: String? {
    if let named = Platform.Environment.captured()["RIFFLE_BINARY"] { return named }
    // The test runner's executable, or the bundle it was asked to load, lies in the products folder.
    for argument in CommandLine.arguments {
      guard let slash = argument.lastIndex(of: "/") else { continue }
      let candidate = argument[..<slash] + "/riffle"
      if argument.hasSuffix(".xctest"), LocalFiles.exists(String(candidate)) { return String(candidate) }
    }
    let products = CheckoutFolder.root + "/.build/debug/riffle"
    return LocalFiles.exists(products) ? products : nil
  }

  // MARK: the person at the keyboard

  /// Types: UTF-8, control characters included.
  package func type(_ text: String) {
    send(Array(text.utf8))
  }

  /// Sends bytes as the terminal would; reads on meanwhile if the program does not take them at once.
  package func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      var ready = pollfd(fd: master, events: Int16(POLLOUT | POLLIN), revents: 0)
      guard poll(&ready, 1, 5_000) > 0 else { return }
      if ready.revents & Int16(POLLOUT) != 0 {
        // A piece at a time: a pty's input queue holds 4,096 bytes, and a blocking write would wait for a busy program.
        let count = rest.prefix(256).withUnsafeBufferPointer { write(master, $0.baseAddress, $0.count) }
        if count < 0 { return }
        rest = rest.dropFirst(count)
      } else {
        readOnce(milliseconds: 0)
        if isHungUp { return }
      }
    }
  }

  /// Pastes text as a terminal with bracketed paste does.
  package func paste(_ text: String) {
    type("\u{1B}[200~\(text)\u{1B}[201~")
  }

  /// Changes the window's size; the program gets SIGWINCH.
  package func resize(rows: Int, columns: Int) {
    screen.resize(rows: rows, columns: columns)
    _ = system_terminal_resize(master, Int32(rows), Int32(columns))
  }

  /// Sends a signal to the program.
  package func signal(_ number: Int32) {
    if let processID, exitStatus == nil { kill(processID, number) }
  }

  /// Closes the window: the program's terminal is gone.
  package func hangUp() {
    if master >= 0 { close(master) }
    master = -1
    isHungUp = true
  }

  // MARK: waiting

  /// Reads what the program writes until `condition` holds.
  ///
  /// A terminal that is not waited on is a slow terminal: nothing is read.
  /// - Returns: whether the condition held before the deadline.
  package func wait(_ milliseconds: Int = 5_000, until condition: (VirtualTerminal) -> Bool) -> Bool {
    let deadline = MonotonicClock.nanoseconds() + UInt64(milliseconds) * 1_000_000
    while true {
      if condition(screen) { return true }
      let now = MonotonicClock.nanoseconds()
      guard now < deadline, !isHungUp else { return condition(screen) }
      readOnce(milliseconds: Int32((deadline - now) / 1_000_000) + 1)
    }
  }

  /// Waits until the screen shows `text`.
  package func wait(_ milliseconds: Int = 5_000, for text: String) -> Bool {
    wait(milliseconds) { $0.shows(text) }
  }

  /// Reads what is there now.
  package func drain() {
    while readOnce(milliseconds: 0) {}
  }

  /// Waits until the program has ended, reading on.
  package func waitForExit(_ milliseconds: Int = 5_000) -> Platform.ExitStatus? {
    waitForState(milliseconds, WNOHANG) { _ in false }
    return exitStatus
  }

  /// Waits until the program is stopped (SIGSTOP, SIGTSTP), reading on.
  package func waitForStop(_ milliseconds: Int = 5_000) -> Bool {
    waitForState(milliseconds, WNOHANG | WUNTRACED) { system_status_stopped($0) }
  }

  @discardableResult
  private func waitForState(_ milliseconds: Int, _ options: Int32, until condition: (Int32) -> Bool) -> Bool {
    guard let processID else { return false }
    let deadline = MonotonicClock.nanoseconds() + UInt64(milliseconds) * 1_000_000
    while exitStatus == nil {
      var status: Int32 = 0
      if waitpid(processID, &status, options) == processID {
        if !system_status_stopped(status) { exitStatus = Platform.ExitStatus(waitStatus: status) }
        drain()
        if condition(status) { return true }
        if exitStatus != nil { return false }
      }
      if MonotonicClock.nanoseconds() >= deadline { return false }
      if isHungUp {
        _ = poll(nil, 0, 1)
      } else {
        readOnce(milliseconds: 2)
      }
    }
    return false
  }

  /// Returns whether anything came.
  @discardableResult
  private func readOnce(milliseconds: Int32) -> Bool {
    guard master >= 0 else { return false }
    var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&ready, 1, milliseconds) > 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else {
      // Linux reports EIO on the master when nobody holds the program's side.
      if count == 0 || errno == EIO { isHungUp = true }
      return false
    }
    screen.write(buffer[..<count])
    answerQuestions()
    return true
  }

  private func answerQuestions() {
    while answered < screen.record.questions.count {
      let answer = answers.answer(to: screen.record.questions[answered], cursor: screen.questionCursors[answered])
      answered += 1
      let bytes = Array(answer.utf8)
      if !bytes.isEmpty { _ = write(master, bytes, bytes.count) }
    }
  }
}
