// An exchange in words: its outline, the lines of its request and of its response's head.

import Diagnostics
import Streaming
import Transport

extension WireExchange {
  /// The exchange in a line.
  func outline(_ secrets: WireSecrets) -> WireOutline {
    var outline = WireOutline(
      number: number, provider: subject.provider, model: secrets.masked(subject.model),
      conversation: subject.conversation, answer: subject.answer, attempt: attempt, began: beganAt, method: method,
      url: WireAddress.masked(url, secrets), requestBytes: body?.totalBytes ?? 0)
    outline.status = head?.status
    outline.responseBytes = response.totalBytes
    outline.isLive = ending == nil
    if let ending {
      outline.ending =
        switch ending.error {
        case nil: "ended"
        // The end marker was there, or the user stopped: either way nothing more was wanted.
        case .cancelled: "closed from here"
        case let error?: secrets.masked(error.summary)
        }
    }
    return outline
  }

  /// Request line, headers and body.
  func requestLines(_ secrets: WireSecrets) -> [WireLine] {
    var lines = [WireLine(.start, "\(method) \(WireAddress.masked(url, secrets))")]
    for field in fields {
      let isSecret = secretFields.contains(field.name.lowercased())
      let value = isSecret ? WireSecrets.mask : secrets.masked(field.value.withExposed { $0 })
      lines.append(WireLine(.header(name: field.name), value))
    }
    if let firstMessages {
      lines.append(WireLine(.note, "a WebSocket; said first:"))
      for message in firstMessages { lines += Self.lines(of: message, secrets) }
    } else if let body {
      lines.append(WireLine(.note, ""))
      lines += Self.lines(of: body, secrets)
    }
    // What was escaped in JSON is written plainly in its lines.
    return lines.map { WireLine($0.kind, secrets.masked($0.text)) }
  }

  private static func lines(of body: WireRequestBody, _ secrets: WireSecrets) -> [WireLine] {
    guard !body.isWhole else { return WireWords.lines(of: secrets.masked(body.start), framing: .whole) }
    return WireWords.windowed(
      masked(body.start, isEnd: false, secrets), end: masked(body.end, isEnd: true, secrets), total: body.totalBytes)
  }

  private static func masked(_ part: [UInt8], isEnd: Bool, _ secrets: WireSecrets) -> [UInt8] {
    var strand = WireStrand(secrets)
    if isEnd { strand.beginAnew() }
    strand.append(part)
    strand.maskOpenStart()
    if isEnd { strand.search() } else { strand.closeOpenEnd() }
    return strand.masked(0..<part.count)
  }

  /// Status line and headers.
  func headLines(_ head: HTTPResponseHead, _ secrets: WireSecrets) -> [WireLine] {
    [WireLine(.start, "HTTP/\(head.httpVersion) \(head.status)")]
      + head.headers.shown.map { WireLine(.header(name: secrets.masked($0.name)), secrets.masked($0.value)) }
  }
}
