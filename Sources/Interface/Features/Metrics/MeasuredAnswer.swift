// Whose figures the performance overlay shows: the answer that is read in browse mode, else the one that streams or streamed
// last, else the last one of the conversation as the archive has it.

package import Conversations
import Display
package import Streaming

/// An answer with its figures, as they were last sampled.
struct MeasuredAnswer: Equatable, Sendable {
  var message: MessageID
  var model: ModelReference?
  var metrics: StreamMetrics
  /// How it stands; `nil` while it streams.
  var status: MessageStatus?
  /// What it is doing; `nil` once it has ended.
  var phase: RunPhase?
  var started: Instant?
  var lastChunk: Instant?
  var recentRates: [UInt32] = []
  /// How much of what the model holds is filled, 0 to 1.
  var contextShare: Double?

  var isLive: Bool { phase != nil }
}

/// Where the performance figures stand.
package enum MetricsPlace: Equatable, Sendable {
  case hidden
  /// Over the pane; the page counts from zero, where not all of it has room at once.
  case overlay(page: Int)
  /// Beside the pane, which gets narrower.
  case panel
}

extension AppState {
  package var isMetricsShown: Bool { metricsPlace != .hidden }

  /// Columns of the screen from which on there is room for the panel.
  static let panelMinimum = 100

  /// Shows the figures in the next place: over the pane, page by page; beside it, where there is room; nowhere.
  mutating func moveMetrics() {
    guard instrument == nil else { return show("The figures stand beside the conversation; Esc goes back to it") }
    switch metricsPlace {
    case .hidden: metricsPlace = .overlay(page: 0)
    case .overlay(let page) where page + 1 < MetricsOverlayView.pageCount(self):
      metricsPlace = .overlay(page: page + 1)
    case .overlay: metricsPlace = size.columns >= Self.panelMinimum ? .panel : .hidden
    case .panel: metricsPlace = .hidden
    }
  }

  /// `/metrics` with a word behind it.
  mutating func placeMetrics(_ word: String) {
    switch word {
    case "": moveMetrics()
    case "off": metricsPlace = .hidden
    case "overlay": metricsPlace = .overlay(page: 0)
    case "panel":
      metricsPlace = .panel
      if size.columns < Self.panelMinimum {
        show("The panel needs \(Self.panelMinimum) columns; until then the figures lie over the conversation")
      }
    default: showUnknown("place for the figures:", word, among: ["overlay", "panel", "off"])
    }
  }

  /// The answer whose figures are shown; `nil` without any.
  var measuredAnswer: MeasuredAnswer? {
    if let browse, let message = transcript.message(browse.message), message.role == .assistant,
      transcript.aliases[message.id] == nil, message.id != gauge.run?.message
    {
      // Of one that riffle did not see end nothing was kept: dashes are the truth then, not another answer's figures.
      return MeasuredAnswer(message, message.metrics ?? StreamMetrics())
    }
    if let run = gauge.run {
      return MeasuredAnswer(
        message: run.message, model: run.model, metrics: run.metrics,
        status: run.isLive ? nil : transcript.message(run.message)?.status, phase: run.isLive ? run.phase : nil,
        started: run.started, lastChunk: run.lastChunk, recentRates: run.recentRates(at: gauge.sampled),
        contextShare: run.contextShare)
    }
    // The figures of a blind race would tell its models.
    guard let answer = transcript.lastAnswer, transcript.aliases[answer.id] == nil, !answer.status.isStreaming else {
      return nil
    }
    return MeasuredAnswer(answer, answer.metrics ?? StreamMetrics())
  }

  /// Asks for the shape of the stream that is shown, once for each time its figures are sampled.
  mutating func wantedTimeline() -> [Effect] {
    guard isMetricsShown, let answer = measuredAnswer else { return [] }
    let wanted = TimelineWish(message: answer.message, sampled: answer.isLive ? gauge.sampled : nil)
    guard wanted != timelineWish else { return [] }
    timelineWish = wanted
    return [.instrument(.timeline(shown, answer.message))]
  }

  /// The shape of the stream that is shown, if it has come.
  var measuredTimeline: TimelineFigures? {
    guard let timeline, timeline.message == measuredAnswer?.message else { return nil }
    return timeline.figures
  }
}

extension MeasuredAnswer {
  /// An answer that has ended.
  init(_ message: TranscriptMessage, _ metrics: StreamMetrics) {
    self.init(message: message.id, model: message.origin, metrics: metrics, status: message.status)
    self.metrics.usage = message.usage ?? metrics.usage
  }
}

/// What was asked for last of a stream's shape.
struct TimelineWish: Equatable, Sendable {
  var message: MessageID
  /// The sample that it belongs to; `nil` for an answer that has ended.
  var sampled: Instant?
}

/// The shape of a stream.
package struct AnswerTimeline: Equatable, Sendable {
  package var message: MessageID
  package var figures: TimelineFigures

  /// An answer's shape.
  package init(message: MessageID, figures: TimelineFigures) {
    self.message = message
    self.figures = figures
  }
}
