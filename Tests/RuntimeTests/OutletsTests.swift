// Text that leaves: fake programs on a PATH of the test's own take it, and files keep it.

import Diagnostics
import Display
import Glibc
import Interface
import Platform
import Testing

@testable import Runtime

/// A home with programs in it, gone with the test. Serialized, because the umask belongs to the process.
@Suite(.serialized) final class OutletsTests {
  private let folder: String

  init() throws {
    folder = "/tmp/riffle-outlets-\(UInt64.random(in: 0 ... .max))"
    try LocalFiles.makeFolder(folder + "/bin")
  }

  deinit {
    _ = try? ChildProcess.collect(
      Command(["/bin/rm", "-rf", folder], environment: Environment([:])), maximumBytes: 1_000, timeLimit: .seconds(10))
  }

  /// Puts a shell script on PATH. It sees `$HOME`, which is the folder of the test.
  private func program(_ name: String, _ script: String) throws {
    let path = "\(folder)/bin/\(name)"
    try LocalFiles.write(Array("#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n".utf8), to: path)
    #expect(chmod(path, 0o700) == 0)
  }

  private func outlets(
    _ settings: OutletSettings = OutletSettings(), _ variables: [String: String] = ["DISPLAY": ":0"],
    capacity: Int? = nil
  ) -> Outlets {
    let environment = Environment(["HOME": folder, "PATH": folder + "/bin"].merging(variables) { $1 })
    return Outlets(settings, environment: environment, folder: folder, terminalCapacity: capacity, isMac: false)
  }

  private func text(of name: String) -> String {
    ((try? LocalFiles.read("\(folder)/\(name)", atMost: 1 << 24)).map { String(decoding: $0, as: UTF8.self) }) ?? ""
  }

  /// What an effect comes to, in words; text for the terminal stands behind a bar.
  private func told(_ action: Action?) -> String {
    switch action {
    case .copied(let words)?: words
    case .clipboardThroughTerminal(let copy)?: "\(copy.report)|\(copy.passage)|\(copy.text)"
    case .notice(let notice)?: notice.text
    case .failed(let explanation)?: "failed: \(explanation.sentence)"
    default: "\(String(describing: action))"
    }
  }

  private func copy(_ text: String, isExact: Bool = false, _ outlets: Outlets) async -> String {
    told(await outlets.perform(.copy(text, isExact: isExact)))
  }

  // MARK: Clipboard

  @Test("A program gets the text as its input, its arguments, and an environment without credentials")
  func tool() async throws {
    try program("xclip", "cat > $HOME/clip; echo \"$@\" > $HOME/arguments; env > $HOME/environment")
    let words = await copy(
      "hällo\nworld\n", outlets(OutletSettings(), ["DISPLAY": ":7", "LAB_KEY": "sk-canary", "LC_ALL": "C"]))
    #expect(words == "Copied 13 bytes with xclip")
    #expect(text(of: "clip") == "hällo\nworld\n")
    #expect(text(of: "arguments") == "-selection clipboard -in\n")
    #expect(text(of: "environment").contains("DISPLAY=:7") && text(of: "environment").contains("LC_ALL=C"))
    #expect(!text(of: "environment").contains("canary"))
  }

  @Test(
    "A program that leaves a child behind, as xclip does, is not waited for longer than itself, and the child stays")
  func background() async throws {
    try program("xclip", "cat > $HOME/clip; sleep 100 & echo $! > $HOME/child")
    let words = await copy("text", outlets())
    #expect(words == "Copied 4 bytes with xclip")
    let child = try #require(Int32(text(of: "child").filter(\.isNumber)))
    #expect(kill(child, 0) == 0)
    kill(child, SIGKILL)
  }

