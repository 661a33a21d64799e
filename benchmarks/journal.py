"""What the journal costs: CPU an act, commits, many runs at once, leaks, size.

    python benchmarks/journal.py [--folder DIR]

DIR must lie on a real disk (the default is the current directory): on a tmpfs an fsync costs nothing.
"""

import argparse
import asyncio
import gc
import os
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from softhouse.environment.act import Act
from softhouse.environment.documents import SourceFile
from softhouse.environment.events import Event
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger, Outcome
from softhouse.environment.message import Message
from softhouse.llm_backends.protocol import Usage

PROMPT = "Write the module that keeps the notes, with its exact interface. " * 95
ANSWER = "def load(path: str) -> list[str]:\n    return []\n\n\n" * 40
USAGE = Usage(prompt_tokens=1500, completion_tokens=500)


async def step(ledger: Ledger, name: str, latency: float = 0.0) -> None:
    """One model call as a run records it: the act, two events, and the message that it leads to."""

    async def perform() -> Outcome:
        if latency:
            await asyncio.sleep(latency)
        return Outcome({"text": ANSWER, "finish_reason": "stop"}, USAGE, 0.01)

    journal = ledger.journal
    request = {"messages": [{"role": "user", "content": f"{PROMPT}{name}"}], "max_tokens": 1024, "seed": 0}
    journal.record(Event(kind="call-started", role="Engineer", action="WriteCode"))
    act, _ = await ledger.once(Act.describe("completion", "Engineer", "WriteCode", "script:", request), perform)
    journal.record(Event(kind="call-finished", role="Engineer", action="WriteCode", usage=act.usage, cost=act.cost))
    content = SourceFile(path=f"{name}.py", content=ANSWER)
    await journal.publish(Message(sender="Engineer", content=content), acts=(act.key,))


async def chain(path: Path | None, steps: int, latency: float = 0.0) -> Journal:
    """One run: its calls one after another."""
    journal = await Journal.open(path)
    ledger = Ledger(journal)
    for number in range(steps):
        await step(ledger, f"module-{number}", latency)
    await journal.close()
    return journal


async def longest_pause(during: Callable[[], object]) -> float:
    """The longest time, in seconds, for which the event loop did not turn."""
    pause, last, running = 0.0, time.perf_counter(), True

    async def watch() -> None:
        nonlocal pause, last
        while running:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            pause, last = max(pause, now - last - 0.001), now

    watching = asyncio.ensure_future(watch())
    result = during()
    assert asyncio.iscoroutine(result)
    await result
    running = False
    await watching
    return pause


def row(what: str, figure: str, bar: str = "") -> None:
    print(f"| {what} | {figure} | {bar} |", flush=True)


async def cpu_of_one_run(path: Path | None, steps: int = 300) -> float:
    before = time.process_time()
    await chain(path, steps)
    return (time.process_time() - before) * 1000 / steps


async def one_journal_with_many_at_once(path: Path) -> tuple[float, float, float]:
    """CPU ms an act, acts a second, writes a commit."""
    journal = await Journal.open(path)
    ledger = Ledger(journal)

    async def engineer(name: str) -> None:
        for number in range(40):
            await step(ledger, f"{name}-{number}")

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(engineer(str(number)) for number in range(50)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    commits = journal.commits
    await journal.close()
    return cpu * 1000 / 2000, 2000 / wall, 3 * 2000 / commits


async def many_runs(folder: Path, runs: int = 200, steps: int = 5) -> tuple[float, float, float]:
    """Seconds in all, CPU ms a call, and the longest pause of the event loop."""
    folder.mkdir()
    cpu, wall = time.process_time(), time.perf_counter()

    async def all_of_them() -> None:
        await asyncio.gather(*(chain(folder / f"{number}.db", steps, latency=1.0) for number in range(runs)))

    pause = await longest_pause(all_of_them)
    return time.perf_counter() - wall, (time.process_time() - cpu) * 1000 / (runs * steps), pause


def resident() -> int:
    """KiB now, from Linux's /proc; elsewhere the peak so far."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def leaks(folder: Path) -> tuple[int, int, float]:
    """After 1,000 runs, 50 at a time: more threads, more open files, and memory in % of what it was after 200."""
    folder.mkdir()
    descriptors = Path("/proc/self/fd")
    threads, files = threading.active_count(), len(os.listdir(descriptors)) if descriptors.is_dir() else 0
    after_200 = 0
    for batch in range(20):
        paths = [folder / f"{batch}-{number}.db" for number in range(50)]
        await asyncio.gather(*(chain(path, 2) for path in paths))
        for path in paths:
            path.unlink()
        gc.collect()
        if batch == 3:
            after_200 = resident()
    more_files = len(os.listdir(descriptors)) - files if descriptors.is_dir() else 0
    return threading.active_count() - threads, more_files, 100 * (resident() / after_200 - 1)


def bytes_held(journal: Journal) -> int:
    """Bytes of prompts, answers, documents and events, as JSON."""
    acts = sum(len(act.model_dump_json(include={"request", "result"})) for act in journal.acts())
    messages = sum(len(message.content) for message in journal.messages())
    return acts + messages + sum(len(event.model_dump_json()) for event in journal.events())


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path())
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as name:
        folder = Path(name)
        await cpu_of_one_run(None)  # warm up: imports, caches
        row("what", "figure", "bar")
        row("---", "---", "---")
        row("CPU an act with its message, in memory", f"{await cpu_of_one_run(None):.3f} ms", "0.1 ms")
        row(
            "CPU an act with its message, on disk, one after another", f"{await cpu_of_one_run(folder / 'a.db'):.2f} ms"
        )
        cpu, rate, share = await one_journal_with_many_at_once(folder / "b.db")
        row("the same, 50 at once in one journal", f"{cpu:.2f} ms, {rate:,.0f} acts/s, {share:.1f} writes a commit")
        wall, cpu, pause = await many_runs(folder / "c")
        row("200 runs at once, 5 calls of 1 s each", f"{wall:.2f} s, {cpu:.2f} ms CPU a call", "6 s")
        row("the event loop's longest pause meanwhile", f"{pause * 1000:.0f} ms", "50 ms")
        threads, files, growth = await leaks(folder / "d")
        row("1,000 runs, 50 at a time: threads, files left", f"{threads}, {files}", "0, 0")
        row("memory after 1,000 runs against 200", f"{growth:+.1f} %", "5 %")
        journal = await chain(folder / "e.db", 100)
        size = (folder / "e.db").stat().st_size / bytes_held(journal)
        row("bytes on disk for a byte held", f"{size:.2f}", "3")


if __name__ == "__main__":
    asyncio.run(main())
