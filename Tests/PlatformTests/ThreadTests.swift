import Platform
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An actor whose work runs on its own thread.
private actor Ledger {
  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private var entries: [Int] = []
  private var threads: Set<UInt> = []

  init(_ executor: ThreadExecutor) {
    self.executor = executor
  }

  func append(_ entry: Int) {
    entries.append(entry)
    threads.insert(UInt(pthread_self()))
  }

  var count: Int { entries.count }
  var threadCount: Int { threads.count }
}

@Suite struct ThreadTests {
  @Test("All jobs of an actor run on one thread, none at the same time")
  func oneThread() async {
    let ledger = Ledger(ThreadExecutor(named: "ledger"))
    await withTaskGroup(of: Void.self) { group in
      for entry in 0..<1_000 { group.addTask { await ledger.append(entry) } }
    }
    #expect(await ledger.count == 1_000)
    #expect(await ledger.threadCount == 1)
  }

  @Test("An actor still answers after its executor was shut down")
  func afterShutdown() async {
    let executor = ThreadExecutor(named: "ledger")
    let ledger = Ledger(executor)
    await ledger.append(1)
    executor.shutdown()
    await ledger.append(2)
    executor.shutdown()
    executor.shutdown()
    #expect(await ledger.count == 2)
  }

  @Test("Executors that come and go leave no thread behind")
  func noThreadIsLeft() async {
    func threadCount() -> Int { (try? LocalFiles.names(in: "/proc/self/task").count) ?? 0 }
    let before = threadCount()
    for round in 0..<50 { await Ledger(ThreadExecutor(named: "short")).append(round) }
    let deadline = MonotonicClock.nanoseconds() + 5_000_000_000
    while threadCount() > before + 10, MonotonicClock.nanoseconds() < deadline { await Task.yield() }
    #expect(threadCount() <= before + 10)
  }

  @Test("A thread runs its body and can be waited for more than once")
  func joining() throws {
    let flag = Locked(false)
    let thread = try startThread(named: "test") { flag.withLock { $0 = true } }
    thread.join()
    thread.join()
    #expect(flag.withLock { $0 })
  }

  @Test("A thread takes no signals but faults")
  func signalMask() throws {
    let blocked = Locked<[Bool]>([])
    try startThread(named: "test") {
      var mask = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &mask)
      let found = [SIGTERM, SIGWINCH, SIGSEGV].map { sigismember(&mask, $0) == 1 }
      blocked.withLock { $0 = found }
    }.join()
    #expect(blocked.withLock { $0 } == [true, true, false])
  }

  @Test("A doorbell wakes a sleeping thread, and rings merge")
  func doorbell() throws {
    let bell = Bell(try Doorbell())
    let thread = try startThread(named: "ringer") {
      for _ in 0..<1_000 { bell.doorbell.ring() }
    }
    var entries = [PollEntry(bell.doorbell.descriptor, .readable)]
    #expect(Poll.wait(&entries, nanoseconds: 5_000_000_000) == 1)
    #expect(entries[0].found == .readable)
    thread.join()
    bell.doorbell.silence()
    #expect(Poll.wait(&entries, nanoseconds: 0) == 0)
    #expect(entries[0].found == [])
  }

  @Test("Signals are read as values, in any number")
  func signals() throws {
    // On a thread of its own: the mask of the test runner's threads stays as it is.
    let found = Locked<[Int32]>([])
    try startThread(named: "signals") {
      guard let source = try? SignalSource([SIGUSR1, SIGUSR2]) else { return }
      pthread_kill(pthread_self(), SIGUSR2)
      pthread_kill(pthread_self(), SIGUSR1)
      while let signal = source.next() { found.withLock { $0.append(signal) } }
    }.join()
    #expect(found.withLock { Set($0) } == [SIGUSR1, SIGUSR2])
  }

  private final class Bell: Sendable {
    let doorbell: Doorbell

    init(_ doorbell: consuming Doorbell) {
      self.doorbell = doorbell
    }
  }
}

@Suite struct ValueTests {
  @Test("An empty variable counts as unset")
  func environment() {
    let environment = Environment(["A": "1", "B": ""])
    #expect(environment["A"] == "1")
    #expect(environment["B"] == nil)
    #expect(environment.assignments == ["A=1", "B="])
    #expect(environment.setting("A", to: nil).assignments == ["B="])
    #expect(Environment.captured()["PATH"] != nil)
  }

  @Test("An instant has the same parts after a round trip through the zone's offset")
  func localTime() {
    // 2026-11-25 12:34:56 UTC; whatever the zone, the offset leads back to it.
    let time = LocalTime(millisecondsSince1970: 1_795_610_096_789)
    let seconds = (time.hour * 60 + time.minute) * 60 + time.second - time.secondsFromUTC
    #expect(((seconds % 86_400) + 86_400) % 86_400 == (12 * 60 + 34) * 60 + 56)
    #expect(time.year == 2026 && time.month == 11)
  }

  @Test("A duration in whole nanoseconds neither wraps nor goes below zero")
  func durations() {
    #expect(Duration.milliseconds(1500).wholeNanoseconds == 1_500_000_000)
    #expect(Duration.seconds(-1).wholeNanoseconds == 0)
    #expect(Duration.seconds(Int64.max).wholeNanoseconds == UInt64(Int64.max))
  }

  @Test("A system error says which call and why")
  func systemError() {
    #expect(SystemError("open", code: ENOENT).description == "open: No such file or directory")
  }
}
