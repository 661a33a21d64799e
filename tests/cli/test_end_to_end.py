"""The real command with the real company: a scripted model, a real journal, git and sandbox."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_a_project_is_delivered_and_every_command_reads_it(softhouse: Softhouse, script: Path, tmp_path: Path) -> None:
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

    status = json.loads(softhouse("status", "out", "--json").stdout)
    assert (status["state"], status["accepted"], status["requirement"]) == ("delivered", True, REQUIREMENT)
    shown = softhouse("status", "out").stdout
    assert "out: delivered, accepted" in shown
    assert "prd (Product Manager)" in shown

    replay = softhouse("replay", "out")
    assert (replay.returncode, replay.stdout.partition(":")[0]) == (0, "identical"), replay.stdout + replay.stderr

    assert softhouse("graph", "out").stdout.startswith("flowchart TD")
    assert softhouse("graph", "out", "--messages", "--format", "dot").stdout.startswith("digraph")
    assert json.loads(softhouse("graph", "out", "--format", "json").stdout)["nodes"]


def test_a_hand_edit_is_found_by_replay(softhouse: Softhouse, script: Path, tmp_path: Path) -> None:
    softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out")
    (tmp_path / "out" / "main.py").write_text("print('mine')\n", encoding="utf-8")
    replay = softhouse("replay", "out")
    assert replay.returncode == 1
    assert "main.py" in replay.stdout


def test_what_fails_is_exit_code_1(softhouse: Softhouse, tmp_path: Path) -> None:
    script = write_script(tmp_path / "script.json", WRONG)
    run = softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out")
    assert run.returncode == 1, run.stderr
    assert run.stdout == f"{tmp_path / 'out'}\n"
    assert "not accepted" in run.stderr.splitlines()[-1]


def test_approval_stops_and_resume_goes_on(softhouse: Softhouse, script: Path) -> None:
    run = softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out", "--approve", "prd")
    assert run.returncode == 5
    assert "softhouse resume" in run.stderr.splitlines()[-1]
    assert json.loads(softhouse("status", "out", "--json").stdout)["waiting"] == ["prd"]
    resumed = softhouse("resume", "out", "--quiet")
    assert (resumed.returncode, resumed.stderr) == (0, "")


def test_undo_and_fork(softhouse: Softhouse, script: Path, tmp_path: Path) -> None:
    softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out")
    undone = softhouse("undo", "out", "1")
    assert undone.returncode == 0, undone.stderr
    assert "taken back: " in undone.stdout
    assert softhouse("resume", "out").returncode == 0
    wrong = write_script(tmp_path / "other.json", WRONG)
    forked = softhouse("fork", "out", "new", "--at", "prd", "--model", f"script:{wrong}")
    assert forked.returncode == 1, forked.stderr
    assert json.loads(softhouse("status", "out", "--json").stdout)["accepted"] is True
    assert json.loads(softhouse("status", "new", "--json").stdout)["accepted"] is False


def test_a_budget_of_tokens_stops_it_and_more_finishes_it(softhouse: Softhouse, script: Path) -> None:
    run = softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", "out", "--max-tokens", "10")
    assert run.returncode == 4, run.stderr
    assert run.stderr.splitlines()[-1].startswith("softhouse: ")
    assert softhouse("resume", "out", "--max-tokens", "100000").returncode == 0


@pytest.mark.parametrize(
    ("workspace", "message"), [("a-file", "is a file"), ("others", "someone else"), ("/proc/nothing", "not writable")]
)
def test_a_workspace_that_is_not_ours_is_refused(
    softhouse: Softhouse, script: Path, tmp_path: Path, workspace: str, message: str
) -> None:
    (tmp_path / "a-file").write_text("mine", encoding="utf-8")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.txt").write_text("mine", encoding="utf-8")
    run = softhouse(REQUIREMENT, "--model", f"script:{script}", "--workspace", workspace)
    assert run.returncode == 2
    assert message in run.stderr
    assert run.stderr.count("\n") == 1
    assert (tmp_path / "others" / "thesis.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["status", "replay", "graph", "undo", "resume"])
def test_a_folder_without_a_run_is_wrong_usage(softhouse: Softhouse, tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    run = softhouse(command, "empty")
    assert run.returncode == 2
    assert run.stderr.startswith("softhouse: there is no run in ")
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
    softhouse: Softhouse, tmp_path: Path, model: str, message: str
) -> None:
    run = softhouse(REQUIREMENT, "--model", model)
    assert run.returncode == 3
    assert message in run.stderr
    assert run.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
