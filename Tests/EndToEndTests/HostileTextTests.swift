// Text from outside that wants to be obeyed: it is shown, and the terminal does nothing.

import Framing
import Platform
import TestSupport
import Testing

@Suite("Hostile text", .serialized, .enabled(if: hasProgram, "there is no riffle to run"))
struct HostileTextTests {
  /// One attack of the published list.
  struct Attack: Sendable {
    let number: Int
    let bytes: [UInt8]
    let visible: [String]
    let forbidden: [[UInt8]]
    let channels: [String]

    /// All of them; none where the list is absent. Those of more than 16 KiB are left to the sanitizer's own tests.
    static let all: [Attack] = {
      guard let bytes = Vectors.bytes("terminal/escape-attacks.json"),
        case .success(let value) = JSONParser.parse(bytes)
      else { return [] }
      return (value["cases"]?.array ?? []).compactMap { entry in
        var attack: [UInt8] = hex(entry["bytes_hex"]?.string ?? "")
        for part in entry["parts"]?.array ?? [] {
          let piece = hex(part[0]?.string ?? "")
          let count = part[1]?.int ?? 0
          guard piece.count * count <= 16 << 10 else { return nil }
          for _ in 0..<count { attack += piece }
        }
        return Attack(
          number: entry["id"]?.int ?? 0, bytes: attack,
          visible: (entry["visible"]?.array ?? []).compactMap(\.string),
          forbidden: (entry["forbidden_hex"]?.array ?? []).compactMap(\.string).map(hex),
          channels: (entry["channels"]?.array ?? []).compactMap(\.string))
      }
    }()

    static func on(_ channel: String) -> [Attack] { all.filter { $0.channels.contains(channel) } }

    private static func hex(_ text: String) -> [UInt8] {
      let digits = text.utf8.map { $0 > 0x39 ? $0 - 0x57 : $0 - 0x30 }
      return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
  }

  /// The terminal has done nothing that riffle itself does not do.
  private func expectUnharmed(_ terminal: PseudoTerminal, by attacks: [Attack]) {
    let record = terminal.screen.record
    #expect(record.clipboard == [])
    #expect(record.strings == [])
    #expect(record.bells == 0)
    let ours: Set<Int> = [1, 7, 12, 25, 1000, 1002, 1003, 1004, 1006, 1049, 2004, 2026, 2031, 2048]
    let others = record.modeLog.filter { entry in !(Int(entry.dropFirst()).map(ours.contains) ?? true) }
    #expect(others == [])
    for command in record.commands {
      #expect(command.hasPrefix("0;") || command.hasPrefix("2;") || command == "11;?", "\(command)")
      #expect(!command.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }
    #expect(terminal.screen.isAlternateScreen)
    let bytes = terminal.screen.bytes
    let passed = attacks.filter { attack in attack.forbidden.contains { bytes.contains(sequence: $0) } }
    #expect(passed.map(\.number) == [])
  }

  @Test(
    "No attack in a message does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"), arguments: 0..<8)
  func messages(_ share: Int) throws {
    let texts = Attack.all.filter(\.channels.isEmpty)
    let attacks = texts.enumerated().filter { $0.offset * 8 / texts.count == share }.map(\.element)
    let events = attacks.map { Completion.event($0.bytes + [0x0A, 0x0A]) }
    let home = try Home { _ in
      .stream([Completion.head] + events.map { .bytes($0) } + [Completion.text("the-very-end"), Completion.end])
    }
    let terminal = try home.open(rows: 250, columns: 200)
    try terminal.say("hello")
    try #require(terminal.wait(20_000, for: "the-very-end"), "\(terminal.screen.text.suffix(20))")
    expectUnharmed(terminal, by: attacks)
    var unseen: [Int] = []
    let screen = terminal.screen.text.joined(separator: "\n")
    for attack in attacks where !attack.visible.allSatisfy(screen.contains) { unseen.append(attack.number) }
    // An answer longer than the screen has its beginning above it.
    #expect(
      screen.contains(attacks.first?.visible.first ?? "") ? unseen == [] : unseen.count < attacks.count, "\(unseen)")
  }

  @Test(
    "No attack in an error, a title or a model's name does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func otherPlaces() throws {
    let errors = Attack.on("error_body")
    let models = Attack.on("model_list")
    let titles = Attack.on("title")
    let home = try Home { request in
      if request.method == "GET" {
        let names = models.map { Array("{\"id\":".utf8) + Completion.quoted($0.bytes) + Array("}".utf8) }
        let body = Array("{\"data\":[".utf8) + Array(names.joined(separator: [0x2C])) + Array("]}".utf8)
        return .respond(200, ["content-type": "application/json"], body: body)
      }
      let message = Completion.quoted(errors.flatMap(\.bytes))
      return .respond(
        400, ["content-type": "application/json"],
        body: Array("{\"error\":{\"message\":".utf8) + message + Array("}}".utf8))
    }
    let terminal = try home.open(rows: 40, columns: 120)
    for title in titles {
      terminal.paste(String(decoding: title.bytes, as: UTF8.self))
      terminal.type("\r")
      #expect(terminal.wait(15_000, for: errors.first?.visible.first ?? "none"), "\(terminal.screen.text)")
      terminal.type("\u{18}n")
      #expect(terminal.wait(15_000) { !$0.shows("pre328") })
    }
    terminal.type("\u{18}m")
    for text in models.flatMap(\.visible) {
      #expect(terminal.wait(15_000, for: text), "\(terminal.screen.text)")
    }
    terminal.type("\u{1B}")
    #expect(terminal.wait(15_000) { !$0.shows("pre330") })
    terminal.type("\u{18}l")
    #expect(terminal.wait(15_000, for: "pre331"), "\(terminal.screen.text)")
    expectUnharmed(terminal, by: errors + models + titles)

    for command in [["models"], ["list"]] {
      let result = try home.run(command)
      #expect(result.status == .exited(0))
      #expect(!result.output.isEmpty)
      #expect(!result.output.contains { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F })
    }
  }
}
