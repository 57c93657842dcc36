"""What is proved of the commands without a screen. A check returns times to the first text, if it measured any."""

import json
import os
import signal
import subprocess
import time

import brain
from riffle import Failed, Outcome, Riffle, brief, expect, text_of

TURNS = 5
QUESTIONS = [f"question number {number}" for number in range(1, TURNS + 1)]
REFUSED, CUT_OFF = 3, 4
ORDER = {
    "start": 0,
    **dict.fromkeys(("thinking", "text", "tool_call", "tool_result", "retry"), 1),
    "usage": 2,
    "metrics": 3,
    **dict.fromkeys(("finish", "error"), 4),
}


def without_riffle(riffle: Riffle) -> list[float]:
    times = riffle.server.first_texts_without_riffle(QUESTIONS)
    expect(len(times) == TURNS, f"{len(times)} of {TURNS} requests got text")
    return times


def in_plain(text: str) -> str:
    """A text as it is written to a pipe: control characters in caret form, which a small model does produce."""
    return "".join(
        f"^{chr(ord(c) ^ 0x40)}" if (ord(c) < 0x20 and c not in "\t\n") or ord(c) == 0x7F else c for c in text
    )


def five_streamed_turns(riffle: Riffle) -> list[float]:
    return five_turns(riffle, "turns1", "stream", [])


def five_whole_turns(riffle: Riffle) -> list[float]:
    return five_turns(riffle, "turns2", "whole", ["--no-stream"])


def five_turns(riffle: Riffle, conversation: str, mode: str, flags: list[str]) -> list[float]:
    said = []
    for number, question in enumerate(QUESTIONS):
        place = ["-c", conversation] if number else ["--id", conversation]
        answer = riffle.run("ask", *place, *flags, question).expect_status(0)
        expect(answer.output.endswith("\n"), f"turn {number + 1}: no newline at the end")
        said.append(answer.output)
    expect_turns(riffle, conversation, mode, said)
    return [message["metrics"]["first_text_ms"] for message in riffle.answers(conversation)]


def expect_turns(riffle: Riffle, conversation: str, mode: str, said: list[str] | None = None) -> None:
    """Expects five complete turns that were asked for in that mode, with the answers that were written out."""
    messages = riffle.show(conversation)
    roles = [message["role"] for message in messages]
    expect(roles == ["user", "assistant"] * TURNS, f"roles are {roles}")
    asked = [text_of(message) for message in messages[::2]]
    expect(asked == QUESTIONS, f"kept as questions: {asked}")
    for number, message in enumerate(messages[1::2]):
        turn, text, metrics = f"turn {number + 1}", text_of(message), message["metrics"]
        expect(message["status"] == "complete", f"{turn} is {message['status']}")
        expect(text != "", f"{turn} has no text")
        if said is not None:
            written = in_plain(text if text.endswith("\n") else text + "\n")
            expect(said[number] == written, f"{turn}: kept “{brief(text)}”, written “{brief(said[number])}”")
        known = riffle.server.answers.get("talk")
        expect(known is None or text == known, f"{turn}: “{brief(text)}” is not what the server says")
        if mode == "whole":
            expect(metrics["chunks"] == riffle.server.whole_chunks, f"{turn} came in {metrics['chunks']} chunks: it was not asked for whole")
        else:
            streamed = metrics["chunks"] > 1 or not riffle.server.streams_text
            expect(streamed, f"{turn} came in {metrics['chunks']} chunks: it was not streamed")
    if mode in riffle.server.counted:
        counts = [message["usage"]["input_tokens"] for message in messages[1::2]]
        expect(counts == sorted(set(counts)), f"input tokens {counts} do not grow: the history is not sent")


def json_streamed(riffle: Riffle) -> list[float]:
    return json_events(riffle, ["--id", "json1"], streams=True)


def json_whole(riffle: Riffle) -> list[float]:
    return json_events(riffle, ["--id", "json2", "--no-stream"], streams=False)


def json_whole_going_on(riffle: Riffle) -> list[float]:
    riffle.run("ask", "--id", "json3", "first").expect_status(0)
    return json_events(riffle, ["-c", "json3", "--no-stream"], streams=False)


