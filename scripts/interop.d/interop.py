"""Starts the servers, makes every check against each, prints a table, and stops everything."""

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path

import agents
import aws
import checks
import gateways
import screen
from riffle import Failed, Riffle, brief
from servers import Server, StartError, start_litellm, start_llama

Check = Callable[[Riffle], list[float] | None]

STARTERS = {
    "litellm": start_litellm,
    "litellm-chat": gateways.start_chat,
    "litellm-messages": gateways.start_messages,
    "litellm-responses": gateways.start_responses,
    "llama": start_llama,
    "bedrock": aws.start_converse,
    "bedrock-invoke": aws.start_invoke,
    "agentcore": agents.start_agentcore,
    "agentcore-documented": agents.start_agentcore_documented,
    "agentcore-newer": agents.start_agentcore_newer,
    "jaf": agents.start_jaf,
    "jaf-text": agents.start_jaf_text,
    "jaf-websocket": agents.start_jaf_socket,
}
# What is proved, as the README's table has it.
COLUMNS = ("stream", "whole", "tool call", "error", "stop", "memory", "signature", "screen")

# Kinds without a server of somebody else's that could be installed.
UNPROVED = {
    "ollama": "Ollama’s server is on no package index",
    "gemini": "there is no server of Gemini’s to install",
}


def checks_for(server: Server) -> list[tuple[str, str, Check]]:
    """All checks of one server by column and name, in the order in which they are made."""
    listed: list[tuple[str, str, Check]] = [("", "config and doctor", checks.doctor)]

    def add(column: str, name: str, check: Check) -> None:
        if column not in server.absent:
            listed.append((column, name, check))

    if server.lists_models:
        add("", "models", checks.models)
    if not server.has_brain and server.kind == "openai":
        add("stream", "streaming without riffle", checks.without_riffle)
    add("stream", "ask: 5 turns streaming", checks.five_streamed_turns)
    add("whole", "ask: 5 turns whole", checks.five_whole_turns)
    add("stream", "ask --json streaming", checks.json_streamed)
    add("whole", "ask --json whole", checks.json_whole)
    add("whole", "ask --json whole, going on", checks.json_whole_going_on)
    if server.has_brain:
        add("memory", "ask: remembered, streaming", checks.remembered_streaming)
        add("memory", "ask: remembered, whole", checks.remembered_whole)
    if "tools" in server.profiles:
        add("tool call", "ask --json: tool, streaming", checks.tool_streaming)
        if server.tools_whole and "whole" not in server.absent:
            add("tool call", "ask --json: tool, whole", checks.tool_whole)
        add("tool call", "screen: tool", screen.tool)
    add("stop", "ask: stop, SIGINT", checks.stopped_by_interrupt)
    add("stop", "ask: stop, SIGTERM", checks.stopped_by_terminate)
    add("stop", "ask --json: stop, SIGINT", checks.stopped_as_json)
    add("stop", "ask: reader goes away", checks.reader_goes_away)
    for refusal in server.refusals:
        add("error", f"ask: {refusal.name}", partial(checks.refused, name=refusal.name))
    if server.refusals and server.refusals[0].kinds == ("rate_limited",):
        add("error", "ask: tries again", checks.tries_again)
    for column, name, check in server.checks:
        add(column, name, check)
    add("screen", "screen: 5 turns streaming", screen.five_streamed_turns)
    if "whole" not in server.absent:
        add("screen", "screen: 5 turns whole", screen.five_whole_turns)
    if "stop" not in server.absent:
        add("screen", "screen: Esc in the middle", screen.stopped)
    if server.refusals:
        add("screen", f"screen: {server.refusals[0].name}", screen.refused)
    if server.lists_models:
        add("screen", "screen: pick a model", screen.picked_model)
    return listed


