// What went over the wire: what the view shows, what it wants done, what comes of it.

package import Conversations
package import Diagnostics
package import Streaming

/// Whose exchange is wanted.
package enum WireSubject: Equatable, Sendable {
  /// The newest request for that message.
  case answer(MessageID)
  /// The exchange with that number.
  case number(Int)
  /// The newest of a conversation.
  case conversation(ConversationID)
}

/// What `/wire` shows.
package struct WireState: Equatable, Sendable {
  /// What a narrow screen shows; a wide one shows all of it.
  enum Side: Equatable, Sendable, CaseIterable {
    case request, events, text
  }

  /// What the rows belong to.
  enum Section: Equatable, Sendable {
    case request, response, events
  }

  /// A row that can be stood on.
  enum Place: Equatable, Sendable {
    case title(Section)
    case request(Int)
    case head(Int)
    case event(Int)
    /// A line of an event that is unfolded.
    case detail(event: Int, line: Int)
    /// How it ended, or that it has not.
    case end
  }

  /// What is looked for.
  struct Find: Equatable, Sendable {
    var query = ""
    var isTyping = true
  }

  /// Columns from which the raw side and the text stand beside each other.
  static let wideColumns = 100

  var subject: WireSubject
  /// What is known of the answer, for one that was not recorded.
  var facts: [String]
  /// Whether the log was asked.
  var isLoaded = false
  var outlines: [WireOutline] = []
  var picture: WirePicture?
  var side = Side.events
  var selected = Place.end
  /// The first row that is shown.
  var top = 0
  /// Whether the end stays selected while more comes.
  var follows = true
  /// Events that are unfolded.
  var details: [Int: [WireLine]] = [:]
  /// Columns that long lines are moved to the left.
  var shift = 0
  var find: Find?

  /// A view of an exchange that is not there yet.
  init(_ subject: WireSubject, facts: [String]) {
    self.subject = subject
    self.facts = facts
  }

  /// Takes an exchange as it stands now; another one is looked at from its end.
  mutating func take(_ outlines: [WireOutline], _ picture: WirePicture?) {
    isLoaded = true
    self.outlines = outlines
    if picture?.outline.number != self.picture?.outline.number {
      (selected, top, follows, details, shift) = (.end, 0, true, [:], 0)
    } else if let picture, let former = self.picture {
      forgetMovedDetails(from: former, to: picture)
    }
    self.picture = picture
  }

  /// Folds the events that have other numbers now: those behind bytes that are left out, of which there were fewer.
  private mutating func forgetMovedDetails(from former: WirePicture, to picture: WirePicture) {
    let gap = picture.events.firstIndex { $0.time == nil }
    let isSameGap = gap.map { former.events.indices.contains($0) && former.events[$0] == picture.events[$0] } ?? true
    if isSameGap, picture.events.count >= former.events.count { return }
    // The event before the gap may be cut short by it.
    let firstMoved = isSameGap ? picture.events.count : max(0, (gap ?? 0) - 1)
    details = details.filter { $0.key < firstMoved }
    if case .detail(let event, _) = selected, details[event] == nil { selected = .event(event) }
  }

  /// How much of the text had arrived at the selected row, and how much of that came with it.
  var textPoint: (start: Int, end: Int) {
    guard let picture else { return (0, 0) }
    let event: Int
    switch selected {
    case .event(let index), .detail(let index, _): event = index
    case .end: return (picture.text.utf8.count, picture.text.utf8.count)
    case .title, .request, .head: return (0, 0)
    }
    guard picture.events.indices.contains(event) else { return (0, 0) }
    return (event > 0 ? picture.events[event - 1].textEnd : 0, picture.events[event].textEnd)
  }
}

/// What it wants done.
package enum WireEffect: Equatable, Sendable {
  /// Shows an exchange, and from then on tells what comes.
  case open(WireSubject)
  /// Tells of an exchange once.
  case tell(WireSubject)
  case details(event: Int, number: Int)
  case curl(Int)
  case save(Int, ConversationID)
  /// Nobody looks any more.
  case close
}

/// What came of it.
package enum WireNews: Equatable, Sendable {
  /// The exchange as it stands, or none, and all that are kept.
  case shown([WireOutline], WirePicture?)
  case told([WireOutline], WirePicture?)
  case details(event: Int, number: Int, [WireLine])
  case curl(String)
  case saved(String)
  case failed(Explanation)
}
