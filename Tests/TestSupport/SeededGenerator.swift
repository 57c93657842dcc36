// Randomness that can be repeated: a failing test prints its seed.

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What to print, and to start with again.
  package let seed: UInt64
  private var state: UInt64

  /// The sequence of this seed.
  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Cuts `items` into pieces at random places; some may be empty. Their sum is `items`.
  package mutating func pieces<Element>(of items: [Element], averaging length: Int) -> [[Element]] {
    var pieces: [[Element]] = []
    var rest = items[...]
    while !rest.isEmpty {
      let count = Int.random(in: 0...(2 * max(length, 1)), using: &self)
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }
}
