// Flags, settings and the words of commands.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Command line", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct CommandLineTests {
  @Test(
    "A configuration that was named and is not there is 1, and nothing is asked",
    arguments: [["ask", "x"], ["config", "check"], ["list"], ["models"], ["show", "x"]])
  func missingConfiguration(_ command: [String]) throws {
    let home = try Home { _ in Completion.answer("never") }
    let result = try home.run(command + ["--config", "/nonexistent.toml"])
    #expect(result.status == .exited(1))
    let words = try home.shell("\"$RIFFLE\" \(command.joined(separator: " ")) --config /nonexistent.toml 2>&1").output
    #expect(String(decoding: words, as: UTF8.self).contains("/nonexistent.toml: there is no such file"))
    #expect(home.server.log.requests.isEmpty)
  }

  @Test("A configuration that was named and is not there is told on the screen")
  func missingConfigurationOnScreen() throws {
    let home = try Home { _ in Completion.answer("never") }
    let terminal = try PseudoTerminal(
      home.command(["--config", "/nonexistent.toml"]), rows: 24, columns: 120, answers: .plain)
    #expect(terminal.wait(15_000, for: "/nonexistent.toml: there is no such file"), "\(terminal.screen.text)")
  }

  @Test("A theme that does not exist is told with its place and the nearest name")
  func unknownTheme() throws {
    let home = try Home(configuration: "theme = \"drak\"\n") { _ in Completion.answer("never") }
    let checked = try home.words("config", "check")
    #expect(checked.status == .exited(1))
    #expect(checked.text.contains("config.toml:1:9: theme: there is no theme drak; near: dark"), "\(checked.text)")
    home.variables["RIFFLE_THEME"] = "nope"
    let environment = try home.words("config", "check")
    #expect(environment.status == .exited(1))
    #expect(environment.text.contains("RIFFLE_THEME: there is no theme nope"), "\(environment.text)")
    let terminal = try PseudoTerminal(home.command(["--theme", "lihgt"]), rows: 24, columns: 120, answers: .plain)
    #expect(terminal.wait(15_000, for: "--theme: there is no theme lihgt"), "\(terminal.screen.text)")
    home.variables["RIFFLE_THEME"] = "dark"
    #expect(try home.words("config", "check").status == .exited(0))
  }

  @Test("Hooks are checked by config check, with their place")
  func hookSettings() throws {
    let home = try Home(configuration: "[ui]\nnotify = true\n[hooks]\nfinish = [\"x\", \"\"]\n") { _ in
      Completion.answer("never")
    }
    let checked = try home.words("config", "check")
    #expect(checked.status == .exited(1))
    #expect(
      checked.text.contains("config.toml:4:16: hooks.finish: must not hold an empty string"), "\(checked.text)")
    #expect(!checked.text.contains("ui.notify"))
  }

  @Test("Common flags may stand before a command's name")
  func flagsFirst() throws {
    let home = try Home(other: true) { request in Completion.answer(request.text.contains("m-other") ? "other" : "m") }
    #expect(try home.run(["--profile", "other", "ask", "x"]).output == Array("other\n".utf8))
    #expect(try home.run(["--profile=other", "--data", home.folder + "/elsewhere", "ask", "x"]).status == .exited(0))
    #expect(try home.json("--data", home.folder + "/elsewhere", "list", "--json").array?.count == 1)
    #expect(try home.json("list", "--json").array?.count == 1)
    let path = try home.words("--config", "/some/file", "config", "path")
    #expect(path.text == "/some/file\n" && path.status == .exited(0))
  }

  @Test("Help names the flags of the full screen, and no message names a command that nobody types")
  func help() throws {
    let home = try Home { _ in Completion.answer("never") }
    let help = try home.words("--help").text
    for flag in ["--profile", "--continue", "--linear", "--theme", "--config", "--data"] {
      #expect(help.contains(flag), "\(help)")
    }
    #expect(!help.contains("chat "), "\(help)")
    let wrong = try home.words("--lienar")
    #expect(wrong.status == .exited(2) && !wrong.text.contains("riffle chat"), "\(wrong.text)")
    #expect(try home.words("manual").text.contains("linear"))
  }

  @Test("An unknown profile, and an unknown provider, are complained about once")
  func complaints() throws {
    let home = try Home { _ in Completion.answer("never") }
    let profile = try home.words("ask", "--profile", "wrok", "x")
    #expect(profile.text == "riffle: there is no profile wrok; known: work, guide\n")
    #expect(profile.status == .exited(2))
    let provider = try home.words("models", "--provider", "nope")
    #expect(provider.text == "riffle: There is no provider nope in the configuration: it has lab\n")
  }

  @Test("An answer that breaks off is told once to have done so, with the next attempt's number")
  func breaking() throws {
    let home = try Home { _ in .stream([Completion.head, Completion.text("half "), .close]) }
    let broken = try home.words("ask", "x").text
    #expect(broken.contains("incomplete: The answer of lab broke off: the connection was closed"), "\(broken)")
    let retrying = try Home(configuration: nil) { _ in .respond(503, [:], body: []) }
    let text = retrying.text(of: "config/riffle/config.toml")
    try LocalFiles.write(
      Array(text.replacing("retries = 0", with: "retries = 1").utf8),
      to: retrying.folder + "/config/riffle/config.toml")
    #expect(try retrying.words("ask", "x").text.contains("; attempt 2 of 2 in "))
  }

  @Test("Asking in a conversation without saving reads it and changes nothing")
  func unsavedInConversation() throws {
    let home = try Home { _ in Completion.answer("an answer") }
    #expect(try home.run(["ask", "--id", "talk", "what was said before"]).status == .exited(0))
    #expect(try home.run(["ask", "--no-save", "-c", "ta", "and now"]).output == Array("an answer\n".utf8))
    let last = try #require(home.server.log.requests.last?.text)
    #expect(last.contains("what was said before") && last.contains("and now"), "\(last)")
    #expect(try home.json("show", "talk", "--json")["messages"]?.array?.count == 2)
    #expect(try home.json("list", "--json").array?.count == 1)
  }

  @Test(
    "A proxy that is switched off, or not meant for the host, is not used",
    arguments: [
      ("proxy = \"http://127.0.0.1:PORT\"", "", 4), ("proxy = \"http://127.0.0.1:PORT\"", "proxy = \"none\"", 0),
      ("proxy = \"http://127.0.0.1:PORT\"\nno_proxy = [\"127.0.0.1\"]", "", 0),
    ])
  func proxies(network: String, provider: String, status: Int32) throws {
    let port = try closedPort()
    let home = try Home { _ in Completion.answer("an answer") }
    let text = home.text(of: "config/riffle/config.toml").replacing("retries = 0", with: "retries = 0\n\(provider)")
    try LocalFiles.write(
      Array((text + "\n[network]\n\(network.replacing("PORT", with: "\(port)"))\n").utf8),
      to: home.folder + "/config/riffle/config.toml")
    #expect(try home.run(["ask", "x"]).status == .exited(status))
  }

  @Test("Lists stand in columns, by the width of the characters")
  func columns() throws {
    let home = try Home { _ in Completion.answer("an answer") }
    for (id, title) in [("a", "one"), ("longer-name", "two")] {
      #expect(try home.run(["ask", "--id", id, title]).status == .exited(0))
    }
    let lines = try home.words("list").text.split(separator: "\n")
    #expect(lines.count == 2)
    let places = Set(
      lines.map { line in line.firstRange(of: "idle").map { line.distance(from: line.startIndex, to: $0.lowerBound) } })
    #expect(places.count == 1, "\(lines)")
    let themes = try home.words("theme", "list").text.split(separator: "\n")
    #expect(
      Set(
        themes.map { line in
          line.firstRange(of: "for a ").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
        }
      ).count == 1)
  }
}
