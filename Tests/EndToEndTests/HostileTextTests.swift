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

    /// All of them; none where the list is absent.
    static let all: [Attack] = {
      guard let bytes = Vectors.bytes("terminal/escape-attacks.json"),
        case .success(let value) = JSONParser.parse(bytes)
      else { return [] }
      return (value["cases"]?.array ?? []).map { entry in
        var attack: [UInt8] = hex(entry["bytes_hex"]?.string ?? "")
        for part in entry["parts"]?.array ?? [] {
          let piece = hex(part[0]?.string ?? "")
          for _ in 0..<(part[1]?.int ?? 0) { attack += piece }
        }
        return Attack(
          number: entry["id"]?.int ?? 0, bytes: attack,
          visible: (entry["visible"]?.array ?? []).compactMap(\.string),
          forbidden: (entry["forbidden_hex"]?.array ?? []).compactMap(\.string).map(hex),
          channels: (entry["channels"]?.array ?? []).compactMap(\.string))
      }
    }()

    /// Those that fit on a screen together with others.
    static let short = all.filter { $0.bytes.count <= 1_500 }
    static let long = all.filter { $0.bytes.count > 1_500 }

    /// As text, repaired as the decoder of a stream does it.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func on(_ channel: String) -> [Attack] { short.filter { $0.channels.contains(channel) } }

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

  /// One of several equal shares of the short attacks.
  private static func share(_ number: Int, of count: Int) -> [Attack] {
    Attack.short.enumerated().filter { $0.offset * count / Attack.short.count == number }.map(\.element)
  }

  @Test(
    "No attack in a message does more than be read, however its bytes are cut, and it is kept as it was sent",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"), arguments: 0..<16, [false, true])
  func messages(_ share: Int, _ isCut: Bool) throws {
    let attacks = Self.share(share, of: 16)
    let events = attacks.flatMap { Completion.event($0.bytes + [0x0A, 0x0A]) }
    let home = try Home { _ in
      .stream(
        [Completion.head] + (isCut ? events.map { .bytes([$0]) } : [.bytes(events)])
          + [Completion.text("the-very-end"), Completion.end])
    }
    let terminal = try home.open(rows: 600, columns: 200)
    try terminal.say("hello")
    try #require(terminal.wait(30_000, for: "the-very-end"), "\(terminal.screen.text.suffix(20))")
    expectUnharmed(terminal, by: attacks)
    let screen = terminal.screen.text.joined(separator: "\n")
    #expect(attacks.filter { !$0.visible.allSatisfy(screen.contains) }.map(\.number) == [])
    let sent = attacks.map { $0.text + "\n\n" }.joined() + "the-very-end"
    #expect(try home.conversations().first?.lastMessage?["parts"]?.array?.first?["text"]?.string == sent)
  }

  @Test(
    "An attack by sheer length is read at both of its ends",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"), arguments: 0..<Attack.long.count)
  func longMessages(_ number: Int) throws {
    let attack = Attack.long[number]
    let home = try Home { _ in .stream([Completion.head, .bytes(Completion.event(attack.bytes)), Completion.end]) }
    let terminal = try home.open(rows: 40, columns: 120)
    try terminal.say("hello")
    try #require(terminal.wait(60_000, for: attack.visible.last ?? ""), "\(terminal.screen.text)")
    // Up to the beginning of the conversation.
    terminal.type("\u{1B}[1;5H")
    try #require(terminal.wait(30_000, for: attack.visible.first ?? ""), "\(terminal.screen.text)")
    expectUnharmed(terminal, by: [attack])
  }

  @Test(
    "No attack in the words of an error does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func errors() throws {
    let home = try Home { request in
      let attack = Attack.short.last { request.text.contains("number \($0.number).") }
      let message = Completion.quoted(attack?.bytes ?? [])
      return .respond(
        400, ["content-type": "application/json"],
        body: Array("{\"error\":{\"message\":".utf8) + message + Array("}}".utf8))
    }
    let terminal = try home.open(rows: 60, columns: 200)
    for attack in Attack.short {
      terminal.type("number \(attack.number).\r")
      #expect(
        terminal.wait(15_000) { screen in attack.visible.allSatisfy(screen.shows) },
        "\(attack.number) \(terminal.screen.text)"
      )
    }
    expectUnharmed(terminal, by: Attack.short)
  }

  @Test(
    "No attack in a model's name does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func models() throws {
    let home = try Home { _ in
      let names = Attack.short.map { Array("{\"id\":".utf8) + Completion.quoted($0.bytes) + Array("}".utf8) }
      let body = Array("{\"data\":[".utf8) + Array(names.joined(separator: [0x2C])) + Array("]}".utf8)
      return .respond(200, ["content-type": "application/json"], body: body)
    }
    let terminal = try home.open(rows: 400, columns: 200)
    terminal.type("\u{18}m")
    // The filter reaches those that the list has no room for.
    #expect(terminal.wait(15_000, for: "pre001"), "\(terminal.screen.text)")
    for attack in Attack.short {
      guard let name = attack.visible.first, name.allSatisfy({ $0.isASCII && !$0.isWhitespace }) else { continue }
      terminal.type(name)
      #expect(
        terminal.wait(15_000) { $0.text.contains { $0.contains(name) && !$0.contains("› ") } }, "\(attack.number)")
      terminal.type("\u{15}")
    }
    expectUnharmed(terminal, by: Attack.short)

    let result = try home.run(["models"])
    #expect(result.status == .exited(0))
    #expect(!result.output.contains { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F })
    let unseen = Attack.short.filter { attack in
      !attack.visible.allSatisfy { result.output.contains(sequence: Array($0.utf8)) }
    }
    #expect(unseen.map(\.number) == [])
  }

  @Test(
    "No attack in a title does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func titles() throws {
    let home = try Home { _ in Completion.answer("so it is") }
    let terminal = try home.open(rows: 60, columns: 200)
    // A paste ends with its mark: what follows one inside of it would be typed.
    let end: [UInt8] = Array("\u{1B}[201~".utf8)
    let attacks = Attack.short.filter { !$0.bytes.contains(sequence: end) }
    for attack in attacks {
      terminal.paste(attack.text)
      terminal.type("\r")
      #expect(terminal.wait(15_000, for: "so it is"), "\(attack.number) \(terminal.screen.text)")
      terminal.type("\u{18}n")
      #expect(terminal.wait(15_000) { !$0.shows("so it is") })
    }
    terminal.type("\u{18}l")
    #expect(terminal.wait(15_000, for: "pre331"), "\(terminal.screen.text)")
    expectUnharmed(terminal, by: attacks)
    let result = try home.run(["list"])
    #expect(result.status == .exited(0))
    #expect(result.output.filter { $0 == 0x0A }.count == attacks.count)
    #expect(!result.output.contains { ($0 < 0x20 && $0 != 0x0A && $0 != 0x09) || $0 == 0x7F })
  }

  @Test(
    "No attack in a tool's name, arguments or a response's headers does more than be read",
    .enabled(if: !Attack.all.isEmpty, "the vectors are not beside this checkout"))
  func tools() throws {
    let attacks = Attack.on("tool_args") + Attack.on("tool_name") + Attack.on("http_header")
    let home = try Home { _ in
      let calls = attacks.enumerated().map { index, attack in
        let (name, arguments) =
          attack.channels == ["tool_name"] ? (attack.bytes, [0x7B, 0x7D]) : ([0x66], attack.bytes)
        return Array(
          "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":\(index),\"id\":\"c\(index)\",".utf8)
          + Array("\"type\":\"function\",\"function\":{\"name\":".utf8) + Completion.quoted(name)
          + Array(",\"arguments\":".utf8) + Completion.quoted(arguments) + Array("}}]}}]}\n\n".utf8)
      }
      let header = String(decoding: attacks.last?.bytes.filter { $0 >= 0x20 } ?? [], as: UTF8.self)
      return .stream(
        [.head(200, ["content-type": "text/event-stream", "x-request-id": header])] + calls.map { .bytes($0) }
          + [Completion.text("the-very-end"), Completion.end])
    }
    let terminal = try home.open(rows: 60, columns: 200)
    try terminal.say("hello")
    try #require(terminal.wait(20_000, for: "the-very-end"), "\(terminal.screen.text)")
    expectUnharmed(terminal, by: attacks)
  }
}
