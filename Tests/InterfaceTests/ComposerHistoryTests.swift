// Browsing and searching earlier prompts.

import Display
import Testing

@testable import Interface

@Suite("Composer history")
struct ComposerHistoryTests {
  @Test("Up in the first row shows earlier prompts, down in the last row leads back to the draft and its caret")
  func browsing() {
    var state = composer("dra|ft", history: ["first", "second"])
    #expect(state.press("Up") == .edited)
    #expect(state.marked == "second|")
    state.press("Up")
    #expect(state.marked == "first|")
    #expect(state.press("Up") == .ignored)
    state.press("Down Down")
    #expect(state.marked == "dra|ft")
    #expect(state.press("Down") == .ignored)
  }

  @Test("The history begins only at the edges of a text of several rows")
  func edges() {
    var state = composer("one\ntwo|", history: ["old"])
    #expect(state.press("Up") == .moved)
    #expect(state.press("Up") == .edited)
    #expect(state.text == "old")
    #expect(state.press("Down") == .edited)
    #expect(state.text == "one\ntwo")
  }

  @Test("The draft is what counts while earlier prompts are only looked at")
  func draft() {
    var state = composer("draft|", history: ["old"])
    state.press("Up")
    #expect(state.draft == "draft")
    state.type("!")
    #expect(state.draft == "old!")
    state.press("Down")
    #expect(state.draft == "draft")
  }

  @Test("An earlier prompt that was edited stays so while browsing")
  func editedEntries() {
    var state = composer("|", history: ["first", "second"])
    state.press("Up")
    state.type("!")
    state.press("Up Down")
    #expect(state.marked == "second!|")
    state.press("C-_")
    #expect(state.marked == "second|")
  }

  @Test("Sending an earlier prompt brings the draft back")
  func sendingAnEntry() {
    var state = composer("draft|", history: ["old"])
    state.press("Up")
    #expect(state.press("Enter") == .submit("old"))
    state.clear()
    #expect(state.marked == "draft|")
    state.clear()
    #expect(state.isEmpty)
  }

  @Test("Prompts that arrive while browsing wait until it ends")
  func newEntries() {
    var state = composer("draft|", history: ["a", "b"])
    state.press("Up")
    state.supplyHistory(["x", "y", "z"])
    state.press("Up")
    #expect(state.text == "a")
    state.press("Down Down")
    #expect(state.text == "draft")
    state.press("Up")
    #expect(state.text == "z")
  }

  @Test("Ctrl+R finds the newest prompt, then older ones")
  func searching() {
    var state = composer("draft|", history: ["make test", "other", "Make all", "make all", "last"])
    #expect(state.press("C-r") == .moved)
    state.press("m a k")
    #expect(state.search?.match?.preview.text == "make all")
    #expect(state.text == "draft")
    state.press("C-r")
    #expect(state.search?.match?.preview.text == "Make all")
    state.press("C-r")
    #expect(state.search?.match?.preview.text == "make test")
    state.press("C-r")
    #expect(state.search?.hasFailed == true)
    #expect(state.search?.match?.preview.text == "make test")
    state.press("C-s")
    #expect(state.search?.match?.preview.text == "Make all")
    #expect(state.press("Enter") == .edited)
    #expect(state.marked == "|Make all")
    #expect(!state.isSearching)
    state.press("Down Down Down")
    #expect(state.marked == "draft|")
  }

  @Test("Esc leaves the search and everything as it was")
  func leavingSearch() {
    var state = composer("dra|ft", history: ["old"])
    state.press("C-r o l Esc")
    #expect(state.marked == "dra|ft")
    #expect(!state.isSearching)
    state.press("C-r C-r")
    #expect(state.search?.query == "ol")
  }

  @Test("An editing key takes what was found and then does its work")
  func editingKeyInSearch() {
    var state = composer("|", history: ["say hello", "other"])
    state.press("C-r h e l C-k")
    #expect(state.marked == "say |")
    state = composer("|", history: ["say hello"])
    state.press("C-r h e l Left")
    #expect(state.marked == "say| hello")
  }

  @Test(
    "Keys of the program stay the program's while searching",
    arguments: ["C-c", "C-x", "C-l", "F1", "PgUp", "M-1", "M-a"])
  func foreignKeys(_ keys: String) {
    var state = composer("|", history: ["old"])
    state.press("C-r o")
    let before = state
    #expect(state.press(keys) == .ignored)
    #expect(state == before)
  }

  @Test("A capital letter in the query means it")
  func smartCase() {
    var state = composer("|", history: ["Über alles", "über"])
    state.press("C-r Ü")
    #expect(state.search?.match?.preview.text == "Über alles")
    state.press("Backspace ü")
    #expect(state.search?.match?.preview.text == "über")
    state.press("C-r")
    #expect(state.search?.match?.preview.text == "Über alles")
  }

  @Test("A shorter query is searched from the newest prompt again")
  func shorterQuery() {
    var state = composer("|", history: ["abc", "abd"])
    state.press("C-r a b c")
    #expect(state.search?.match?.preview.text == "abc")
    state.press("Backspace")
    #expect(state.search?.match?.preview.text == "abd")
    state.press("x")
    #expect(state.search?.hasFailed == true)
  }

  @Test("A paste while searching is part of the query")
  func pasteWhileSearching() {
    var state = composer("|", history: ["say hello"])
    state.press("C-r")
    #expect(state.paste("hello\nrm -r") == .moved)
    #expect(state.search?.query == "hello")
    #expect(state.isEmpty)
  }

  @Test("Without earlier prompts Ctrl+R does nothing")
  func nothingToSearch() {
    var state = composer("a|")
    #expect(state.press("C-r") == .unchanged)
    #expect(!state.isSearching)
  }
}
