// Tool calls that arrive in pieces, many at a time, from servers that number them in different ways (wire notes:
// openai-chat, section 2, rule 4).

import Framing
import Streaming

/// Puts pieces of calls to the call they belong to.
struct ToolCallPieces: Sendable {
  /// A piece as it stood in a chunk.
  struct Piece {
    var index: Int?
    /// Its place in the chunk's array.
    var position: Int
    var id: JSONText?
    var name: JSONText?
    var arguments: String?
  }

  private struct Call {
    var id: String
    /// Whether the server gave the id.
    var hasOwnID: Bool
    /// Told of; before that the name is missing.
    var hasBegun: Bool
    var waitingArguments: String
  }

  private var calls: [Call] = []
  /// The call that a number means at present.
  private var byIndex: [Int: Int] = [:]
  private var byID: [String: Int] = [:]
  private var nextIndex = 0
  /// The number that came last and what it means: pieces of one call come one after the other.
  private var last: (index: Int, place: Int)?

  var isEmpty: Bool { calls.isEmpty }

  /// Takes a piece and tells what is new.
  mutating func add(_ piece: Piece, into sink: inout EventSink) {
    let place = place(for: piece)
    if !calls[place].hasBegun {
      if let name = piece.name, !name.isEmpty { begin(place, name: name.string, into: &sink) }
    }
    guard let arguments = piece.arguments, !arguments.isEmpty else { return }
    if calls[place].hasBegun {
      sink.emit(.toolCallArguments(id: calls[place].id, fragment: arguments))
    } else {
      calls[place].waitingArguments += arguments
    }
  }

  /// The answer is complete, and so are its calls.
  mutating func finish(into sink: inout EventSink) {
    for place in calls.indices {
      if !calls[place].hasBegun { begin(place, name: "", into: &sink) }
      sink.emit(.toolCallEnd(id: calls[place].id))
    }
  }

  private mutating func begin(_ place: Int, name: String, into sink: inout EventSink) {
    calls[place].hasBegun = true
    sink.emit(.toolCallBegin(id: calls[place].id, name: name))
    if !calls[place].waitingArguments.isEmpty {
      sink.emit(.toolCallArguments(id: calls[place].id, fragment: calls[place].waitingArguments))
      calls[place].waitingArguments = ""
    }
  }

  private mutating func place(for piece: Piece) -> Int {
    let id = piece.id.flatMap { $0.isEmpty ? nil : $0.string }
    if let index = piece.index {
      if id == nil, let last, last.index == index { return last.place }
      guard let place = byIndex[index] else { return open(id, index: index) }
      last = (index, place)
      guard let id, id != calls[place].id else { return place }
      // The number is used again for another call, unless the call only had a name we made up.
      return calls[place].hasOwnID ? open(id, index: index) : place
    }
    if let id { return byID[id] ?? open(id, index: nextIndex) }
    // Neither number nor id: a new name is a new call, anything else goes on with the call in the same position, or
    // with the last one where calls came one by one.
    if let name = piece.name, !name.isEmpty, piece.arguments != nil, calls.last?.hasBegun ?? true {
      return open(nil, index: nextIndex)
    }
    if piece.position == 0 { return calls.isEmpty ? open(nil, index: 0) : calls.count - 1 }
    return byIndex[piece.position] ?? open(nil, index: piece.position)
  }

  private mutating func open(_ id: String?, index: Int) -> Int {
    let place = calls.count
    let name = id ?? "call_\(place)"
    calls.append(Call(id: name, hasOwnID: id != nil, hasBegun: false, waitingArguments: ""))
    byIndex[index] = place
    last = (index, place)
    byID[name] = place
    nextIndex = max(nextIndex, index &+ 1)
    return place
  }
}
