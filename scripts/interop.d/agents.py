"""The servers of agents, which have an environment of their own: their packages want other versions than LiteLLM's."""

import sys
from pathlib import Path

import brain
import checks
from riffle import Riffle, expect
from servers import Refusal, Server, free_port, launch, version_of, wait_for

PYTHON = str(Path(sys.prefix) / "agents" / "bin" / "python")
# JAF brings LiteLLM, which would fetch its list of prices; langchain would tell of its runs.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LANGSMITH_TRACING": "false", "NO_PROXY": "*"}


def run(folder: Path, program: str, port: int):
    return launch(folder.name, [PYTHON, "-B", str(Path(__file__).parent / program), str(port)], folder, QUIET)


def start_jaf(folder: Path) -> Server:
    """JAF's own server: POST /chat with an event stream, and memory by conversation ID."""
    agents = {"talk": "Clerk", "long": "Clerk", "tools": "Clerk", "other": "Other"}
    port = free_port()
    process, log = run(folder, "jaf_agents.py", port)
    server = jaf(folder, f"http://127.0.0.1:{port}", process, log, "server, SSE")
    server.models = ["Clerk", "Plain", "Other"]
    server.health = "/agents"
    server.profiles = {
        **{name: {"model": agent} for name, agent in agents.items()},
        "silent": {"model": "Plain", "provider": "hasty"},
        "whole": {"model": "Plain", "stream": False},
        "missing": {"model": "Nobody"},
    }
    server.providers = {"hasty": {"idle_timeout": 3}}
    server.refusals = [
        Refusal("unknown agent", "missing", ("not_found",), "Agent 'Nobody' not found"),
        Refusal("agent fails", "talk", ("server", "provider"), brain.FAILURE, prompt="please fail", has_partial=True),
    ]
    server.checks = [
        ("stream", "ask: silence is bounded", silence),
        ("tool call", "ask: a tool fails", failed_tool),
    ]
    wait_for(server)
    return server


def start_jaf_text(folder: Path) -> Server:
    """The guide's server of raw text, over HTTP."""
    port = free_port()
    process, log = run(folder, "jaf_agents.py", port)
    server = jaf(folder, f"http://127.0.0.1:{port}", process, log, "guide’s server, raw text over HTTP")
    server.settings = {"transport": "http"}
    server.profiles = {"talk": {"model": "Clerk"}, "long": {"model": "Clerk"}}
    server.lists_models = server.has_brain = False
    server.counts_prompts = True
    server.runs_tools = None
    server.absent = {
        "tool call": "the raw text has none",
        "memory": "the guide’s server keeps none",
        "error": "the raw text has no form for it: “[Error: …]” is a text like others",
    }
    wait_for_health(server)
    return server


def start_jaf_socket(folder: Path) -> Server:
    """The guide's server of WebSocket messages, and JAF's own helper for the same."""
    port = free_port()
    process, log = run(folder, "jaf_agents.py", port)
    server = jaf(folder, f"http://127.0.0.1:{port}", process, log, "WebSocket, the guide’s and JAF’s own helper")
    server.settings = {"transport": "websocket"}
    server.providers = {"events": {"path": "/events"}, "nowhere": {"path": "/nowhere"}}
    server.profiles = {
        "talk": {"model": "Clerk"},
        "long": {"model": "Clerk"},
        "tools": {"model": "Clerk", "provider": "events"},
        "nowhere": {"model": "Clerk", "provider": "nowhere"},
    }
    server.lists_models = server.has_brain = False
    server.counts_prompts = True
    server.refusals = [
        Refusal("agent fails", "talk", ("server", "provider"), brain.FAILURE, prompt="please fail"),
        Refusal("no such socket", "nowhere", ("not_found", "unauthorized", "forbidden", "bad_request"), ""),
    ]
    server.absent = {
        "whole": "a WebSocket has no other form: stream = false gets the same messages",
        "memory": "the guide’s server keeps none",
    }
    wait_for_health(server)
    return server


