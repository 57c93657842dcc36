// A disk that fails when it is told to: SQLite's own layer between itself and the operating system, wrapped.
// https://www.sqlite.org/vfs.html

import CSQLite
import Glibc

/// Registers itself under `name` and lives as long as the process: SQLite keeps pointers to it.
final class FaultyDisk: @unchecked Sendable {
  enum Operation: CaseIterable { case read, write, sync, truncate }

  /// What fails: the n-th operation (from one) of these kinds, and all after it until `heal`.
  struct Plan {
    var operations: Set<Operation>
    var first: Int
    var code: Int32
    /// Whether the operations after the first fail too.
    var lasts: Bool
  }

  let name: String
  private let base: UnsafeMutablePointer<sqlite3_vfs>
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  // Both are only touched while `mutex` is held.
  private var plan: Plan?
  private var count = 0

  init?(name: String) {
    guard let base = sqlite3_vfs_find(nil) else { return nil }
    self.name = name
    self.base = base
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: base.pointee)
    vfs.pointee.zName = UnsafePointer(strdup(name))
    vfs.pointee.szOsFile = Int32(MemoryLayout<WrappedFile>.stride) + base.pointee.szOsFile
    vfs.pointee.pAppData = Unmanaged.passRetained(self).toOpaque()
    vfs.pointee.xOpen = { vfs, path, file, flags, outFlags in
      guard let vfs, let file, let data = vfs.pointee.pAppData else { return SQLITE_ERROR }
      let disk = Unmanaged<FaultyDisk>.fromOpaque(data).takeUnretainedValue()
      let wrapped = UnsafeMutableRawPointer(file).assumingMemoryBound(to: WrappedFile.self)
      let real = WrappedFile.real(file)
      let result = disk.base.pointee.xOpen(disk.base, path, real, flags, outFlags)
      wrapped.pointee.methods = real.pointee.pMethods == nil ? nil : wrappedMethods
      wrapped.pointee.disk = data
      return result
    }
    sqlite3_vfs_register(vfs, 0)
  }

  func fail(_ plan: Plan) {
    locked {
      self.plan = plan
      count = 0
    }
  }

  /// Everything works from now on. Returns whether the failure had been reached.
  @discardableResult
  func heal() -> Bool {
    locked {
      defer { plan = nil }
      return plan.map { count >= $0.first } ?? false
    }
  }

  fileprivate func failure(of operation: Operation) -> Int32? {
    locked {
      guard let plan, plan.operations.contains(operation) else { return nil }
      count += 1
      return count == plan.first || (plan.lasts && count > plan.first) ? plan.code : nil
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// Stands where SQLite expects an `sqlite3_file`; the real one follows it in memory.
private struct WrappedFile {
  var methods: UnsafePointer<sqlite3_io_methods>?
  var disk: UnsafeMutableRawPointer?

  static func real(_ file: UnsafeMutablePointer<sqlite3_file>?) -> UnsafeMutablePointer<sqlite3_file> {
    let start = UnsafeMutableRawPointer(file!) + MemoryLayout<WrappedFile>.stride
    return start.assumingMemoryBound(to: sqlite3_file.self)
  }

  static func failure(_ file: UnsafeMutablePointer<sqlite3_file>?, _ operation: FaultyDisk.Operation) -> Int32? {
    UnsafeMutableRawPointer(file!).assumingMemoryBound(to: WrappedFile.self).pointee.disk.flatMap {
      Unmanaged<FaultyDisk>.fromOpaque($0).takeUnretainedValue().failure(of: operation)
    }
  }
}

private typealias File = UnsafeMutablePointer<sqlite3_file>

private func methods(_ file: File?) -> (File, sqlite3_io_methods) {
  let real = WrappedFile.real(file)
  return (real, real.pointee.pMethods.pointee)
}

nonisolated(unsafe) private let wrappedMethods: UnsafePointer<sqlite3_io_methods> = {
  var m = sqlite3_io_methods()
  m.iVersion = 2
  m.xClose = { file in
    let (real, methods) = methods(file)
    return methods.xClose(real)
  }
  m.xRead = { file, buffer, count, offset in
    if let code = WrappedFile.failure(file, .read) { return code }
    let (real, methods) = methods(file)
    return methods.xRead(real, buffer, count, offset)
  }
  m.xWrite = { file, buffer, count, offset in
    if let code = WrappedFile.failure(file, .write) { return code }
    let (real, methods) = methods(file)
    return methods.xWrite(real, buffer, count, offset)
  }
  m.xTruncate = { file, size in
    if let code = WrappedFile.failure(file, .truncate) { return code }
    let (real, methods) = methods(file)
    return methods.xTruncate(real, size)
  }
  m.xSync = { file, flags in
    if let code = WrappedFile.failure(file, .sync) { return code }
    let (real, methods) = methods(file)
    return methods.xSync(real, flags)
  }
  m.xFileSize = { file, size in
    let (real, methods) = methods(file)
    return methods.xFileSize(real, size)
  }
  m.xLock = { file, level in
    let (real, methods) = methods(file)
    return methods.xLock(real, level)
  }
  m.xUnlock = { file, level in
    let (real, methods) = methods(file)
    return methods.xUnlock(real, level)
  }
  m.xCheckReservedLock = { file, result in
    let (real, methods) = methods(file)
    return methods.xCheckReservedLock(real, result)
  }
  m.xFileControl = { file, operation, argument in
    let (real, methods) = methods(file)
    return methods.xFileControl(real, operation, argument)
  }
  m.xSectorSize = { file in
    let (real, methods) = methods(file)
    return methods.xSectorSize(real)
  }
  m.xDeviceCharacteristics = { file in
    let (real, methods) = methods(file)
    return methods.xDeviceCharacteristics(real)
  }
  m.xShmMap = { file, page, size, extends, pointer in
    let (real, methods) = methods(file)
    return methods.xShmMap(real, page, size, extends, pointer)
  }
  m.xShmLock = { file, offset, count, flags in
    let (real, methods) = methods(file)
    return methods.xShmLock(real, offset, count, flags)
  }
  m.xShmBarrier = { file in
    let (real, methods) = methods(file)
    methods.xShmBarrier(real)
  }
  m.xShmUnmap = { file, deletes in
    let (real, methods) = methods(file)
    return methods.xShmUnmap(real, deletes)
  }
  let pointer = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
  pointer.initialize(to: m)
  return UnsafePointer(pointer)
}()
