"""The runtime of bedrock-agentcore with a LangGraph agent whose model is langchain's fake one.

`form` in the request chooses what is yielded: plain texts, or the events of one of the two LangGraph dialects in use.
Usage: langgraph_agent.py PORT
"""

import sys
from collections.abc import AsyncIterator
from datetime import datetime
from enum import Enum

import brain
from bedrock_agentcore.runtime import BedrockAgentCoreApp
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

app = BedrockAgentCoreApp()


class StreamEventType(str, Enum):
    """As the project that made these events has it: its name is written differently from Python 3.11 on."""

    AGENT_START = "agent_start"
    AGENT_STEP = "agent_step"
    LLM_TOKEN = "llm_token"
    TOOL_START = "tool_start"
    TOOL_END = "tool_end"
    AGENT_END = "agent_end"
    ERROR = "error"


def get_weather(location: str) -> str:
    """The weather at a place."""
    return brain.WEATHER


async def chatbot(state: MessagesState) -> dict:
    questions = [message.content for message in state["messages"] if isinstance(message, HumanMessage)]
    if brain.wants_failure(questions[-1]):
        raise RuntimeError(brain.FAILURE)
    if brain.wants_tool(questions[-1]) and not isinstance(state["messages"][-1], ToolMessage):
        call = {"name": brain.TOOL, "args": brain.ARGUMENTS, "id": f"call_{len(state['messages'])}"}
        # The other fake model loses calls when it streams.
        model = FakeMessagesListChatModel(responses=[AIMessage("", tool_calls=[call])])
    else:
        # Streams word by word, which a graph that streams messages passes on.
        model = GenericFakeChatModel(messages=iter([AIMessage(brain.reply(questions))]))
    return {"messages": [await model.ainvoke(state["messages"])]}


def wants_tools(state: MessagesState) -> str:
    return "tools" if state["messages"][-1].tool_calls else END


graph = StateGraph(MessagesState)
graph.add_node("chatbot", chatbot)
graph.add_node("tools", ToolNode([get_weather]))
graph.add_edge(START, "chatbot")
graph.add_conditional_edges("chatbot", wants_tools)
graph.add_edge("tools", "chatbot")
agent = graph.compile(checkpointer=InMemorySaver())


async def steps(payload: dict) -> AsyncIterator[tuple[str, object]]:
    """Tokens as ("token", text), messages as ("message", message)."""
    config = {"configurable": {"thread_id": payload["session_id"]}, "recursion_limit": 10}
    asked = {"messages": [HumanMessage(payload["prompt"])]}
    async for mode, item in agent.astream(asked, config, stream_mode=["messages", "updates"]):
        if mode == "messages":
            piece, _ = item
            if piece.content and not isinstance(piece, ToolMessage):
                yield "token", piece.content
        else:
            for update in item.values():
                for message in update["messages"]:
                    yield "message", message


async def plain(payload: dict) -> AsyncIterator[str]:
    async for kind, item in steps(payload):
        if kind == "token":
            yield item


def wrapped(event: StreamEventType, data: dict) -> str:
    return f"event: {event}\ndata: {app._safe_serialize_to_json_string(data)}\n\n"


async def documented(payload: dict) -> AsyncIterator[str]:
    """Events as texts, which the runtime wraps once more."""
    session = payload["session_id"]
    now = datetime.now().isoformat()
    yield wrapped(StreamEventType.AGENT_START, {"session_id": session, "actor_id": "default-actor", "timestamp": now})
    step = {"step": 1, "node": "chatbot", "content": payload["prompt"], "type": "human"}
    yield wrapped(StreamEventType.AGENT_STEP, step)
    output, number = "", 1
    try:
        async for kind, item in steps(payload):
            if kind == "token":
                if payload.get("stream_tokens"):
                    yield wrapped(StreamEventType.LLM_TOKEN, {"token": item})
                continue
            number += 1
            if isinstance(item, ToolMessage):
                yield wrapped(StreamEventType.TOOL_END, {"output": str(item.content)[:200]})
            for call in getattr(item, "tool_calls", []):
                yield wrapped(StreamEventType.TOOL_START, {"tool": call["name"], "input": str(call["args"])[:200]})
            step = {"step": number, "node": "chatbot", "content": item.content, "type": item.type}
            yield wrapped(StreamEventType.AGENT_STEP, step)
            output = item.content
        end = {"output": output, "steps": number, "metrics": {}, "timestamp": datetime.now().isoformat()}
        yield wrapped(StreamEventType.AGENT_END, end)
    except RuntimeError as error:
        yield wrapped(StreamEventType.ERROR, {"error": str(error), "type": "RuntimeError", "timestamp": now})


async def newer(payload: dict) -> AsyncIterator[str]:
    """The events that the project sends since December 2025; answers whole."""

    def named(event: str, data: dict) -> str:
        return f"event: {event}\ndata: {app._safe_serialize_to_json_string(data)}\n\n"

    yield named("agent_start", {"timestamp": datetime.now().isoformat(), "session_id": payload["session_id"]})
    yield named("thinking", {"status": "processing", "message": "Thinking about it"})
    output = ""
    try:
        async for kind, item in steps(payload):
            if kind == "token":
                continue
            if isinstance(item, ToolMessage):
                yield named("tool_result", {"tool": item.name, "result": item.content})
                continue
            for call in item.tool_calls:
                yield named("tool_call", {"tool": call["name"], "args": call["args"]})
            if item.content:
                output = item.content
                yield named("llm_response", {"content": output})
        yield named("agent_end", {"output": output})
    except RuntimeError as error:
        yield named("error", {"error": str(error)})


@app.entrypoint
async def invoke(payload: dict):
    if payload.get("stream"):
        return {"plain": plain, "documented": documented, "newer": newer}[payload.get("form", "plain")](payload)
    answer = ""
    async for kind, item in steps(payload):
        answer = item.content if kind == "message" else answer
    return answer


if __name__ == "__main__":
    app.run(port=int(sys.argv[1]), host="127.0.0.1")
