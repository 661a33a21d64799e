"""What a run does for those who ask for it, the same behind every wall."""

import asyncio
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from softhouse.environment.sandbox import Command, Execution, Limits, Outcome
from softhouse.environment.sandbox.protocol import MIB
from softhouse.environment.sandbox.walled import WalledSandbox
from softhouse.errors import WorkspaceError

from .test_attacks import left_behind

NOTES = """
import sys
from store import load, save
notes = load()
if sys.argv[1] == "add":
    save([*notes, sys.argv[2]])
else:
    print("\\n".join(f"{n}. {text}" for n, text in enumerate(notes, 1)))
"""
STORE = """
import json, os
def load():
    return json.load(open("notes.json")) if os.path.exists("notes.json") else []
def save(notes):
    json.dump(notes, open("notes.json", "w"))
"""


def python(code: str, *arguments: str, stdin: str = "") -> Command:
    return Command(argv=("python", "-c", code, *arguments), stdin=stdin)


async def test_programs_keep_their_files_from_one_command_to_the_next(any_sandbox: WalledSandbox) -> None:
    commands = [Command(argv=("python", "main.py", *words)) for words in (("add", "Ä 笔记"), ("add", "two"), ("list",))]
    outcome = await any_sandbox.run(commands, files={"main.py": NOTES, "store.py": STORE})
    assert outcome == Outcome(
        executions=(
            Execution(exit_code=0, stdout="", stderr=""),
            Execution(exit_code=0, stdout="", stderr=""),
            Execution(exit_code=0, stdout="1. Ä 笔记\n2. two\n", stderr=""),
        ),
        files={"notes.json": '["\\u00c4 \\u7b14\\u8bb0", "two"]'},
    )


async def test_every_run_starts_afresh(any_sandbox: WalledSandbox) -> None:
    code = "import os; print(sorted(os.listdir('.')), os.listdir(os.environ['TMPDIR'])); open('x', 'w')"
    for _ in range(2):
        outcome = await any_sandbox.run([python(code)], files={"a/b.txt": "1"})
        assert outcome.executions[0].stdout == "['a'] []\n"


async def test_arguments_and_input_arrive_as_they_are(any_sandbox: WalledSandbox) -> None:
    code = "import sys; print(sys.argv[1:], len(sys.stdin.read()))"
    arguments = ("", "a b", "$HOME", "*", "'\"", "é\n")
    outcome = await any_sandbox.run([python(code, *arguments, stdin="é" * 500_000)], files={})
    assert outcome.executions[0].stdout == f"{list(arguments)!r} 500000\n"


async def test_input_that_nobody_reads_hinders_nothing(any_sandbox: WalledSandbox) -> None:
    outcome = await any_sandbox.run([python("print(1)", stdin="x" * 10**6)], files={})
    assert outcome.executions[0] == Execution(exit_code=0, stdout="1\n", stderr="")


async def test_says_what_changed(any_sandbox: WalledSandbox) -> None:
    code = "import os; os.remove('b.txt'); open('c/d.txt', 'w').write('new'); open('a.txt', 'a').write('+')"
    code += "; open('bin', 'wb').write(b'\\xff'); os.utime('e.txt')"
    files: dict[str, str | bytes] = {"a.txt": "a", "b.txt": "b", "c/x.txt": "x", "e.txt": b"\xff\xfe"}
    outcome = await any_sandbox.run([python(code)], files=files)
    assert outcome.files == {"a.txt": "a+", "c/d.txt": "new"}
    assert outcome.deleted == ("b.txt",)
    assert outcome.omitted == ("bin",)


async def test_brings_back_no_more_than_agreed(any_sandbox: WalledSandbox) -> None:
    code = "for name in 'abc': open(name, 'w').write(name * 1000)"
    outcome = await any_sandbox.run([python(code)], files={}, limits=Limits(returned_bytes=2500))
    assert {name: len(text) for name, text in outcome.files.items()} == {"a": 1000, "b": 1000}
    assert outcome.omitted == ("c",)