class Table:
    """Rows that are printed as they come, and what is in the README of them."""

    def __init__(self) -> None:
        self.failures = 0
        self.results: dict[str, dict[str, list[str]]] = {}
        self.kinds: dict[str, str] = {}
        self.reasons: list[str] = []
        print(f"{'server':20} {'check':36} {'result':7} {'first text, ms':22} reason", flush=True)

    def begin(self, server: Server) -> None:
        self.title = server.title
        self.kinds[self.title] = f"{server.name}, `{server.kind}`"
        self.results[self.title] = {}

    def add(self, server: str, column: str, check: str, result: str, times: list[float], reason: str = "") -> None:
        self.failures += result == "failed"
        if result == "absent":
            self.reasons.append(f"{server}, {check}: {reason}")
        if self.results:
            self.results[self.title].setdefault(column, []).append(result)
        first = ""
        if len(times) > 1:
            first = f"{min(times):.0f}–{max(times):.0f}, median {statistics.median(times):.0f}"
        elif times:
            first = f"{times[0]:.0f}"
        print(f"{server:20} {check:36} {result:7} {first:22} {reason}".rstrip(), flush=True)

    def markdown(self) -> str:
        """The table for the README: how many checks of each kind held."""
        lines = [
            "| server | name, kind | " + " | ".join(COLUMNS) + " | ok | absent | failed |",
            "|---|---|" + "---|" * (len(COLUMNS) + 3),
        ]
        for title, columns in self.results.items():
            results = [result for found in columns.values() for result in found]
            cells = [self.cell(columns.get(column, [])) for column in COLUMNS]
            numbers = " | ".join(str(results.count(result)) for result in ("ok", "absent", "failed"))
            lines.append(f"| {title} | {self.kinds[title]} | " + " | ".join(cells) + f" | {numbers} |")
        for kind, reason in UNPROVED.items():
            lines.append(f"| absent: {reason} | `{kind}` |" + " – |" * (len(COLUMNS) + 3))
        if self.reasons:
            lines += ["", *textwrap.wrap("Absent: " + "; ".join(self.reasons) + ".", 140, break_long_words=False)]
        return "\n".join(lines) + "\n"

    @staticmethod
    def cell(results: list[str]) -> str:
        if "failed" in results:
            return f"{results.count('failed')} failed"
        return str(results.count("ok")) if "ok" in results else "–"


def run(table: Table, binary: str, name: str, folder: Path) -> None:
    """Starts one server, makes its checks, and stops it."""
    try:
        server = STARTERS[name](folder)
    except StartError as error:
        table.add(name, "", "start", "failed", [], brief(str(error), 400))
        return
    try:
        table.begin(server)
        riffle = Riffle(binary, server, folder)
        for column, title, check in checks_for(server):
            try:
                table.add(name, column, title, "ok", check(riffle) or [])
            except Failed as failure:
                table.add(name, column, title, "failed", [], str(failure))
            except subprocess.TimeoutExpired as error:
                table.add(name, column, title, "failed", [], f"no end after {error.timeout:.0f} s")
            except Exception as error:  # What riffle wrote had another form than the check reads.
                table.add(name, column, title, "failed", [], f"{type(error).__name__}: {brief(str(error))}")
        for title, reason in server.absent.items():
            table.add(name, title, title, "absent", [], reason)
    finally:
        server.stop()


def write_readme(path: Path, table: str) -> None:
    """Puts the table between its marks."""
    text = path.read_text(encoding="utf-8")
    begin, end = "<!-- interop: begin -->\n", "<!-- interop: end -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(before + begin + table + end + after, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/interop")
    parser.add_argument("--readme", type=Path, help="the file that gets the table")
    parser.add_argument("binary", type=Path)
    parser.add_argument("names", nargs="+", choices=STARTERS)
    asked = parser.parse_args()
    # Ending by a signal stops the servers too; set also where the caller had the signal ignored.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, _: sys.exit(128 + number))
    table = Table()
    with tempfile.TemporaryDirectory(prefix="riffle-interop-") as place:
        for name in asked.names:
            folder = Path(place) / name
            folder.mkdir()
            run(table, str(asked.binary.resolve()), name, folder)
    print()
    print(table.markdown())
    if asked.readme:
        write_readme(asked.readme, table.markdown())
    print(f"{table.failures} failed" if table.failures else "all ok")
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
