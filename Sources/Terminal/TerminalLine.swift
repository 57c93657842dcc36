// The terminal as two open files and a line discipline: bytes out, bytes in, size, raw mode. Knows nothing of pictures.

import CSystem
import Display
import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The two sides of a terminal. Both are opened for us alone: O_NONBLOCK on 0 or 1 would be shared with the shell.
struct TerminalLine: ~Copyable {
  let input: FileDescriptor
  let output: FileDescriptor
  /// The line discipline as it was before raw mode; nil while it is as it was.
  private(set) var saved: termios?

  /// Opens a terminal by its path.
  init(path: String) throws(ScreenError) {
    let input = try Self.open(path, O_RDONLY)
    let output = try Self.open(path, O_WRONLY)
    if isatty(input.raw) == 0 { throw .unusable("\(path) is not a terminal") }
    self.input = input
    self.output = output
    saved = nil
  }

  deinit {
    guard var former = saved else { return }
    CrashGuard.disarm()
    tcsetattr(input.raw, TCSANOW, &former)
  }

  private static func open(_ path: String, _ direction: Int32) throws(ScreenError) -> FileDescriptor {
    let descriptor = system_open(path, direction | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0)
    if descriptor < 0 { throw .unusable("\(path): \(SystemError("open").reason)") }
    return FileDescriptor(owning: descriptor)
  }

  /// The path of the terminal that `descriptor` is open on; nil if it is none.
  static func path(of descriptor: Int32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
      guard let start = buffer.baseAddress, ttyname_r(descriptor, start, buffer.count) == 0 else { return nil }
      return String(cString: start)
    }
  }

  /// Rows and columns now. 80x24 where the terminal does not say; at most 2,000 columns and 1,000 rows.
  var size: Size {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard system_terminal_size(output.raw, &rows, &columns) == 0, rows > 0, columns > 0 else {
      return Size(columns: 80, rows: 24)
    }
    return Size(columns: min(Int(columns), 2_000), rows: min(Int(rows), 1_000))
  }

  /// Bytes pass as they are, in both directions; keys make no signals.
  mutating func makeRaw() throws(ScreenError) {
    var modes = termios()
    if tcgetattr(input.raw, &modes) != 0 { throw .lost }
    let former = modes
    cfmakeraw(&modes)
    if tcsetattr(input.raw, TCSADRAIN, &modes) != 0 { throw .lost }
    saved = former
  }

  /// The line discipline now; nil if the terminal does not say.
  var discipline: termios? {
    var modes = termios()
    return tcgetattr(input.raw, &modes) == 0 ? modes : nil
  }

  /// Sets a line discipline that was read before.
  func apply(_ modes: termios) {
    var modes = modes
    tcsetattr(input.raw, TCSADRAIN, &modes)
  }

  /// Back to the line discipline as it was.
  mutating func restore() {
    guard var former = saved else { return }
    tcsetattr(input.raw, TCSADRAIN, &former)
    saved = nil
  }

  /// Writes what the terminal takes now.
  /// - Returns: how many bytes it took.
  func write(_ bytes: UnsafeBufferPointer<UInt8>) throws(ScreenError) -> Int {
    var done = 0
    while done < bytes.count, let start = bytes.baseAddress {
      let written = Terminal.write(output.raw, start + done, bytes.count - done)
      if written > 0 {
        done += written
      } else if written == 0 || errno == EAGAIN || errno == EWOULDBLOCK {
        break
      } else if errno != EINTR {
        throw .lost
      }
    }
    return done
  }

  /// What was typed, at most 64 KiB of it; never waits.
  func read() throws(ScreenError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < 65_536 {
      do {
        // A terminal's input queue holds 4,096 bytes (N_TTY_BUF_SIZE).
        guard let count = try input.read(into: &bytes, atMost: 4_096) else { break }
        if count == 0 { throw SystemError("read", code: EIO) }
        // Less than asked for: the queue is empty, and asking again would only cost a call.
        if count < 4_095 { break }
      } catch {
        // What came before the end is still delivered; the next call reports the end again.
        if bytes.isEmpty { throw .lost }
        break
      }
    }
    return bytes
  }
}

/// write(2), whose plain name is a method above.
private func write(_ descriptor: Int32, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
  #if canImport(Darwin)
    Darwin.write(descriptor, bytes, count)
  #else
    Glibc.write(descriptor, bytes, count)
  #endif
}
