// Sockets of the fault server: loopback only, owned, with calls that cannot raise SIGPIPE.

import Platform

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A TCP socket that started programs do not inherit: a connection with an heir does not close when we close it.
private func tcpSocket() -> Int32 {
  #if canImport(Darwin)
    let number = socket(AF_INET, SOCK_STREAM, 0)
    if number >= 0 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    return number
  #elseif canImport(Glibc)
    return socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  #else
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)
  #endif
}

/// A socket that is closed with its last reference.
final class SocketDescriptor: Sendable {
  let number: Int32

  init(_ number: Int32) { self.number = number }

  deinit { close(number) }

  func setOption(_ option: Int32, _ value: Int32) {
    var value = value
    setsockopt(number, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Makes close send a reset.
  func lingerNot() {
    var value = linger(l_onoff: 1, l_linger: 0)
    setsockopt(number, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout<linger>.size))
  }

  /// Small pieces leave at once.
  func sendAtOnce() {
    var value: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<Int32>.size))
    #if canImport(Darwin)
      setOption(SO_NOSIGPIPE, 1)
    #endif
  }

  /// What the system took; 0 or less if the connection is gone.
  func send(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Darwin)
      Darwin.send(number, bytes.baseAddress, bytes.count, 0)
    #elseif canImport(Glibc)
      Glibc.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      Musl.send(number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #endif
  }

  /// The next bytes; empty if the connection is gone.
  func receive() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
      count = max(0, recv(number, buffer.baseAddress, buffer.count, 0))
    }
  }

  func shutDown(_ how: ShutDown) { shutdown(number, how.rawValue) }

  enum ShutDown {
    case writing, both

    var rawValue: Int32 {
      #if canImport(Glibc)
        self == .writing ? Int32(SHUT_WR) : Int32(SHUT_RDWR)
      #else
        self == .writing ? SHUT_WR : SHUT_RDWR
      #endif
    }
  }
}

/// A listening socket on 127.0.0.1.
final class LoopbackListener: Sendable {
  let descriptor: SocketDescriptor
  let port: Int

  init(backlog: Int32) throws {
    let number = tcpSocket()
    guard number >= 0 else { throw FaultServerError("socket") }
    descriptor = SocketDescriptor(number)
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(number, pointer, length) == 0 && listen(number, backlog) == 0 && getsockname(number, pointer, &length) == 0
      }
    }
    guard isBound else { throw FaultServerError("bind") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// The next connection; nil if the socket was shut down.
  func accept() -> SocketDescriptor? {
    #if canImport(Darwin)
      let number = Darwin.accept(descriptor.number, nil, nil)
    #elseif canImport(Glibc)
      let number = Glibc.accept(descriptor.number, nil, nil)
    #else
      let number = Musl.accept(descriptor.number, nil, nil)
    #endif
    guard number >= 0 else { return nil }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    let socket = SocketDescriptor(number)
    socket.sendAtOnce()
    return socket
  }

  static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    return address
  }
}

/// A port that nobody answers: connecting to it neither succeeds nor fails.
///
/// Its queue of connections is full, and Linux then drops further attempts silently.
package final class UnansweredPort: Sendable {
  /// The port on 127.0.0.1.
  package let port: Int
  private let listener: LoopbackListener
  private let fillers: [SocketDescriptor]

  /// Fills the queue.
  package init() throws {
    let listener = try LoopbackListener(backlog: 0)
    let port = listener.port
    fillers = try (0..<4).map { _ in
      let number = tcpSocket()
      guard number >= 0 else { throw FaultServerError("socket") }
      let socket = SocketDescriptor(number)
      _ = fcntl(number, F_SETFL, O_NONBLOCK)
      var address = LoopbackListener.address(port: port)
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          _ = connect(number, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      return socket
    }
    // The first one gets the only place; until it has, the queue is open.
    var first = pollfd(fd: fillers[0].number, events: Int16(POLLOUT), revents: 0)
    guard poll(&first, 1, 5_000) == 1 else { throw SystemError("connect", code: ETIMEDOUT) }
    self.listener = listener
    self.port = port
  }
}

/// A port nobody listens on: it was free a moment ago.
package func closedPort() throws -> Int { try LoopbackListener(backlog: 1).port }

/// Whether somebody takes connections there.
func canConnect(port: Int) -> Bool {
  let number = tcpSocket()
  guard number >= 0 else { return false }
  let socket = SocketDescriptor(number)
  var address = LoopbackListener.address(port: port)
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      connect(socket.number, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}
