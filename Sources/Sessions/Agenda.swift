// What the store has to do at a certain time. With nothing here there is no timer.

import Streaming

/// The store's deadlines; `nil` where nothing is due.
struct Agenda: Equatable, Sendable {
  /// Journals may be behind arrival by 250 ms; the rest is for the writing itself.
  static let journalDelay = Duration.milliseconds(200)
  /// Likewise for drafts.
  static let draftDelay = Duration.milliseconds(200)
  /// Journals are forced to the disk at least every second while something streams.
  static let synchronizeDelay = Duration.milliseconds(750)
  /// What could not be saved is tried again.
  static let retryDelay = Duration.seconds(5)
  /// A stream that does not end although it was cancelled is given up.
  static let stopDelay = Duration.seconds(1)

  var journal: Instant?
  var drafts: Instant?
  var synchronize: Instant?
  var retry: Instant?
  var stop: Instant?

  var earliest: Instant? { [journal, drafts, synchronize, retry, stop].compactMap(\.self).min() }
}
