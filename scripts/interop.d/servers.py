"""The servers riffle is proved against: how each is started, and what is true of it."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import tiny_model
from brain import STORY

SENTENCE = "The quick brown fox jumps over the lazy dog, and the dog does not mind."

START_SECONDS = 240
# A proxy of the environment must not come between.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Refusal:
    """A request the server refuses, and how riffle has to tell it."""

    name: str
    profile: str
    kinds: tuple[str, ...]
    words: str
    prompt: str = "hello"
    # The server begins a stream with status 200 and breaks it off without a word; only a whole answer is refused.
    is_mute_when_streaming: bool = False
    # Whether something of an answer has come before, which is kept.
    has_partial: bool = False


@dataclass
class Server:
    """A running server and what is known of it."""

    name: str
    url: str
    # Empty for servers that want none.
    key: str
    models: list[str]
    process: subprocess.Popen
    log: Path
    # By profile name; what the config says of each.
    profiles: dict[str, dict]
    refusals: list[Refusal]
    # The whole answer of the profiles "talk" and "long", if it is always the same.
    answers: dict[str, str] = field(default_factory=dict)
    # The modes in which the tokens of the prompt are counted by the server, so that they grow with the conversation.
    counted: frozenset[str] = frozenset()
    # What the server does not offer, by the name of the check.
    absent: dict[str, str] = field(default_factory=dict)
    # How riffle speaks with it: the kind of its provider and further settings, and other providers by name.
    kind: str = "openai"
    settings: dict = field(default_factory=dict)
    providers: dict[str, dict] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    # For people: what answers, in which version, and as what.
    title: str = ""
    # Whether it lists its models; counts the tokens of a prompt; remembers what was said without being told again.
    lists_models: bool = True
    counts_prompts: bool = True
    # Whether the answers are those of `brain`: they show what was remembered.
    has_brain: bool = False
    # Whether tools run at the server; None where the stand-in calls none.
    runs_tools: bool | None = None
    # Whether a text comes in pieces; whether tools are told in a whole answer, too.
    streams_text: bool = True
    tools_whole: bool = True
    # In how many events a whole answer is told: more than one where a tool has run before it.
    whole_chunks: int = 1
    # Further checks by column and name.
    checks: list = field(default_factory=list)
    # The address that tells that the server is up.
    health: str = "/models"
    # What runs beside the server.
    companions: list[subprocess.Popen] = field(default_factory=list)

    def request(self, path: str, body: dict | None = None) -> urllib.request.Request:
        """A request with the right key."""
        return urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )

    def first_texts_without_riffle(self, questions: list[str]) -> list[float]:
        """Milliseconds from a bare streaming request to its first text, for each question of one conversation.

        What riffle's times are to be held against.
        """
        settings = {key: value for key, value in self.profiles["talk"].items() if key != "provider"}
        messages: list[dict] = []
        times = []
        for question in questions:
            messages.append({"role": "user", "content": question})
            began, texts = time.monotonic(), []
            body = {**settings, "stream": True, "messages": messages}
            with OPENER.open(self.request("/chat/completions", body), timeout=60) as response:
                for line in response:
                    if not line.startswith(b"data: {"):
                        continue
                    text = json.loads(line[6:])["choices"][0]["delta"].get("content")
                    if not text:
                        continue
                    if not texts:
                        times.append((time.monotonic() - began) * 1000)
                    texts.append(text)
            messages.append({"role": "assistant", "content": "".join(texts)})
        return times

    def stop(self) -> None:
        """Ends the server and all it started."""
        for process in (self.process, *self.companions):
            for sign, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
                try:
                    os.killpg(process.pid, sign)
                    process.wait(seconds)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
            process.wait()


class StartError(Exception):
    """The server did not come up."""


def start_litellm(folder: Path) -> Server:
    """The LiteLLM proxy with mock answers, behind a master key."""
    answers = {"talk": SENTENCE, "long": STORY, "other": "Another model says this."}
    failures = {
        "crowded": "litellm.RateLimitError",
        "broken": "litellm.InternalServerError",
        "narrow": "litellm.ContextWindowExceededError",
        "snapped": "Exception: mock_streaming_error",
    }
    models = {**answers, **failures}
    key = "sk-" + secrets.token_hex(16)
    # JSON is YAML, so nothing has to be quoted by hand.
    (folder / "litellm.yaml").write_text(
        json.dumps(
            {
                "model_list": [
                    {
                        "model_name": name,
                        "litellm_params": {"model": f"openai/{name}", "api_key": "none", "mock_response": text},
                    }
                    for name, text in models.items()
                ],
                "litellm_settings": {"telemetry": False, "num_retries": 0},
                "router_settings": {"num_retries": 0, "disable_cooldowns": True},
                "general_settings": {"master_key": key},
            }
        )
    )
    port = free_port()
    process, log = launch(
        "litellm",
        [
            str(Path(sys.executable).parent / "litellm"),
            *("--config", "litellm.yaml", "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"),
        ],
        folder,
        # The list of prices comes with the package; without this it is fetched.
        {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False"},
    )
    server = Server(
        name="litellm",
        url=f"http://127.0.0.1:{port}/v1",
        key=key,
        models=list(models),
        process=process,
        log=log,
        profiles={
            **{name: {"model": name} for name in models},
            "missing": {"model": "no-such-model"},
            "wrong-key": {"provider": "wrong-key", "model": "talk"},
            "no-key": {"provider": "no-key", "model": "talk"},
        },
        refusals=[
            Refusal("rate limit", "crowded", ("rate_limited",), "this is a mock rate limit error"),
            Refusal("server error", "broken", ("server",), "this is a mock internal server error"),
            Refusal("prompt too long", "narrow", ("bad_request", "too_large"), "mock context window exceeded"),
            Refusal("error in the stream", "snapped", ("server", "overloaded"), "mock error raised mid-stream"),
            Refusal("unknown model", "missing", ("not_found", "bad_request"), "Invalid model name"),
            # Without a database the proxy cannot look a strange key up, and says just that, with status 400.
            Refusal("wrong key", "wrong-key", ("unauthorized", "bad_request"), "No connected db"),
            Refusal("no key", "no-key", ("unauthorized",), "No api key passed in"),
        ],
        answers=answers,
        counted=frozenset({"stream"}),
        title=f"LiteLLM {version_of('litellm')}, Chat Completions, its own mock answers",
    )
    wait_for(server)
    return server


def start_llama(folder: Path) -> Server:
    """The server of llama-cpp-python with a tiny random model, under three names, behind a key."""
    weights = folder / "tiny.gguf"
    tiny_model.write(str(weights), 32768)
    key = "sk-" + secrets.token_hex(16)
    port = free_port()
    contexts = {"babble": 32768, "murmur": 8192, "narrow": 256}
    (folder / "llama.json").write_text(
        json.dumps(
            {
                "host": "127.0.0.1",
                "port": port,
                "api_key": key,
                "models": [
                    {
                        "model": str(weights),
                        "model_alias": name,
                        "n_ctx": context,
                        "n_threads": 1,
                        "n_threads_batch": 1,
                        "verbose": False,
                    }
                    for name, context in contexts.items()
                ],
            }
        )
    )
    command = [sys.executable, "-m", "llama_cpp.server", "--config_file", "llama.json"]
    process, log = launch("llama", command, folder, {})
    server = Server(
        name="llama",
        url=f"http://127.0.0.1:{port}/v1",
        key=key,
        models=list(contexts),
        process=process,
        log=log,
        profiles={
            "talk": {"model": "babble", "max_tokens": 24, "temperature": 0.0},
            "long": {"model": "babble", "max_tokens": 30000, "temperature": 0.8},
            "other": {"model": "murmur", "max_tokens": 24, "temperature": 0.0},
            "narrow": {"model": "narrow", "max_tokens": 24},
            "wrong-key": {"provider": "wrong-key", "model": "babble"},
            "no-key": {"provider": "no-key", "model": "babble"},
        },
        refusals=[
            Refusal("wrong key", "wrong-key", ("unauthorized",), "Invalid API key"),
            Refusal("no key", "no-key", ("unauthorized",), "Invalid API key"),
            Refusal(
                "prompt too long",
                "narrow",
                ("bad_request", "too_large"),
                "maximum context length is 256 tokens",
                prompt="a long question " * 40,
                is_mute_when_streaming=True,
            ),
        ],
        counted=frozenset({"whole"}),
        title=f"llama-cpp-python {version_of('llama-cpp-python')}, Chat Completions",
        absent={"unknown model": "the server answers with its first model whatever name it is given"},
    )
    wait_for(server)
    return server


def launch(name: str, command: list[str], folder: Path, extra: dict[str, str]) -> tuple[subprocess.Popen, Path]:
    """Starts a server as the leader of its own process group, with nothing of the caller's environment but the path."""
    log = folder / f"{name}.log"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **extra}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return process, log


def version_of(package: str, python: str = sys.executable) -> str:
    """The version of an installed package."""
    words = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    return subprocess.run([python, "-c", words, package], capture_output=True, check=True, text=True).stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(server: Server) -> None:
    """Returns when the server answers, mostly with its models."""
    deadline = time.monotonic() + START_SECONDS
    reason = "it does not listen"
    try:
        while time.monotonic() < deadline:
            if server.process.poll() is not None:
                raise StartError(f"it ended with status {server.process.returncode}: {last_words(server.log)}")
            try:
                with OPENER.open(server.request(server.health), timeout=5) as response:
                    json.load(response)
                    return
            except (OSError, ValueError) as error:
                reason = str(error)
            time.sleep(0.2)
        raise StartError(f"not ready after {START_SECONDS} s: {reason}")
    except BaseException:
        server.stop()
        raise


def last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "without a word"
