// Which part of the race's screen is whose: lanes side by side where each finds room for text, else one of them below a
// list of all.

import Display

/// The areas of a race.
struct RaceLayout: Equatable {
  /// Columns below which text in a lane is hard to read.
  static let leastColumns = 36

  let title: Rect
  let keys: Rect
  /// Between title and keys.
  let body: Rect
  /// Whether the lanes stand side by side.
  let isSideBySide: Bool
  /// A lane's area with its header; empty for those that are not shown.
  let lanes: [Rect]
  /// The list of all lanes; empty where they stand side by side.
  let strip: Rect
  /// Rows of a lane's header.
  let headerRows: Int

  /// The areas at the state's size.
  init(_ state: AppState, _ race: RaceTrack) {
    let focus: Int = if case .race(let view) = state.instrument { view.focus } else { 0 }
    self.init(in: ScreenLayout(state).instrument, lanes: race.lanes.count, focus: focus)
  }

  init(in area: Rect, lanes count: Int, focus: Int) {
    var rest = area
    (title, rest) = rest.splitTop(area.rows >= 4 ? 1 : 0)
    (rest, keys) = rest.splitBottom(area.rows >= 3 ? 1 : 0)
    body = rest
    let count = max(1, count)
    isSideBySide = rest.columns >= count * Self.leastColumns + count - 1
    if isSideBySide {
      strip = Rect(x: rest.minX, y: rest.minY, columns: rest.columns, rows: 0)
      headerRows = rest.rows >= 14 ? 4 : rest.rows >= 6 ? 3 : rest.rows >= 3 ? 1 : 0
      let free = rest.columns - (count - 1)
      var x = rest.minX
      lanes = (0..<count).map { index in
        let columns = free / count + (index < free % count ? 1 : 0)
        defer { x += columns + 1 }
        return Rect(x: x, y: rest.minY, columns: columns, rows: rest.rows)
      }
    } else {
      // A low screen names only the lane that it shows.
      (strip, rest) = rest.splitTop(rest.rows >= count + 5 ? count : 0)
      let isNamed = strip.rows > 0
      headerRows = isNamed ? 1 : rest.rows >= 6 ? 3 : rest.rows >= 3 ? 1 : 0
      let (shown, hidden) = (rest, Rect(x: rest.minX, y: rest.minY, columns: 0, rows: 0))
      lanes = (0..<count).map { $0 == focus ? shown : hidden }
    }
  }

  /// The area of a lane's text; of one that is not shown, none.
  func text(of lane: Int) -> Rect { lanes[lane].splitTop(headerRows).rest }

  /// Columns of a lane's text, also where another one is shown in its place.
  func bodyColumns(of lane: Int) -> Int { isSideBySide ? lanes[lane].columns : body.columns }
  /// Rows of text in each lane.
  var bodyRows: Int { (lanes.map(\.rows).max() ?? 0) - headerRows }

  // The comparison has a line for what is compared, and a blank column at either side.
  var diffRows: Int { max(1, body.rows - 1) }
  var diffColumns: Int { max(1, body.columns - 2) }
}
