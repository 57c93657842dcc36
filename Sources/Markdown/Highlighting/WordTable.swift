// The words a language knows, found in one step: most are told apart by their first eight bytes and their length.

import Display

/// What a known word is.
enum WordKind: UInt8, Sendable {
  case keyword, definer, typeDefiner, type, constant, function

  var role: ThemeRole {
    switch self {
    case .keyword, .definer, .typeDefiner: .codeKeyword
    case .type: .codeType
    case .constant: .codeNumber
    case .function: .codeFunction
    }
  }
}

/// A set of words, each with its kind. Open addressing, at most half full.
struct WordTable: Sendable {
  private struct Slot: Sendable {
    var head: UInt64 = 0
    /// 0 in a free slot.
    var length: UInt8 = 0
    var kind = WordKind.keyword
    /// Where the bytes beyond the first eight stand in `rest`.
    var restStart: UInt32 = 0
  }

  private var slots: [Slot] = []
  private var rest: [UInt8] = []
  private var pending: [([UInt8], WordKind)] = []
  private var longest = 0
  private let ignoresCase: Bool

  init(ignoresCase: Bool) { self.ignoresCase = ignoresCase }

  /// Takes in words that stand between spaces; of a word that comes twice the first kind holds.
  mutating func add(_ words: String, _ kind: WordKind) {
    for word in Region.words(words) where word.count < 64 { pending.append((word, kind)) }
  }

  /// Makes the table out of what was added.
  mutating func build() {
    var size = 16
    while size < pending.count * 2 { size *= 2 }
    slots = [Slot](repeating: Slot(), count: size)
    for (word, kind) in pending {
      longest = max(longest, word.count)
      word.withUnsafeBufferPointer { bytes in
        guard find(0..<bytes.count, in: bytes) == nil else { return }
        let head = self.head(of: 0..<bytes.count, in: bytes)
        var index = place(of: head, length: bytes.count)
        while slots[index].length != 0 { index = (index + 1) & (size - 1) }
        slots[index] = Slot(head: head, length: UInt8(bytes.count), kind: kind, restStart: UInt32(rest.count))
        rest.append(contentsOf: bytes.dropFirst(8).map(folded))
      }
    }
    pending = []
  }

  /// The kind of the word at `range`, which lies within `bytes`; `nil` if it is none of these.
  @inline(__always)
  func find(_ range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> WordKind? {
    guard range.count <= longest, !slots.isEmpty else { return nil }
    let head = head(of: range, in: bytes)
    var index = place(of: head, length: range.count)
    while slots[index].length != 0 {
      let slot = slots[index]
      if slot.head == head, Int(slot.length) == range.count, isRest(slot, range, bytes) { return slot.kind }
      index = (index + 1) & (slots.count - 1)
    }
    return nil
  }

  @inline(__always)
  private func place(of head: UInt64, length: Int) -> Int {
    Int(truncatingIfNeeded: ((head ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15) >> 40) & (slots.count - 1)
  }

  @inline(__always)
  private func folded(_ byte: UInt8) -> UInt8 {
    ignoresCase && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }

  @inline(__always)
  private func head(of range: Range<Int>, in bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    if !ignoresCase, range.lowerBound + 8 <= bytes.count, let base = bytes.baseAddress {
      let word = UInt64(
        littleEndian: UnsafeRawPointer(base + range.lowerBound).loadUnaligned(as: UInt64.self))
      return range.count >= 8 ? word : word & ((1 << (UInt64(range.count) * 8)) - 1)
    }
    var head: UInt64 = 0
    for offset in 0..<min(8, range.count) {
      head |= UInt64(folded(bytes[range.lowerBound + offset])) << UInt64(offset * 8)
    }
    return head
  }

  @inline(__always)
  private func isRest(_ slot: Slot, _ range: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var offset = 8
    while offset < range.count {
      if rest[Int(slot.restStart) + offset - 8] != folded(bytes[range.lowerBound + offset]) { return false }
      offset += 1
    }
    return true
  }
}
