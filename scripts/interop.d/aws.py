"""Bedrock at a local endpoint that verifies signatures, with keys from every source that needs no network."""

import json
import secrets
import shlex
import sys
from functools import partial
from pathlib import Path

import brain
import checks
from gateways import ANTHROPIC_TOOLS
from riffle import Riffle, brief, expect
from servers import OPENER, Refusal, Server, free_port, launch, version_of, wait_for

CLAUDE = "us.anthropic.claude-sonnet-4-20250514-v1:0"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
APPLICATION = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6"
MODELS = [CLAUDE, "anthropic.claude-3-7-sonnet-20250219-v1:0", "global.anthropic.claude-sonnet-4-6", ARN, APPLICATION]

RUNTIME = "arn:aws:bedrock-agentcore:eu-central-1:123456789012:runtime/agent-a1B2c3D4e5"


def start_converse(folder: Path) -> Server:
    specification = {"name": brain.TOOL, "description": brain.TOOL_WORDS, "inputSchema": {"json": brain.TOOL_SCHEMA}}
    extra = {"toolConfig": {"tools": [{"toolSpec": specification}]}}
    return start(folder, "bedrock", "Converse and ConverseStream", extra)


def start_invoke(folder: Path) -> Server:
    return start(folder, "bedrock-invoke", "InvokeModel and its stream", {"tools": ANTHROPIC_TOOLS})