async def test_exit_codes_are_the_programs_own(any_sandbox: WalledSandbox) -> None:
    crash = python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    outcome = await any_sandbox.run(
        [python("raise SystemExit(3)"), crash, Command(argv=("no-such-program",))], files={}
    )
    assert [execution.exit_code for execution in outcome.executions] == [3, -11, 127]
    assert outcome.executions[2].stderr == "no-such-program: No such file or directory\n"


async def test_a_program_sees_the_standard_library_only(any_sandbox: WalledSandbox) -> None:
    outcome = await any_sandbox.run(
        [python("import pydantic"), python("import pip"), python("exit(sum([4]))")], files={}
    )
    assert "No module named 'pydantic'" in outcome.executions[0].stderr
    assert "No module named 'pip'" in outcome.executions[1].stderr
    assert outcome.executions[2].exit_code == 4


async def test_the_same_python_by_any_name(any_sandbox: WalledSandbox) -> None:
    code = (
        "import subprocess, sys; print(subprocess.run(['python3', '-c', 'import sys; print(sys.version)']).returncode)"
    )
    outcome = await any_sandbox.run([python(code), python("import sys; print(sys.version)")], files={})
    assert outcome.executions[0].stdout == f"{sys.version}\n0\n"
    assert outcome.executions[1].stdout == f"{sys.version}\n"


async def test_what_programs_do_does_not_depend_on_this_machine(
    any_sandbox: WalledSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("LANG", "zh_CN.GBK")
    code = (
        "import locale, os, sys, time; print(hash('softhouse'), time.tzname, locale.getpreferredencoding().lower()); "
    )
    code += "print(sys.stdout.encoding, sorted(os.environ), oct(os.umask(0)))"
    outcome = await any_sandbox.run([python(code)], files={})
    hashed = [sys.executable, "-c", "print(hash('softhouse'))"]
    expected = await asyncio.to_thread(subprocess.check_output, hashed, env={"PYTHONHASHSEED": "0"}, text=True)
    names = ["HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONIOENCODING", "TMPDIR", "TZ"]
    assert outcome.executions[0].stdout == f"{expected.strip()} ('UTC', 'UTC') utf-8\nutf-8 {names} 0o22\n"


async def test_what_is_private_is_not_laid_out(any_sandbox: WalledSandbox) -> None:
    files: dict[str, str | bytes] = {
        ".git/config": "x",
        ".softhouse/journal.db": b"x",
        "b/.GIT/hooks/pre-commit": "x",
        "a": "1",
    }
    outcome = await any_sandbox.run([python("import os; print(os.listdir('.'))")], files=files)
    assert outcome.executions[0].stdout == "['a']\n"
    assert outcome.deleted == ()


async def test_what_is_too_much_to_look_at_is_not_called_deleted(any_sandbox: WalledSandbox) -> None:
    code = "import os\nfor n in range(4100): os.close(os.open(f'a{n}', os.O_CREAT))\nos.remove('y')"
    outcome = await any_sandbox.run([python(code)], files={"y": "", "z": ""}, limits=Limits(wall_seconds=60))
    assert len(outcome.files) == 4000
    assert outcome.deleted == ("y",)


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "a//b", "", ".", "a\0b"])
async def test_paths_that_leave_the_directory_are_refused(unwalled: WalledSandbox, path: str) -> None:
    with pytest.raises(WorkspaceError):
        await unwalled.run([], files={path: "x"})


async def test_files_that_do_not_fit_are_refused(any_sandbox: WalledSandbox) -> None:
    with pytest.raises(WorkspaceError, match="can't be laid out"):
        await any_sandbox.run([python("1")], files={"a": "x", "a/b": "y"})


