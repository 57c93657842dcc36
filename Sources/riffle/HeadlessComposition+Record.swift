// `riffle record`: asks as `ask` does and keeps the raw response as a file that can be played.

import Conversations
import Diagnostics
import Headless
import Persistence
import Platform
import Providers
import Streaming
import Transport

extension HeadlessComposition {
  func record(_ question: Question, to path: String, replaces: Bool) -> Int32 {
    let configuration = loader.load()
    let request: AskRequest
    switch self.request(of: question, configuration) {
    case .failure(let refusal): return refusal.status
    case .success(let ready): request = ready
    }
    // Asking costs money and time: what can be known before is found out before.
    if let problem = problem(with: path, replaces: replaces) {
      output.complain("\(path): \(problem)")
      return ExitCode.failed
    }
    let taps = Locked<[RecordingTap]>([])
    let providers = ConfiguredProviders(
      configuration.settings, environment: loader.environment, places: loader.places,
      tap: { kind, chat in
        let tap = RecordingTap(kind: kind, model: chat.model, isWhole: !chat.isStreaming)
        taps.withLock { $0.append(tap) }
        return tap.wireTap
      })
    return run(configuration, archive: archive(for: question), providers: providers) { store, _ in
      let status = await AskCommand(request, store: store, output: output).run()
      let all = taps.withLock { $0 }
      await all.last?.waitForEnd()
      guard let (tap, lacksRest) = RecordingTap.answered(of: all), var recording = tap.recording else {
        let why = all.isEmpty ? "this provider answers without a network" : "nothing was received"
        output.complain("\(why), and \(path) is not written")
        return status == ExitCode.done ? ExitCode.failed : status
      }
      if lacksRest {
        recording.isTruncated = true
        output.complain(
          "\(path): the connection broke and the rest of the answer was asked for; the file ends where it broke")
      } else if status == ExitCode.done, tap.leftOutBytes == 0 {
        // The connection may not be closed yet; the answer is whole all the same.
        recording.isTruncated = false
      }
      for (variable, secret) in ambientSecrets { providers.secrets.note(secret, variable: variable) }
      return write(providers.secrets.hiding(in: recording), leftOut: tap.leftOutBytes, to: path, replaces) ?? status
    }
  }

  private func problem(with path: String, replaces: Bool) -> String? {
    if LocalFiles.isFolder(path) { return "is a folder" }
    if LocalFiles.exists(path), !LocalFiles.isOrdinaryFile(path) {
      return "is not an ordinary file, and is not replaced"
    }
    if !replaces, LocalFiles.exists(path) { return "exists already; --force replaces it" }
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return LocalFiles.isFolder(folder.isEmpty ? "/" : folder) ? nil : "there is no folder \(folder)"
  }

  /// Credentials that a signer takes from the environment: none of them is sent, but some services repeat what they get.
  private var ambientSecrets: [(variable: String, Secret)] {
    ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"]
      .compactMap { variable in loader.environment[variable].map { (variable, Secret($0)) } }
  }

  /// Writes the file.
  /// - Returns: the exit status if that failed.
  private func write(_ recording: Recording, leftOut: Int, to path: String, _ replaces: Bool) -> Int32? {
    if leftOut > 0 {
      output.complain(
        "\(path): the response was longer than \(RecordingTap.maximumBytes >> 20) MB; its last \(leftOut) bytes are left out"
      )
    }
    do throws(LocalFileError) {
      try LocalFiles.write(recording.file, to: path, existing: replaces ? .replace : .keep)
      return nil
    } catch {
      output.complain("\(path): \(FileProblem.words(error))")
      return ExitCode.failed
    }
  }
}
