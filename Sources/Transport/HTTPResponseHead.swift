// The part of an answer before its body.

/// Status and headers of an answer.
package struct HTTPResponseHead: Sendable, Equatable {
  /// 200–599, or 101 of a WebSocket; interim answers (1xx) are not reported.
  package let status: Int
  /// As received; outside text.
  package let headers: HTTPHeaders
  /// `1.0`, `1.1`, `2` or `3`.
  package let httpVersion: String
  /// What had been measured when the head was complete.
  package let timings: TransferTimings

  /// The media type of `Content-Type` in lower case, without parameters; nil if there is none.
  package var contentType: String? {
    guard let value = headers["content-type"] else { return nil }
    let type = value.prefix { $0 != ";" && $0 != " " && $0 != "\t" && $0 != "," }.lowercased()
    return type.isEmpty ? nil : type
  }

  /// Whether the status is a 2xx, or a WebSocket was agreed on.
  package var isSuccess: Bool { (200..<300).contains(status) || isWebSocket }

  /// Whether a WebSocket was agreed on. The status is told of no other answer.
  package var isWebSocket: Bool { status == 101 }
}
