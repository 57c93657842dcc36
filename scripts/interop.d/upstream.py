"""A stand-in for a model behind the LiteLLM proxy: Chat Completions over HTTP, in pieces or whole.

The proxy translates what it says into the other interfaces. The model's name chooses a failure.
Usage: upstream.py PORT
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brain

FAILURES = {
    "crowded": (429, "too many questions at once"),
    "broken": (500, "the stand-in is broken"),
    "narrow": (400, "This model's maximum context length is 10 tokens, and you sent 20"),
}


class Upstream(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = body["model"]
        if model in FAILURES:
            status, message = FAILURES[model]
            kind = "context_length_exceeded" if status == 400 else None
            return self.send(status, {"error": {"message": message, "type": "invalid_request_error", "code": kind}})
        questions = [text_of(message) for message in body["messages"] if message["role"] == "user"]
        calls = bool(body.get("tools")) and brain.wants_tool(questions[-1])
        text = "" if calls else brain.reply(questions)
        counts = {"prompt_tokens": 10 * len(body["messages"]), "completion_tokens": 1 + len(text) // 4}
        counts["total_tokens"] = sum(counts.values())
        reason = "tool_calls" if calls else "stop"
        call = {"id": "call_1", "type": "function", "function": {"name": brain.TOOL, "arguments": ""}}
        if not body.get("stream") and model == "snapped":
            self.close_connection = True
            return None
        if not body.get("stream"):
            message = {"role": "assistant", "content": text or None}
            if calls:
                call["function"]["arguments"] = json.dumps(brain.ARGUMENTS)
                message["tool_calls"] = [call]
            choice = {"index": 0, "message": message, "finish_reason": reason}
            return self.send(200, envelope(model, "chat.completion", [choice], usage=counts))

        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        deltas: list[dict] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": piece} for piece in brain.pieces(text)]
        if calls:
            deltas.append({"tool_calls": [{"index": 0, **call}]})
            for piece in brain.argument_pieces():
                deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
        for number, delta in enumerate(deltas):
            self.event(envelope(model, "chat.completion.chunk", [{"index": 0, "delta": delta, "finish_reason": None}]))
            time.sleep(0.002)
            if model == "snapped" and number == 3:
                self.close_connection = True
                return None  # Without the last chunk: the connection breaks.
        self.event(envelope(model, "chat.completion.chunk", [{"index": 0, "delta": {}, "finish_reason": reason}]))
        self.event(envelope(model, "chat.completion.chunk", [], usage=counts))
        self.chunk(b"data: [DONE]\n\n")
        self.chunk(b"")
        return None

    def send(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def event(self, body: dict) -> None:
        self.chunk(b"data: " + json.dumps(body).encode() + b"\n\n")

    def chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, *_: object) -> None:
        pass


def envelope(model: str, kind: str, choices: list[dict], **more: object) -> dict:
    return {"id": "chatcmpl-1", "object": kind, "created": int(time.time()), "model": model, "choices": choices, **more}


def text_of(message: dict) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Upstream).serve_forever()
