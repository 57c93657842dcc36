// Published data, read in place from beside the checkout; a test without its data says so and is skipped.

import FoundationEssentials
import Testing

enum Vectors {
  /// The folder of the vectors, or `nil` where there is none.
  static let folder: String? = {
    if let path = ProcessInfo.processInfo.environment["RIFFLE_VECTORS"] { return path }
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let path = root + "/../shared/vectors"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  static var areMissing: Bool {
    if folder == nil { print("skipped: no folder shared/vectors beside the checkout, and RIFFLE_VECTORS is not set") }
    return folder == nil
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(folder)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  static func decode<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(try bytes(name)))
  }

  /// Bytes written as hexadecimal digits.
  static func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8).map { $0 >= 0x61 ? $0 - 0x57 : $0 - 0x30 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}

/// A small generator with a seed that can be printed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
