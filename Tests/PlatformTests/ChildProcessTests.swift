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

  /// What a program was handed, and how that ended. On a thread of its own, where no signal of a closed pipe comes.
  private func hand(
    _ bytes: [UInt8], to arguments: [String], timeLimit: Duration = .seconds(10),
    isWanted: @escaping @Sendable () -> Bool = { true }
  ) throws -> ChildProcess.Handing? {
    let command = Command(arguments, environment: environment)
    let handing = Locked<ChildProcess.Handing?>(nil)
    try startThread(named: "hand") {
      let result = try? ChildProcess.hand(bytes, to: command, timeLimit: timeLimit, isWanted: isWanted)
      handing.withLock { $0 = result }
    }.join()
    return handing.withLock { $0 }
  }

  @Test("A program is handed its input, and what it leaves behind is neither waited for nor ended")
  func handing() throws {
    let path = "/tmp/riffle-test-\(UInt64.random(in: 0 ... .max))"
    defer { try? LocalFiles.remove(path) }
    // As xclip does: it takes the text, and a child of it stays, with everything open that it was given.
    let script = "cat > \(path); sleep 100 & echo $! >> \(path)"
    let text = Array(String(repeating: "x", count: 300_000).utf8)
    #expect(try hand(text, to: ["sh", "-c", script]) == .ended(.exited(0), tookAll: true))
    let written = try LocalFiles.read(path, atMost: 1 << 20)
    #expect(written.starts(with: text))
    let child = try #require(Int32(String(decoding: written.dropFirst(text.count), as: UTF8.self).filter(\.isNumber)))
    #expect(kill(child, 0) == 0 && !isZombie(child))
    kill(child, SIGKILL)
  }

  @Test("A program that does not take its input in time, or that nobody wants any more, is killed")
  func handingTooLong() throws {
    let text = [UInt8](repeating: 65, count: 1 << 20)
    #expect(try hand(text, to: ["sleep", "100"], timeLimit: .milliseconds(100)) == .timedOut)
    #expect(try hand([], to: ["sleep", "100"], isWanted: { false }) == .timedOut)
  }

  @Test("A program that does not read everything is told from one that does")
  func handingTooMuch() throws {
    let text = [UInt8](repeating: 65, count: 1 << 20)
    #expect(try hand(text, to: ["true"]) == .ended(.exited(0), tookAll: false))
    #expect(try hand([65], to: ["sh", "-c", "cat >/dev/null; exit 3"]) == .ended(.exited(3), tookAll: true))
    #expect(try hand([], to: ["no-such-program"]) == nil)
  }

  @Test("A program that is launched counts as running when it has not ended after a while, and goes on")
  func launching() throws {
    let command = Command(["sh", "-c", "exit 4"], environment: environment)
    var statuses: [Platform.ExitStatus?] = []
    try ChildProcess.launch(command, patience: .seconds(10)) { statuses.append($0) }
    let other = Command(["sleep", "0.2"], environment: environment)
    try ChildProcess.launch(other, patience: .milliseconds(10)) { statuses.append($0) }
    #expect(statuses == [.exited(4), nil])
  }

  @Test("Programs are found on PATH by their names, in absolute folders alone")
  func search() {
    let environment = Environment(["PATH": "relative:.:/nowhere:/usr/bin:/bin"])
    #expect(environment.program("sh").map { ["/usr/bin/sh", "/bin/sh"].contains($0) } == true)
    #expect(environment.program("/bin/sh") == "/bin/sh")
    #expect(environment.program("no-such-program") == nil)
    #expect(environment.program("") == nil)
    #expect(environment.program("/etc/passwd") == nil)
    #expect(Environment(["PATH": "."]).program("sh") == nil)
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
