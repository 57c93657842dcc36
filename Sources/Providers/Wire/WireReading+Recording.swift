// A response as a file that can be played again, without anything secret in it.

import Diagnostics
import Framing
import Streaming
import Transport

extension WireReading {
  /// The response, all of which must be there.
  func recording(of exchange: WireExchange) throws(Explanation) -> Recording {
    guard let head = exchange.head else {
      throw Self.notSaved(exchange.ending == nil ? "no response has come yet" : "there was no response")
    }
    guard let ending = exchange.ending else {
      throw Self.notSaved("the response still arrives; save it when it has ended")
    }
    guard exchange.response.skippedBytes == 0 else {
      throw Self.notSaved(
        "\(WireWords.grouped(exchange.response.skippedBytes)) bytes from its middle are not kept: "
          + "riffle record writes a response of any length")
    }
    guard hidden.isEmpty else {
      throw Self.notSaved("the answer itself holds a credential, spread over several events")
    }
    let masks = body.masks
    guard masks.isEmpty || cutter.framing != .eventStream && cutter.framing != .webSocket else {
      throw Self.notSaved("the response repeats a credential, which cannot be taken out of binary frames")
    }
    // Others name a person, an organisation or a session; the type stands for itself.
    var headers = RecordingTap.harmless(head.headers).mapValues { secrets.masked($0) }
    headers["content-type"] = nil
    var pieces: [Recording.Piece] = []
    var start = 0
    for piece in exchange.response.head + exchange.response.end {
      let range = start..<start + piece.bytes.count
      start = range.upperBound
      // A mask stands in the piece in which the credential began.
      let bytes = masks.reduce(into: (bytes: [UInt8](), index: range.lowerBound)) { result, mask in
        guard mask.overlaps(range) else { return }
        if mask.lowerBound >= range.lowerBound {
          result.bytes += body.bytes[result.index..<mask.lowerBound] + Array(WireSecrets.mask.utf8)
        }
        result.index = min(mask.upperBound, range.upperBound)
      }
      pieces.append(
        Recording.Piece(
          time: piece.time - exchange.began, bytes: bytes.bytes + body.bytes[bytes.index..<range.upperBound]))
    }
    return Recording(
      kind: exchange.subject.kind, status: head.status,
      contentType: secrets.masked(head.headers["content-type"] ?? "application/octet-stream"),
      model: secrets.masked(exchange.subject.model), headers: headers, pieces: pieces,
      end: ending.time - exchange.began, isTruncated: ending.error != nil && !isComplete)
  }

  private static func notSaved(_ reason: String) -> Explanation {
    Explanation(kind: .setting, summary: "The response was not saved", detail: reason)
  }
}
