// `config.toml` into settings: values, findings, and that nothing stops the start.

import Conversations
import Diagnostics
import Display
import Testing

@testable import Configuration

struct SettingsTests {
  private static let vocabulary = SettingsVocabulary(presets: ["groq": .openAI, "openai": .openAI])

  private func read(_ text: String) -> SettingsReading {
    Settings.read(text.utf8, file: "config.toml", vocabulary: Self.vocabulary)
  }

  @Test("The configuration of the contract is read whole, without a finding")
  func contract() throws {
    let reading = read(
      #"""
      profile = "work"
      theme = "dusk"
      pace = "tokens:40"

      [providers.lab]
      kind = "openai"
      base_url = "http://127.0.0.1:8000/v1"
      api_key_env = "LAB_KEY"
      headers = { "X-Team" = "blue" }
      allow_plaintext = false
      connect_timeout = 10
      first_byte_timeout = 1.5
      idle_timeout = 60
      total_timeout = 3600
      retries = 6

      [providers.aws]
      kind = "bedrock"
      region = "eu-west-1"
      aws_profile = "dev"
      endpoint_url = "http://127.0.0.1:9000"

      [providers.agent]
      kind = "agentcore"
      base_url = "http://127.0.0.1:8080"

      [providers.jaf]
      kind = "jaf"
      base_url = "http://127.0.0.1:8001"
      transport = "websocket"

      [providers.tape]
      kind = "replay"
      file = "answer.sse"
      speed = "max"

      [profiles.work]
      provider = "lab"
      model = "m-large"
      system = "Be brief."
      temperature = 0.7
      top_p = 1
      max_tokens = 500
      stream = false
      extra = { preferences = { genre = "sci-fi" } }

      [prices."lab/org/m-large"]
      input = 3
      output = 15.0

      [keys]
      "ctrl-x n" = "conversation.new"

      [ui]
      mouse = false
      bell = true
      notify = true
      frames_per_second = 30
      reduced_motion = true
      dark_theme = "tide"
      light_theme = "paper"
      sidebar = true
      thinking_folded = false
      colors = "256"
      clipboard = "osc52"
      clipboard_command = ["xclip", "-selection", "primary"]
      open_command = ["firefox"]
      print_last_answer = true

      [network]
      proxy = "http://me:secret@proxy.example:3128"
      no_proxy = ["localhost"]
      ca_file = "~/ca.pem"
      """#)
    var lab = ProviderSettings(name: "lab", kind: .openAI)
    lab.baseURL = try ServerAddress.parse("http://127.0.0.1:8000/v1").get()
    lab.credential = .environment(name: "LAB_KEY")
    lab.headers = [ProviderHeader(name: "X-Team", value: Secret("blue"))]
    lab.connectTimeout = .seconds(10)
    lab.firstByteTimeout = .milliseconds(1500)
    lab.idleTimeout = .seconds(60)
    lab.totalTimeout = .seconds(3600)
    lab.retries = 6
    var aws = ProviderSettings(name: "aws", kind: .bedrock)
    aws.region = "eu-west-1"
    aws.awsProfile = "dev"
    aws.endpointURL = try ServerAddress.parse("http://127.0.0.1:9000").get()
    var agent = ProviderSettings(name: "agent", kind: .agentCore)
    agent.baseURL = try ServerAddress.parse("http://127.0.0.1:8080").get()
    var jaf = ProviderSettings(name: "jaf", kind: .jaf)
    jaf.baseURL = try ServerAddress.parse("http://127.0.0.1:8001").get()
    jaf.transport = .webSocket
    var tape = ProviderSettings(name: "tape", kind: .replay)
    tape.file = "answer.sse"
    tape.speed = .maximum
    var wanted = Settings()
    wanted.profile = "work"
    wanted.theme = .named("dusk")
    wanted.pace = .tokens(perSecond: 40)
    wanted.providers = [lab, aws, agent, jaf, tape]
    wanted.profiles = [
      Profile(
        name: "work", model: ModelReference(provider: "lab", model: "m-large"), system: "Be brief.", temperature: 0.7,
        topP: 1, maximumTokens: 500, isStreaming: false, extraJSON: #"{"preferences":{"genre":"sci-fi"}}"#)
    ]
    wanted.prices = [ModelReference(provider: "lab", model: "org/m-large"): ModelPrice(input: 3, output: 15)]
    wanted.keys = [KeyBinding(KeySequence(.control("x"), KeyChord(.character("n"))), "conversation.new")]
    wanted.interface.hasMouse = false
    wanted.interface.ringsBell = true
    wanted.interface.notifies = true
    wanted.interface.frameRate = .atMost(30)
    wanted.interface.reducesMotion = true
    wanted.interface.darkTheme = "tide"
    wanted.interface.lightTheme = "paper"
    wanted.interface.showsSidebar = true
    wanted.interface.foldsThinking = false
    wanted.interface.colors = .palette256
    wanted.interface.clipboard = .terminal
    wanted.interface.clipboardCommand = ["xclip", "-selection", "primary"]
    wanted.interface.openCommand = ["firefox"]
    wanted.interface.printsLastAnswer = true
    wanted.network.proxy = .proxy(try ProxyAddress.parse("http://me:secret@proxy.example:3128").get())
    wanted.network.noProxy = ["localhost"]
    wanted.network.certificateFile = "~/ca.pem"
    #expect(reading.settings == wanted && reading.diagnostics.isEmpty)
  }

  @Test("An empty configuration is the built-in one, and opens on the guide")
  func empty() {
    #expect(read("") == SettingsReading(settings: Settings(), diagnostics: []))
    #expect(Settings().defaultProfile == Settings.guideProfile)
    #expect(Settings().provider(named: "guide") == .guide)
  }

  @Test(
    "What cannot be used is told with its place, what was found, and what may stand there",
    arguments: [
      ("a = \n", #"1:5: not TOML, in key-value pair: expected value, saw '\n'"#),
      ("profil = \"x\"", #"1:1: profil: unknown key; did you mean "profile" or "profiles"?"#),
      ("frobnicate = 1", "1:1: frobnicate: unknown key"),
      ("profile = 5", "1:11: profile: expected a string, found integer 5"),
      ("profile = \"\"", "1:11: profile: must not be empty"),
      ("profile = \"wrok\"", "1:11: profile: there is no [profiles.wrok]"),
      ("profile = \"giude\"", #"1:11: profile: there is no [profiles.giude]; did you mean "guide"?"#),
      (
        "pace = \"fast\"",
        #"1:8: pace: expected instant, tokens:N (N from 1 to 10000), sentence or smooth, found "fast""#
      ),
      (
        "pace = \"tokens:0\"",
        #"1:8: pace: expected instant, tokens:N (N from 1 to 10000), sentence or smooth, found "tokens:0"; did you mean "tokens:30"?"#
      ),
      ("ui = 3", "1:6: ui: expected a table, found integer 3"),
      ("ui.mouse = \"yes\"", #"1:12: ui.mouse: expected true or false, found string "yes""#),
      ("ui.mose = true", #"1:4: ui.mose: unknown key; did you mean "mouse"?"#),
      ("ui.frames_per_second = 0", #"1:24: ui.frames_per_second: expected "auto" or 1 to 240, found integer 0"#),
      (
        "ui.colors = \"8\"",
        #"1:13: ui.colors: expected auto, truecolor, 256, 16 or mono, found "8""#
      ),
      (
        "ui.clipboard = \"osc\"",
        #"1:16: ui.clipboard: expected auto, osc52, tmux, tool or off, found "osc"; did you mean "off" or "osc52"?"#
      ),
      (
        "ui.clipboard_command = \"xclip\"",
        #"1:24: ui.clipboard_command: expected an array of strings, found string "xclip""#
      ),
      ("ui.clipboard_command = [\"\"]", "1:24: ui.clipboard_command: the program's name must not be empty"),
      ("ui.open_command = [\"a\", \"b\\u0000\"]", "1:19: ui.open_command: must not hold U+0000"),
      (
        "network.proxy = \"ftp://x\"",
        #"1:17: network.proxy: must begin with http://, https://, socks5:// or socks5h://; or "none", or "environment""#
      ),
      ("network.no_proxy = \"x\"", #"1:20: network.no_proxy: expected an array of strings, found string "x""#),
    ])
  func topLevel(text: String, diagnostic: String) {
    let reading = read(text)
    #expect(reading.diagnostics.map(\.description) == ["config.toml:" + diagnostic])
    #expect(reading.settings == Settings())
  }

  @Test(
    "What is wrong with a provider is told, and the rest of it stands",
    arguments: [
      ("retries = \"sixty\"", #"3:11: providers.lab.retries: expected integer, found string "sixty""#),
      ("retries = 21", "3:11: providers.lab.retries: must be 0 to 20, found 21"),
      ("retries = 9223372036854775807", "3:11: providers.lab.retries: must be 0 to 20, found 9223372036854775807"),
      ("idle_timeout = 0", "3:16: providers.lab.idle_timeout: must be 0.001 to 86400 seconds, found 0"),
      ("idle_timeout = inf", "3:16: providers.lab.idle_timeout: must be 0.001 to 86400 seconds, found inf"),
      ("idle_timeout = nan", "3:16: providers.lab.idle_timeout: must be 0.001 to 86400 seconds, found nan"),
      ("idle_timeot = 3", #"3:1: providers.lab.idle_timeot: unknown key; did you mean "idle_timeout"?"#),
      ("base_url = \"lab.example/v1\"", "3:12: providers.lab.base_url: must begin with https:// or http://"),
      (
        "base_url = \"https://u:p@lab.example\"",
        "3:12: providers.lab.base_url: must not hold a user name or password; use api_key_env"
      ),
      (
        "base_url = \"https://lab.example\\r\\nX: y\"",
        "3:12: providers.lab.base_url: must not hold blanks, control characters or non-ASCII characters"
      ),
      (
        "base_url = \"https://lab.example/?key=1\"",
        "3:12: providers.lab.base_url: must not hold a query; use query = { … }"
      ),
      ("base_url = \"https://lab.example:99999\"", "3:12: providers.lab.base_url: has a port that is not 1 to 65535"),
      ("region = \"eu\"", "3:1: providers.lab.region: has no effect with kind openai"),
      (
        "api_key_env = \"sk-live-abcdef\"",
        "3:15: providers.lab.api_key_env: must be the name of an environment variable, not a key"
      ),
      ("api_key = 12345", "3:11: providers.lab.api_key: expected a string, found an integer"),
      ("api_key = \"a b\"", "3:11: providers.lab.api_key: holds characters that a key cannot have"),
      (
        "api_key_command = \"pass show lab\"",
        "3:19: providers.lab.api_key_command: expected an array of strings, found a string"
      ),
      (
        "api_key_command = []",
        #"3:19: providers.lab.api_key_command: must name a program and its arguments, as in ["pass", "show", "lab"]"#
      ),
      (
        "api_key_env = \"A\"\napi_key_file = \"b\"",
        "4:1: providers.lab.api_key_file: api_key_env or api_key_file: only one of them may be set; api_key_env is used"
      ),
      (
        "headers = { \"X-A\" = \"b\\r\\nX-B: c\" }", "3:21: providers.lab.headers.X-A: must not hold control characters"
      ),
      ("headers = { \"X-A\" = \"b\\u0000\" }", "3:21: providers.lab.headers.X-A: must not hold control characters"),
      ("headers = { \"X A\" = \"b\" }", #"3:13: providers.lab.headers."X A": is not a header's name"#),
      ("headers = { \"X-A: b\\n\" = \"b\" }", #"3:13: providers.lab.headers."X-A: b\n": is not a header's name"#),
      ("headers = { \"X-A\" = 5 }", "3:21: providers.lab.headers.X-A: expected a string, found an integer"),
      ("headers = { Host = \"b\" }", "3:13: providers.lab.headers.Host: is set by the connection itself"),
      (
        "query = { api_key = \"b\" }",
        "3:11: providers.lab.query.api_key: keys do not belong into addresses; use api_key_env"
      ),
      (
        "proxy = \"http://me:secret@host:99999\"",
        #"3:9: providers.lab.proxy: has a port that is not 1 to 65535; or "none", or "environment""#
      ),
    ])
  func provider(line: String, diagnostic: String) {
    let reading = read("[providers.lab]\nkind = \"openai\"\n" + line)
    #expect(reading.diagnostics.map(\.description) == ["config.toml:" + diagnostic])
    #expect(reading.settings.providers.map(\.name) == ["lab"])
  }

  @Test(
    "A provider or profile that lacks something essential is left out, and that is told once",
    arguments: [
      (
        "[providers.lab]",
        "1:12: providers.lab.kind: is missing; one of guide, openai, openai-responses, anthropic, bedrock, bedrock-invoke, gemini, ollama, agentcore, jaf or replay"
      ),
      (
        "[providers.lab]\nkind = \"opanai\"\n[profiles.p]\nprovider = \"lab\"\nmodel = \"m\"",
        #"2:8: providers.lab.kind: expected guide, openai, openai-responses, anthropic, bedrock, bedrock-invoke, gemini, ollama, agentcore, jaf or replay, found "opanai"; did you mean "openai"?"#
      ),
      ("profile = \"p\"\n[profiles.p]\nmodel = \"m\"", "2:11: profiles.p.provider: is missing"),
      (
        "[profiles.p]\nprovider = \"groqq\"\nmodel = \"m\"",
        #"2:12: profiles.p.provider: there is no [providers.groqq]; did you mean "groq"?"#
      ),
      (
        "[providers.\"a/b\"]\nkind = \"openai\"",
        #"1:12: providers."a/b": a name must not be empty or hold blanks, control characters or /"#
      ),
      (
        "[profiles.\"a b\"]\nprovider = \"guide\"",
        #"1:11: profiles."a b": a name must not be empty or hold blanks, control characters"#
      ),
      ("[prices.lab]\ninput = 1\noutput = 1", "1:9: prices.lab: expected \"provider/model\""),
      ("[prices.\"lab/m\"]\ninput = 1", "1:9: prices.\"lab/m\".output: is missing"),
      ("[prices.\"lab/m\"]\ninput = 1\noutput = -1", "3:10: prices.\"lab/m\".output: must be 0 to 1000000, found -1"),
    ])
  func essentials(text: String, diagnostic: String) {
    let reading = read(text)
    #expect(reading.diagnostics.map(\.description) == ["config.toml:" + diagnostic])
    #expect(reading.settings == Settings())
  }

  @Test(
    "What a kind lacks is told",
    arguments: [
      ("jaf", "1:12: providers.x.base_url: is missing; kind jaf has no address of its own"),
      ("agentcore", "1:12: providers.x.base_url: is missing; kind agentcore needs it, or runtime_arn"),
      ("replay", "1:12: providers.x.file: is missing; kind replay plays a recording"),
    ])
  func lacking(kind: String, diagnostic: String) {
    let reading = read("[providers.x]\nkind = \"\(kind)\"")
    #expect(reading.diagnostics.map(\.description) == ["config.toml:" + diagnostic])
  }

  @Test(
    "A profile's parameters are checked",
    arguments: [
      ("temperature = 3", "4:15: profiles.p.temperature: must be 0 to 2, found 3"),
      ("temperature = \"hot\"", #"4:15: profiles.p.temperature: expected a number, found string "hot""#),
      ("top_p = -0.1", "4:9: profiles.p.top_p: must be 0 to 1, found -0.1"),
      ("max_tokens = 0", "4:14: profiles.p.max_tokens: must be 1 to 10000000, found 0"),
      ("stream = \"off\"", #"4:10: profiles.p.stream: expected true or false, found string "off""#),
      ("extra = { a = [1, nan] }", "4:19: profiles.p.extra: JSON has no infinite or undefined numbers"),
      ("extra = 1", "4:9: profiles.p.extra: expected a table, found integer 1"),
    ])
  func parameters(line: String, diagnostic: String) {
    let reading = read("[profiles.p]\nprovider = \"groq\"\nmodel = \"m\"\n" + line)
    #expect(reading.diagnostics.map(\.description) == ["config.toml:" + diagnostic])
    #expect(reading.settings.profiles == [Profile(name: "p", model: ModelReference(provider: "groq", model: "m"))])
  }

  @Test("A profile without a model is kept and warned about, except with a provider that needs none")
  func modelless() {
    let reading = read("[profiles.a]\nprovider = \"groq\"\n[profiles.g]\nprovider = \"guide\"")
    #expect(
      reading.diagnostics.map(\.description) == [
        #"config.toml:1:11: profiles.a.model: is missing; "riffle models --provider groq" lists them"#
      ])
    #expect(reading.isWhole)
    #expect(reading.settings.profiles.map(\.model.model) == ["", "guide"])
  }

  @Test("extra becomes JSON with every value, key and order as written")
  func extra() {
    let reading = read(
      #"""
      [profiles.p]
      provider = "guide"
      [profiles.p.extra]
      zeta = 0.1
      alpha = [1, -2, true, "a\"b\\c\u0001\né", { x = 1979-05-27 }, []]
      big = 9007199254740993
      whole = 2.0
      when = 1979-05-27T07:32:00.5-07:00
      nested.deeper."with space" = {}
      """#)
    #expect(reading.diagnostics == [])
    #expect(
      reading.settings.profiles.first?.extraJSON
        == #"{"zeta":0.1,"alpha":[1,-2,true,"a\"b\\c\u0001\né",{"x":"1979-05-27"},[]],"big":9007199254740993,"whole":2.0,"#
        + #""when":"1979-05-27T07:32:00.5-07:00","nested":{"deeper":{"with space":{}}}}"#)
  }

  @Test(
    "A key never travels unencrypted to another machine unless that provider allows it",
    arguments: [
      ("base_url = \"http://lab.example/v1\"\napi_key_env = \"K\"", true),
      ("base_url = \"http://lab.example/v1\"\nheaders = { authorization = \"Bearer x\" }", true),
      ("base_url = \"http://127.0.0.1.evil.example/v1\"\napi_key_env = \"K\"", true),
      ("base_url = \"http://lab.example/v1\"\napi_key_env = \"K\"\nallow_plaintext = true", false),
      ("base_url = \"http://lab.example/v1\"", false),
      ("base_url = \"https://lab.example/v1\"\napi_key_env = \"K\"", false),
      ("base_url = \"http://localhost:8000\"\napi_key_env = \"K\"", false),
      ("base_url = \"http://[::1]:8000\"\napi_key_env = \"K\"", false),
      ("base_url = \"http://127.8.9.10\"\napi_key_env = \"K\"", false),
    ])
  func plaintext(lines: String, isRefused: Bool) {
    let reading = read("[providers.lab]\nkind = \"openai\"\n" + lines)
    #expect(reading.isWhole == !isRefused)
    #expect((reading.settings.providers.first?.refusal != nil) == isRefused)
  }

  @Test(
    "A profile of AWS's may have any name that fits on a line",
    arguments: [("my dev", true), ("entwicklung-ü", true), (#"my\ndev"#, false)])
  func profileName(name: String, isTaken: Bool) {
    let reading = read("[providers.aws]\nkind = \"bedrock\"\naws_profile = \"\(name)\"")
    #expect(reading.settings.providers.first?.awsProfile == (isTaken ? name : nil))
    #expect(
      reading.diagnostics.map(\.description)
        == (isTaken ? [] : ["config.toml:3:15: providers.aws.aws_profile: must not hold control characters"]))
  }

  @Test("Signed requests are credentials, too")
  func plaintextAWS() {
    let reading = read("[providers.aws]\nkind = \"bedrock\"\nendpoint_url = \"http://10.0.0.1\"")
    #expect(
      reading.diagnostics.map(\.description) == [
        "config.toml:3:16: providers.aws.endpoint_url: would send a key unencrypted to 10.0.0.1; use https, or say allow_plaintext = true"
      ])
  }

  @Test("A preset needs no kind, and its kind may be changed")
  func presets() {
    #expect(read("[providers.groq]\nretries = 1").settings.providers.map(\.kind) == [.openAI])
    #expect(read("[providers.groq]\nkind = \"anthropic\"").settings.providers.map(\.kind) == [.anthropic])
  }

  @Test("Hooks are programs with arguments; what cannot be one is told where it stands, and leaves the others")
  func hooks() {
    let reading = read(
      """
      [hooks]
      finish = ["notify-send", "riffle"]
      error = "notify-send riffle"
      stall = ["x", ""]
      finished = ["x"]
      """)
    #expect(reading.settings.hooks.finish == ["notify-send", "riffle"])
    #expect(reading.settings.hooks.error.isEmpty && reading.settings.hooks.stall.isEmpty)
    #expect(
      reading.diagnostics.map(\.description) == [
        "config.toml:3:9: hooks.error: expected an array of strings, found string \"notify-send riffle\"",
        "config.toml:4:15: hooks.stall: must not hold an empty string",
        "config.toml:5:1: hooks.finished: unknown key; did you mean \"finish\"?",
      ])
    #expect(read("[hooks]\nfinish = []").settings.hooks == HookSettings())
  }

  @Test("Where themes are named is told, for what is found out later")
  func themeLocations() {
    let reading = read("theme = \"auto\"\n[ui]\ndark_theme = \"x\"\n light_theme = \"y\"")
    #expect(
      reading.themeLocations == [
        "theme": SourceLocation(file: "config.toml", line: 1, column: 9),
        "ui.dark_theme": SourceLocation(file: "config.toml", line: 3, column: 14),
        "ui.light_theme": SourceLocation(file: "config.toml", line: 4, column: 16),
      ])
    #expect(reading.settings.interface.darkTheme == "x")
    #expect(reading.settings.interface.lightTheme == "y")
  }

  @Test("At the start one bad value costs that value only")
  func partial() {
    let reading = read("pace = \"smooth\"\ntheme = 7\n[ui]\nbell = true\nmouse = 1")
    #expect(reading.settings.pace == .smooth)
    #expect(reading.settings.theme == .automatic)
    #expect(reading.settings.interface.ringsBell)
    #expect(reading.settings.interface.hasMouse)
    #expect(reading.diagnostics.count == 2)
  }

  @Test("No key stands in a description, a message or a dump")
  func secrets() {
    let canary = "sk-canary-1234567890"
    let texts = [
      "api_key = \"\(canary)\"", "api_key = [\"\(canary)\"]", "api_key_env = \"\(canary)\"",
      "api_key_env = [\"\(canary)\"]",
      "api_key_command = [\"\(canary)\", 5]", "api_key_command = \"\(canary)\"",
      "headers = { Authorization = \"\(canary)\" }",
      "headers = { Authorization = \"\(canary)\\n\" }", "headers = { Authorization = [\"\(canary)\"] }",
      "proxy = \"http://me:\(canary)@host:1\"", "proxy = \"http://me:\(canary)@host:x\"",
      "api_key = \"\(canary) \(canary)\"",
      "base_url = \"https://\(canary)@host\"", "base_url = \"https://host?key=\(canary)\"",
      "query = { key = \"\(canary)\" }",
    ]
    for text in texts {
      var dumped = ""
      let reading = read("[providers.lab]\nkind = \"openai\"\n" + text)
      dump(reading, to: &dumped)
      #expect(!dumped.contains(canary), "\(text)")
    }
  }

  @Test("The configuration knows when it must not be readable by others")
  func holdsSecrets() {
    #expect(read("[providers.lab]\nkind = \"openai\"\napi_key = \"x\"").settings.holdsSecrets)
    #expect(read("[providers.lab]\nkind = \"openai\"\nheaders = { X-Api-Key = \"x\" }").settings.holdsSecrets)
    #expect(!read("[providers.lab]\nkind = \"openai\"\napi_key_env = \"X\"").settings.holdsSecrets)
  }
}
