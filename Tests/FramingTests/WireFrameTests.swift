// What a frame says about its payload without anybody's dialect.

import Framing
import Testing

@Suite("Frames")
struct WireFrameTests {
  @Test(
    "The done marker is known with blanks around it, and nothing else is",
    arguments: [
      ("[DONE]", true), (" [DONE]\r\n", true), ("[DONE", false), ("[DONE]x", false), ("[done]", false), ("", false),
    ])
  func doneMarker(text: String, expected: Bool) {
    #expect(WireFrame(data: Array(text.utf8)).isDoneMarker == expected)
  }

  @Test("Blank payloads are told from empty-looking ones")
  func blanks() {
    #expect(WireFrame(data: []).isBlank)
    #expect(WireFrame(data: Array(" \r\n\t".utf8)).isBlank)
    #expect(!WireFrame(data: [0]).isBlank)
  }

  @Test("An excerpt is short, valid text, also of a huge or broken payload")
  func excerpts() {
    #expect(WireFrame(data: Array("short".utf8)).excerpt() == "short")
    #expect(WireFrame(data: [UInt8](repeating: 0x61, count: 1 << 20)).excerpt(characters: 3) == "aaa")
    #expect(WireFrame(data: [0xFF, 0x61]).excerpt() == "\u{FFFD}a")
    #expect(WireFrame(data: Array("text".utf8)).excerpt(characters: 0) == "")
    #expect(WireFrame(data: Array("text".utf8)).excerpt(characters: -1) == "")
  }
}
