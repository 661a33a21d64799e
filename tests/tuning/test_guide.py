"""Every `softhouse` command of the guide, in its order, on a tiny checkpoint; the Chinese page shows the same ones."""

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from softhouse.cli import main
from softhouse.llm_backends.chatglm2.checkpoint import OUTPUT
from softhouse.llm_backends.chatglm2.shape import CHATGLM2_6B
from softhouse.llm_backends.chatglm2.synthetic import TINY, original_weights, write_checkpoint
from softhouse.llm_backends.memory_plan import GIB
from softhouse.training.tuning.memory import plan_tuning
from softhouse.training.tuning.settings import TuneSettings

pytestmark = pytest.mark.torch
DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "chatglm2.md").read_text("utf-8")
CHINESE = (DOCS / "chatglm2.zh-CN.md").read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks(PAGE, "bash") for line in block.splitlines()]


@pytest.fixture
def house(tmp_path: Path, pieces: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the guide says one has: the checkpoint, and data of one's own."""
    weights = original_weights(shape := replace(TINY, context=16384))
    # a random model hardly ever ends its answers by itself
    weights[OUTPUT][shape.eos_id] *= 3
    write_checkpoint(tmp_path / "chatglm2-6b", shape, weights=weights, tokenizer=pieces)
    rows = [json.dumps(json.loads(row), ensure_ascii=False) for page in (PAGE, CHINESE) for row in blocks(page, "json")]
    (tmp_path / "clerk.jsonl").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_does_what_the_guide_says(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in COMMANDS:
        program, *words = shlex.split(command)
        assert program == "softhouse", f"{command}: a bash block of the guide holds softhouse commands alone"
        if words[0] == "serve":
            serve(words)
            continue
        monkeypatch.setattr(sys, "stdin", io.StringIO("Who are you?\n"))
        exit_code = main(words)
        shown = capsys.readouterr()
        # a random model builds nothing that is accepted
        assert exit_code in ((0, 1) if words[0].startswith("Write") else (0,)), f"{command}: {shown.err}"
        assert shown.out.strip() or words[0] == "chat"
    assert sorted(path.name for path in house.glob("clerk*")) == [
        "clerk", "clerk-full", "clerk-lora", "clerk-original", "clerk-prefix", "clerk-q4", "clerk-qlora", "clerk.jsonl",
    ]  # fmt: skip
    assert (house / "words" / "main.py").is_file()


def serve(words: list[str]) -> None:
    """Start the server on a free port, ask it what it serves, and stop it."""
    words[words.index("--port") + 1] = "0"
    started = subprocess.Popen(
        [sys.executable, "-m", "softhouse.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    with started as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), server.communicate()
        with urllib.request.urlopen(f"{address}v1/models") as reply:
            assert "chatglm2" in json.load(reply)["data"][0]["id"]
        server.send_signal(signal.SIGINT)
        server.communicate()
    assert server.returncode == 130


def test_the_chinese_page_has_the_same_commands_and_code() -> None:
    for language in ("bash", "sh", "python"):
        assert blocks(CHINESE, language) == blocks(PAGE, language)
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("page", [PAGE, CHINESE], ids=["en", "zh"])
def test_the_sizes_in_the_table_are_the_plan(page: str) -> None:
    shown = dict(re.findall(r"^\| `(\w+)` \|.*\| ([\d.]+) GiB \|$", page, re.MULTILINE))
    assert list(shown) == ["lora", "qlora", "ptuning2", "full"]
    for method, size in shown.items():
        settings = TuneSettings.model_validate({"method": method, "batch_tokens": 512, "max_length": 512})
        plan = plan_tuning(CHATGLM2_6B, settings, stored_bytes=2, computed_bytes=2, card=True)
        assert f"{plan.total / GIB:.1f}" == size
