// The threads that tasks run on. The pool that the language brings on Linux has a monitor that wakes the process once a
// second for as long as it lives, which a program that promises to be quiet cannot have; this one sleeps until there is
// a job or a timer is due. Actors with an executor of their own (`ThreadExecutor`) are not concerned.

#if os(Linux) && compiler(>=6.3)
  import Glibc
  @_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) import _Concurrency

  /// A few threads that run the process's tasks, and wake for them alone.
  ///
  /// `@unchecked Sendable`: everything mutable is only touched while `mutex` is held.
  package final class TaskPool: TaskExecutor, SchedulingExecutor, @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private let limit: Int
    private var jobs = JobRing()
    private var timers = TimerHeap()
    private var workers = 0
    private var idle = 0
    /// When the worker that waits for the timers will wake by itself; nil if none does.
    private var watchedDeadline: UInt64?

    /// A pool without threads; each starts when a job finds no other free.
    /// - Parameter limit: how many threads there may be, at least 1.
    package init(limit: Int) {
      self.limit = max(1, limit)
      mutex = .allocate(capacity: 1)
      mutex.initialize(to: pthread_mutex_t())
      pthread_mutex_init(mutex, nil)
      changed = .allocate(capacity: 1)
      changed.initialize(to: pthread_cond_t())
      // Deadlines are instants of the clock that only goes forward.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(changed, &attributes)
      pthread_condattr_destroy(&attributes)
    }

    /// Makes all tasks of the process run on a pool of this kind. To be called once, before the first task.
    package static func install() {
      _createExecutors(factory: Factory.self)
    }

    private struct Factory: ExecutorFactory {
      // Nothing is isolated to the main actor; the main thread belongs to the event loop.
      static var mainExecutor: any MainExecutor { PlatformExecutorFactory.mainExecutor }
      // Two at least: a task that reads a file must not hold up a stream. More than four would have nothing to do.
      static let defaultExecutor: any TaskExecutor = TaskPool(
        limit: min(max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 4))
    }

    /// Adds a job; called by the Swift runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
      let job = UnownedJob(job)
      let mustRunHere = locked {
        jobs.append(job)
        if idle > 0 { pthread_cond_signal(changed) }
        // Who was woken for an earlier job is still counted as idle, and may be busy for long with that one.
        return jobs.count > idle && !addWorker()
      }
      // No thread to be had: the caller's own does the work. Slow is better than an await that never returns.
      if mustRunHere { drain() }
    }

    /// Adds a job that is due after a while; called by the Swift runtime.
    package func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
      guard let delay = delay as? Duration else {
        return enqueue(job, at: clock.now.advanced(by: delay), tolerance: tolerance, clock: clock)
      }
      schedule(UnownedJob(job), after: delay)
    }

    /// Adds a job that is due at an instant; called by the Swift runtime.
    package func enqueue<C: Clock>(
      _ job: consuming ExecutorJob, at instant: C.Instant, tolerance: C.Duration?, clock: C
    ) {
      // A clock with a time of its own cannot be waited for here; the program has none.
      let delay = clock.now.duration(to: instant) as? Duration
      assert(delay != nil, "a clock that does not count in seconds")
      schedule(UnownedJob(job), after: delay ?? .zero)
    }

    private func schedule(_ job: UnownedJob, after delay: Duration) {
      let (seconds, attoseconds) = delay.components
      let bounded = UInt64(min(max(0, seconds), 1 << 32)) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
      let due = MonotonicClock.nanoseconds() + bounded
      let mustWaitHere = locked {
        timers.insert(job, due: due)
        if let watchedDeadline, watchedDeadline <= due { return false }
        if idle > 0 {
          pthread_cond_signal(changed)
          return false
        }
        return !addWorker()
      }
      if mustWaitHere { drain() }
    }

    // MARK: Workers

    /// Starts a thread if there may be one more; the lock is held.
    /// - Returns: false if there is no thread at all to do the work.
    private func addWorker() -> Bool {
      guard workers < limit else { return true }
      do {
        workers += 1
        try startThread(named: "tasks", stackBytes: 0) { self.work() }
        return true
      } catch {
        workers -= 1
        return workers > 0
      }
    }

    private func work() {
      while true {
        let job = locked { next() }
        job.runSynchronously(on: asUnownedTaskExecutor())
      }
    }

    /// Runs what is queued, and then what will be due, on the calling thread, until nothing is left.
    private func drain() {
      while true {
        let (job, due) = locked { (jobs.popFirst(), timers.earliest) }
        if let job {
          job.runSynchronously(on: asUnownedTaskExecutor())
        } else if let due {
          let now = MonotonicClock.nanoseconds()
          if due > now { usleep(UInt32((due - now) / 1000 + 1)) }
          locked { timers.popFirst() }?.runSynchronously(on: asUnownedTaskExecutor())
        } else {
          return
        }
      }
    }

    /// Waits for a job; the lock is held.
    private func next() -> UnownedJob {
      while true {
        if let first = timers.earliest, first <= MonotonicClock.nanoseconds(), let job = timers.popFirst() {
          passTimersOn()
          return job
        }
        if let job = jobs.popFirst() {
          passTimersOn()
          return job
        }
        idle += 1
        if let due = timers.earliest, watchedDeadline.map({ due < $0 }) ?? true {
          // This worker wakes for the earliest timer; another that waited for a later one wakes once in vain.
          watchedDeadline = due
          var time = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
          pthread_cond_timedwait(changed, mutex, &time)
          if watchedDeadline == due { watchedDeadline = nil }
        } else {
          pthread_cond_wait(changed, mutex)
        }
        idle -= 1
      }
    }

    /// Before a worker becomes busy: another has to wait for the timers; the lock is held.
    private func passTimersOn() {
      if timers.earliest != nil, watchedDeadline == nil, idle > 0 { pthread_cond_signal(changed) }
    }

    private func locked<R>(_ body: () -> R) -> R {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return body()
    }
  }

  /// Jobs in the order in which they came.
  private struct JobRing {
    private var storage: [UnownedJob?] = Array(repeating: nil, count: 64)
    private var head = 0
    private(set) var count = 0

    mutating func append(_ job: UnownedJob) {
      if count == storage.count {
        // Unrolled, so that the oldest job stands first.
        storage = Array(storage[head...]) + Array(storage[..<head]) + Array(repeating: nil, count: count)
        head = 0
      }
      storage[(head + count) % storage.count] = job
      count += 1
    }

    mutating func popFirst() -> UnownedJob? {
      guard count > 0 else { return nil }
      defer {
        storage[head] = nil
        head = (head + 1) % storage.count
        count -= 1
      }
      return storage[head]
    }
  }

  /// Jobs by the time when they are due.
  private struct TimerHeap {
    private struct Entry {
      let due: UInt64
      /// Equal times keep their order.
      let number: Int
      let job: UnownedJob

      func isBefore(_ other: Entry) -> Bool { (due, number) < (other.due, other.number) }
    }

    private var entries: [Entry] = []
    private var lastNumber = 0

    var earliest: UInt64? { entries.first?.due }

    mutating func insert(_ job: UnownedJob, due: UInt64) {
      lastNumber += 1
      entries.append(Entry(due: due, number: lastNumber, job: job))
      var child = entries.count - 1
      while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
        entries.swapAt(child, (child - 1) / 2)
        child = (child - 1) / 2
      }
    }

    mutating func popFirst() -> UnownedJob? {
      guard let first = entries.first, let last = entries.popLast() else { return nil }
      guard !entries.isEmpty else { return first.job }
      entries[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < entries.count && entries[child].isBefore(entries[least]) { least = child }
        guard least != parent else { return first.job }
        entries.swapAt(parent, least)
        parent = least
      }
    }
  }
#else
  /// Where the language's own pool is quiet, or cannot be replaced, it stays.
  package enum TaskPool {
    /// Nothing to install.
    package static func install() {}
  }
#endif
