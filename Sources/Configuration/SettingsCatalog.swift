// Every key of `config.toml` in words: type, default, meaning, example. The manual, `config init` and `config check`
// read it; a test holds it against the decoder, so a key that is read and not described does not pass.

/// One key as people read about it.
package struct SettingDescription: Equatable, Sendable {
  /// Dotted, with `*` for a name of the user's choice: `providers.*.retries`.
  package let path: String
  /// What may be written.
  package let type: String
  /// What holds without it.
  package let standard: String
  /// What it does, one sentence.
  package let summary: String
  /// The right-hand side of an example, valid TOML.
  package let example: String

  init(_ path: String, _ type: String, _ standard: String, _ summary: String, example: String) {
    self.path = path
    self.type = type
    self.standard = standard
    self.summary = summary
    self.example = example
  }
}

/// All keys, in the order of the manual.
package enum SettingsCatalog {
  /// Every key once.
  package static let settings: [SettingDescription] = [
    SettingDescription(
      "profile", "name of a profile", "the first in the file, else guide", "The profile of new conversations.",
      example: #""work""#),
    SettingDescription(
      "theme", "auto or a theme's name", "auto",
      "Colours; auto takes dark_theme or light_theme as the terminal's background is, also when that changes.",
      example: #""auto""#),
    SettingDescription(
      "pace", "instant, tokens:N, sentence or smooth", "instant",
      "How arrived text is released to the screen; what is stored and measured follows arrival.", example: #""instant""#
    ),

    SettingDescription(
      "ui.mouse", "true or false", "true",
      "The wheel scrolls and clicks work; the terminal's own selection then needs Shift. Alt+M switches while running.",
      example: "true"),
    SettingDescription(
      "ui.bell", "true or false", "false",
      "Rings when an answer ends that is not being watched: in another conversation, or while the terminal is not focused.",
      example: "false"),
    SettingDescription(
      "ui.notify", "true or false", "false",
      "Asks the terminal for a desktop notification when an answer ends that is not being watched; one that is not known to show any rings its bell.",
      example: "false"),
    SettingDescription(
      "ui.frames_per_second", "auto or 1 to 240", "auto, at most 60",
      "The most frames drawn for streams; keys are always drawn at once. Lower it on slow links.", example: #""auto""#),
    SettingDescription(
      "ui.reduced_motion", "true or false", "false",
      "Text is shown as it comes, whatever the pace but for sentence, and the figures of a stream change once a second instead of four times. Nothing blinks or spins in any case: the cursor is a steady one.",
      example: "false"),
    SettingDescription(
      "ui.sidebar", "true or false", "false", "The conversation list is open at start.", example: "false"),
    SettingDescription(
      "ui.thinking_folded", "true or false", "true", "Thinking is one line until it is unfolded.", example: "true"),
    SettingDescription(
      "ui.dark_theme", "a theme's name", "dark",
      "What theme = \"auto\" takes on a dark terminal, and on one that does not tell.", example: #""dark""#),
    SettingDescription(
      "ui.light_theme", "a theme's name", "light", "What theme = \"auto\" takes on a light terminal.",
      example: #""light""#),
    SettingDescription(
      "ui.colors", "auto, truecolor, 256, 16 or mono", "auto",
      "How many colours the terminal is given; with auto, NO_COLOR means mono.", example: #""auto""#),
    SettingDescription(
      "ui.clipboard", ClipboardSetting.allCases.map(\.rawValue).joined(separator: ", "), "auto",
      "Which way copied text goes: a program of the desktop first, the terminal first over SSH, tmux inside tmux; or one of them alone.",
      example: #""auto""#),
    SettingDescription(
      "ui.clipboard_command", "array: program and arguments", "wl-copy, xclip, xsel, pbcopy or clip.exe",
      "A program that takes copied text as its input, without a shell.",
      example: #"["xclip", "-selection", "primary"]"#),
    SettingDescription(
      "ui.open_command", "array: program and arguments", "xdg-open, open or wslview",
      "A program that opens a link, which it gets as its last argument, without a shell.", example: #"["firefox"]"#),
    SettingDescription(
      "ui.text_order", TextOrderSetting.allCases.map(\.rawValue).joined(separator: ", "), "auto",
      "Who puts text from right to left into the order in which it is seen; set it where words stand the wrong way round.",
      example: #""auto""#),
    SettingDescription(
      "ui.print_last_answer", "true or false", "false", "The last answer stays on the terminal when riffle is left.",
      example: "false"),

    SettingDescription(
      "hooks.finish", "array: program and arguments", "none",
      "Run when an answer has ended as it should, without a shell; it reads what happened as one line of JSON.",
      example: #"["notify-send", "riffle", "An answer is there"]"#),
    SettingDescription(
      "hooks.error", "array: program and arguments", "none",
      "Run when an answer failed or broke off; not when it was stopped.",
      example: #"["/home/me/bin/on-error", "--quiet"]"#),
    SettingDescription(
      "hooks.stall", "array: program and arguments", "none",
      "Run when an answer pauses for more than a second and more than eight times its median gap; once for each pause.",
      example: #"["notify-send", "riffle", "An answer stalls"]"#),

    SettingDescription(
      "network.proxy", "address, none or environment", "environment",
      "The proxy for all providers: http, https, socks5 or socks5h.", example: #""http://127.0.0.1:3128""#),
    SettingDescription(
      "network.no_proxy", "array of hosts", "NO_PROXY", "Hosts and domains reached without the proxy.",
      example: #"["localhost", ".example.com"]"#),
    SettingDescription(
      "network.ca_file", "path", "the system's certificates",
      "Certificates to trust in addition to the system's.", example: #""~/certificates/company.pem""#),

    SettingDescription(
      "providers.*.kind", ProviderKind.allCases.map(\.rawValue).joined(separator: ", "), "required",
      "What the service speaks.", example: #""openai""#),
    SettingDescription(
      "providers.*.base_url", "http or https address", "the kind's public address", "Where the service is.",
      example: #""http://127.0.0.1:8000/v1""#),
    SettingDescription(
      "providers.*.api_key_env", "name of a variable", "none", "The environment variable that holds the key.",
      example: #""LAB_KEY""#),
    SettingDescription(
      "providers.*.api_key_command", "array: program and arguments", "none",
      "A program that prints the key as its only line; run once, without a shell, kept in memory.",
      example: #"["pass", "show", "lab"]"#),
    SettingDescription(
      "providers.*.api_key_file", "path", "none", "A file whose only line is the key; make it mode 600.",
      example: #""~/.config/riffle/lab.key""#),
    SettingDescription(
      "providers.*.api_key", "string", "none",
      "The key itself; better use one of the three above. The configuration must then be mode 600.",
      example: #""replace-me""#),
    SettingDescription(
      "providers.*.headers", "table of strings", "none", "Headers sent with every request.",
      example: #"{ "X-Team" = "blue" }"#),
    SettingDescription(
      "providers.*.query", "table of strings", "none", "Added to the address of every request; never keys.",
      example: #"{ "api-version" = "2024-10-21" }"#),
    SettingDescription(
      "providers.*.allow_plaintext", "true or false", "false",
      "Allows a key to travel over http:// to another machine, readable by everyone on the way.", example: "false"),
    SettingDescription(
      "providers.*.connect_timeout", "seconds, 0.001 to 86400", "10", "For DNS, TCP and TLS together.", example: "10"),
    SettingDescription(
      "providers.*.first_byte_timeout", "seconds, 0.001 to 86400",
      "120; 600 for local servers and with stream = false", "From the request being sent to the first byte.",
      example: "120"),
    SettingDescription(
      "providers.*.idle_timeout", "seconds, 0.001 to 86400", "120", "The longest silence inside an answer.",
      example: "120"),
    SettingDescription(
      "providers.*.total_timeout", "seconds, 0.001 to 86400", "none", "The longest answer.", example: "3600"),
    SettingDescription(
      "providers.*.retries", "0 to 20", "4", "Retries before content arrived; never after.", example: "4"),
    SettingDescription(
      "providers.*.models", "array of names", "what the service lists", "Models offered where the service lists none.",
      example: #"["m-small", "m-large"]"#),
    SettingDescription(
      "providers.*.context", "whole number from 256", "what the service lists",
      "Tokens that its models hold; what would not fit is left out of requests, oldest first, and said.",
      example: "32768"),
    SettingDescription(
      "providers.*.proxy", "address, none or environment", "network.proxy", "The proxy for this provider.",
      example: #""none""#),
    SettingDescription(
      "providers.*.ca_file", "path", "network.ca_file", "Certificates to trust for this provider.",
      example: #""~/certificates/lab.pem""#),
    SettingDescription(
      "providers.*.region", "AWS region", "AWS_REGION, then AWS's configuration", "For bedrock and agentcore.",
      example: #""eu-west-1""#),
    SettingDescription(
      "providers.*.aws_profile", "name", "AWS_PROFILE, then default", "A profile in AWS's configuration.",
      example: #""dev""#),
    SettingDescription(
      "providers.*.endpoint_url", "http or https address", "the region's endpoint", "Instead of AWS's own address.",
      example: #""http://127.0.0.1:9000""#),
    SettingDescription(
      "providers.*.runtime_arn", "ARN", "none", "A deployed AgentCore runtime, instead of base_url.",
      example: #""arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/agent-1""#),
    SettingDescription(
      "providers.*.qualifier", "name", "DEFAULT", "The endpoint of an AgentCore runtime.", example: #""DEFAULT""#),
    SettingDescription(
      "providers.*.transport", "sse, websocket or http", "sse", "How a jaf server streams.", example: #""sse""#),
    SettingDescription(
      "providers.*.path", "path beginning with /", "the kind's own", "The path below base_url, for agentcore and jaf.",
      example: #""/invocations""#),
    SettingDescription(
      "providers.*.file", "path", "required for replay", "The recording of a replay provider.",
      example: #""recordings/answer.sse""#),
    SettingDescription(
      "providers.*.speed", "0.01 to 1000, or max", "1", "How fast a recording plays.", example: #""max""#),

    SettingDescription(
      "profiles.*.provider", "name of a provider", "required", "Who answers.", example: #""lab""#),
    SettingDescription(
      "profiles.*.model", "string", "required, except for agents and the guide", "The model, as the provider names it.",
      example: #""m-large""#),
    SettingDescription("profiles.*.system", "text", "none", "The system prompt.", example: #""Be brief.""#),
    SettingDescription(
      "profiles.*.temperature", "0 to 2", "the provider's", "How much chance there is in an answer.", example: "0.7"),
    SettingDescription(
      "profiles.*.top_p", "0 to 1", "the provider's", "Nucleus sampling.", example: "0.9"),
    SettingDescription(
      "profiles.*.max_tokens", "1 to 10000000", "the provider's", "The longest answer in tokens.", example: "500"),
    SettingDescription(
      "profiles.*.stream", "true or false", "true", "Whether answers arrive piece by piece or whole.", example: "true"),
    SettingDescription(
      "profiles.*.extra", "table", "none", "Merged into the request body, unchanged.",
      example: #"{ preferences = { genre = "sci-fi" } }"#),

    SettingDescription(
      "prices.*.input", "0 to 1000000", "required",
      "Price of a million input tokens; the table is named provider/model. Answers then show what they cost.",
      example: "3.0"),
    SettingDescription(
      "prices.*.output", "0 to 1000000", "required", "Price of a million output tokens.", example: "15.0"),
    SettingDescription(
      "prices.*.cache_read", "0 to 1000000", "as input", "Price of a million tokens read from the provider's cache.",
      example: "0.3"),
    SettingDescription(
      "prices.*.cache_write", "0 to 1000000", "as input", "Price of a million tokens written to the provider's cache.",
      example: "3.75"),

    SettingDescription(
      "keys.*", "name of a command, or none", "the table of keys",
      "Runs a command by a key or a sequence; none takes the key away from its command.",
      example: #""conversation.new""#),
  ]

  /// The description of a key.
  package static func setting(_ path: String) -> SettingDescription? { settings.first { $0.path == path } }

  /// The reference as the manual shows it: a heading for each table, an item for each key.
  package static var reference: String {
    var result = ""
    var heading = ""
    for setting in settings {
      let (table, key) = split(setting.path)
      if table != heading || result.isEmpty {
        heading = table
        result += (result.isEmpty ? "" : "\n") + "**\(title(of: table))**\n\n"
      }
      result += "- `\(key)`: \(setting.type); default: \(setting.standard). \(setting.summary)\n"
    }
    return result
  }

  /// `providers.*.kind` is `kind` in the table `providers.*`.
  static func split(_ path: String) -> (table: String, key: String) {
    guard path != "keys.*" else { return ("keys", "\"keys\"") }
    guard let dot = path.lastIndex(of: ".") else { return ("", path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }

  private static func title(of table: String) -> String {
    switch table {
    case "": "Top level"
    case "providers.*": "[providers.NAME]"
    case "profiles.*": "[profiles.NAME]"
    case "prices.*": "[prices.\"PROVIDER/MODEL\"]"
    default: "[\(table)]"
    }
  }
}
