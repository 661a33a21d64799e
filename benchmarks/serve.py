"""Many streams at once against a real server process, every third cut by its client: slots, memory, answers.

    python benchmarks/serve.py                          a backend that drips words
    python benchmarks/serve.py --gguf-tiny --rounds 8   llama.cpp with a model of random weights

Bar: 50 concurrent streams, a third of them cut by the client: no slot lost, memory flat (the server's own resident
memory grows by at most 5 % after the first quarter of the rounds), no wrong answer. Each round ends with as many
requests as there are slots, none of which is answered before all of them are being worked on (the dripping backend) or
which give what was given at the beginning (llama.cpp at temperature 0).
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
STREAMS = 50
PARALLEL = 8
WORDS = 120
SECONDS_A_WORD = 0.002


def dripping_server() -> None:
    """The server process: answers with what it was asked, word by word; `together` ones wait for each other."""
    from softhouse.llm_backends.protocol import Completion, CompletionRequest, TokenCallback
    from softhouse.llm_backends.scripted import FREE, ScriptedBackend
    from softhouse.serve.command import listen, run

    class Dripping(ScriptedBackend):
        async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
            self.requests.clear()
            completion = await super().complete(request)
            if completion.text.startswith("together"):
                await together.wait()
            if on_token is not None:
                for word in completion.text.split(" "):
                    await asyncio.sleep(SECONDS_A_WORD)
                    on_token(word + " ")
            return completion

    together = asyncio.Barrier(PARALLEL)
    able = FREE.model_copy(update={"parallel": PARALLEL})
    backend = Dripping(lambda request: request.messages[-1].content, capabilities=able)
    asyncio.run(run(backend, listen("127.0.0.1", 0), None))


@dataclass
class Bench:
    """One server under load."""

    url: str
    server: psutil.Process
    client: httpx2.AsyncClient
    tiny: bool
    reference: str = ""
    """What the tiny model answers when nobody else asks."""
    wrong: int = 0
    right: int = 0
    cut: int = 0

    async def round(self, number: int) -> None:
        names = [f"{number}-{stream}" for stream in range(STREAMS)]
        await asyncio.gather(*(self.stream(name, cut=index % 3 == 0) for index, name in enumerate(names)))
        async with asyncio.timeout(60):
            while (slots := await self.slots())["busy"] or slots["waiting"]:
                pass
            prompts = [f"together {number} {slot}" for slot in range(slots["total"])]
            if not self.tiny:
                replies = await asyncio.gather(*(self.whole(prompt) for prompt in prompts))
                assert list(replies) == prompts

    async def stream(self, name: str, *, cut: bool) -> None:
        prompt = "hello" if self.tiny else " ".join(f"{name}.{word}" for word in range(WORDS))
        expected = self.reference if self.tiny else prompt
        got: list[str] = []
        most = random.Random(name).randrange(WORDS // 2) if cut else None
        body = ask(prompt, stream=True, max_tokens=4000 if self.tiny and cut else 60)
        async with self.client.stream("POST", f"{self.url}/v1/chat/completions", json=body) as reply:
            assert reply.status_code == 200, (await reply.aread()).decode()
            async for piece in pieces(reply):
                got.append(piece)
                if most is not None and len(got) > most:
                    self.cut += 1
                    return
        if "".join(got).strip() == expected.strip():
            self.right += 1
        else:
            self.wrong += 1

    async def whole(self, prompt: str, **options: Any) -> str:
        reply = await self.client.post(f"{self.url}/v1/chat/completions", json=ask(prompt, **options))
        assert reply.status_code == 200, reply.text
        text: str = reply.json()["choices"][0]["message"]["content"]
        return text

    async def slots(self) -> dict[str, int]:
        slots: dict[str, int] = (await self.client.get(f"{self.url}/health")).json()["slots"]
        return slots

    def megabytes(self) -> float:
        return float(self.server.memory_info().rss) / 1e6


def ask(prompt: str, **options: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], "temperature": 0, **options}


async def pieces(reply: httpx2.Response) -> AsyncIterator[str]:
    async for line in reply.aiter_lines():
        data = line.removeprefix("data: ")
        if data and data != "[DONE]":
            chunk = json.loads(data)
            assert "error" not in chunk, chunk
            for choice in chunk["choices"]:
                if piece := choice["delta"].get("content"):
                    yield piece


async def measure(url: str, process: int, rounds: int, *, tiny: bool) -> bool:
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(timeout=120, limits=limits, trust_env=False) as client:
        bench = Bench(url, psutil.Process(process), client, tiny)
        if tiny:
            bench.reference = await bench.whole("hello", max_tokens=60)
        started, memory = time.perf_counter(), []
        for number in range(rounds):
            await bench.round(number)
            memory.append(bench.megabytes())
        seconds = time.perf_counter() - started
        slots = await bench.slots()
    settled = memory[len(memory) // 4]
    growth = max(memory[len(memory) // 4 :]) / settled - 1
    lost = slots["busy"] + slots["waiting"]
    files = psutil.Process(process).num_fds() if os.name != "nt" else 0
    print(f"{rounds} rounds of {STREAMS} streams on {slots['total']} slots in {seconds:.1f} s")
    print(f"right {bench.right}, wrong {bench.wrong}, cut by the client {bench.cut}, slots lost {lost}")
    print(f"server memory {memory[0]:.1f} MB, {settled:.1f} MB when settled, {memory[-1]:.1f} MB at the end", end="")
    print(f" ({growth:+.1%} at most), {files} open files")
    return not bench.wrong and not lost and growth <= 0.05


def start(tiny: bool, folder: Path) -> "tuple[subprocess.Popen[str], str]":
    """The server process, and its address once it is there."""
    if tiny:
        sys.path.insert(0, str(ROOT))
        from tests.llm_backends.tiny_gguf import write_tiny_gguf

        path = write_tiny_gguf(folder / "tiny.gguf", context_length=8192)
        command = [sys.executable, "-m", "softhouse.cli", "serve", "--model", f"gguf:{path}", "--port", "0"]
    else:
        command = [sys.executable, __file__, "--server"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip().rstrip("/")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--gguf-tiny", action="store_true")
    parser.add_argument("--server", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.server:
        dripping_server()
        return 0
    with tempfile.TemporaryDirectory() as folder:
        process, url = start(options.gguf_tiny, Path(folder))
        try:
            held = asyncio.run(measure(url, process.pid, options.rounds, tiny=options.gguf_tiny))
        finally:
            process.terminate()
            process.wait()
    print("bar: held" if held else "bar: MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
