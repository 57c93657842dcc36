#if os(Linux) && compiler(>=6.3)
  import Glibc
  import Platform
  import Testing

  @Suite("The pool of threads for tasks")
  struct TaskPoolTests {
    @Test("Every task runs, on no more threads than there may be", arguments: [1, 2, 4])
    func limit(_ limit: Int) async {
      let pool = TaskPool(limit: limit)
      let threads = Locked<Set<UInt>>([])
      let tasks = (0..<2_000).map { number in
        Task(executorPreference: pool) {
          await Task.yield()
          _ = threads.withLock { $0.insert(UInt(pthread_self())) }
          return number
        }
      }
      var sum = 0
      for task in tasks { sum += await task.value }
      #expect(sum == 1_999 * 1_000)
      #expect((1...limit).contains(threads.withLock { $0.count }))
    }

    @Test("A task that blocks its thread holds up no other while there may be one more")
    func blocking() async throws {
      let pool = TaskPool(limit: 2)
      let released = Locked(false)
      // The order in which the two come must not matter.
      for _ in 0..<20 {
        released.withLock { $0 = false }
        let blocked = Task(executorPreference: pool) {
          while !released.withLock({ $0 }) { usleep(100) }
        }
        let other = Task(executorPreference: pool) { released.withLock { $0 = true } }
        await other.value
        await blocked.value
      }
    }

    @Test(
      "Timers go off in the order of their times, and the earlier of two that were set late too", arguments: [1, 3])
    func timers(_ limit: Int) async {
      let pool = TaskPool(limit: limit)
      let order = Locked<[Int]>([])
      let begun = MonotonicClock.nanoseconds()
      let sleepers = [60, 20, 40, 0].map { milliseconds in
        Task(executorPreference: pool) {
          await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Self.after(milliseconds, on: pool) { continuation.resume() }
          }
          order.withLock { $0.append(milliseconds) }
          return MonotonicClock.nanoseconds() - begun
        }
      }
      for (sleeper, milliseconds) in zip(sleepers, [60, 20, 40, 0]) {
        #expect(await sleeper.value >= UInt64(milliseconds) * 1_000_000)
      }
      #expect(order.withLock { $0 } == [0, 20, 40, 60])
    }

    @Test("Many timers, set in any order, all go off")
    func manyTimers() async {
      let pool = TaskPool(limit: 2)
      let count = Locked(0)
      let sleepers = (0..<500).map { number in
        Task(executorPreference: pool) {
          await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            Self.after(number * 7_919 % 31, on: pool) { continuation.resume() }
          }
          count.withLock { $0 += 1 }
        }
      }
      for sleeper in sleepers { await sleeper.value }
      #expect(count.withLock { $0 } == 500)
    }

    /// Runs something after a while by the pool's own timers.
    private static func after(_ milliseconds: Int, on pool: TaskPool, _ body: @escaping @Sendable () -> Void) {
      let task = Task(executorPreference: TimerExecutor(pool, milliseconds)) { body() }
      _ = task
    }
  }

  /// Runs what it gets on a pool, later.
  private final class TimerExecutor: TaskExecutor {
    private let pool: TaskPool
    private let milliseconds: Int

    init(_ pool: TaskPool, _ milliseconds: Int) {
      self.pool = pool
      self.milliseconds = milliseconds
    }

    func enqueue(_ job: consuming ExecutorJob) {
      pool.enqueue(job, after: .milliseconds(milliseconds), tolerance: nil, clock: ContinuousClock())
    }
  }
#endif
