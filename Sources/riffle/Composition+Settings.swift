// Settings as the parts of the program take them.

import Configuration
import Conversations
import Display
import Interface
import Platform
import Runtime
import Terminal

extension OutletSettings {
  /// Settings as the configuration has them.
  init(_ settings: InterfaceSettings) {
    let choice: ClipboardChoice =
      switch settings.clipboard {
      case .automatic: .automatic
      case .terminal: .terminal
      case .tmux: .tmux
      case .tool: .tool
      case .off: .off
      }
    self.init(
      clipboard: choice, clipboardCommand: settings.clipboardCommand, openCommand: settings.openCommand)
  }
}

extension HookCommands {
  /// Programs as the configuration has them.
  init(_ settings: HookSettings) {
    self.init([.finish: settings.finish, .error: settings.error, .stall: settings.stall])
  }
}

extension InterfaceOptions {
  /// Options as the configuration has them.
  init(_ settings: Settings, themes: [Theme], places: Places, _ environment: Environment) {
    let first = settings.defaultProfile
    var profiles = [first] + settings.profiles.filter { $0.name != first.name }
    if !profiles.contains(where: { $0.name == Settings.guideProfile.name }) { profiles.append(Settings.guideProfile) }
    let frames: Int? = if case .atMost(let count) = settings.interface.frameRate { count } else { nil }
    let name: String? = if case .named(let chosen) = settings.theme { chosen } else { nil }
    self.init(
      profiles: profiles, providers: settings.providers.map(\.name), themes: themes, themeName: name,
      keymap: CommandKeys.keymap(with: settings.keys), isMouseOn: settings.interface.hasMouse,
      rings: settings.interface.ringsBell, showsSidebar: settings.interface.showsSidebar,
      showsThinking: !settings.interface.foldsThinking, pace: settings.pace, framesPerSecond: frames,
      printsLastAnswer: settings.interface.printsLastAnswer, configurationPath: places.configurationFile,
      version: Version.text)
    notifies = settings.interface.notifies
    hooks = Set(HookEvent.Kind.allCases.filter { HookCommands(settings.hooks)[$0] != nil })
    darkThemeName = settings.interface.darkTheme
    lightThemeName = settings.interface.lightTheme
    reducesMotion = settings.interface.reducesMotion
    switch settings.interface.textOrder {
    case .riffle: ordersText = true
    case .terminal: ordersText = false
    case .automatic:
      if case .usable(let profile) = TerminalProfile.choose(environment) { ordersText = !profile.reordersText }
    }
  }
}
