"""The model store from the command line."""

import os
from pathlib import Path

import pytest

from softhouse.cli import main
from softhouse.llm_backends.models import OnProgress, Progress

from .conftest import Softhouse


def test_a_model_that_is_not_here(softhouse: Softhouse, tmp_path: Path) -> None:
    environment = {**os.environ, "SOFTHOUSE_HOME": str(tmp_path)}
    shown = softhouse("models", env=environment)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "qwen2.5-coder-1.5b  " in shown.stdout
    assert "not here yet; softhouse models pull qwen2.5-coder-1.5b" in shown.stdout
    asked = softhouse("models", "path", "qwen2.5-coder-1.5b", env=environment)
    assert asked.returncode == 3
    assert asked.stderr == (
        "softhouse: the model qwen2.5-coder-1.5b is not here yet; fetch it: softhouse models pull qwen2.5-coder-1.5b\n"
    )


def test_an_unknown_model(softhouse: Softhouse) -> None:
    run = softhouse("models", "pull", "nonsense")
    assert run.returncode == 3
    assert "nonsense" in run.stderr
    assert run.stderr.count("\n") == 1


def test_pull_shows_how_far_it_is_and_ends_with_the_path(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def pull(name: str, on_progress: OnProgress) -> Path:
        for done in range(101):
            on_progress(Progress(name=name, source="hub", done=done * 10**6, total=10**8))
        return tmp_path / "model.gguf"

    monkeypatch.setattr("softhouse.llm_backends.models.pull", pull)
    assert main(["models", "pull", "tiny"]) == 0
    shown = capsys.readouterr()
    assert shown.out == f"{tmp_path / 'model.gguf'}\n"
    lines = [line.partition("s  ")[2] for line in shown.err.splitlines()]
    assert lines[0] == "tiny: 0 % of 100 MB"
    assert lines[-1] == "tiny: 100 % of 100 MB"
    assert len(lines) == 11, "a line every ten per cent, not one a block"
