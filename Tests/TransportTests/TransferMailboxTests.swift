import Testing

@testable import Transport

@Suite("The bounded queue of a stream")
struct TransferMailboxTests {
  private typealias Contents = TransferMailbox.Contents

  private func offer(_ count: Int, _ contents: inout TransferMailbox.Contents) -> TransferMailbox.Acceptance {
    [UInt8](repeating: 7, count: count).withUnsafeBytes { contents.offer($0, received: .now).0 }
  }

  /// The sizes of the pieces taken, and whether the last take said to go on.
  private func take(_ contents: inout TransferMailbox.Contents) -> (count: Int, mustResume: Bool)? {
    guard case .event(.bytes(let bytes, _), let mustResume) = contents.take() else { return nil }
    return (bytes.count, mustResume)
  }

  @Test("Full from 64 KiB on, and open again below 16 KiB")
  func watermarks() {
    var contents = Contents()
    for _ in 0..<4 { #expect(offer(16 * 1024, &contents) == .taken) }
    #expect(offer(1, &contents) == .full)
    #expect(offer(1, &contents) == .full)
    #expect(contents.unreadBytes == 64 * 1024)
    #expect(take(&contents)?.mustResume == false)
    #expect(take(&contents)?.mustResume == false)
    #expect(take(&contents)?.mustResume == false)
    #expect(take(&contents)?.mustResume == true)
    #expect(offer(16, &contents) == .taken)
    #expect(take(&contents)?.mustResume == false)
  }

  @Test("One piece may overfill it, but nothing after that")
  func overfill() {
    var contents = Contents()
    #expect(offer(64 * 1024 - 1, &contents) == .taken)
    #expect(offer(16 * 1024, &contents) == .taken)
    #expect(offer(1, &contents) == .full)
  }

  @Test("Very many tiny pieces are joined, and none is lost")
  func tinyPieces() {
    var contents = Contents()
    for _ in 0..<60_000 { #expect(offer(1, &contents) == .taken) }
    #expect(contents.count == Contents.maximumPieces)
    var total = 0
    while let piece = take(&contents) { total += piece.count }
    #expect(total == 60_000)
    #expect(contents.unreadBytes == 0)
  }

  @Test("Events come out in order, whatever was read in between")
  func order() {
    var contents = Contents()
    var expected: [Int] = []
    var taken: [Int] = []
    for size in 1...5000 {
      if offer(size % 50 + 1, &contents) == .taken { expected.append(size % 50 + 1) }
      if size % 3 != 0, let piece = take(&contents) { taken.append(piece.count) }
    }
    while let piece = take(&contents) { taken.append(piece.count) }
    #expect(taken.reduce(0, +) == expected.reduce(0, +))
    #expect(taken.prefix(400) == expected.prefix(400))
  }

  @Test("After the end nothing is taken, and the end comes once")
  func ending() {
    var contents = Contents()
    #expect(offer(3, &contents) == .taken)
    #expect(contents.finish(.failure(.cancelled)).isFirst)
    #expect(!contents.finish(.success(TransferTimings())).isFirst)
    #expect(offer(3, &contents) == .closed)
    #expect(contents.append(.phase(.waiting)) == nil)
    #expect(take(&contents)?.count == 3)
    guard case .event(.end(.failure(.cancelled)), _) = contents.take(), case .nothingMore = contents.take() else {
      Issue.record("not the end")
      return
    }
  }
}
