// The socket behind which durable truth sits.

package import Diagnostics

/// Why the archive could not do what was asked.
package enum ArchiveFailure: Error, Equatable, Sendable {
  case diskFull(path: String)
  case readOnly(path: String)
  /// Another process held the file longer than the time limit.
  case busy
  /// The file was not a usable database; where it was set aside and what could be saved, in words.
  case damaged(String)
  case newerSchema(found: Int, known: Int)
  /// Anything else, in the database's words.
  case failed(String)
}

extension ArchiveFailure: Explainable {
  package var explanation: Explanation {
    switch self {
    case .diskFull(let path):
      Explanation(
        kind: .setting, summary: "The disk is full", detail: "nothing more can be saved in \(path)",
        recovery: .freeSpace)
    case .readOnly(let path):
      Explanation(
        kind: .setting, summary: "Conversations cannot be saved", detail: "\(path) is read-only", recovery: .freeSpace)
    case .busy:
      Explanation(
        kind: .setting, summary: "Another program holds the conversations", detail: "trying again at the next change")
    case .damaged(let what):
      Explanation(kind: .setting, summary: "The file of conversations was damaged", detail: what)
    case .newerSchema(let found, let known):
      Explanation(
        kind: .setting, summary: "These conversations were saved by a newer riffle",
        detail: "their format is \(found), this program knows \(known); update riffle, or use another --data folder")
    case .failed(let words):
      Explanation(
        kind: .setting, summary: "The conversations could not be read or saved", detail: words, recovery: .report)
    }
  }
}

/// What was measured on one answer, as the archive keeps it.
package struct RunRecord: Equatable, Sendable {
  package var id: RunID
  package var message: MessageID
  package var model: ModelReference
  package var isStreaming: Bool
  package var started: Timestamp
  /// The figures as a JSON object, with the names of `ask --json`'s `metrics`.
  package var metricsJSON: String
  /// Times and sizes of the chunks, in the encoding of `Streaming.Timeline`.
  package var timeline: [UInt8]
  /// The profile that was talked with; `nil` where nobody wrote it down.
  package var profile: String?
  /// Whether somebody was looking when the answer ended; `nil` where nobody knows.
  package var isWatched: Bool?
  /// What a reader who did not know the models said: whether it was the best of a race; `nil` where nobody was asked.
  package var isBest: Bool?

  /// The record of a finished or broken-off answer.
  package init(
    id: RunID, message: MessageID, model: ModelReference, isStreaming: Bool, started: Timestamp, metricsJSON: String,
    timeline: [UInt8], profile: String? = nil, isWatched: Bool? = nil, isBest: Bool? = nil
  ) {
    self.id = id
    self.message = message
    self.model = model
    self.isStreaming = isStreaming
    self.started = started
    self.metricsJSON = metricsJSON
    self.timeline = timeline
    self.profile = profile
    self.isWatched = isWatched
    self.isBest = isBest
  }
}

/// A change of a conversation's settings; `nil` leaves a value as it is.
package struct ConversationPatch: Equatable, Sendable {
  package var title: String?
  package var isPinned: Bool?
  package var isArchived: Bool?
  package var isUnread: Bool?
  package var tags: [String]?
  package var profile: Profile?

  /// No change.
  package init() {}
}

/// How a message that streams has grown since the journal was last written.
package struct JournalEntry: Equatable, Sendable {
  /// How the growing message differs from what the journal holds.
  package enum Growth: Equatable, Sendable {
    /// Text to append to part `part`, which is a text or thinking part that the journal holds already.
    case appended(part: Int, text: String)
    /// A new or changed part.
    case part(Int, Part)
  }

  package var message: MessageID
  package var growth: [Growth]

  /// What a message has grown by.
  package init(message: MessageID, growth: [Growth]) {
    self.message = message
    self.growth = growth
  }
}

/// What another process changed.
package enum ForeignChange: Equatable, Sendable {
  /// These conversations have other messages or settings now; those gone are among them.
  case conversations(Set<ConversationID>)
}

