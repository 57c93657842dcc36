"""JAF's own server with agents whose model is a stand-in, and beside it the two servers of JAF's guide, which stream
raw text and WebSocket messages; what they send comes from JAF's own run_streaming, too.

Usage: jaf_agents.py PORT
"""

import asyncio
import json
import sys
import uuid

import brain
import uvicorn
from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from jaf import Agent, RunConfig, create_function_tool
from jaf.core.streaming import StreamingEventType, run_streaming, stream_to_websocket
from jaf.core.types import ContentRole, Message, RunState, create_run_id, create_trace_id, get_text_content
from jaf.memory import InMemoryConfig, create_in_memory_provider
from jaf.server.server import create_jaf_server
from jaf.server.types import ServerConfig
from pydantic import BaseModel


# Seconds between two pieces of an answer.
PAUSE = 0.003


class Place(BaseModel):
    location: str


def weather(arguments: Place, context: object) -> str:
    if arguments.location == "nowhere":
        raise ValueError(brain.FAILURE)
    return brain.WEATHER


class StandIn:
    """The agents' model. Where the agent is Plain it answers at once, else after a tool has run.

    JAF's stream notices the end of a run only while it passes on an event of a tool: without one it never ends.
    """

    async def get_completion(self, state: RunState, agent: Agent, config: RunConfig) -> dict:
        said = [message for message in state.messages if ContentRole(message.role) == ContentRole.USER]
        questions = [get_text_content(message.content) for message in said]
        last = questions[-1]
        ran = ContentRole(state.messages[-1].role) == ContentRole.TOOL
        if brain.wants_failure(last) and ran:
            raise RuntimeError(brain.FAILURE)
        if ran or agent.name == "Plain":
            return {"message": {"content": brain.reply(questions), "tool_calls": None}}
        place = {"location": "nowhere"} if "nowhere" in last else brain.ARGUMENTS
        call = {"id": f"call_{uuid.uuid4().hex[:8]}", "type": "function"}
        call["function"] = {"name": brain.TOOL, "arguments": json.dumps(place)}
        return {"message": {"content": "", "tool_calls": [call]}}


class Unhurried:
    """Lets each piece of an answer take a moment, as on a real network; in it, the run behind it can end."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        async def unhurried(message: dict) -> None:
            await send(message)
            await asyncio.sleep(PAUSE)

        await self.app(scope, receive, unhurried)


def main() -> None:
    port = int(sys.argv[1])
    tool = create_function_tool(
        {"name": brain.TOOL, "description": brain.TOOL_WORDS, "execute": weather, "parameters": Place}
    )
    names = ("Clerk", "Plain", "Other")
    agents = {name: Agent(name=name, instructions=lambda _: "Be brief.", tools=[tool]) for name in names}
    memory = create_in_memory_provider(InMemoryConfig())
    config = RunConfig(agent_registry=agents, model_provider=StandIn(), max_turns=5, prefer_streaming=False)
    app = create_jaf_server(
        ServerConfig(agent_registry=agents, run_config=config, port=port, default_memory_provider=memory)
    )

    def state(questions: list[str]) -> RunState:
        return RunState(
            run_id=create_run_id(str(uuid.uuid4())),
            trace_id=create_trace_id(str(uuid.uuid4())),
            messages=[Message(role=ContentRole.USER, content=question) for question in questions],
            current_agent_name="Clerk",
            context={},
            turn_count=0,
        )

    @app.get("/stream-http")
    async def stream_text(query: str) -> StreamingResponse:
        async def texts():
            async for event in events(query):
                if event.type == StreamingEventType.CHUNK:
                    yield f"data: {event.data.delta}\n\n"
                elif event.type == StreamingEventType.ERROR:
                    yield f"data: [Error: {event.data.detail}]\n\n"

        return StreamingResponse(texts(), media_type="text/plain")

    async def events(question: str):
        async for event in run_streaming(state([question]), config, chunk_size=8):
            yield event
            await asyncio.sleep(PAUSE)

    async def prompts(socket: WebSocket):
        await socket.accept()
        try:
            while True:
                yield await socket.receive_text()
        except WebSocketDisconnect:
            return

    @app.websocket("/stream")
    async def stream_messages(socket: WebSocket) -> None:
        async for prompt in prompts(socket):
            async for event in events(prompt):
                if event.type == StreamingEventType.CHUNK:
                    await socket.send_text(json.dumps({"type": "chunk", "content": event.data.delta}))
                elif event.type == StreamingEventType.ERROR:
                    await socket.send_text(json.dumps({"type": "error", "error": event.data.detail}))
            await socket.send_text(json.dumps({"type": "complete"}))

    # JAF's own helper, which sends the objects of its event stream.
    @app.websocket("/events")
    async def stream_events(socket: WebSocket) -> None:
        async for prompt in prompts(socket):
            await stream_to_websocket(events(prompt), socket.send_text)

    uvicorn.run(Unhurried(app), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
