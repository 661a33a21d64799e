"""What happens to a run from outside, through the real command: a clear line, an exit code, nothing lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from softhouse.environment.journal import Journal
from softhouse.settings import JOURNAL

from .conftest import Ended, House, repeated

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and mounts of Unix")


@dataclass(frozen=True)
class Accident:
    """What happens, what the command that meets it says, and what puts it right."""

    name: str
    happens: "Callable[[House], Iterator[Ended]]"
    """Yields how the command that met it ended; afterwards puts things right, so that the run can go on."""
    exit_code: int
    says: str


def hanging(house: House, request: int) -> "subprocess.Popen[str]":
    """A run whose model hangs at its request of that number."""
    house.model.hang_at = request
    process = house.start(*house.new)
    while house.server.count < request:
        house.server.wait_for_a_request(60)
    return process


def ended(process: "subprocess.Popen[str]") -> Ended:
    out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out, err)


def terminated(house: House) -> Iterator[Ended]:
    process = hanging(house, 2)
    process.send_signal(signal.SIGTERM)
    yield ended(process)


def interrupted_twice(house: House) -> Iterator[Ended]:
    process = hanging(house, 2)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    yield ended(process)


def killed_and_its_log_cut(house: House) -> Iterator[Ended]:
    process = hanging(house, 2)
    process.kill()
    ended(process)
    log = house.folder / "out" / ".softhouse" / "journal.db-wal"
    os.truncate(log, log.stat().st_size * 2 // 3)
    yield house.run("status", "out")


def full_disk(house: House) -> Iterator[Ended]:
    with small_disk(house.folder / "out", "200k") as disk:
        (disk / ".softhouse").mkdir()  # the house's own folder, so the disk counts as its workspace
        met = house.run(*house.new)
        assert any(act.state == "done" for act in house.journal().acts()), "it is full in the middle of the run"
        shutil.copytree(disk, house.folder / "kept")
    shutil.copytree(house.folder / "kept", house.folder / "out", dirs_exist_ok=True)
    yield met


def read_only_disk(house: House) -> Iterator[Ended]:
    ended(interrupted(house))
    shutil.move(house.folder / "out", house.folder / "kept")
    with small_disk(house.folder / "out", "8m") as disk:
        shutil.copytree(house.folder / "kept", disk, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        met = house.run("resume", "out", *house.on)
        assert house.run("status", "out").exit_code == 0, "what is there can be looked at"
    shutil.copytree(house.folder / "kept", house.folder / "out", dirs_exist_ok=True)
    yield met


def second_process(house: House) -> Iterator[Ended]:
    first = hanging(house, 2)
    met = house.run("resume", "out", *house.on)
    assert "running" in house.run("status", "out").out
    first.send_signal(signal.SIGTERM)
    ended(first)
    yield met


def newer_version(house: House) -> Iterator[Ended]:
    ended(interrupted(house))
    set_version(house, 99)
    yield house.run("resume", "out", *house.on)
    set_version(house, 1)


def no_journal_any_more(house: House) -> Iterator[Ended]:
    ended(interrupted(house))
    path = house.folder / "out" / JOURNAL
    kept = path.read_bytes()
    path.write_bytes(b"\xff" * len(kept))
    yield house.run("resume", "out", *house.on)
    path.write_bytes(kept)


def interrupted(house: House) -> "subprocess.Popen[str]":
    process = hanging(house, 2)
    process.send_signal(signal.SIGTERM)
    return process


def set_version(house: House, version: int) -> None:
    with closing(sqlite3.connect(house.folder / "out" / JOURNAL)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"mounting a tmpfs needs root: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


ACCIDENTS = [
    Accident("SIGTERM", terminated, 130, "interrupted; nothing is lost, go on with: softhouse resume out"),
    Accident("Ctrl-C twice", interrupted_twice, 130, ""),
    Accident("a log cut by a power failure", killed_and_its_log_cut, 0, ""),
    Accident("a full disk", full_disk, 3, "the disk is full"),
    Accident("a read-only workspace", read_only_disk, 2, "is not writable"),
    Accident("two processes", second_process, 2, "is in use by process"),
    Accident("a newer version's journal", newer_version, 2, "newer version of softhouse (format 99"),
    Accident("a journal that is none any more", no_journal_any_more, 2, "is not a journal, or it is damaged"),
]


@pytest.mark.parametrize("accident", ACCIDENTS, ids=lambda accident: accident.name)
def test_an_accident_is_told_in_one_line_and_costs_nothing(house: House, accident: Accident) -> None:
    happening = accident.happens(house)
    met = next(happening)
    assert (met.exit_code, "Traceback" in met.err) == (accident.exit_code, False), met.err
    if accident.says:
        assert met.last_line.startswith("softhouse: ")
        assert accident.says in met.last_line
    assert next(happening, None) is None
    before = house.journal()
    house.model.hang_at = None
    goes_on = house.run("resume", "out", *house.on)
    assert goes_on.exit_code == 0, goes_on.err
    assert repeated(before, house.journal()) == []
    unfinished(before, goes_on)
    assert house.run("replay", "out").exit_code == 0


def unfinished(before: Journal, goes_on: Ended) -> None:
    """Each act that was under way is spoken of when the run goes on."""
    assert goes_on.err.count("may have been billed twice") == len(before.unfinished())
