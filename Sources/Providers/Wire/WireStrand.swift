// Bytes that grow, with the places of credentials in them: whatever is new is searched once, and a credential is found
// however its bytes were cut.

/// Growing bytes whose credentials are known.
struct WireStrand: Sendable {
  private let secrets: WireSecrets
  private(set) var bytes: [UInt8] = []
  private var settled: [Range<Int>] = []
  private var searched = 0
  /// Where bytes go on behind others that are missing.
  private var anew: Int?
  /// The beginning of a credential at the end, whose rest has not come.
  private(set) var open: Range<Int>?

  init(_ secrets: WireSecrets) { self.secrets = secrets }

  /// Where something is masked, in order.
  var masks: [Range<Int>] { open.map { settled + [$0] } ?? settled }

  mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  /// Looks for credentials in what is new. What may be the beginning of one at the end is masked as well: its rest may
  /// follow.
  /// - Returns: from where on masks may have changed.
  @discardableResult
  mutating func search() -> Int {
    let former = open?.lowerBound ?? bytes.count
    var start = max(0, searched - max(0, secrets.longest - 1))
    if let last = settled.last { start = max(start, last.upperBound) }
    let (found, openStart) = bytes.withUnsafeBytes { buffer in
      (secrets.matches(in: buffer, from: start).map(\.range), secrets.openEnd(of: buffer))
    }
    settled += found
    searched = bytes.count
    open = openStart.flatMap { start in
      let start = max(start, settled.last?.upperBound ?? 0)
      return start < bytes.count ? start..<bytes.count : nil
    }
    return min(former, found.first?.lowerBound ?? .max, open?.lowerBound ?? .max)
  }

  // MARK: Bytes that are missing

  /// Bytes are missing behind what is here: the beginning of a credential at the end stays masked.
  mutating func closeOpenEnd() {
    search()
    if let open { settled.append(open) }
    open = nil
  }

  /// Bytes are missing before what comes next.
  mutating func beginAnew() {
    anew = bytes.count
    searched = bytes.count
  }

  /// Masks the end of a credential whose beginning is missing. To be called before the next `search`.
  mutating func maskOpenStart() {
    guard let place = anew else { return }
    anew = nil
    let count = bytes.withUnsafeBytes { secrets.openStart(of: UnsafeRawBufferPointer(rebasing: $0[place...])) }
    if count > 0 { settled.append(place..<place + count) }
  }

  /// A part with its masks.
  func masked(_ range: Range<Int>) -> [UInt8] {
    let masks = masks
    guard !masks.isEmpty else { return [UInt8](bytes[range]) }
    // The first one that reaches into the range.
    var low = 0
    var high = masks.count
    while low < high {
      let middle = (low + high) / 2
      if masks[middle].upperBound <= range.lowerBound { low = middle + 1 } else { high = middle }
    }
    return WireSecrets.masked(bytes, in: range, at: masks[low...].prefix { $0.lowerBound < range.upperBound })
  }

  /// Where a place lies once everything is masked.
  func maskedPlaces(of places: [Int]) -> [Int] {
    let masks = masks
    guard !masks.isEmpty else { return places }
    let width = WireSecrets.mask.utf8.count
    var index = 0
    var shift = 0
    return places.map { place in
      while index < masks.count, masks[index].upperBound <= place {
        shift += width - masks[index].count
        index += 1
      }
      // Inside of a credential nothing of it has been shown.
      guard index < masks.count, masks[index].lowerBound < place else { return place + shift }
      return masks[index].lowerBound + shift
    }
  }
}
