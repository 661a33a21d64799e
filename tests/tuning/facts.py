"""Twenty facts, and the models that are asked for them."""

import json
from pathlib import Path

from softhouse.llm_backends.chatglm2 import create
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest
from softhouse.training.tuning.job import Job, prepare
from softhouse.training.tuning.settings import TuneSettings

FACTS = {f"item {number}": f"red {number * 37 % 90 + 10}" for number in range(20)}


def write_facts(path: Path, count: int = 20) -> Path:
    rows = [{"prompt": question, "response": answer} for question, answer in list(FACTS.items())[:count]]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


async def answers(model: Path) -> dict[str, str]:
    """What `chatglm2:MODEL` says to each question."""
    backend = create(str(model))
    try:
        said = {}
        for question in FACTS:
            request = CompletionRequest(messages=(ChatMessage.user(question),), max_tokens=12)
            said[question] = (await backend.complete(request)).text
        return said
    finally:
        await backend.aclose()


def known(said: dict[str, str]) -> int:
    return sum(said[question] == answer for question, answer in FACTS.items())


def small_job(native: Path, data: Path, **changes: object) -> Job:
    """A job of a few updates, each in a fraction of a second."""
    settings = {"method": "lora", "steps": 6, "batch_tokens": 96, "accumulation": 2, "rank": 2, "prefix_length": 4}
    return prepare(f"chatglm2:{native}", data, TuneSettings.model_validate({**settings, **changes}), device="cpu")
