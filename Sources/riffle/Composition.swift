// The composition root of the program on the full screen and in linear mode: builds every part, connects them, runs the
// loop, ends in order. What the first frame does not need is made after it.

import Configuration
import Conversations
import Diagnostics
import Display
import Glibc
import Interface
import Persistence
import Platform
import Providers
import Runtime
import Sessions
import Streaming
import Terminal
import Transport

/// What a full-screen start begins with.
enum StartingPoint: Sendable {
  case newConversation
  /// The conversation whose ID begins so.
  case conversation(String)
  /// The one that changed last.
  case latest
}

/// Runs the full-screen program, or its linear form where that was asked for or nothing else can be drawn.
struct Composition {
  let loader: ConfigurationLoader
  let start: StartingPoint
  /// Whether linear mode was asked for on the command line.
  let isLinear: Bool

  var environment: Environment { loader.environment }
  var places: Places { loader.places }

  // What is still to be saved when leaving may take this long (`robustness.md`, section 1).
  private static let leavingLimit: UInt64 = 2_000_000_000
  // And this is what finding out what is missing may take then; nothing of it waits for a disk.
  private static let countingLimit: UInt64 = 500_000_000

  /// Runs until the user leaves.
  /// - Returns: the exit status.
  func run() -> Int32 {
    var configuration = loader.load()
    configuration.diagnostics += loader.unknownThemes(of: configuration) + loader.brokenThemes(of: configuration)
    if let complaint = unknownProfile(configuration) {
      Console.complain(complaint)
      return ExitCode.usage
    }
    do {
      SignalSource.ignore(SIGPIPE)
      let signals = try SignalSource(EventLoop<CursesScreen>.signals)
      let mailbox = try Mailbox()
      let options = InterfaceOptions(
        configuration.settings, themes: firstThemes(configuration.settings), places: places, environment)
      if isLinear || reasonForLinear != nil {
        let reason = isLinear ? nil : reasonForLinear
        return runLinear(configuration, options, because: reason, signals: signals, mailbox: mailbox)
      }
      let screen: CursesScreen
      do throws(ScreenError) {
        screen = try openScreen(configuration)
      } catch {
        guard case .unusable(let reason) = error else { throw error }
        return runLinear(configuration, options, because: reason, signals: signals, mailbox: mailbox)
      }
      return try runScreen(configuration, options, screen, signals: signals, mailbox: mailbox)
    } catch ScreenError.lost {
      Console.complain("the terminal is gone")
      return ExitCode.failed
    } catch {
      Console.complain("could not start: \(error)")
      return ExitCode.failed
    }
  }

  private func unknownProfile(_ configuration: LoadedConfiguration) -> String? {
    guard let name = loader.flags.profile, configuration.settings.profile(named: name) == nil else { return nil }
    let known = configuration.settings.profiles.map(\.name) + [Settings.guideProfile.name]
    return "there is no profile \(Sanitizer.singleLine(name)); known: \(known.joined(separator: ", "))"
  }

  private func openScreen(_ configuration: LoadedConfiguration) throws(ScreenError) -> CursesScreen {
    try CursesScreen.open(
      ScreenOptions(
        environment: environment, depth: configuration.settings.interface.colors.terminalDepth,
        crashNote: "riffle crashed; \(places.stateFolder)/riffle.log may say why. Conversations are kept.",
        widths: WidthMeasurer.remembered(in: places.stateFolder, environment),
        ordersText: configuration.settings.interface.textOrder != .terminal))
  }

