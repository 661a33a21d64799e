"""A process is killed at random points while it writes; another one reads at the same time."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.environment.journal import Journal

WRITER = """
import asyncio, sys
from pathlib import Path
from softhouse.environment.journal import Journal
from environment.journal_parts import USAGE, act, message

async def engineer(journal, name):
    for number in range(10_000):
        started = await journal.start(act(f"{name}-{number}"))
        done = await journal.finish(started, {"text": "x" * 500}, USAGE, 0.0)
        await journal.publish(message(f"{name}-{number}.py"), acts=(done.key,))
        print(done.key, flush=True)

async def main():
    journal = await Journal.open(Path(sys.argv[1]))
    await asyncio.gather(*(engineer(journal, name) for name in "abcd"))

asyncio.run(main())
"""


@pytest.mark.parametrize("seed", range(5))
def test_whatever_was_acknowledged_survives_sigkill(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "journal.db"
    chance = random.Random(seed)
    tests = Path(__file__).parents[1]
    acknowledged: list[str] = []
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, cwd=tests) as writer:
        assert writer.stdout is not None
        for number in range(chance.randint(1, 200)):
            acknowledged.append(writer.stdout.readline().strip())
            if number % 40 == 39:  # a second process reads while the first one writes
                reader = Journal.read(path)
                assert all(reader.find(key) for key in acknowledged)
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.stdout.read().split()

    journal = Journal.read(path)
    done = [found.key for found in journal.acts() if found.state == "done"]
    assert set(acknowledged) <= set(done)
    assert len(done) == len(set(done))
    assert len(journal.unfinished()) <= 4, "at most one of each engineer was in flight"
    published = {key for row in journal.messages() for key in row.acts}
    assert set(acknowledged) <= published <= set(done)