def json_events(riffle: Riffle, flags: list[str], streams: bool) -> list[float]:
    began = time.monotonic()
    outcome = riffle.run("ask", "--json", *flags, "tell me").expect_status(0)
    wall = (time.monotonic() - began) * 1000
    events = events_of(outcome)
    expect(events[0]["stream"] is streams, f"start says stream {events[0]['stream']}")
    expect(events[-1]["type"] == "finish", f"the end is {events[-1]}")
    expect(events[-1]["reason"] in ("stop", "length"), f"the reason is {events[-1]['reason']}")
    texts = [event["delta"] for event in events if event["type"] == "text"]
    conversation = flags[1]
    kept = text_of(riffle.answers(conversation)[-1])
    expect("".join(texts) == kept, "the deltas do not join to the kept text")
    if "-c" not in flags:
        plain = riffle.run("ask", "--no-save", *flags[2:], "tell me").expect_status(0).output
        expect(in_plain("".join(texts)).removesuffix("\n") == plain.removesuffix("\n"), f"JSON has “{brief(kept)}”, plain “{brief(plain)}”")
    metrics = next(event for event in events if event["type"] == "metrics")
    expect_metrics(metrics, texts, wall, streams and riffle.server.streams_text, riffle.server.whole_chunks)
    for usage in (event for event in events if event["type"] == "usage"):
        for name in ("input_tokens", "output_tokens"):
            expected = isinstance(usage[name], int) and usage[name] > 0
            if name == "input_tokens" and not riffle.server.counts_prompts:
                expected = expected or usage[name] is None
            expect(expected, f"{name} is {usage[name]}")
        expect(isinstance(usage["estimated"], bool), f"estimated is {usage['estimated']}")
    return [metrics["first_text_ms"]]


def expect_metrics(metrics: dict, texts: list[str], wall: float, streams: bool, whole_chunks: int) -> None:
    chunks = metrics["chunks"]
    expect(chunks > 1 if streams else chunks == whole_chunks, f"{chunks} chunks")
    expect(metrics["characters"] == len("".join(texts)), f"{metrics['characters']} characters of {len(''.join(texts))}")
    expect(metrics["bytes"] >= metrics["characters"], f"{metrics['bytes']} bytes")
    average = metrics["characters"] / chunks
    expect(abs(metrics["average_chunk_characters"] - average) < 0.1, f"average {metrics['average_chunk_characters']}")
    times = [0, metrics["first_chunk_ms"], metrics["first_text_ms"], metrics["total_ms"], wall]
    expect(times == sorted(times), f"first chunk, first text, total and wall time are {times[1:]}")
    gaps = list(metrics["gap_ms"].values())
    expect(gaps == sorted(gaps) if streams or whole_chunks > 1 else gaps == [None] * 4, f"gaps are {gaps}")
    expect(metrics["http_version"] == "1.1", f"HTTP version {metrics['http_version']}")
    expect(metrics["phases_ms"]["tls"] in (None, 0), f"TLS took {metrics['phases_ms']['tls']} ms without TLS")
    expect(metrics["retries"] == 0, f"{metrics['retries']} retries")


def events_of(outcome: Outcome) -> list[dict]:
    """The events of `ask --json`, in an order that is allowed."""
    try:
        events = [json.loads(line) for line in outcome.output.splitlines()]
    except ValueError as error:
        raise Failed(f"not JSON: {error}: {brief(outcome.output)}") from error
    types = [event["type"] for event in events]
    unknown = set(types) - ORDER.keys()
    expect(not unknown, f"unknown types {unknown}")
    ranks = [ORDER[name] for name in types]
    expect(ranks == sorted(ranks), f"types come as {brief(' '.join(types))}")
    for rank, most in ((0, 1), (2, 1), (3, 1), (4, 1)):
        expect(ranks.count(rank) <= most, f"types come as {brief(' '.join(types))}")
    expect({0, 3, 4} <= set(ranks), f"start, metrics or the end are missing: {brief(' '.join(types))}")
    return events


def stopped_by_interrupt(riffle: Riffle) -> None:
    stopped(riffle, "stop1", signal.SIGINT, 130)


def stopped_by_terminate(riffle: Riffle) -> None:
    stopped(riffle, "stop2", signal.SIGTERM, 143)


