// Measures the terminal of this process, and remembers what came out. Only when the user asks: it writes to the screen and
// takes up to a second, neither of which a start may cost.

import CSystem
import Display
package import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Measures, and keeps what was measured in a folder.
package enum WidthMeasurer {
  /// Why there is no measurement.
  package enum Failure: Error, Equatable, Sendable {
    /// Standard output is not a terminal, or another program has it.
    case notATerminal
    /// It does not understand the questions, as its TERM says.
    case unsuitable
    /// Fewer columns than the samples need.
    case tooNarrow
    /// It did not answer everything in time.
    case silent
  }

  /// Asks the terminal that `descriptor` is open on, within a second. What is typed meanwhile is lost.
  ///
  /// - Parameter requiresForeground: whether a terminal whose foreground is another's is left alone.
  package static func measure(
    _ environment: Platform.Environment, descriptor: Int32, requiresForeground: Bool = true
  ) throws(Failure) -> TerminalWidths {
    guard isatty(descriptor) == 1, let path = TerminalLine.path(of: descriptor) else { throw .notATerminal }
    // A program in the background would be stopped by what follows.
    if requiresForeground, tcgetpgrp(descriptor) != getpgrp() { throw .notATerminal }
    guard case .usable(let profile) = TerminalProfile.choose(environment), profile.isXtermLike else {
      throw .unsuitable
    }
    var line: TerminalLine
    do throws(ScreenError) { line = try TerminalLine(path: path) } catch { throw .notATerminal }
    guard line.size.columns > WidthMeasurement.maximumColumns, line.size.rows >= 2 else { throw .tooNarrow }
    do throws(ScreenError) {
      try line.makeRaw()
      let measurement = try ask(line, until: MonotonicClock.nanoseconds() + 1_000_000_000)
      // The screen comes back even where the terminal is slow to take it.
      _ = try send(WidthMeasurement.ending, to: line, until: MonotonicClock.nanoseconds() + 500_000_000)
      line.restore()
      if let widths = measurement.widths(isMultiplexed: TerminalIdentity(environment).isMultiplexed) { return widths }
    } catch {
      throw .silent
    }
    throw .silent
  }

  private static func ask(_ line: borrowing TerminalLine, until deadline: UInt64) throws(ScreenError)
    -> WidthMeasurement
  {
    var measurement = WidthMeasurement()
    var decoder = InputDecoder()
    guard try send(WidthMeasurement.questions, to: line, until: deadline) else { return measurement }
    while !measurement.isComplete {
      let now = MonotonicClock.nanoseconds()
      guard now < deadline else { break }
      var entries = [PollEntry(line.input.raw, .readable)]
      Poll.wait(&entries, nanoseconds: deadline - now)
      for event in decoder.push(try line.read()) {
        if case .reply(.cursorPosition(let row, let column)) = event { measurement.take(row: row, column: column) }
      }
    }
    return measurement
  }

  /// Writes all of it; false if the time was over before.
  private static func send(_ bytes: [UInt8], to line: borrowing TerminalLine, until deadline: UInt64)
    throws(ScreenError) -> Bool
  {
    var sent = 0
    while sent < bytes.count {
      let offset = sent
      sent += try bytes.withUnsafeBufferPointer { bytes throws(ScreenError) in
        try line.write(UnsafeBufferPointer(rebasing: bytes[offset...]))
      }
      let now = MonotonicClock.nanoseconds()
      guard sent < bytes.count else { break }
      guard now < deadline else { return false }
      var entries = [PollEntry(line.output.raw, .writable)]
      Poll.wait(&entries, nanoseconds: deadline - now)
    }
    return true
  }

  // MARK: What is remembered

  /// What is known of the terminal of this environment: measured before, else by its name. Never fails.
  package static func remembered(in folder: String, _ environment: Platform.Environment) -> TerminalWidths {
    let identity = TerminalIdentity(environment)
    if let bytes = try? LocalFiles.read("\(folder)/\(identity.fileName)", atMost: 16_384),
      let widths = TerminalWidths(fileText: bytes, for: identity)
    {
      return widths
    }
    return TerminalWidths(identity.family)
  }

  /// Keeps a measurement for the next start, in a file of its own with mode 0600.
  package static func remember(
    _ widths: TerminalWidths, in folder: String, _ environment: Platform.Environment
  ) throws(LocalFileError) {
    let identity = TerminalIdentity(environment)
    try LocalFiles.makeFolder(folder)
    try LocalFiles.write(Array(widths.fileText(for: identity).utf8), to: "\(folder)/\(identity.fileName)")
  }
}
