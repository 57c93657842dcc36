// The only way to tell the loop something: post a value, and it wakes. Updates of the session store are merged while
// they wait, so a busy loop finds one update, however many there were.

package import Interface
package import Platform
package import Streaming

/// What waits for the loop. Any thread may post; the loop alone drains.
package final class Mailbox: Sendable {
  /// What was waiting.
  package struct Contents: Sendable {
    package var update = SessionUpdate()
    /// Updates that were merged into `update`.
    package var updateCount = 0
    package var actions: [Action] = []

    package var isEmpty: Bool { updateCount == 0 && actions.isEmpty }
  }

  private let contents = Locked(Contents())
  private let doorbell: Doorbell

  /// An empty mailbox.
  package init() throws(SystemError) { doorbell = try Doorbell() }

  /// Becomes readable when something waits.
  package var descriptor: Int32 { doorbell.descriptor }

  /// Adds an update of the session store. Cost is that of the update.
  package func post(_ update: SessionUpdate) {
    let wasEmpty = contents.withLock { contents in
      let wasEmpty = contents.isEmpty
      contents.update.merge(update)
      contents.updateCount += 1
      return wasEmpty
    }
    if wasEmpty { doorbell.ring() }
  }

  /// Adds an action.
  package func post(_ action: Action) {
    let wasEmpty = contents.withLock { contents in
      let wasEmpty = contents.isEmpty
      contents.actions.append(action)
      return wasEmpty
    }
    if wasEmpty { doorbell.ring() }
  }

  /// Takes everything out.
  package func drain() -> Contents {
    doorbell.silence()
    return contents.withLock { contents in
      var taken = Contents()
      swap(&taken, &contents)
      return taken
    }
  }
}