def jaf(folder: Path, url: str, process, log: Path, words: str) -> Server:
    return Server(
        name=folder.name,
        url=url,
        key="",
        kind="jaf",
        title=f"jaf-py {version_of('jaf-py', PYTHON)}, {words}",
        models=[],
        process=process,
        log=log,
        profiles={},
        refusals=[],
        # JAF runs an agent to its end before it sends the first piece, so that pieces are what is left to stop.
        answers={"long": brain.STORY},
        counts_prompts=False,
        has_brain=True,
        runs_tools=True,
        # The beginning of a call, its arguments, its result, the text.
        whole_chunks=4,
    )


def wait_for_health(server: Server) -> None:
    """Waits for JAF's own server, beside which the guide's are."""
    server.health = "/health"
    wait_for(server)


def silence(riffle: Riffle) -> None:
    """An agent without a tool: the server says nothing more, and riffle ends it and names the way out."""
    outcome = riffle.run("ask", "--profile", "silent", "--id", "silent1", "hello").expect_status(checks.CUT_OFF)
    expect("stream = false" in outcome.notices, f"the way out is not told: {outcome.notices}")
    said = riffle.run("ask", "--profile", "whole", "--no-save", "hello").expect_status(0).output.strip()
    expect(said == brain.reply(["hello"]), f"whole it said “{said}”")


def failed_tool(riffle: Riffle) -> None:
    """A tool that raises is a failed result, and the agent goes on."""
    for flags in ([], ["--no-stream"]):
        events = checks.events_of(riffle.run("ask", "--json", "--no-save", *flags, "and nowhere?").expect_status(0))
        results = [event for event in events if event["type"] == "tool_result"]
        expect(len(results) == 1 and results[0]["is_error"], f"results are {results}")
        expect(brain.FAILURE in results[0]["content"], f"the result is {results[0]['content']}")


def start_agentcore(folder: Path) -> Server:
    """The runtime with a LangGraph agent that yields texts."""
    return agentcore(folder, "plain", "plain texts")


def start_agentcore_documented(folder: Path) -> Server:
    return agentcore(folder, "documented", "LangGraph events agent_step, llm_token, tool_start")


def start_agentcore_newer(folder: Path) -> Server:
    return agentcore(folder, "newer", "LangGraph events tool_call, llm_response")


def agentcore(folder: Path, form: str, words: str) -> Server:
    port = free_port()
    process, log = run(folder, "langgraph_agent.py", port)
    asks = {"model": "agent", "extra": {"form": form}}
    server = Server(
        name=folder.name,
        url=f"http://127.0.0.1:{port}",
        key="",
        kind="agentcore",
        title=(
            f"bedrock-agentcore {version_of('bedrock-agentcore', PYTHON)} with LangGraph "
            f"{version_of('langgraph', PYTHON)}, {words}"
        ),
        models=[],
        process=process,
        log=log,
        profiles={"talk": asks, "long": asks, **({} if form == "plain" else {"tools": asks})},
        refusals=[
            # The newer events begin with what the agent is about to do, which is kept.
            Refusal(
                "agent fails",
                "talk",
                ("server", "provider"),
                brain.FAILURE,
                prompt="please fail",
                has_partial=form == "newer",
            )
        ],
        answers={"long": brain.STORY},
        lists_models=False,
        has_brain=True,
        runs_tools=None if form == "plain" else True,
        streams_text=form != "newer",
        health="/ping",
    )
    if form == "plain":
        server.absent = {"tool call": "plain texts have none"}
    if form == "newer":
        # The answer comes as one event.
        server.absent = {"stop": "the answer is one event: there is no middle"}
    server.tools_whole = False
    if form != "plain":
        server.absent["tool call in a whole answer"] = "the whole answer is a text and nothing else"
    wait_for(server)
    return server
