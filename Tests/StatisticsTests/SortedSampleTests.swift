// Percentiles of small samples that can be counted by hand.

import Statistics
import Testing

@Suite("Sorted samples")
struct SortedSampleTests {
  @Test("Percentiles are the nearest ranks")
  func nearestRank() {
    let sample = SortedSample([15, 20, 35, 40, 50])
    #expect(sample.percentile(0.05) == 15)
    #expect(sample.percentile(0.30) == 20)
    #expect(sample.percentile(0.40) == 20)
    #expect(sample.percentile(0.50) == 35)
    #expect(sample.percentile(1) == 50)
    #expect(sample.median == 35)
    #expect(SortedSample([1, 2]).median == 1.5)
  }

  @Test("An empty sample has none, and what is no number does not count")
  func empty() {
    #expect(SortedSample([Double]()).percentile(0.5) == nil)
    #expect(SortedSample([.nan, .infinity]).median == nil)
    #expect(SortedSample([.nan, 3]).median == 3)
  }
}
