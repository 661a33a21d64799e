"""Hostile programs, each behind every wall: it fails, is stopped, or sees nothing."""

import asyncio
import os
import socket
import time
from pathlib import Path

import pytest

from softhouse.environment.sandbox.landlock import tasks_of
from softhouse.environment.sandbox.protocol import MIB, Command, Execution, Limits, Outcome
from softhouse.environment.sandbox.walled import WalledSandbox

from .conftest import behind
from .targets import Targets

ATTACKS = Path(__file__).parent / "attacks"
LIMITS = Limits(wall_seconds=8, memory_bytes=200 * MIB, processes=48, disk_bytes=16 * MIB, file_bytes=16 * MIB)
PATIENT = LIMITS.model_copy(update={"wall_seconds": 60})
"""Where another limit is to be met, on however busy a machine."""
SOBER = Command(argv=("python", "-c", "print('sober')"))


async def attack(
    sandbox: WalledSandbox, name: str, target: Targets | None = None, *, limits: Limits = LIMITS, sober: bool = True
) -> tuple[Execution, Outcome]:
    """Run an attack, then a harmless program, which must not be hurt by what went before (but for a disk left full)."""
    files = {"attack.py": (ATTACKS / f"{name}.py").read_text(), "facts.json": target.facts() if target else "{}"}
    outcome = await sandbox.run([Command(argv=("python", "attack.py")), SOBER], files=files, limits=limits)
    assert outcome.executions[1].stdout == "sober\n" or not sober
    return outcome.executions[0], outcome


