"""The short version of benchmarks/crashes.py, which kills at every event and commit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HARNESS = Path(__file__).parents[2] / "benchmarks" / "crashes.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the harness forks")
def test_a_killed_run_loses_nothing_repeats_nothing_and_ends_the_same() -> None:
    command = [sys.executable, str(HARNESS), "--points", "6", "--random", "1", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
    survivals = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert sum(survival["reached"] for survival in survivals) >= 5, "the last moments may not come in each run"
    assert {
        name for survival in survivals for name in ("repeated", "unrecorded", "unlisted") if survival[name]
    } == set()
    assert [survival["different"] for survival in survivals] == [""] * 7
