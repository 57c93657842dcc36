// HTTP for the rest of the program: give it a request, read the stream. One thread runs every transfer of a client; it
// starts with the first request and sleeps without a timer while nothing runs.

/// Sends requests. Connections are kept and shared between them, and closed with the last reference to client or streams.
package final class HTTPClient: Sendable {
  /// What holds for all requests of a client.
  package struct Configuration: Sendable {
    /// Proxies for requests that name none.
    package var proxies: ProxyEnvironment
    /// How often a running transfer is looked at to notice that the machine slept, and how long a stream may stay silent
    /// from then on. Together at most 10 s after waking.
    var sleepCheck: Duration = .seconds(5)
    var sleepGrace: Duration = .seconds(4)
    /// How long the machine has slept since it started.
    var timeAsleep: @Sendable () -> Duration = systemTimeAsleep

    /// - Parameter proxies: usually `ProxyEnvironment` of the process's variables.
    package init(proxies: ProxyEnvironment = .none) {
      self.proxies = proxies
    }
  }

  private let network: NetworkThread

  /// Costs nothing: no thread and no library before the first request.
  package init(_ configuration: Configuration = Configuration()) {
    network = NetworkThread(configuration)
  }

  deinit { network.stop() }

  /// Has the library and the thread ready that the first request needs, some milliseconds of work, so that they are no part
  /// of what is measured of it.
  package func prepare() async { await network.prepare() }

  /// Sends a request. Never fails here: whatever goes wrong is the stream's end.
  package func start(_ request: HTTPRequest) -> ByteStream {
    let mailbox = TransferMailbox()
    let proxy = network.configuration.proxies.route(of: request).proxy
    if let refusal = request.refusal(through: proxy) { mailbox.finish(.failure(refusal)) }
    let id = network.start(request, into: mailbox)
    return ByteStream(id: id, mailbox: mailbox, client: self)
  }

  func submit(_ command: NetworkThread.Command) { network.submit(command) }

  /// Cancels every transfer, closes every connection and waits for the thread to end, some milliseconds. Requests started
  /// later end with `cancelled`. Not to be called from a `WireTap`.
  package func shutdown() {
    network.stop()
    network.join()
  }
}
