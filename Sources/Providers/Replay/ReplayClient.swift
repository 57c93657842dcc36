// A provider that plays a recorded stream, through the same decoding as a live one. What is asked does not matter, but
// whether it is to stream does: a whole answer comes when the last of it was recorded.

package import Diagnostics
import Platform
package import Streaming
import Transport

/// Plays the recording named by the option `file`, at the pace of the option `speed`: a factor, or `max`.
package final class ReplayClient: ProviderClient {
  /// How fast time passes.
  package enum Speed: Equatable, Sendable {
    /// So many times as fast as it was.
    case factor(Double)
    /// Without any waiting. The events keep their recorded times.
    case maximum

    /// Reads `2`, `0.5`, `4x` or `max`; empty is the original pace. Nil for anything else.
    package init?(_ text: String) {
      let text = text.lowercased()
      if text == "max" || text == "maximum" {
        self = .maximum
      } else if text.isEmpty {
        self = .factor(1)
      } else if let factor = Double(text.last == "x" ? String(text.dropLast()) : text), factor >= 0.001,
        factor <= 1_000_000
      {
        self = .factor(factor)
      } else {
        return nil
      }
    }

    /// When something happens that was recorded at `time`.
    func scaled(_ time: Duration) -> Duration {
      switch self {
      case .maximum: time
      case .factor(1): time
      case .factor(let factor): time / factor
      }
    }
  }

  package let name: String
  package let isRepeatable = true
  private let path: String
  private let speed: Speed
  private let kind: String
  private let endpoint: Endpoint
  private let environment: ProviderEnvironment

  /// A client of the recording in the endpoint's options; reads nothing yet.
  /// - Throws: a setting that is missing or wrong.
  package init(endpoint: Endpoint, environment: ProviderEnvironment) throws(Explanation) {
    name = endpoint.name
    guard let path = endpoint.options["file"], !path.isEmpty else {
      throw Explanation(
        kind: .setting, summary: "\(endpoint.name) has no recording to play",
        detail: "set file in [providers.\(endpoint.name)]",
        recovery: .fixSetting(path: "providers.\(endpoint.name).file"))
    }
    guard let speed = Speed(endpoint.options["speed"] ?? "") else {
      throw Explanation(
        kind: .setting, summary: "\(endpoint.name) cannot play at this speed",
        detail: "speed is a number such as 2, or \"max\"",
        recovery: .fixSetting(path: "providers.\(endpoint.name).speed"))
    }
    self.path = path
    self.speed = speed
    kind = endpoint.options["dialect"] ?? "openai"
    self.endpoint = endpoint
    self.environment = environment
  }

  /// The kinds of providers whose recordings can be played.
  package static var kinds: [String] { ReplayDialects.kinds }

  /// Whether recordings of that kind can be played.
  package static func plays(_ kind: String) -> Bool { ReplayDialects.player(of: kind) != nil }

  package func models() async throws(ProviderError) -> [ModelDescriptor] {
    guard case .success(let recording) = recording() else { return endpoint.models.map { ModelDescriptor(id: $0) } }
    return [ModelDescriptor(id: recording.model.isEmpty ? "recording" : recording.model)]
  }

  package func stream(_ request: ChatRequest) -> any ProviderStream {
    PacedStream(clock: environment.clock, waits: speed != .maximum) { [self] start in
      switch recording() {
      case .success(let recording):
        request.isStreaming
          ? script(of: recording, from: start, for: request)
          : Self.whole(script(of: recording, from: start, for: request))
      case .failure(let explanation):
        [TimedEvents(at: start, [ReceivedEvent(.error(.connection(explanation)), received: start)])]
      }
    }
  }

  /// The same events when the last of them is due, as from a service that does not stream.
  private static func whole(_ script: [TimedEvents]) -> [TimedEvents] {
    guard let end = script.last?.time else { return [] }
    return [
      TimedEvents(
        at: end,
        script.flatMap(\.events).map { ReceivedEvent($0.event, received: end, bytes: $0.bytes) })
    ]
  }

  private func recording() -> Result<Recording, Explanation> {
    environment.load(path).flatMap { bytes in
      do throws(Recording.Failure) {
        return .success(try Recording(file: bytes))
      } catch {
        return .failure(
          Explanation(
            kind: .setting, summary: "The recording of \(name) cannot be played",
            detail: "\(path):\(error.line): \(error.reason)", recovery: .fixSetting(path: "providers.\(name).file")))
      }
    }
  }

  /// Everything that will happen, with its times.
  private func script(of recording: Recording, from start: Instant, for request: ChatRequest) -> [TimedEvents] {
    let kind = recording.kind.isEmpty ? kind : recording.kind
    guard let player = ReplayDialects.player(of: kind) else {
      let explanation = Explanation(
        kind: .setting, summary: "The recording of \(name) speaks a dialect that riffle does not know",
        detail: ForeignWords.bounded(kind, characters: 100), recovery: .fixSetting(path: "providers.\(name).file"))
      return [TimedEvents(at: start, [ReceivedEvent(.error(.connection(explanation)), received: start)])]
    }
    let stage = ReplayStage(
      recording: recording, speed: speed, start: start, endpoint: endpoint, model: request.model,
      now: environment.wallClock())
    return player(stage)
  }
}
