// What each key does in the composer, as readline's manual has it, and which keys it leaves alone.

import Display
import Testing

@testable import Interface

@Suite("Composer keys")
struct ComposerKeysTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let before: String
    let keys: String
    let after: String
    var testDescription: String { "\(before) — \(keys) — \(after)" }
    init(_ before: String, _ keys: String, _ after: String) {
      self.before = before
      self.keys = keys
      self.after = after
    }
  }

  @Test(
    "Motions go by cluster, word, line and text",
    arguments: [
      Case("one two|", "C-a", "|one two"), Case("|one two", "C-e", "one two|"),
      Case("a\nb|b\nc", "C-a", "a\n|bb\nc"), Case("a\n|bb\nc", "C-e", "a\nbb|\nc"),
      Case("a\nb|b\nc", "Home", "a\n|bb\nc"), Case("a\n|bb\nc", "End", "a\nbb|\nc"),
      Case("ab|", "C-b", "a|b"), Case("|ab", "C-f", "a|b"), Case("ab|", "Left Left", "|ab"),
      Case("|ab", "Right", "a|b"),
      Case("a\n|b", "Left", "a|\nb"), Case("a|\nb", "Right", "a\n|b"),
      Case("one, two|", "M-b", "one, |two"), Case("one, two|", "M-b M-b", "|one, two"),
      Case("|one, two", "M-f", "one|, two"), Case("one|, two", "M-f", "one, two|"),
      Case("one\n\ntwo|", "C-Left C-Left", "|one\n\ntwo"), Case("one|\n\ntwo", "C-Right", "one\n\ntwo|"),
      Case("été 日本|", "M-b", "été |日本"), Case("été 日本|", "M-b M-Left", "|été 日本"),
      Case("a\nb|\nc", "M-<", "|a\nb\nc"), Case("a\n|b\nc", "M->", "a\nb\nc|"),
      Case("a\nb|\nc", "C-Home", "|a\nb\nc"), Case("a\n|b\nc", "C-End", "a\nb\nc|"),
      Case("👨‍👩‍👧|x", "Left", "|👨‍👩‍👧x"), Case("🇩🇪🇫🇷|", "Left", "🇩🇪|🇫🇷"), Case("|e\u{301}x", "Right", "e\u{301}|x"),
    ])
  func motion(_ sample: Case) { check(sample) }

  @Test(
    "Deleting takes whole clusters",
    arguments: [
      Case("ab|", "Backspace", "a|"), Case("ab|", "C-h", "a|"), Case("|ab", "Delete", "|b"), Case("a|b", "C-d", "a|"),
      Case("a\n|b", "Backspace", "a|b"), Case("a|\nb", "Delete", "a|b"), Case("a|", "C-d", "a|"),
      Case("x👨‍👩‍👧|", "Backspace", "x|"), Case("🇩🇪🇫🇷|", "Backspace", "🇩🇪|"), Case("|🇩🇪🇫🇷", "C-d", "|🇫🇷"),
      Case("xe\u{301}\u{302}|", "Backspace", "x|"), Case("|👍🏽b", "Delete", "|b"),
    ])
  func deletion(_ sample: Case) { check(sample) }

  @Test(
    "Cuts come back",
    arguments: [
      Case("one |two\nthree", "C-k", "one |\nthree"), Case("one|\nthree", "C-k", "one|three"),
      Case("one two|", "C-u", "|"), Case("a\none |two", "C-u", "a\n|two"), Case("a\n|two", "C-u", "a|two"),
      Case("ls /a/b-c|", "C-w", "ls |"), Case("ls /a/b  |", "C-w", "ls |"),
      Case("ls /a/b-c|", "M-Backspace", "ls /a/b-|"),
      Case("|one two", "M-d", "| two"), Case("one| two", "M-d", "one|"),
      Case("one |two", "C-k C-y", "one two|"), Case("one |two", "C-k C-a C-y", "two|one "),
      Case("a b c|", "C-w C-w C-y", "a b c|"), Case("a |b c", "M-d M-d C-y", "a b c|"),
      Case("one |two\nx", "C-k C-k C-y", "one two\n|x"), Case("one |two", "C-u C-k C-y", "one two|"),
      Case("a b|", "C-w C-a M-d C-e C-y", " a|"), Case("a b|", "C-w C-a M-d C-e C-y M-y", " b|"),
      Case("a b|", "C-w C-a M-d C-e C-y M-y M-y", " a|"), Case("a b|", "C-w Left M-y", "a| "),
    ])
  func killing(_ sample: Case) { check(sample) }

  @Test(
    "Characters are exchanged and words change case",
    arguments: [
      Case("a|b", "C-t", "ba|"), Case("ab|", "C-t", "ba|"), Case("|ab", "C-t", "|ab"), Case("a\nb|", "C-t", "a\nb|"),
      Case("日|👍🏽x", "C-t", "👍🏽日|x"), Case("a|bc", "C-t C-t", "bca|"),
      Case("|one two", "M-u", "ONE| two"), Case("ONE| TWO", "M-l", "ONE two|"), Case("| oNE", "M-c", " One|"),
      Case("|straße", "M-u", "STRASSE|"), Case("|ONE", "M-u", "ONE|"), Case("o|NE", "M-c", "oNe|"),
    ])
  func exchanging(_ sample: Case) { check(sample) }

  @Test(
    "New lines have four keys",
    arguments: [
      Case("a|b", "C-j", "a\n|b"), Case("a|b", "M-Enter", "a\n|b"), Case("a|b", "S-Enter", "a\n|b"),
      Case("a\\|", "Enter", "a\n|"), Case("a\\|\nb", "Enter", "a\n|\nb"), Case("|", "C-j", "\n|"),
    ])
  func newlines(_ sample: Case) { check(sample) }

  private func check(_ sample: Case) {
    #expect(composer(sample.before, pressing: sample.keys).marked == sample.after)
  }

  @Test("Up and down go by the rows on screen and keep their column")
  func goalColumn() {
    // Ten columns for text: rows are "one two", "three four"; then "x"; then "12345678".
    let text = "one two three four\nx\n12345678"
    var state = composer("one two| three four\nx\n12345678")
    state.press("Down", width: 13)
    #expect(state.marked == "one two three f|our\nx\n12345678")
    state.press("Down", width: 13)
    #expect(state.marked == "one two three four\nx|\n12345678")
    state.press("Down", width: 13)
    #expect(state.marked == "one two three four\nx\n1234567|8")
    state.press("Up Up Up", width: 13)
    #expect(state.marked == "one two| three four\nx\n12345678")
    #expect(state.text == text)
  }

  @Test("Ctrl+N and Ctrl+P are down and up")
  func controlNAndP() {
    var state = composer("a|b\ncd")
    state.press("C-n")
    #expect(state.marked == "ab\nc|d")
    state.press("C-p")
    #expect(state.marked == "a|b\ncd")
  }

  @Test("The column kept by up and down counts wide characters twice")
  func goalColumnOfWideCharacters() {
    #expect(composer("日本|語\nabcdef", pressing: "Down").marked == "日本語\nabcd|ef")
    #expect(composer("日本語\nabc|def", pressing: "Up").marked == "日|本語\nabcdef")
  }

  @Test("Enter submits the text and leaves it until it is cleared")
  func submitting() {
    var state = composer("hello\nworld|")
    #expect(state.press("Enter") == .submit("hello\nworld"))
    #expect(state.text == "hello\nworld")
    state.clear()
    #expect(state.isEmpty)
    #expect(state.press("C-_") == .unchanged)
  }

  @Test(
    "Keys of the rest of the program are left alone, with and without a text",
    arguments: [
      "C-c", "C-x", "C-g", "C-l", "C-o", "Esc", "F1", "F3", "PgUp", "PgDn", "M-1", "M-9", "M-a", "M-/", "M-Up",
      "M-Down", "Tab",
      "S-Tab", "M-m", "Insert", "C-z", "C-Enter",
    ])
  func foreignKeys(_ keys: String) {
    for text in ["|", "some te|xt"] {
      var state = composer(text)
      let before = state
      #expect(state.press(keys) == .ignored)
      #expect(state == before)
    }
  }

  @Test(
    "On an empty composer keys that need a text are left alone",
    arguments: [
      "C-d", "C-p", "C-n", "Enter", "Up", "Down", "Left", "Right", "Home", "End", "Backspace", "Delete", "C-k", "C-u",
      "C-w", "M-l",
    ])
  func emptyComposer(_ keys: String) {
    var state = composer("|")
    #expect(state.press(keys) == .ignored)
    #expect(state.isEmpty)
  }

  @Test("Blank text is not submitted", arguments: ["|", "  |", "\n\n|", "\u{3000}\t|"])
  func blank(_ text: String) {
    var state = composer(text)
    #expect(state.press("Enter") == .ignored)
  }

  @Test("Question mark and slash are ordinary characters")
  func ordinaryCharacters() {
    #expect(composer("|", pressing: "? /").marked == "?/|")
  }

  @Test("A control character is never typed")
  func controlCharacters() {
    var state = composer("a|")
    for value: UInt8 in [0, 0x07, 0x1B, 0x7F] {
      #expect(state.handle(KeyChord(.character(Unicode.Scalar(value))), width: 80) == .ignored)
    }
    #expect(state.marked == "a|")
  }

  @Test("A mark that is typed joins the character before it")
  func typedMarks() {
    var state = composer("|x")
    state.type("e\u{301}")
    #expect(state.marked == "e\u{301}|x")
    state.press("Backspace")
    #expect(state.marked == "|x")
  }
}

