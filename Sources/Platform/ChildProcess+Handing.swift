// Programs that are given something and then left alone: what takes a clipboard's text stays behind to hand it out, and
// what opens a link stays as long as its window. Their output is nobody's, so nothing waits for the end of it.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ChildProcess {
  /// How handing something to a program ended.
  package enum Handing: Equatable, Sendable {
    /// The program ended, possibly leaving children that go on. `tookAll`: nothing was left that it had not read.
    case ended(ExitStatus, tookAll: Bool)
    /// It took longer than allowed and was killed with its children.
    case timedOut
  }

  /// Gives a program `bytes` as its input and waits for its end, not for that of programs which it leaves behind.
  ///
  /// Standard output and standard error are `/dev/null`. Blocks the calling thread; use it on a thread of your own that
  /// has SIGPIPE blocked or ignored: a program may end before it has read everything.
  /// - Parameters:
  ///   - timeLimit: from the start of the program to its end.
  ///   - isWanted: asked again and again; the program is killed as if it were late once it is not.
  package static func hand(
    _ bytes: [UInt8], to command: Command, timeLimit: Duration, isWanted: () -> Bool = { true }
  ) throws(SystemError) -> Handing {
    let pipe = try FileDescriptor.pipe()
    let processID = try spawn(command, input: pipe.read.raw, output: -1, error: -1, ownGroup: true)
    let input = pipe.intoWrite()
    var isOpen = true
    defer { if isOpen { close(input) } }
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    let deadline = MonotonicClock.nanoseconds() + timeLimit.wholeNanoseconds
    var rest = bytes[...]
    while true {
      if isOpen, rest.isEmpty || !feed(&rest, to: input) {
        close(input)
        isOpen = false
      }
      var status: Int32 = 0
      let found = waitpid(processID, &status, WNOHANG)
      if found == processID { return .ended(ExitStatus(waitStatus: status), tookAll: rest.isEmpty) }
      // Somebody else has reaped it: how it ended is not known.
      if found < 0, errno != EINTR { return .ended(.signalled(SIGKILL), tookAll: false) }
      guard MonotonicClock.nanoseconds() < deadline, isWanted() else {
        kill(-processID, SIGKILL)
        kill(processID, SIGKILL)
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return .timedOut
      }
      // A pipe that takes more wakes at once; the end of a program is looked for a thousand times a second.
      var entries = [PollEntry(isOpen ? input : -1, .writable)]
      Poll.wait(&entries, nanoseconds: 1_000_000)
    }
  }

  /// Starts a program that is the user's from then on: it does not end with riffle.
  ///
  /// Standard input, output and error are `/dev/null`. Blocks the calling thread until the program ends, however long
  /// that is; use it on a thread of your own.
  /// - Parameters:
  ///   - patience: after this long the program counts as running.
  ///   - isAwaited: asked until then; once it is not, the program counts as running as well.
  ///   - report: called once: how the program ended, or nil if it was running when the patience was over.
  package static func launch(
    _ command: Command, patience: Duration, isAwaited: () -> Bool = { true }, report: (ExitStatus?) -> Void
  ) throws(SystemError) {
    let processID = try spawn(command, input: -1, output: -1, error: -1, ownGroup: true)
    let deadline = MonotonicClock.nanoseconds() + patience.wholeNanoseconds
    var isReported = false
    while true {
      var status: Int32 = 0
      let found = waitpid(processID, &status, isReported ? 0 : WNOHANG)
      if found == processID || found < 0 && errno != EINTR {
        if !isReported { report(found == processID ? ExitStatus(waitStatus: status) : nil) }
        return
      }
      if isReported { continue }
      if MonotonicClock.nanoseconds() >= deadline || !isAwaited() {
        isReported = true
        report(nil)
      } else {
        var nothing: [PollEntry] = []
        Poll.wait(&nothing, nanoseconds: 2_000_000)
      }
    }
  }
}
