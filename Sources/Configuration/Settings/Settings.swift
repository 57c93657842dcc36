// Everything a user can set, as values that are already checked. `Settings.read` makes them from `config.toml`,
// `SettingsLayers` puts environment and flags on top.

package import Conversations
internal import Diagnostics

/// The program's settings. The initial value is what holds without any configuration.
package struct Settings: Equatable, Sendable {
  /// `profile`: the profile of new conversations; `nil` takes the first one, or the guide.
  package var profile: String?
  /// `theme`: a theme's name, or what fits the terminal's background.
  package var theme = ThemeChoice.automatic
  /// `pace`: how arrived text is released to the screen.
  package var pace = Pace.instant
  /// `[ui]`: the screen.
  package var interface = InterfaceSettings()
  /// `[hooks]`: programs that are told of answers.
  package var hooks = HookSettings()
  /// `[network]`: proxy and certificates for all providers.
  package var network = NetworkSettings()
  /// `[providers.*]`, in the order of the file.
  package var providers: [ProviderSettings] = []
  /// `[profiles.*]`, in the order of the file.
  package var profiles: [Profile] = []
  /// `[prices.*]`: prices by model.
  package var prices: [ModelReference: ModelPrice] = [:]
  /// `[keys]`: what differs from the program's own bindings.
  package var keys: [KeyBinding] = []
  /// `--linear`, `ACCESSIBLE=1` or `TERM=dumb`: append-only output. Not in the file: it belongs to a terminal, not to a
  /// user.
  package var isLinear = false

  /// What holds without any configuration.
  package init() {}

  /// The provider with this name; `guide` is always there.
  package func provider(named name: String) -> ProviderSettings? {
    providers.first { $0.name == name } ?? (name == ProviderSettings.guide.name ? .guide : nil)
  }

  /// The profile with this name; `guide` is always there.
  package func profile(named name: String) -> Profile? {
    profiles.first { $0.name == name } ?? (name == Self.guideProfile.name ? Self.guideProfile : nil)
  }

  /// The profile of new conversations: the one that is set, else the first in the file, else the guide's.
  package var defaultProfile: Profile {
    profile.flatMap(profile(named:)) ?? profiles.first ?? Self.guideProfile
  }

  /// The profile that needs no configuration.
  package static let guideProfile = Profile(name: "guide", model: ModelReference(provider: "guide", model: "guide"))

  /// Whether the configuration itself holds keys, so that its file must not be readable by others.
  package var holdsSecrets: Bool {
    providers.contains { provider in
      if case .inline = provider.credential { return true }
      return provider.headers.contains { ProviderSettings.secretHeaders.contains($0.name.lowercased()) }
    }
  }
}

/// Which theme.
package enum ThemeChoice: Equatable, Sendable, CustomStringConvertible {
  /// `dark_theme` or `light_theme`, as the terminal's background is.
  case automatic
  case named(String)

  package var description: String {
    switch self {
    case .automatic: "auto"
    case .named(let name): name
    }
  }

  /// Reads what `theme` and `--theme` take.
  package init(_ text: String) { self = text == "auto" ? .automatic : .named(text) }
}

/// `[ui]`: how the screen looks and behaves.
package struct InterfaceSettings: Equatable, Sendable {
  /// `mouse`: the wheel scrolls and clicks work; the terminal's own selection then needs Shift. Alt+M switches while
  /// running.
  package var hasMouse = true
  /// `bell`: ring when an answer ends that is not being watched.
  package var ringsBell = false
  /// `notify`: ask the terminal for a desktop notification then.
  package var notifies = false
  /// `frames_per_second`: the most frames drawn for streams; keys are always drawn at once.
  package var frameRate = FrameRate.automatic
  /// `reduced_motion`: text is shown as it comes instead of by the clock, figures change once a second.
  package var reducesMotion = false
  /// `sidebar`: the conversation list is open at start.
  package var showsSidebar = false
  /// `thinking_folded`: thinking is one line until it is unfolded.
  package var foldsThinking = true
  /// `dark_theme`: what `theme = "auto"` takes on a dark terminal, and where nothing is known.
  package var darkTheme = "dark"
  /// `light_theme`: what it takes on a light one.
  package var lightTheme = "light"
  /// `colors`: how many colours the terminal is given.
  package var colors = ColorDepth.automatic
  /// `clipboard`: which way copied text goes.
  package var clipboard = ClipboardSetting.automatic
  /// `clipboard_command`: a program that takes copied text as its input; empty for those that riffle knows.
  package var clipboardCommand: [String] = []
  /// `open_command`: a program that takes a link as its last argument; empty for those that riffle knows.
  package var openCommand: [String] = []
  /// `text_order`: who puts right-to-left text into the order in which it is seen.
  package var textOrder = TextOrderSetting.automatic
  /// `print_last_answer`: the last answer stays on the terminal when riffle is left.
  package var printsLastAnswer = false

  /// The built-in values.
  package init() {}
}

/// `[hooks]`: programs with their arguments, run without a shell; an empty one means none.
package struct HookSettings: Equatable, Sendable {
  /// `finish`: an answer has ended as it should.
  package var finish: [String] = []
  /// `error`: an answer failed or broke off.
  package var error: [String] = []
  /// `stall`: an answer makes a long pause.
  package var stall: [String] = []

  /// No programs.
  package init() {}
}

/// Which way copied text goes.
package enum ClipboardSetting: String, CaseIterable, Equatable, Sendable {
  /// What works here.
  case automatic = "auto"
  /// Through the terminal.
  case terminal = "osc52"
  case tmux
  /// A program of the desktop, or `clipboard_command`.
  case tool
  /// Nothing is copied.
  case off
}

/// Who puts right-to-left text into the order in which it is seen.
package enum TextOrderSetting: String, CaseIterable, Equatable, Sendable {
  /// The terminal where it is known to, else riffle.
  case automatic = "auto"
  case riffle
  case terminal
}

/// How often streams are drawn.
package enum FrameRate: Equatable, Sendable {
  /// At most 60 a second, fewer where the terminal or the link is slow.
  case automatic
  /// At most that many a second, 1 to 240.
  case atMost(Int)

  package static let range = 1...240
}

/// How many colours the terminal is given.
package enum ColorDepth: String, CaseIterable, Equatable, Sendable {
  /// What the terminal says it can show.
  case automatic = "auto"
  case trueColor = "truecolor"
  case palette256 = "256"
  case palette16 = "16"
  /// Attributes only, as `NO_COLOR` asks.
  case mono
}

/// `[network]`: for all providers that do not say otherwise.
package struct NetworkSettings: Equatable, Sendable {
  /// `proxy`: by default as the usual environment variables say.
  package var proxy = ProxySetting.environment
  /// `no_proxy`: hosts and domains reached directly; `nil` follows the environment.
  package var noProxy: [String]?
  /// `ca_file`: certificates to trust in addition to the system's.
  package var certificateFile: String?

  /// The built-in values.
  package init() {}
}
