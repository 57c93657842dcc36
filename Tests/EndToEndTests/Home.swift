// A person's folders, a server of theirs and the real program in them. What a test does with it stands in the test.

import Framing
import Glibc
import Platform
import TestSupport

/// Whether there is a program to test.
let hasProgram = PseudoTerminal.riffleBinary != nil

/// Folders of one test, its server and the program; all gone with it.
final class Home {
  let folder: String
  let server: FaultServer
  /// Set for the programs that are run, besides what every one of them has.
  var variables: [String: String]
  private let binary: String

  /// - Parameters:
  ///   - configuration: the file's text, with `$SERVER` for the address of the server.
  ///   - other: whether there is a second profile, `other`, with the model `m-other`.
  ///   - variables: of the environment, beside those that every program has.
  init(
    configuration: String? = nil, other: Bool = false, variables: [String: String] = [:],
    _ script: @escaping @Sendable (FaultServer.Request) -> FaultServer.Answer
  ) throws {
    server = try FaultServer { script($0) }
    binary = PseudoTerminal.riffleBinary ?? "riffle"
    self.variables = variables
    var template = Array("/tmp/riffle-e2e-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
    folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    try LocalFiles.makeFolder(folder + "/config/riffle")
    let standard = """
      profile = "work"
      [providers.lab]
      kind = "openai"
      base_url = "$SERVER/v1"
      retries = 0
      [profiles.work]
      provider = "lab"
      model = "m"
      """
    let text = (configuration ?? standard).split(separator: "$SERVER", omittingEmptySubsequences: false)
      .joined(separator: server.url(""))
    let more = other ? "\n[profiles.other]\nprovider = \"lab\"\nmodel = \"m-other\"\n" : ""
    try LocalFiles.write(Array((text + more).utf8), to: folder + "/config/riffle/config.toml")
  }

  deinit {
    _ = try? ChildProcess.collect(
      Command(["/bin/rm", "-rf", folder], environment: environment), maximumBytes: 4096, timeLimit: .seconds(10))
  }

  private var environment: Environment {
    Environment(
      [
        "HOME": folder, "XDG_CONFIG_HOME": folder + "/config", "XDG_DATA_HOME": folder + "/data",
        "XDG_STATE_HOME": folder + "/state", "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin",
        "RIFFLE": binary,
      ].merging(variables) { $1 })
  }

  /// riffle with these arguments.
  func command(_ arguments: [String]) -> Command {
    Command([binary] + arguments, environment: environment, folder: folder)
  }

  /// The full screen, up and showing whom it talks with.
  func open(
    _ arguments: String..., rows: Int = 24, columns: Int = 80, answers: TerminalAnswers = .plain
  ) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(command(arguments), rows: rows, columns: columns, answers: answers)
    guard terminal.wait(20_000, for: "lab/m") else { throw Failure("no first screen: \(terminal.screen.text)") }
    return terminal
  }

  /// A command to its end.
  func run(_ arguments: [String], input: String = "") throws -> ChildProcess.Result {
    try ChildProcess.collect(
      command(arguments), input: Array(input.utf8), maximumBytes: 16 << 20, timeLimit: .seconds(20))
  }

  /// A shell script to its end; `$RIFFLE` is the program.
  func shell(_ script: String) throws -> ChildProcess.Result {
    try ChildProcess.collect(
      Command(["/bin/sh", "-c", script], environment: environment, folder: folder), maximumBytes: 16 << 20,
      timeLimit: .seconds(20))
  }

  /// What a command writes to standard output and standard error together.
  func words(_ arguments: String...) throws -> (text: String, status: ExitStatus) {
    let result = try ChildProcess.collect(
      command(arguments), errors: .merged, maximumBytes: 1 << 20, timeLimit: .seconds(20))
    return (String(decoding: result.output, as: UTF8.self), result.status)
  }

  /// What a command writes, as JSON.
  func json(_ arguments: String...) throws -> JSONValue {
    let result = try run(arguments)
    guard case .success(let value) = JSONParser.parse(result.output) else {
      throw Failure("\(arguments) wrote \(String(decoding: result.output, as: UTF8.self))")
    }
    return value
  }

  /// Every conversation with its messages, newest first.
  func conversations() throws -> [JSONValue] {
    try (json("list", "--json").array ?? []).map { try json("show", $0["id"]?.string ?? "", "--json") }
  }

  /// Whether a file of the data folder holds this text now.
  func dataHolds(_ text: String) -> Bool {
    let needle = Array(text.utf8)
    let folder = folder + "/data/riffle"
    return ((try? LocalFiles.names(in: folder)) ?? []).contains { name in
      guard let bytes = try? LocalFiles.read("\(folder)/\(name)", atMost: 64 << 20) else { return false }
      return bytes.contains(sequence: needle)
    }
  }

