"""The live board: what it shows, and that a real terminal gets it."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from softhouse.cli.board import Board
from softhouse.cli.display import PlainLines
from softhouse.environment.events import Event, EventKind
from softhouse.llm_backends.protocol import Usage

from .fake_company import FakeProject

TESTS = Path(__file__).parents[1]


def engineer(
    kind: EventKind, subject: str = "task:main.py", usage: Usage | None = None, cost: float | None = None
) -> Event:
    return Event(kind=kind, role="Engineer", action="WriteCode", subject=subject, usage=usage, cost=cost, at=0.0)


def drawn(board: Board) -> str:
    output = io.StringIO()
    Console(file=output, width=100).print(board.render())
    return output.getvalue()


def test_a_role_at_work_shows_what_it_does_its_speed_and_its_bill() -> None:
    board = Board(Console(file=io.StringIO()))
    board.event(engineer("role-started"))
    for _ in range(30):
        board.token("Engineer", "x")
    board.event(engineer("call-finished", "m", Usage(prompt_tokens=1000, completion_tokens=200), 0.0123))
    [row] = [line for line in drawn(board).splitlines() if line.startswith("Engineer")]
    assert row.split() == ["Engineer", "write", "code", "·", "task:main.py", "10", "1,200", "$0.0123"]
    board.event(engineer("role-finished"))
    assert "task:main.py" not in drawn(board)


def test_what_the_journal_answered_is_on_no_bill() -> None:
    board = Board(Console(file=io.StringIO()))
    event = engineer("call-finished", "m", Usage(prompt_tokens=1000), 0.5)
    board.event(engineer("role-started"))
    board.event(event.model_copy(update={"recorded": True}))
    assert "0 tokens · $0" in drawn(board)


def test_an_unknown_price_makes_the_bill_unpriced() -> None:
    board = Board(Console(file=io.StringIO()))
    board.event(engineer("role-started"))
    board.event(engineer("call-finished", "m", Usage(prompt_tokens=1000), 0.5))
    board.event(engineer("call-finished", "m", Usage(prompt_tokens=1000), None))
    assert "2,000 tokens · unpriced" in drawn(board)


def test_plain_lines_tell_the_verdict(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    PlainLines().delivered(FakeProject(tmp_path))  # type: ignore[arg-type]
    assert capsys.readouterr().err.splitlines() == [
        "Prints numbers.",
        "note: no bound was hit",
        "run it: python main.py",
        "accepted, 1 checks passed, 0 failed · 120 tokens · unpriced · 0:00",
    ]


@pytest.fixture
def on_terminal(tmp_path: Path) -> Iterator[Callable[[], tuple[int, "subprocess.Popen[str]"]]]:
    """Start a run on a new terminal; its other end and the process."""
    program = (
        "import sys; from softhouse.cli import conduct, main; from cli.fake_company import Hiring; "
        "conduct.hire = Hiring(); sys.exit(main(['Write a todo app']))"
    )
    processes: list[subprocess.Popen[str]] = []

    def start() -> tuple[int, "subprocess.Popen[str]"]:
        terminal, child = os.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(TESTS), "TERM": "xterm-256color", "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=child,
            text=True,
        )
        os.close(child)
        processes.append(process)
        return terminal, process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_gets_the_board_and_a_pipe_the_path(
    on_terminal: Callable[[], tuple[int, "subprocess.Popen[str]"]], tmp_path: Path
) -> None:
    terminal, process = on_terminal()
    shown = b""
    try:
        while piece := os.read(terminal, 4096):
            shown += piece
    except OSError:  # Linux says EIO when the last writer has closed
        pass
    out, _ = process.communicate(timeout=30)
    os.close(terminal)
    assert process.returncode == 0
    assert out == f"{tmp_path / 'todo-app'}\n"
    assert b"Architect: wrote design" in shown
    assert b"\x1b[?25l" in shown, "the board hides the cursor"
    assert b"\x1b[?25h" in shown, "and brings it back"
    assert b"accepted, 1 checks passed" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_a_terminal_that_goes_away_stops_no_run(
    on_terminal: Callable[[], tuple[int, "subprocess.Popen[str]"]], tmp_path: Path
) -> None:
    terminal, process = on_terminal()
    os.read(terminal, 1)  # the board is up
    os.close(terminal)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, f"{tmp_path / 'todo-app'}\n")