/// The conversations of one user. All calls may come from any task; none blocks a thread of the cooperative pool.
///
/// What is *durable* when a call returns: `create`, `append`, `finish`, `saveQueue` are synced to the disk; `journal` and
/// `saveDraft` survive the process but not necessarily a power cut (`synchronize` makes them).
package protocol ConversationArchive: Sendable {
  /// Newest first, pinned before the rest; without the trash.
  func summaries(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary]
  /// The trash, newest first.
  func trash(limit: Int) async throws(ArchiveFailure) -> [ConversationSummary]
  /// One line of the list; `nil` if there is no such conversation or it is in the trash.
  func summary(of id: ConversationID) async throws(ArchiveFailure) -> ConversationSummary?
  /// IDs that begin with `prefix`, an exact one alone; at most `limit`. Those outside the trash, or those in it.
  func identifiers(withPrefix prefix: String, inTrash: Bool, limit: Int) async throws(ArchiveFailure)
    -> [ConversationID]
  /// Everything but the bodies; `nil` if there is none.
  func record(of id: ConversationID) async throws(ArchiveFailure) -> ConversationRecord?
  /// A piece of the path that ends with `end`, or of the current path if that is `nil`; counts are of that path.
  ///
  /// The first message of a piece comes along however large it is; others only as long as the piece is not larger than
  /// `maximumBytes`, nearest first. `before` needs no message of the path: what leads to it is given.
  /// - Returns: `nil` if the message that the piece is named by is not on the path.
  func window(
    of id: ConversationID, endingWith end: MessageID?, _ piece: PathPiece, maximumBytes: Int
  ) async throws(ArchiveFailure) -> MessageWindow?
  /// Looks through a piece of the path that ends with `end`, from the message with number `position` on, towards the
  /// root if `backward`; as much as takes a few milliseconds. Text of answers that stream is left out.
  /// - Parameter limit: the matches after which looking ends.
  func matches(
    of query: FindQuery, in id: ConversationID, endingWith end: MessageID?, from position: Int, backward: Bool,
    limit: Int
  ) async throws(ArchiveFailure) -> MatchPage
  /// The end of the newest path through the sibling `offset` places after `message` (before it, if negative): that
  /// sibling, its newest child, and so on. `nil` if there is no such sibling.
  func leaf(ofVariant offset: Int, from message: MessageID, in id: ConversationID) async throws(ArchiveFailure)
    -> MessageID?
  /// The figures kept with an answer.
  func run(of message: MessageID) async throws(ArchiveFailure) -> RunRecord?
  /// A page of the answers that have ended and of which figures were kept, the newest last, the trash included.
  /// - Parameter cursor: where the page before said to go on; `nil` for the first page.
  /// - Parameter limit: the most answers to look at; a page may have fewer and still not be the last one.
  func answers(
    _ query: AnswerQuery, after cursor: AnswerCursor?, limit: Int
  ) async throws(ArchiveFailure) -> AnswerPage

  /// A new conversation; fails with `failed` if the ID is taken.
  func create(_ record: ConversationRecord) async throws(ArchiveFailure)
  /// Adds messages to the tree and makes the last one the leaf. All or nothing.
  func append(_ messages: [Message], to id: ConversationID) async throws(ArchiveFailure)
  /// Writes down how streaming answers have grown.
  func journal(_ entries: [JournalEntry]) async throws(ArchiveFailure)
  /// Replaces a message by its final form, drops its journal, stores the figures and updates the text index.
  func finish(_ message: Message, run: RunRecord?, in id: ConversationID) async throws(ArchiveFailure)
  /// Notes whether somebody was looking when an answer ended. An answer without figures has no place for it.
  func setWatched(
    _ isWatched: Bool, _ message: MessageID, in id: ConversationID
  ) async throws(ArchiveFailure)
  /// Writes down which answers a reader preferred (`RunRecord.isBest`); answers without figures are passed over.
  func rate(_ ratings: [MessageID: Bool], in id: ConversationID) async throws(ArchiveFailure)
  /// Takes answers to one prompt out of the tree, with their figures, into a new conversation, under a copy of the prompt
  /// with the identifier `prompt`. The new conversation is in the trash if its record says so.
  ///
  /// Answers that something follows, that are the end of the current path or that stream stay where they are; if none
  /// can go, nothing is done. So it is if the new conversation is there already: a repeated call does no harm. All or
  /// nothing.
  func moveVariants(
    _ answers: [MessageID], from id: ConversationID, to record: ConversationRecord, under prompt: MessageID
  ) async throws(ArchiveFailure)
  /// Makes another message the end of the current path.
  func setLeaf(_ message: MessageID?, of id: ConversationID) async throws(ArchiveFailure)
  /// Changes settings.
  func update(_ id: ConversationID, with patch: ConversationPatch) async throws(ArchiveFailure)
  /// What stands unsent in the composer.
  func saveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure)
  /// Puts a draft that was given up aside, to be found again in the history.
  func shelveDraft(_ text: String, of id: ConversationID) async throws(ArchiveFailure)
  /// Prompts waiting for the answer in progress.
  func saveQueue(_ queue: [Prompt], of id: ConversationID) async throws(ArchiveFailure)
  /// Prompts and shelved drafts, newest first, without repetitions.
  func promptHistory(limit: Int) async throws(ArchiveFailure) -> [String]
  /// Moves a conversation to the trash, or back.
  func setTrashed(_ isTrashed: Bool, _ id: ConversationID) async throws(ArchiveFailure)

  /// Turns answers that were streaming in a process that is gone into `.interrupted`; returns the conversations concerned.
  func recoverInterrupted() async throws(ArchiveFailure) -> [ConversationID]
  /// Calls `handler`, on any thread, at most one second after another process has changed something.
  func observeForeignChanges(_ handler: @escaping @Sendable (ForeignChange) -> Void) async
  /// Forces everything written so far to the disk.
  func synchronize() async throws(ArchiveFailure)
  /// Synchronises and closes. Later calls fail.
  func close() async
}

extension ConversationArchive {
  /// At most `limit` messages of the current path, the last of them just before `before`, or the leaf if that is `nil`.
  package func window(
    of id: ConversationID, before: MessageID?, limit: Int
  ) async throws(ArchiveFailure) -> MessageWindow {
    let piece = before.map { PathPiece.before($0, limit) } ?? .last(limit)
    return try await window(of: id, endingWith: nil, piece, maximumBytes: .max)
      ?? MessageWindow(messages: [], earlierCount: 0)
  }

  /// Gives the answers of a query to `body`, the newest last, a page after another: other reading comes in between.
  /// - Returns: how many answers could not be read.
  /// - Throws: what the archive threw; also ends when the task is cancelled, with what was read so far.
  package func eachAnswer(
    _ query: AnswerQuery, _ body: (AnswerFigures) -> Void
  ) async throws(ArchiveFailure) -> Int {
    var damagedCount = 0
    var cursor: AnswerCursor?
    repeat {
      // A few milliseconds of reading.
      let page = try await answers(query, after: cursor, limit: 500)
      damagedCount += page.damagedCount
      page.answers.forEach(body)
      cursor = page.next
    } while cursor != nil && !Task.isCancelled
    return damagedCount
  }
}
