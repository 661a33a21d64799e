"""Many whole runs in one process: do all end right, and is anything left behind that grows?

    python benchmarks/load.py [--runs 1000] [--at-once 50] [--folder DIR]

Each run is the standard house on a scripted model, with its own workspace, journal, git history and sandboxed program.
DIR (the default is the current directory) should lie on a real disk: on a tmpfs an fsync costs nothing.
"""

import argparse
import asyncio
import gc
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

from softhouse import Company
from softhouse.settings import JOURNAL
from softhouse.testing import ScriptedBackend
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."
TABLES = ("meta", "attempts", "outcomes", "messages", "events", "pins")


@dataclass
class Load:
    """What was seen."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    resident: list[int] = field(default_factory=list)
    """Bytes of resident memory when each run ended, in the order of their ends."""
    journal_ratios: list[float] = field(default_factory=list)
    """Bytes of a journal's file to bytes of what its rows hold."""
    descriptors: tuple[int, int] = (0, 0)
    """Open ones, before and after."""
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def growth(self, warm_up: int) -> float:
        """How much more memory the last runs found than the first ones after `warm_up`, as a share."""
        after = self.resident[warm_up:]
        window = max(1, len(after) // 8)
        return mean(after[-window:]) / mean(after[:window]) - 1


async def load(runs: int, at_once: int, folder: Path) -> Load:
    """`runs` runs, `at_once` at a time, each in a folder of its own below `folder` that is removed afterwards."""
    found = Load()
    await _run(found, folder / "warm-up")  # what is opened once a process is open now
    gc.collect()  # as before the second count: what this process dropped earlier is not closed in between
    found = Load(descriptors=(_descriptors(), 0))
    turn = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with turn:
            await _run(found, folder / str(number))

    start, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as tasks:
        for number in range(runs):
            tasks.create_task(one(number))
    found.seconds, found.cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
    gc.collect()
    found.descriptors = (found.descriptors[0], _descriptors())
    return found


async def _run(found: Load, workspace: Path) -> None:
    try:
        project = await Company(model=ScriptedBackend(standard_house()), workspace=workspace).run(LINE)
    except Exception as error:  # the whole point is to count them
        found.wrong.append(f"{workspace.name}: {type(error).__name__}: {error}")
        return
    if project.accepted and (workspace / "main.py").is_file() and (workspace / ".git" / "HEAD").is_file():
        found.right += 1
    else:
        found.wrong.append(f"{workspace.name}: not accepted")
    found.journal_ratios.append(_journal_ratio(workspace / JOURNAL))
    shutil.rmtree(workspace)
    found.resident.append(_resident())


def _journal_ratio(path: Path) -> float:
    with closing(sqlite3.connect(path)) as connection:
        held = 0
        for table in TABLES:
            for row in connection.execute(f"SELECT * FROM {table}"):
                held += sum(len(v.encode()) if isinstance(v, str) else 8 for v in row if v is not None)
    return path.stat().st_size / held


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--folder", type=Path, default=Path())
    options = parser.parse_args()
    warm_up = min(200, options.runs // 5)
    with tempfile.TemporaryDirectory(prefix="load-", dir=options.folder) as folder:
        found = asyncio.run(load(options.runs, options.at_once, Path(folder)))
    growth, ratio = found.growth(warm_up), max(found.journal_ratios)
    before, after = found.descriptors
    rows = (
        (f"{options.runs} runs, {options.at_once} at a time, that end right", str(found.right), "all"),
        (f"memory after the first {warm_up} runs: growth", f"{growth:+.1%}", "at most 5 %"),
        ("resident at the end", f"{found.resident[-1] / 1e6:.0f} MB", ""),
        ("file descriptors before and after", f"{before}, {after}", "the same"),
        ("journal file to what it holds, the largest", f"{ratio:.2f}", "at most 3"),
        ("time in all", f"{found.seconds:.0f} s", ""),
        ("CPU of this process, a run", f"{found.cpu_seconds / options.runs:.3f} s", ""),
    )
    for row in (("what", "figure", "bar"), ("---", "---", "---"), *rows):
        print(f"| {' | '.join(row)} |")
    for line in found.wrong[:10]:
        print(line)
    return 0 if not found.wrong and growth <= 0.05 and after <= before and ratio <= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
