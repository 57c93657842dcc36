// How each kind of provider is connected. A kind that this version does not speak says so first.

extension Manual {
  static func providerSections(kinds: Set<String>) -> [ManualSection] {
    [providerOverview(kinds)]
      + kindSections.map { section in
        kinds.contains(section.kind) ? section.section : unsupported(section)
      } + awsSections(kinds: kinds)
  }

  private static func providerOverview(_ kinds: Set<String>) -> ManualSection {
    let all = kindSections.map(\.kind)
    let supported = all.filter(kinds.contains).map { "`\($0)`" }.joined(separator: ", ")
    let others = all.filter { !kinds.contains($0) }.map { "`\($0)`" }.joined(separator: ", ")
    return ManualSection(
      id: "providers", title: "Providers and profiles",
      keywords: [
        "connect", "service", "server", "api", "key", "credential", "model", "provider", "profile", "kinds",
        "configure",
      ],
      body: """
        A **provider** is a service with its address and key. A **profile** is a provider, a model and parameters under a name; new conversations take the one that `profile` names.

        ```
        profile = "work"

        [providers.lab]
        kind = "openai"
        base_url = "http://127.0.0.1:8000/v1"
        api_key_env = "LAB_KEY"

        [profiles.work]
        provider = "lab"
        model = "m-large"
        system = "Be brief."
        temperature = 0.7
        ```

        The key comes from one of `api_key_env` (a variable), `api_key_command` (a program that prints it, as `["pass", "show", "lab"]`) and `api_key_file` (a file, mode 600). It need not stand in the configuration.

        `kind` says what the service speaks. This version speaks \(supported).\(others.isEmpty ? "" : " Settings for \(others) are read and checked, but not spoken yet.")

        `stream = false` in a profile has answers arrive whole. `/stream on` and `/stream off` do it for one conversation.
        """)
  }

  /// A kind and its section.
  private struct KindSection {
    var kind: String
    var section: ManualSection

    init(_ kind: String, id: String? = nil, _ title: String, _ keywords: [String], _ body: String) {
      self.kind = kind
      section = ManualSection(id: id ?? kind, title: title, keywords: keywords, body: body)
    }
  }

  private static func unsupported(_ kind: KindSection) -> ManualSection {
    ManualSection(
      id: kind.section.id, title: kind.section.title, keywords: kind.section.keywords,
      body: "**This version does not speak `\(kind.kind)` yet.** Its settings are read and checked.\n\n"
        + kind.section.body)
  }

