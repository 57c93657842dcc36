// Newline-delimited JSON: endings, blanks, the last line, and the limit.

import Framing
import Testing

private func read(_ pieces: [[UInt8]], maximumBytes: Int = 1 << 20) -> (lines: [String], decoder: LineDelimitedDecoder)
{
  var decoder = LineDelimitedDecoder(maximumBytes: maximumBytes)
  var frames: [WireFrame] = []
  for piece in pieces { frames += decoder.push(piece) }
  frames += decoder.finish()
  return (frames.map(\.text), decoder)
}

@Suite("Lines")
struct LineDelimitedDecoderTests {
  @Test(
    "Lines end with LF or CRLF, blank ones are skipped, and the last may lack its ending",
    arguments: [
      ("{\"a\":1}\n{\"b\":2}\n", ["{\"a\":1}", "{\"b\":2}"]),
      ("{\"a\":1}\r\n{\"b\":2}\r\n", ["{\"a\":1}", "{\"b\":2}"]),
      ("\n\r\n \t\n{\"a\":1}\n\n", ["{\"a\":1}"]),
      ("{\"a\":1}\n{\"b\":2}", ["{\"a\":1}", "{\"b\":2}"]),
      ("{\"a\":1}\n{\"b\":2}\r", ["{\"a\":1}", "{\"b\":2}"]),
      ("{\"a\":\r1}\n", ["{\"a\":\r1}"]),
      ("\u{FEFF}{\"a\":1}\n\u{FEFF}{}\n", ["{\"a\":1}", "\u{FEFF}{}"]),
      ("not json\n{}\n", ["not json", "{}"]),
      ("", []),
    ])
  func lines(text: String, expected: [String]) {
    let bytes = Array(text.utf8)
    for way in Cuts.all(bytes) {
      let reading = read(way)
      #expect(reading.lines == expected)
      #expect(!reading.decoder.endedInsideFrame)
      #expect(reading.decoder.consumedBytes == bytes.count)
    }
  }

  @Test("A last line that is cut off is discarded and told")
  func cutLine() {
    let reading = read([Array("{\"a\":1}\n{\"b\":".utf8)])
    #expect(reading.lines == ["{\"a\":1}"])
    #expect(reading.decoder.endedInsideFrame)
  }

  @Test("P16: an endless line is refused at the limit, with the place where it began")
  func endlessLine() {
    let bytes = Array("{}\n".utf8) + [UInt8](repeating: 0x61, count: 2_000)
    for way in [[bytes], Cuts.bytes(bytes)] {
      let reading = read(way, maximumBytes: 500)
      #expect(reading.lines == ["{}"])
      #expect(reading.decoder.failure == .lineTooLong(offset: 3, limit: 500))
    }
  }

  @Test("Every format makes a decoder of its own kind")
  func formats() {
    let stream = Array("data: {}\n\n".utf8)
    func texts(_ format: FrameFormat) -> [String] {
      var decoder = format.makeDecoder()
      return (decoder.push(stream) + decoder.finish()).map(\.text)
    }
    // Ten bytes are too few for the beginning of a binary frame.
    #expect(texts(.eventStream) == [])
    #expect(texts(.serverSentEvents) == ["{}"])
    #expect(texts(.lines) == ["data: {}"])
    #expect(texts(.textRecords) == ["{}"])
    #expect(texts(.webSocket) == [])
  }
}