  /// What a file of this home says.
  func text(of name: String) -> String {
    ((try? LocalFiles.read("\(folder)/\(name)", atMost: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }
}

/// Why a test cannot go on.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension PseudoTerminal {
  /// Types a line, waits until it is to be seen, and sends it.
  func say(_ line: String) throws {
    type(line)
    guard wait(15_000, for: line) else { throw Failure("not typed: \(screen.text)") }
    type("\r")
  }

  /// Waits for what is not on the screen, reading on.
  func waitElsewhere(_ milliseconds: Int = 15_000, until condition: () -> Bool) -> Bool {
    let deadline = MonotonicClock.nanoseconds() + UInt64(milliseconds) * 1_000_000
    while !condition() {
      if MonotonicClock.nanoseconds() > deadline { return false }
      _ = wait(20) { _ in false }
    }
    return true
  }
}

extension VirtualTerminal {
  /// The figures of the performance overlay by their labels, two in each row, and the word after the model as `state`.
  var overlay: [String: String] {
    let labels = [
      "elapsed", "last chunk", "first chunk", "first text", "first thinking", "chunks", "characters", "bytes",
      "avg chunk", "chars/s all", "tokens/s", "gap p50", "p95", "gap p99", "max", "stalls", "retries", "tokens in",
      "out", "cost", "connection", "HTTP", "first byte", "request sent",
    ]
    var figures: [String: String] = [:]
    for row in text {
      let pieces = row.split(separator: "│", omittingEmptySubsequences: false)
      guard pieces.count >= 3, pieces[pieces.count - 2].count == 46 else { continue }
      let inside = pieces[pieces.count - 2].dropFirst().dropLast()
      // The end of the first row: `done: stop`, `failed`.
      let last = inside.split(separator: "  ").last.map { String($0.prefix { $0 != ":" }).filter { $0 != " " } } ?? ""
      if ["done", "failed", "incomplete", "stopped"].contains(last) { figures["state"] = figures["state"] ?? last }
      for half in [inside.prefix(21), inside.suffix(21)] {
        guard let label = labels.first(where: { half.hasPrefix($0 + " ") }), figures[label] == nil else { continue }
        let value = half.dropFirst(label.count).drop { $0 == " " }
        figures[label] = String(value.reversed().drop { $0 == " " }.reversed())
      }
    }
    return figures
  }
}

extension [UInt8] {
  /// Whether these bytes stand here in a row.
  func contains(sequence: [UInt8]) -> Bool {
    withUnsafeBytes { here in
      sequence.withUnsafeBytes { there in
        guard let start = here.baseAddress, let wanted = there.baseAddress else { return sequence.isEmpty }
        var place = 0
        while place + there.count <= here.count {
          let rest = here.count - there.count + 1 - place
          guard let hit = memchr(start + place, Int32(there[0]), rest) else { return false }
          if memcmp(hit, wanted, there.count) == 0 { return true }
          place = UnsafeRawPointer(hit) - start + 1
        }
        return false
      }
    }
  }
}

extension JSONValue {
  /// The text of all messages of a shown conversation.
  var spoken: String {
    (self["messages"]?.array ?? []).flatMap { $0["parts"]?.array ?? [] }.compactMap { $0["text"]?.string }
      .joined(separator: "\n")
  }

  /// The last message of a shown conversation.
  var lastMessage: JSONValue? { self["messages"]?.array?.last }
}

/// The bytes of a chat completion as it streams.
enum Completion {
  static let head = FaultServer.Step.head(200, ["content-type": "text/event-stream"])

  /// A piece of text.
  static func text(_ text: String) -> FaultServer.Step { .bytes(event(Array(text.utf8))) }

  /// Reasoning, as the services that show it send it.
  static func thinking(_ text: String) -> FaultServer.Step {
    .bytes(
      Array("data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":".utf8) + quoted(Array(text.utf8))
        + Array("}}]}\n\n".utf8))
  }

  /// A piece of text whose bytes need not be UTF-8.
  static func event(_ text: [UInt8]) -> [UInt8] {
    Array("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":".utf8) + quoted(text) + Array("}}]}\n\n".utf8)
  }

  /// A JSON string of these bytes.
  static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    var quoted: [UInt8] = [0x22]
    for byte in bytes {
      if byte < 0x20 || byte == 0x22 || byte == 0x5C {
        let digits = String(byte, radix: 16)
        quoted += Array("\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
      } else {
        quoted.append(byte)
      }
    }
    return quoted + [0x22]
  }

  static let end = FaultServer.Step.bytes(
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")

  /// A whole answer.
  static func answer(_ text: String) -> FaultServer.Answer { .stream([head, self.text(text), end]) }

  /// `NAME-start`, and after the signals `NAME-more` and `NAME-end` the rest.
  static func slow(_ name: String) -> FaultServer.Answer {
    .stream([
      head, text("\(name)-start "), .waitForSignal("\(name)-more"), text("\(name)-goes-on "),
      .waitForSignal("\(name)-end"), text("\(name)-done"), end,
    ])
  }

  /// The first of these names that a request mentions, as a slow answer.
  static func slow(_ request: FaultServer.Request, among names: [String]) -> FaultServer.Answer {
    slow(names.first { request.text.contains($0) } ?? "other")
  }
}
