"""What is proved of the full screen: riffle in a pseudo-terminal, its bytes read by a terminal emulator."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable

import pyte

import brain
from checks import QUESTIONS, TURNS, expect_partial, expect_turns
from riffle import Failed, Riffle, brief, expect, text_of

COLUMNS, ROWS = 100, 40
DEADLINE = 60
# The first word of the status bar, by the status of the answer.
ENDINGS = {"complete": "done", "stopped": "stopped", "failed": "failed", "incomplete": "incomplete"}
CONTROL_D, CONTROL_X, ESCAPE = "\x04", "\x18", "\x1b"


class Emulator(pyte.Screen):
    """The emulator's screen, with what xterm has beyond it: scrolling a region, and repeating a character."""

    last = " "

    def draw(self, data: str) -> None:
        super().draw(data)
        self.last = data[-1:] or self.last

    def scroll_up(self, count: int = 1) -> None:
        self.at_top_of_region(self.delete_lines, count)

    def scroll_down(self, count: int = 1) -> None:
        self.at_top_of_region(self.insert_lines, count)

    def repeat(self, count: int = 1) -> None:
        self.draw(self.last * max(1, count))

    def at_top_of_region(self, change: Callable[[int], None], count: int) -> None:
        column, row = self.cursor.x, self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        change(max(1, count))
        self.cursor.x, self.cursor.y = column, row


class EmulatorStream(pyte.ByteStream):
    """The emulator's parser, with the sequences for that."""

    csi = {**pyte.ByteStream.csi, "S": "scroll_up", "T": "scroll_down", "b": "repeat"}
    events = pyte.ByteStream.events | {"scroll_up", "scroll_down", "repeat"}


