// What lies above the file, and what is judged about keys, files and addresses.

import Conversations
import Diagnostics
import Testing

@testable import Configuration

struct SettingsLayersTests {
  private static let file = Settings.read(
    #"""
    profile = "a"
    theme = "dusk"
    profiles.a.provider = "guide"
    profiles.b.provider = "guide"
    profiles.c.provider = "guide"
    """#.utf8, file: "config.toml"
  ).settings

  @Test("Flags beat the environment, which beats the file, which beats what is built in")
  func order() {
    var layers = SettingsLayers(file: Self.file)
    #expect(layers.resolved.settings.defaultProfile.name == "a")
    #expect(layers.origin(of: .profile) == .file)
    #expect(layers.origin(of: .pace) == .builtIn)
    layers.environment = SettingsOverrides.environment(["RIFFLE_PROFILE": "b", "RIFFLE_THEME": "auto"]).overrides
    #expect(layers.resolved.settings.defaultProfile.name == "b")
    #expect(layers.resolved.settings.theme == .automatic)
    #expect(layers.origin(of: .profile) == .environment)
    layers.flags = SettingsOverrides(profile: "c")
    #expect(layers.resolved.settings.defaultProfile.name == "c")
    #expect(layers.resolved.diagnostics == [])
    #expect(layers.origin(of: .profile) == .commandLine)
  }

  @Test("A profile that does not exist changes nothing and is told with the nearest name")
  func unknownProfile() {
    let layers = SettingsLayers(file: Self.file, flags: SettingsOverrides(profile: "giude"))
    #expect(layers.resolved.settings.profile == "a")
    #expect(
      layers.resolved.diagnostics.map(\.description) == [
        #"--profile: there is no profile "giude"; did you mean "guide"?"#
      ])
  }

  @Test(
    "The environment is read as its conventions say",
    arguments: [
      (["NO_COLOR": "1"], SettingsOverrides(colors: .mono)), (["NO_COLOR": ""], SettingsOverrides()),
      (["ACCESSIBLE": "1"], SettingsOverrides(isLinear: true)), (["ACCESSIBLE": "0"], SettingsOverrides()),
      (["TERM": "dumb"], SettingsOverrides(isLinear: true)), (["TERM": "xterm"], SettingsOverrides()),
      (["RIFFLE_PACE": "smooth"], SettingsOverrides(pace: .smooth)), (["RIFFLE_PROFILE": ""], SettingsOverrides()),
    ])
  func environment(variables: [String: String], overrides: SettingsOverrides) {
    let read = SettingsOverrides.environment(variables)
    #expect(read.overrides == overrides)
    #expect(read.diagnostics == [])
  }

  @Test("NO_COLOR holds where the file says nothing of colours")
  func colors() {
    let environment = SettingsOverrides.environment(["NO_COLOR": "1"]).overrides
    let cases: [(file: ColorDepth, found: ColorDepth, origin: SettingsLayers.Origin)] = [
      (.automatic, .mono, .environment), (.trueColor, .trueColor, .file), (.mono, .mono, .file),
    ]
    for (colors, found, origin) in cases {
      var file = Settings()
      file.interface.colors = colors
      let layers = SettingsLayers(file: file, environment: environment)
      #expect(layers.resolved.settings.interface.colors == found)
      #expect(layers.origin(of: .colors) == origin)
    }
  }

  @Test("A variable that cannot be used is told")
  func badVariable() {
    let read = SettingsOverrides.environment(["RIFFLE_PACE": "slow"])
    #expect(read.overrides == SettingsOverrides())
    #expect(
      read.diagnostics.map(\.description) == [
        #"RIFFLE_PACE: expected instant, tokens:N (N from 1 to 10000), sentence or smooth, found "slow""#
      ])
  }
}

struct CredentialTests {
  @Test(
    "A key is one line of visible characters",
    arguments: [
      ("sk-123\n", "sk-123"), ("  sk-123\r\n", "sk-123"), ("\n\nsk-123\n\n", "sk-123"),
    ])
  func accepted(text: String, key: String) throws {
    let secret = try CredentialSource.environment(name: "K").secret(in: text.utf8).get()
    #expect(secret == Secret(key))
  }

  @Test(
    "Anything else is not a key, and the reason names the source and never the text",
    arguments: [
      ("", CredentialProblem.empty, "gave nothing"), (" \n", .empty, "gave nothing"),
      ("canary\nsecond", .severalLines, "gave more than one line"),
      (String(repeating: "canary", count: 3000), .tooLong, "gave more than 16 KiB"),
      ("canary two", .unusableCharacters, "gave characters that a key cannot have"),
      ("canary\u{1B}[0m", .unusableCharacters, "gave characters that a key cannot have"),
    ])
  func refused(text: String, problem: CredentialProblem, reason: String) {
    let source = CredentialSource.command(["pass", "show", "lab"])
    #expect(source.secret(in: text.utf8) == .failure(problem))
    let explanation = problem.explanation(of: source, for: "lab")
    #expect(explanation.sentence == "no API key for lab: the command pass \(reason)")
    #expect(explanation.recovery == .addCredential)
  }

  @Test("Every problem has its words")
  func words() {
    let source = CredentialSource.environment(name: "LAB_KEY")
    #expect(
      CredentialProblem.notSet.explanation(of: source, for: "lab").summary
        == "no API key for lab: the variable LAB_KEY is not set")
    let file = CredentialSource.file(path: "~/k")
    #expect(
      CredentialProblem.unreadable(reason: "permission denied").explanation(of: file, for: "lab").summary
        == "no API key for lab: the file ~/k cannot be read: permission denied")
    #expect(
      CredentialProblem.commandFailed(status: 2).explanation(of: .command(["pass"]), for: "lab").summary
        == "no API key for lab: the command pass ended with status 2")
    #expect(CredentialSource.inline(Secret("x")).description == "the configuration")
  }

  @Test(
    "A file with a key that others may read draws the command that helps",
    arguments: [
      ("/a/key", 0o100600, nil), ("/a/key", 0o400, nil),
      ("/a/key", 0o100644, "/a/key holds a key and others may read it (mode 644): chmod 600 /a/key"),
      ("/a/my key", 0o640, "/a/my key holds a key and others may read it (mode 640): chmod 600 '/a/my key'"),
      ("/a/it's", 0o604, #"/a/it's holds a key and others may read it (mode 604): chmod 600 '/a/it'\''s'"#),
      ("/a/key", 0o010, "/a/key holds a key and others may read it (mode 010): chmod 600 /a/key"),
    ] as [(String, UInt32, String?)])
  func modes(path: String, mode: UInt32, warning: String?) {
    #expect(CredentialFile.warning(path: path, mode: mode)?.description == warning)
  }

  @Test(
    "Paths in settings begin at home or at the configuration's folder",
    arguments: [
      ("~", "/home/me"), ("~/k", "/home/me/k"), ("/etc/k", "/etc/k"), ("k", "/cfg/k"), ("a/k", "/cfg/a/k"),
      ("~you/k", "/cfg/~you/k"),
    ])
  func paths(path: String, resolved: String) {
    #expect(SettingPath.resolved(path, home: "/home/me", folder: "/cfg") == resolved)
  }
}

struct ServerAddressTests {
  @Test(
    "Addresses are split, and only this machine is this machine",
    arguments: [
      ("http://127.0.0.1:8000/v1", "127.0.0.1", 8000, "/v1", true),
      ("HTTPS://API.Example.com", "api.example.com", nil, "", false),
      ("http://[::1]:1/", "::1", 1, "/", true), ("http://[fe80::1]", "fe80::1", nil, "", false),
      ("http://localhost", "localhost", nil, "", true), ("http://a.localhost", "a.localhost", nil, "", true),
      ("http://127.1.2.3", "127.1.2.3", nil, "", true), ("http://127.0.0.256", "127.0.0.256", nil, "", false),
      ("http://127.0.0.1.example", "127.0.0.1.example", nil, "", false),
      ("http://localhost.example", "localhost.example", nil, "", false),
      ("http://127.1", "127.1", nil, "", false),
    ] as [(String, String, Int?, String, Bool)])
  func split(text: String, host: String, port: Int?, path: String, isThisMachine: Bool) throws {
    let address = try ServerAddress.parse(text).get()
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.path == path)
    #expect(address.isThisMachine == isThisMachine)
    #expect(address.description == text)
  }

  @Test(
    "What is no address is refused",
    arguments: [
      "", "http://", "http:///x", "example.com", "file:///etc/passwd", "http://a b", "http://a\r\nHost: b",
      "http://ä.example",
      "http://u@h", "http://u:p@h", "http://h?x", "http://h#x", "http://h\\x", "http://[::1", "http://[h]",
      "http://[::1]x",
      "http://h:", "http://h:0", "http://h:65536", "http://h:+1", "http://h:1:2", "http://h%00",
    ])
  func refused(text: String) {
    #expect(throws: AddressProblem.self) { try ServerAddress.parse(text).get() }
  }

  @Test("A proxy is named without its password, whatever the password holds")
  func proxies() throws {
    let proxy = try ProxyAddress.parse("http://me:p@ss:w0rd@proxy.example:3128").get()
    #expect(proxy.description == "http://proxy.example:3128")
    #expect(proxy.address == Secret("http://me:p@ss:w0rd@proxy.example:3128"))
    #expect(throws: AddressProblem.self) { try ProxyAddress.parse("http://me:p\n@h").get() }
  }
}
