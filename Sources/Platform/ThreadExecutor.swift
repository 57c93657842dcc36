// Runs the jobs of an actor one after another on a thread of its own, so that blocking calls (SQLite, files) never occupy
// the cooperative pool, which has one thread per core.

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A serial executor with one thread.
///
/// The thread starts with the first job and sleeps while there is none. An actor uses it so:
/// `nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }`.
package final class ThreadExecutor: SerialExecutor {
  private let queue: JobQueue
  private let name: String

  /// An executor whose thread will carry `name` (15 bytes are shown on Linux).
  package init(named name: String) {
    self.name = name
    queue = JobQueue()
  }

  deinit {
    queue.retire()
  }

  /// Adds a job; called by the Swift runtime.
  package func enqueue(_ job: consuming ExecutorJob) {
    // The runtime does not keep the executor: once the job is handed over it may run, and take the actor and this object
    // with it. So handing over is the last thing that happens here.
    if !queue.append(UnownedJob(job), for: self, threadName: name) {
      // No thread to be had: the caller's own thread does the work. Slow is better than an await that never returns.
      withExtendedLifetime(queue) { queue.run() }
    }
  }

  /// Whether the caller runs on the executor's thread; called by the Swift runtime.
  package func checkIsolated() {
    precondition(queue.isCurrentThread, "not on the executor's thread")
  }

  /// Finishes the jobs that are queued, ends the thread and waits for it.
  ///
  /// A job that comes later starts a thread again, so nothing that awaits the actor is ever left hanging.
  /// Must not be called from a job.
  package func shutdown() {
    queue.retire()
    queue.takeThread()?.join()
  }
}

/// The queue between enqueuing threads and the executor's.
///
/// `@unchecked Sendable`: everything mutable is only touched while `mutex` is held.
private final class JobQueue: @unchecked Sendable {
  private struct Entry {
    let job: UnownedJob
    /// Kept until the job is done: the actor may go away with its last job, and its executor with it.
    let executor: ThreadExecutor
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let filled: UnsafeMutablePointer<pthread_cond_t>
  private var entries: [Entry] = []
  private var isRunning = false
  private var isRetired = false
  private var runner: pthread_t?
  private var thread: OwnedThread?

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    filled = .allocate(capacity: 1)
    filled.initialize(to: pthread_cond_t())
    pthread_cond_init(filled, nil)
  }

  deinit {
    pthread_cond_destroy(filled)
    filled.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Adds a job, and a thread if none runs.
  ///
  /// - Returns: false if there is no thread and the caller must call `run` itself.
  func append(_ job: UnownedJob, for executor: ThreadExecutor, threadName: String) -> Bool {
    locked {
      entries.append(Entry(job: job, executor: executor))
      if isRunning {
        pthread_cond_signal(filled)
        return true
      }
      isRunning = true
      isRetired = false
      do {
        thread = try startThread(named: threadName, stackBytes: 0) { [self] in run() }
        return true
      } catch {
        isRetired = true
        return false
      }
    }
  }

  /// Runs jobs until the queue is retired and empty.
  func run() {
    locked { runner = pthread_self() }
    while let entry = next() {
      entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
    }
  }

  /// Lets the thread end once nothing is queued.
  func retire() {
    locked {
      isRetired = true
      pthread_cond_signal(filled)
    }
  }

  func takeThread() -> OwnedThread? {
    locked {
      defer { thread = nil }
      return thread
    }
  }

  var isCurrentThread: Bool {
    locked { runner.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  private func next() -> Entry? {
    locked {
      while entries.isEmpty {
        if isRetired {
          isRunning = false
          runner = nil
          return nil
        }
        pthread_cond_wait(filled, mutex)
      }
      return entries.removeFirst()
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}
