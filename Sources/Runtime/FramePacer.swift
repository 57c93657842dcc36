// When frames are drawn. The first change after quiet is drawn at once; under load frames are spaced by what they cost,
// and while a stream is faster than anybody reads, by what an eye can follow.

package import Streaming

/// Decides the moment of the next frame. Pure: time is an argument.
package struct FramePacer: Equatable, Sendable {
  /// A fast stream is drawn this often: more than 60 frames a second show nothing more.
  package static let relaxedInterval: Duration = .microseconds(16_667)
  /// No two frames are closer than this.
  package static let tightInterval: Duration = .milliseconds(1)
  /// Drawing may take this part of the time: a sixth.
  private static let costFactor = 6
  /// With more updates than this in a second, streams count as fast; they calm down at two thirds of it.
  private static let fastUpdatesPerSecond = 1500

  /// Frames of streams are never closer than this: what the user has chosen.
  package var slowestInterval: Duration = .zero
  private var nextSlot: Instant?
  private var lastFrame: Instant?
  private var isFast = false

  /// A pacer that has drawn nothing.
  package init() {}

  /// How long to wait before the next frame of a stream; zero or less for none.
  package func delay(at now: Instant) -> Duration {
    nextSlot.map { $0 - now } ?? .zero
  }

  /// Notes a frame that was drawn.
  /// - Parameters:
  ///   - start: when drawing began.
  ///   - cost: how long it took.
  ///   - updates: how many updates of the store it showed.
  package mutating func drew(at start: Instant, cost: Duration, updates: Int) {
    // By the rate, not by the count: a slower rhythm must not look like a faster stream. Two thresholds: a stream near
    // the limit keeps its rhythm.
    let span = lastFrame.map { start - $0 } ?? .seconds(1)
    let limit = isFast ? Self.fastUpdatesPerSecond * 2 / 3 : Self.fastUpdatesPerSecond
    isFast = updates > 1 && .seconds(updates) > span * limit
    lastFrame = start
    let spaced = max(Self.tightInterval, min(cost * Self.costFactor, Self.relaxedInterval))
    nextSlot = start + max(slowestInterval, isFast ? Self.relaxedInterval : spaced)
  }
}
