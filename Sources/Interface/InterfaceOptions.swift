// What the pure program needs of the configuration, as values. Composition makes it; a live reload replaces it.

package import Conversations
package import Display

/// Settings as the interface uses them.
package struct InterfaceOptions: Equatable, Sendable {
  /// All profiles, the default one first; never empty.
  package var profiles: [Profile]
  /// Names of the configured providers, in the order of the file.
  package var providers: [String]
  package var themes: [Theme]
  /// `nil` follows the terminal's background.
  package var themeName: String?
  /// The themes taken then, on a dark and on a light terminal.
  package var darkThemeName = "dark"
  package var lightThemeName = "light"
  /// Text is shown as it comes instead of by the clock, and figures change seldom.
  package var reducesMotion = false
  package var keymap: Keymap
  package var isMouseOn: Bool
  package var rings: Bool
  /// Whether the terminal is asked for a desktop notification when it would ring.
  package var notifies = false
  /// What there are hooks for.
  package var hooks: Set<HookEvent.Kind> = []
  package var showsSidebar: Bool
  package var showsThinking: Bool
  /// How fast arrived text is shown.
  package var pace: Pace
  /// The most frames a second that streams may cause; `nil` leaves it to the loop.
  package var framesPerSecond: Int?
  /// The last answer stays on the terminal when the program is left.
  package var printsLastAnswer: Bool
  /// Whether text from right to left is put into the order in which it is seen, because the terminal does not.
  package var ordersText = false
  /// Where the configuration stands, to be shown.
  package var configurationPath: String
  package var version: String

  /// Options of a session.
  package init(
    profiles: [Profile], providers: [String], themes: [Theme], themeName: String? = nil,
    keymap: Keymap = Keymap(), isMouseOn: Bool = true, rings: Bool = false, showsSidebar: Bool = false,
    showsThinking: Bool = false, pace: Pace = .instant, framesPerSecond: Int? = nil, printsLastAnswer: Bool = false,
    configurationPath: String = "", version: String = ""
  ) {
    self.profiles = profiles
    self.providers = providers
    self.themes = themes
    self.themeName = themeName
    self.keymap = keymap
    self.isMouseOn = isMouseOn
    self.rings = rings
    self.showsSidebar = showsSidebar
    self.showsThinking = showsThinking
    self.pace = pace
    self.framesPerSecond = framesPerSecond
    self.printsLastAnswer = printsLastAnswer
    self.configurationPath = configurationPath
    self.version = version
  }
}