  private func runScreen(
    _ configuration: LoadedConfiguration, _ options: InterfaceOptions, _ screen: consuming CursesScreen,
    signals: consuming SignalSource, mailbox: Mailbox
  ) throws -> Int32 {
    let parts = makeParts(configuration, terminalCapacity: screen.clipboardCapacity, mailbox)
    let standardError = parts.log?.takeStandardError()
    var state = firstState(configuration, options, size: screen.size)
    if case .conversation(let id) = start { state.show("Opening \(Sanitizer.singleLine(id, maximumColumns: 64))") }
    let (runner, clock) = (parts.runner, ContinuousClock())
    var loop = EventLoop(
      screen: screen, state: state, mailbox: mailbox, signals: signals,
      editor: ExternalEditor(environment: environment, folder: places.stateFolder),
      viewer: ExternalViewer(environment: environment, folder: places.stateFolder),
      perform: { runner.perform($0) }, now: { clock.now },
      wall: { Timestamp(milliseconds: WallClock.milliseconds()) })
    let ending = try loop.run {
      begin(parts, configuration, mailbox)
      runner.perform(firstEffects)
    }
    if ending == .quit, loop.state.options.printsLastAnswer { printLastAnswer(of: loop.state) }
    // Standard error goes to the log until the screen is given back.
    _ = consume standardError
    return end(because: ending, parts)
  }

  /// What works behind either front.
  struct Parts {
    let log: LogFile?
    let providers: ConfiguredProviders
    let archive: SQLiteArchive
    let store: SessionStore
    let outlets: Outlets
    let hooks: HookRunner
    let runner: EffectRunner
  }

  /// - Parameter terminalCapacity: bytes that the terminal's clipboard takes; `nil` where nothing may be sent to it.
  func makeParts(_ configuration: LoadedConfiguration, terminalCapacity: Int?, _ mailbox: Mailbox) -> Parts {
    let log = LogFile(folder: places.stateFolder)
    log?.note("riffle \(Version.text) starts")
    for diagnostic in configuration.diagnostics { log?.note("\(diagnostic.severity.rawValue): \(diagnostic)") }
    let wire = WireLog()
    let providers = ConfiguredProviders(configuration.settings, environment: environment, places: places, wire: wire)
    let archive = SQLiteArchive(folder: places.dataFolder)
    let store = SessionStore(archive: archive, providers: providers)
    let outlets = Outlets(
      OutletSettings(configuration.settings.interface), environment: environment, terminalCapacity: terminalCapacity)
    let hooks = HookRunner(
      HookCommands(configuration.settings.hooks), environment: environment, output: log?.descriptor,
      note: { log?.note($0) }, mailbox: mailbox)
    let runner = EffectRunner(
      store: store, providers: providers, files: UserFiles(environment).attachments, outlets: outlets, journal: wire,
      hooks: hooks,
      mailbox: mailbox)
    return Parts(
      log: log, providers: providers, archive: archive, store: store, outlets: outlets, hooks: hooks, runner: runner)
  }

  /// The program at its start.
  /// - Parameter linear: what linear mode keeps; `nil` for the full screen.
  func firstState(
    _ configuration: LoadedConfiguration, _ options: InterfaceOptions, size: Size, linear: LinearState? = nil
  ) -> AppState {
    var generator = SystemRandomNumberGenerator()
    var state = AppState(
      options: options, theme: firstTheme(options), size: size, now: ContinuousClock().now,
      wall: Timestamp(milliseconds: WallClock.milliseconds()), seed: generator.next())
    state.linear = linear
    state.utcOffsetSeconds = LocalTime(millisecondsSince1970: WallClock.milliseconds()).secondsFromUTC
    state.diagnostics = configuration.diagnostics
    if let first = configuration.diagnostics.first { state.show(first.description, .warning) }
    return state
  }

  /// Sets everything going that the first frame did not need.
  func begin(_ parts: Parts, _ configuration: LoadedConfiguration, _ mailbox: Mailbox) {
    if let log = parts.log { parts.runner.start { log.note($0) } } else { parts.runner.start() }
    let themes = Locked(FoundThemes())
    loadRest(of: configuration, parts.archive, themes, into: mailbox, parts.log)
    if !configuration.isPresent { offer(into: configuration.settings, parts.providers, mailbox) }
    watchConfiguration(replacing: configuration, themes, for: parts, mailbox)
  }

