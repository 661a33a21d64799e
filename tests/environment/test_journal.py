"""The journal keeps what it was told, in memory and in a file alike."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from softhouse.environment.act import Act, to_json
from softhouse.environment.documents import SourceFile
from softhouse.environment.events import Event
from softhouse.environment.journal import Journal
from softhouse.environment.journal_writer import JournalWriter
from softhouse.environment.threads import COMMITTERS, FILERS
from softhouse.errors import JournalError

from .journal_parts import TYPES, USAGE, act, message


@pytest.fixture(params=["memory", "file"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Journal]:
    journal = await Journal.open(tmp_path / "journal.db" if request.param == "file" else None)
    yield journal
    await journal.close()


async def test_an_act_is_found_once_it_is_done_and_not_before(journal: Journal) -> None:
    started = await journal.start(act(), reserved_tokens=100, reserved_cost=0.5)
    assert journal.find(started.key) is None
    finished = await journal.finish(started, {"text": "中 \x00 'quoted'"}, USAGE, 0.25)
    assert journal.find(started.key) == finished
    assert finished.result == {"text": "中 \x00 'quoted'"}
    assert journal.acts() == (finished,)
    assert journal.unfinished() == ()


async def test_a_result_is_what_a_later_process_will_read(journal: Journal) -> None:
    finished = await journal.finish(await journal.start(act()), {"pair": (1, 2), "half": "\ud83d"}, USAGE, None)
    assert finished.result == {"pair": [1, 2], "half": "\ud83d"}


async def test_a_failed_act_may_be_tried_again_and_each_try_is_kept(journal: Journal) -> None:
    first = await journal.start(act())
    journal.fail(first, "the server is not there")
    assert journal.find(first.key) is None
    await journal.finish(await journal.start(act()), {}, USAGE, 0.0)
    assert [(tried.attempt, tried.state) for tried in journal.acts()] == [(1, "failed"), (2, "done")]


async def test_messages_keep_their_order_and_what_led_to_them(journal: Journal) -> None:
    first = message("a.py")
    second = message("b.py", causes=(first.id,))
    await journal.publish(first, acts=("key-1", "key-2"))
    await journal.publish(second)
    rows = journal.messages()
    assert [row.message(TYPES) for row in rows] == [first, second]
    assert [row.id for row in rows] == [first.id, second.id]
    assert rows[0].acts == ("key-1", "key-2")


async def test_the_same_message_is_kept_once_even_if_sent_twice_at_the_same_time(journal: Journal) -> None:
    rows = await asyncio.gather(*(journal.publish(message("a.py")) for _ in range(3)))
    assert len(journal.messages()) == 1
    assert set(rows) == set(journal.messages())
    if journal.path:
        assert Journal.read(journal.path).messages() == journal.messages()


async def test_a_withdrawn_message_is_hidden_until_it_is_published_again(journal: Journal) -> None:
    first = await journal.publish(message("a.py"))
    second = await journal.publish(message("b.py"))
    await journal.withdraw([first.id, "unknown"])
    assert [row.id for row in journal.messages()] == [second.id]
    assert len(journal.messages(withdrawn=True)) == 2
    await journal.publish(message("a.py"))
    assert [row.id for row in journal.messages()] == [second.id, first.id]


async def test_a_pin_holds_one_document_a_slot(journal: Journal) -> None:
    await journal.pin(SourceFile(path="a.py", content="one"), "fork")
    await journal.pin(SourceFile(path="a.py", content="two"), "edit")
    (pin,) = journal.pins()
    assert pin.document(TYPES) == SourceFile(path="a.py", content="two")
    assert (pin.slot, pin.reason) == ("source-file:a.py", "edit")
    await journal.unpin("source-file:a.py")
    assert journal.pins() == ()


async def test_settings_are_json(journal: Journal) -> None:
    assert journal.get_meta("model", "none yet") == "none yet"
    await journal.set_meta("model", {"name": "gguf:x", "rungs": [1, 2]})
    assert journal.get_meta("model") == {"name": "gguf:x", "rungs": [1, 2]}
    with pytest.raises(ValueError, match="JSON"):
        await journal.set_meta("ratio", float("nan"))


def _contents(journal: Journal) -> tuple[object, ...]:
    return journal.acts(), journal.messages(withdrawn=True), journal.events(), journal.pins(), journal.get_meta("seed")


async def _filled(journal: Journal) -> Journal:
    await journal.set_meta("seed", 7)
    await journal.finish(await journal.start(act("one")), {"text": "1"}, USAGE, 0.5)
    journal.record(Event(kind="notice", detail="between"))
    await journal.start(act("two"), reserved_tokens=9, reserved_cost=0.1)
    journal.fail(await journal.start(act("three")), "no")
    for path in ("a.py", "b.py"):
        await journal.publish(message(path), acts=(act("one").key,))
    await journal.withdraw([message("b.py").id])
    await journal.pin(SourceFile(path="c.py", content=""), "edit")
    journal.record(Event(kind="run-finished", subject="stopped"))
    return journal


async def test_everything_comes_back_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.db"
    journal = await _filled(await Journal.open(path))
    before = _contents(journal)
    await journal.close()
    assert os.listdir(path.parent) == ["journal.db"], "one file remains"
    assert _contents(Journal.read(path)) == before
    again = await Journal.open(path)
    assert _contents(again) == before
    assert [left.request for left in again.unfinished()] == [{"prompt": "two"}]
    assert (await again.start(act("four"))).attempt == 4
    assert (await again.publish(message("d.py"))).sequence == 3
    await again.close()


async def test_a_copy_holds_everything_and_replaces_nothing(journal: Journal, tmp_path: Path) -> None:
    await _filled(journal)
    target = tmp_path / "fork" / "journal.db"
    journal.copy_to(target)
    assert _contents(Journal.read(target)) == _contents(journal)
    assert os.listdir(target.parent) == ["journal.db"]
    with pytest.raises(JournalError, match="exists already"):
        journal.copy_to(target)


async def test_a_journal_that_was_read_takes_changes_but_its_file_does_not(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await (await _filled(await Journal.open(path))).close()
    before = path.read_bytes()
    journal = Journal.read(path)
    await journal.publish(message("new.py"))
    await journal.close()
    assert message("new.py").id in {row.id for row in journal.messages()}
    assert path.read_bytes() == before


async def test_writes_that_meet_share_a_transaction(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")

    async def one(number: int) -> None:
        await journal.finish(await journal.start(act(str(number))), {}, USAGE, 0.0)

    await asyncio.gather(*(one(number) for number in range(50)))
    assert journal.commits <= 20, "100 writes, each with an fsync of its own, would be 100"
    await journal.close()


async def test_a_message_shares_the_transaction_of_what_its_readers_begin_with(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    begun = []

    async def reader() -> None:
        begun.append(await journal.start(act("read")))

    journal.publish(message("a.py"))
    await asyncio.create_task(reader())
    assert journal.commits == 1
    left = Journal.read(tmp_path / "journal.db")
    assert [row.id for row in left.messages()] == [message("a.py").id], "on the disk before anything comes of it"
    assert left.acts() == tuple(begun)
    await journal.close()


async def test_a_message_that_nobody_waits_for_is_written_all_the_same(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    journal.publish(message("a.py"))
    await journal.close()
    assert [row.id for row in Journal.read(tmp_path / "journal.db").messages()] == [message("a.py").id]


async def test_an_event_waits_for_the_next_change_or_a_flush(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    for number in range(100):
        journal.record(Event(kind="notice", detail=str(number)))
    assert journal.commits == 0
    await journal.flush()
    assert journal.commits == 1
    assert Journal.read(tmp_path / "journal.db").events() == journal.events()
    await journal.close()


async def test_who_is_cancelled_while_the_disk_works_loses_nothing(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    started = await journal.start(act())
    waiting = asyncio.ensure_future(journal.finish(started, {"text": "paid"}, USAGE, 1.0))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await journal.flush()
    found = journal.find(started.key)
    assert found is not None
    assert found.result == {"text": "paid"}
    await journal.close()


async def test_an_act_cancelled_before_it_began_was_not_billed(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await Journal.open(path)
    waiting = asyncio.ensure_future(journal.start(act()))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await journal.close()
    assert [left.state for left in Journal.read(path).acts()] == ["failed"]
    assert Journal.read(path).unfinished() == ()


async def test_closing_frees_the_files_and_all_journals_share_a_few_threads(tmp_path: Path) -> None:
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0

    async def life(path: Path) -> None:
        journal = await Journal.open(path)
        await journal.start(act())
        await journal.close()
        await journal.close()
        with pytest.raises(RuntimeError, match="closed"):
            await journal.flush()

    gc.collect()  # what earlier tests left open is closed whenever it is collected
    files = open_files()
    await asyncio.gather(*(life(tmp_path / f"{number}.db") for number in range(50)))
    assert open_files() == files
    started = [thread for thread in threading.enumerate() if thread.name.startswith("softhouse-")]
    assert len(started) <= COMMITTERS + FILERS


async def test_a_close_that_is_cancelled_still_closes(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = await Journal.open(path)
    started = asyncio.ensure_future(journal.start(act()))
    closing = asyncio.ensure_future(journal.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait({started, closing})
    await journal.close()
    assert os.listdir(tmp_path) == ["journal.db"]
    assert len(Journal.read(path).unfinished()) == 1


async def test_an_open_that_is_cancelled_leaves_nothing_open(tmp_path: Path) -> None:
    opening = asyncio.ensure_future(Journal.open(tmp_path / "journal.db"))
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.wait({opening})
    await (await Journal.open(tmp_path / "journal.db")).close()
    for _ in range(100_000):  # the first one's connection goes last, and takes its log with it
        if os.listdir(tmp_path) == ["journal.db"]:
            break
        await asyncio.sleep(0)
    assert os.listdir(tmp_path) == ["journal.db"]


async def test_whoever_is_the_last_to_close_takes_the_log_away(tmp_path: Path) -> None:
    for number in range(40):
        folder = tmp_path / str(number)
        folder.mkdir()
        writers = [JournalWriter(folder / "journal.db") for _ in range(6)]
        await asyncio.gather(*(writer.open() for writer in writers))
        await asyncio.gather(*(writer.close() for writer in writers))
        assert os.listdir(folder) == ["journal.db"]


async def test_a_document_whose_type_is_unknown_or_has_changed_is_a_clear_error() -> None:
    row = await Journal().publish(message("a.py"))
    with pytest.raises(JournalError, match=r"SourceFile .* which no hired role knows"):
        row.message({})
    with pytest.raises(JournalError, match=r"does not fit its type any more \(path: Field required\)"):
        row.model_copy(update={"content": '{"content": ""}'}).document(TYPES)


def test_a_key_depends_on_everything_but_the_order_of_fields() -> None:
    assert Act.describe("completion", "R", "A", "m", {"a": 1, "b": 2}).key == act_of({"b": 2, "a": 1}).key
    keys = {
        Act.describe("completion", "R", "A", "m", {"a": 1}).key,
        Act.describe("execution", "R", "A", "m", {"a": 1}).key,
        Act.describe("completion", "RA", "", "m", {"a": 1}).key,
        Act.describe("completion", "R", "A", "n", {"a": 1}).key,
        Act.describe("completion", "R", "A", "m", {"a": "1"}).key,
        Act.describe("completion", "R", "A", "m", {"a": 1}, sample=1).key,
    }
    assert len(keys) == 6
    assert all(len(key) == 64 and int(key, 16) >= 0 for key in keys)


def act_of(request: dict[str, int]) -> Act:
    return Act.describe("completion", "R", "A", "m", request)


def test_json_can_always_be_encoded() -> None:
    assert to_json({"text": "中\ud83d"}).encode() == rb'{"text":"\u4e2d\ud83d"}'