def stopped(riffle: Riffle, conversation: str, sign: signal.Signals, status: int) -> None:
    process = riffle.start("ask", "--profile", "long", "--id", conversation, "a long story")
    first = os.read(process.stdout.fileno(), 1)
    while first and len(first) < 200:
        first += os.read(process.stdout.fileno(), 100)
    process.send_signal(sign)
    rest, notices = process.communicate(timeout=30)
    written = (first + rest).decode()
    outcome = Outcome(ended(process, sign), written, notices.decode())
    outcome.expect_status(status)
    expect_partial(riffle, conversation, written.removesuffix("\n"))
    expect(written.endswith("\n"), f"the partial text ends without a newline: “{written[-40:]}”")
    # The server has understood that nobody listens any more.
    riffle.run("ask", "--no-save", "and now?").expect_status(0)


def expect_partial(riffle: Riffle, conversation: str, partial: str | None = None) -> None:
    """Expects the last answer to be stopped in the middle, with the text that had come."""
    message = riffle.answers(conversation)[-1]
    kept = text_of(message)
    expect(message["status"] == "stopped", f"the status is {message['status']}")
    expect(kept != "", "no text is kept")
    written = kept if partial is None else in_plain(kept).removesuffix("\n")
    expect(partial is None or written == partial, f"kept {brief(kept[-20:])}, written {brief((partial or '')[-20:])}")
    whole = riffle.server.answers.get("long")
    expect(whole is None or (whole.startswith(kept) and kept != whole), "what is kept is not a beginning of the answer")


def stopped_as_json(riffle: Riffle) -> None:
    process = riffle.start("ask", "--json", "--profile", "long", "--id", "stop3", "a long story")
    first = b""
    while first.count(b"\n") < 10:
        piece = os.read(process.stdout.fileno(), 4096)
        expect(piece != b"", f"it ended early: {brief(first.decode())}")
        first += piece
    process.send_signal(signal.SIGINT)
    rest, notices = process.communicate(timeout=30)
    outcome = Outcome(ended(process, signal.SIGINT), (first + rest).decode(), notices.decode()).expect_status(130)
    expect_partial(riffle, "stop3")
    events = events_of(outcome)
    expect(events[-1].get("kind") == "cancelled", f"the end is {events[-1]}")
    expect_partial(riffle, "stop3", "".join(event["delta"] for event in events if event["type"] == "text"))


def reader_goes_away(riffle: Riffle) -> None:
    process = riffle.start("ask", "--profile", "long", "--id", "stop4", "a long story")
    os.read(process.stdout.fileno(), 10)
    process.stdout.close()
    process.wait(30)
    notices = process.stderr.read().decode()
    Outcome(ended(process, signal.SIGPIPE), "", notices).expect_status(141)
    expect_partial(riffle, "stop4")


def ended(process: subprocess.Popen, sign: signal.Signals) -> int:
    """The exit status as a shell tells it."""
    return 128 + sign if process.returncode == -sign else process.returncode


def refused(riffle: Riffle, name: str) -> None:
    refusal = next(refusal for refusal in riffle.server.refusals if refusal.name == name)
    for flags in ([], ["--no-stream"]):
        is_mute = refusal.is_mute_when_streaming and not flags
        words = "" if is_mute else refusal.words
        kinds = ("provider", "truncated") if is_mute else refusal.kinds
        status = (REFUSED, CUT_OFF) if is_mute else (REFUSED,)
        common = ["--profile", refusal.profile, *flags, refusal.prompt]

        plain = riffle.run("ask", "--no-save", *common).expect_status(*status)
        expect(plain.output == "" or refusal.has_partial, f"written on standard output: {brief(plain.output)}")
        expect(plain.notices.startswith("riffle: "), f"the notice is “{brief(plain.notices)}”")
        expect(words in plain.notices, f"the server's words are not in: {brief(plain.notices, 300)}")

        last = events_of(riffle.run("ask", "--json", "--no-save", *common).expect_status(*status))[-1]
        expect(last["type"] == "error" and last["kind"] in kinds, f"the end is {brief(str(last), 300)}")
        expect(words in last["message"], f"the server's words are not in: {brief(last['message'], 300)}")

        kept = f"no{len(flags)}" + "".join(letter for letter in refusal.name.lower() if letter.isalpha())
        riffle.run("ask", "--id", kept, *common)
        answer = riffle.answers(kept)[-1]
        partial = ("incomplete",) if refusal.has_partial and answer["parts"] else ()
        expect(answer["status"] in ("failed", *partial), f"the status is {answer['status']}")
        expect(answer.get("error", {}).get("kind") in kinds, f"kept as {answer.get('error')}")


