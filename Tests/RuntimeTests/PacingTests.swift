import Interface
import Platform
import Streaming
import Testing

@testable import Runtime

@Suite struct FramePacerTests {
  private let start = ContinuousClock().now

  @Test("The first change after quiet is drawn at once")
  func atOnce() {
    let pacer = FramePacer()
    #expect(pacer.delay(at: start) == .zero)
  }

  @Test("Frames are spaced by six times their cost, between one millisecond and a sixtieth of a second")
  func spacing() {
    let cases: [(cost: Duration, wait: Duration)] = [
      (.microseconds(50), .milliseconds(1)), (.microseconds(500), .milliseconds(3)),
      (.milliseconds(20), FramePacer.relaxedInterval),
    ]
    for item in cases {
      var pacer = FramePacer()
      pacer.drew(at: start, cost: item.cost, updates: 1)
      #expect(pacer.delay(at: start) == item.wait)
      #expect(pacer.delay(at: start + item.wait) <= .zero)
    }
  }

  @Test("Frames of streams are no closer than the user wants them")
  func chosenRate() {
    var pacer = FramePacer()
    pacer.slowestInterval = .milliseconds(100)
    pacer.drew(at: start, cost: .microseconds(50), updates: 1)
    #expect(pacer.delay(at: start) == .milliseconds(100))
  }

  @Test("A stream with many updates in a frame is drawn sixty times a second until it calms down")
  func fastStreams() {
    var pacer = FramePacer()
    pacer.drew(at: start, cost: .microseconds(50), updates: 1)
    let cases: [(after: Duration, updates: Int, wait: Duration)] = [
      (.milliseconds(2), 4, FramePacer.relaxedInterval), (.milliseconds(17), 20, FramePacer.relaxedInterval),
      (.milliseconds(17), 8, .milliseconds(1)), (.milliseconds(2), 1, .milliseconds(1)),
    ]
    var now = start
    for item in cases {
      now += item.after
      pacer.drew(at: now, cost: .microseconds(50), updates: item.updates)
      #expect(pacer.delay(at: now) == item.wait)
    }
  }
}

@Suite struct MailboxTests {
  @Test("Updates that wait are merged, actions keep their order, and the bell rings once")
  func merging() throws {
    let mailbox = try Mailbox()
    var update = SessionUpdate()
    update.removed = []
    mailbox.post(update)
    mailbox.post(update)
    mailbox.post(.notice(Notice("first")))
    mailbox.post(.notice(Notice("second")))
    var entries = [PollEntry(mailbox.descriptor, .readable)]
    #expect(Poll.wait(&entries, nanoseconds: 0) == 1)
    let contents = mailbox.drain()
    #expect(contents.updateCount == 2)
    #expect(contents.actions.count == 2)
    #expect(Poll.wait(&entries, nanoseconds: 0) == 0)
    #expect(mailbox.drain().isEmpty)
  }
}
