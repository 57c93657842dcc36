// What was cut, for putting it back: readline's kill ring. Not the clipboard, which it never touches.

/// The texts cut last, newest first to come back.
struct KillRing: Equatable, Sendable {
  /// Which side of the text that is already cut a further cut adds to.
  enum Direction: Equatable, Sendable { case backward, forward }

  /// 32 as a person can rotate through; 4 MiB so that cutting large pastes again and again does not fill the memory.
  static let maximumEntries = 32
  static let maximumBytes = 4 << 20

  private var entries: [[UInt8]] = []
  private var byteCount = 0
  private var rotation = 0

  var isEmpty: Bool { entries.isEmpty }

  /// Remembers a cut; `joining` adds it to the newest entry, as consecutive cuts do.
  mutating func add(_ bytes: [UInt8], _ direction: Direction, joining: Bool) {
    guard !bytes.isEmpty else { return }
    rotation = 0
    byteCount += bytes.count
    if joining, let last = entries.indices.last {
      switch direction {
      case .forward: entries[last].append(contentsOf: bytes)
      case .backward: entries[last].insert(contentsOf: bytes, at: 0)
      }
    } else {
      entries.append(bytes)
    }
    while entries.count > 1, entries.count > Self.maximumEntries || byteCount > Self.maximumBytes {
      byteCount -= entries.removeFirst().count
    }
  }

  /// The newest entry; rotating starts again from it.
  mutating func newest() -> [UInt8]? {
    rotation = 0
    return entries.last
  }

  /// The entry before the one that was given last, and round again.
  mutating func rotated() -> [UInt8]? {
    guard !entries.isEmpty else { return nil }
    rotation = (rotation + 1) % entries.count
    return entries[entries.count - 1 - rotation]
  }
}
