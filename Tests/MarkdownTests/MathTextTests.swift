import Markdown
import Testing

@Suite("Formulas")
struct MathTextTests {
  @Test("A formula without commands stays as it is written")
  func plain() {
    let readable = Array("x+1".utf8).withUnsafeBufferPointer { MathText.readable($0) }
    #expect(readable == Array("x+1".utf8))
  }
}
