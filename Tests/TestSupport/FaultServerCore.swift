// The threads of the fault server and what they share.

import Platform

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// State behind a lock with waiting: server threads wait for signals, tests for the log.
///
/// `@unchecked Sendable`: everything mutable is touched only with `mutex` held.
final class FaultServerCore: @unchecked Sendable {
  typealias Log = FaultServer.Log
  typealias Script = @Sendable (FaultServer.Request) -> FaultServer.Answer

  private struct Waiter {
    let condition: @Sendable (Log) -> Bool
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Bool, Never>
  }

  private let listener: LoopbackListener
  private let readsBodies: Bool
  private let greeting: String
  private let script: Script
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var state = Log()
  private var signals: Set<String> = []
  private var waiters: [Waiter] = []
  private var sockets: [Int: SocketDescriptor] = [:]
  private var isStopping = false
  private var hasTimekeeper = false

  init(_ listener: LoopbackListener, readsBodies: Bool, greeting: String, _ script: @escaping Script) {
    self.greeting = greeting
    self.listener = listener
    self.readsBodies = readsBodies
    self.script = script
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    changed = .allocate(capacity: 1)
    changed.initialize(to: pthread_cond_t())
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  // MARK: For tests

  var log: Log { locked { state } }

  func signal(_ name: String) {
    locked { _ = signals.insert(name) }
    pthread_cond_broadcast(changed)
  }

  func stop() {
    locked {
      isStopping = true
      for socket in sockets.values { socket.shutDown(.both) }
    }
    listener.descriptor.shutDown(.both)
    pthread_cond_broadcast(changed)
  }

  func wait(until condition: @escaping @Sendable (Log) -> Bool, deadline: ContinuousClock.Instant) async -> Bool {
    await withCheckedContinuation { continuation in
      let isTrue = locked {
        if condition(state) { return true }
        waiters.append(Waiter(condition: condition, deadline: deadline, continuation: continuation))
        return false
      }
      if isTrue { continuation.resume(returning: true) } else { keepTime() }
    }
  }

  /// One thread watches the deadlines of waiting tests while there are any.
  private func keepTime() {
    let isNeeded = locked {
      defer { hasTimekeeper = true }
      return !hasTimekeeper
    }
    pthread_cond_broadcast(changed)
    if !isNeeded { return }
    do {
      try startServerThread { [self] in
        while let next = locked({ nextDeadline() }) { pause(until: next) { self.nextDeadline() != next } }
      }
    } catch {
      locked {
        for waiter in waiters { waiter.continuation.resume(returning: false) }
        waiters = []
      }
    }
  }

  /// Ends waiters whose time is up; nil, and the timekeeper leaves, if none is left.
  private func nextDeadline() -> ContinuousClock.Instant? {
    let now = ContinuousClock.now
    waiters.removeAll { waiter in
      guard waiter.deadline <= now else { return false }
      waiter.continuation.resume(returning: false)
      return true
    }
    guard let next = waiters.map(\.deadline).min() else {
      hasTimekeeper = false
      return nil
    }
    return next
  }

  // MARK: For connections

  func note(_ change: (inout Log) -> Void) {
    let fulfilled = locked {
      change(&state)
      if waiters.isEmpty { return [CheckedContinuation<Bool, Never>]() }
      let fulfilled = waiters.filter { $0.condition(state) }.map(\.continuation)
      waiters.removeAll { $0.condition(state) }
      return fulfilled
    }
    for continuation in fulfilled { continuation.resume(returning: true) }
  }

  /// Whether the server goes on.
  func waitForSignal(_ name: String) -> Bool {
    locked {
      while !signals.contains(name) && !isStopping { pthread_cond_wait(changed, mutex) }
      return !isStopping
    }
  }

  /// Whether the server goes on.
  func pause(_ duration: Duration) -> Bool {
    pause(until: .now + duration) { false }
    return locked { !isStopping }
  }

  var goesOn: Bool { locked { !isStopping } }

  /// Sleeps until then, or until stopped, or until something changed for which `isOver` says so with the lock held.
  private func pause(until end: ContinuousClock.Instant, _ isOver: () -> Bool) {
    locked {
      while !isStopping && !isOver() {
        let left = ContinuousClock.now.duration(to: end)
        if left <= .zero { return }
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let (seconds, attoseconds) = left.components
        let nanoseconds = Int(time.tv_nsec) + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(changed, mutex, &time)
      }
    }
  }

  func acceptConnections() {
    while let socket = listener.accept() {
      let number = locked {
        state.connections += 1
        sockets[state.connections] = socket
        if isStopping { socket.shutDown(.both) }
        return state.connections
      }
      note { _ in }
      do {
        try startServerThread { [self] in
          let connection = FaultServerConnection(socket, number: number, core: self)
          if greeting.isEmpty || connection.send(Array(greeting.utf8)) {
            connection.serve(readsBodies: readsBodies, script)
          }
          locked { sockets[number] = nil }
        }
      } catch {
        locked { sockets[number] = nil }
      }
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// One connection, on its own thread.
final class FaultServerConnection {
  private let socket: SocketDescriptor
  private let number: Int
  private let core: FaultServerCore
  private var unread: [UInt8] = []
  private var framing = FaultServer.Framing.asGiven

  init(_ socket: SocketDescriptor, number: Int, core: FaultServerCore) {
    self.socket = socket
    self.number = number
    self.core = core
  }

  func serve(readsBodies: Bool, _ script: FaultServerCore.Script) {
    var count = 0
    while let request = readRequest(number: count + 1, readsBody: readsBodies) {
      count += 1
      core.note { $0.requests.append(request) }
      guard perform(script(request)), readsBodies else { return }
    }
    noteClosure()
  }

  // MARK: Answering

  /// Whether the connection is kept.
  private func perform(_ answer: FaultServer.Answer) -> Bool {
    switch answer {
    case .respond(let status, let headers, let body):
      return perform(.head(status, headers, framing: .length(body.count))) && perform(.bytes(body))
    case .stream(let steps):
      framing = .untilClose
      for step in steps where !perform(step) { return false }
      switch framing {
      case .chunked: return send(Array("0\r\n\r\n".utf8))
      case .untilClose: return false
      case .length, .asGiven: return true
      }
    }
  }

  /// Whether the script goes on.
  private func perform(_ step: FaultServer.Step) -> Bool {
    switch step.kind {
    case .head(let status, let headers, let framing):
      self.framing = framing
      return send(head(status, headers))
    case .bytes(let bytes):
      return send(framed(bytes))
    case .raw(let bytes):
      return send(bytes)
    case .fill(let count):
      return fill(count)
    case .trickle(let bytes, let interval):
      return bytes.allSatisfy { send(framed([$0])) && core.pause(interval) }
    case .pause(let duration):
      return core.pause(duration)
    case .waitForSignal(let name):
      return core.waitForSignal(name)
    case .waitForClose:
      while !socket.receive().isEmpty {}
      noteClosure()
      return false
    case .collect(let count):
      guard let bytes = read(count: count) else { return false }
      core.note { $0.collected += bytes }
      return true
    case .halfClose:
      socket.shutDown(.writing)
      while !socket.receive().isEmpty {}
      noteClosure()
      return false
    case .close:
      socket.shutDown(.both)
      return false
    case .reset:
      socket.lingerNot()
      return false
    }
  }

  private func noteClosure() {
    let (number, now) = (number, ContinuousClock.now)
    if core.goesOn { core.note { $0.closures.append(.init(connection: number, at: now)) } }
  }

  private func head(_ status: Int, _ headers: KeyValuePairs<String, String>) -> [UInt8] {
    var text = "HTTP/1.1 \(status) Scripted\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    switch framing {
    case .chunked: text += "Transfer-Encoding: chunked\r\n"
    case .length(let count): text += "Content-Length: \(count)\r\n"
    case .untilClose: text += "Connection: close\r\n"
    case .asGiven: break
    }
    return Array((text + "\r\n").utf8)
  }

  private func framed(_ bytes: [UInt8]) -> [UInt8] {
    guard framing == .chunked, !bytes.isEmpty else { return bytes }
    return Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
  }

  private func fill(_ count: Int) -> Bool {
    var pattern = Pattern()
    var left = count
    while left > 0 {
      let piece = pattern.next(min(left, 16 * 1024))
      guard send(framed(piece), isLogged: false) else { return false }
      left -= piece.count
    }
    return true
  }

  func send(_ bytes: [UInt8], isLogged: Bool = true) -> Bool {
    let number = number
    if isLogged {
      let send = FaultServer.Log.Send(connection: number, count: bytes.count, at: .now)
      core.note { $0.sends.append(send) }
    }
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { socket.send(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
      guard count > 0 else {
        noteClosure()
        return false
      }
      sent += count
      core.note { $0.bytesSent += count }
    }
    return true
  }

  // MARK: Reading

  private func readRequest(number: Int, readsBody: Bool) -> FaultServer.Request? {
    guard let head = read(until: Array("\r\n\r\n".utf8)) else { return nil }
    var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    guard !lines.isEmpty else { return nil }
    let parts = lines.removeFirst().split(separator: " ")
    guard parts.count == 3 else { return nil }
    let headers = lines.map { line in
      let name = line.prefix { $0 != ":" }
      let value = line.dropFirst(name.count + 1).drop { $0 == " " }
      return (name: String(name), value: String(value))
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
    guard let body = readsBody ? read(count: length) : [] else { return nil }
    return FaultServer.Request(
      method: String(parts[0]), target: String(parts[1]), headers: headers, body: body, connection: self.number,
      number: number, received: .now)
  }

  private func read(until end: [UInt8]) -> [UInt8]? {
    var searched = 0
    while true {
      if unread.count >= end.count {
        for start in searched...(unread.count - end.count) where unread[start..<(start + end.count)].elementsEqual(end)
        {
          let head = Array(unread[..<start])
          unread.removeFirst(start + end.count)
          return head
        }
        searched = unread.count - end.count + 1
      }
      let bytes = socket.receive()
      if bytes.isEmpty { return nil }
      unread += bytes
    }
  }

  private func read(count: Int) -> [UInt8]? {
    while unread.count < count {
      let bytes = socket.receive()
      if bytes.isEmpty { return nil }
      unread += bytes
    }
    let body = Array(unread[..<count])
    unread.removeFirst(count)
    return body
  }
}
