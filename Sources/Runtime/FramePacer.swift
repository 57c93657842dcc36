// When frames are drawn. The first change after quiet is drawn at once; under load frames are spaced by what they cost,
// and when many chunks arrive between two frames, by what an eye can follow.

package import Streaming

/// Decides the moment of the next frame. Pure: time is an argument.
package struct FramePacer: Equatable, Sendable {
  /// A fast stream is drawn this often: more than 60 frames a second show nothing more.
  package static let relaxedInterval: Duration = .microseconds(16_667)
  /// No two frames are closer than this.
  package static let tightInterval: Duration = .milliseconds(1)
  /// Drawing may take this part of the time: a sixth.
  private static let costFactor = 6
  /// With more updates than this in one frame, a stream counts as fast.
  private static let fastUpdates = 4

  private var nextSlot: Instant?
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
    // Two thresholds: a stream near the limit keeps its rhythm.
    isFast = updates > Self.fastUpdates || (isFast && updates > 1)
    let spaced = max(Self.tightInterval, min(cost * Self.costFactor, Self.relaxedInterval))
    nextSlot = start + (isFast ? Self.relaxedInterval : spaced)
  }
}