class Terminal:
    """riffle on a screen of its own; leaves nothing running."""

    def __init__(self, riffle: Riffle, *arguments: str) -> None:
        self.riffle = riffle
        self.screen = Emulator(COLUMNS, ROWS)
        self.stream = EmulatorStream(self.screen)
        self.received = b""
        self.status: int | None = None
        command = riffle.command("", *arguments)
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            try:
                os.execve(command[0], command, riffle.environment)
            finally:
                os._exit(127)
        # What the emulator answers to riffle's questions about the terminal.
        self.screen.write_process_input = lambda text: os.write(self.terminal, text.encode())
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

    def __enter__(self) -> "Terminal":
        self.wait("the first frame", lambda: "ready" in self.bottom)
        return self

    def __exit__(self, *_: object) -> None:
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def bottom(self) -> str:
        return self.lines[-1]

    @property
    def state(self) -> str:
        """The first word of the status bar."""
        return (self.bottom.split() or [""])[0]

    @property
    def conversation(self) -> str:
        """The ID in the title line."""
        return self.lines[0].split()[0]

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def enter(self, text: str) -> None:
        """Types a line, waits until it stands in the composer, and sends it."""
        self.type(text)
        self.wait(f"“{text}” in the composer", lambda: any(line.endswith(text) for line in self.lines[-6:]))
        self.type("\r")

    def wait(self, what: str, holds: Callable[[], bool]) -> None:
        """Reads the screen until `holds`."""
        deadline = time.monotonic() + DEADLINE
        while not holds():
            if time.monotonic() > deadline:
                shown = " | ".join(line.strip() for line in self.lines if line)
                raise Failed(f"waited for {what}; the screen shows: {brief(shown, 400)}")
            # Looked at ten times a second: to look is slow, and would take the processor from riffle and the server.
            next_look = time.monotonic() + 0.1
            while (rest := next_look - time.monotonic()) > 0:
                if not self.read(rest):
                    raise Failed(f"riffle ended, status {self.status}, while waiting for {what}")

    def read(self, seconds: float) -> bool:
        """Takes what has come; false when riffle has ended."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            data = b""
        if not data:
            _, status = os.waitpid(self.process, 0)
            self.status = os.waitstatus_to_exitcode(status)
            return False
        self.received += data
        self.stream.feed(data)
        return True

    def wait_for_answer(self, number: int, question: str, status: str = "complete") -> dict:
        """Waits until the answer of that number is kept with that status, and returns it."""
        found: list[dict] = []

        def answered() -> bool:
            # Only then is it looked up, so that the look-up does not take time from the answer. Until the question is
            # shown the status bar speaks of the answer before it; the first one may have been scrolled away.
            is_shown = number == 1 or len(lines_below(self.lines, question)) >= 2
            if self.state not in ENDINGS.values() or not is_shown:
                return False
            found[:] = self.riffle.answers(self.conversation)
            return len(found) == number and found[-1]["status"] not in ("streaming",)

        self.wait(f"answer {number}", answered)
        expect(found[-1]["status"] == status, f"answer {number} is {found[-1]['status']}")
        self.wait(f"“{ENDINGS[status]}” in the status bar", lambda: self.state == ENDINGS[status])
        return found[-1]

    def leave(self) -> None:
        """Leaves as a user does, and expects the terminal as it was."""
        self.type(CONTROL_D)
        deadline = time.monotonic() + DEADLINE
        while self.read(0.05):
            expect(time.monotonic() < deadline, f"ctrl+D does not end it; the last line is: {self.bottom}")
        expect(self.status == 0, f"exit status {self.status}")
        expect(b"\x1b[?1049l" in self.received, "the alternate screen is not left")
        expect(b"\x1b[?25h" in self.received or b"\x1b[?25l" not in self.received, "the cursor stays hidden")


def five_streamed_turns(riffle: Riffle) -> list[float]:
    return five_turns(riffle, "stream")


def five_whole_turns(riffle: Riffle) -> list[float]:
    return five_turns(riffle, "whole")


def five_turns(riffle: Riffle, mode: str) -> list[float]:
    with Terminal(riffle) as terminal:
        conversation = terminal.conversation
        if mode == "whole":
            terminal.enter("/stream off")
            terminal.wait("the word that answers come whole", lambda: "not streaming" in terminal.bottom)
        for number in range(1, TURNS + 1):
            question = QUESTIONS[number - 1]
            terminal.enter(question)
            answer = terminal.wait_for_answer(number, question)
            last = text_of(answer).split()[-1]
            terminal.wait(
                f"the answer to “{question}”",
                lambda: any(last in line for line in lines_below(terminal.lines, question)),
            )
        terminal.leave()
    expect_turns(riffle, conversation, mode)
    return [message["metrics"]["first_text_ms"] for message in riffle.answers(conversation)]


def chunks(terminal: Terminal) -> int:
    """The number of chunks in the status bar."""
    found = re.search(r"([\d,.]+) chunks", terminal.bottom)
    return int(re.sub(r"\D", "", found[1])) if found else 0


def lines_below(lines: list[str], question: str) -> list[str]:
    """The lines with text below the last one that ends the question, without the composer and the status bar."""
    places = [index for index, line in enumerate(lines[:-2]) if line.endswith(question)]
    return [line for line in lines[places[-1] + 1 : -2] if line] if places else []


def stopped(riffle: Riffle) -> list[float]:
    with Terminal(riffle, "--profile", "long") as terminal:
        conversation = terminal.conversation
        terminal.enter("a long story")
        terminal.wait("an answer being written", lambda: "writing" in terminal.bottom and chunks(terminal) >= 20)
        terminal.type(ESCAPE)
        message = terminal.wait_for_answer(1, "a long story", "stopped")
        expect_partial(riffle, conversation)
        word = text_of(message).split()[-2]
        terminal.wait("the text that had come", lambda: any(word in line for line in terminal.lines[:-2]))
        terminal.wait("the word that it was stopped", lambda: "stopped" in terminal.text)
        # The conversation goes on from there.
        if "other" not in riffle.server.profiles:
            terminal.enter("go on")
            terminal.wait_for_answer(2, "go on")
            terminal.leave()
            return [message["metrics"]["first_text_ms"]]
        terminal.enter(f"/model {riffle.server.profiles['other']['model']}")
        terminal.wait("the other model", lambda: f"lab/{riffle.server.profiles['other']['model']}" in terminal.lines[0])
        if "max_tokens" in riffle.server.profiles["other"]:
            terminal.enter(f"/set max_tokens {riffle.server.profiles['other']['max_tokens']}")
            terminal.wait("an empty composer", lambda: "/set" not in terminal.text)
        terminal.enter("go on")
        terminal.wait_for_answer(2, "go on")
        terminal.leave()
    return [message["metrics"]["first_text_ms"]]


def refused(riffle: Riffle) -> None:
    refusal = riffle.server.refusals[0]
    with Terminal(riffle, "--profile", refusal.profile) as terminal:
        terminal.type(refusal.prompt)
        terminal.wait("the prompt in the composer", lambda: refusal.prompt.split()[-1] in terminal.text)
        terminal.type("\r")
        status = "incomplete" if refusal.has_partial else "failed"
        message = terminal.wait_for_answer(1, refusal.prompt.split()[-1], status)
        expect(message["error"]["kind"] in refusal.kinds, f"kept as {message['error']}")
        # Words may be broken over lines.
        terminal.wait(
            "the server's words", lambda: refusal.words.replace(" ", "") in "".join(terminal.text.split())
        )
        terminal.leave()


def tool(riffle: Riffle) -> None:
    """The call stands on the screen with its arguments, and is kept."""
    with Terminal(riffle, "--profile", "tools") as terminal:
        terminal.enter("the weather in Paris?")
        message = terminal.wait_for_answer(1, "the weather in Paris?")
        terminal.wait("the tool's name", lambda: brain.TOOL in terminal.text)
        terminal.wait("what the tool was given", lambda: brain.ARGUMENTS["location"] in below_tool(terminal.lines))
        kinds = [part["type"] for part in message["parts"]]
        expect("tool_call" in kinds, f"kept are {kinds}")
        terminal.leave()


def below_tool(lines: list[str]) -> str:
    """The text from the tool's row on."""
    places = [index for index, line in enumerate(lines) if brain.TOOL in line]
    return "\n".join(lines[places[0] :]) if places else ""


def picked_model(riffle: Riffle) -> list[float]:
    other = riffle.server.profiles["other"]["model"]
    with Terminal(riffle) as terminal:
        terminal.type(CONTROL_X + "m")
        # Long names are cut.
        terminal.wait("all models", lambda: all(name[:30] in terminal.text for name in riffle.server.models))
        terminal.type(other)
        first = f" {riffle.server.models[0]} "
        terminal.wait("only the model that was typed", lambda: not any(first in row for row in terminal.lines[2:-2]))
        terminal.type("\r")
        terminal.wait("the model in the title", lambda: f"lab/{other}" in terminal.lines[0])
        terminal.enter("hello")
        message = terminal.wait_for_answer(1, "hello")
        expect(message["model"] == other, f"{message['model']} answered")
        known = riffle.server.answers.get("other")
        expect(known is None or text_of(message) == known, f"it said “{brief(text_of(message))}”")
        terminal.leave()
    return [message["metrics"]["first_text_ms"]]
