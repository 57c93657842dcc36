// What the numbers mean. They are defined here once, in the words of the screen.

extension Manual {
  static let measuringSections: [ManualSection] = [
    ManualSection(
      id: "streaming", title: "Streaming",
      keywords: ["stream", "chunk", "token", "incremental", "live"],
      body: """
        A streamed answer arrives in **chunks**: a chunk is one event of the connection that carries content. A chunk may hold a part of a word or a whole paragraph; it is not a token, and riffle does not call it one.

        Text is shown, stored and measured as it arrives. What has arrived is on disk within a quarter of a second.
        """),
    ManualSection(
      id: "metrics", title: "Metrics: TTFT, chunks, gaps, stalls, rate",
      keywords: [
        "ttft", "latency", "performance", "speed", "overlay", "gap", "stall", "rate", "throughput", "measure",
        "histogram", "p95", "p99", "time to first token", "slow", "tokens per second",
      ],
      body: """
        F3 shows all of it for the stream on screen; the status bar shows the essentials.

        - **First chunk**, first text (TTFT): from sending the request to the first chunk, and to the first visible text. Thinking is not visible text, so the two differ for models that think.
        - **Phases**: DNS, connecting, TLS, first byte; whether the connection was reused; the version of HTTP.
        - **Chunks**, characters, bytes, average chunk: what arrived so far.
        - **Gaps**: the times between chunks, as p50, p95, p99 and the longest. p95 = 24 ms says that 95 of 100 gaps were at most that.
        - **Stall**: a gap longer than one second and longer than eight times the median gap so far.
        - **Rate**: characters a second, over the last seconds and over the whole answer.
        - **Tokens**: as the provider counted them; an estimate is marked with `~`.
        - **Retries**: attempts before the one that answered.

        A number that was not measured is shown as a dash, and is `null` in JSON; it is never 0.
        """),
  ]
}
