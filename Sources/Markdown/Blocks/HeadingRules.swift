// Headings of both kinds and thematic breaks (CommonMark 0.31.2 sections 4.1 to 4.3). All look at one line.

enum HeadingRules {
  /// A heading that begins with `#`: its level and its text, without the closing sequence.
  static func heading(_ line: LineCursor, _ memo: inout LineMemo) -> (level: Int, text: Range<Int>)? {
    var level = 1
    while level < 7, line.byte(after: level) == UInt8(ascii: "#") { level += 1 }
    let next = line.byte(after: level)
    guard level < 7, next == 0x20 || next == 0x09 || next == 0x0A else { return nil }
    return (level, text(of: line, behind: level, &memo))
  }

  /// The level of the heading that this line, standing under a paragraph, makes of it.
  static func underlineLevel(_ line: LineCursor, _ memo: inout LineMemo) -> Int? {
    let marker = line.first
    guard marker == UInt8(ascii: "=") || marker == UInt8(ascii: "-") else { return nil }
    // State 1: past the markers.
    memo.underline.resume(at: line.content)
    while memo.underline.position < line.end, !memo.underline.isRefuted {
      let byte = line.bytes[memo.underline.position]
      if byte == 0x20 || byte == 0x09 {
        memo.underline.state = 1
      } else if byte != marker || memo.underline.state == 1 {
        memo.underline.isRefuted = true
      }
      memo.underline.position += 1
    }
    return memo.underline.isRefuted ? nil : marker == UInt8(ascii: "=") ? 1 : 2
  }

  /// Whether the line is a thematic break.
  static func isRule(_ line: LineCursor, _ memo: inout LineMemo) -> Bool {
    let marker = line.first
    memo.rule.resume(at: line.content)
    while memo.rule.position < line.end, !memo.rule.isRefuted {
      let byte = line.bytes[memo.rule.position]
      if byte == marker {
        memo.rule.state += 1
      } else if byte != 0x20, byte != 0x09 {
        memo.rule.isRefuted = true
      }
      memo.rule.position += 1
    }
    return !memo.rule.isRefuted && memo.rule.state >= 3
  }

  /// Walks forwards and keeps two ends: behind the last byte that is no space, and behind the last that is neither space
  /// nor part of a closing sequence. Walking back from the end would cost the whole line for each byte that arrives.
  private static func text(of line: LineCursor, behind level: Int, _ memo: inout LineMemo) -> Range<Int> {
    let start = line.content + level
    memo.heading.resume(at: start)
    var ends = HeadingEnds(packed: memo.heading.state)
    while memo.heading.position < line.end {
      ends.take(line.bytes[memo.heading.position], at: memo.heading.position - start)
      memo.heading.position += 1
    }
    memo.heading.state = ends.packed
    var text = line
    text.advanceIntoContent(level)
    text.findContent(&memo)
    let end = start + ends.text
    return min(text.content, end)..<end
  }
}

/// The ends of a heading's text as offsets from its start, in the bits of one number.
private struct HeadingEnds {
  /// Behind the last byte that is not white space; the text's end if no closing sequence stands there.
  private var visible: Int
  /// Behind the last byte before the white space in front of the last run of `#`; −1 if that run closes nothing.
  private var beforeRun: Int
  private var isInRun: Bool
  private var isAfterSpace: Bool

  /// Offsets take 30 bits each: a heading longer than a gigabyte is cut.
  init(packed: Int) {
    visible = packed & 0x3FFF_FFFF
    beforeRun = (packed >> 30 & 0x3FFF_FFFF) - 1
    isInRun = packed >> 60 & 1 == 1
    // A heading's text begins behind its marker, where white space is understood.
    isAfterSpace = packed >> 61 & 1 == 0
  }

  var packed: Int {
    visible & 0x3FFF_FFFF | ((beforeRun + 1) & 0x3FFF_FFFF) << 30 | (isInRun ? 1 : 0) << 60 | (isAfterSpace ? 0 : 1)
      << 61
  }

  var text: Int { beforeRun >= 0 ? beforeRun : visible }

  mutating func take(_ byte: UInt8, at offset: Int) {
    if byte == 0x20 || byte == 0x09 {
      isAfterSpace = true
      isInRun = false
      return
    }
    if byte == UInt8(ascii: "#") {
      // A run closes the heading if white space stands before it; what stands behind a run makes it text again.
      if !isInRun { beforeRun = isAfterSpace ? visible : -1 }
      isInRun = true
    } else {
      isInRun = false
      beforeRun = -1
    }
    isAfterSpace = false
    visible = offset + 1
  }
}
