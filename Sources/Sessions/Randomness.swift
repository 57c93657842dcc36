// Where identifiers and the spread of retries come from: the system, or a seed in tests.

/// The system's generator, or SplitMix64 from a seed.
struct Randomness: RandomNumberGenerator {
  private var system = SystemRandomNumberGenerator()
  private var state: UInt64?

  /// The system's, if there is no seed.
  init(seed: UInt64?) { state = seed }

  mutating func next() -> UInt64 {
    guard let old = state else { return system.next() }
    let new = old &+ 0x9E37_79B9_7F4A_7C15
    state = new
    var z = new
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
