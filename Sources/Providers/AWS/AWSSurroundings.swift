// What finding AWS credentials takes of the world, as values: variables, files, programs, waiting, and a connection that no
// proxy sees. Tests give their own; the machine's are made here from Platform's parts.

package import Platform
package import Transport

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The world as the credential chain sees it.
package struct AWSSurroundings: Sendable {
  /// What reading a file gave.
  package enum FileContent: Equatable, Sendable {
    case bytes([UInt8])
    case missing
    /// Something is there and cannot be read, for people.
    case unreadable(reason: String)
  }

  /// How a program went.
  package enum ProgramResult: Equatable, Sendable {
    /// By itself; a signal counts as 128 and its number, as in a shell.
    case ended(status: Int, output: [UInt8], errors: [UInt8])
    case timedOut
    /// It wrote more than is taken.
    case tooMuch
    case notStarted(reason: String)
  }

  /// The environment.
  package var variables: [String: String]
  /// Reads a file of at most 1 MiB.
  package var read: @Sendable (_ path: String) -> FileContent
  /// Gives a file a new content, whole, with mode 0600; whether that worked.
  package var replace: @Sendable (_ path: String, _ bytes: [UInt8]) -> Bool
  /// Runs a program by its words, never through a shell.
  package var run: @Sendable (_ words: [String], _ limit: Duration) async -> ProgramResult
  /// Waits before another try.
  package var pause: @Sendable (Duration) async -> Void
  /// For addresses of this machine's own network, which a proxy must not see.
  package var direct: HTTPClient

  /// A world without variables, files and programs; each may be replaced.
  package init(
    variables: [String: String] = [:], read: @escaping @Sendable (_ path: String) -> FileContent = { _ in .missing },
    replace: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) -> Bool = { _, _ in false },
    run: @escaping @Sendable (_ words: [String], _ limit: Duration) async -> ProgramResult = { _, _ in
      .notStarted(reason: "programs cannot be run here")
    },
    pause: @escaping @Sendable (Duration) async -> Void = { duration in
      // Cut short only by cancellation, which the caller sees by itself.
      do { try await ContinuousClock().sleep(for: duration, tolerance: .milliseconds(50)) } catch {}
    },
    direct: HTTPClient = HTTPClient()
  ) {
    self.variables = variables
    self.read = read
    self.replace = replace
    self.run = run
    self.pause = pause
    self.direct = direct
  }

  /// A variable; an empty one is not set.
  subscript(name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// `~/…` in the home folder, anything else as it is.
  func path(_ text: String) -> String {
    guard text == "~" || text.hasPrefix("~/") else { return text }
    let home = self["HOME"] ?? "/"
    return (home.hasSuffix("/") ? String(home.dropLast()) : home) + text.dropFirst()
  }

  /// A path as people write it.
  func shown(_ path: String) -> String {
    guard let home = self["HOME"], home != "/", path.hasPrefix(home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }
}

extension AWSSurroundings {
  /// This machine with the given variables.
  package static func machine(_ environment: Platform.Environment) -> AWSSurroundings {
    AWSSurroundings(
      variables: environment.variables,
      read: { path in
        do throws(LocalFileError) {
          // AWS's own files are some kilobytes.
          return .bytes(try LocalFiles.read(path, atMost: 1 << 20))
        } catch {
          switch error {
          case .missing: return .missing
          case .isFolder: return .unreadable(reason: "it is a folder")
          case .notAFile: return .unreadable(reason: "it is no regular file")
          case .tooLarge: return .unreadable(reason: "it is larger than 1 MiB")
          case .denied: return .unreadable(reason: "permission denied")
          case .exists, .noSpace: return .unreadable(reason: "the system refused it")
          case .failed(_, let cause): return .unreadable(reason: cause.reason)
          }
        }
      },
      replace: { path, bytes in
        do throws(LocalFileError) {
          try LocalFiles.write(bytes, to: path)
          return true
        } catch {
          return false
        }
      },
      run: { words, limit in await run(Command(words, environment: environment), limit) })
  }

  /// On a thread of its own, because it may take its time.
  private static func run(_ command: Command, _ limit: Duration) async -> ProgramResult {
    await withCheckedContinuation { continuation in
      do throws(SystemError) {
        _ = try startThread(named: "credentials") { continuation.resume(returning: collect(command, limit)) }
      } catch {
        continuation.resume(returning: .notStarted(reason: error.reason))
      }
    }
  }

  private static func collect(_ command: Command, _ limit: Duration) -> ProgramResult {
    do throws(SystemError) {
      // A file, not a pipe: nobody has to read while the program runs.
      let errors = try FileDescriptor.memory(named: "standard error")
      let result = try ChildProcess.collect(
        command, errors: .descriptor(errors.raw), maximumBytes: 64 << 10, timeLimit: limit)
      if result.isTimedOut { return .timedOut }
      if result.isTruncated { return .tooMuch }
      let status =
        switch result.status {
        case .exited(let status): Int(status)
        case .signalled(let number): 128 + Int(number)
        }
      return .ended(status: status, output: result.output, errors: try errors.readStart(atMost: 4 << 10))
    } catch {
      return .notStarted(reason: error.reason)
    }
  }
}
