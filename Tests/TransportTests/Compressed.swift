// One text in every encoding a server may use unasked.

import Testing

/// A compressed body.
struct Compressed: Sendable, CustomTestStringConvertible {
  static let text = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 4)

  static let all = [
    Compressed(
      "gzip",
      "1f8b08000000000002030bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb2984"
        + "0c0ec5001b8dff44b4000000"),
    Compressed(
      "deflate",
      "789c0bc94855282ccd4cce56482aca2fcf5348cbaf50c82acd2d2856c82f4b2d5228014ae72456552aa4e4a7eb29840c0ec500fa60409d"
    ),
    Compressed(
      "zstd",
      "28b52ffd24b4b50100d40254686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e"
        + "20010025404a9501a470900d"),
    Compressed("br", "1bb300882c0e78d3d0955d9710bb172ba9cad092cc8cad415ce6f236c8199e9e0a7b830d387048206f24bb41a715ce1c1e27aa2938c209f66930"),
  ]

  let encoding: String
  let bytes: [UInt8]

  private init(_ encoding: String, _ digits: String) {
    self.encoding = encoding
    let digits = Array(digits.utf8).map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
    bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  var testDescription: String { encoding }

  /// A gzip member of at least `count` zero bytes at 1 : 158, without its checksum: for readers who never get that far.
  static func bomb(of count: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
    var pending: UInt32 = 0
    var pendingBits = 0
    func add(_ value: UInt32, _ count: Int) {
      pending |= value << pendingBits
      pendingBits += count
      while pendingBits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        pendingBits -= 8
      }
    }
    // RFC 1951, 3.2.6: a block with fixed codes; the literal 0; then "258 bytes from one back", again and again.
    add(0b011, 3)
    add(0b0000_1100, 8)
    for _ in 0...(count / 258) {
      // Length 285 is 11000101 with its first bit first, distance 0 is 00000.
      add(0b1010_0011, 8)
      add(0, 5)
    }
    add(0, 16)
    return bytes
  }
}