def tries_again(riffle: Riffle) -> None:
    refusal = riffle.server.refusals[0]
    profile = f"patient-{refusal.profile}"
    outcome = riffle.run("ask", "--json", "--no-save", "--profile", profile, refusal.prompt).expect_status(3)
    events = events_of(outcome)
    attempts = [event["attempt"] for event in events if event["type"] == "retry"]
    expect(len(attempts) == 1, f"attempts told: {attempts}")
    metrics = next(event for event in events if event["type"] == "metrics")
    expect(metrics["retries"] == 1, f"metrics say {metrics['retries']} retries")
    expect(events[-1].get("kind") == "rate_limited", f"the end is {events[-1]}")


def remembered_streaming(riffle: Riffle) -> list[float]:
    return remembered(riffle, "memory1", [])


def remembered_whole(riffle: Riffle) -> list[float]:
    return remembered(riffle, "memory2", ["--no-stream"])


def remembered(riffle: Riffle, conversation: str, flags: list[str]) -> list[float]:
    """Expects the second answer to know the first question, and another conversation not to."""
    for number, question in enumerate(("my name is Ada", "what is my name?"), 1):
        place = ["-c", conversation] if number > 1 else ["--id", conversation]
        said = riffle.run("ask", *place, *flags, question).expect_status(0).output.strip()
        expected = brain.reply(["my name is Ada", "what is my name?"][:number])
        expect(said == expected, f"it said “{brief(said)}”, not “{brief(expected)}”")
    said = riffle.run("ask", "--id", conversation + "b", *flags, "and I?").expect_status(0).output.strip()
    expect(said == brain.reply(["and I?"]), f"another conversation is mixed in: “{brief(said)}”")
    return [message["metrics"]["first_text_ms"] for message in riffle.answers(conversation)]


def tool_streaming(riffle: Riffle) -> None:
    tool(riffle, "tool1", [])


def tool_whole(riffle: Riffle) -> None:
    tool(riffle, "tool2", ["--no-stream"])


def tool(riffle: Riffle, conversation: str, flags: list[str], profile: str = "tools") -> None:
    """Expects one call with its arguments; where the server runs tools, also its result and an answer after it."""
    question = "the weather in Paris?"
    events = events_of(
        riffle.run("ask", "--json", "--profile", profile, "--id", conversation, *flags, question).expect_status(0)
    )
    calls = [event for event in events if event["type"] == "tool_call"]
    expect([call["name"] for call in calls] == [brain.TOOL], f"calls are {brief(str(calls))}")
    parts = riffle.answers(conversation)[-1]["parts"]
    kept = [part for part in parts if part["type"] == "tool_call"]
    expect(len(kept) == 1 and kept[0]["name"] == brain.TOOL, f"kept are {brief(str(parts))}")
    # One agent tells the arguments as Python writes them, not as JSON.
    given = calls[0]["arguments"]
    told = given if isinstance(given, dict) else {"as text": given}
    expect(told in (brain.ARGUMENTS, {"as text": str(brain.ARGUMENTS)}), f"arguments are {given}")
    if not riffle.server.runs_tools:
        expect(events[-1].get("reason") == "tool_use", f"the end is {events[-1]}")
        return
    results = [event["content"] for event in events if event["type"] == "tool_result"]
    expect(results == [brain.WEATHER], f"results are {results}")
    said = "".join(event["delta"] for event in events if event["type"] == "text")
    expect(said.strip() == brain.reply([question]), f"it said “{brief(said)}”")
    expect(events[-1].get("reason") == "stop", f"the end is {events[-1]}")


def models(riffle: Riffle) -> None:
    outcome = riffle.run("models", "--provider", "lab").expect_status(0)
    names = [line.split()[0] for line in outcome.output.splitlines()]
    expect(names == [f"lab/{name}" for name in riffle.server.models], f"listed: {names}")
    if riffle.server.key:
        riffle.run("models", "--provider", "wrong-key").expect_status(REFUSED)


def doctor(riffle: Riffle) -> None:
    riffle.run("config check").expect_status(0)
    riffle.run("doctor").expect_status(0)
