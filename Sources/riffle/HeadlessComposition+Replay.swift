// `riffle replay`: finds out what is meant, a conversation or a recording, and plays it.

import Conversations
import Diagnostics
import Display
import Headless
import Persistence
import Platform
import Providers
import Sessions
import Streaming
import Transport

/// What `replay` was asked for, as the command line has it.
struct Replaying: Sendable {
  var what: String
  var answer: Int
  var kind: String?
  var pace: ReplayPace
  var isJSON: Bool
  var showsThinking: Bool
}

extension HeadlessComposition {
  // An answer of 64 MB with its framing, in Base64 at the worst.
  private static let recordingLimit = 256 << 20

  func replay(_ wish: Replaying) -> Int32 {
    let mayBeFile = wish.what.contains { $0 == "/" || $0 == "." }
    if mayBeFile, LocalFiles.exists(wish.what) { return replayFile(wish) }
    guard ConversationID(wish.what) != nil else {
      let words = Sanitizer.singleLine(wish.what)
      output.complain(
        wish.what.contains("/") ? "\(words): there is no such file" : "there is no file and no conversation \(words)")
      return ExitCode.failed
    }
    return runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, _ in
      await command(.stored(prefix: wish.what, answer: wish.answer), wish).run(on: store)
    }
  }

  private func command(_ source: ReplayCommand.Source, _ wish: Replaying) -> ReplayCommand {
    ReplayCommand(
      source, pace: wish.pace, isJSON: wish.isJSON, showsThinking: wish.showsThinking, output: output)
  }

  private func replayFile(_ wish: Replaying) -> Int32 {
    let bytes: [UInt8]
    let recording: Recording
    do throws(LocalFileError) {
      bytes = try LocalFiles.read(wish.what, atMost: Self.recordingLimit)
    } catch {
      output.complain("\(wish.what): \(FileProblem.words(error))")
      return ExitCode.failed
    }
    do throws(Recording.Failure) {
      recording = try Recording(file: bytes)
    } catch {
      output.complain("\(wish.what):\(error.line): \(error.reason)")
      return ExitCode.failed
    }
    let kind = recording.kind.isEmpty ? wish.kind ?? "openai" : recording.kind
    guard ReplayClient.plays(kind) else {
      let kinds = ReplayClient.kinds.joined(separator: ", ")
      output.complain(
        "\(wish.what):1: recordings of the kind \(Sanitizer.singleLine(kind, maximumColumns: 40)) cannot be played; "
          + "known: \(kinds)")
      return recording.kind.isEmpty ? ExitCode.usage : ExitCode.failed
    }
    return run(loader.load(), archive: UnsavedArchive()) { store, _ in
      let start = ContinuousClock.now
      do throws(Explanation) {
        let stream = try Self.stream(of: bytes, named: wish.what, kind: kind, from: start)
        let isStreaming = !recording.contentType.lowercased().hasPrefix("application/json")
        let model = ModelReference(provider: kind, model: recording.model)
        return await command(.recorded(stream, model: model, isStreaming: isStreaming, start: start), wish).run(
          on: store)
      } catch {
        output.complain(error.sentence)
        return ExitCode.failed
      }
    }
  }

  /// The events of a recording, without waiting; their times count from `start`.
  private static func stream(
    of bytes: [UInt8], named name: String, kind: String, from start: Instant
  ) throws(Explanation) -> any ProviderStream {
    var endpoint = Endpoint(name: name)
    endpoint.options = ["file": name, "speed": "max", "dialect": kind]
    let environment = ProviderEnvironment(
      http: HTTPClient(), clock: ProviderClock(now: { start }, sleep: { _ in }), load: { _ in .success(bytes) })
    let client = try ReplayClient(endpoint: endpoint, environment: environment)
    let profile = Profile(name: "", model: ModelReference(provider: name, model: ""))
    guard let id = ConversationID("recording") else {
      throw Explanation(kind: .setting, summary: "The recording has no name")
    }
    return client.stream(ChatRequest(profile: profile, messages: [], conversation: id))
  }
}
