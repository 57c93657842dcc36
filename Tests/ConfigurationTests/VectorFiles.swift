// Where published test vectors are: beside the checkout, or where `RIFFLE_VECTORS` says.

import FoundationEssentials

enum VectorFiles {
  /// The contents of a file below the vectors' folder, or `nil` where there are none.
  static func contents(of name: String) -> Data? {
    let folder: URL
    if let path = ProcessInfo.processInfo.environment["RIFFLE_VECTORS"] {
      folder = URL(filePath: path)
    } else {
      var root = URL(filePath: #filePath)
      for _ in 0..<4 { root.deleteLastPathComponent() }
      folder = root.appending(path: "shared/vectors")
    }
    return try? Data(contentsOf: folder.appending(path: name))
  }
}
