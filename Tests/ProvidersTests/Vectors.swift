// Finds and reads the published streams, which stand beside the checkout and are never copied into it. Where they are
// absent the tests that need them are skipped, with a line that says so.

import Framing
import Glibc
import Testing

enum Vectors {
  /// Why a test did not run.
  static let absence: Comment =
    "the published streams are not beside the checkout; RIFFLE_WIRE_VECTORS may name their folder"

  static let path: String = {
    if let given = getenv("RIFFLE_WIRE_VECTORS") { return String(cString: given) }
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/") + "/shared/wire/vectors"
  }()

  static func has(_ folder: String) -> Bool { access(path + "/" + folder, R_OK) == 0 }

  /// The bytes of a file; empty if it cannot be read, which the tests' own counts then show.
  static func bytes(_ file: String) -> [UInt8] {
    guard let handle = fopen(path + "/" + file, "rb") else { return [] }
    defer { fclose(handle) }
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&piece, 1, piece.count, handle)
      if count == 0 { return all }
      all.append(contentsOf: piece[..<count])
    }
  }

  /// The names of a folder's files, sorted.
  static func files(in folder: String) -> [String] {
    guard let directory = opendir(path + "/" + folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }
    return names.filter { $0.first != "." }.sorted()
  }
}

/// A stream of a provider, and what it means.
struct StreamVector: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let body: [UInt8]
  let expectation: JSONValue

  /// The vectors of a folder, by what they hold: `sse`, `body.json`, ….
  static func all(in folder: String) -> [StreamVector] {
    Vectors.files(in: "streams/" + folder).filter { $0.hasSuffix(".expect.json") }.compactMap { name in
      let path = "streams/\(folder)/"
      guard case .success(let expectation) = JSONParser.parse(Vectors.bytes(path + name)),
        let file = expectation["file"]?.string
      else { return nil }
      return StreamVector(
        testDescription: "\(folder)/\(file)", body: Vectors.bytes(path + file), expectation: expectation)
    }
  }

  var expect: JSONValue { expectation["expect"] ?? .null }
}

/// Random numbers that a printed seed brings back (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

enum Cuts {
  /// Whole, byte by byte, and in random pieces of several seeds.
  static func all(_ bytes: [UInt8]) -> [[[UInt8]]] {
    [[bytes], bytes.map { [$0] }] + (1...12).map { random(bytes, seed: UInt64($0), largest: $0 % 3 == 0 ? 7 : 400) }
  }

  static func random(_ all: [UInt8], seed: UInt64, largest: Int) -> [[UInt8]] {
    var numbers = SeededNumbers(seed: seed)
    var pieces: [[UInt8]] = []
    var index = 0
    while index < all.count {
      let end = min(index + Int.random(in: 1...largest, using: &numbers), all.count)
      pieces.append(Array(all[index..<end]))
      index = end
    }
    return pieces
  }
}
