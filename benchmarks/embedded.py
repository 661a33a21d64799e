"""How fast the embedded model is on this machine, and whether its texts depend on their requests alone.

    python benchmarks/embedded.py [MODEL]          about two minutes on two idle cores

Prints one JSON object. Speeds are wall-clock: on a busy machine, look at the tokens per CPU second instead.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from softhouse.llm_backends.gguf import GgufBackend, create
from softhouse.llm_backends.llama_server import available_cores
from softhouse.llm_backends.protocol import ChatMessage, Completion, CompletionRequest

PREFIX = "You are an engineer. " + "".join(f"Rule {n}: keep function f{n} short and document it. " for n in range(25))
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}


@dataclass
class Timed:
    """A completion and when its parts came, in seconds."""

    completion: Completion
    to_first_token: float
    generating: float

    @property
    def prompt_speed(self) -> float:
        usage = self.completion.usage
        return round((usage.prompt_tokens - usage.cached_tokens) / self.to_first_token, 1)

    @property
    def generation_speed(self) -> float:
        return round((self.completion.usage.completion_tokens - 1) / self.generating, 1)


def ask(task: str, **options: object) -> CompletionRequest:
    messages = (ChatMessage.system(PREFIX), ChatMessage.user(task))
    return CompletionRequest.model_validate({"messages": messages, "max_tokens": 60, "seed": 1, **options})


async def timed(backend: GgufBackend, request: CompletionRequest) -> Timed:
    arrivals: list[float] = []
    started = time.perf_counter()
    completion = await backend.complete(request, lambda _: arrivals.append(time.perf_counter()))
    return Timed(completion, arrivals[0] - started, arrivals[-1] - arrivals[0])


def cpu_seconds(backend: GgufBackend) -> float:
    """What llama.cpp has used so far (Linux; 0 elsewhere)."""
    server = backend._servers.get("")
    stat = Path(f"/proc/{server.process.pid}/stat") if server else None
    if stat is None or not stat.exists():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / 100


async def measure(name: str) -> dict[str, object]:
    backend = create(name, base_url=None)
    started = time.perf_counter()
    await backend.complete(CompletionRequest(messages=(ChatMessage.user("Hi"),), max_tokens=1))
    loaded = time.perf_counter() - started

    before = cpu_seconds(backend)
    first = await timed(backend, ask("Write a function that parses a date."))
    cpu = cpu_seconds(backend) - before
    repeated = await timed(backend, ask("Write a function that parses a date."))

    tasks = ["Write a stack class.", "Write a queue class.", "Write a heap class.", "Write a tree class."]
    started = time.perf_counter()
    four = await asyncio.gather(*(timed(backend, ask(task, max_tokens=30)) for task in tasks))
    four_seconds = time.perf_counter() - started
    again = [await timed(backend, ask(task, max_tokens=30)) for task in reversed(tasks)]

    prefilled = await backend.complete(ask("Print Hello.", prefill="```python\nprint(", stop=("```",), max_tokens=20))
    person = await backend.complete(ask("Invent a person.", json_schema=SCHEMA, max_tokens=40))
    await backend.aclose()
    return {
        "model": backend.name,
        "cores": available_cores(),
        "slots": backend.capabilities.parallel,
        "load and first token, s": round(loaded, 1),
        "prompt, tokens/s": first.prompt_speed,
        "reply, tokens/s": first.generation_speed,
        "all tokens per CPU second": round(first.completion.usage.total_tokens / cpu, 1) if cpu else None,
        "cached on a repeat": f"{repeated.completion.usage.cached_tokens} of {repeated.completion.usage.prompt_tokens}",
        "first token on a repeat, s": round(repeated.to_first_token, 2),
        "same text on a repeat": repeated.completion.text == first.completion.text,
        "four at once, reply tokens/s together": round(
            sum(one.completion.usage.completion_tokens for one in four) / four_seconds, 1
        ),
        "four at once, cached": [one.completion.usage.cached_tokens for one in four],
        "same texts one after another": [one.completion.text for one in reversed(again)]
        == [one.completion.text for one in four],
        "prefilled": f"print({prefilled.text}",
        "schema": json.loads(person.text),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1] if len(sys.argv) > 1 else "qwen2.5-coder-1.5b")), indent=2))