async def test_several_processes_of_one_program_work(any_sandbox: WalledSandbox) -> None:
    code = "import concurrent.futures as f, subprocess; "
    code += "print(sum(f.ThreadPoolExecutor(4).map(lambda n: subprocess.call(['true']) + n, range(8)))); "
    code += "import asyncio; print(asyncio.run(asyncio.sleep(0, 'loop')))"
    outcome = await any_sandbox.run([python(code)], files={})
    assert outcome.executions[0].stdout == "28\nloop\n"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A directory for temporary files that other users may pass through, as `/tmp` is."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


async def test_eight_at_once_leave_nothing_behind(
    any_sandbox: WalledSandbox, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    descriptors = set(os.listdir("/proc/self/fd"))
    outcomes = await asyncio.gather(
        *(any_sandbox.run([python("open('n', 'w').write(input())", stdin=str(n))], files={}) for n in range(8))
    )
    assert [outcome.files for outcome in outcomes] == [{"n": str(n)} for n in range(8)]
    assert set(os.listdir("/proc/self/fd")) <= descriptors
    assert list(temporary.iterdir()) == []


async def test_cancelling_ends_everything(any_sandbox: WalledSandbox) -> None:
    mark = f"cancelled-{time.monotonic_ns()}"
    code = "import os, time; os.fork(); os.fork(); open('x', 'w'); time.sleep(60)"
    running = asyncio.ensure_future(any_sandbox.run([python(code, mark)], files={}))
    while len(left_behind(mark)) < 4:
        done, _ = await asyncio.wait([running], timeout=0.01)
        assert not done, running.result()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert left_behind(mark) == []


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 10])
async def test_cancelling_while_it_starts_ends_at_once(any_sandbox: WalledSandbox, turns: int) -> None:
    """The making of a process can hang in asyncio when it is cancelled."""
    mark = f"unborn-{time.monotonic_ns()}"
    running = asyncio.ensure_future(any_sandbox.run([python("import time; time.sleep(60)", mark)], files={}))
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    done, _ = await asyncio.wait({running}, timeout=30)
    assert done
    assert running.cancelled()
    assert left_behind(mark) == []


async def test_the_loop_is_never_held_up(any_sandbox: WalledSandbox) -> None:
    """Processor time of the loop's own thread between two turns: other work on this machine does not count."""
    turns: list[float] = []

    async def tick() -> None:
        while True:
            turns.append(time.thread_time())
            await asyncio.sleep(0)

    ticking = asyncio.ensure_future(tick())
    code = "for n in range(200): open(f'{n}', 'w').write('x' * 10000)\nprint('y' * 200000)"
    await any_sandbox.run([python(code)] * 3, files={f"f{n}": "z" * 5000 for n in range(200)})
    ticking.cancel()
    assert max(later - earlier for earlier, later in itertools.pairwise(turns)) < 0.05


def test_ends_with_the_house(any_sandbox: WalledSandbox, temporary: Path) -> None:
    """The house is killed, and can clean up nothing: what it had started ends all the same."""
    mark = f"orphan-{time.monotonic_ns()}"
    house = f"""
import asyncio
import itertools
from tests.sandbox.conftest import behind
from softhouse.environment.sandbox import Command
code = "import os, time; os.fork(); time.sleep(60)"
asyncio.run(behind({any_sandbox.report.wall!r}).run([Command(argv=("python", "-c", code, {mark!r}))], files={{}}))
"""
    environment = {**os.environ, "TMPDIR": str(temporary)}
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", house], cwd=root, env=environment) as process:
        assert _within(10, lambda: len([pid for pid in left_behind(mark) if pid != process.pid]) >= 2)
        process.kill()
    assert _within(10, lambda: left_behind(mark) == [])
    assert _within(10, lambda: list(temporary.iterdir()) == [])


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True


async def test_a_single_file_may_not_be_longer_than_agreed(any_sandbox: WalledSandbox) -> None:
    code = "import os\ntry:\n    open('x', 'wb').write(bytes(3 << 20))\nexcept OSError as e:\n    print(e.strerror)"
    outcome = await any_sandbox.run([python(code)], files={}, limits=Limits(file_bytes=MIB))
    assert outcome.executions[0].stdout == "File too large\n"
