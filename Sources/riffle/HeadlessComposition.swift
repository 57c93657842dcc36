// The composition root of the commands without a screen: builds what a command needs, runs it, ends in order.

import Configuration
import Conversations
import Diagnostics
import Display
import Glibc
import Headless
import Interface
import Manual
import Persistence
import Platform
import Sessions
import Streaming
import Terminal

/// What `ask` was asked, as the command line has it.
struct Question: Sendable {
  var prompt: String
  var files: [String]
  var conversation: String?
  var newID: ConversationID?
  var isWhole: Bool
  var isJSON: Bool
  var isUnsaved: Bool
}

/// Runs commands.
struct HeadlessComposition: Sendable {
  let loader: ConfigurationLoader
  let output = Output()

  init(loader: ConfigurationLoader) { self.loader = loader }

  // A prompt is read up to this size; the provider decides what it takes.
  private static let inputLimit = 32 << 20

  // MARK: Talking

  func ask(_ question: Question) -> Int32 {
    let configuration = loader.load()
    switch request(of: question, configuration) {
    case .failure(let refusal): return refusal.status
    case .success(let request):
      return run(configuration, archive: archive(for: question)) { store, _ in
        await AskCommand(request, store: store, output: output).run()
      }
    }
  }

  /// Why nothing can be asked; said already.
  struct Refusal: Error {
    var status: Int32
  }

  /// What is to be asked, and of whom.
  func request(of question: Question, _ configuration: LoadedConfiguration) -> Result<AskRequest, Refusal> {
    if let status = refusal(of: configuration) { return .failure(Refusal(status: status)) }
    guard let profile = profile(in: configuration.settings) else { return .failure(Refusal(status: ExitCode.usage)) }
    tell(configuration.diagnostics.filter { $0.severity == .error })
    let hasErrors = configuration.diagnostics.contains { $0.severity == .error }
    if hasErrors, loader.flags.profile == nil, question.conversation == nil, profile == Settings.guideProfile,
      configuration.settings.profile != profile.name
    {
      // The guide would answer in the place of somebody else, and a script would take it for the answer.
      output.complain("the configuration names no profile that can be used; --profile guide asks the guide")
      return .failure(Refusal(status: ExitCode.failed))
    }
    let prompt: Prompt
    switch self.prompt(of: question) {
    case .success(let read): prompt = read
    case .failure(let why):
      output.complain(why.sentence)
      return .failure(Refusal(status: ExitCode.failed))
    }
    guard !prompt.attachments.isEmpty || prompt.text.contains(where: { !$0.isWhitespace }) else {
      output.complain("there is nothing to ask; give a prompt, a file with -f, or pipe text in")
      return .failure(Refusal(status: ExitCode.usage))
    }
    let place: AskRequest.Place =
      if let prefix = question.conversation {
        .existing(prefix: prefix, loader.flags.profile == nil ? nil : profile)
      } else {
        .new(id: question.newID, profile)
      }
    return .success(AskRequest(prompt: prompt, in: place, isWhole: question.isWhole, isJSON: question.isJSON))
  }

  /// Where what is asked is kept.
  func archive(for question: Question) -> any ConversationArchive {
    let saved = SQLiteArchive(folder: loader.places.dataFolder)
    return question.isUnsaved ? UnsavedArchive(reading: question.conversation == nil ? nil : saved) : saved
  }

  func profile(in settings: Settings) -> Profile? {
    guard let name = loader.flags.profile else { return settings.defaultProfile }
    if let profile = settings.profile(named: name) { return profile }
    let known = (settings.profiles.map(\.name) + [Settings.guideProfile.name]).joined(separator: ", ")
    output.complain("there is no profile \(Sanitizer.singleLine(name)); known: \(known)")
    return nil
  }

  /// Prompt, files and piped input, joined by blank lines; a file that is no text goes along as it is.
  func prompt(of question: Question) -> Result<Prompt, Explanation> {
    var pieces: [String] = question.prompt.isEmpty ? [] : [question.prompt]
    var attachments: [Attachment] = []
    let files = UserFiles(loader.environment)
    for path in question.files {
      switch files.read(path) {
      case .success(let file) where MediaType.isText(file.bytes):
        pieces.append(String(decoding: file.bytes, as: UTF8.self))
      case .success(let file): attachments.append(file)
      case .failure(let why): return .failure(why)
      }
    }
    if isatty(STDIN_FILENO) == 0, question.prompt.isEmpty || Self.hasPipedInput {
      guard let bytes = Self.standardInput() else {
        return .failure(
          Explanation(kind: .tooLarge, summary: "The piped input is larger than \(Self.inputLimit) bytes"))
      }
      let input = String(decoding: bytes, as: UTF8.self)
      if input.contains(where: { !$0.isWhitespace }) { pieces.append(input) }
    }
    return .success(Prompt(text: pieces.joined(separator: "\n\n"), attachments: attachments))
  }

  /// Whether standard input is a pipe or a file: anything else, such as /dev/null's device or a socket of a service
  /// manager, may never end.
  private static var hasPipedInput: Bool {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0 else { return false }
    let kind = status.st_mode & S_IFMT
    return kind == S_IFIFO || kind == S_IFREG
  }

