// A small world for tests of the pure program: a state, its cache, and short ways to make things happen in it.

import Conversations
import Diagnostics
import Display
import Interface
import Streaming

/// The pure program in a test, with a clock that stands still until it is moved.
final class Scene {
  var state: AppState
  var cache = LayoutCache()
  var effects: [Effect] = []
  private(set) var now: Instant
  private var generator = SplitMix64(state: 7)
  private var nextMinute: Int64 = 0

  static let profile = Profile(name: "work", model: ModelReference(provider: "lab", model: "m-large"))
  // 2026-03-01 14:03 in UTC.
  static let wall = Timestamp(milliseconds: 1_772_373_780_000)

  init(columns: Int = 80, rows: Int = 24, profile: Profile = Scene.profile) {
    now = ContinuousClock().now
    var keymap = Keymap()
    for entry in CommandCatalog.defaultKeys { keymap.bind(Self.chords(entry.keys), to: entry.command) }
    let themes = [DefaultTheme.dark, DefaultTheme.light]
    let options = InterfaceOptions(
      profiles: [profile, Profile(name: "guide", model: ModelReference(provider: "guide", model: "guide"))],
      providers: ["lab"], themes: themes, keymap: keymap, configurationPath: "config.toml")
    state = AppState(
      options: options, theme: themes[0], size: Size(columns: columns, rows: rows), now: now, wall: Self.wall, seed: 1)
  }

  /// Reads the key notation of the command catalog.
  static func chords(_ text: String) -> [KeyChord] {
    text.split(separator: " ").map { word in
      var parts = word.split(separator: "-").map(String.init)
      let name = word.hasSuffix("-") ? "-" : parts.removeLast()
      var modifiers: KeyModifiers = []
      if parts.contains("ctrl") { modifiers.insert(.control) }
      if parts.contains("alt") { modifiers.insert(.alt) }
      if parts.contains("shift") { modifiers.insert(.shift) }
      let named: [String: Key] = [
        "enter": .enter, "tab": .tab, "up": .up, "down": .down, "end": .end, "home": .home, "pageup": .pageUp,
        "pagedown": .pageDown, "f1": .function(1), "f3": .function(3), "esc": .escape, "backspace": .backspace,
        "left": .left,
        "right": .right, "space": .character(" "),
      ]
      return KeyChord(named[name] ?? .character(name.unicodeScalars.first!), modifiers)
    }
  }

  func act(_ action: Action) {
    state.now = now
    state.wall = Self.wall
    effects += state.update(action, &cache)
  }

  /// Presses keys given in the notation of the catalog.
  func press(_ keys: String) {
    for chord in Self.chords(keys) { act(.input(.key(chord))) }
  }

  func type(_ text: String) {
    for scalar in text.unicodeScalars { act(.input(.key(KeyChord(.character(scalar))))) }
  }

  func wait(_ duration: Duration) {
    now = now + duration
    act(.tick)
  }

  func resize(_ columns: Int, _ rows: Int) { act(.input(.resize(Size(columns: columns, rows: rows)))) }

  /// The effects so far, which are then forgotten.
  func takeEffects() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  func makeMessage(
    _ role: Role, _ parts: [Part], status: MessageStatus = .complete(.stop), parent: MessageID? = nil
  ) -> Message {
    nextMinute += 1
    return Message(
      id: .make(at: Self.wall, using: &generator), parent: parent, role: role,
      created: Timestamp(milliseconds: Self.wall.milliseconds + nextMinute * 60_000),
      origin: role == .assistant ? Self.profile.model : nil, parts: parts, status: status)
  }

  /// Tells the program of changes in the shown conversation.
  func change(_ changes: TranscriptChange..., in id: ConversationID? = nil) {
    var update = SessionUpdate()
    update.changes[id ?? state.shown] = changes
    act(.session(update))
  }

  /// A conversation with these turns, prompt first, all finished.
  func open(turns: [(String, String)]) {
    for (prompt, answer) in turns {
      change(.message(makeMessage(.user, [.text(prompt)])))
      change(.message(makeMessage(.assistant, [.text(answer)])))
    }
  }

  /// Begins an answer that streams and returns its message.
  func beginAnswer(phase: RunPhase = .writing, chunks: Int = 0) -> MessageID {
    let message = makeMessage(.assistant, [], status: .streaming)
    change(.message(message))
    var update = SessionUpdate()
    var run = RunSnapshot(
      id: .make(at: Self.wall, using: &generator), conversation: state.shown, message: message.id,
      model: Self.profile.model, phase: phase, started: now)
    run.metrics.chunks = chunks
    run.metrics.characters = chunks * 5
    run.lastChunk = chunks > 0 ? now : nil
    update.runs[run.id] = run
    act(.session(update))
    return message.id
  }

  func frame() -> Frame {
    state.now = now
    var frame = Frame(surface: Surface(size: state.size), glyphs: GlyphTable(), theme: state.theme, cursor: nil)
    Renderer.render(state, into: &frame, cache: &cache)
    return frame
  }

  /// The screen as text, rows without blanks at their ends.
  func rows() -> [String] {
    let frame = frame()
    return (0..<frame.surface.size.rows).map { y in
      var row = ""
      for x in 0..<frame.surface.size.columns {
        let cell = frame.surface[Point(x: x, y: y)]
        if cell.width > 0 { row += frame.glyphs.text(of: cell.glyph) }
      }
      while row.last == " " { row.removeLast() }
      return row
    }
  }

  func shows(_ text: String) -> Bool { rows().contains { $0.contains(text) } }
}
