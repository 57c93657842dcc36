// Figures over many answers: how to ask for them, and what is counted how.

extension Manual {
  static let statisticsSections: [ManualSection] = [
    ManualSection(
      id: "stats", title: "Statistics over all answers",
      keywords: [
        "statistics", "percentile", "p50", "p95", "p99", "average", "usage", "spending", "report", "csv", "chart",
        "slow", "watched", "history",
      ],
      body: """
        `/stats` counts the stored answers by provider and model over seven days; `/stats day 30d` by day over thirty. `riffle stats` writes the same table, with `--since`, `--until`, `--by`, `--json`, `--csv` and `--chart`.

        - **Groups**: any of provider, model, profile, day, hour, in any order. Days and hours are local; an answer belongs to the one in which it started. Conversations in the trash count.
        - **first**: time to the first text of the answer. **rate**: characters a second. **total**: time to the end, of complete answers only. p50, p95 and p99 are values that occurred (nearest rank).
        - **errors**: answers that failed or broke off. One that you stopped is none.
        - **Tokens and cost** are sums of what is known; `~` marks sums that hold estimates.
        - **watched**: the share of answers whose end somebody saw: the conversation was shown at its end, in a focused terminal, with nothing over it. Answers of `riffle ask` and of linear mode do not count, for nobody knows.
        - **wins**: how often an answer was found the best in a race without names.

        In the view the last line shows the keys: `p` `m` `f` `d` `h` add and remove groups, left and right change the span, `s` sorts, `c` draws bars, Enter counts only the marked row.

        An answer that was slower than 95 of 100 earlier ones of its model carries a mark below its text: `▲ first 4.10 s (p95 1.20 s)`. It is compared with the answers of the thirty days before it, if there are at least twenty; answers older than thirty days carry none.
        """)
  ]
}
