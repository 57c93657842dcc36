// Leaving the program.

import Display
import Interface
import Streaming
import Testing

@Suite("Leaving")
struct LeavingTests {
  static let ways: [(name: String, leave: @Sendable (Scene) -> Void)] = [
    ("ctrl-d", { $0.press("ctrl-d") }),
    ("ctrl-c twice", { $0.press("ctrl-c ctrl-c") }),
    (
      "/quit",
      {
        $0.type("/quit")
        $0.press("enter")
      }
    ),
  ]

  @Test("Leaving with something that is not saved asks first, whichever way it is", arguments: ways.indices)
  func asks(index: Int) {
    let scene = Scene()
    var update = SessionUpdate()
    update.unsaved = "2 messages, 1 draft"
    scene.act(.session(update))
    Self.ways[index].leave(scene)
    #expect(!scene.takeEffects().contains(.quit))
    #expect(scene.shows("2 messages, 1 draft"))
    scene.press("n")
    #expect(!scene.takeEffects().contains(.quit))
    Self.ways[index].leave(scene)
    scene.press("y")
    #expect(scene.takeEffects().contains(.quit))
  }

  @Test("Leaving when everything is saved asks nothing", arguments: ways.indices)
  func leaves(index: Int) {
    let scene = Scene()
    for unsaved in ["1 draft", ""] {
      var update = SessionUpdate()
      update.unsaved = unsaved
      scene.act(.session(update))
    }
    Self.ways[index].leave(scene)
    #expect(scene.takeEffects().contains(.quit))
  }
}
