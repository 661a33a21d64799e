"""What can happen to a journal's file: each a clear line, and nothing that was committed is lost."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from softhouse.environment.journal import Journal
from softhouse.errors import JournalError, SofthouseError, StorageError, WorkspaceBusyError

from .journal_parts import USAGE, act, crashed_copy, make_read_only, message, small_disk


async def _journal_with(path: Path, acts: int) -> Journal:
    journal = await Journal.open(path)
    for number in range(acts):
        await journal.finish(await journal.start(act(str(number))), {"text": "x" * 3000}, USAGE, 0.0)
    return journal


async def _fill(journal: Journal, committed: list[str]) -> None:
    for number in range(1000):
        await journal.finish(await journal.start(act(str(number))), {"text": "x" * 3000}, USAGE, 0.0)
        committed.append(str(number))


def _done(journal: Journal) -> list[str]:
    return [found.request["prompt"] for found in journal.acts() if found.state == "done"]


def _is_one_line(error: SofthouseError, path: Path) -> bool:
    return "\n" not in str(error) and str(path) in str(error)


async def test_a_log_cut_anywhere_by_a_power_failure_still_opens_with_what_was_whole(tmp_path: Path) -> None:
    journal = await _journal_with(tmp_path / "journal.db", acts=8)
    whole = crashed_copy(tmp_path / "journal.db", tmp_path / "whole" / "journal.db")
    await journal.close()
    size = (whole.parent / "journal.db-wal").stat().st_size
    counts = []
    for cut in (*range(0, size, size // 25), size):
        path = crashed_copy(whole, tmp_path / str(cut) / "journal.db")
        os.truncate(path.parent / "journal.db-wal", cut)
        survivor = await Journal.open(path)
        assert _done(survivor) == [str(number) for number in range(len(_done(survivor)))], "the first ones, whole"
        counts.append(len(_done(survivor)))
        await survivor.finish(await survivor.start(act("after")), {}, USAGE, 0.0)
        await survivor.close()
        assert _done(Journal.read(path))[-1] == "after"
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 8)


@pytest.mark.parametrize("content", [b"not a database at all " * 400, b"SQLite format 3\x00" + b"\xff" * 8000])
async def test_garbage_is_no_journal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    with pytest.raises(JournalError) as opened:
        await Journal.open(path)
    with pytest.raises(JournalError) as read:
        Journal.read(path)
    assert _is_one_line(opened.value, path)
    assert _is_one_line(read.value, path)
    assert path.read_bytes() == content


async def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await (await _journal_with(path, acts=30)).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xaa" * 4096 * 12)
    with pytest.raises(JournalError, match="damaged"):
        await Journal.open(path)


async def test_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await (await _journal_with(path, acts=1)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(JournalError, match=r"newer version of softhouse \(format 2.*pip install --upgrade"):
        await Journal.open(path)
    with pytest.raises(JournalError, match="newer version"):
        Journal.read(path)


async def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cookies (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        await Journal.open(path)
    assert path.read_bytes() == before


async def test_a_directory_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="is a directory"):
        await Journal.open(tmp_path)
    with pytest.raises(JournalError, match="no journal at"):
        Journal.read(tmp_path / "nothing.db")
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        await Journal.open(tmp_path / "file" / "journal.db")


async def test_a_process_killed_before_the_first_commit_leaves_an_empty_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch()
    assert Journal.read(path).acts() == ()
    journal = await _journal_with(path, acts=1)
    await journal.close()
    assert _done(Journal.read(path)) == ["0"]


async def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "500k") as disk:
        path = disk / "journal.db"
        (disk / "something-else").write_bytes(b"x" * 100_000)
        journal = await Journal.open(path)
        committed: list[str] = []
        with pytest.raises(StorageError) as full:
            await _fill(journal, committed)
        assert _is_one_line(full.value, path)
        assert committed
        (disk / "something-else").unlink()
        failures = await asyncio.gather(
            journal.publish(message("a.py")), journal.set_meta("seed", 1), return_exceptions=True
        )
        assert [type(failure) for failure in failures] == [StorageError, StorageError], (
            "a gap would be worse than an end"
        )
        assert _done(journal) == committed, "in memory as well, only what is on the disk counts"
        await journal.close()
        left = Journal.read(path)
        assert (_done(left), left.messages(), left.get_meta("seed")) == (committed, (), None)
        roomy = crashed_copy(path, tmp_path / "roomy" / "journal.db")
    again = await Journal.open(roomy)
    assert _done(again) == committed
    await again.close()


@pytest.mark.parametrize("left", ["closed", "killed"])
async def test_a_read_only_disk_can_be_read_and_not_written(tmp_path: Path, left: str) -> None:
    journal = await _journal_with(tmp_path / "journal.db", acts=3)
    if left == "closed":
        await journal.close()
    with small_disk(tmp_path / "disk", "4m") as disk:
        path = crashed_copy(tmp_path / "journal.db", disk / "journal.db")
        make_read_only(disk)
        assert _done(Journal.read(path)) == ["0", "1", "2"]
        with pytest.raises(StorageError) as refused:
            await Journal.open(path)
        assert _is_one_line(refused.value, path)
    await journal.close()


async def test_two_writers_at_once_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    first, second = await Journal.open(path), await Journal.open(path)
    await first.start(act("mine"))
    with pytest.raises(WorkspaceBusyError, match="another process"):
        await second.start(act("yours"))
    await first.finish(await first.start(act("still mine")), {}, USAGE, 0.0)
    await second.close()
    await first.close()
    assert _done(Journal.read(path)) == ["still mine"]
