// A terminal that places whole grapheme clusters, as the newer ones do and libvterm does not: each cluster takes the columns
// that a function of the test gives it. Knows the sequences of our description and nothing else.

import Display

/// A grid of clusters.
struct ClusterTerminal {
  let rows: Int
  let columns: Int
  /// What a cluster takes.
  let width: (String) -> Int
  /// Row after row; the cells behind the first of a wide cluster are empty.
  private(set) var cells: [String]
  /// Sequences that it does not know.
  private(set) var unknown: [String] = []
  private(set) var row = 0
  private(set) var column = 0
  /// Where the cursor was when its position was asked for.
  private(set) var answers: [(row: Int, column: Int)] = []
  private var mustWrap = false

  init(rows: Int, columns: Int, width: @escaping (String) -> Int) {
    self.rows = rows
    self.columns = columns
    self.width = width
    cells = Array(repeating: " ", count: rows * columns)
  }

  /// The cluster that begins in a cell.
  func cell(row: Int, column: Int) -> String { cells[row * columns + column] }

  /// Takes whole sequences and whole clusters.
  mutating func write(_ bytes: [UInt8]) {
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case 0x1B:
        var end = index + 2
        while end < bytes.count, bytes[index + 1] == 0x5B, bytes[end] < 0x40 { end += 1 }
        control(Array(bytes[min(index + 2, bytes.count)..<min(end + 1, bytes.count)]))
        index = end + 1
      case 0x08:
        move(row, column - 1)
        index += 1
      case 0x0D:
        move(row, 0)
        index += 1
      case 0x0A:
        move(row + 1, column)
        index += 1
      default:
        let end = bytes[index...].firstIndex { $0 < 0x20 } ?? bytes.count
        bytes.withUnsafeBufferPointer { bytes in
          while index < end {
            let next = GraphemeClusters.end(ofClusterAt: index, in: bytes, range: 0..<end)
            put(String(decoding: bytes[index..<next], as: UTF8.self))
            index = next
          }
        }
      }
    }
  }

  private mutating func move(_ newRow: Int, _ newColumn: Int) {
    row = min(max(newRow, 0), rows - 1)
    column = min(max(newColumn, 0), columns - 1)
    mustWrap = false
  }

  private mutating func put(_ cluster: String) {
    let taken = width(cluster)
    if mustWrap || column + taken > columns { move(row + 1, 0) }
    for offset in 0..<taken { clear(row, column + offset) }
    for offset in 0..<taken { cells[row * columns + column + offset] = offset == 0 ? cluster : "" }
    mustWrap = column + taken >= columns
    column = min(column + taken, columns - 1)
  }

  /// Blanks a cell, and with it the whole of a cluster that it is a part of.
  private mutating func clear(_ row: Int, _ column: Int) {
    var first = column
    while first > 0, cells[row * columns + first].isEmpty { first -= 1 }
    repeat {
      cells[row * columns + first] = " "
      first += 1
    } while first < columns && cells[row * columns + first].isEmpty
  }

  private mutating func control(_ body: [UInt8]) {
    let numbers = body.dropLast().split(separator: 0x3B).map { Int(String(decoding: $0, as: UTF8.self)) ?? -1 }
    let first = numbers.first ?? 1
    switch body.last.map({ Character(Unicode.Scalar($0)) }) {
    case "H": move((numbers.first ?? 1) - 1, (numbers.count > 1 ? numbers[1] : 1) - 1)
    case "G": move(row, first - 1)
    case "d": move(first - 1, column)
    case "A": move(row - first, column)
    case "B": move(row + first, column)
    case "C": move(row, column + first)
    case "D": move(row, column - first)
    case "X": for offset in 0..<min(first, columns - column) { clear(row, column + offset) }
    case "K" where numbers.first == 1: for column in 0...column { clear(row, column) }
    case "K" where numbers.first == 2: for column in 0..<columns { clear(row, column) }
    case "K": for column in column..<columns { clear(row, column) }
    case "J":
      for column in column..<columns { clear(row, column) }
      for index in ((row + 1) * columns)..<max(cells.count, (row + 1) * columns) { cells[index] = " " }
    case "n": answers.append((row, column))
    case "m", "h", "l", "q": break
    default: unknown.append(String(decoding: body, as: UTF8.self))
    }
  }
}
