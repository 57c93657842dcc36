// However a text arrives, its blocks are the same, and what is said to be unchanged is.

import Markdown
import Testing

@Suite("Blocks of a growing text")
struct BlockGrowthTests {
  @Test("Byte by byte, every example is at each byte what its beginning is as a whole", arguments: files)
  func byteByByte(_ file: ExampleFile) {
    for example in file.examples {
      let bytes = Array(example.markdown.utf8)
      #expect(Growth.difference(bytes, cuts: Array(1...max(bytes.count, 1))) == nil, "\(example.markdown)")
    }
  }

  @Test("Cut in two anywhere, every example is what it is as a whole", arguments: files)
  func cutInTwo(_ file: ExampleFile) {
    for example in file.examples {
      let bytes = Array(example.markdown.utf8)
      for cut in 0...bytes.count {
        #expect(Growth.difference(bytes, cuts: [cut]) == nil, "cut at \(cut): \(example.markdown)")
      }
    }
  }

  @Test("A text may be closed and grow on", arguments: files)
  func closedOnTheWay(_ file: ExampleFile) {
    for example in file.examples {
      let bytes = Array(example.markdown.utf8)
      var growing = MarkdownDocument()
      for end in 0...bytes.count {
        let before = Growth.shown(growing)
        let index = growing.extend(to: bytes, upTo: end, isOpen: false)
        #expect(Growth.isKept(before, in: growing, below: index), "at \(end): \(example.markdown)")
        #expect(growing == .read(Array(bytes[..<end])), "at \(end): \(example.markdown)")
      }
    }
  }

  @Test("Ten thousand changed texts, cut anywhere, are read alike and never trap")
  func mutations() {
    let sources = files.flatMap(\.examples).map { Array($0.markdown.utf8) }.filter { !$0.isEmpty }
    guard !sources.isEmpty else { return }
    var generator = BlockTestGenerator(seed: 20_261_126)
    for round in 0..<10_000 {
      var bytes = sources[Int.random(in: 0..<sources.count, using: &generator)]
      if round % 3 == 0 { bytes += sources[Int.random(in: 0..<sources.count, using: &generator)] }
      for _ in 0..<Int.random(in: 1...6, using: &generator) { mutate(&bytes, &generator) }
      let cuts = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
        Int.random(in: 0...bytes.count, using: &generator)
      }
      #expect(
        Growth.difference(bytes, cuts: cuts.sorted()) == nil,
        "round \(round), cuts \(cuts.sorted()): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout BlockTestGenerator) {
    let markup = Array("\n\n\n\r\t   >-*+_=#`~|:[]()<>!/$\\^1.x\"'&;\0\u{E9}".utf8)
    let position = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes.insert(markup[Int.random(in: 0..<markup.count, using: &generator)], at: position)
    case 1: if position < bytes.count { bytes.remove(at: position) }
    case 2: if position < bytes.count { bytes[position] = markup[Int.random(in: 0..<markup.count, using: &generator)] }
    default:
      let end = min(bytes.count, position + Int.random(in: 1...12, using: &generator))
      bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &generator))
    }
  }
}

struct ExampleFile: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let examples: [MarkdownExample]
}

private let files = [
  ExampleFile(testDescription: "CommonMark", examples: CommonMarkExamples.commonMark),
  ExampleFile(testDescription: "GitHub", examples: CommonMarkExamples.gitHub),
  ExampleFile(testDescription: "GitHub's extensions", examples: CommonMarkExamples.extensions),
]

/// What a growing text must keep to.
enum Growth {
  /// A block with all that decides how it is shown.
  struct Shown: Equatable {
    let block: MarkdownBlock
    let lines: [MarkdownLine]
    let containers: [MarkdownContainer]
  }

  /// What goes wrong when `bytes` arrive cut at `cuts`, closed only after the last byte; `nil` if nothing does.
  static func difference(_ bytes: [UInt8], cuts: [Int]) -> String? {
    var growing = MarkdownDocument()
    for end in cuts where end <= bytes.count {
      let before = shown(growing)
      let index = growing.extend(to: bytes, upTo: end, isOpen: true)
      if !isKept(before, in: growing, below: index) { return "at \(end): a block below \(index) changed" }
      if growing != .read(Array(bytes[..<end]), isOpen: true) { return "at \(end): not as the whole" }
    }
    let before = shown(growing)
    let index = growing.extend(to: bytes, isOpen: false)
    if !isKept(before, in: growing, below: index) { return "at the end: a block below \(index) changed" }
    return growing == .read(bytes) ? nil : "at the end: not as the whole"
  }

  static func shown(_ document: MarkdownDocument) -> [Shown] {
    document.blocks.map { block in
      var containers: [MarkdownContainer] = []
      var index = block.container
      while index >= 0 {
        containers.append(document.containers[index])
        index = document.containers[index].parent
      }
      return Shown(block: block, lines: Array(document.lines[block.lines]), containers: containers)
    }
  }

  static func isKept(_ before: [Shown], in document: MarkdownDocument, below index: Int) -> Bool {
    index >= 0 && index <= document.blocks.count && index <= before.count
      && before[..<index].elementsEqual(shown(document)[..<index])
  }
}
