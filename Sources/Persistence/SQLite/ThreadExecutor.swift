// Runs the jobs of an actor one after another on a thread of its own, so that blocking calls never occupy the cooperative pool.

import Glibc

final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let filled: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [(UnownedJob, ThreadExecutor)] = []
  private var isRunning = false

  init(named name: String) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    filled = .allocate(capacity: 1)
    filled.initialize(to: pthread_cond_t())
    pthread_cond_init(filled, nil)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append((job, self))
    let starts = !isRunning
    isRunning = true
    pthread_cond_signal(filled)
    pthread_mutex_unlock(mutex)
    if starts {
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { context in
          guard let context else { return nil }
          Unmanaged<ThreadExecutor>.fromOpaque(context).takeUnretainedValue().run()
          return nil
        }, Unmanaged.passRetained(self).toOpaque())
      pthread_detach(thread)
    }
  }

  private func run() {
    while true {
      pthread_mutex_lock(mutex)
      while jobs.isEmpty { pthread_cond_wait(filled, mutex) }
      let (job, executor) = jobs.removeFirst()
      pthread_mutex_unlock(mutex)
      job.runSynchronously(on: executor.asUnownedSerialExecutor())
    }
  }
}
