#if os(Linux)
  import Glibc
  import Platform
  import TestSupport
  import Testing

  @Suite("Watched files")
  struct FileWatchTests {
    /// A folder of the test's own, and a count of what was told.
    private final class Stage {
      let folder: String
      private let count = Locked(0)

      init() throws {
        var template = Array("/tmp/riffle-watch-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        // Where the temporary folder is a link itself, the real path is what is meant.
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
      }

      deinit {
        _ = try? ChildProcess.collect(
          Command(["/bin/rm", "-rf", folder], environment: Environment([:])), maximumBytes: 4096,
          timeLimit: .seconds(10))
      }

      func watch(_ file: String, folders: [String] = []) {
        let count = count
        FileWatch.begin("\(folder)/\(file)", folders: folders.map { "\(folder)/\($0)" }) {
          count.withLock { $0 += 1 }
        }
      }

      /// Does something again and again until it is told of: a watch begins on its own thread.
      func isToldOf(_ body: () throws -> Void) rethrows -> Bool {
        let before = count.withLock { $0 }
        let deadline = MonotonicClock.nanoseconds() + 10_000_000_000
        repeat {
          try body()
          for _ in 0..<20 where count.withLock({ $0 }) == before { usleep(5_000) }
        } while count.withLock({ $0 }) == before && MonotonicClock.nanoseconds() < deadline
        return count.withLock { $0 } > before
      }

      func write(_ name: String) throws {
        try LocalFiles.write(Array("x".utf8), to: "\(folder)/\(name)")
      }
    }

    @Test("A file that is written or replaced is told of")
    func written() throws {
      let stage = try Stage()
      stage.watch("config.toml")
      #expect(try stage.isToldOf { try stage.write("config.toml") })
    }

    @Test("A file whose folder is made later is waited for")
    func laterFolder() throws {
      let stage = try Stage()
      stage.watch("one/two/config.toml")
      #expect(
        try stage.isToldOf {
          try LocalFiles.makeFolder(stage.folder + "/one/two")
          try stage.write("one/two/config.toml")
        })
    }

    @Test("The target of a link is watched, also of one that is made later")
    func link() throws {
      let stage = try Stage()
      try LocalFiles.makeFolder(stage.folder + "/elsewhere")
      try stage.write("elsewhere/real.toml")
      stage.watch("config.toml")
      #expect(
        stage.isToldOf {
          unlink(stage.folder + "/config.toml")
          symlink(stage.folder + "/elsewhere/real.toml", stage.folder + "/config.toml")
        })
      #expect(try stage.isToldOf { try stage.write("elsewhere/real.toml") })
    }

    @Test("Every file of a folder that belongs to it counts")
    func folders() throws {
      let stage = try Stage()
      stage.watch("config.toml", folders: ["themes"])
      #expect(
        try stage.isToldOf {
          try LocalFiles.makeFolder(stage.folder + "/themes")
          try stage.write("themes/mine.toml")
        })
      #expect(try stage.isToldOf { try stage.write("themes/other.toml") })
    }
  }
#endif
