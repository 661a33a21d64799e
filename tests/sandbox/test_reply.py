"""What comes out of a sandbox is untrusted: any bytes at all give an outcome or a clear error, nothing else."""

import asyncio
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softhouse.environment.sandbox.wall import Start
from softhouse.environment.sandbox.walled import _converse, _outcome
from softhouse.errors import IsolationError, WorkspaceError


def reply(*fields: bytes) -> bytes:
    return b"".join(b"%d:%s," % (len(field), field) for field in fields)


EXECUTION = (b"0", b"out", b"err", b"", b"", b"")


def test_is_read() -> None:
    outcome = _outcome(reply(b"ok", b"1", *EXECUTION, b"1", b"a/b", b"text", b"1", b"gone", b"1", b"link"), 1)
    assert outcome.executions[0].stdout == "out"
    assert (outcome.files, outcome.deleted, outcome.omitted) == ({"a/b": "text"}, ("gone",), ("link",))


@pytest.mark.parametrize(
    "name",
    [
        *(b"/etc/x", b"../x", b"a/../b", b"a//b", b"", b"a\\b", b"a\nb", b"a\x00b", b"\xff", b"\x1b[31m"),
        *(b".git/config", b"a/.GIT/x", b".softhouse/journal.db", "a\u202eb".encode()),
    ],
)
def test_names_that_no_project_may_hold_are_left_out(name: bytes) -> None:
    outcome = _outcome(reply(b"ok", b"0", b"1", name, b"text", b"0", b"0"), 0)
    assert outcome.files == {}
    assert len(outcome.omitted) == 1
    assert outcome.omitted[0].isascii()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"x",
        b"2:ok",
        b"-1:ok,",
        b"99999999999:ok,",
        reply(b"ok"),
        reply(b"ok", b"2", *EXECUTION, b"0", b"0", b"0"),  # an execution that never was
        reply(b"ok", b"1", *EXECUTION, b"-5", b"0"),
        reply(b"ok", b"1", *EXECUTION, b"999999999", b"0"),
        reply(b"ok", b"1", b"zero", b"", b"", b"", b"", b"", b"0", b"0", b"0"),
    ],
)
def test_nonsense_is_an_error(text: bytes) -> None:
    with pytest.raises(IsolationError, match="makes no sense"):
        _outcome(text, 1)


@given(
    st.one_of(st.binary(max_size=200), st.lists(st.binary(max_size=20), max_size=12).map(lambda f: reply(b"ok", *f)))
)
def test_any_bytes_are_an_outcome_or_a_clear_error(text: bytes) -> None:
    try:
        outcome = _outcome(text, 1)
    except (IsolationError, WorkspaceError):
        return
    assert len(outcome.executions) == 1


TALKER = """
import sys
while True:
    {stream}.buffer.write(b"x" * 65536)
"""


@pytest.mark.parametrize("stream", ["sys.stdout", "sys.stderr"])
async def test_one_that_talks_for_ever_is_ended(stream: str) -> None:
    start = Start(argv=(sys.executable, "-c", TALKER.format(stream=stream)), python=sys.executable)
    talking = asyncio.ensure_future(_converse(start, {}, most=1_000_000, seconds=-14))  # type: ignore[typeddict-item]
    done, _ = await asyncio.wait({talking}, timeout=30)
    assert done
    assert isinstance(talking.exception(), (OSError, IsolationError))


async def test_one_that_is_cancelled_while_it_talks_is_ended() -> None:
    start = Start(argv=(sys.executable, "-c", TALKER.format(stream="sys.stdout")), python=sys.executable)
    talking = asyncio.ensure_future(_converse(start, {}, most=1 << 40, seconds=60))  # type: ignore[typeddict-item]
    await asyncio.sleep(0.3)
    started = time.monotonic()
    talking.cancel()
    done, _ = await asyncio.wait({talking}, timeout=30)
    assert done
    assert talking.cancelled()
    assert time.monotonic() - started < 20
