import Platform
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite struct ChildProcessTests {
  private let environment = Platform.Environment(["PATH": "/usr/bin:/bin", "GREETING": "hello"])

  private func collect(
    _ arguments: [String], input: String = "", maximumBytes: Int = 1 << 16, timeLimit: Duration = .seconds(10)
  ) throws -> ChildProcess.Result {
    try ChildProcess.collect(
      Command(arguments, environment: environment), input: Array(input.utf8), maximumBytes: maximumBytes,
      timeLimit: timeLimit)
  }

  @Test("A program gets its arguments as they are, and nothing of our environment")
  func arguments() throws {
    let result = try collect(["sh", "-c", "printf '%s|' \"$@\" \"$GREETING\" \"$HOME\"", "sh", "a b", "$(x)"])
    #expect(String(decoding: result.output, as: UTF8.self) == "a b|$(x)|hello||")
    #expect(result.status.isSuccess)
  }

  @Test("Input of any length goes through a program")
  func input() throws {
    let text = String(repeating: "line\n", count: 100_000)
    let result = try collect(["cat"], input: text, maximumBytes: 1 << 20)
    #expect(result.output.count == text.utf8.count)
  }

  @Test("A program that writes too much is killed, and what fits is kept")
  func tooMuch() throws {
    let result = try collect(["yes"], maximumBytes: 1_000)
    #expect(result.isTruncated)
    #expect(result.output.count == 1_000)
    #expect(result.status == .signalled(SIGKILL))
  }

  @Test("Output of exactly the limit is not too much")
  func exactlyTheLimit() throws {
    let result = try collect(["printf", "12345"], maximumBytes: 5)
    #expect(result.output == Array("12345".utf8))
    #expect(!result.isTruncated)
  }

  @Test("A program that hangs is killed with its children")
  func tooLong() throws {
    let result = try collect(["sh", "-c", "sleep 100 & echo $!; wait"], timeLimit: .milliseconds(300))
    #expect(result.isTimedOut)
    let grandchild = Int32(String(decoding: result.output, as: UTF8.self).filter(\.isNumber)) ?? 0
    try #require(grandchild > 0)
    // A killed orphan may be a zombie until its new parent reaps it; it must not run.
    #expect(eventually { kill(grandchild, 0) != 0 || isZombie(grandchild) })
  }

  @Test(
    "How a program ended is told",
    arguments: [("exit 3", ExitStatus.exited(3)), ("kill -TERM $$", .signalled(SIGTERM))])
  func status(_ script: String, _ status: Platform.ExitStatus) throws {
    #expect(try collect(["sh", "-c", script]).status == status)
  }

  @Test("A program that does not exist is an error with its name")
  func missing() {
    #expect(throws: SystemError("spawn no-such-program", code: ENOENT)) {
      _ = try collect(["no-such-program"])
    }
  }

  @Test("An argument with a NUL is refused, not cut")
  func embeddedNUL() {
    #expect(throws: SystemError("spawn", code: EINVAL)) { _ = try collect(["echo", "a\0b"]) }
  }

  @Test("A child has an empty signal mask, default dispositions and three descriptors")
  func surroundings() throws {
    signal(SIGPIPE, SIG_IGN)
    let result = try collect(["sh", "-c", "grep -E 'SigBlk|SigIgn' /proc/self/status; ls /proc/self/fd | wc -l"])
    let text = String(decoding: result.output, as: UTF8.self)
    #expect(text.contains("SigBlk:\t0000000000000000"))
    // Signals 1 to 31: the two after them belong to the C library, which lets nobody change them.
    let ignored = text.split(separator: "\n").first { $0.hasPrefix("SigIgn:\t") }.flatMap {
      UInt64($0.dropFirst(8), radix: 16)
    }
    #expect(ignored.map { $0 & 0x7FFF_FFFF } == 0)
    // 0, 1, 2 and the folder that ls reads.
    #expect(text.hasSuffix("4\n"))
  }

  private func isZombie(_ processID: Int32) -> Bool {
    guard let bytes = try? LocalFiles.read("/proc/\(processID)/stat", atMost: 4096) else { return true }
    return String(decoding: bytes, as: UTF8.self).contains(") Z ")
  }

  private func eventually(_ condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.nanoseconds() + 5_000_000_000
    while !condition() {
      if MonotonicClock.nanoseconds() > deadline { return false }
      var nothing: [PollEntry] = []
      Poll.wait(&nothing, nanoseconds: 1_000_000)
    }
    return true
  }
}
