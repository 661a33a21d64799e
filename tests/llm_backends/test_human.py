import asyncio
import io
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

import pytest

from softhouse.errors import BackendError
from softhouse.llm_backends.human import HumanBackend, create

from .samples import request


async def answered(typed: str) -> tuple[str, str]:
    output = io.StringIO()
    completion = await HumanBackend(io.StringIO(typed), output).complete(request("How are you?"))
    return completion.text, output.getvalue()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("fine\n.\nnever read\n", "fine\n"),
        ("two\nlines\n.\n", "two\nlines\n"),
        ("up to the end", "up to the end"),
        (".\n", ""),
    ],
)
async def test_the_answer_ends_with_a_dot_or_with_the_input(typed: str, text: str) -> None:
    given, shown = await answered(typed)
    assert given == text
    assert "How are you?" in shown


async def test_nobody_there() -> None:
    with pytest.raises(BackendError, match="nobody answers"):
        await answered("")


def test_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(BackendError, match="needs a terminal"):
        create("")


async def test_two_prompts_are_asked_one_after_the_other() -> None:
    output = io.StringIO()
    backend = HumanBackend(io.StringIO("one\n.\ntwo\n.\n"), output)
    first, second = await asyncio.gather(backend.complete(request("A?")), backend.complete(request("B?")))
    assert (first.text, second.text) == ("one\n", "two\n")
    assert output.getvalue().index("A?") < output.getvalue().index("B?")


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, BinaryIO]]:
    """A terminal as the program sees it, and the keyboard in front of it."""
    controller, terminal = os.openpty()
    with open(terminal, encoding="utf-8") as stdin, open(controller, "wb", buffering=0) as keyboard:
        yield stdin, keyboard


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
async def test_at_a_real_terminal(terminal: tuple[TextIO, BinaryIO], monkeypatch: pytest.MonkeyPatch) -> None:
    stdin, keyboard = terminal
    monkeypatch.setattr(sys, "stdin", stdin)
    backend = create("anna")
    keyboard.write(b"by hand\n.\n")
    assert backend.name == "human:anna"
    assert (await backend.complete(request())).text == "by hand\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
async def test_a_call_can_be_cancelled_while_a_person_thinks(terminal: tuple[TextIO, BinaryIO]) -> None:
    stdin, keyboard = terminal
    task = asyncio.create_task(HumanBackend(stdin, io.StringIO()).complete(request()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    keyboard.write(b"too late\n.\n")