  /// Ends in order.
  /// - Parameter quitStatus: the exit status if the user left and everything is saved.
  func end(because ending: LoopEnding, _ parts: Parts, quitStatus: Int32 = ExitCode.done) -> Int32 {
    if case .signal(let number) = ending { parts.log?.note("ended by signal \(number)") }
    let status = save(because: ending, parts.runner, parts.store, parts.log)
    parts.log?.note("riffle ends with status \(status)")
    return ending == .quit && status == ExitCode.done ? quitStatus : status
  }

  var firstEffects: [Effect] {
    let opening: [Effect] =
      switch start {
      case .newConversation: []
      case .conversation(let prefix): [.openPrefix(prefix)]
      case .latest: [.openLatest]
      }
    // What is usual for the models is read last, and in pieces: everything else comes in between.
    let wall = Timestamp(milliseconds: WallClock.milliseconds())
    return opening + [
      .loadHistory, .loadSummaries, .instrument(.stats(.loadBaselines(since: AppState.baselineStart(at: wall)))),
    ]
  }

  /// The themes that the first frame may need; the others follow.
  private func firstThemes(_ settings: Settings) -> [Theme] {
    let files = ThemeFiles(places: places)
    let builtIn = [DefaultTheme.dark, DefaultTheme.light]
    if case .named(let name) = settings.theme {
      return [files.reading(named: name)?.theme].compactMap(\.self) + builtIn
    }
    // Nothing was chosen, mostly: then no file is looked for before the first frame.
    let names = [settings.interface.darkTheme, settings.interface.lightTheme]
    return names.filter { name in !builtIn.contains { $0.name == name } }
      .compactMap { files.reading(named: $0)?.theme } + builtIn
  }

  private func firstTheme(_ options: InterfaceOptions) -> Theme {
    options.themes.first { $0.name == options.themeName ?? options.darkThemeName } ?? DefaultTheme.dark
  }

  private func loadRest(
    of configuration: LoadedConfiguration, _ archive: SQLiteArchive, _ themes: Locked<FoundThemes>,
    into mailbox: Mailbox, _ log: LogFile?
  ) {
    let loader = loader
    let keys = CommandKeys.keymap(with: configuration.settings.keys)
    Task {
      for report in await archive.openingReport() {
        log?.note(report.sentence)
        mailbox.post(.failed(report))
      }
      mailbox.post(.manual(ProgramManual.sections(keys: keys)))
      let found = ThemeFiles(places: loader.places).all()
      themes.withLock { $0 = found }
      mailbox.post(.themes(found.themes, found.diagnostics))
    }
  }

  /// Without a configuration: what this machine has is offered, and nothing is asked of it before the user chooses.
  private func offer(into settings: Settings, _ providers: ConfiguredProviders, _ mailbox: Mailbox) {
    let discoverer = Discoverer(environment: environment, places: places)
    Task {
      let offers = await discoverer.discoveryWithOllama().offers
      guard !offers.isEmpty else { return }
      var settings = settings
      settings.providers += offers.map(\.provider)
      settings.profiles += offers.map(\.profile)
      providers.replace(settings)
      mailbox.post(.offers(offers.map { ProfileOffer($0.profile, because: $0.reason) }))
    }
  }

