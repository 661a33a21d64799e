"""`softhouse tune` and `softhouse models merge` as a user calls them; what is refused is one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.cli import main
from softhouse.training.manifest import LOCK_FILE

from .facts import write_facts

pytestmark = pytest.mark.torch


@pytest.fixture
def tune(native: Path, tmp_path: Path) -> list[str]:
    data = write_facts(tmp_path / "facts.jsonl")
    return ["tune", "--model", f"chatglm2:{native}", "--data", str(data), "--out", str(tmp_path / "out")]


def test_what_it_takes_is_said_first_and_the_result_last(
    tune: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*tune, "--steps", "2", "--eval-share", "0.1"]) == 0
    shown = capsys.readouterr()
    assert "lora: 20,736 numbers learned" in shown.err
    assert "18 rows to learn from, 2 held out; 2 updates" in shown.err
    assert shown.err.index("memory in GiB: weights") < shown.err.index("\ntuning")
    out, losses, use = shown.out.splitlines()
    assert out == str(tmp_path / "out")
    assert losses.endswith("on held-out rows")
    assert use == f"use it with: --model chatglm2:{out}"
    assert main(["models", "merge", out, "--out", str(tmp_path / "merged")]) == 0
    assert main(["models", "merge", out, "--out", str(tmp_path / "merged")]) == 2
    assert "is not empty; name another folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--learning-rate", "0"], "--learning-rate: Input should be greater than 0"),
        (["--method", "sft"], "'sft' is not one of 'lora', 'qlora', 'ptuning2', 'full'"),
        (["--prompt-column", "question"], "facts.jsonl line 1: neither messages nor a text in question"),
        (["--model", "openai:gpt-4o"], "only ChatGLM2 can be tuned, as --model chatglm2:PATH"),
        (["--max-length", "8"], "every row is longer than 8 tokens; raise --max-length"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    words: list[str], reason: str, tune: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*tune, *words]) == 2
    shown = capsys.readouterr().err
    assert reason in shown
    assert shown.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_interrupted_tuning_says_how_to_go_on(
    tune: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("softhouse.training.tuning.loop.add_metrics", interrupted)
    assert main([*tune, "--steps", "2"]) == 130
    assert "the same command again goes on" in capsys.readouterr().err
    monkeypatch.undo()
    assert main([*tune, "--steps", "2"]) == 0


def test_a_folder_is_tuned_into_by_one_process_at_a_time(
    tune: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    hold = (
        "import sys; from pathlib import Path; from softhouse.environment.workspace_lock import WorkspaceLock; "
        "WorkspaceLock(Path(sys.argv[1])).acquire(); print(flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(out / LOCK_FILE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline()
        assert main([*tune, "--steps", "2"]) == 2
        said = capsys.readouterr().err.splitlines()[-1]
        assert f"{out} is being tuned by process {other.pid}; wait for it to end" in said
        other.kill()
    assert main([*tune, "--steps", "2"]) == 0
