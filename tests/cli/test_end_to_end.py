"""The real command with the real company: a scripted model, a real journal, git and sandbox."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from softhouse.cli import main

from .conftest import Softhouse

REQUIREMENT = "Write a command line program main.py that adds two integers and prints the sum."
PRD = {
    "name": "adder",
    "summary": "Adds two integers.",
    "goals": ["add"],
    "requirements": [{"text": "Print the sum of two integers."}],
    "scope": "script",
    "entry_point": "main.py",
    "cases": [{"name": "adds", "steps": [{"arguments": ["2", "3"], "stdout": "5\n"}]}],
}
RIGHT = (
    "```python\nimport sys\n\nprint(int(sys.argv[1]) + int(sys.argv[2]) if len(sys.argv) == 3 else 'two numbers')\n```"
)
WRONG = RIGHT.replace(" + ", " - ")
JUDGEMENT = json.dumps({"at_fault": "code", "reason": "It shall add."})


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    out: str
    err: str


House = Callable[..., Ended]


@pytest.fixture
def house(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> House:
    """The command in this process: the sandbox examines itself once for all tests."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Ended:
        capsys.readouterr()
        exit_code = main(words)
        return Ended(exit_code, *capsys.readouterr())

    return run


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A model that writes an adder."""
    return write_script(tmp_path / "script.json", RIGHT)


def write_script(path: Path, code: str) -> Path:
    replies = [
        {"match": "Write the product requirements", "text": json.dumps(PRD)},
        {"match": "Write `main.py`", "text": code},
        {"match": "it fails", "text": JUDGEMENT},
        {"match": "", "text": code},
    ]
    path.write_text(json.dumps([{key: value for key, value in r.items() if value} for r in replies]), encoding="utf-8")
    return path


def test_a_project_is_delivered_and_every_command_reads_it(
    softhouse: Softhouse, house: House, script: Path, tmp_path: Path
) -> None:
    run = softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out", "--json")
    assert run.returncode == 0, run.stderr
    *events, result = [json.loads(line) for line in run.stdout.splitlines()]
    assert events[0]["kind"] == "run-started"
    assert events[-1]["kind"] == "run-finished"
    assert (result["accepted"], result["path"]) == (True, str(tmp_path / "out"))
    added = subprocess.run(
        [sys.executable, "main.py", "20", "22"], cwd=tmp_path / "out", capture_output=True, text=True
    )
    assert added.stdout == "42\n"

    status = json.loads(house("status", "out", "--json").out)
    assert (status["state"], status["accepted"], status["requirement"]) == ("delivered", True, REQUIREMENT)
    shown = house("status", "out").out
    assert "out: delivered, accepted" in shown
    assert "prd (Product Manager)" in shown

    replay = house("replay", "out")
    assert (replay.exit_code, replay.out.partition(":")[0]) == (0, "identical")

    assert house("graph", "out").out.startswith("flowchart TD")
    assert house("graph", "out", "--messages", "--format", "dot").out.startswith("digraph")
    assert json.loads(house("graph", "out", "--format", "json").out)["nodes"]

    (tmp_path / "out" / "main.py").write_text("print('mine')\n", encoding="utf-8")
    replay = house("replay", "out")
    assert replay.exit_code == 1
    assert "main.py" in replay.out


def test_what_fails_is_exit_code_1(house: House, tmp_path: Path) -> None:
    script = write_script(tmp_path / "script.json", WRONG)
    run = house(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out")
    assert run.exit_code == 1
    assert run.out == f"{tmp_path / 'out'}\n"
    assert "not accepted" in run.err.splitlines()[-1]


def test_approval_stops_and_resume_goes_on(house: House, script: Path) -> None:
    run = house(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out", "--approve", "prd")
    assert run.exit_code == 5
    assert "softhouse resume" in run.err.splitlines()[-1]
    assert json.loads(house("status", "out", "--json").out)["waiting"] == ["prd"]
    resumed = house("resume", "out", "--quiet")
    assert (resumed.exit_code, resumed.err) == (0, "")


def test_undo_and_fork(house: House, script: Path, tmp_path: Path) -> None:
    house(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out")
    undone = house("undo", "out", "1")
    assert undone.exit_code == 0
    assert "taken back: " in undone.out
    assert house("resume", "out").exit_code == 0
    wrong = write_script(tmp_path / "other.json", WRONG)
    assert house("fork", "out", "new", "--at", "prd", "--model", f"script:{wrong}").exit_code == 1
    assert json.loads(house("status", "out", "--json").out)["accepted"] is True
    assert json.loads(house("status", "new", "--json").out)["accepted"] is False


def test_a_budget_of_tokens_stops_it_and_more_finishes_it(house: House, script: Path) -> None:
    run = house(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out", "--max-tokens", "10")
    assert run.exit_code == 4
    assert run.err.splitlines()[-1].startswith("softhouse: ")
    assert house("resume", "out", "--max-tokens", "100000").exit_code == 0


@pytest.mark.parametrize(
    ("workspace", "message"), [("a-file", "is a file"), ("others", "someone else"), ("/proc/nothing", "not writable")]
)
def test_a_workspace_that_is_not_ours_is_refused(
    house: House, script: Path, tmp_path: Path, workspace: str, message: str
) -> None:
    (tmp_path / "a-file").write_text("mine", encoding="utf-8")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.txt").write_text("mine", encoding="utf-8")
    run = house(REQUIREMENT, "--model", f"script:{script}", "--workspace", workspace)
    assert run.exit_code == 2
    assert message in run.err
    assert run.err.count("\n") == 1
    assert (tmp_path / "others" / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["status", "replay", "graph", "undo", "resume"])
def test_a_folder_without_a_run_is_wrong_usage(house: House, tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    run = house(command, "empty")
    assert run.exit_code == 2
    assert run.err.startswith("softhouse: there is no run in ")
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("nonsense:x", "no backend 'nonsense'"),
        ("gpt-4.1", "openai:gpt-4.1"),
        ("openai:gpt-4.1", "OPENAI_API_KEY"),
        ("gguf:no-such-model", "no-such-model"),
        ("script:nowhere.json", "nowhere.json"),
    ],
)
def test_a_backend_that_cannot_be_used_is_exit_code_3(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, message: str
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    run = house(REQUIREMENT, "--model", model)
    assert run.exit_code == 3
    assert message in run.err
    assert run.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
