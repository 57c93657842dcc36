// Looks at this machine for `riffle doctor`: terminal, files, providers, database. Tells where a key comes from and
// whether it is there, never the key.

import CSystem
import Configuration
import Conversations
import Diagnostics
import Display
import Glibc
import Headless
import Persistence
import Platform
import Providers
import Terminal

/// Gathers findings.
struct Doctor {
  let loader: ConfigurationLoader
  let configuration: LoadedConfiguration
  let archive: SQLiteArchive
  /// What was found out about characters.
  let characters: Finding

  func findings() async -> [Finding] {
    var all = terminal() + [characters] + files() + configured()
    all += await database()
    return all
  }

  // MARK: Terminal

  private func terminal() -> [Finding] {
    let environment = loader.environment
    let term = environment["TERM"] ?? ""
    var found = [Finding]()
    switch TerminalProfile.choose(environment) {
    case .usable(let profile):
      let depth = profile.depth.map(\.rawValue) ?? "as its description says"
      found.append(Finding("terminal", "TERM", .fine, "\(term.isEmpty ? "(not set)" : term); colours: \(depth)"))
    case .unusable(let reason): found.append(Finding("terminal", "TERM", .problem, "\(term): \(reason)"))
    }
    if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false {
      found.append(Finding("terminal", "NO_COLOR", .notice, "is set: attributes only, no colours"))
    }
    let isUTF8 = system_use_utf8_locale()
    found.append(
      Finding(
        "terminal", "characters", isUTF8 ? .fine : .notice,
        isUTF8 ? "UTF-8" : "no UTF-8 locale was found: drawing in ASCII, stored text is not touched"))
    found.append(
      Finding(
        "terminal", "screen", isatty(STDOUT_FILENO) == 1 ? .fine : .notice,
        isatty(STDOUT_FILENO) == 1
          ? "standard output is a terminal" : "standard output is not a terminal: full screen will not start"))
    if let multiplexer = environment["TMUX"].map({ _ in "tmux" }) ?? environment["STY"].map({ _ in "screen" }) {
      found.append(
        Finding(
          "terminal", "inside", .notice,
          multiplexer == "tmux"
            ? "tmux; what is copied goes to its buffer, and on to the terminal unless set-clipboard is off"
            : "screen; what is copied goes through it to the terminal"))
    }
    return found
  }

  // MARK: Files

  private func files() -> [Finding] {
    let places = loader.places
    var found: [Finding] = []
    if configuration.isPresent {
      let errors = configuration.diagnostics.filter { $0.severity == .error }
      found.append(
        Finding(
          "files", "configuration", errors.isEmpty ? .fine : .problem,
          errors.first.map(\.description) ?? places.configurationFile))
      for diagnostic in configuration.diagnostics where diagnostic.severity == .warning {
        found.append(Finding("files", "configuration", .notice, diagnostic.description))
      }
    } else {
      found.append(
        Finding("files", "configuration", .notice, "\(places.configurationFile) is not there: built-in values"))
    }
    let themes = ThemeFiles(places: places).all()
    found.append(
      Finding(
        "files", "themes", themes.diagnostics.isEmpty ? .fine : .notice,
        themes.names.joined(separator: ", ")))
    for (name, folder) in [("conversations", places.dataFolder), ("log", places.stateFolder)] {
      guard let mode = LocalFiles.permissions(of: folder) else {
        found.append(Finding("files", name, .notice, "\(folder) will be made"))
        continue
      }
      let isPrivate = mode & 0o077 == 0
      found.append(
        Finding(
          "files", name, isPrivate ? .fine : .notice,
          isPrivate
            ? folder : "\(folder) can be read by others (mode \(String(mode & 0o777, radix: 8))): chmod 700 \(folder)"))
    }
    return found
  }

  // MARK: Providers

  private func configured() -> [Finding] {
    let directory = ConfiguredProviders(configuration.settings, environment: loader.environment, places: loader.places)
    let reader = CredentialReader(environment: loader.environment, places: loader.places)
    var found: [Finding] = []
    for provider in configuration.settings.providers {
      let name = "\(provider.name) (\(provider.kind.rawValue))"
      do throws(Explanation) {
        _ = try directory.client(for: provider.name)
      } catch {
        found.append(Finding("providers", name, .problem, error.sentence))
        continue
      }
      let source = directory.source(of: provider)
      if let report = directory.awsReport(of: provider) {
        found.append(Finding("providers", name, Finding.State(report.state), report.text))
        if source == .none { continue }
      }
      switch source {
      case .none: found.append(Finding("providers", name, .fine, "no key is sent"))
      case .command:
        found.append(Finding("providers", name, .fine, "key from \(source.description), run when it is needed"))
      case .environment, .file, .inline:
        switch reader.read(source) {
        case .success: found.append(Finding("providers", name, .fine, "key from \(source.description): there"))
        case .failure(let problem):
          found.append(
            Finding("providers", name, .problem, problem.explanation(of: source, for: provider.name).sentence))
        }
      }
    }
    if found.isEmpty {
      found.append(
        Finding("providers", "guide", .fine, "nothing is configured: the built-in guide answers from the manual"))
    }
    for key in Discovery.keys(in: loader.environment.variables) {
      found.append(Finding("providers", "environment", .notice, "\(key.variable) is set; kind \(key.kind.rawValue)"))
    }
    return found
  }

  // MARK: Database

  private func database() async -> [Finding] {
    var found: [Finding] = []
    for report in await archive.openingReport() {
      found.append(Finding("database", "opening", .problem, report.sentence))
    }
    do throws(ArchiveFailure) {
      let count = try await archive.summaries(limit: .max).count
      found.append(Finding("database", "conversations", .fine, "\(count) in \(loader.places.dataFolder)/riffle.db"))
    } catch {
      found.append(Finding("database", "conversations", .problem, error.explanation.sentence))
    }
    return found
  }
}

extension Finding.State {
  /// The same in the words of the report.
  init(_ state: AWSReport.State) {
    self =
      switch state {
      case .fine: .fine
      case .notice: .notice
      case .problem: .problem
      }
  }
}
