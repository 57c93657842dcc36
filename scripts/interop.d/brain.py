"""What every stand-in for a model says here: an answer that shows what it was told, a story, a tool call, a failure.

No third-party package, so that each server can take it into its own process.
"""

import json

STORY = " ".join(f"Line {number} of a long story." for number in range(1, 4000))
TOOL = "get_weather"
TOOL_WORDS = "The weather at a place."
TOOL_SCHEMA = {"type": "object", "properties": {"location": {"type": "string"}}, "required": ["location"]}
ARGUMENTS = {"location": "Paris"}
WEATHER = "18 degrees and light rain"
FAILURE = "the stand-in was told to fail"


def wants_tool(question: str) -> bool:
    return "weather" in question


def wants_failure(question: str) -> bool:
    return "fail" in question


def reply(questions: list[str]) -> str:
    """The answer to the last question. It repeats the first one: only who remembers knows it."""
    last = questions[-1]
    if "story" in last:
        return STORY
    if wants_tool(last):
        return f"In {ARGUMENTS['location']} there are {WEATHER}."
    return f"This is question {len(questions)}: “{last}”. It all began with “{questions[0]}”, if I remember rightly."


def pieces(text: str, size: int = 12) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def argument_pieces() -> list[str]:
    """The arguments of the call as they come in a stream: cut inside of names and values."""
    return pieces(json.dumps(ARGUMENTS), 5)