  private static let kindSections: [KindSection] = [
    KindSection(
      "guide", id: "kind-guide", "Kind guide", ["offline"],
      """
      The embedded guide needs no `[providers.guide]`; the name `guide` is always known. It has no settings.
      """),
    KindSection(
      "openai", "Kind openai: Chat Completions",
      [
        "chatgpt", "gpt", "openrouter", "groq", "deepseek", "mistral", "xai", "together", "vllm", "llama", "llama.cpp",
        "lmstudio", "azure", "local", "compatible",
      ],
      """
      For every server that speaks Chat Completions: OpenAI, OpenRouter, Groq, DeepSeek, Mistral, xAI, Together, vLLM, llama.cpp, LM Studio, Azure. `base_url` is the address up to, and without, `/chat/completions`.

      ```
      [providers.openai]
      kind = "openai"
      api_key_env = "OPENAI_API_KEY"

      [providers.local]
      kind = "openai"
      base_url = "http://127.0.0.1:8080/v1"
      ```

      A server on this machine needs no key. `extra` in a profile is merged into the request body as it is. Servers that want a version in the address take it from `query`:

      ```
      query = { "api-version" = "2024-10-21" }
      ```
      """),
    KindSection(
      "openai-responses", "Kind openai-responses: Responses API", ["gpt", "background", "resume"],
      """
      OpenAI's Responses API, and servers that imitate it. `base_url` is the address up to, and without, `/responses`; without one it is OpenAI's, with the key in `OPENAI_API_KEY`.

      ```
      [providers.responses]
      kind = "openai-responses"
      api_key_env = "OPENAI_API_KEY"

      [profiles.deep]
      provider = "responses"
      model = "gpt-5.2"
      extra = { reasoning = { effort = "high" } }
      ```

      OpenAI keeps nothing (`store` is false): each request holds the whole conversation, and encrypted reasoning goes back with it. Summaries of the thinking are asked for where the model reasons.

      **Background answers.** With `extra = { background = true }` OpenAI makes the answer on its own and keeps it. When the connection breaks, riffle asks for the rest of the same answer, up to five times in a row, and the status bar says so; an answer that broke off for good is gone on with by `/continue`. Stopping closes the connection but not the answer at OpenAI, which goes on and is paid for. Such answers always stream.
      """),
    KindSection(
      "anthropic", "Kind anthropic: Messages API", ["claude", "thinking", "cache", "prefill", "beta"],
      """
      Anthropic's Messages API, and gateways that speak it. `base_url` is the address up to, and without, `/v1/messages`.

      ```
      [providers.anthropic]
      kind = "anthropic"
      api_key_env = "ANTHROPIC_API_KEY"

      [profiles.claude]
      provider = "anthropic"
      model = "claude-sonnet-4-6"
      max_tokens = 8000
      extra = { thinking = { type = "adaptive" }, cache_control = { type = "ephemeral" } }
      ```

      Without `max_tokens` an answer may have 32000 tokens (16000 where it comes whole, less for models before 3.7), and more where `thinking` has a larger budget. Of `temperature` and `top_p` one is sent, and neither beside `thinking`.

      `cache_control` in `extra` has the system prompt and the last two prompts cached; with `ttl = "1h"` for an hour. The newest models show their thinking only with `display = "summarized"` in `thinking`. It goes back unchanged, but only to the model that it came from. A turn that the model declined is left out of later requests. Beta features are switched on by a header:

      ```
      headers = { "anthropic-beta" = "context-1m-2025-08-07" }
      ```

      PNG, JPEG, GIF and WebP images, PDF and text files can be attached.
      """),
    KindSection(
      "bedrock", "Kind bedrock: AWS Bedrock, Converse",
      ["aws", "amazon", "converse", "claude", "nova", "region", "sigv4", "profile"],
      """
      AWS Bedrock through ConverseStream and Converse, for the models of all vendors there. Requests are signed with AWS's own credential chain: `aws_profile`, variables, shared files. `region` comes from the model's ARN, else from here, else from `AWS_REGION` and AWS's configuration. A Bedrock API key works, too: `api_key_env = "AWS_BEARER_TOKEN_BEDROCK"`.

      ```
      [providers.aws]
      kind = "bedrock"
      region = "eu-west-1"
      aws_profile = "dev"
      models = ["eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "eu.amazon.nova-pro-v1:0"]

      [profiles.nova]
      provider = "aws"
      model = "eu.amazon.nova-pro-v1:0"
      ```

      `model` is an id, an inference profile or an ARN. Most newer models want a profile: the id with `us.`, `eu.`, `apac.` or `global.` before it. Bedrock's runtime lists no models, so `/model` offers those of `models`. `endpoint_url` takes the place of the region's address.

      `extra` is merged into the body: `additionalModelRequestFields` for what only one vendor knows, `guardrailConfig`, `performanceConfig`. `cachePoint = { type = "default" }` in `extra` has the system prompt and the last two prompts cached. Images, PDF, Word and Excel documents and text files can be attached.
      """),
    KindSection(
      "bedrock-invoke", "Kind bedrock-invoke: AWS Bedrock, InvokeModel", ["aws", "amazon", "claude"],
      """
      Claude on AWS Bedrock through InvokeModelWithResponseStream and InvokeModel, with the body of the Messages API. Its settings are those of `bedrock`, what a profile's `extra` may hold is that of `anthropic`. Beta features in an `anthropic-beta` header are put into the body, where Bedrock wants them.

      ```
      [providers.aws-invoke]
      kind = "bedrock-invoke"
      region = "eu-west-1"

      [profiles.claude-aws]
      provider = "aws-invoke"
      model = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
      ```
      """),
    KindSection(
      "gemini", "Kind gemini: streamGenerateContent", ["google"],
      """
      Google's Gemini by an API key (not Vertex AI). Without `api_key_env` the key is in `GEMINI_API_KEY`, else in `GOOGLE_API_KEY`.

      ```
      [providers.gemini]
      kind = "gemini"
      api_key_env = "GEMINI_API_KEY"

      [profiles.flash]
      provider = "gemini"
      model = "gemini-3-flash-preview"
      extra = { generationConfig = { thinkingConfig = { thinkingLevel = "low" } } }
      ```

      Thoughts are asked for where the model has them. `max_tokens` counts them, too: a small limit gives empty answers. Images (PNG, JPEG, WebP, HEIC), PDF, audio, video and text can be attached, 20 MB in all.
      """),
    KindSection(
      "ollama", "Kind ollama: /api/chat", ["local", "llama"],
      """
      Ollama's own protocol. Without `base_url` it is where `OLLAMA_HOST` says, else at port 11434 of this machine. A model that is not there is fetched with `ollama pull NAME`. The first answer may take minutes while the model is loaded; riffle waits ten.

      ```
      [providers.ollama]
      kind = "ollama"

      [profiles.local]
      provider = "ollama"
      model = "qwen3:8b"
      extra = { think = true, keep_alive = "30m", options = { num_ctx = 16384 } }
      ```

      **Context.** Ollama silently forgets the beginning of what does not fit into `num_ctx`. riffle asks for 8192 tokens and for twice as many, up to 131072, whenever a conversation needs it; a `num_ctx` in `extra` is taken as it is. Other options (`seed`, `top_k`, `stop`) stand beside it.

      Images (PNG, JPEG, WebP) and text can be attached. Ollama also speaks Chat Completions: `kind = "openai"` with `base_url = "http://127.0.0.1:11434/v1"` works, too, without a say in the context.
      """),
    KindSection(
      "agentcore", "Kind agentcore: agents on AWS Bedrock AgentCore",
      ["langgraph", "agent", "runtime", "session", "memory"],
      """
      Agents on AgentCore, deployed or on its local runtime, and LangGraph agents that send `agent_start`, `agent_step`, `llm_token` and `agent_end`. What the agent says on the way is shown like thinking, its tools as tool rows; they run where the agent runs.

      ```
      [providers.agent]
      kind = "agentcore"
      base_url = "http://127.0.0.1:8080"

      [profiles.agent]
      provider = "agent"
      model = "agent"
      extra = { actor_id = "user-123", custom_data = { team = "blue" } }
      ```

      The prompt is posted to `/invocations`, or to `path`; at a `path` that ends in `/chat` or `/chat/stream` it is sent as `message`. A deployed runtime takes `runtime_arn` instead of `base_url`, and `qualifier` (default `DEFAULT`); its region stands in the ARN.

      ```
      [providers.deployed]
      kind = "agentcore"
      runtime_arn = "arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/agent-1"
      aws_profile = "dev"
      ```

      Requests to a deployed runtime are signed with AWS's credentials, as for `bedrock`; with `api_key_env` or its siblings the key is sent as a bearer token instead, for runtimes that use OAuth.

      Only the last prompt is sent: **the agent remembers by session**, and the conversation's ID is the session. AgentCore wants at least 33 characters, so a shorter ID is followed by `-` and zeros: `k7m2x9` is `k7m2x9-00000000000000000000000000`. A local runtime gets the ID as it is in `session_id`. `extra` goes into the body beside the prompt; a `session_id` there is used instead of the conversation's. The profile's system text and sampling parameters are the agent's own affair and are not sent; of files, only text can be.

      A prompt that may have reached the agent is never sent twice by itself. Connections that did not come about, and a service that says "later" (409, 429, 503), are tried again. The first byte may take 10 minutes, for an agent that has to be started.
      """),
    KindSection(
      "jaf", "Kind jaf: JAF agent servers", ["agent", "websocket", "juspay"],
      """
      Agents of JAF, the Juspay Agent Framework. The model is the agent's name; `/model` lists the server's agents.

      ```
      [providers.jaf]
      kind = "jaf"
      base_url = "http://127.0.0.1:8001"
      transport = "sse"

      [profiles.weather]
      provider = "jaf"
      model = "Weather"
      ```

      `transport` says how the server streams: `sse` is the package's own server (`POST /chat`), `websocket` a WebSocket at `/stream`, `http` raw text from `GET /stream-http?query=…` (or a whole answer from `/chat`, where there is no such address). `path` names another address; for `http` it may hold `{prompt}`. A WebSocket gets the bare prompt, or with `extra` an object of those fields, `message` and `conversation_id`.

      Only the last prompt is sent, with the conversation's ID: a server with a memory provider knows the rest. For one without, put `extra = { store_on_completion = false }` into the profile, and the whole conversation is sent each time. A prompt that may have arrived is never sent twice by itself.

      **Many JAF servers never say that a streamed run has ended.** After 60 seconds of silence (`idle_timeout`) riffle ends such an answer and says so; `stream = false` in the profile works with them. Word counts that the server calls tokens are shown as estimates. A tool that waits for an approval is shown as such; riffle cannot give it, decide at the server. Stopping closes the connection; the run goes on at the server.
      """),
    KindSection(
      "replay", "Kind replay: recorded streams", ["recording", "record", "playback", "test", "speed"],
      """
      Plays a recorded stream at its original timing, or faster. For trying settings and comparing screens without a service.

      ```
      [providers.tape]
      kind = "replay"
      file = "recordings/answer.sse"
      speed = "max"
      ```

      `speed` is a factor, or `"max"`. A relative `file` begins at the configuration's folder. `riffle record` writes such files.
      """),
  ]
}