def left_behind(mark: str) -> list[int]:
    """Processes of this machine whose command line holds `mark`."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if mark.encode() in Path(f"/proc/{name}/cmdline").read_bytes() and int(name) != os.getpid():
                found.append(int(name))
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    "name",
    [
        "read_files",
        "parent_environment",
        "write_outside",
        "network",
        "other_processes",
        "signals",
        "namespaces",
        "memory_of_nobody",
        "raise_limits",
    ],
)
async def test_gets_through_to_nothing(
    walled: WalledSandbox, target: Targets, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHOUSE_SECRET", target.secret)
    target.everybody = [1, -1] if walled.report.wall == "bubblewrap" else []
    execution, _ = await attack(walled, name, target)
    assert "BREACH" not in execution.stdout
    assert "Traceback" not in execution.stderr
    assert execution.exit_code == 0, execution
    assert target.unharmed()


@pytest.mark.parametrize("version", [1, 4])
@pytest.mark.parametrize("name", ["read_files", "write_outside", "network", "signals"])
async def test_gets_through_to_nothing_on_older_kernels(target: Targets, name: str, version: int) -> None:
    """Linux 5.13 had the first Landlock; Ubuntu 24.04 has the fourth, and refuses user namespaces."""
    execution, _ = await attack(behind(f"landlock {version}"), name, target)
    assert "BREACH" not in execution.stdout
    assert execution.exit_code == 0, execution
    assert target.unharmed()


@pytest.mark.parametrize("name", ["read_files", "parent_environment", "network", "memory_of_nobody"])
async def test_gets_through_without_a_wall(unwalled: WalledSandbox, target: Targets, name: str) -> None:
    execution, _ = await attack(unwalled, name, target)
    assert "BREACH" in execution.stdout


async def test_writes_outside_without_a_wall(unwalled: WalledSandbox, target: Targets) -> None:
    target.places = ()
    await attack(unwalled, "write_outside", target)
    assert not target.unharmed()


@pytest.mark.parametrize("wall", [True, False])
async def test_nobody_comes_in(wall: bool, target: Targets, walled: WalledSandbox, unwalled: WalledSandbox) -> None:
    running = asyncio.ensure_future(attack(walled if wall else unwalled, "network_in", target))
    while not running.done():
        with socket.socket() as client:
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", target.free_port))
            await asyncio.wait([running], timeout=0.02)
    execution, _ = running.result()
    assert ("BREACH" in execution.stdout) is not wall


async def test_hooks_stay_inside(walled: WalledSandbox) -> None:
    execution, outcome = await attack(walled, "git_hooks")
    assert execution.exit_code == 0, execution
    assert set(outcome.files) == {"sub/.git.txt"}


@pytest.mark.parametrize("name", ["memory_family", "memory_shared"])
async def test_memory_of_many_is_bounded_together(walled: WalledSandbox, name: str) -> None:
    execution, _ = await attack(walled, name, limits=PATIENT)
    assert (execution.limit, execution.exit_code) == ("memory", -9)


async def test_memory_of_one_is_bounded(walled: WalledSandbox) -> None:
    execution, _ = await attack(walled, "memory_one")
    assert "MemoryError" in execution.stderr
    assert int(execution.stdout.split()[-1]) * MIB < LIMITS.memory_bytes


async def test_fork_bomb_is_contained(walled: WalledSandbox) -> None:
    limits = LIMITS.model_copy(update={"wall_seconds": 0.5, "processes": 20})
    mark = f"bomb-{time.monotonic_ns()}"
    bomb = Command(argv=("python", "-c", (ATTACKS / "fork_bomb.py").read_text(), mark))
    shared_with = tasks_of(os.getuid()) if walled.report.wall == "landlock" and os.getuid() else 0
    running = asyncio.ensure_future(walled.run([bomb, SOBER], files={}, limits=limits))
    most = 0
    while not running.done():
        most = max(most, len(left_behind(mark)))
        await asyncio.wait([running], timeout=0.02)
    bombed, sober = running.result().executions
    assert bombed.limit in ("wall", "processes")
    assert sober.stdout == "sober\n"
    assert 2 < most <= 20 + 1 + shared_with
    assert most <= 20 + 1 or bombed.limit == "processes", "what the user's other processes leave free as they end"
    assert left_behind(mark) == []


async def test_full_disk_is_bounded(walled: WalledSandbox) -> None:
    execution, _ = await attack(walled, "full_disk", limits=PATIENT, sober=False)
    assert "BREACH" not in execution.stdout
    assert execution.limit == "disk" or "No space left" in execution.stdout


@pytest.mark.parametrize("name", ["endless_loop", "endless_sleep"])
async def test_the_clock_ends_it(walled: WalledSandbox, name: str) -> None:
    started = time.monotonic()
    execution, _ = await attack(walled, name, limits=LIMITS.model_copy(update={"wall_seconds": 0.4}))
    assert (execution.timed_out, execution.limit, execution.exit_code) == (True, "wall", -9)
    assert time.monotonic() - started < 30


async def test_the_processor_clock_ends_it(unwalled: WalledSandbox) -> None:
    execution, _ = await attack(unwalled, "endless_loop", limits=PATIENT.model_copy(update={"cpu_seconds": 1}))
    assert (execution.limit, execution.timed_out) == ("cpu", False)


async def test_a_grandchild_does_not_outlive_it(walled: WalledSandbox) -> None:
    mark = f"grandchild-{time.monotonic_ns()}"
    command = Command(argv=("python", "-c", (ATTACKS / "grandchild.py").read_text(), mark))
    started = time.monotonic()
    outcome = await walled.run([command, SOBER], files={}, limits=LIMITS)
    assert outcome.executions[0].stdout == "gone\n"
    assert left_behind(mark) == []
    assert time.monotonic() - started < 30


async def test_endless_output_is_cut(walled: WalledSandbox) -> None:
    execution, _ = await attack(walled, "endless_output", limits=LIMITS.model_copy(update={"output_bytes": 1000}))
    assert (execution.truncated, execution.limit) == (True, "output")
    assert execution.stdout == "x" * 1000


async def test_strange_files_break_nothing(walled: WalledSandbox) -> None:
    limits = LIMITS.model_copy(update={"returned_bytes": MIB})
    execution, outcome = await attack(walled, "strange_files", limits=limits)
    assert execution.exit_code == 0, execution
    assert outcome.files == {"fine.txt": "fine", " ": "strange", "x" * 255: "strange"}
    assert {"new\\nline.txt", "fifo", "passwd.txt", "loop", "huge.txt", "binary.bin"} <= set(outcome.omitted)
    assert all(name.isprintable() for name in (*outcome.files, *outcome.omitted))


async def test_a_tree_too_deep_is_removed(walled: WalledSandbox) -> None:
    _, outcome = await attack(walled, "deep_tree", sober=False)
    assert set(outcome.files) <= {"locked/inside.txt"}


async def test_files_without_end_are_stopped(walled: WalledSandbox) -> None:
    execution, _ = await attack(walled, "many_files", limits=PATIENT, sober=False)
    assert execution.limit == "disk"
