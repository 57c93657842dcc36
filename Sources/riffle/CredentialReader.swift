// Fetches API keys: from a variable, a command or a private file. What was read is judged by Configuration; here it is
// only fetched, and a command's answer remembered, in memory alone.

import Configuration
import Diagnostics
import Platform
import Streaming

/// Reads credentials from where the configuration says they are.
final class CredentialReader: Sendable {
  private let environment: Platform.Environment
  private let places: Places
  private let remembered = Locked<[String: Secret]>([:])
  /// Commands that are running, by provider: whoever needs the same key meanwhile waits for the same one.
  private let flights = Locked<[String: Task<Result<Secret, CredentialProblem>, Never>]>([:])

  init(environment: Platform.Environment, places: Places) {
    self.environment = environment
    self.places = places
  }

  /// The key for a provider; `nil` where none is wanted.
  func credential(from source: CredentialSource, for provider: String) async throws(ProviderError) -> Secret? {
    if source == .none { return nil }
    if let known = remembered.withLock({ $0[provider] }) { return known }
    let result = if case .command(let words) = source { await fetch(words, for: provider) } else { read(source) }
    switch result {
    case .success(let secret): return secret
    case .failure(let problem):
      var explanation = problem.explanation(of: source, for: provider)
      // The provider would refuse: the same kind and status as if it had (`robustness.md`, C2).
      explanation.kind = .unauthorized
      throw ProviderError(explanation: explanation)
    }
  }

  /// What a source that waits for nothing gives; a command is not run.
  func read(_ source: CredentialSource) -> Result<Secret, CredentialProblem> {
    switch source {
    case .none, .command: return .failure(.notSet)
    case .environment(let name):
      guard let value = environment[name] else { return .failure(.notSet) }
      return source.secret(in: Array(value.utf8))
    case .file(let written):
      let folder = places.configurationFile.lastIndex(of: "/").map { String(places.configurationFile[..<$0]) } ?? "."
      let path = SettingPath.resolved(written, home: environment["HOME"] ?? "/", folder: folder)
      do throws(LocalFileError) {
        return source.secret(in: try LocalFiles.read(path, atMost: CredentialSource.maximumBytes))
      } catch {
        return .failure(.unreadable(reason: FileProblem.words(error)))
      }
    case .inline(let secret): return .success(secret)
    }
  }

  /// The answer of a command, which runs once however many ask.
  private func fetch(_ words: [String], for provider: String) async -> Result<Secret, CredentialProblem> {
    let flight = flights.withLock { flights in
      if let flight = flights[provider] { return flight }
      let flight = Task {
        let result = await run(words)
        // Remembered before the flight is over: in between nobody finds neither.
        if case .success(let secret) = result { remembered.withLock { $0[provider] = secret } }
        self.flights.withLock { $0[provider] = nil }
        return result
      }
      flights[provider] = flight
      return flight
    }
    return await flight.value
  }

  /// Runs a command on a thread of its own, because it may take its time.
  private func run(_ words: [String]) async -> Result<Secret, CredentialProblem> {
    let command = Command(words, environment: environment)
    return await withCheckedContinuation { continuation in
      do throws(SystemError) {
        _ = try startThread(named: "credential") { continuation.resume(returning: Self.collect(command)) }
      } catch {
        continuation.resume(returning: .failure(.unreadable(reason: error.reason)))
      }
    }
  }

  private static func collect(_ command: Command) -> Result<Secret, CredentialProblem> {
    do throws(SystemError) {
      let result = try ChildProcess.collect(
        command, maximumBytes: CredentialSource.maximumBytes, timeLimit: CredentialSource.commandTimeout)
      if result.isTimedOut { return .failure(.commandTimedOut) }
      if result.isTruncated { return .failure(.tooLong) }
      switch result.status {
      case .exited(0): return CredentialSource.command(command.arguments).secret(in: result.output)
      case .exited(let status): return .failure(.commandFailed(status: Int(status)))
      case .signalled(let number): return .failure(.commandFailed(status: 128 + Int(number)))
      }
    } catch {
      return .failure(.commandNotFound)
    }
  }
}
