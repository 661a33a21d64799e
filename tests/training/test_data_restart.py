"""Killed anywhere and started again: the same bytes. And memory that does not grow with the corpus."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.training.collecting import PERMISSIVE_FILTERS, Collected, collect, jsonl, random_texts, write_rows

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

from softhouse.training.data import pipeline, units

MORTAL = """
import json, os, signal, sys
from pathlib import Path
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.data import run
from softhouse.training.step import StepContext

class Mortal:
    def begin(self, phase, total=None, completed=0):
        self.phase, self.updates = phase, 0
        self.die("")
    def update(self, completed, note=""):
        self.updates += 1
        self.die(f" {self.updates}")
    def die(self, when):
        if self.phase + when == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    out = Path(sys.argv[1])
    (out / "data").mkdir(parents=True, exist_ok=True)
    run(StepContext(out, out / "data", 0, Mortal()), TrainingConfiguration("t", {"data": json.loads(sys.argv[2])}))
"""
PEAK = """
import json, re, sys
from pathlib import Path
from tests.training.collecting import collect

if __name__ == "__main__":
    collect(Path(sys.argv[1]), json.loads(sys.argv[2]))
    # not getrusage: its peak is also that of the process that began this one
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def table(folder: Path, **more: Any) -> dict[str, Any]:
    texts = random_texts(120, words=80)
    rows = [
        {"id": f"{place}-{copy}", "text": f"{text} {copy}"} for place, text in enumerate(texts) for copy in range(2)
    ]
    return {
        "sources": [jsonl(write_rows(folder / "rows.jsonl", rows))],
        "filters": PERMISSIVE_FILTERS,
        "decontaminate": [],
        "unit_bytes": 20_000,
        "shard_bytes": 20_000,
        "workers": 1,
        "validation_share": 0.1,
        **more,
    }


def child(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("death", ["documents 4", "candidate pairs 3", "near duplicates", "files"])
def test_killed_and_started_again_the_bytes_are_the_same(
    tmp_path: Path, death: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = table(tmp_path)
    killed = child(MORTAL, str(tmp_path / "out"), json.dumps(settings), death)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    work = tmp_path / "out/data/work"
    finished = {int(path.stem) for path in (work / "units").glob("*.json")}
    assert finished
    (work / "units/000999.json.1.partial").write_text("left by a worker")
    (tmp_path / "out/data/train-00099.jsonl").write_text("left by another attempt")
    done: list[int] = []

    def counted(job: units.Job) -> int:
        done.append(job.unit.number)
        return units.do_unit(job)

    monkeypatch.setattr(pipeline, "do_unit", counted)
    found = collect(tmp_path / "out", settings)
    assert not finished.intersection(done)
    assert not work.exists()
    assert found.hashes == collect(tmp_path / "whole", settings).hashes


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    alone, together = (collect(tmp_path / str(n), table(tmp_path, workers=n)) for n in (1, 2))
    assert together.hashes == alone.hashes
    assert together.result.numbers == alone.result.numbers
    assert together.result.sections == alone.result.sections


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_what_was_made_of_files_that_changed_since_is_not_used(tmp_path: Path) -> None:
    settings = table(tmp_path)
    killed = child(MORTAL, str(tmp_path / "out"), json.dumps(settings), "near duplicates")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    write_rows(tmp_path / "rows.jsonl", [{"id": "only", "text": random_texts(1)[0]}])
    found: Collected = collect(tmp_path / "out", {**settings, "validation_share": 0.0})
    assert found.names == {"rows.jsonl:only"}


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read the way Linux counts it")
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    peaks = []
    for times in (1, 6):
        folder = tmp_path / str(times)
        folder.mkdir()
        texts = random_texts(100 * times, words=1_200)
        path = write_rows(folder / "rows.jsonl", [{"id": str(place), "text": text} for place, text in enumerate(texts)])
        settings = {
            "sources": [jsonl(path)],
            "filters": {**PERMISSIVE_FILTERS, "alphabets": []},
            "decontaminate": [],
            "unit_bytes": 200_000,
            "shard_bytes": 200_000,
        }
        run = child(PEAK, str(folder / "out"), json.dumps(settings))
        assert run.returncode == 0, run.stderr
        peaks.append(int(run.stdout.split()[-1]) * 1024)
    corpus = (tmp_path / "6/rows.jsonl").stat().st_size - (tmp_path / "1/rows.jsonl").stat().st_size
    assert corpus > 4_000_000
    assert peaks[1] - peaks[0] < 0.2 * corpus
