// What tokens cost, where the configuration says so.

/// Prices of a model per million tokens, in whatever currency they are configured.
package struct ModelPrice: Equatable, Sendable {
  package var input: Double
  package var output: Double
  /// Tokens read from the provider's cache; `nil` costs as input.
  package var cacheRead: Double?
  /// Tokens written to the provider's cache; `nil` costs as input.
  package var cacheWrite: Double?

  /// Prices; not negative.
  package init(input: Double, output: Double, cacheRead: Double? = nil, cacheWrite: Double? = nil) {
    self.input = input
    self.output = output
    self.cacheRead = cacheRead
    self.cacheWrite = cacheWrite
  }

  /// What an answer cost; `nil` unless tokens of both prompt and answer are known. Of estimated tokens it is an estimate.
  package func cost(of usage: TokenUsage) -> Cost? {
    guard let input = usage.input, let output = usage.output else { return nil }
    // Providers count cached tokens among those of the prompt (`TokenUsage.input`); more of them than all is nonsense.
    let read = min(max(0, usage.cacheRead ?? 0), max(0, input))
    let written = min(max(0, usage.cacheWrite ?? 0), max(0, input) - read)
    let plain = max(0, input) - read - written
    let millionths =
      Double(plain) * self.input + Double(read) * (cacheRead ?? self.input)
      + Double(written) * (cacheWrite ?? self.input) + Double(max(0, output)) * self.output
    return Cost(amount: millionths / 1_000_000, isEstimated: usage.isEstimated)
  }
}

/// What an answer cost, in the currency of its price.
package struct Cost: Equatable, Sendable {
  /// Not negative.
  package var amount: Double
  /// Whether the tokens were estimated.
  package var isEstimated: Bool

  /// An amount.
  package init(amount: Double, isEstimated: Bool) {
    self.amount = amount
    self.isEstimated = isEstimated
  }
}
