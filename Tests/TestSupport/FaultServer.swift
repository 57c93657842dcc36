// A server that does what a test tells it to: answers, stalls, lies, cuts and resets at chosen bytes. HTTP/1.1 on a loopback
// port, one thread per connection, no Foundation. Not a good server; `FaultServerTLS` puts a real one in front of it.

import Platform

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A scripted HTTP/1.1 server in this process.
///
/// ```swift
/// let server = try FaultServer { request in
///   .stream([.head(200, ["content-type": "text/event-stream"]), .bytes("data: 1\n\n"), .waitForSignal("go"), .reset])
/// }
/// ```
/// Ends with its last reference; every connection is then closed.
package final class FaultServer: Sendable {
  /// What a client asked.
  package struct Request: Sendable {
    /// The request line's parts.
    package let method: String
    package let target: String
    /// In order, as sent.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Which connection of the server, from 1, and which request on it, from 1.
    package let connection: Int
    package let number: Int
    /// When it had arrived whole.
    package let received: ContinuousClock.Instant

    /// The first value of a header, compared without case.
    package func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What to do with a request.
  package enum Answer: Sendable {
    /// A whole answer with its length.
    case respond(Int, KeyValuePairs<String, String> = [:], body: [UInt8] = [])
    /// Step by step. After the last one the body is ended as its framing wants and the connection kept, unless a step
    /// closed it.
    case stream([Step])
  }

  /// How a body's end is told.
  package enum Framing: Sendable, Equatable {
    case chunked
    /// `Content-Length`, whatever is then sent.
    case length(Int)
    /// By closing.
    case untilClose
    /// As the given headers say; nothing is added and pieces are sent as they are.
    case asGiven
  }

  /// One thing to do on a connection.
  package struct Step: Sendable {
    enum Kind: Sendable {
      case head(Int, KeyValuePairs<String, String>, Framing)
      case bytes([UInt8])
      case raw([UInt8])
      case fill(Int)
      case trickle([UInt8], Duration)
      case pause(Duration)
      case waitForSignal(String)
      case waitForClose
      case collect(Int)
      case halfClose
      case close
      case reset
    }

    let kind: Kind

    /// Status line and headers.
    package static func head(
      _ status: Int, _ headers: KeyValuePairs<String, String> = [:], framing: Framing = .chunked
    ) -> Step {
      Step(kind: .head(status, headers, framing))
    }

    /// A piece of the body: one chunk if chunked.
    package static func bytes(_ bytes: [UInt8]) -> Step { Step(kind: .bytes(bytes)) }
    /// A piece of the body.
    package static func bytes(_ text: String) -> Step { Step(kind: .bytes(Array(text.utf8))) }
    /// Bytes outside of any framing.
    package static func raw(_ bytes: [UInt8]) -> Step { Step(kind: .raw(bytes)) }
    /// Text outside of any framing.
    package static func raw(_ text: String) -> Step { Step(kind: .raw(Array(text.utf8))) }
    /// That many bytes of `FaultServer.pattern`, in pieces of 16 KiB.
    package static func fill(_ count: Int) -> Step { Step(kind: .fill(count)) }
    /// One byte at a time.
    package static func trickle(_ text: String, every: Duration) -> Step {
      Step(kind: .trickle(Array(text.utf8), every))
    }
    /// Nothing for a while.
    package static func pause(_ milliseconds: Int) -> Step { Step(kind: .pause(.milliseconds(milliseconds))) }
    /// Nothing until the test calls `signal`.
    package static func waitForSignal(_ name: String) -> Step { Step(kind: .waitForSignal(name)) }
    /// Nothing until the client closes; `Log.closures` then has the time.
    package static let waitForClose = Step(kind: .waitForClose)
    /// Reads that many bytes of whatever the client sends, into `Log.collected`.
    package static func collect(_ count: Int) -> Step { Step(kind: .collect(count)) }
    /// Says that nothing more will be sent, and reads on.
    package static let halfClose = Step(kind: .halfClose)
    /// Closes without ending the body.
    package static let close = Step(kind: .close)
    /// Closes with a TCP reset.
    package static let reset = Step(kind: .reset)
  }

  /// Everything that happened.
  package struct Log: Sendable {
    /// A `bytes`, `raw`, `trickle` or head that was handed to the system.
    package struct Send: Sendable {
      package let connection: Int
      package let count: Int
      /// Just before.
      package let at: ContinuousClock.Instant
    }

    /// A connection that the client ended.
    package struct Closure: Sendable {
      package let connection: Int
      package let at: ContinuousClock.Instant
    }

    package internal(set) var connections = 0
    package internal(set) var requests: [Request] = []
    package internal(set) var sends: [Send] = []
    package internal(set) var closures: [Closure] = []
    /// What `collect` read, in order.
    package internal(set) var collected: [UInt8] = []
    /// Bytes the system took, of all steps.
    package internal(set) var bytesSent = 0
  }

  /// The port on 127.0.0.1.
  package let port: Int
  private let core: FaultServerCore

  /// Starts listening.
  /// - Parameter readsBodies: false calls the script as soon as the request's head is there and leaves the body unread.
  /// - Parameter sendBuffer: bytes the system may hold for a connection; nil is the system's own choice.
  /// - Parameter greeting: sent at once to every connection.
  /// - Parameter script: called on the connection's thread.
  package init(
    readsBodies: Bool = true, sendBuffer: Int? = nil, greeting: String = "",
    _ script: @escaping @Sendable (Request) -> Answer
  ) throws {
    let listener = try LoopbackListener(backlog: 64)
    if let sendBuffer { listener.descriptor.setOption(SO_SNDBUF, Int32(sendBuffer)) }
    port = listener.port
    core = FaultServerCore(listener, readsBodies: readsBodies, greeting: greeting, script)
    try startServerThread { [core] in core.acceptConnections() }
  }

  deinit { core.stop() }

  /// An address here.
  package func url(_ target: String = "/") -> String { "http://127.0.0.1:\(port)\(target)" }

  /// Releases every `waitForSignal` of that name, past and coming.
  package func signal(_ name: String) { core.signal(name) }

  /// What has happened so far.
  package var log: Log { core.log }

  /// Waits until the log fulfils a condition.
  /// - Returns: false if it did not in time.
  package func wait(within limit: Duration = .seconds(5), until condition: @escaping @Sendable (Log) -> Bool) async
    -> Bool
  {
    await core.wait(until: condition, deadline: .now + limit)
  }

  /// Bytes that look random and are the same for the same count.
  package static func pattern(_ count: Int) -> [UInt8] {
    var pattern = Pattern()
    return pattern.next(count)
  }
}

/// A block of random bytes, over and over. Its length is a prime, so that a lost or doubled power of two is noticed.
struct Pattern {
  private static let block: [UInt8] = {
    var state: UInt32 = 0x9E37_79B9
    return (0..<65_521).map { _ in
      // xorshift
      state ^= state << 13
      state ^= state >> 17
      state ^= state << 5
      return UInt8(truncatingIfNeeded: state)
    }
  }()

  private var offset = 0

  mutating func next(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let piece = Self.block[offset...].prefix(count - bytes.count)
      bytes += piece
      offset = (offset + piece.count) % Self.block.count
    }
    return bytes
  }
}

/// What could not be set up.
package struct FaultServerError: Error, CustomStringConvertible {
  package let description: String

  init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
}

/// A thread that ends by itself.
func startServerThread(_ body: @escaping @Sendable () -> Void) throws {
  final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let context = Unmanaged.passRetained(Body(body)).toOpaque()
  #if canImport(Darwin)
    var thread: pthread_t?
  #else
    var thread = pthread_t()
  #endif
  let status = pthread_create(
    &thread, nil,
    { context in
      #if canImport(Darwin)
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
      #else
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
      #endif
      return nil
    }, context)
  guard status == 0 else { throw FaultServerError("pthread_create") }
  #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
  #else
    pthread_detach(thread)
  #endif
}
