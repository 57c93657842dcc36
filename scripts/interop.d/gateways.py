"""LiteLLM's proxy as an endpoint of Anthropic's and of OpenAI's Responses interface.

Its mock answers know neither streams nor tools there, so a stand-in for a model is behind it, and what riffle gets is
what the proxy makes of Chat Completions.
"""

import json
import secrets
import sys
from pathlib import Path

import brain
from servers import Refusal, Server, free_port, launch, version_of, wait_for

FUNCTION = {"name": brain.TOOL, "description": brain.TOOL_WORDS, "parameters": brain.TOOL_SCHEMA}
ANTHROPIC_TOOLS = [{"name": brain.TOOL, "description": brain.TOOL_WORDS, "input_schema": brain.TOOL_SCHEMA}]


def start_chat(folder: Path) -> Server:
    """As what it is most: Chat Completions, with a stand-in that streams tool calls."""
    return start(folder, "openai", "Chat Completions", [{"type": "function", "function": FUNCTION}])


def start_messages(folder: Path) -> Server:
    return start(folder, "anthropic", "/v1/messages", ANTHROPIC_TOOLS)


def start_responses(folder: Path) -> Server:
    return start(folder, "openai-responses", "/v1/responses", [{"type": "function", **FUNCTION}])


def start(folder: Path, kind: str, interface: str, tools: list[dict]) -> Server:
    here = Path(__file__).parent
    upstream_port, port = free_port(), free_port()
    key = "sk-" + secrets.token_hex(16)
    models = ["talk", "other", "crowded", "broken", "narrow", "snapped"]
    (folder / "litellm.yaml").write_text(
        json.dumps(
            {
                "model_list": [
                    {
                        "model_name": name,
                        # A provider that has Chat Completions alone, so that the proxy has to translate.
                        "litellm_params": {
                            "model": f"hosted_vllm/{name}",
                            "api_base": f"http://127.0.0.1:{upstream_port}/v1",
                            "api_key": "none",
                        },
                    }
                    for name in models
                ],
                "litellm_settings": {"telemetry": False, "num_retries": 0},
                "router_settings": {"num_retries": 0, "disable_cooldowns": True},
                "general_settings": {"master_key": key},
            }
        )
    )
    upstream, _ = launch("upstream", [sys.executable, "-B", str(here / "upstream.py"), str(upstream_port)], folder, {})
    process, log = launch(
        "litellm",
        [
            str(Path(sys.executable).parent / "litellm"),
            *("--config", "litellm.yaml", "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"),
        ],
        folder,
        {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_TELEMETRY": "False", "NO_PROXY": "*"},
    )
    snapped = [Refusal("connection breaks", "snapped", ("server",), "", is_mute_when_streaming=True, has_partial=True)]
    if kind != "anthropic":
        # There the proxy tells an answer that broke off behind it as a complete one.
        snapped = []
    server = Server(
        name=folder.name,
        url=f"http://127.0.0.1:{port}/v1",
        key=key,
        kind=kind,
        title=f"LiteLLM {version_of('litellm')}, {interface}",
        models=models,
        process=process,
        companions=[upstream],
        log=log,
        has_brain=True,
        runs_tools=False,
        profiles={
            **{name: {"model": name} for name in models},
            "long": {"model": "talk"},
            "tools": {"model": "talk", "extra": {"tools": tools}},
            "missing": {"model": "no-such-model"},
            "wrong-key": {"provider": "wrong-key", "model": "talk"},
            "no-key": {"provider": "no-key", "model": "talk"},
        },
        refusals=[
            Refusal("rate limit", "crowded", ("rate_limited",), "too many questions at once"),
            Refusal("server error", "broken", ("server",), "the stand-in is broken"),
            Refusal("prompt too long", "narrow", ("bad_request", "too_large"), "maximum context length is 10 tokens"),
            *snapped,
            Refusal("unknown model", "missing", ("not_found", "bad_request"), "no-such-model"),
            Refusal("wrong key", "wrong-key", ("unauthorized", "bad_request"), ""),
            Refusal("no key", "no-key", ("unauthorized",), ""),
        ],
        answers={"long": brain.STORY},
        counted=frozenset({"stream", "whole"}),
    )
    wait_for(server)
    return server
