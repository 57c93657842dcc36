// What goes over the wire, and how to look at it.

extension Manual {
  static let wireSections: [ManualSection] = [
    ManualSection(
      id: "wire", title: "The wire: requests and events as they travelled",
      keywords: [
        "wire", "raw", "http", "request", "response", "header", "curl", "debug", "sse", "event", "json", "secret",
        "proxy",
      ],
      body: """
        `/wire` (Ctrl+X w) shows what went over the wire for the answer on screen, in browse mode for the answer you stand on: the request, the response's head, and every event with its time, the time since the one before, and its size. Beside them stands the text as far as it had come with the selected event. While an answer streams it follows.

        - **j k**, PgUp PgDn, g G move; **f** follows the end; **Enter** unfolds an event; **← →** move long lines; **/** finds, n and N go on.
        - **Tab** goes to the next section, or below 100 columns from request to events to text.
        - **[ ]** go to the exchange before and after: every attempt is one. `/wire 3` shows the third since riffle started.
        - **c** copies the request as a `curl` command. In place of a credential stands the variable of the environment that holds it; where there is none, a comment says what to put into which variable.
        - **s** saves the response as a file in the current folder, which the provider `replay` plays. Nothing is overwritten.

        Credentials are shown as `•••` wherever they stand: in headers, addresses and bodies, also where a server repeats them or an answer spreads one over several events.

        The newest 16 exchanges are kept, 8 MB of them at most, in memory alone: nothing is written unless you save it. Of a response longer than 2 MB the beginning and the end are kept. Answers of earlier sessions have no record; `riffle record` writes one.
        """)
  ]
}
