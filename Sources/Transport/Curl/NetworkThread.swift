// The thread all transfers of a client run on, as others see it: a queue of commands and a way to wake it. What it does is
// `TransferLoop`. Nothing of libcurl is called elsewhere, except the wake-up, which may be.

import CCurl
import Platform

/// The owner of the network's thread.
final class NetworkThread: Sendable {
  enum Command: Sendable {
    case start(UInt64, HTTPRequest, TransferMailbox)
    case cancel(UInt64)
    case resume(UInt64)
  }

  let configuration: HTTPClient.Configuration
  private let state = Locked(State())

  init(_ configuration: HTTPClient.Configuration) {
    self.configuration = configuration
  }

  /// Queues a request, starting the thread if there is none.
  func start(_ request: HTTPRequest, into mailbox: TransferMailbox) -> UInt64 {
    let (id, refusal) = state.withLock { state -> (UInt64, TransportError?) in
      state.lastID += 1
      if state.isStopping { return (state.lastID, .cancelled) }
      if state.thread == nil {
        do {
          state.thread = try startThread(named: "transport") { [self] in run() }
        } catch {
          return (state.lastID, .outOfResources(detail: "no thread could be started"))
        }
      }
      state.add(.start(state.lastID, request, mailbox))
      return (state.lastID, nil)
    }
    if let refusal { mailbox.finish(.failure(refusal)) }
    return id
  }

  /// Starts the thread if there is none, and returns when it works, or cannot: the request that follows will say why.
  func prepare() async {
    await withUnsafeContinuation { waiter in
      let isReady = state.withLock { state in
        if state.isStopping || state.waking != nil { return true }
        if state.thread == nil {
          do {
            state.thread = try startThread(named: "transport") { [self] in run() }
          } catch {
            return true
          }
        }
        state.waiters.append(waiter)
        return false
      }
      if isReady { waiter.resume() }
    }
  }

  private func resumeWaiters() {
    let waiters = state.withLock { state in
      let waiters = state.waiters
      state.waiters = []
      return waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Queues a command. Cheap: the thread is woken for the first of several.
  func submit(_ command: Command) {
    state.withLock { $0.add(command) }
  }

  /// Tells the thread to cancel everything and end.
  func stop() {
    state.withLock { state in
      state.isStopping = true
      state.wake()
    }
  }

  /// Waits for the thread to end.
  func join() {
    let thread = state.withLock { $0.thread }
    thread?.join()
  }

  private func run() {
    var reason = [CChar](repeating: 0, count: 512)
    guard let library = ccurl_load(&reason, reason.count) else {
      let text = String(decoding: reason.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      return failEverything(.libraryMissing(reason: text))
    }
    guard let loop = TransferLoop(library, configuration) else {
      return failEverything(.outOfResources(detail: "the transfer library could not be started"))
    }
    state.withLock { $0.waking = Waking(library: library, multi: loop.multi) }
    resumeWaiters()
    while let commands = takeCommands() {
      for command in commands { loop.perform(command) }
      loop.turn()
    }
    // Before the handle goes: a wake-up must not find it.
    state.withLock { $0.waking = nil }
    loop.cancelAll()
    failEverything(.cancelled)
  }

  /// Commands since the last call; nil to end.
  private func takeCommands() -> [Command]? {
    state.withLock { state in
      if state.isStopping { return nil }
      let commands = state.commands
      state.commands.removeAll(keepingCapacity: true)
      return commands
    }
  }

  /// Ends what is queued. The next request starts a new thread, so that a library installed meanwhile is found.
  private func failEverything(_ error: TransportError) {
    let commands = state.withLock { state in
      let commands = state.commands
      state.commands = []
      if !state.isStopping { state.thread = nil }
      return commands
    }
    for case .start(_, _, let mailbox) in commands { mailbox.finish(.failure(error)) }
    resumeWaiters()
  }

  private struct Waking {
    let library: OpaquePointer
    let multi: UnsafeMutableRawPointer
  }

  private struct State {
    var commands: [Command] = []
    var lastID: UInt64 = 0
    var isStopping = false
    var thread: OwnedThread?
    /// Nil until the loop runs; it looks at the queue before it sleeps for the first time.
    var waking: Waking?
    /// Who waits for the loop to run.
    var waiters: [UnsafeContinuation<Void, Never>] = []

    mutating func add(_ command: Command) {
      if isStopping { return }
      commands.append(command)
      // The thread empties the whole queue, so that only the first command since then has to wake it.
      if commands.count == 1 { wake() }
    }

    func wake() {
      if let waking { ccurl_multi_wakeup(waking.library, waking.multi) }
    }
  }
}
