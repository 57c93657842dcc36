// A sample in order: percentiles without any model of where the numbers come from.

/// Numbers in order of size; what is no number is left out.
package struct SortedSample: Equatable, Sendable {
  /// From the smallest to the greatest.
  package let values: [Double]

  /// The finite ones of some numbers.
  /// - Complexity: O(n log n)
  package init(_ numbers: some Sequence<Double>) { values = numbers.filter(\.isFinite).sorted() }

  package var count: Int { values.count }

  /// The value below or at which that share of the sample lies: the nearest rank, which always is a value of the sample.
  /// - Parameter share: 0 to 1.
  /// - Returns: `nil` for an empty sample.
  package func percentile(_ share: Double) -> Double? {
    guard !values.isEmpty else { return nil }
    let rank = (min(1, max(0, share)) * Double(values.count)).rounded(.up)
    return values[min(values.count, max(1, Int(rank))) - 1]
  }

  /// The middle value, or the mean of the two in the middle; `nil` for an empty sample.
  package var median: Double? {
    guard !values.isEmpty else { return nil }
    let middle = values.count / 2
    return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
  }
}
