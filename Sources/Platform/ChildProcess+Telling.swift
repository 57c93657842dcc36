// Programs that are told something and do what they like with it: in a session of their own, without the terminal, and
// not ended with us.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension ChildProcess {
  /// Gives a program `bytes` as its input and waits for its end; what it leaves behind goes on.
  ///
  /// Blocks the calling thread; use it on a thread of your own that has SIGPIPE blocked or ignored. If that thread goes
  /// with its process, the program stays.
  /// - Parameters:
  ///   - output: where standard output and standard error go; `nil` is `/dev/null`.
  ///   - timeLimit: from the start of the program to its end; a late one is killed with its children.
  package static func tell(
    _ bytes: [UInt8], to command: Command, output: Int32?, timeLimit: Duration
  ) throws(SystemError) -> Handing {
    let pipe = try FileDescriptor.pipe()
    let processID = try spawn(
      command, input: pipe.read.raw, output: output ?? -1, error: output ?? -1, ownGroup: true, ownSession: true)
    let input = pipe.intoWrite()
    var isOpen = true
    defer { if isOpen { close(input) } }
    _ = fcntl(input, F_SETFL, O_NONBLOCK)
    let deadline = MonotonicClock.nanoseconds() + timeLimit.wholeNanoseconds
    var rest = bytes[...]
    var pause: UInt64 = 1_000_000
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
      guard MonotonicClock.nanoseconds() < deadline else {
        kill(-processID, SIGKILL)
        kill(processID, SIGKILL)
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        return .timedOut
      }
      var entries = [PollEntry(isOpen ? input : -1, .writable)]
      Poll.wait(&entries, nanoseconds: pause)
      // Nobody waits for its end: most are over at once, and the others are looked at ever less often.
      pause = min(pause * 2, 100_000_000)
    }
  }
}
