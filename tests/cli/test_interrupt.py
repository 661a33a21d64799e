"""Ctrl-C and SIGTERM, sent to a real process."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PROGRAM = """
import asyncio, pathlib, sys
from softhouse.cli import conduct, main
from cli.fake_company import Hiring

async def work():
    print("ready", file=sys.stderr, flush=True)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        pathlib.Path("closed").touch()
        print("closing", file=sys.stderr, flush=True)
        {afterwards}
        raise

conduct.hire = Hiring(work=work)
sys.argv[1:] = ["new", "Write it", "--workspace", "out", "--quiet", "--json"]
sys.exit(main())
"""

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a run that waits for ever, and return when it does; the argument is what it does when cancelled."""
    processes: list[subprocess.Popen[str]] = []

    def run(afterwards: str = "pass") -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM.format(afterwards=afterwards)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        assert process.stderr
        assert process.stderr.readline() == "ready\n"
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_stops_the_run_in_order(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start("")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (tmp_path / "closed").exists()
    assert err.splitlines()[1:] == ["softhouse: interrupted; nothing is lost, go on with: softhouse resume out"]
    assert '"exit_code":130' in out.splitlines()[-1]


def test_the_second_signal_does_not_wait(start: Start) -> None:
    process = start("await asyncio.Event().wait()")
    process.send_signal(signal.SIGINT)
    assert process.stderr
    assert process.stderr.readline() == "closing\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")


def test_a_thread_deep_in_arithmetic_holds_nobody_up(start: Start) -> None:
    process = start("import threading; threading.Thread(target=threading.Event().wait).start()")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
