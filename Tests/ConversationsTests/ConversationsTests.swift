// Names, moments and words of conversations.

import Conversations
import Diagnostics
import Testing

@Suite("Conversations")
struct ConversationsTests {
  @Test(
    "A name is accepted if it can be typed and is no option",
    arguments: ["k7m2x9", "streaming_test", "A.b-C", "_", "9"])
  func goodNames(name: String) { #expect(ConversationID(name)?.description == name) }

  @Test(
    "Other names are refused",
    arguments: ["", "-x", ".x", "a b", "a/b", "ü", "a\n", "\u{1B}[2J", String(repeating: "x", count: 65)])
  func badNames(name: String) { #expect(ConversationID(name) == nil) }

  @Test("Made-up names are six characters that are not mistaken for each other")
  func madeUpNames() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let name = ConversationID.random(using: &generator).rawValue
      #expect(name.utf8.count == 6 && ConversationID(name) != nil)
      #expect(name.first?.isLetter == true && !name.contains { "0o1li".contains($0) })
    }
  }

  @Test("An identifier is read as it is written, and sorts by the time it was made")
  func identifiers() {
    var generator = SystemRandomNumberGenerator()
    let early = MessageID.make(at: Timestamp(milliseconds: 1_700_000_000_000), using: &generator)
    let late = MessageID.make(at: Timestamp(milliseconds: 1_700_000_000_001), using: &generator)
    #expect(early < late && early.description < late.description)
    #expect(MessageID(early.description) == early)
    #expect(MessageID("01890a5d-ac96-774b-bcce-b302099a8057")?.description == "01890a5d-ac96-774b-bcce-b302099a8057")
    // Version 7, variant 2 (RFC 9562).
    #expect(Array(early.description)[14] == "7" && "89ab".contains(Array(early.description)[19]))
  }

  @Test(
    "What is no identifier is refused",
    arguments: ["", "x", String(repeating: "g", count: 36), String(repeating: "0", count: 32)])
  func badIdentifiers(text: String) { #expect(MessageID(text) == nil) }

  static let reasons: [(FinishReason, String)] = [
    (.stop, "stop"), (.length, "length"), (.toolUse, "tool_use"), (.contentFilter, "content_filter"),
    (.refusal, "refusal"), (.pause, "pause"), (.other("eos"), "other:eos"),
  ]

  @Test("A finish reason has a word and is read from it", arguments: reasons.indices)
  func finishReasons(index: Int) {
    #expect(Self.reasons[index].0.name == Self.reasons[index].1)
    #expect(FinishReason(name: Self.reasons[index].1) == Self.reasons[index].0)
  }

  @Test("An unknown word is kept as another reason")
  func unknownReason() { #expect(FinishReason(name: "eos") == .other("eos")) }

  static let moments: [(Int64, String)] = [
    (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_772_366_400_250, "2026-03-01T12:00:00.250Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
  ]

  @Test("A moment is written in RFC 3339", arguments: moments.indices)
  func timestamps(index: Int) {
    #expect(Timestamp(milliseconds: Self.moments[index].0).rfc3339 == Self.moments[index].1)
  }

  @Test("A moment can be told by a clock elsewhere")
  func localTime() {
    let parts = Timestamp(milliseconds: 0).components(utcOffsetSeconds: -3600)
    #expect(parts.year == 1969 && parts.month == 12 && parts.day == 31 && parts.hour == 23 && parts.minute == 0)
  }

  @Test("A message's text is its text parts, without thinking and tools")
  func messageText() {
    let message = Message(
      id: MessageID(high: 0, low: 1), parent: nil, role: .assistant, created: Timestamp(milliseconds: 0),
      parts: [
        .thinking("hm", signature: nil), .text("Hel"), .toolCall(ToolCall(id: "1", name: "f")), .text("lo"),
      ])
    #expect(message.text == "Hello")
  }

  @Test("A status has the word of the contract")
  func statusNames() {
    let why = Explanation(kind: .server, summary: "x")
    let all: [MessageStatus] = [.complete(nil), .streaming, .stopped, .interrupted, .incomplete(why), .failed(why)]
    #expect(all.map(\.name) == ["complete", "streaming", "stopped", "interrupted", "incomplete", "failed"])
    #expect(all.map(\.isStreaming) == [false, true, false, false, false, false])
  }

  @Test("An archive's failure says what helps")
  func archiveFailures() {
    #expect(ArchiveFailure.diskFull(path: "/d").explanation.recovery == .freeSpace)
    #expect(ArchiveFailure.newerSchema(found: 9, known: 1).explanation.detail.contains("9"))
    #expect(ArchiveFailure.failed("words").explanation.sentence.hasSuffix("words"))
  }
}
