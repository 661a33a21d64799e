"""The self-test tells what holds; the selection never takes less than that unsaid."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from softhouse.environment.sandbox import Command, Finding, IsolationReport, Level, Sandbox, open_sandbox, selection
from softhouse.environment.sandbox.docker import Docker
from softhouse.environment.sandbox.plain import Plain
from softhouse.environment.sandbox.self_test import examine
from softhouse.environment.sandbox.wall import Wall
from softhouse.errors import IsolationError

from .conftest import WALLS

YES, NO = Finding(holds=True, how="tried"), Finding(holds=False, how="seen")


@pytest.mark.parametrize("name", ["bubblewrap", "landlock"])
async def test_a_wall_that_stands_is_found_to_hold(name: str) -> None:
    try:
        wall = WALLS[name]()
    except (OSError, IndexError, subprocess.SubprocessError) as error:
        pytest.skip(f"{name} can't be put up on this machine: {error}")
    report = (await examine(wall)).report
    assert report.level is Level.FULL, report.describe()
    assert report.describe() == f"full ({wall.name}): network, files, environment, memory, processes held"


async def test_no_wall_is_found_to_hold_next_to_nothing() -> None:
    report = (await examine(Plain())).report
    assert report.level is Level.NONE
    held = {name: finding.holds for name, finding in report.findings().items()}
    assert held == {"network": False, "files": False, "environment": False, "memory": True, "processes": False}
    assert "read a file of this machine" in report.describe()


@pytest.mark.parametrize(
    ("broken", "level"),
    [
        (set(), Level.FULL),
        ({"memory"}, Level.PARTIAL),
        ({"processes"}, Level.PARTIAL),
        ({"network"}, Level.LIMITS),
        ({"files"}, Level.LIMITS),
        ({"files", "memory"}, Level.NONE),
        ({"environment"}, Level.NONE),
    ],
)
def test_the_level_follows_from_what_holds(broken: set[str], level: Level) -> None:
    names = ("network", "files", "environment", "memory", "processes")
    findings = {name: NO if name in broken else YES for name in names}
    assert IsolationReport.model_validate({"wall": "a wall", **findings}).level is level


@pytest.fixture
def candidates(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Callable[[], Wall]]]:
    """The walls that this machine is said to have."""
    offered: list[Callable[[], Wall]] = []
    monkeypatch.setattr(selection, "_candidates", lambda: iter(offered))
    selection._strongest.cache_clear()
    yield offered
    selection._strongest.cache_clear()


def no_docker() -> Wall:
    raise OSError("there is no docker")


def test_refuses_where_nothing_holds(candidates: list[Callable[[], Wall]]) -> None:
    candidates.append(no_docker)
    with pytest.raises(IsolationError, match=r"there is no docker.*--allow-unsandboxed") as refusal:
        open_sandbox()
    assert refusal.value.exit_code == 6
    assert "\n" not in str(refusal.value)


def test_refuses_what_is_weaker_than_required(candidates: list[Callable[[], Wall]]) -> None:
    candidates.append(Plain)
    with pytest.raises(IsolationError, match="read a file of this machine"):
        open_sandbox(required=Level.LIMITS)


def test_asks_once_and_takes_no_for_an_answer(candidates: list[Callable[[], Wall]]) -> None:
    candidates.append(no_docker)
    questions: list[str] = []

    def refuse(question: str) -> bool:
        questions.append(question)
        return False

    with pytest.raises(IsolationError):
        open_sandbox(ask=refuse)
    assert len(questions) == 1
    assert "there is no docker" in questions[0]


@pytest.mark.parametrize("said", [{"allow_unsandboxed": True}, {"ask": lambda _: True}])
async def test_runs_without_a_wall_when_told_so(candidates: list[Callable[[], Wall]], said: dict[str, object]) -> None:
    candidates.append(no_docker)
    sandbox: Sandbox = open_sandbox(**said)  # type: ignore[arg-type]
    assert sandbox.report.level is Level.NONE
    outcome = await sandbox.run([Command(argv=("python", "-c", "print(1)"))], files={})
    assert outcome.executions[0].stdout == "1\n"


async def test_takes_the_strongest_once(candidates: list[Callable[[], Wall]]) -> None:
    tried: list[str] = []

    def strong() -> Wall:
        tried.append("strong")
        return WALLS["bubblewrap"]()

    candidates.extend([no_docker, Plain, strong, no_docker])
    try:
        first = open_sandbox(required=Level.FULL)
    except IsolationError as error:
        pytest.skip(f"no strong wall on this machine: {error}")
    assert open_sandbox() is first
    assert tried == ["strong"]


def test_docker_that_does_not_answer_is_no_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docker").write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2; exit 1\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(OSError, match="docker does not answer"):
        Docker()


async def test_a_wall_that_falls_says_why(candidates: list[Callable[[], Wall]], tmp_path: Path) -> None:
    """Where user namespaces are refused, bubblewrap prints one line and ends: that line reaches the user."""
    program = tmp_path / "bwrap"
    refusal = "bwrap: setting up uid map: Permission denied"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 9 && exit\necho "{refusal}" >&2\nexit 1\n')
    program.chmod(0o755)
    from softhouse.environment.sandbox.bubblewrap import Bubblewrap

    candidates.append(lambda: Bubblewrap(str(program)))
    with pytest.raises(IsolationError, match=refusal):
        await asyncio.to_thread(open_sandbox)


def _other_python() -> str | None:
    """An interpreter that every user may run, of the same version, so that the installed packages fit."""
    candidate = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    return candidate if os.access(candidate, os.X_OK) else None


def test_holds_for_an_ordinary_user_too(tmp_path: Path) -> None:
    """As root, the attacks run against root's walls; here they run once more as a user without any right."""
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already")
    python = _other_python()
    if python is None:
        pytest.skip("there is no interpreter that an ordinary user may run")
    root = Path(__file__).parents[2]
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    tmp_path.chmod(0o777)
    chosen = "gets_through or fork_bomb or grandchild or cancelling"
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "pyproject.toml", "-k", chosen, "tests/sandbox"],
        cwd=root,
        env={
            "PYTHONPATH": f"{packages}:{root}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": "/usr/bin:/bin",
            "HOME": "/nonexistent",
        },
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
