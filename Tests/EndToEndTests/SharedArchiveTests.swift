// Several riffles on one conversation, and the trash.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Shared conversations", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct SharedArchiveTests {
  @Test("A prompt that waits in one riffle is sent once, whatever another one does there")
  func queuedOnce() throws {
    let home = try Home { request in
      request.text.contains("QUEUED-ONCE")
        ? Completion.answer("the queue's answer")
        : request.text.contains("from-elsewhere") ? Completion.answer("elsewhere's answer") : Completion.slow("alpha")
    }
    let terminal = try home.open()
    try terminal.say("ask alpha")
    try #require(terminal.wait(15_000, for: "alpha-start"))
    try terminal.say("QUEUED-ONCE")
    try #require(terminal.waitElsewhere { home.dataHolds("QUEUED-ONCE") })
    let id = try #require(home.json("list", "--json")[0]?["id"]?.string)
    #expect(try home.run(["ask", "-c", id, "from-elsewhere"]).status == .exited(0))
    home.server.signal("alpha-more")
    home.server.signal("alpha-end")
    #expect(terminal.wait(15_000, for: "the queue's answer"), "\(terminal.screen.text)")
    #expect(home.server.log.requests.filter { $0.text.contains("QUEUED-ONCE") }.count == 1)
  }

  @Test("What is sent in a conversation that was deleted elsewhere brings it back")
  func deletedElsewhere() throws {
    let home = try Home { _ in Completion.answer("an answer") }
    let terminal = try home.open()
    try terminal.say("first")
    try #require(terminal.wait(15_000, for: "an answer"))
    let id = try #require(home.json("list", "--json")[0]?["id"]?.string)
    #expect(try home.run(["delete", id]).status == .exited(0))
    #expect(terminal.wait(15_000, for: "moved to the trash elsewhere"), "\(terminal.screen.text)")
    try terminal.say("second")
    #expect(terminal.wait(15_000, for: "is back in the list"), "\(terminal.screen.text)")
    #expect(terminal.waitElsewhere { (try? home.json("list", "--json")[0]?["id"]?.string) == id })
  }

  @Test("A deleted conversation that is opened by its ID is taken out of the trash")
  func opened() throws {
    let home = try Home { _ in Completion.answer("an answer") }
    let terminal = try home.open()
    try terminal.say("first")
    try #require(terminal.wait(15_000, for: "an answer"))
    let id = try #require(home.json("list", "--json")[0]?["id"]?.string)
    try terminal.say("/delete")
    #expect(terminal.wait(15_000) { !$0.shows("an answer") })
    try terminal.say("/open \(id)")
    #expect(terminal.wait(15_000, for: "an answer"), "\(terminal.screen.text)")
    #expect(terminal.waitElsewhere { (try? home.json("list", "--json")[0]?["id"]?.string) == id })
  }

  @Test("The trash is listed, and gives back what a prefix names")
  func trash() throws {
    let home = try Home { _ in Completion.answer("an answer") }
    #expect(try home.run(["ask", "--id", "talk-one", "x"]).status == .exited(0))
    #expect(try home.run(["ask", "--id", "other", "x"]).status == .exited(0))
    #expect(try home.run(["delete", "talk"]).status == .exited(0))
    #expect(try home.json("list", "--json").array?.map { $0["id"]?.string } == ["other"])
    #expect(try home.json("list", "--trash", "--json").array?.map { $0["id"]?.string } == ["talk-one"])
    let refused = try home.words("show", "talk")
    #expect(refused.status == .exited(1) && refused.text.contains("in the trash: talk-one"), "\(refused.text)")
    #expect(try home.run(["restore", "ta"]).status == .exited(0))
    #expect(try home.json("list", "--trash", "--json").array?.count == 0)
    #expect(try home.json("list", "--json").array?.count == 2)
    #expect(try home.words("restore", "nothing").status == .exited(1))
  }
}
