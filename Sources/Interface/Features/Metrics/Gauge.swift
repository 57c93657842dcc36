// The status bar's figures change with every chunk; drawing them as often would cost more than the text itself. So they
// are sampled: four times a second while chunks arrive, once a second while nothing does.

package import Streaming

/// The figures of the shown run as last sampled.
package struct Gauge: Equatable, Sendable {
  package private(set) var run: RunSnapshot?
  /// When the run's figures are taken again.
  package private(set) var nextSample: Instant
  package private(set) var sampled: Instant
  package private(set) var liveCount = 0
  /// Whether figures change no oftener than the clock's seconds.
  var isCalm: Bool

  /// While chunks arrive.
  package static let busyInterval: Duration = .milliseconds(250)
  /// While waiting: a clock in whole seconds.
  package static let quietInterval: Duration = .seconds(1)

  /// Nothing sampled yet.
  package init(at now: Instant, isCalm: Bool = false) {
    self.isCalm = isCalm
    nextSample = now
    sampled = now
  }

  /// Takes the figures if it is time, or if something other than a number changed.
  package mutating func sample(_ current: RunSnapshot?, liveCount: Int, at now: Instant) {
    let isSameStory = current?.id == run?.id && current?.phase == run?.phase && liveCount == self.liveCount
    guard !isSameStory || now >= nextSample else { return }
    let isBusy = current?.lastChunk.map { now - $0 < .seconds(1) } ?? false
    run = current?.asOf(now)
    self.liveCount = liveCount
    sampled = now
    nextSample = now + (isBusy && !isCalm ? Self.busyInterval : Self.quietInterval)
  }
}
