"""Starts the servers, makes every check against each, prints a table, and stops everything."""

import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import checks
import screen
from riffle import Failed, Riffle, brief
from servers import STARTERS, Server, StartError

Check = Callable[[Riffle], list[float] | None]


def checks_for(server: Server) -> list[tuple[str, Check]]:
    """All checks of one server by name, in the order in which they are made."""
    refusals = {refusal.name: partial(checks.refused, name=refusal.name) for refusal in server.refusals}
    listed: list[tuple[str, Check]] = [
        ("config and doctor", checks.doctor),
        ("models", checks.models),
        ("streaming without riffle", checks.without_riffle),
        ("ask: 5 turns streaming", checks.five_streamed_turns),
        ("ask: 5 turns whole", checks.five_whole_turns),
        ("ask --json streaming", checks.json_streamed),
        ("ask --json whole", checks.json_whole),
        ("ask --json whole, going on", checks.json_whole_going_on),
        ("ask: stop, SIGINT", checks.stopped_by_interrupt),
        ("ask: stop, SIGTERM", checks.stopped_by_terminate),
        ("ask --json: stop, SIGINT", checks.stopped_as_json),
        ("ask: reader goes away", checks.reader_goes_away),
        *((f"ask: {name}", check) for name, check in refusals.items()),
    ]
    if any(refusal.kinds == ("rate_limited",) for refusal in server.refusals):
        listed.append(("ask: tries again", checks.tries_again))
    listed += [
        ("screen: 5 turns streaming", screen.five_streamed_turns),
        ("screen: 5 turns whole", screen.five_whole_turns),
        ("screen: Esc in the middle", screen.stopped),
        (f"screen: {server.refusals[0].name}", screen.refused),
        ("screen: pick a model", screen.picked_model),
    ]
    return listed


class Table:
    """Rows that are printed as they come."""

    def __init__(self) -> None:
        self.failures = 0
        print(f"{'server':8} {'check':28} {'result':7} {'first text, ms':22} reason", flush=True)

    def add(self, server: str, check: str, result: str, times: list[float], reason: str = "") -> None:
        self.failures += result == "failed"
        first = ""
        if len(times) > 1:
            first = f"{min(times):.0f}–{max(times):.0f}, median {statistics.median(times):.0f}"
        elif times:
            first = f"{times[0]:.0f}"
        print(f"{server:8} {check:28} {result:7} {first:22} {reason}".rstrip(), flush=True)


def run(table: Table, binary: str, name: str, folder: Path) -> None:
    """Starts one server, makes its checks, and stops it."""
    try:
        server = STARTERS[name](folder)
    except StartError as error:
        table.add(name, "start", "failed", [], brief(str(error), 400))
        return
    try:
        riffle = Riffle(binary, server, folder)
        for title, check in checks_for(server):
            try:
                table.add(name, title, "ok", check(riffle) or [])
            except Failed as failure:
                table.add(name, title, "failed", [], str(failure))
            except subprocess.TimeoutExpired as error:
                table.add(name, title, "failed", [], f"no end after {error.timeout:.0f} s")
            except Exception as error:  # What riffle wrote had another form than the check reads.
                table.add(name, title, "failed", [], f"{type(error).__name__}: {brief(str(error))}")
        for title, reason in server.absent.items():
            table.add(name, title, "absent", [], reason)
    finally:
        server.stop()


def main() -> int:
    binary, names = sys.argv[1], sys.argv[2:]
    # Ending by a signal stops the servers too; set also where the caller had the signal ignored.
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda number, _: sys.exit(128 + number))
    table = Table()
    with tempfile.TemporaryDirectory(prefix="riffle-interop-") as place:
        for name in names:
            folder = Path(place) / name
            folder.mkdir()
            run(table, str(Path(binary).resolve()), name, folder)
    print(f"{table.failures} failed" if table.failures else "all ok")
    return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
