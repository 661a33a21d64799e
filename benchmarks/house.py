"""What the house itself costs, without a model: `python benchmarks/house.py [latency|prompts|cpu|runs|messages] …`

Bars (issue 2): eight independent modules at 1 s a call, first call to last reply in 7 s; prompt characters linear in
the modules, at most 120k for 8 and 240k for 16 of 2.4k characters each; CPU of this process per model call at most 5 ms
with the journal on disk, 1 ms in memory; 200 runs of five calls in a chain at 1 s a call in 6 s; 5,000 messages a CPU
second.

200 runs make some 6,400 files. Measured on 28 November 2026 on ext4, two cores: 5.6 to 5.9 s where nothing was deleted
in the minutes before. That ext4 has no journal, and then Linux passes over each file that was deleted in the last
minutes before it makes a new one (`recently_deleted` in fs/ext4/ialloc.c): right after a test run or this benchmark
itself, which delete as many, it is up to 7.2 s, and a call of a chain on disk takes up to 7 ms of CPU instead of 2.4.
Whole runs with the suites of eight modules, each tested in a sandbox: 1.7 ms a call in memory, 3.7 on disk.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from softhouse import Action, Company, Document, Environment, Message, Requirement, Role
from softhouse.environment.graph import Seat, Skill
from softhouse.llm_backends.protocol import CompletionRequest
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."


async def latency() -> None:
    """Eight modules that do not depend on each other, 1 s a call, tests and sandbox included."""
    times: list[float] = []

    def answer(request: CompletionRequest) -> str:
        times.append(time.perf_counter())
        return script(request)

    script = standard_house(modules=8)
    backend = ScriptedBackend(answer, latency=1.0)
    with tempfile.TemporaryDirectory() as folder:
        project = await Company(model=backend, workspace=Path(folder, "out")).run(LINE)
    seconds = times[-1] - times[0] + 1.0
    print(f"latency: {len(times)} calls, first call to last reply {seconds:.2f} s, accepted {project.accepted}")


async def prompts() -> None:
    """Characters of all prompts of a run, QA's tests included, modules of 2.4k characters."""
    for modules in (2, 4, 8, 16):
        backend = ScriptedBackend(standard_house(modules=modules, characters=2400))
        await Company(model=backend).run(LINE)
        characters = sum(len(message.content) for request in backend.requests for message in request.messages)
        print(f"prompts: {modules:2} modules, {len(backend.requests):2} calls, {characters:7,} characters")


async def cpu() -> None:
    """CPU seconds of this process (children not counted) for each model call of whole runs."""
    for place in ("memory", "disk"):
        for modules in (1, 8):
            calls, before = 0, 0.0
            with tempfile.TemporaryDirectory() as folder:
                for number in range(12):
                    if number == 2:  # the first runs import and compile
                        calls, before = 0, time.process_time()
                    backend = ScriptedBackend(standard_house(modules=modules))
                    workspace = Path(folder, f"{number}") if place == "disk" else None
                    await Company(model=backend, workspace=workspace).run(LINE)
                    calls += len(backend.requests)
                each = (time.process_time() - before) / calls * 1000
            print(f"cpu: whole runs, {modules} modules, journal on {place}: {each:.2f} ms a call")
    for place in ("memory", "disk"):
        with tempfile.TemporaryDirectory() as folder:
            before, calls = time.process_time(), 0
            for number in range(100):
                workspace = Path(folder, f"{number}") if place == "disk" else None
                await Company(model=chain_backend(0.0), roles=CHAIN, workspace=workspace).run(LINE)
                calls += 5
            each = (time.process_time() - before) / calls * 1000
        print(f"cpu: five calls in a chain, nothing to execute, {place}: {each:.2f} ms a call")


class Link(Document):
    """One link of a chain of documents."""

    text: str


def _link(number: int, before: type[Document]) -> tuple[type[Link], Role]:
    produced = type(f"Link{number}", (Link,), {"final": number == 5, "__module__": __name__})
    action = type(
        f"Forge{number}",
        (Action,),
        {"watches": (before,), "produces": (produced,), "prompt": "Forge the next link.", "__module__": __name__},
    )
    return produced, Role(name=f"Smith {number}", goal="forge", actions=(action(),))


def _chain() -> tuple[Role, ...]:
    roles: list[Role] = []
    before: type[Document] = Requirement
    for number in range(1, 6):
        before, role = _link(number, before)
        roles.append(role)
    return tuple(roles)


CHAIN = _chain()


def chain_backend(latency: float) -> ScriptedBackend:
    return ScriptedBackend(lambda request: '{"text": "a link"}', latency=latency)


async def runs() -> None:
    """200 runs at once in one process, five calls each in a chain, 1 s a call, journals on disk, nothing to execute."""
    with tempfile.TemporaryDirectory() as folder:
        start, cpu_before = time.perf_counter(), time.process_time()
        companies = [
            Company(model=chain_backend(1.0), roles=CHAIN, workspace=Path(folder, str(number))) for number in range(200)
        ]
        await asyncio.gather(*(company.run(LINE) for company in companies))
        wall, used = time.perf_counter() - start, time.process_time() - cpu_before
    print(f"runs: 200 at once in {wall:.2f} s (ideal 5, bar 6), {used:.2f} s CPU of this process")


class Note(Document):
    """A message's content."""

    number: int


async def messages() -> None:
    """Messages through the environment, five roles, no model, no journal."""
    count = 20_000
    skill = Skill("Read", (Requirement, Note), ())
    writer = Skill("Write", (Requirement,), (Note,))
    environment = Environment([Seat(f"Role {n}", (skill, writer) if n == 0 else (skill,)) for n in range(5)])
    read = 0

    def receive(_: Message) -> None:
        nonlocal read
        read += 1

    for number in range(5):
        environment.connect(f"Role {number}", receive)
    before = time.process_time()
    for number in range(count):
        await environment.publish(Message(sender="Role 0", content=Note(number=number)))
    rate = count / (time.process_time() - before)
    print(f"messages: {rate:,.0f} a CPU second (bar 5,000), {read:,} deliveries")


BENCHMARKS: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
    "latency": latency,
    "prompts": prompts,
    "cpu": cpu,
    "runs": runs,
    "messages": messages,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHMARKS:
        asyncio.run(BENCHMARKS[name]())
