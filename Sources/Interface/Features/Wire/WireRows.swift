// The rows of the raw side, by their numbers: nothing is made for a row that nobody sees.

import Streaming

/// Request, response and events as one list.
struct WireRows {
  typealias Place = WireState.Place

  let picture: WirePicture
  private let hasRequest: Bool
  private let hasEvents: Bool
  /// Unfolded events, in order, with the number of their lines.
  private let unfolded: [(event: Int, lines: Int)]
  private let requestCount: Int
  let count: Int

  /// - Parameter side: what a narrow screen shows; `nil` for all of it.
  init(_ picture: WirePicture, details: [Int: [WireLine]], side: WireState.Side?) {
    self.picture = picture
    hasRequest = side != .events
    hasEvents = side == nil || side == .events
    unfolded = details.map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 }
    let head = picture.head.isEmpty ? 0 : 1 + picture.head.count
    requestCount = hasRequest ? 1 + picture.request.count + head : 0
    let lines = unfolded.reduce(0) { $0 + $1.lines }
    count = requestCount + (hasEvents ? 1 + picture.events.count + lines + 1 : 0)
  }

  /// What stands in a row; the nearest one for a number that is none.
  func place(at index: Int) -> Place {
    var index = min(max(0, index), count - 1)
    if index < requestCount {
      if index == 0 { return .title(.request) }
      index -= 1
      if index < picture.request.count { return .request(index) }
      index -= picture.request.count
      return index == 0 ? .title(.response) : .head(index - 1)
    }
    index -= requestCount
    if index == 0 { return .title(.events) }
    index -= 1
    for (event, lines) in unfolded {
      if index <= event { break }
      if index <= event + lines { return .detail(event: event, line: index - event - 1) }
      index -= lines
    }
    return index < picture.events.count ? .event(index) : .end
  }

  /// The row of a place, or of the nearest one that is there.
  func index(of place: Place) -> Int {
    switch place {
    case .title(.request): return 0
    case .request(let line): return hasRequest ? min(1 + line, requestCount) : requestCount
    case .title(.response): return hasRequest ? min(1 + picture.request.count, max(0, requestCount - 1)) : 0
    case .head(let line): return hasRequest ? min(2 + picture.request.count + line, max(0, requestCount - 1)) : 0
    case .title(.events): return min(requestCount, count - 1)
    case .event(let event): return hasEvents ? min(count - 1, row(of: event)) : count - 1
    case .detail(let event, let line): return hasEvents ? min(count - 1, row(of: event) + 1 + line) : count - 1
    case .end: return count - 1
    }
  }

  private func row(of event: Int) -> Int {
    requestCount + 1 + event + unfolded.reduce(0) { $0 + ($1.event < event ? $1.lines : 0) }
  }

  /// Where the list is scrolled to so that a row is seen: no farther than it must.
  static func top(_ top: Int, showing selected: Int, rows: Int, count: Int) -> Int {
    let least = max(0, selected - rows + 1)
    return min(max(least, min(top, selected)), max(0, count - rows))
  }
}
