// The shape of the stream whose figures are shown: read as it grows, a few times a second, from where it was read to last.

import Conversations
import Interface
import Platform
import Sessions
import Streaming

/// Reads timelines off the main thread. Of several wishes that come while one is being fulfilled, the last one counts.
final class TimelineReading: Sendable {
  private struct Wish: Equatable, Sendable {
    var conversation: ConversationID
    var message: MessageID
  }

  private struct State: Sendable {
    var isReading = false
    var wish: Wish?
    var known: AnswerTimeline?
  }

  private let store: SessionStore
  private let mailbox: Mailbox
  private let state = Locked(State())

  init(store: SessionStore, mailbox: Mailbox) {
    self.store = store
    self.mailbox = mailbox
  }

  /// Posts the shape of an answer's stream as it is now; nothing if there is none.
  func read(_ message: MessageID, in conversation: ConversationID) {
    let mustBegin = state.withLock { state in
      state.wish = Wish(conversation: conversation, message: message)
      defer { state.isReading = true }
      return !state.isReading
    }
    if mustBegin { Task { await work() } }
  }

  @concurrent private func work() async {
    while let (wish, known) = next() {
      var timeline =
        known?.message == wish.message
        ? known ?? AnswerTimeline(message: wish.message, figures: TimelineFigures())
        : AnswerTimeline(message: wish.message, figures: TimelineFigures())
      // What cannot be read has no shape: the figures that are known are shown without pictures.
      guard let bytes = try? await store.timeline(of: wish.message, from: timeline.figures.position) else { continue }
      timeline.figures.read(bytes)
      state.withLock { [timeline] in $0.known = timeline }
      mailbox.post(.instrument(.timeline(timeline)))
    }
  }

  private func next() -> (Wish, AnswerTimeline?)? {
    state.withLock { state in
      guard let wish = state.wish else {
        state.isReading = false
        return nil
      }
      state.wish = nil
      return (wish, state.known)
    }
  }
}