  private static func standardInput() -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes.append(contentsOf: buffer.prefix(count))
      if bytes.count > inputLimit { return nil }
    }
  }

  /// Without the file that was named nothing is done: what would answer is not what was meant.
  func refusal(of configuration: LoadedConfiguration) -> Int32? {
    guard configuration.isMissing else { return nil }
    tell(configuration.diagnostics.filter { $0.severity == .error })
    return ExitCode.failed
  }

  // MARK: Conversations

  func list(ofTrash isTrash: Bool, isJSON: Bool) -> Int32 {
    runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, _ in
      await ListCommand(store: store, output: output, ofTrash: isTrash, isJSON: isJSON).run()
    }
  }

  func show(_ prefix: String, isJSON: Bool) -> Int32 {
    runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, archive in
      await ShowCommand(prefix, store: store, archive: archive, output: output, isJSON: isJSON).run()
    }
  }

  /// Does something to the conversation whose ID begins so.
  func change(_ prefix: String, _ change: @escaping @Sendable (SessionStore, ConversationID) async throws -> Void)
    -> Int32
  {
    runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, _ in
      await attempt { try await change(store, try await store.find(prefix)) }
    }
  }

  func restore(_ prefix: String) -> Int32 {
    runChecked(archive: SQLiteArchive(folder: loader.places.dataFolder)) { store, _ in
      await attempt { try await store.restore(try await store.findInTrash(prefix)) }
    }
  }

  func attempt(_ body: () async throws -> Void) async -> Int32 {
    do {
      try await body()
      return ExitCode.done
    } catch let error as any Explainable {
      output.complain(error.explanation.sentence)
    } catch {
      output.complain("\(error)")
    }
    return ExitCode.failed
  }

  // MARK: Providers

  func models(of provider: String?) -> Int32 {
    let configuration = loader.load()
    if let status = refusal(of: configuration) { return status }
    tell(configuration.diagnostics.filter { $0.severity == .error })
    var names = configuration.settings.providers.map(\.name)
    if names.isEmpty { names = [Settings.guideProfile.model.provider] }
    if let provider { names = [provider] }
    return run(configuration, archive: UnsavedArchive()) { [names] _, _ in
      let directory = ConfiguredProviders(
        configuration.settings, environment: loader.environment, places: loader.places)
      return await ModelsCommand(providers: names, directory: directory, output: output).run()
    }
  }

  // MARK: Configuration

  func configurationPath() -> Int32 {
    output.line(loader.places.configurationFile)
    return ExitCode.done
  }

  func checkConfiguration() -> Int32 {
    let configuration = loader.load()
    let themeDiagnostics = ThemeFiles(places: loader.places).all().diagnostics
    let all =
      configuration.diagnostics + loader.unknownThemes(of: configuration) + themeDiagnostics
    for diagnostic in all { output.line("\(diagnostic.severity.rawValue): \(diagnostic)") }
    if !configuration.isPresent, !configuration.isMissing {
      output.line("\(loader.places.configurationFile): not there; riffle config init writes one")
    }
    if all.isEmpty, configuration.isPresent { output.line("\(loader.places.configurationFile): no errors") }
    return all.contains { $0.severity == .error } ? ExitCode.failed : ExitCode.done
  }

  func beginConfiguration() -> Int32 {
    let path = loader.places.configurationFile
    let found = waiting(for: Discoverer(environment: loader.environment, places: loader.places).discoveryWithOllama)
    let text = ConfigurationTemplate.text(found: found ?? Discovery())
    do throws(LocalFileError) {
      if let slash = path.lastIndex(of: "/") { try LocalFiles.makeFolder(String(path[..<slash])) }
      try LocalFiles.write(Array(text.utf8), to: path, existing: .keep)
      let names = (found?.offers ?? []).map { "\($0.provider.name) (\($0.reason))" }
      output.line(
        names.isEmpty
          ? "\(path) is written; every line in it is a comment until you change it"
          : "\(path) is written; found and switched on: \(names.joined(separator: ", "))")
      return ExitCode.done
    } catch {
      output.complain("\(path): \(FileProblem.words(error))")
      return ExitCode.failed
    }
  }

  func listThemes(isJSON: Bool) -> Int32 {
    let found = listedThemes()
    tell(found.diagnostics)
    return ThemeListCommand(found.listed, output: output, isJSON: isJSON).run()
  }

  /// Shows a theme; without a name the one in use, on a dark terminal if that matters.
  func showTheme(_ name: String?, isJSON: Bool) -> Int32 {
    let found = listedThemes()
    let named = found.listed.first { name == nil ? $0.uses.contains(.dark) : $0.theme.name == name }
    guard let listed = named else {
      output.complain(ConfigurationLoader.unknownTheme(name ?? "auto", among: found.names))
      return ExitCode.failed
    }
    return ThemeShowCommand(listed, depth: depth, output: output, isJSON: isJSON).run()
  }

  /// All themes, with what the settings take.
  private func listedThemes() -> FoundThemes {
    let settings = loader.load().settings
    var found = ThemeFiles(places: loader.places).all()
    let chosen: String? = if case .named(let name) = settings.theme { name } else { nil }
    for (appearance, automatic) in [
      (Appearance.dark, settings.interface.darkTheme), (.light, settings.interface.lightTheme),
    ] {
      // As the full screen does: the one that is named, else what suits the terminal.
      for name in [chosen, automatic, appearance.rawValue].compactMap(\.self) {
        guard let index = found.listed.firstIndex(where: { $0.theme.name == name }) else { continue }
        found.listed[index].uses.insert(appearance)
        break
      }
    }
    return found
  }

  /// The colours that standard output may be given; none where it is no terminal.
  var depth: ColorReduction.Depth {
    let settings = loader.load().settings
    guard output.isTerminal,
      case .usable(let profile) = TerminalProfile.choose(
        loader.environment, forced: settings.interface.colors.terminalDepth)
    else { return .none }
    // A terminal that only its system's description knows has at least eight.
    return (profile.depth ?? .eight).reduction
  }

  func doctor(isJSON: Bool) -> Int32 {
    let configuration = loader.load()
    let archive = SQLiteArchive(folder: loader.places.dataFolder)
    // Before anything else runs: it has the terminal for itself for up to a second.
    let characters = CharacterCheck(environment: loader.environment, folder: loader.places.stateFolder)
    return run(configuration, archive: archive) { _, _ in
      let doctor = Doctor(
        loader: loader, configuration: configuration, archive: archive, characters: characters.finding)
      return DoctorCommand(await doctor.findings(), characters: characters.table, output: output, isJSON: isJSON).run()
    }
  }

  static func writeManual() -> Int32 {
    let sections = ProgramManual.sections()
    Output().write(Array(Manual.manPage(version: Version.text, sections: sections).utf8))
    return ExitCode.done
  }

  // MARK: Running

  func tell(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics { output.complain(diagnostic.description) }
  }

  /// `run` with the configuration as it stands, which must be there if it was named.
  func runChecked(
    archive: any ConversationArchive,
    _ body: @escaping @Sendable (SessionStore, any ConversationArchive) async -> Int32
  ) -> Int32 {
    let configuration = loader.load()
    return refusal(of: configuration) ?? run(configuration, archive: archive, body)
  }

  /// Starts a store, runs `body` on it, shuts it down. SIGINT and SIGTERM cancel `body`, which ends in order.
  func run(
    _ configuration: LoadedConfiguration, archive: any ConversationArchive, providers: ConfiguredProviders? = nil,
    _ body: @escaping @Sendable (SessionStore, any ConversationArchive) async -> Int32
  ) -> Int32 {
    SignalSource.ignore(SIGPIPE)
    do {
      let signals = try SignalSource([SIGINT, SIGTERM, SIGHUP])
      let done = try Doorbell()
      let finished = FinishedBell(done)
      let status = Locked<Int32>(ExitCode.failed)
      let directory =
        providers
        ?? ConfiguredProviders(configuration.settings, environment: loader.environment, places: loader.places)
      let store = SessionStore(archive: archive, providers: directory)
      let task = Task {
        await store.start()
        let result = await body(store, archive)
        let unsaved = await store.shutdown()
        if !unsaved.isEmpty {
          output.complain("could not be saved in \(loader.places.dataFolder): \(unsaved.words)")
        }
        status.withLock { $0 = !unsaved.isEmpty && result == ExitCode.done ? ExitCode.failed : result }
        finished.ring()
      }
      return wait(for: finished, signals: signals, cancelling: task, status: status)
    } catch {
      output.complain("could not start: \(error)")
      return ExitCode.failed
    }
  }

  /// The result of a task, for commands that need no store.
  func waiting<Result: Sendable>(for body: @escaping @Sendable () async -> Result) -> Result? {
    let result = Locked<Result?>(nil)
    do throws(SystemError) {
      let finished = FinishedBell(try Doorbell())
      Task {
        let value = await body()
        result.withLock { $0 = value }
        finished.ring()
      }
      var entries = [PollEntry(finished.descriptor, .readable)]
      Poll.wait(&entries, nanoseconds: nil)
    } catch {
      return nil
    }
    return result.withLock { $0 }
  }

  private func wait(
    for finished: FinishedBell, signals: borrowing SignalSource, cancelling task: Task<Void, Never>,
    status: Locked<Int32>
  ) -> Int32 {
    var ended: Int32?
    while true {
      var entries = [PollEntry(finished.descriptor, .readable), PollEntry(signals.descriptor, .readable)]
      Poll.wait(&entries, nanoseconds: nil)
      if !entries[0].found.isEmpty { break }
      while let signal = signals.next() {
        // A second signal leaves at once.
        if ended != nil { return 128 + signal }
        ended = 128 + signal
        task.cancel()
      }
    }
    return ended ?? status.withLock { $0 }
  }
}

/// Rings when a command has ended.
private final class FinishedBell: Sendable {
  private let doorbell: Doorbell

  init(_ doorbell: consuming Doorbell) { self.doorbell = doorbell }

  var descriptor: Int32 { doorbell.descriptor }
  func ring() { doorbell.ring() }
}