def start(folder: Path, kind: str, interface: str, tools: dict) -> Server:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    keys = {
        name: {"id": "AKIA" + secrets.token_hex(8).upper(), "secret": secrets.token_urlsafe(30), "token": None}
        for name in ("variables", "files", "config", "process", "skewed")
    }
    # Temporary keys have a token, here with characters that stand for themselves in a header only.
    keys["variables"]["token"] = secrets.token_urlsafe(200) + "+/=="
    keys["process"]["token"] = secrets.token_urlsafe(400)
    keys["skewed"]["offset"] = 3600
    bearer = "bedrock-api-key-" + secrets.token_urlsafe(40)
    known = {key["id"]: key for key in keys.values()}
    (folder / "keys.json").write_text(json.dumps({"bearer": bearer, "keys": known}))
    process, log = launch(
        folder.name,
        [sys.executable, "-B", str(Path(__file__).parent / "bedrock_endpoint.py"), str(port), "keys.json"],
        folder,
        {},
    )
    write_profiles(folder, keys)
    identities = {
        "lab": keys["variables"]["id"],
        "files": keys["files"]["id"],
        "config-file": keys["config"]["id"],
        "process": keys["process"]["id"],
        "skewed": keys["skewed"]["id"],
        "bearer": "bearer",
    }
    server = Server(
        name=folder.name,
        url=url,
        key="",
        kind=kind,
        title=f"Bedrock’s {interface}: local endpoint, signatures verified by botocore {version_of('botocore')}",
        settings={"endpoint_url": url, "region": "us-east-1", "models": MODELS},
        environment={
            "AWS_ACCESS_KEY_ID": keys["variables"]["id"],
            "AWS_SECRET_ACCESS_KEY": keys["variables"]["secret"],
            "AWS_SESSION_TOKEN": keys["variables"]["token"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "BEDROCK_KEY": bearer,
        },
        providers={
            "files": {"aws_profile": "files"},
            "config-file": {"aws_profile": "in the config"},
            "process": {"aws_profile": "process"},
            "skewed": {"aws_profile": "skewed"},
            "bearer": {"api_key_env": "BEDROCK_KEY"},
            "wrong-secret": {"aws_profile": "wrong-secret"},
            "unknown": {"aws_profile": "unknown"},
            "deployed": {"kind": "agentcore", "runtime_arn": RUNTIME},
            "wrong-key": {"api_key_env": "WRONG_KEY"},
        },
        models=MODELS,
        process=process,
        log=log,
        has_brain=True,
        runs_tools=False,
        profiles={
            "talk": {"model": CLAUDE},
            "long": {"model": CLAUDE},
            "other": {"model": MODELS[1]},
            "tools": {"model": CLAUDE, "extra": tools},
            "wrong-secret": {"model": CLAUDE, "provider": "wrong-secret"},
            "unknown": {"model": CLAUDE, "provider": "unknown"},
            "deployed": {"model": "agent", "provider": "deployed"},
            "wrong-key": {"model": CLAUDE, "provider": "wrong-key"},
            **{
                f"s{source}-{number}": {"model": model, "provider": source}
                for source in identities
                for number, model in enumerate(MODELS)
            },
        },
        refusals=[
            Refusal("throttled", "talk", ("rate_limited",), "Too many requests", prompt="throttle me"),
            Refusal("server error", "talk", ("server",), brain.FAILURE, prompt="please fail"),
            Refusal("no on-demand throughput", "talk", ("bad_request",), "try “us.", prompt="on demand"),
            Refusal("wrong secret", "wrong-secret", ("unauthorized", "forbidden"), "does not match the signature"),
            Refusal("unknown key ID", "unknown", ("unauthorized", "forbidden"), "security token"),
            Refusal("wrong bearer key", "wrong-key", ("unauthorized", "forbidden"), "API key is not valid"),
        ],
        answers={"long": brain.STORY},
        counted=frozenset({"stream", "whole"}),
        health="/ledger",
        checks=[
            *(
                ("signature", f"signed: keys from {source}", partial(signed, source=source, key=identity))
                for source, identity in identities.items()
            ),
            ("signature", "signed: the clock is corrected once", clock),
            ("signature", "bearer key in its variable", bearer_variable),
            ("signature", "signed: a deployed agent", deployed_agent),
            ("error", "ask: exception in the stream", broken_stream),
        ],
    )
    wait_for(server)
    return server


def write_profiles(folder: Path, keys: dict[str, dict]) -> None:
    place = folder / ".aws"
    place.mkdir()

    def section(title: str, key: dict) -> str:
        return f"[{title}]\naws_access_key_id = {key['id']}\naws_secret_access_key={key['secret']}\n\n"

    wrong = {**keys["files"], "secret": "not-the-secret"}
    strange = {"id": "AKIA0000000000000000", "secret": "anything"}
    (place / "credentials").write_text(
        "# Keys of several kinds\n" + section("files", keys["files"]) + section("skewed", keys["skewed"])
        + section("wrong-secret", wrong) + section("unknown", strange)
    )
    given = {"Version": 1, "AccessKeyId": keys["process"]["id"], "SecretAccessKey": keys["process"]["secret"]}
    given |= {"SessionToken": keys["process"]["token"], "Expiration": "2099-01-01T00:00:00Z"}
    (folder / "keys of the process.json").write_text(json.dumps(given))
    command = shlex.join(["cat", str(folder / "keys of the process.json")])
    (place / "config").write_text(
        '[default]\nregion = us-west-2\n\n[profile process]\ncredential_process = ' + command + "\n\n"
        + section('profile "in the config"', keys["config"])
    )


def ledger(riffle: Riffle) -> list[dict]:
    with OPENER.open(riffle.server.url + "/ledger", timeout=10) as response:
        return json.load(response)


def signed(riffle: Riffle, source: str, key: str) -> None:
    """Every model by these keys, in both ways: each request is let in, and none was tried twice but for a clock."""
    for number, model in enumerate(MODELS):
        for flags in ([], ["--no-stream"]):
            before = len(ledger(riffle))
            question = "is it signed? äöü €"
            said = riffle.run("ask", "--no-save", "--profile", f"s{source}-{number}", *flags, question)
            expect(said.expect_status(0).output.strip() == brain.reply([question]), f"it said “{brief(said.output)}”")
            entries = ledger(riffle)[before:]
            last = entries[-1]
            expect(last["verdict"] == "ok" and last["model"] == model, f"the endpoint notes {last}")
            expect(len(entries) == (2 if source == "skewed" else 1), f"asked {len(entries)} times")
            expect(last["key"] == key, f"signed with another key: the endpoint notes {last}")
            if key == "bearer":
                continue
            region = model.split(":")[3] if model.startswith("arn:") else "us-east-1"
            expect(last["region"] == region, f"signed for {last['region']} instead of {region}")
            expect({"host", "x-amz-date"} <= set(last["signed"]), f"signed are {last['signed']}")


def clock(riffle: Riffle) -> None:
    """The endpoint's clock is an hour ahead: the first signature is refused, the second made for its time."""
    before = len(ledger(riffle))
    riffle.run("ask", "--no-save", "--profile", "sskewed-0", "what time is it?").expect_status(0)
    verdicts = [entry["verdict"] for entry in ledger(riffle)[before:]]
    expect(verdicts == ["InvalidSignatureException", "ok"], f"the endpoint notes {verdicts}")


def bearer_variable(riffle: Riffle) -> None:
    """The key in AWS's own variable goes before all other keys."""
    before = len(ledger(riffle))
    key = riffle.environment["BEDROCK_KEY"]
    riffle.run("ask", "--no-save", "hello", AWS_BEARER_TOKEN_BEDROCK=key).expect_status(0)
    expect([entry["key"] for entry in ledger(riffle)[before:]] == ["bearer"], "the bearer key was not used")


def deployed_agent(riffle: Riffle) -> None:
    """An agent by its ARN: signed for AgentCore, in the ARN's region, with the session."""
    before = len(ledger(riffle))
    for flags in ([], ["--no-stream"]):
        said = riffle.run("ask", "--no-save", "--profile", "deployed", *flags, "hello").expect_status(0).output.strip()
        expect(said == brain.reply(["hello"]), f"it said “{brief(said)}”")
    for entry in ledger(riffle)[before:]:
        expect((entry["verdict"], entry["region"]) == ("ok", "eu-central-1"), f"the endpoint notes {entry}")
        expect("x-amzn-bedrock-agentcore-runtime-session-id" in entry["signed"], f"signed are {entry['signed']}")


def broken_stream(riffle: Riffle) -> None:
    """An exception between the frames: the text before it is kept."""
    outcome = riffle.run("ask", "--json", "--id", "snap1", "snap in the middle").expect_status(checks.REFUSED)
    last = checks.events_of(outcome)[-1]
    expect(last["kind"] in ("server", "overloaded"), f"the end is {last}")
    expect("the model broke off" in last["message"], f"the end is {last}")
    answer = riffle.answers("snap1")[-1]
    expect(answer["status"] in ("failed", "incomplete") and len(answer["parts"]) == 1, f"kept is {brief(str(answer))}")
