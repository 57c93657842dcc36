// An open descriptor with exactly one owner, and reading and writing that finish. Paths and permissions are `LocalFiles`.

import CSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// An open file descriptor; closed when the value ends.
package struct FileDescriptor: ~Copyable, Sendable {
  /// The number, valid as long as this value lives; whoever gets it must not close it.
  package let raw: Int32

  /// Takes over `raw`, which nobody else may close.
  package init(owning raw: Int32) {
    self.raw = raw
  }

  deinit {
    // EINTR included: on Linux the descriptor is closed all the same, and a second close could hit another thread's.
    _ = closeDescriptor(raw)
  }

  /// Gives the number away; the caller closes it.
  package consuming func release() -> Int32 {
    let raw = self.raw
    discard self
    return raw
  }

  /// Closes now and says if the system kept bytes from the disk (NFS and quotas report that here).
  package consuming func close() throws(SystemError) {
    if closeDescriptor(release()) != 0, errno != EINTR { throw SystemError("close") }
  }

  /// Appends up to `count` bytes that are there to `bytes`.
  ///
  /// - Returns: how many came; 0 at the end of the file; nil if a non-blocking descriptor has none now.
  package borrowing func read(into bytes: inout [UInt8], atMost count: Int) throws(SystemError) -> Int? {
    let taken = readOnce(raw, count)
    if taken.count < 0 {
      if taken.error == EAGAIN || taken.error == EWOULDBLOCK { return nil }
      throw SystemError("read", code: taken.error)
    }
    bytes.append(contentsOf: taken.bytes)
    return taken.count
  }

  /// Reads to the end of the file, at most `limit` bytes.
  ///
  /// - Returns: the bytes; nil if there are more than `limit`.
  package borrowing func readAll(atMost limit: Int) throws(SystemError) -> [UInt8]? {
    var bytes: [UInt8] = []
    while let count = try read(into: &bytes, atMost: min(limit - bytes.count + 1, 1 << 16)), count > 0 {
      if bytes.count > limit { return nil }
    }
    return bytes
  }

  /// Writes everything; waits where a non-blocking descriptor takes nothing now.
  package borrowing func writeAll(_ bytes: some Sequence<UInt8>) throws(SystemError) {
    var failure: SystemError?
    let done: Void? = bytes.withContiguousStorageIfAvailable { failure = writeEverything($0, to: raw) }
    if done == nil {
      Array(bytes).withUnsafeBufferPointer { failure = writeEverything($0, to: raw) }
    }
    if let failure { throw failure }
  }

  /// Forces the content to the disk, through the drive's cache where the system can.
  package borrowing func sync() throws(SystemError) {
    if system_sync(raw) != 0 { throw SystemError("sync") }
  }

  /// A pipe: what is written to `write` comes out of `read`. Both are close-on-exec.
  package static func pipe() throws(SystemError) -> Pipe {
    var ends: (Int32, Int32) = (-1, -1)
    let failed = withUnsafeMutableBytes(of: &ends) { system_pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self)) }
    if failed != 0 { throw SystemError("pipe") }
    return Pipe(read: FileDescriptor(owning: ends.0), write: FileDescriptor(owning: ends.1))
  }
}

/// The two ends of a pipe.
package struct Pipe: ~Copyable, Sendable {
  /// Where bytes come out.
  package let read: FileDescriptor
  /// Where bytes go in.
  package let write: FileDescriptor

  /// Keeps the number of the reading end open for the caller, and closes the other.
  consuming func intoRead() -> Int32 { read.release() }

  /// Keeps the number of the writing end open for the caller, and closes the other.
  consuming func intoWrite() -> Int32 { write.release() }
}

/// close(2), whose plain name is a method above.
private func closeDescriptor(_ descriptor: Int32) -> Int32 {
  close(descriptor)
}

private func readOnce(_ descriptor: Int32, _ count: Int) -> (count: Int, error: Int32, bytes: [UInt8]) {
  var result = 0
  var error: Int32 = 0
  let bytes = [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialized in
    repeat {
      result = read(descriptor, buffer.baseAddress, buffer.count)
      error = result < 0 ? errno : 0
    } while error == EINTR
    initialized = max(result, 0)
  }
  return (result, error, bytes)
}

private func writeEverything(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> SystemError? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let written = write(descriptor, UnsafeBufferPointer(rebasing: rest).baseAddress, rest.count)
    if written >= 0 {
      rest = rest.dropFirst(written)
    } else if errno == EAGAIN || errno == EWOULDBLOCK {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&ready, 1, -1)
    } else if errno != EINTR {
      return SystemError("write")
    }
  }
  return nil
}