@Suite("Composer pastes")
struct ComposerPasteTests {
  @Test("A paste is text whatever it contains, and one step to undo")
  func pasteIsText() {
    var state = composer("a|b")
    let text = "x\u{1B}[201~\u{03}\r\n/quit\ry\u{04}\n"
    #expect(state.paste(text) == .edited)
    #expect(state.marked == "ax\u{1B}[201~\u{03}\n/quit\ny\u{04}\n|b")
    state.press("C-_")
    #expect(state.marked == "a|b")
  }

  @Test("A paste of more than a mebibyte is kept and offered as an attachment")
  func largePaste() {
    let limit = String(repeating: "0123456789abcde\n", count: 65_536)
    var state = composer("|")
    #expect(state.paste(limit) == .edited)
    state.clear()
    #expect(state.paste(limit + "x") == .offersAttachment(byteCount: 1_048_577))
    #expect(state.text == limit + "x")
    state.press("C-_")
    #expect(state.isEmpty)
  }

  @Test("Text from an editor replaces the draft as one step")
  func replacing() {
    var state = composer("old|")
    state.replaceText(with: "new\r\ntext")
    #expect(state.marked == "new\ntext|")
    state.press("C-_")
    #expect(state.marked == "old|")
  }

  @Test("A quotation goes to the caret")
  func quoting() {
    var state = composer("a|b")
    state.insert("> q\n")
    #expect(state.marked == "a> q\n|b")
  }
}
