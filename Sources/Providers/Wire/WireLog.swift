// The newest exchanges with services, in memory alone, for `/wire`. Network threads append under a short lock and look at
// nothing; whatever costs time (cutting, masking, decoding) is done by whoever looks, and only while somebody does.

import Conversations
package import Diagnostics
import Platform
package import Streaming
package import Transport

/// The log of the wire.
package final class WireLog: WireJournal {
  /// How much is kept. The newest exchange is kept whatever it costs, which is at most 6 MB.
  static let maximumExchanges = 16
  static let maximumCost = 8 << 20

  struct State: Sendable {
    var exchanges: [WireExchange] = []
    var cost = 0
    var numbers = 0
    var taps = 0
    /// Requests announced whose record has not come, by observer.
    var announced: [Int: HTTPRequest] = [:]
    var secrets = WireSecrets()
    var hear: (@Sendable () -> Void)?
  }

  let state = Locked(State())
  /// The exchange that is looked at, taken apart as far as it had come. Never locked on a network's thread.
  private let reading = Locked<WireReading?>(nil)
  private let clock: @Sendable () -> Instant
  private let wall: @Sendable () -> Int64

  /// An empty log.
  /// - Parameter wall: milliseconds since 1970, UTC.
  package init(
    clock: @escaping @Sendable () -> Instant = { .now },
    wall: @escaping @Sendable () -> Int64 = { systemSeconds() * 1000 }
  ) {
    self.clock = clock
    self.wall = wall
  }

  // MARK: Recording

  /// What makes the observers of an endpoint's chat requests.
  /// - Parameter kind: whose dialect it speaks.
  package func tap(provider: String, kind: String) -> @Sendable (ChatRequest) -> WireTap? {
    { [weak self] request in
      guard let self else { return nil }
      let subject = WireExchange.Subject(
        provider: provider, kind: kind, model: request.model, conversation: request.conversation,
        answer: request.answer)
      let tap = state.withLock { state in
        state.taps += 1
        return state.taps
      }
      return WireTap(
        announce: { [weak self] request in self?.state.withLock { $0.announced[tap] = request } },
        { [weak self] record in self?.take(record, of: tap, subject) })
    }
  }

  /// A credential that must never be seen.
  /// - Parameters:
  ///   - variable: the variable of the environment that holds it, or could.
  ///   - hint: what to put into that variable, in words; empty where it is the usual place.
  package func note(_ secret: Secret, variable: String, hint: String = "") {
    let text = secret.withExposed { $0 }
    state.withLock { $0.secrets.note(text, variable: variable, hint: hint) }
  }

  /// Headers that the configuration adds to every request. Those that only describe the request are masked where they
  /// stand, and not searched for elsewhere.
  package func note(header name: String, value: Secret) {
    guard !Self.describing.contains(name.lowercased()) else { return }
    state.withLock { $0.secrets.note(header: name, value: value) }
  }

  private static let describing: Set<String> = [
    "accept", "accept-encoding", "accept-language", "anthropic-beta", "anthropic-version", "content-type",
    "http-referer", "openai-beta", "referer", "user-agent", "x-title",
  ]

  /// A part of the address's query: a key if it is called so.
  package func note(query name: String, value: String) {
    guard WireAddress.isSecret(name) else { return }
    let variable = WireSecrets.variable(for: name)
    state.withLock { $0.secrets.note(value, variable: variable, hint: "the value of \(name) in the address") }
  }

  /// A recording without the credentials that are known here.
  package func hiding(in recording: Recording) -> Recording { recording.hiding(state.withLock { $0.secrets }) }

  private func take(_ record: WireTap.Record, of tap: Int, _ subject: WireExchange.Subject) {
    let hear: (@Sendable () -> Void)? = state.withLock { state in
      switch record {
      case .request(let method, let url, let headers, let body):
        let request = state.announced.removeValue(forKey: tap)
        begin(method, url, request?.headers ?? headers, body, exchange: request?.exchange, tap, subject, &state)
      case .head(let head, _): state.change(tap) { $0.head = head }
      case .bytes(let bytes, let time): state.change(tap) { $0.response.append(bytes, at: time) }
      case .end(let error, let time): state.change(tap) { $0.ending = WireExchange.Ending(error: error, time: time) }
      }
      let hear = state.hear
      state.hear = nil
      return hear
    }
    hear?()
  }

  private func begin(
    _ method: HTTPRequest.Method, _ url: HTTPURL, _ headers: HTTPHeaders, _ body: [UInt8],
    exchange: HTTPRequest.Exchange?, _ tap: Int, _ subject: WireExchange.Subject, _ state: inout State
  ) {
    var firstMessages: [String]?
    if case .webSocket(let messages)? = exchange { firstMessages = messages }
    let secretNames = Set(
      headers.shown.filter { $0.value == HTTPHeaders.mask }.map { $0.name.lowercased() })
    let fields = headers.forSigning
    for field in fields
    where secretNames.contains(field.name.lowercased()) && !Self.describing.contains(field.name.lowercased()) {
      state.secrets.note(header: field.name, value: field.value)
    }
    state.numbers += 1
    // What was sent again, by itself or by whoever asks, has the same answer.
    let earlier = state.exchanges.filter { $0.subject.answer != nil && $0.subject.answer == subject.answer }
    let new = WireExchange(
      number: state.numbers, tap: tap, subject: subject, attempt: (earlier.last?.attempt ?? 0) + 1, began: clock(),
      beganAt: Timestamp(milliseconds: wall()), method: firstMessages == nil ? method.rawValue : "GET", url: url,
      fields: fields, secretFields: secretNames,
      body: firstMessages == nil && !body.isEmpty ? WireRequestBody(body) : nil,
      firstMessages: firstMessages.map(WireRequestBody.bodies(of:)))
    state.exchanges.append(new)
    state.cost += new.cost
    state.makeRoom()
  }

  // MARK: Looking

  package func outlines() -> [WireOutline] {
    let (exchanges, secrets) = state.withLock { ($0.exchanges, $0.secrets) }
    return exchanges.map { $0.outline(secrets) }
  }

  package func picture(of number: Int) -> WirePicture? {
    guard let (exchange, secrets) = exchange(number) else { return nil }
    return reading.withLock { reading in
      if reading?.number != number || reading?.secrets.generation != secrets.generation {
        reading = WireReading(exchange, secrets)
      }
      reading?.follow(exchange)
      return reading?.picture
    }
  }

  package func details(of event: Int, in number: Int) -> [WireLine] {
    reading.withLock { reading in
      guard let reading, reading.number == number else { return [] }
      return reading.details(of: event)
    }
  }

  package func curl(of number: Int) throws(Explanation) -> String {
    guard let (exchange, secrets) = exchange(number) else { throw Self.gone }
    return try CurlCommand(exchange, secrets).text
  }

  package func recording(of number: Int) throws(Explanation) -> WireFile {
    guard let (exchange, secrets) = exchange(number) else { throw Self.gone }
    var reading = WireReading(exchange, secrets)
    reading.follow(exchange)
    let recording = try reading.recording(of: exchange)
    return WireFile(
      bytes: recording.file, title: "\(exchange.subject.provider) \(secrets.masked(exchange.subject.model))")
  }

  package func onNext(_ hear: (@Sendable () -> Void)?) { state.withLock { $0.hear = hear } }

  package func leave() {
    onNext(nil)
    reading.withLock { $0 = nil }
  }

  private func exchange(_ number: Int) -> (WireExchange, WireSecrets)? {
    state.withLock { state in
      state.exchanges.first { $0.number == number }.map { ($0, state.secrets) }
    }
  }

  private static var gone: Explanation {
    Explanation(
      kind: .notFound, summary: "This exchange is not kept any more",
      detail: "the log holds the newest \(maximumExchanges), in memory alone")
  }
}

extension WireLog: CustomReflectable {
  /// Nothing: what it holds is not masked.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension WireLog.State {
  /// Changes the newest exchange of an observer; one that is not kept any more is let go by.
  mutating func change(_ tap: Int, _ body: (inout WireExchange) -> Void) {
    guard let index = exchanges.lastIndex(where: { $0.tap == tap }) else { return }
    cost -= exchanges[index].cost
    body(&exchanges[index])
    cost += exchanges[index].cost
    if cost > WireLog.maximumCost { makeRoom() }
  }

  /// Lets go of the oldest until the rest is within the bounds.
  mutating func makeRoom() {
    while exchanges.count > 1, exchanges.count > WireLog.maximumExchanges || cost > WireLog.maximumCost {
      cost -= exchanges.removeFirst().cost
    }
  }
}
