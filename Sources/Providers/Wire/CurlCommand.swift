// A request as a command that a shell understands: every byte quoted for POSIX sh, every credential replaced by a variable
// of the environment. What curl cannot do is said in place of a command that would do something else.

import Diagnostics
import Framing
import Transport

/// `curl` with the arguments that send the same request.
struct CurlCommand {
  /// The command, with comments before it where something has to be known.
  let text: String

  private static let ownHeaders: Set<String> = ["host", "content-length", "connection", "transfer-encoding"]
  private static let signatureHeaders: Set<String> = [
    "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
  ]
  // One argument may have 128 KiB (Linux, MAX_ARG_STRLEN); a longer body goes through standard input.
  private static let argumentBytes = 100_000

  /// - Throws: why there can be no such command.
  init(_ exchange: WireExchange, _ secrets: WireSecrets) throws(Explanation) {
    var quoting = ShellQuoting(secrets)
    if let messages = exchange.firstMessages {
      if let cut = messages.first(where: { !$0.isWhole }) { throw Self.notCopied("what it said first", cut) }
      text = Self.webSocket(exchange, messages, secrets)
      return
    }
    var words = ["curl -N -sS", "--request \(exchange.method)"]
    let target = exchange.url.target
    if target.contains(where: { "[]{}".contains($0) }) { words.append("--globoff") }
    if target.firstRange(of: "/.") != nil { words.append("--path-as-is") }
    words.append(quoting.quoted(Self.address(exchange.url, &quoting)))
    let signed = exchange.fields.lazy.compactMap { SignedAuthorization($0.value.withExposed { $0 }) }.first
    if let signed {
      words.append("--aws-sigv4 \(quoting.quoted("aws:amz:\(signed.region):\(signed.service)"))")
      words.append("--user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\"")
    }
    for field in exchange.fields {
      let name = field.name.lowercased()
      if Self.ownHeaders.contains(name) { continue }
      if signed != nil, Self.signatureHeaders.contains(name) {
        if name == "x-amz-security-token" { words.append("--header \"\(name): $AWS_SESSION_TOKEN\"") }
        continue
      }
      words.append(
        "--header \(Self.header(field.name, field.value, isSecret: exchange.secretFields.contains(name), &quoting))")
    }
    var before = ""
    if let body = exchange.body {
      guard body.isWhole else { throw Self.notCopied("its body", body) }
      // curl would add what the request did not have.
      let names = Set(exchange.fields.map { $0.name.lowercased() })
      if !names.contains("content-type") { words.append("--header 'Content-Type:'") }
      if body.totalBytes > 1 << 20, !names.contains("expect") { words.append("--header 'Expect:'") }
      let isText = !body.start.contains(0) && body.start.withUnsafeBytes(UTF8Validator.isValid)
      if !isText {
        guard secrets.masked(body.start) == body.start else {
          throw Self.notCopied("its body is no text and holds a credential")
        }
        before = "printf %s \(quoting.quoted(Base64.encode(body.start))) | base64 -d | "
        words.append("--data-binary @-")
      } else if body.totalBytes > Self.argumentBytes {
        before = "printf %s \(quoting.quoted(quoting.pieces(of: body.start))) | "
        words.append("--data-binary @-")
      } else {
        words.append("--data-raw \(quoting.quoted(quoting.pieces(of: body.start)))")
      }
    }
    text = quoting.comments.map { "# \($0)\n" }.joined() + before + words.joined(separator: " ")
  }

  /// The address; what is called a key in its query, and is none that is known, becomes a variable.
  private static func address(_ url: HTTPURL, _ quoting: inout ShellQuoting) -> [ShellQuoting.Piece] {
    let (path, items) = WireAddress.parts(of: url.target)
    var pieces = quoting.pieces(of: Array("\(url.scheme.rawValue)://\(url.authority)\(path)".utf8))
    for (index, item) in (items ?? []).enumerated() {
      pieces += [.text(Array("\(index == 0 ? "?" : "&")\(item.name)".utf8))]
      guard let value = item.value else { continue }
      pieces.append(.text([UInt8(ascii: "=")]))
      let known = quoting.pieces(of: Array(value.utf8))
      if WireAddress.isSecret(item.name), !value.isEmpty, !known.contains(where: \.isVariable) {
        let variable = WireSecrets.variable(for: String(item.name))
        pieces.append(.variable(variable))
        quoting.hint(variable, "the value of \(item.name) in the address, percent-encoded")
      } else {
        pieces += known
      }
    }
    return pieces
  }

  private static func header(
    _ name: String, _ value: Secret, isSecret: Bool, _ quoting: inout ShellQuoting
  ) -> String {
    let value = value.withExposed { Array($0.utf8) }
    // curl sends a header without a value only if it is written so.
    if value.isEmpty { return quoting.quoted("\(name);") }
    var pieces = quoting.pieces(of: value)
    if isSecret, !pieces.contains(where: \.isVariable) {
      let variable = WireSecrets.variable(for: name)
      pieces = [.variable(variable)]
      quoting.hint(variable, "the value of the header \(name)")
    }
    return quoting.quoted([.text(Array("\(name): ".utf8))] + pieces)
  }

