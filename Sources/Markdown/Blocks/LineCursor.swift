// One line while its blocks are found: where the reading stands, in bytes and in columns (CommonMark 0.31.2 section 2.2).
// Tabs are not expanded; of a tab of which a container took a part, the rest remains.

struct LineCursor {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The end of the line without its ending.
  let end: Int
  /// The byte at which reading stands; a tab that was taken in part still stands there.
  private(set) var offset: Int
  private(set) var column = 0
  private(set) var isInsideTab = false
  /// The first byte at or after `offset` that is neither space nor tab; `end` in a blank line. `findContent` sets it.
  private(set) var content: Int
  /// Columns of white space before `content`.
  private(set) var indent = 0

  init(bytes: UnsafeBufferPointer<UInt8>, start: Int, end: Int) {
    self.bytes = bytes
    self.end = end
    offset = start
    content = start
  }

  var isBlank: Bool { content >= end }

  /// The byte at `content`; LF in a blank line, which no line holds.
  var first: UInt8 { content < end ? bytes[content] : 0x0A }

  /// The byte `distance` after `content`; LF behind the end.
  func byte(after distance: Int) -> UInt8 { content + distance < end ? bytes[content + distance] : 0x0A }

  /// Sets `content` and `indent`. A long run of white space is walked once however often the line is read again.
  @inline(__always)
  mutating func findContent(_ memo: inout LineMemo) {
    content = offset
    var column = self.column
    let isKnown = offset < memo.blankEnd && offset >= memo.blankStart
    if isKnown {
      content = memo.blankEnd
      column = memo.blankColumn
    }
    while content < end {
      let byte = bytes[content]
      if byte == 0x20 {
        column &+= 1
      } else if byte == 0x09 {
        column &+= 4 &- column & 3
      } else {
        break
      }
      content &+= 1
    }
    indent = column &- self.column
    if content &- offset > 64 {
      if !isKnown { memo.blankStart = offset }
      memo.blankEnd = content
      memo.blankColumn = column
    }
  }

  /// Takes up to `count` columns; a tab that is wider is taken in part.
  mutating func advance(columns count: Int) {
    var left = count
    while left > 0, offset < end {
      if bytes[offset] == 0x09 {
        let width = 4 - column & 3
        column += min(width, left)
        isInsideTab = width > left
        if !isInsideTab { offset += 1 }
        left -= width
      } else {
        isInsideTab = false
        offset += 1
        column += 1
        left -= 1
      }
    }
  }

  /// Takes the white space before the content.
  mutating func advanceToContent() {
    column += indent
    indent = 0
    offset = content
    isInsideTab = false
  }

  /// Takes the white space before the content and then `count` bytes that are not tabs.
  mutating func advanceIntoContent(_ count: Int) {
    advanceToContent()
    offset += count
    column += count
    content = offset
  }

  /// Takes one space, or one column of a tab.
  mutating func advanceOverSpace() {
    if offset < end, bytes[offset] == 0x20 || bytes[offset] == 0x09 { advance(columns: 1) }
  }

  /// The end of the line without the white space at its end; walked forwards, so that a growing line is walked once.
  func visibleEnd(_ memo: inout LineMemo) -> Int {
    memo.visible.resume(at: content)
    while memo.visible.position < end {
      let byte = bytes[memo.visible.position]
      memo.visible.position += 1
      if byte != 0x20, byte != 0x09 { memo.visible.state = memo.visible.position - content }
    }
    return content + memo.visible.state
  }

  /// What is left of the line, as the line of a block that keeps its white space.
  var rest: MarkdownLine {
    isInsideTab
      ? MarkdownLine(start: offset + 1, end: end, padding: 4 - column & 3)
      : MarkdownLine(start: offset, end: end)
  }
}

/// How far a question about a whole line was answered. The answer is the same however the line came; the scan goes on
/// where it stopped when the line is read again with more bytes.
struct LineScan {
  /// Where the scanned part of the line begins; no other line has bytes there.
  private(set) var start = -1
  var position = 0
  /// What the scan has seen so far, as it likes.
  var state = 0
  /// Scans end early at what refutes them.
  var isRefuted = false

  /// Begins at `start` unless that was begun already.
  @inline(__always)
  mutating func resume(at start: Int) {
    if self.start != start { self = LineScan(start: start) }
  }

  init() {}

  private init(start: Int) {
    self.start = start
    position = start
  }
}

/// The scans of the line that is being read.
struct LineMemo {
  var blankStart = 0
  var blankEnd = 0
  var blankColumn = 0
  var markup = LineScan()
  var rule = LineScan()
  var underline = LineScan()
  var heading = LineScan()
  var fence = LineScan()
  var closingFence = LineScan()
  var tag = LineScan()
  var terminator = LineScan()
  var delimiterRow = LineScan()
  var headerRow = LineScan()
  var math = LineScan()
  var visible = LineScan()
}
