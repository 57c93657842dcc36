// A stream whose events are known in advance and only have to come at their times: what replays and the guide have in
// common. It holds a timer only while somebody waits for the next event.

import Platform
import Streaming

/// Events that come together, and when.
struct TimedEvents: Equatable, Sendable {
  var time: Instant
  var events: [ReceivedEvent]

  init(at time: Instant, _ events: [ReceivedEvent]) {
    self.time = time
    self.events = events
  }
}

/// Delivers a script at its times.
final class PacedStream: ProviderStream {
  private enum Position {
    case unstarted
    case playing([TimedEvents], next: Int)
    case ended
  }

  private struct Control {
    var isCancelled = false
    var alarm: OneShot<Void>?
  }

  private static let largestBatch = 256

  private let clock: ProviderClock
  private let waits: Bool
  private let script: @Sendable (_ start: Instant) -> [TimedEvents]
  private let position = Locked(Position.unstarted)
  private let control = Locked(Control())

  /// - Parameters:
  ///   - waits: whether the times are kept; otherwise everything comes at once.
  ///   - script: what happens, made when the first event is asked for. Its last event is an ending.
  init(clock: ProviderClock, waits: Bool = true, script: @escaping @Sendable (_ start: Instant) -> [TimedEvents]) {
    self.clock = clock
    self.waits = waits
    self.script = script
  }

  func cancel() {
    let alarm = control.withLock { control in
      control.isCancelled = true
      return control.alarm
    }
    alarm?.resolve(())
  }

  func next() async -> [ReceivedEvent]? {
    let current = position.withLock { position in
      let taken = position
      position = .ended
      return taken
    }
    let entries: [TimedEvents]
    let index: Int
    switch current {
    case .ended: return nil
    case .unstarted: (entries, index) = (script(clock.now()), 0)
    case .playing(let playing, let next): (entries, index) = (playing, next)
    }
    guard index < entries.count else { return nil }
    let entry = entries[index]
    if waits { await wait(until: entry.time) }
    if isCancelled || Task.isCancelled { return [ReceivedEvent(.error(.cancelled), received: clock.now())] }
    var events = entry.events
    var following = index + 1
    let now = clock.now()
    // What is due already comes along: a reader that was slow, or a script without waiting, costs fewer turns.
    while following < entries.count, events.count < Self.largestBatch, !waits || entries[following].time <= now {
      events += entries[following].events
      following += 1
    }
    if following < entries.count { position.withLock { $0 = .playing(entries, next: following) } }
    return events
  }

  private var isCancelled: Bool { control.withLock { $0.isCancelled } }

  private func wait(until time: Instant) async {
    guard time > clock.now() else { return }
    let alarm = OneShot<Void>()
    let wasCancelled = control.withLock { control in
      control.alarm = alarm
      return control.isCancelled
    }
    guard !wasCancelled else { return }
    let timer = Task { [clock] in
      await clock.sleep(time)
      alarm.resolve(())
    }
    await withTaskCancellationHandler {
      await alarm.value()
    } onCancel: {
      alarm.resolve(())
    }
    timer.cancel()
    control.withLock { $0.alarm = nil }
  }
}
