"""The real command, and a model on this machine that answers as the standard house's script."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from softhouse.cli import main
from softhouse.environment.journal import Journal
from softhouse.llm_backends.protocol import ChatMessage, CompletionRequest
from softhouse.settings import JOURNAL
from softhouse.testing import Answer, LoopbackServer
from softhouse.testing.standard_house import standard_house

LINE = "Write a command line program main.py that adds its arguments up."
KEY = "sk-canary-5f0e7c1d9b"


@dataclass
class Model:
    """What the server answers: the standard house's script; requests from number `hang_at` on are never answered."""

    modules: int = 1
    hang_at: int | None = None
    asked: int = 0
    prelude: str = ""
    """Python that every program of this model begins with."""

    def __call__(self, body: dict[str, Any]) -> Answer:
        self.asked += 1
        if self.hang_at is not None and self.asked >= self.hang_at:
            return Answer(fault="hang")
        messages = tuple(ChatMessage(role=m["role"], content=m["content"]) for m in body["messages"])
        text = standard_house(modules=self.modules)(CompletionRequest(messages=messages))
        return Answer(text.replace("import sys\n", f"import sys\n{self.prelude}"))


@dataclass
class House:
    """The command line, with a model behind it that can be made to hang."""

    folder: Path
    server: LoopbackServer
    model: Model
    capture: pytest.CaptureFixture[str]

    @property
    def new(self) -> tuple[str, ...]:
        return ("new", LINE, "--workspace", "out", *self.on)

    @property
    def on(self) -> tuple[str, ...]:
        return ("--model", "openai:loopback", "--base-url", self.server.base_url)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """The command, running in a process of its own."""
        command = [sys.executable, "-m", "softhouse.cli", *words]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin:/usr/sbin", "HOME": str(self.folder), "OPENAI_API_KEY": KEY},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> "Ended":
        """The command in this process, where the sandbox examines itself once for all tests."""
        self.capture.readouterr()
        exit_code = main(words)
        return Ended(exit_code, *self.capture.readouterr())

    def journal(self, workspace: str = "out") -> Journal:
        return Journal.read(self.folder / workspace / JOURNAL)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def last_line(self) -> str:
        return self.err.splitlines()[-1] if self.err else ""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[House]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    model = Model()
    with LoopbackServer(model) as server:
        yield House(tmp_path, server, model, capsys)


def repeated(before: Journal, after: Journal) -> list[str]:
    """Acts that were done before and were begun again."""
    first, then = (Counter(act.key for act in journal.acts()) for journal in (before, after))
    return [act.key for act in before.acts() if act.state == "done" and then[act.key] > first[act.key]]
