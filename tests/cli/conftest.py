"""The command line with a fake company, and the real command in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softhouse.cli import conduct

from .fake_company import Hiring

Softhouse = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def hiring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Hiring:
    """A fake company for `new` and `resume`, in an empty current directory."""
    fake = Hiring()
    monkeypatch.setattr(conduct, "hire", fake)
    monkeypatch.chdir(tmp_path)
    return fake


@pytest.fixture
def softhouse(tmp_path: Path) -> Softhouse:
    """The real command in a process of its own, in an empty current directory."""

    def run(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "softhouse.cli", *words]
        settings: dict[str, Any] = {
            "capture_output": True,
            "text": True,
            "encoding": "utf-8",
            "cwd": tmp_path,
            "timeout": 60,
        }
        return subprocess.run(command, **{**settings, **options})

    return run
