// Published test vectors. They lie beside the checkout, not in it, so a test that needs one is skipped where they are absent.

import Platform

/// Folders of test vectors.
package enum Vectors {
  /// `../shared/vectors` beside the checkout, or `RIFFLE_VECTORS`; nil where it is absent.
  package static let folder: String? = {
    if let named = Environment.captured()["RIFFLE_VECTORS"] { return existing(named) }
    return existing(CheckoutFolder.root + "/../shared/vectors")
  }()

  /// `../shared/wire/vectors` beside the checkout; nil where it is absent.
  package static let wireFolder: String? = existing(CheckoutFolder.root + "/../shared/wire/vectors")

  /// The bytes of a file under `folder`, such as `utf8/invalid.json`; nil, with a line that says so, where it is absent.
  package static func bytes(_ name: String) -> [UInt8]? {
    read(folder, name)
  }

  /// The bytes of a file under `wireFolder`; nil, with a line that says so, where it is absent.
  package static func wireBytes(_ name: String) -> [UInt8]? {
    read(wireFolder, name)
  }

  private static func existing(_ path: String) -> String? {
    LocalFiles.isFolder(path) ? path : nil
  }

  private static func read(_ folder: String?, _ name: String) -> [UInt8]? {
    if let folder, let bytes = try? LocalFiles.read("\(folder)/\(name)", atMost: 64 << 20) { return bytes }
    print("skipped: the vectors \(name) are not beside this checkout")
    return nil
  }
}
