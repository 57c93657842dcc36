// What tokens cost.

import Conversations
import Testing

@Suite("Prices")
struct ModelPriceTests {
  private static let plain = ModelPrice(input: 3, output: 15)
  private static let cached = ModelPrice(input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75)

  static let cases: [(price: ModelPrice, usage: TokenUsage, amount: Double?)] = [
    (plain, TokenUsage(input: 1_000_000, output: 1_000_000), 18),
    (plain, TokenUsage(input: 120, output: 200), 0.00336),
    (plain, TokenUsage(input: 1000, output: 0, cacheRead: 400), 0.003),
    // Cached tokens are among those of the prompt.
    (cached, TokenUsage(input: 1000, output: 0, cacheRead: 400, cacheWrite: 100), 0.001995),
    (cached, TokenUsage(input: 100, output: 0, cacheRead: 5_000), 0.00003),
    (plain, TokenUsage(input: nil, output: 10), nil),
    (plain, TokenUsage(input: 10, output: nil), nil),
    (plain, TokenUsage(input: 0, output: 0), 0),
    (plain, TokenUsage(input: -5, output: -5), 0),
  ]

  @Test(
    "An answer costs its tokens at their prices, and nothing is said where they are not known", arguments: cases.indices
  )
  func cost(index: Int) {
    let (price, usage, amount) = Self.cases[index]
    let cost = price.cost(of: usage)
    #expect((cost == nil) == (amount == nil))
    #expect(abs((cost?.amount ?? 0) - (amount ?? 0)) < 1e-12)
    #expect(cost?.isEstimated != true)
  }

  @Test("Of estimated tokens the cost is an estimate")
  func estimate() {
    #expect(Self.plain.cost(of: TokenUsage(input: 1, output: 1, isEstimated: true))?.isEstimated == true)
  }
}
