// What is known of an answer once it has ended: whether somebody saw its end, and whether it was slower than its model
// mostly is. A mark stands in the row of figures that every answer has: it never moves a line.

package import Conversations
import Display
package import Statistics
import Streaming

/// What is known of how fast models mostly are.
struct SpeedState: Equatable, Sendable {
  /// `nil` until they were read.
  var baselines: SpeedBaselines?
  /// When they were asked for last.
  var asked: Instant
}

/// What was found of an answer's speed.
package enum SpeedVerdict: Equatable, Sendable {
  case notJudged
  /// Held against its model's earlier answers, with what there is to mark.
  case judged(SpeedMark?)

  package var mark: SpeedMark? {
    if case .judged(let mark) = self { mark } else { nil }
  }
}

extension AppState {
  // Answers of other programs are seen this late; this one's own are at once.
  private static let baselineAge: Duration = .seconds(600)

  /// Takes in what is usual, and looks at what is shown already.
  mutating func takeBaselines(_ new: SpeedBaselines) {
    speed.baselines = new
    for id in transcripts.keys { judgeSpeeds(in: id) }
  }

  /// Reads what is usual anew, if that was long ago.
  mutating func renewBaselines() -> [Effect] {
    guard now - speed.asked >= Self.baselineAge else { return [] }
    speed.asked = now
    return [.instrument(.stats(.loadBaselines(since: Self.baselineStart(at: wall))))]
  }

  /// From when on answers are read: each of the last thirty days is compared with those of thirty days before it.
  package static func baselineStart(at now: Timestamp) -> Timestamp { now.earlier(by: 2 * SpeedBaselines.reach) }

  /// Holds the answers that have ended and were not looked at against the earlier ones of their models.
  /// - Complexity: O(known messages), and O(answers of the model) for each that is new.
  mutating func judgeSpeeds(in id: ConversationID) {
    guard transcripts[id]?.hasAnswersToBeJudged == true, var baselines = speed.baselines,
      var transcript = transcripts[id]
    else { return }
    // The slots let go of both first, so that they change in place.
    speed.baselines = nil
    transcripts[id] = nil
    for index in transcript.messages.indices where transcript.messages[index].isToBeJudged {
      transcript.messages[index].judge(with: &baselines)
    }
    if transcript.tail?.isToBeJudged == true { transcript.tail?.judge(with: &baselines) }
    transcripts[id] = transcript
    speed.baselines = baselines
  }

  /// Notes whether somebody was looking when an answer ended.
  ///
  /// Somebody was if the end of its conversation was on the screen, nothing lay over it, and the terminal had the keys. In
  /// linear mode, and in views that show several answers in their own way, nobody can say.
  func watchedEffects(_ run: RunSnapshot) -> [Effect] {
    guard linear == nil else { return [] }
    switch instrument {
    case .compare?, .race?: return []
    case .stats?, .replay?, .wire?, nil: break
    }
    let isSeen =
      run.conversation == shown && transcript.index(of: run.message) != nil && transcript.holdsEnd
      && transcript.anchor == .bottom && isFocused && instrument == nil
      && overlay == nil && size.columns >= ScreenLayout.minimum.columns
      && size.rows >= ScreenLayout.minimum.rows
    return [.noteWatched(run.conversation, run.message, isSeen)]
  }
}

extension TranscriptState {
  fileprivate var hasAnswersToBeJudged: Bool {
    tail?.isToBeJudged == true || messages.contains(where: \.isToBeJudged)
  }
}

extension TranscriptMessage {
  fileprivate var isToBeJudged: Bool {
    speed == .notJudged && role == .assistant && !status.isStreaming && metrics != nil
  }

  /// Compares it with what started before, and lets what comes later be compared with it.
  fileprivate mutating func judge(with baselines: inout SpeedBaselines) {
    guard let origin, let metrics else {
      speed = .judged(nil)
      return
    }
    let total: Duration? = if case .complete = status { metrics.elapsed } else { nil }
    speed = .judged(
      baselines.mark(origin, started: created, firstText: metrics.timeToFirstText, total: total))
    baselines.add(origin, started: created, firstText: metrics.timeToFirstText, total: total)
  }
}
