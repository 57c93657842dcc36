// How two ways, and how a provider under load, are measured: what is counted, and how sure the figures are.

extension Manual {
  static let comparingSections: [ManualSection] = [
    ManualSection(
      id: "compare", title: "Streaming against whole answers: /compare",
      keywords: [
        "compare", "no-stream", "difference", "confidence", "interval", "median", "verdict", "sure", "statistics",
        "warm-up",
      ],
      body: """
        `/compare` asks the last prompt of the conversation again and again, streaming and whole in turns, and says what streaming changes. `/compare 20 PROMPT` makes 20 runs of each mode with a prompt of its own; `riffle compare PROMPT -n 20` does it on the command line, with `--json` for scripts. The default is 10. Nothing of it is saved.

        - A run of each mode warms up connection and service and does not count. Then pairs are measured; which mode goes first alternates.
        - A run that failed, broke off, brought no text, or came in the other mode than asked for is **excluded** with its reason, and its pair with it.
        - **Median** and **between**: half of the runs were sooner; the median of all possible runs lies in the interval with the certainty that stands there (97.9 % for 10 runs). No shape of the distribution is assumed. For less than 6 runs there is no such interval, and riffle says that it cannot tell.
        - The **verdict** is about the differences of the pairs: sooner or later if their whole interval lies on one side of zero, else there is no difference that so many runs can show.

        In the view, `x` stops, `r` runs again, Esc closes while the measurement goes on; `/compare` shows it again, `/compare stop` ends it.
        """),
    ManualSection(
      id: "bench", title: "Load on a provider: riffle bench",
      keywords: ["load", "concurrency", "throughput", "stress", "benchmark", "percentile", "requests"],
      body: """
        `riffle bench PROMPT -n 20 -c 4` sends 20 requests, 4 of them at a time, after 2 that warm up (`--warm-up`). `--prompts FILE` takes prompts from a file in turns, one a line. `--with PROFILE`, given several times, measures several profiles one after another. `--json` is for scripts. Every request costs what a request costs; nothing is repeated and nothing is saved.

        - p50, p95 and p99 are values of requests: of 100, so many were at most that. With 20 requests p99 is the longest.
        - Each latency counts from its own request, with the others under way; the throughput is that of the measured time, without the warm-up.
        - **Under way at once** is what really was: less than asked for at the end, when no more are left to begin.
        - Tokens are those that the provider counted; estimates are marked with `~`.
        - Failed requests are excluded and counted by their reasons. Ctrl+C writes what was measured until then.
        """),
  ]
}
