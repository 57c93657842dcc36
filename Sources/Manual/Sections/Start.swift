// What riffle is, and the first minutes with it.

extension Manual {
  static let startSections: [ManualSection] = [
    ManualSection(
      id: "riffle", title: "What riffle is",
      keywords: ["about", "what", "introduction", "overview", "name", "features"],
      body: """
        riffle is a full-screen chat for large language models and agents that lives in a terminal. It shows what a stream is doing: where the time goes, whether it stalled, which model is faster.

        Many conversations can stream at once; switching away from one never stops it. Everything is kept in one file on your machine.

        It promises, in this order: nothing is lost, it answers at once, it tells the truth, it does no harm, it is quiet. It sends no telemetry and makes no network call that you did not ask for.
        """),
    ManualSection(
      id: "start", title: "Getting started",
      keywords: ["begin", "first", "setup", "set up", "install", "quickstart", "tutorial", "new"],
      body: """
        Run `riffle`. With nothing configured it opens on the guide, which answers from this manual and streams like a model, so that keys, streaming and metrics can be tried without a key or a network.

        - Type a message and press Enter. Ctrl+J or Alt+Enter makes a new line.
        - Esc stops an answer; what arrived is kept.
        - `/` at the beginning of an empty line opens the commands; F1 opens this manual.
        - Ctrl+X is the leader of most keys. Wait a moment after it and a popup shows what can follow.
        - Ctrl+D on an empty line leaves.

        To talk to a real model, write a configuration:

        ```
        riffle config init
        ```

        It writes a commented `config.toml` with the keys and services that it found in your environment, and says where. The sections about providers show what to put in; changes work without a restart.
        """),
    ManualSection(
      id: "guide", title: "The guide", keywords: ["assistant", "offline", "default", "demo", "not a model"],
      body: """
        The guide is what answers when nothing is configured. It is not a language model: it finds the sections of this manual that fit your words and streams them, with the same events as a real model, so that everything on the screen can be tried.

        It works offline, needs no configuration, and is always there as the profile `guide`.
        """),
  ]
}