  private static func webSocket(
    _ exchange: WireExchange, _ messages: [WireRequestBody], _ secrets: WireSecrets
  ) -> String {
    let scheme = exchange.url.scheme == .https ? "wss" : "ws"
    let address = "\(scheme)://\(exchange.url.authority)\(WireAddress.masked(exchange.url.target, secrets))"
    var lines = ["curl cannot hold this exchange: it is a WebSocket, at", address, "What was said first:"]
    for message in messages {
      let text = String(decoding: secrets.masked(message.start), as: UTF8.self)
      lines += text.split(whereSeparator: \.isNewline).map(String.init)
    }
    return lines.map { "# \($0)" }.joined(separator: "\n")
  }

  private static func notCopied(_ part: String, _ body: WireRequestBody) -> Explanation {
    notCopied(
      "\(part) has \(WireWords.grouped(body.totalBytes)) bytes, and no more than "
        + "\(WireWords.grouped(WireRequestBody.maximumBytes)) are kept")
  }

  private static func notCopied(_ reason: String) -> Explanation {
    Explanation(kind: .setting, summary: "There is no curl command for this request", detail: reason)
  }
}

/// Writes words for a POSIX shell (POSIX.1-2024, Shell Command Language, 2.2).
struct ShellQuoting {
  /// A part of a word.
  enum Piece: Equatable {
    case text([UInt8])
    case variable(String)

    var isVariable: Bool {
      if case .variable = self { return true }
      return false
    }
  }

  private let secrets: WireSecrets
  /// What has to be known about the variables that were used.
  private(set) var comments: [String] = []

  init(_ secrets: WireSecrets) { self.secrets = secrets }

  /// Says once what to put into a variable.
  mutating func hint(_ variable: String, _ words: String) {
    let comment = "\(variable): \(words.split(whereSeparator: \.isNewline).joined(separator: " "))"
    if !comments.contains(comment) { comments.append(comment) }
  }

  /// Text with variables in place of credentials.
  mutating func pieces(of bytes: [UInt8]) -> [Piece] {
    let matches = bytes.withUnsafeBytes { secrets.matches(in: $0) }
    var pieces: [Piece] = []
    var index = 0
    for match in matches {
      if match.range.lowerBound > index { pieces.append(.text(Array(bytes[index..<match.range.lowerBound]))) }
      index = match.range.upperBound
      if let entry = match.entry.map({ secrets.entries[$0] }), !entry.variable.isEmpty {
        pieces.append(.variable(entry.variable))
        if !entry.hint.isEmpty { hint(entry.variable, entry.hint) }
      } else {
        pieces.append(.text(Array(WireSecrets.mask.utf8)))
        let comment = "\(WireSecrets.mask) stands for something secret that has no variable"
        if !comments.contains(comment) { comments.append(comment) }
      }
    }
    if index < bytes.count || pieces.isEmpty { pieces.append(.text(Array(bytes[index...]))) }
    return pieces
  }

  /// A word that is this text.
  func quoted(_ text: String) -> String { quoted([.text(Array(text.utf8))]) }

  /// A word of these pieces: in double quotes where nothing in it means anything there, else the text in single ones.
  func quoted(_ parts: [Piece]) -> String {
    var pieces: [Piece] = []
    for part in parts {
      if case .text(let before)? = pieces.last, case .text(let more) = part {
        pieces[pieces.count - 1] = .text(before + more)
      } else {
        pieces.append(part)
      }
    }
    let hasVariable = pieces.contains(where: \.isVariable)
    let isPlain = pieces.allSatisfy { piece in
      guard case .text(let bytes) = piece else { return true }
      // A shell that keeps a history may expand `!` in double quotes.
      return !bytes.contains { $0 == 0x22 || $0 == 0x24 || $0 == 0x5C || $0 == 0x60 || $0 == 0x21 || $0 < 0x20 }
    }
    if hasVariable, isPlain, let readable = readable(pieces) { return readable }
    var word: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let bytes):
        word.append(0x27)
        for byte in bytes { word += byte == 0x27 ? [0x27, 0x5C, 0x27, 0x27] : [byte] }
        word.append(0x27)
      case .variable(let name): word += Array("\"$\(name)\"".utf8)
      }
    }
    return String(decoding: word, as: UTF8.self)
  }

  /// All of it in one pair of double quotes.
  private func readable(_ pieces: [Piece]) -> String? {
    var word = "\""
    for (index, piece) in pieces.enumerated() {
      switch piece {
      case .text(let bytes): word += String(decoding: bytes, as: UTF8.self)
      case .variable(let name):
        // What follows must not become a part of the name.
        if index + 1 < pieces.count, case .text(let next) = pieces[index + 1], let first = next.first {
          let isName = first == 0x5F || (0x30...0x39).contains(first) || (0x41...0x5A).contains(first)
          word += isName || (0x61...0x7A).contains(first) ? "${\(name)}" : "$\(name)"
        } else {
          word += "$\(name)"
        }
      }
    }
    return word + "\""
  }
}