  @Test("A way that fails falls through to the next, and both are told")
  func fallsThrough() async throws {
    try program("wl-copy", "exit 1")
    try program("xclip", "kill -KILL $$")
    try program("xsel", "cat > $HOME/clip")
    let both = ["DISPLAY": ":0", "WAYLAND_DISPLAY": "w"]
    #expect(
      await copy("text", outlets(OutletSettings(), both))
        == "Copied 4 bytes with xsel. Before that: wl-copy ended with status 1; xclip was ended by signal 9")
    #expect(text(of: "clip") == "text")
    try LocalFiles.remove(folder + "/bin/xsel")
    #expect(
      await copy("text", outlets(OutletSettings(), both, capacity: 74_000))
        == "Sent 4 bytes to the terminal (OSC 52); whether it took them cannot be known. Before that: wl-copy ended with "
        + "status 1; xclip was ended by signal 9|direct|text")
    #expect(
      await copy("text", outlets(OutletSettings(), both))
        == "failed: Not copied (4 bytes): wl-copy ended with status 1; xclip was ended by signal 9; the terminal is not "
        + "known to take OSC 52. Install wl-clipboard, set ui.clipboard_command, or write it to a file: /write FILE")
  }

  @Test("A display without a program for it is told beside the way that was taken")
  func missing() async throws {
    #expect(
      await copy("text", outlets(capacity: 74_000))
        == "Sent 4 bytes to the terminal (OSC 52); whether it took them cannot be known. Before that: none of xclip, "
        + "xsel is on PATH|direct|text")
  }

  @Test("A program that hangs is given up after two seconds, and at once while riffle is left")
  func hangs() async throws {
    try program("xclip", "exec sleep 100")
    let waiting = outlets(capacity: 74_000)
    #expect(await copy("text", waiting).contains("xclip did not take it in 2 s"))
    waiting.leave()
    let start = ContinuousClock().now
    _ = await copy("text", waiting)
    #expect(ContinuousClock().now - start < .milliseconds(1_500))
  }

  @Test("tmux gets the text into its buffer and hands it on itself")
  func tmux() async throws {
    try program("tmux", "echo \"$@\" >> $HOME/arguments; cat > $HOME/buffer")
    #expect(
      await copy("text", outlets(OutletSettings(), ["TMUX": "s,1,0", "SSH_TTY": "x"], capacity: 74_000))
        == "Copied 4 bytes to the tmux buffer")
    #expect(text(of: "buffer") == "text")
    #expect(text(of: "arguments") == "load-buffer -w -\n")
  }

  @Test("A tmux that is too old to hand it on has it, and the terminal gets it through tmux")
  func oldTmux() async throws {
    try program("tmux", "[ \"$2\" = -w ] && exit 1; cat > $HOME/buffer")
    let old = outlets(OutletSettings(), ["TMUX": "s,1,0", "SSH_TTY": "x"], capacity: 8)
    #expect(
      await copy("text", old)
        == "Copied 4 bytes to the tmux buffer and sent them to the terminal (OSC 52); whether it took them cannot be "
        + "known|tmux|text")
    #expect(text(of: "buffer") == "text")
    #expect(await copy("a longer text", old) == "Copied 13 bytes to the tmux buffer")
    try program("tmux", "exit 1")
    #expect(
      await copy("text", old)
        == "Sent 4 bytes to the terminal (OSC 52); whether it took them cannot be known. Before that: tmux ended with "
        + "status 1|direct|text")
  }

  @Test("The user's own program is taken, changed while riffle runs, and missing told")
  func ownCommand() async throws {
    try program("mine", "echo \"$1\" > $HOME/argument; cat > $HOME/clip")
    let outlets = outlets(OutletSettings(clipboardCommand: ["mine", "$(id) *"]), [:])
    #expect(await copy("text", outlets) == "Copied 4 bytes with mine")
    #expect(text(of: "argument") == "$(id) *\n")
    outlets.replace(OutletSettings(clipboard: .tool, clipboardCommand: ["not-there"]))
    #expect(
      await copy("text", outlets)
        == "failed: Not copied (4 bytes): not-there is not on PATH. Set ui.clipboard_command, or write it to a file: /write FILE"
    )
    outlets.replace(OutletSettings(clipboard: .off))
    #expect(await copy("text", outlets).hasPrefix("failed: Not copied (4 bytes): ui.clipboard is \"off\""))
  }

  @Test("Hostile text has no controls when it is copied, unless it is asked for exactly")
  func controls() async throws {
    try program("xclip", "cat > $HOME/clip")
    let hostile = "ls\u{1B}[2J\u{202E}\r\n\u{9B}x\0\ttab"
    #expect(
      await copy(hostile, outlets())
        == "Copied 11 bytes with xclip; 4 control characters left out, /copy exact takes them")
    #expect(text(of: "clip") == "ls[2J\nx\ttab")
    #expect(
      await copy(hostile, isExact: true, outlets())
        == "Copied \(hostile.utf8.count) bytes with xclip; it holds 4 control characters")
    #expect(text(of: "clip") == hostile)
  }

  // MARK: Files

  private func write(_ text: String, to path: String) async -> String {
    told(await outlets().perform(.writeFile(path: path, text: text)))
  }

  @Test("A file is written once, below the working folder or the home, as the umask says")
  func files() async throws {
    let former = umask(0o022)
    defer { umask(former) }
    #expect(await write("hällo", to: "a.md") == "Wrote 7 bytes to a.md")
    #expect(text(of: "a.md") == "hällo\n")
    #expect(LocalFiles.permissions(of: folder + "/a.md") == 0o644)
    #expect(
      await write("x\u{1B}[0m\r\ny\n", to: "~/b.txt")
        == "Wrote 9 bytes to ~/b.txt; control characters stand in it as ^X")
    #expect(text(of: "b.txt") == "x^[[0m\ny\n")
    #expect(await write("other", to: "a.md") == "failed: a.md exists already: nothing was written; a-2.md is free")
    #expect(await write("other", to: "a-2.md") == "Wrote 6 bytes to a-2.md")
    #expect(
      await write("other", to: "\(folder)/a.md")
        == "failed: \(folder)/a.md exists already: nothing was written; \(folder)/a-3.md is free")
    #expect(text(of: "a.md") == "hällo\n")
    #expect(await write("x", to: "none/a.md") == "failed: none/a.md cannot be written: its folder does not exist")
    #expect(await write("x", to: "bin") == "failed: bin is a folder: nothing was written")
    #expect(await write("x", to: "") == "failed: Not written: that is no name for a file")
    #expect(try LocalFiles.names(in: folder) == ["a-2.md", "a.md", "b.txt", "bin"])
  }

  // MARK: Links

  private func open(_ link: String, _ outlets: Outlets) async -> String { told(await outlets.perform(.openLink(link))) }

  @Test("A link is one argument of the opener, in ASCII, and its host is told as DNS has it")
  func links() async throws {
    try program("xdg-open", "printf '%s|' \"$@\" > $HOME/link")
    #expect(await open("https://\u{430}pple.com/a?b='$(id)'", outlets()) == "Opened xn--pple-43d.com with xdg-open")
    #expect(text(of: "link") == "https://xn--pple-43d.com/a?b=%27%24(id)%27|")
    let own = outlets(OutletSettings(openCommand: ["xdg-open", "--new"]), ["SSH_TTY": "x"])
    #expect(await open("mailto:a@b.org", own) == "Opened a@b.org with xdg-open")
    #expect(text(of: "link") == "--new|mailto:a@b.org|")
  }

  @Test("What is not a link to be opened is refused with its reason, and nothing is started")
  func refusedLinks() async throws {
    try program("xdg-open", "touch $HOME/link")
    #expect(
      await open("file:///etc/passwd", outlets())
        == "failed: The link was not opened: only http, https and mailto are opened, not file")
    #expect(!LocalFiles.exists(folder + "/link"))
  }

  @Test("Where a browser would not be seen the link is copied, and that is told")
  func copiedLinks() async throws {
    #expect(
      await open("https://e.org/x", outlets(OutletSettings(), ["SSH_TTY": "x"], capacity: 74_000))
        == "The link to e.org was not opened: riffle runs on another machine (SSH), where a browser would not be seen. "
        + "Sent 15 bytes to the terminal (OSC 52); whether it took them cannot be known|direct|https://e.org/x")
  }

  @Test("An opener that fails or is not there is told with what helps")
  func failingOpener() async throws {
    try program("xdg-open", "exit 3")
    #expect(
      await open("https://e.org", outlets())
        == "failed: The link to e.org was not opened: xdg-open ended with status 3. Set ui.open_command to a program that opens links"
    )
    #expect(
      await open("https://e.org", outlets(OutletSettings(openCommand: ["not-there"])))
        .hasPrefix("failed: The link to e.org was not opened: not-there is not on PATH."))
  }
}
