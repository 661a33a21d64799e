"""What the sandbox costs: start-up above the program's own, the self-test, a requirement's worth of small runs.

    python benchmarks/sandbox.py

Bar: at most 30 ms above a plain `python -c pass` (median of 20, taken in turn with it, so that other work on the
machine weighs on both alike).
"""

import asyncio
import resource
import statistics
import sys
import tempfile
import time

from softhouse.environment.sandbox import Command
from softhouse.environment.sandbox.bubblewrap import Bubblewrap, programs
from softhouse.environment.sandbox.inside.layout import make_room
from softhouse.environment.sandbox.interpreter import Interpreter, command_environment
from softhouse.environment.sandbox.landlock import Landlock
from softhouse.environment.sandbox.plain import Plain
from softhouse.environment.sandbox.self_test import examine
from softhouse.environment.sandbox.wall import Wall
from softhouse.environment.sandbox.walled import WalledSandbox

ROUNDS = 20
NOTHING = Command(argv=("python", "-c", "pass"))


async def plain(python: str) -> float:
    """Seconds that a program which does nothing takes without any of this, on an interpreter as bare as inside."""
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(python, "-c", "pass", env=command_environment("/"))
    await process.wait()
    return time.perf_counter() - started


async def boxed(sandbox: WalledSandbox, commands: int = 1) -> float:
    """Seconds that a run of `commands` such programs takes behind a wall."""
    started = time.perf_counter()
    await sandbox.run([NOTHING] * commands, files={"main.py": "pass"})
    return time.perf_counter() - started


def processor() -> float:
    """Seconds of processor that children have taken so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def measure(wall: Wall) -> None:
    started = time.perf_counter()
    sandbox = await examine(wall)
    tested = time.perf_counter() - started
    bare, inside, work = [], [], [0.0, 0.0]
    with tempfile.TemporaryDirectory() as directory:
        _, python = make_room(directory, Interpreter.current().executable, 0)
        for _ in range(ROUNDS):
            before = processor()
            bare.append(await plain(python))
            between = processor()
            inside.append(await boxed(sandbox))
            work[0] += between - before
            work[1] += processor() - between
    ten = statistics.median([await boxed(sandbox, 10) for _ in range(5)])
    started = time.perf_counter()
    await asyncio.gather(*(boxed(sandbox) for _ in range(60)))
    sixty = time.perf_counter() - started
    one = statistics.median(inside)
    above, least = one - statistics.median(bare), min(inside) - min(bare)
    print(f"{sandbox.report.describe()}")
    print(f"  python -c pass        {statistics.median(bare) * 1e3:6.1f} ms plain, {one * 1e3:6.1f} ms inside")
    print(f"  above the program     {above * 1e3:6.1f} ms   (bar: 30; the least disturbed: {least * 1e3:.1f})")
    print(f"  of it processor time  {(work[1] - work[0]) / ROUNDS * 1e3:6.1f} ms")
    print(f"  each further command  {(ten - one) / 9 * 1e3:6.1f} ms   (the program's own start included)")
    print(f"  60 runs at once       {sixty:6.2f} s")
    print(f"  self-test             {tested * 1e3:6.0f} ms")


def main() -> None:
    walls: list[Wall] = [Plain()]
    if sys.platform == "linux":
        walls = [*(Bubblewrap(program) for program in programs()), Landlock(), *walls]
    for wall in walls:
        asyncio.run(measure(wall))


if __name__ == "__main__":
    main()
