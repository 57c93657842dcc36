// A recorded stream. The file is made of JSON lines: a header, then the pieces as they came.
//
//   {"riffle":"replay","version":1,"kind":"openai","status":200,"content_type":"text/event-stream","model":"m-large"}
//   {"t_ms":41.2,"data":"data: {\"choices\":…}\n\n"}
//   {"t_ms":60.9,"base64":"ZGF0YTogW0RPTkVdCgo="}
//   {"t_ms":61.0,"end":"complete"}
//
// `t_ms` counts from the moment the request was made; `base64` is for bytes that are no text. The header may also hold
// `headers`, an object of strings. `end` is optional: without it, or with `complete`, the response ended properly;
// `truncated` means that the connection broke. A file that does not begin with such a header is a plain body, which came
// all at once: server-sent events or JSON lines, of the kind that the configuration names.

import Framing

/// A response as it was received.
package struct Recording: Equatable, Sendable {
  /// A piece of the body.
  package struct Piece: Equatable, Sendable {
    /// From the moment the request was made.
    package var time: Duration
    package var bytes: [UInt8]

    /// A piece that came at a time.
    package init(time: Duration, bytes: [UInt8]) {
      self.time = time
      self.bytes = bytes
    }
  }

  /// The kind of provider whose dialect the body speaks; empty if the file does not say.
  package var kind: String
  package var status: Int
  package var contentType: String
  package var model: String
  package var headers: [String: String]
  /// In order of time.
  package var pieces: [Piece]
  /// When the response ended, and whether properly.
  package var end: Duration
  package var isTruncated: Bool

  /// A response that is put together.
  package init(
    kind: String, status: Int = 200, contentType: String = "text/event-stream", model: String = "",
    headers: [String: String] = [:],
    pieces: [Piece], end: Duration? = nil, isTruncated: Bool = false
  ) {
    self.kind = kind
    self.status = status
    self.contentType = contentType
    self.model = model
    self.headers = headers
    self.pieces = pieces
    self.end = end ?? pieces.last?.time ?? .zero
    self.isTruncated = isTruncated
  }

  /// Why a file is no recording; lines count from one.
  package struct Failure: Error, Equatable, Sendable {
    package var line: Int
    package var reason: String

    /// A finding in a line.
    package init(line: Int, reason: String) {
      self.line = line
      self.reason = reason
    }
  }

  /// Reads a recording, or a plain body.
  package init(file bytes: [UInt8]) throws(Failure) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard let first = lines.first, case .success(let header) = JSONParser.parse(Array(first)),
      header["riffle"]?.string == "replay"
    else {
      self.init(kind: "", pieces: bytes.isEmpty ? [] : [Piece(time: .zero, bytes: bytes)])
      return
    }
    guard header["version"]?.int == 1 else {
      throw Failure(line: 1, reason: "this format of recording is not known; version 1 is")
    }
    var headers: [String: String] = [:]
    for member in header["headers"]?.object?.members ?? [] { headers[member.key.lowercased()] = member.value.string }
    self.init(
      kind: header["kind"]?.string ?? "", status: header["status"]?.int ?? 200,
      contentType: header["content_type"]?.string ?? "text/event-stream", model: header["model"]?.string ?? "",
      headers: headers, pieces: [])
    for (index, line) in lines.enumerated().dropFirst() where !line.allSatisfy({ $0 <= 0x20 }) {
      try read(Array(line), number: index + 1)
    }
  }

  private mutating func read(_ line: [UInt8], number: Int) throws(Failure) {
    guard case .success(let value) = JSONParser.parse(line), value.object != nil else {
      throw Failure(line: number, reason: "this line is not a JSON object")
    }
    // A day is longer than any stream, and far from where milliseconds overflow.
    guard let milliseconds = value["t_ms"]?.double, milliseconds >= 0, milliseconds <= 86_400_000 else {
      throw Failure(line: number, reason: "t_ms is not a number of milliseconds")
    }
    // Recordings made by hand may be out of order; time does not go back.
    let time = max(end, .nanoseconds(Int64(milliseconds * 1_000_000 + 0.5)))
    end = time
    if let word = value["end"]?.string {
      isTruncated = word != "complete"
      return
    }
    if let text = value["data"]?.string {
      pieces.append(Piece(time: time, bytes: Array(text.utf8)))
    } else if let bytes = value["base64"]?.string.flatMap(Base64.decode) {
      pieces.append(Piece(time: time, bytes: bytes))
    } else {
      throw Failure(line: number, reason: "neither data nor base64 is there")
    }
  }

  /// The file that `init(file:)` reads.
  package var file: [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.field("riffle", "replay")
      writer.field("version", 1)
      if !kind.isEmpty { writer.field("kind", kind) }
      writer.field("status", status)
      writer.field("content_type", contentType)
      if !model.isEmpty { writer.field("model", model) }
      if !headers.isEmpty {
        writer.objectField("headers") { writer in
          for (name, value) in headers.sorted(by: { $0.key < $1.key }) { writer.field(name, value) }
        }
      }
    }
    var file = writer.take() + [0x0A]
    for piece in pieces {
      writer.object { writer in
        writer.field("t_ms", Self.milliseconds(piece.time))
        if piece.bytes.withUnsafeBytes(UTF8Validator.isValid) {
          writer.field("data", String(decoding: piece.bytes, as: UTF8.self))
        } else {
          writer.field("base64", Base64.encode(piece.bytes))
        }
      }
      file += writer.take() + [0x0A]
    }
    writer.object { writer in
      writer.field("t_ms", Self.milliseconds(end))
      writer.field("end", isTruncated ? "truncated" : "complete")
    }
    return file + writer.take() + [0x0A]
  }

  private static func milliseconds(_ time: Duration) -> Double {
    Double(time.components.seconds) * 1000 + Double(time.components.attoseconds / 1_000_000_000) / 1_000_000
  }
}
