// Emphasis, strong emphasis and strikethrough (CommonMark 0.31.2, section 6.2 and "An algorithm for parsing nested
// emphasis and links"; GitHub Flavored Markdown 0.29, section 6.5).

/// A run of `*`, `_` or `~`, and what became of its characters.
///
/// In the order of the text these come first: the closing ones, then those that stay text, then the opening ones.
struct InlineDelimiter {
  let start: Int
  let byte: UInt8
  let canOpen: Bool
  let canClose: Bool
  /// The length of the run in the source.
  let length: Int
  /// How many characters are text (so far).
  var remaining: Int
  /// How many characters close something.
  var closing = 0
  var opened = InlineDepth()
  var closed = InlineDepth()
  fileprivate var previous: Int
  fileprivate var next = -1
}

/// How many times a text is emphasised, strong and struck through.
struct InlineDepth: Equatable {
  var emphasis = 0
  var strong = 0
  var strikethrough = 0

  fileprivate mutating func count(_ used: Int, of byte: UInt8) {
    if byte == 0x7E {
      strikethrough += 1
    } else {
      emphasis += used & 1
      strong += used >> 1
    }
  }
}

/// The runs of one text, in its order, and which of them may still be paired.
struct DelimiterStack {
  private(set) var delimiters: [InlineDelimiter] = []
  private var top = -1
  private var bottoms: [Int] = []

  subscript(index: Int) -> InlineDelimiter { delimiters[index] }

  /// How many runs there were; what `process` takes.
  var count: Int { delimiters.count }

  mutating func removeAll() {
    delimiters.removeAll(keepingCapacity: true)
    top = -1
  }

  /// Adds a run that can open or close something.
  mutating func push(at start: Int, byte: UInt8, length: Int, canOpen: Bool, canClose: Bool) {
    let index = delimiters.count
    delimiters.append(
      InlineDelimiter(
        start: start, byte: byte, canOpen: canOpen, canClose: canClose, length: length, remaining: length, previous: top
      ))
    if top >= 0 { delimiters[top].next = index }
    top = index
  }

  /// Pairs the runs from number `bottom` on; then none of them can be paired any more.
  ///
  /// - Parameter isOpen: whether the text may grow. Then what is not closed is closed at the end.
  mutating func process(from bottom: Int, isOpen: Bool = false) {
    guard top >= bottom else { return }
    var closer = top
    while delimiters[closer].previous >= bottom { closer = delimiters[closer].previous }
    bottoms.removeAll(keepingCapacity: true)
    bottoms.append(contentsOf: repeatElement(bottom, count: 14))
    while closer >= 0 {
      guard delimiters[closer].canClose else {
        closer = delimiters[closer].next
        continue
      }
      let kind = kind(of: closer)
      if let opener = opener(for: closer, atLeast: bottoms[kind]) {
        closer = pair(opener, closer)
      } else {
        // Nothing below can open for a closer of this kind: the next one need not look again.
        bottoms[kind] = closer
        let next = delimiters[closer].next
        if !delimiters[closer].canOpen { remove(closer) }
        closer = next
      }
    }
    if isOpen { closeAll(from: bottom) }
    while top >= bottom { top = delimiters[top].previous }
    if top >= 0 { delimiters[top].next = -1 }
  }

  /// Closers of one kind find the same openers: character, length modulo 3, and whether it can open as well.
  private func kind(of closer: Int) -> Int {
    let delimiter = delimiters[closer]
    if delimiter.byte == 0x7E { return 11 + min(delimiter.length, 2) }
    return (delimiter.byte == 0x5F ? 6 : 0) + (delimiter.canOpen ? 3 : 0) + delimiter.length % 3
  }

  private func opener(for closer: Int, atLeast bottom: Int) -> Int? {
    let closing = delimiters[closer]
    var index = closing.previous
    while index >= bottom {
      let opening = delimiters[index]
      if opening.canOpen, opening.byte == closing.byte {
        if closing.byte == 0x7E {
          if opening.length == closing.length { return index }
        } else if !(closing.canOpen || opening.canClose) || closing.length % 3 == 0
          || (opening.length + closing.length) % 3 != 0
        {
          return index
        }
      }
      index = opening.previous
    }
    return nil
  }

  /// Pairs one or two characters of both runs, and returns the run to go on with as a closer.
  private mutating func pair(_ opener: Int, _ closer: Int) -> Int {
    let byte = delimiters[opener].byte
    let used =
      byte == 0x7E
      ? delimiters[closer].length : delimiters[opener].remaining >= 2 && delimiters[closer].remaining >= 2 ? 2 : 1
    delimiters[opener].opened.count(used, of: byte)
    delimiters[opener].remaining -= used
    delimiters[closer].closed.count(used, of: byte)
    delimiters[closer].remaining -= used
    delimiters[closer].closing += used
    delimiters[opener].next = closer
    delimiters[closer].previous = opener
    if delimiters[opener].remaining == 0 { remove(opener) }
    guard delimiters[closer].remaining == 0 else { return closer }
    let next = delimiters[closer].next
    remove(closer)
    return next
  }

  /// A single tilde mostly means "about" and is left alone until it is closed.
  private mutating func closeAll(from bottom: Int) {
    var index = top
    while index >= bottom {
      let delimiter = delimiters[index]
      if delimiter.canOpen, delimiter.byte != 0x7E || delimiter.length == 2 {
        delimiters[index].opened.count(delimiter.remaining, of: delimiter.byte)
        delimiters[index].remaining = 0
      }
      index = delimiter.previous
    }
  }

  private mutating func remove(_ index: Int) {
    let (previous, next) = (delimiters[index].previous, delimiters[index].next)
    if previous >= 0 { delimiters[previous].next = next }
    if next >= 0 { delimiters[next].previous = previous } else { top = previous }
  }
}
