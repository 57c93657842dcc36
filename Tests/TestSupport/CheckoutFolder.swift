// Where the checkout under test lies, found from this file's own place.

/// The checkout under test.
package enum CheckoutFolder {
  /// The folder that holds `Package.swift`, without a slash at its end.
  package static let root: String = {
    // Tests/TestSupport/CheckoutFolder.swift: three names up.
    var path = #filePath[...]
    for _ in 0..<3 { path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
    return String(path)
  }()
}
