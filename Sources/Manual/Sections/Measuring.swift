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
        F3 shows all of it for the stream on screen, and the status bar the essentials. F3 again shows the next page, on wide screens then a panel beside the text, then nothing; `/metrics overlay`, `/metrics panel` and `/metrics off` go there directly. Of a finished answer, also of an earlier session, the same is shown; in browse mode of the answer that is read.

        - **First chunk**, first thinking, first text (TTFT): from sending the request to the first chunk, and to the first visible text. Thinking is not visible text, so the two differ for models that think.
        - **Phases**: DNS, connecting, TLS, request sent, first byte, each from the request on; whether the connection was reused; the version of HTTP. The bar shows them to scale.
        - **Chunks**, characters, bytes, average chunk: what arrived so far.
        - **Gaps**: the times between chunks, as p50, p95, p99 and the longest. p95 = 24 ms says that 95 of 100 gaps were at most that.
        - **Stall**: a gap longer than one second and longer than eight times the median gap so far.
        - **Rate**: characters a second, over the last second, the last five (each to a quarter of a second), and the whole answer with the wait for its first chunk. Tokens a second are those of the whole answer.
        - **Timeline**: when chunks came, from the request to the end; thinking and tools have their own shapes, and stalls are marked below.
        - **Tokens**: as the provider counted them; an estimate is marked with `~`. Cached tokens and those of thinking apart, where the provider tells.
        - **Cost**: tokens at the prices of `[prices]`; absent without a price, marked with `~` where tokens were estimated.
        - **Retries**: attempts before the one that answered.

        Times are exact to a tenth of a millisecond, percentiles of gaps to three digits. A number that was not measured is shown as a dash, and is `null` in JSON; it is never 0.
        """),
  ]
}
