import Conversations
import Display
import Interface
import Streaming
#if canImport(Glibc)
import Glibc
#endif
enum Peek {
  static func run(_ columns: Int, _ rows: Int, _ streaming: Bool) {
    var text: [UInt8] = []
    while let l = readLine(strippingNewline: false) { text += Array(l.utf8) }
    var bench = Bench(columns: columns, rows: rows)
    bench.peek(String(decoding: text, as: UTF8.self), streaming)
    for y in 0..<rows {
      var row = ""
      for x in 0..<columns { let c = bench.frame.surface[Point(x: x, y: y)]; if c.width > 0 { row += bench.frame.glyphs.text(of: c.glyph) } }
      print(row)
    }
  }
}
extension Bench {
  mutating func peek(_ text: String, _ s: Bool) {
    var g = SplitMix64(state: 9)
    let message = Message(id: .make(at: Timestamp(milliseconds: 1), using: &g), parent: nil, role: .assistant, created: Timestamp(milliseconds: 1), parts: [.text(text)], status: s ? .streaming : .complete(.stop))
    apply(.message(message)); draw()
  }
}
