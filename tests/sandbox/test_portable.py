"""The way to run commands where there is no `fork`, tried where there is one; and the sandbox that runs nothing."""

import os
import sys
from pathlib import Path

from softhouse.environment.sandbox import Command, Execution, Limits
from softhouse.environment.sandbox.inside.portable import PortableRunner
from softhouse.environment.sandbox.inside.request import Request
from softhouse.testing.sandbox import FakeSandbox


def runner(work: Path, **limits: float) -> PortableRunner:
    request: Request = {
        "root": str(work),
        "remove_root": False,
        "python": sys.executable,
        "environment": {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ},
        "files": [],
        "commands": [],
        "limits": {**Limits().model_dump(), **limits},  # type: ignore[typeddict-item]
        "uid": 0,
        "task_limit": 0,
        "own_pids": False,
        "poll_disk": False,
        "landlock": None,
    }
    return PortableRunner(request, str(work), sys.executable)


def test_runs_a_command(tmp_path: Path) -> None:
    code = "import os, sys; print(sys.argv[1], input(), os.getcwd()); sys.stderr.write('e'); sys.exit(3)"
    fields = runner(tmp_path).execute(["python", "-c", code, "a b"], b"in\n")
    out = f"a b in {tmp_path}{os.linesep}".encode()
    assert fields == [b"3", out, b"e", b"", b"", b""]


def test_ends_what_does_not_end(tmp_path: Path) -> None:
    fields = runner(tmp_path, wall_seconds=0.2).execute(["python", "-c", "while True: pass"], b"x" * 10**6)
    assert fields[3:] == [b"1", b"", b"wall"]


def test_ends_what_writes_for_ever(tmp_path: Path) -> None:
    fields = runner(tmp_path, output_bytes=1000).execute(["python", "-c", "while True: print('x' * 999)"], b"")
    assert (len(fields[1]), fields[3:]) == (1000, [b"", b"1", b"output"])


def test_says_what_can_not_be_started(tmp_path: Path) -> None:
    assert runner(tmp_path).execute(["no-such-program"], b"")[:3] == [
        b"127",
        b"",
        b"no-such-program: No such file or directory\n",
    ]


async def test_the_fake_answers_from_a_callable() -> None:
    def answer(command: Command, files: dict[str, str]) -> Execution | str | int:
        files["log"] = files.get("log", "") + command.argv[-1]
        files.pop("old", None)
        answers: dict[str, Execution | str | int] = {"a": "out", "b": 7}
        return answers.get(command.argv[-1], Execution(exit_code=-9, stdout="", stderr="", limit="wall"))

    sandbox = FakeSandbox(answer)
    commands = [Command(argv=("python", "main.py", name)) for name in "abc"]
    outcome = await sandbox.run(commands, files={"main.py": "1", "old": b"2"})
    assert [execution.exit_code for execution in outcome.executions] == [0, 7, -9]
    assert (outcome.files, outcome.deleted) == ({"log": "abc"}, ("old",))
    assert sandbox.runs[0].commands == tuple(commands)