  /// Takes a changed configuration and changed themes into use; what has errors changes nothing and says so.
  private func watchConfiguration(
    replacing first: LoadedConfiguration, _ themes: Locked<FoundThemes>, for parts: Parts, _ mailbox: Mailbox
  ) {
    let (loader, places, environment) = (loader, places, environment)
    let (providers, outlets, hooks) = (parts.providers, parts.outlets, parts.hooks)
    let files = ThemeFiles(places: places)
    let last = Locked(first)
    FileWatch.begin(places.configurationFile, folders: [places.themesFolder]) {
      var new = loader.load()
      new.diagnostics += loader.unknownThemes(of: new)
      let isBroken = new.diagnostics.contains { $0.severity == .error }
      last.withLock { last in
        if isBroken { new.settings = last.settings } else { last = new }
      }
      let found = themes.withLock { last in
        last = files.all(since: last)
        return last
      }
      for problem in loader.brokenThemes(of: new) + found.diagnostics where !new.diagnostics.contains(problem) {
        new.diagnostics.append(problem)
      }
      if !isBroken {
        providers.replace(new.settings)
        outlets.replace(OutletSettings(new.settings.interface))
        hooks.replace(HookCommands(new.settings.hooks))
      }
      let options = InterfaceOptions(new.settings, themes: found.themes, places: places, environment)
      mailbox.post(.settings(options, new.diagnostics))
    }
  }

  /// Leaves the last answer of the shown conversation on the terminal, where it is scrolled back to.
  private func printLastAnswer(of state: AppState) {
    guard let answer = state.transcript.answers.last?.text else { return }
    Console.write(answer.hasSuffix("\n") ? answer : answer + "\n", to: STDOUT_FILENO)
  }

  /// Saves what is to be saved, for two seconds at the most; what cannot be saved goes into a rescue file.
  private func save(because ending: LoopEnding, _ runner: EffectRunner, _ store: SessionStore, _ log: LogFile?) -> Int32
  {
    let outcome = within(Self.leavingLimit) {
      await runner.finish()
      return UnsavedWork(await store.shutdown().items + runner.unperformed.items)
    }
    let isLate = outcome == nil
    // The archive did not answer; the store, which only waits for it, does.
    let unsaved =
      outcome
      ?? within(Self.countingLimit) {
        UnsavedWork(await store.waiting.items + runner.unperformed.items)
      } ?? runner.unperformed
    if isLate {
      Console.complain("the archive in \(places.dataFolder) did not answer in time; the newest changes may be missing")
    }
    guard unsaved.isEmpty else {
      log?.note("could not be saved: \(unsaved.words)")
      Console.complain("could not be saved in \(places.dataFolder): \(unsaved.words)")
      if let path = RescueFile(places, environment).write(unsaved) {
        Console.complain("it is kept in \(path)")
      } else {
        Console.complain("no folder takes a rescue file either; it is lost")
      }
      return ExitCode.failed
    }
    switch ending {
    case .quit: return isLate ? ExitCode.failed : ExitCode.done
    case .signal(let number): return 128 + number
    case .terminalLost: return 128 + SIGHUP
    }
  }

  /// The result of something that may hang; `nil` if it takes longer.
  private func within<Result: Sendable>(
    _ nanoseconds: UInt64, _ body: @escaping @Sendable () async -> Result
  ) -> Result? {
    guard let doorbell = try? Doorbell() else { return nil }
    let bell = SharedDoorbell(doorbell)
    let result = Locked<Result?>(nil)
    Task {
      let value = await body()
      result.withLock { $0 = value }
      bell.ring()
    }
    var entries = [PollEntry(bell.descriptor, .readable)]
    Poll.wait(&entries, nanoseconds: nanoseconds)
    return result.withLock { $0 }
  }
}

/// A doorbell that several may hold.
private final class SharedDoorbell: Sendable {
  private let doorbell: Doorbell

  init(_ doorbell: consuming Doorbell) { self.doorbell = doorbell }

  var descriptor: Int32 { doorbell.descriptor }
  func ring() { doorbell.ring() }
}

extension ColorDepthSetting {
  /// What the terminal is to be given; `nil` leaves it to what the terminal says of itself.
  var terminalDepth: Terminal.ColorDepth? {
    switch self {
    case .automatic: nil
    case .trueColor: .full
    case .palette256: .palette
    case .palette16: .sixteen
    case .mono: .mono
    }
  }
}

/// The configuration's name for a number of colours; the terminal has a type of the same name.
typealias ColorDepthSetting = Configuration.ColorDepth
