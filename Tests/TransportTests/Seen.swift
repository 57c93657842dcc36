// What an observer was shown, collected.

import Platform
import Transport

/// The records of a tap.
final class Seen: Sendable {
  private let records = Locked<[WireTap.Record]>([])

  func add(_ record: WireTap.Record) { records.withLock { $0.append(record) } }

  /// One paragraph per record.
  var text: String {
    records.withLock { records in
      records.map { record in
        switch record {
        case .request(let method, _, let headers, let body):
          "\(method.rawValue) \(headers) \(String(decoding: body, as: UTF8.self))"
        case .head(let head, _): "\(head.status) \(head.headers)"
        case .bytes(let bytes, _): String(decoding: bytes, as: UTF8.self)
        case .end(let error, _): "end \(error.map { "\($0)" } ?? "nil")"
        }
      }.joined(separator: "\n")
    }
  }
}
