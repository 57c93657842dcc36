import Platform
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A folder of one test, removed with it. Serialized, because the umask belongs to the process.
@Suite(.serialized) final class LocalFilesTests {
  private let folder: String

  init() throws {
    folder = "/tmp/riffle-test-\(UInt64.random(in: 0 ... .max))"
    try LocalFiles.makeFolder(folder)
  }

  deinit {
    if let command = try? ChildProcess.collect(
      Command(["rm", "-rf", folder], environment: Environment(["PATH": "/usr/bin:/bin"])), maximumBytes: 1000,
      timeLimit: .seconds(10))
    {
      #expect(command.status.isSuccess)
    }
  }

  @Test(
    "A file for others has what the umask leaves of 0644",
    arguments: [(0o000, 0o644), (0o022, 0o644), (0o077, 0o600), (0o027, 0o640)] as [(mode_t, Int)])
  func shared(_ mask: mode_t, _ mode: Int) throws {
    let former = umask(mask)
    defer { umask(former) }
    try LocalFiles.write([1], to: "\(folder)/export", existing: .keep, readers: .others)
    #expect(LocalFiles.permissions(of: "\(folder)/export") == mode)
    #expect(throws: LocalFileError.exists(path: "\(folder)/export")) {
      try LocalFiles.write([2], to: "\(folder)/export", existing: .keep, readers: .others)
    }
    #expect(try LocalFiles.read("\(folder)/export", atMost: 10) == [1])
    #expect(try LocalFiles.names(in: folder) == ["export"])
  }

  @Test("An ordinary file is neither a link, nor a pipe, nor a folder")
  func ordinary() throws {
    try LocalFiles.write([1], to: "\(folder)/file", existing: .keep)
    #expect(symlink("file", "\(folder)/link") == 0 && mkfifo("\(folder)/pipe", 0o600) == 0)
    #expect(LocalFiles.isOrdinaryFile("\(folder)/file"))
    for name in ["link", "pipe", ".", "none"] { #expect(!LocalFiles.isOrdinaryFile("\(folder)/\(name)"), "\(name)") }
  }

  @Test("Files are 0600 and folders 0700 whatever the umask", arguments: [0o000, 0o022, 0o777] as [mode_t])
  func modes(_ mask: mode_t) throws {
    let former = umask(mask)
    defer { umask(former) }
    try LocalFiles.makeFolder("\(folder)/a/b")
    try LocalFiles.write([1], to: "\(folder)/a/b/written")
    _ = try LocalFiles.create("\(folder)/a/b/created")
    _ = try LocalFiles.openForAppending("\(folder)/a/b/appended")
    #expect(LocalFiles.permissions(of: "\(folder)/a") == 0o700)
    #expect(LocalFiles.permissions(of: "\(folder)/a/b") == 0o700)
    for name in ["written", "created", "appended"] {
      #expect(LocalFiles.permissions(of: "\(folder)/a/b/\(name)") == 0o600)
    }
  }

  @Test("A file of at most the limit is read whole, a longer one refused")
  func limit() throws {
    let path = "\(folder)/file"
    try LocalFiles.write(Array(repeating: 7, count: 100_000), to: path)
    #expect(try LocalFiles.read(path, atMost: 100_000).count == 100_000)
    #expect(throws: LocalFileError.tooLarge(path: path, limit: 99_999)) {
      _ = try LocalFiles.read(path, atMost: 99_999)
    }
  }

  @Test("What is not a file is refused at once, with the reason")
  func notFiles() throws {
    let pipe = "\(folder)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: LocalFileError.notAFile(path: pipe)) { _ = try LocalFiles.read(pipe, atMost: 10) }
    #expect(throws: LocalFileError.notAFile(path: "/dev/zero")) { _ = try LocalFiles.read("/dev/zero", atMost: 10) }
    #expect(throws: LocalFileError.isFolder(path: folder)) { _ = try LocalFiles.read(folder, atMost: 10) }
    #expect(throws: LocalFileError.missing(path: "\(folder)/no")) {
      _ = try LocalFiles.read("\(folder)/no", atMost: 10)
    }
  }

  @Test("Replacing is all or nothing, and leaves nothing beside")
  func replacing() throws {
    let path = "\(folder)/file"
    try LocalFiles.write(Array("one".utf8), to: path)
    try LocalFiles.write(Array("two".utf8), to: path)
    #expect(try LocalFiles.read(path, atMost: 10) == Array("two".utf8))
    #expect(throws: LocalFileError.exists(path: path)) {
      try LocalFiles.write(Array("three".utf8), to: path, existing: .keep)
    }
    #expect(try LocalFiles.read(path, atMost: 10) == Array("two".utf8))
    try LocalFiles.write([], to: "\(folder)/new", existing: .keep)
    #expect(try LocalFiles.names(in: folder) == ["file", "new"])
    #expect(throws: LocalFileError.missing(path: "\(folder)/no/file")) {
      try LocalFiles.write([], to: "\(folder)/no/file")
    }
  }

  @Test("A link is neither written through nor appended to")
  func links() throws {
    let target = "\(folder)/target"
    let link = "\(folder)/link"
    try LocalFiles.write(Array("kept".utf8), to: target)
    #expect(symlink(target, link) == 0)
    #expect(throws: LocalFileError.notAFile(path: link)) { _ = try LocalFiles.openForAppending(link) }
    #expect(throws: LocalFileError.exists(path: link)) { _ = try LocalFiles.create(link) }
    try LocalFiles.write(Array("new".utf8), to: link)
    #expect(try LocalFiles.read(target, atMost: 10) == Array("kept".utf8))
    #expect(try LocalFiles.read(link, atMost: 10) == Array("new".utf8))
  }

  @Test("A full disk is told apart")
  func fullDisk() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    let full = FileDescriptor(owning: descriptor)
    #expect(throws: SystemError("write", code: ENOSPC)) { try full.writeAll([1, 2, 3]) }
  }
}
