// Ways to cut bytes into pieces. What comes out of a decoder must never depend on them.

/// Random numbers that a printed seed brings back (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

enum Cuts {
  /// Every byte a piece of its own.
  static func bytes(_ all: [UInt8]) -> [[UInt8]] { all.map { [$0] } }

  /// Two pieces, cut at every offset.
  static func halves(_ all: [UInt8]) -> [[[UInt8]]] {
    (0...all.count).map { [Array(all[..<$0]), Array(all[$0...])] }
  }

  /// Three pieces, cut at every pair of offsets.
  static func thirds(_ all: [UInt8]) -> [[[UInt8]]] {
    (0...all.count).flatMap { first in
      (first...all.count).map { [Array(all[..<first]), Array(all[first..<$0]), Array(all[$0...])] }
    }
  }

  /// Pieces of equal size.
  static func pieces(_ all: [UInt8], of size: Int) -> [[UInt8]] {
    stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
  }

  /// Pieces of random sizes, empty ones among them.
  static func random(_ all: [UInt8], seed: UInt64, largest: Int) -> [[UInt8]] {
    var numbers = SeededNumbers(seed: seed)
    var pieces: [[UInt8]] = []
    var index = 0
    while index < all.count {
      let end = min(index + Int.random(in: 0...largest, using: &numbers), all.count)
      pieces.append(Array(all[index..<end]))
      index = end
    }
    return pieces
  }

  /// All the ways that are affordable for so many bytes, the whole first.
  static func all(_ bytes: [UInt8]) -> [[[UInt8]]] {
    var ways = [[bytes], Self.bytes(bytes)]
    if bytes.count <= 2_000 { ways += halves(bytes) }
    if bytes.count <= 40 { ways += thirds(bytes) }
    for seed in 1...8 { ways.append(random(bytes, seed: UInt64(seed), largest: max(3, bytes.count / 3))) }
    return ways
  }
}
