// Completing slash commands and their first argument.

import Display
import Testing

@testable import Interface

@Suite("Composer completion")
struct ComposerCompletionTests {
  private let commands = ["model", "mouse", "rename", "new"].map { CompletionCandidate(value: $0, help: "about \($0)") }
  private let models = ["alpha", "beta"].map { CompletionCandidate(value: $0) }

  private func candidates(_ context: CompletionContext) -> [CompletionCandidate] {
    switch context.kind {
    case .command: commands
    case .argument(of: "model"): models
    case .argument: []
    }
  }

  @discardableResult
  private func press(_ keys: String, _ state: inout ComposerState) -> ComposerOutcome {
    var outcome = ComposerOutcome.unchanged
    for chord in chords(keys) {
      outcome = state.handle(chord, width: 80)
      if outcome == .edited || outcome == .moved { state.updateCompletions(from: candidates) }
    }
    return outcome
  }

  private func values(_ state: ComposerState) -> [String] {
    state.completions?.items.map(\.candidate.value) ?? []
  }

  @Test("What is completed is the name or the first argument at the caret")
  func contexts() {
    func kind(_ marked: String) -> CompletionContext.Kind? { composer(marked).completionContext?.kind }
    #expect(kind("/|") == .command)
    #expect(kind("/mo|del x") == .command)
    #expect(kind("/model |") == .argument(of: "model"))
    #expect(kind("/model al|") == .argument(of: "model"))
    #expect(kind("/model alpha |") == nil)
    #expect(kind("|/model") == nil)
    #expect(kind("hello|") == nil)
    #expect(kind("/model\n|") == nil)
    #expect(composer("/mo|del x").completionContext?.prefix == "mo")
  }

  @Test("The list opens while typing and closes when nothing fits")
  func opening() {
    var state = ComposerState()
    press("/", &state)
    #expect(values(state) == ["model", "mouse", "rename", "new"])
    press("m", &state)
    #expect(values(state) == ["model", "mouse", "rename"])
    press("x", &state)
    #expect(state.completions == nil)
    press("Backspace o", &state)
    #expect(values(state) == ["model", "mouse"])
  }

  @Test("Tab goes through the list, Shift+Tab back, as one step to undo")
  func cycling() {
    var state = ComposerState()
    press("/ m o Tab", &state)
    #expect(state.marked == "/model|")
    press("Tab", &state)
    #expect(state.marked == "/mouse|")
    press("Tab", &state)
    #expect(state.marked == "/model|")
    press("S-Tab", &state)
    #expect(state.marked == "/mouse|")
    press("C-_", &state)
    #expect(state.marked == "/mo|")
  }

  @Test("A single candidate is taken with the space behind it, and its argument comes next")
  func single() {
    var state = ComposerState()
    press("/ m o d Tab", &state)
    #expect(state.marked == "/model |")
    #expect(values(state) == ["alpha", "beta"])
    press("b Tab", &state)
    #expect(state.marked == "/model beta |")
    #expect(state.completions == nil)
    #expect(press("Tab", &state) == .ignored)
    #expect(press("Enter", &state) == .submit("/model beta "))
  }

  @Test("The arrows choose, Enter takes what was chosen instead of sending")
  func choosing() {
    var state = composer("|", history: ["old"])
    press("/ m o Down Down", &state)
    #expect(state.completions?.selected == 1)
    #expect(state.marked == "/mo|")
    #expect(press("Enter", &state) == .edited)
    #expect(state.marked == "/mouse |")
    #expect(press("Enter", &state) == .submit("/mouse "))
  }

  @Test("Enter without a choice sends what was typed")
  func sending() {
    var state = ComposerState()
    #expect(press("/ n e w Enter", &state) == .submit("/new"))
    state = ComposerState()
    #expect(press("/ m o Tab Enter", &state) == .submit("/model"))
  }

  @Test("Esc closes the list until another part is typed; a second Esc is the program's")
  func closing() {
    var state = ComposerState()
    press("/ m", &state)
    #expect(press("Esc", &state) == .moved)
    #expect(state.completions == nil)
    press("o", &state)
    #expect(state.completions == nil)
    #expect(press("Esc", &state) == .ignored)
    press("d e l Space", &state)
    #expect(values(state) == ["alpha", "beta"])
    press("C-u /", &state)
    #expect(values(state).count == 4)
  }

  @Test("In the middle of a command the whole name is replaced")
  func middle() {
    var state = composer("/m|x arg")
    state.updateCompletions(from: candidates)
    press("Tab", &state)
    #expect(state.marked == "/model| arg")
  }

  @Test("A command from the history opens no list")
  func history() {
    var state = composer("|", history: ["/mo"])
    press("Up", &state)
    #expect(state.marked == "/mo|")
    #expect(state.completions == nil)
  }
}
