"""Runs the riffle that is to be proved, with a configuration, a home and an environment of its own."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from servers import Server

TIMEOUT = 120


class Failed(Exception):
    """A check did not hold; says what was found."""


def expect(holds: bool, reason: str) -> None:
    """Fails the check unless `holds`."""
    if not holds:
        raise Failed(reason)


@dataclass
class Outcome:
    """How a command ended."""

    status: int
    output: str
    notices: str

    def expect_status(self, *allowed: int) -> "Outcome":
        """Itself, if its exit status is one of those."""
        words = " or ".join(str(status) for status in allowed)
        said = brief(self.notices or self.output)
        expect(self.status in allowed, f"exit status {self.status} instead of {words}: {said}")
        return self


class Riffle:
    """The binary, set up for one server."""

    def __init__(self, binary: str, server: Server, folder: Path) -> None:
        self.binary = binary
        self.server = server
        self.configuration = folder / "config.toml"
        self.data = folder / "data"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "GOOD_KEY": server.key,
            "WRONG_KEY": "sk-not-a-key",
            **server.environment,
        }
        self.configuration.write_text(self._configuration())

    def _configuration(self) -> str:
        server = self.server
        key = {"api_key_env": "GOOD_KEY"} if server.key else {}
        providers = {
            "lab": {**key, "retries": 0},
            "patient": {**key, "retries": 1},
            "wrong-key": {"api_key_env": "WRONG_KEY", "retries": 0},
            "no-key": {"retries": 0},
            **{name: {"retries": 0, **settings} for name, settings in server.providers.items()},
        }
        address = {"base_url": server.url}
        if not server.settings.keys().isdisjoint({"base_url", "endpoint_url"}):
            address = {}
        lines = ['profile = "talk"', ""]
        for name, settings in providers.items():
            lines.append(f"[providers.{name}]")
            lines += toml({"kind": server.kind, **address, **server.settings, **settings})
        for name, settings in self.server.profiles.items():
            lines.append(f"[profiles.{name}]")
            lines += toml({"provider": "lab", **settings})
            if "provider" not in settings:
                lines.append(f"[profiles.patient-{name}]")
                lines += toml({"provider": "patient", **settings})
        return "\n".join(lines) + "\n"

    def command(self, verb: str, *arguments: str) -> list[str]:
        """The words of a command such as `ask` or `config check`; without a verb those of the full screen."""
        return [self.binary, *verb.split(), "--config", str(self.configuration), "--data", str(self.data), *arguments]

    def run(self, verb: str, *arguments: str, **variables: str) -> Outcome:
        """Runs a command to its end; `variables` are added to the environment."""
        done = subprocess.run(
            self.command(verb, *arguments),
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, verb: str, *arguments: str) -> subprocess.Popen:
        """Starts a command and leaves it running."""
        return subprocess.Popen(
            self.command(verb, *arguments),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def show(self, conversation: str) -> list[dict]:
        """The messages of a conversation."""
        return json.loads(self.run("show", conversation, "--json").expect_status(0).output)["messages"]

    def answers(self, conversation: str) -> list[dict]:
        """What the model said in a conversation."""
        return [message for message in self.show(conversation) if message["role"] == "assistant"]


def toml(settings: dict) -> list[str]:
    """Lines of a table."""
    return [f"{key} = {inline(value)}" for key, value in settings.items()] + [""]


def inline(value: object) -> str:
    """A value on one line; strings, numbers and booleans are written alike in JSON and TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {inline(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def text_of(message: dict) -> str:
    """The text of a message, without thinking and tools."""
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


def brief(text: str, limit: int = 160) -> str:
    """A text on one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
