"""A local endpoint for Bedrock's runtime, and for deployed agents of AgentCore, that lets nobody in whose signature
botocore would not have made.

Each signature is computed anew by botocore's SigV4Auth from what came over the wire; the clock and, for temporary keys,
the session token are checked, too. What is answered is a stand-in's, in frames of vnd.amazon.eventstream.
Usage: bedrock_endpoint.py PORT KEYS, where KEYS is a JSON file: the keys by id, the bearer key, and the clocks.
`GET /ledger` says what came.
"""

import base64
import hashlib
import json
import struct
import sys
import time
import zlib
from datetime import datetime, timezone
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import brain
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer

SKEW_SECONDS = 300


class Refused(Exception):
    """Status, name and words of a refusal."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name, self.message = status, name, message


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of vnd.amazon.eventstream; all headers are strings."""
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(value.encode())) + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(name: str, data: dict) -> bytes:
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    # The service fills each event up, so that its length says nothing.
    return frame(headers, json.dumps({**data, "p": "abcdefghijklmnop"}).encode())


def failure(name: str, message: str) -> bytes:
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, json.dumps({"message": message}).encode())


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    secrets: dict
    ledger: list[dict] = []

    def do_GET(self) -> None:
        if self.path == "/ledger":
            self.send(200, self.ledger)
        else:
            self.send(404, {"message": None}, "UnknownOperationException")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        entry = {"path": self.path, "key": "", "verdict": "ok"}
        self.ledger.append(entry)
        self.offset = 0
        try:
            self.check(body, entry)
            _, kind, model, operation = self.path.split("/")
            if kind == "runtimes":
                return self.answer_for_agent(unquote(model), operation, json.loads(body))
            if kind != "model":
                raise Refused(404, "UnknownOperationException", "no such operation")
            entry["operation"], entry["model"] = operation, unquote(model)
            self.answer(operation, entry["model"], json.loads(body))
        except Refused as refusal:
            entry["verdict"] = refusal.name
            self.send(refusal.status, {"message": refusal.message}, refusal.name)
        except (BrokenPipeError, ConnectionResetError):
            entry["verdict"] = "left"

    # The door

    def check(self, body: bytes, entry: dict) -> None:
        words = self.headers.get("Authorization") or ""
        if words.startswith("Bearer "):
            entry["key"] = "bearer"
            if words != "Bearer " + self.secrets["bearer"]:
                raise Refused(403, "AccessDeniedException", "The API key is not valid")
            if any(name.lower().startswith("x-amz-") and "bedrock" not in name.lower() for name in self.headers):
                raise Refused(400, "ValidationException", "a bearer key beside parts of a signature")
            return
        if not words.startswith("AWS4-HMAC-SHA256 "):
            raise Refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        fields = dict(part.strip().split("=", 1) for part in words.removeprefix("AWS4-HMAC-SHA256 ").split(","))
        key, day, region, service, end = fields["Credential"].split("/")
        entry["key"], entry["region"] = key, region
        if key not in self.secrets["keys"]:
            message = "The security token included in the request is invalid."
            raise Refused(403, "UnrecognizedClientException", message)
        known = self.secrets["keys"][key]
        self.offset = known.get("offset", 0)

        date = self.headers["X-Amz-Date"]
        then = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
        now = time.time() + self.offset
        if abs(now - then) > SKEW_SECONDS:
            word = "expired" if then < now else "not yet current"
            raise Refused(403, "InvalidSignatureException", f"Signature {word}: {date} is too far from {int(now)}")
        wanted = "bedrock-agentcore" if self.path.startswith("/runtimes/") else "bedrock"
        if (day, service, end) != (date[:8], wanted, "aws4_request"):
            raise Refused(403, "InvalidSignatureException", "Credential should be scoped to a valid region and service")
        token = self.headers.get("X-Amz-Security-Token")
        if token != known.get("token"):
            raise Refused(403, "UnrecognizedClientException", "The security token included in the request is invalid.")

        signed = fields["SignedHeaders"].split(";")
        needed = {"host"} | {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        if not needed <= set(signed):
            raise Refused(403, "InvalidSignatureException", f"not signed: {', '.join(needed - set(signed))}")
        digest = self.headers.get("X-Amz-Content-SHA256")
        if digest not in (None, hashlib.sha256(body).hexdigest()):
            raise Refused(403, "InvalidSignatureException", "the payload's hash is not that of the payload")
        if fields["Signature"] != self.signature(body, signed, known, region, service, date):
            message = "The request signature we calculated does not match the signature you provided."
            raise Refused(403, "InvalidSignatureException", message)
        entry["signed"] = signed

    def signature(self, body: bytes, signed: list[str], known: dict, region: str, service: str, date: str) -> str:
        """What botocore would have written."""
        request = AWSRequest(
            method=self.command,
            url=f"http://{self.headers['Host']}{self.path}",
            headers={name: self.headers[name] for name in signed},
            data=body,
        )
        request.context["timestamp"] = date
        signer = SigV4Auth(Credentials("", known["secret"]), service, region)
        signer.credentials.access_key = self.headers["Authorization"].split("Credential=")[1].split("/")[0]
        return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)

    # The answers

    def answer(self, operation: str, model: str, body: dict) -> None:
        said = [message for message in body["messages"] if message["role"] == "user"]
        questions = ["".join(block.get("text", "") for block in blocks(message)) for message in said]
        last = questions[-1]
        if "throttle" in last:
            raise Refused(429, "ThrottlingException", "Too many requests, please wait before trying again.")
        if "on demand" in last:
            message = f"Invocation of model ID {model} with on-demand throughput isn’t supported."
            raise Refused(400, "ValidationException", message)
        if brain.wants_failure(last):
            raise Refused(500, "InternalServerException", brain.FAILURE)
        is_claude = operation.startswith("invoke")
        tools = body.get("tools") if is_claude else body.get("toolConfig")
        calls = bool(tools) and brain.wants_tool(last)
        text = brain.reply(questions)
        counts = (10 * len(body["messages"]), 1 + len(text) // 4)
        if operation == "converse":
            block = {"toolUse": {"toolUseId": "t1", "name": brain.TOOL, "input": brain.ARGUMENTS}}
            content = [block] if calls else [{"text": text}]
            reason = "tool_use" if calls else "end_turn"
            usage = dict(zip(("inputTokens", "outputTokens", "totalTokens"), (*counts, sum(counts))))
            output = {"message": {"role": "assistant", "content": content}}
            self.send(200, {"output": output, "stopReason": reason, "usage": usage, "metrics": {"latencyMs": 5}})
        elif operation == "converse-stream":
            self.stream(self.converse(text, calls, counts), breaks="snap" in last)
        elif operation in ("invoke", "invoke-with-response-stream"):
            if body.get("anthropic_version") != "bedrock-2023-05-31" or "model" in body or "stream" in body:
                raise Refused(400, "ValidationException", "this is not the body that Claude takes on Bedrock")
            if operation == "invoke":
                self.send(200, claude(text, calls, counts))
            else:
                chunks = (
                    event("chunk", {"bytes": base64.b64encode(json.dumps(part).encode()).decode()})
                    for part in claude_events(text, calls, counts)
                )
                self.stream(chunks, breaks="snap" in last)
        else:
            raise Refused(404, "UnknownOperationException", "no such operation")

    def answer_for_agent(self, runtime: str, operation: str, body: dict) -> None:
        """What a deployed agent would: its own body, unchanged, here a text as the runtime sends it."""
        session = self.headers.get("X-Amzn-Bedrock-AgentCore-Runtime-Session-Id", "")
        if operation != "invocations?qualifier=DEFAULT" or not runtime.startswith("arn:aws:bedrock-agentcore:"):
            raise Refused(404, "ResourceNotFoundException", "no such runtime")
        if not 33 <= len(session) <= 256 or session != body["session_id"]:
            raise Refused(400, "ValidationException", "the session ID is too short, or not that of the body")
        self.send(200, brain.reply([body["prompt"]]))

    def converse(self, text: str, calls: bool, counts: tuple[int, int]):
        yield event("messageStart", {"role": "assistant"})
        if calls:
            start = {"toolUse": {"toolUseId": "t1", "name": brain.TOOL}}
            yield event("contentBlockStart", {"contentBlockIndex": 0, "start": start})
            for piece in brain.argument_pieces():
                yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"toolUse": {"input": piece}}})
        else:
            for piece in brain.pieces(text):
                yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
        yield event("contentBlockStop", {"contentBlockIndex": 0})
        yield event("messageStop", {"stopReason": "tool_use" if calls else "end_turn"})
        usage = dict(zip(("inputTokens", "outputTokens", "totalTokens"), (*counts, sum(counts))))
        yield event("metadata", {"usage": usage, "metrics": {"latencyMs": 5}})

    def stream(self, frames, breaks: bool) -> None:
        self.begin(200, "application/vnd.amazon.eventstream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number, data in enumerate(frames):
            if breaks and number == 4:
                self.chunk(failure("modelStreamErrorException", "the model broke off"))
                break
            # Cut in the middle: frames and chunks of HTTP have nothing to do with each other.
            self.chunk(data[: len(data) // 2])
            self.chunk(data[len(data) // 2 :])
            time.sleep(0.002)
        self.chunk(b"")

    # HTTP

    def begin(self, status: int, kind: str) -> None:
        self.send_response_only(status)
        # The clock that the caller's is held against.
        self.send_header("Date", formatdate(time.time() + self.offset, usegmt=True))
        self.send_header("x-amzn-RequestId", "7c1d8a2e-0000-4000-8000-000000000001")
        self.send_header("Content-Type", kind)

    def send(self, status: int, body: object, name: str = "") -> None:
        data = json.dumps(body).encode()
        self.offset = getattr(self, "offset", 0)
        self.begin(status, "application/json")
        if name:
            self.send_header("x-amzn-errortype", name)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, *_: object) -> None:
        pass


def blocks(message: dict) -> list[dict]:
    content = message["content"]
    return [{"text": content}] if isinstance(content, str) else content


def claude(text: str, calls: bool, counts: tuple[int, int]) -> dict:
    tool = {"type": "tool_use", "id": "t1", "name": brain.TOOL, "input": brain.ARGUMENTS}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": [tool if calls else {"type": "text", "text": text}],
        "stop_reason": "tool_use" if calls else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": counts[0], "output_tokens": counts[1]},
    }


def claude_events(text: str, calls: bool, counts: tuple[int, int]):
    whole = claude(text, calls, counts)
    usage = {"input_tokens": counts[0], "output_tokens": 1}
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None, "usage": usage}}
    block = {**whole["content"][0]}
    block.update({"input": {}} if calls else {"text": ""})
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for piece in brain.argument_pieces() if calls else brain.pieces(text):
        delta = {"type": "input_json_delta", "partial_json": piece} if calls else {"type": "text_delta", "text": piece}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": counts[1]}}
    counted = {"inputTokenCount": counts[0], "outputTokenCount": counts[1], "invocationLatency": 9}
    yield {"type": "message_stop", "amazon-bedrock-invocationMetrics": counted}


def main() -> None:
    # The frames are read by botocore first: what it does not take is no proof.
    buffer = EventStreamBuffer()
    buffer.add_data(event("messageStart", {"role": "assistant"}) + failure("throttlingException", "slower"))
    assert [message.headers[":message-type"] for message in buffer] == ["event", "exception"]
    with open(sys.argv[2], encoding="utf-8") as file:
        Endpoint.secrets = json.load(file)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Endpoint).serve_forever()


if __name__ == "__main__":
    main()
