"""A step in its folder: done once, gone on with after a kill, done again when what it depends on has changed."""

import errno
import hashlib
import io
import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

from softhouse.errors import MissingExtraError, StorageError, UsageError, WorkspaceBusyError
from softhouse.training.command import train
from softhouse.training.configuration import TrainingConfiguration, read_configuration
from softhouse.training.manifest import hash_of, read_manifest
from softhouse.training.progress import Lines, Silence
from softhouse.training.runner import Outcome, locked, run_step
from softhouse.training.steps import Step, find_step
from tests.training.conftest import COUNTING, DOUBLING
from tests.training.counting_step import KILL_AT

pytestmark = pytest.mark.usefixtures("small_steps")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "input.txt").write_text("given")
    return folder


def do(out: Path, step: Step = COUNTING, until: int = 5, seed: int = 0) -> Outcome:
    return run_step(step, TrainingConfiguration("t.toml", {"data": {"until": until}}, seed), out, Silence())


def visits(out: Path) -> list[str]:
    """Where each attempt that came to an end began to count."""
    return (out / "visits.txt").read_text().splitlines()


def test_a_step_is_done_once(out: Path) -> None:
    first, second = do(out), do(out)
    assert (first.already_done, second.already_done) == (False, True)
    assert visits(out) == ["0"]
    assert "data is already done" in second.text()
    assert "numbers: 5" in second.text()


def test_the_manifest_says_what_it_was_made_of(out: Path) -> None:
    do(out, seed=7)
    manifest = json.loads((out / "data" / "manifest.json").read_text())
    assert manifest["inputs"] == {"input.txt": hashlib.sha256(b"given").hexdigest()}
    assert list(manifest["outputs"]) == ["data/count.txt"]
    assert manifest["attempt"]["seed"] == 7
    assert manifest["configuration"] == {"data": {"until": 5}}
    assert manifest["versions"]["softhouse"]


@pytest.mark.parametrize("change", ["until", "seed", "input", "output"])
def test_a_change_makes_it_be_done_again(out: Path, change: str) -> None:
    do(out)
    if change == "input":
        (out / "input.txt").write_text("changed")
    if change == "output":
        (out / "data" / "count.txt").write_text("0\n")
    again = do(out, until=6 if change == "until" else 5, seed=1 if change == "seed" else 0)
    assert not again.already_done
    assert len((out / "data" / "count.txt").read_text().splitlines()) == (6 if change == "until" else 5)
    # a damaged output is mended in place, what was made of something else is kept beside
    assert (again.moved_to is None) == (change == "output")
    assert (out / "data.previous" / "count.txt").exists() == (change != "output")


def test_a_key_spelled_out_with_its_default_changes_nothing(out: Path) -> None:
    run_step(COUNTING, TrainingConfiguration("t.toml", {}), out, Silence())
    assert do(out, until=5).already_done


def test_after_a_kill_it_goes_on(out: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.training.conftest import COUNTING\n"
        "from softhouse.training import steps; steps.SECTIONS['data'] = (COUNTING.module, 'Configuration')\n"
        "from softhouse.training.runner import run_step; from softhouse.training.progress import Silence\n"
        "from softhouse.training.configuration import TrainingConfiguration\n"
        "run_step(COUNTING, TrainingConfiguration('t.toml', {'data': {'until': 5}}), Path(sys.argv[1]), Silence())\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(out)], env=os.environ | {KILL_AT: "3"}, check=False)
    assert killed.returncode == -9 or (sys.platform == "win32" and killed.returncode)
    assert read_manifest(out / "data") is None
    outcome = do(out)
    assert (outcome.already_done, visits(out)) == (False, ["3"])
    assert (out / "data" / "count.txt").read_text() == "0\n1\n2\n3\n4\n"


def test_a_step_whose_predecessor_has_not_run_names_it(out: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(f"run first: softhouse train data --out {out}")):
        do(out, DOUBLING)
    do(out)
    assert not do(out, DOUBLING).already_done
    assert do(out, DOUBLING).already_done


def test_a_predecessor_that_was_done_anew_makes_it_be_done_again(out: Path) -> None:
    do(out)
    do(out, DOUBLING)
    do(out, until=6)
    assert not do(out, DOUBLING, until=6).already_done
    assert (out / "tokenizer" / "doubled.txt").read_text() == "12"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file system takes no such names")
def test_names_that_are_no_utf8_stop_nothing(tmp_path: Path) -> None:
    out = tmp_path / os.fsdecode(b"caf\xe9")
    (out / "input.txt").mkdir(parents=True)
    (out / "input.txt" / os.fsdecode(b"\xff")).write_text("given")
    configuration = TrainingConfiguration("t.toml", {})
    words = (os.fsdecode(b"w\xe9rk"),)
    first = run_step(COUNTING, configuration, out, Silence(), words)
    assert first.manifest.attempt.arguments == (r"w\udce9rk",)
    assert r"Training of caf\udce9" in first.report.read_text(encoding="utf-8")
    assert run_step(COUNTING, configuration, out, Silence(), words).already_done


def test_an_unfinished_attempt_of_another_configuration_is_not_gone_on_with(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("softhouse.training.runner.hashes", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            do(out, until=4)
    do(out, until=3)
    assert (out / "data" / "count.txt").read_text() == "0\n1\n2\n"


def test_an_attempt_that_was_broken_off_displaces_no_finished_results(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    do(out, until=5)
    with monkeypatch.context() as patch:
        patch.setattr("softhouse.training.runner.hashes", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            do(out, until=4)
    assert do(out, until=3).moved_to == out / "data.unfinished"
    assert (out / "data.unfinished" / "count.txt").read_text() == "0\n1\n2\n3\n"
    assert (out / "data.previous" / "count.txt").read_text() == "0\n1\n2\n3\n4\n"
    assert do(out, until=2).moved_to == out / "data.previous"  # a finished one takes the place of a finished one
    assert (out / "data.previous" / "count.txt").read_text() == "0\n1\n2\n"


def test_a_folder_of_somebody_else_is_left_alone(out: Path) -> None:
    (out / "data").mkdir()
    (out / "data" / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match=r"thesis\.tex"):
        do(out)
    assert (out / "data" / "thesis.tex").read_text() == "mine"


def test_a_step_is_done_by_one_process_at_a_time(out: Path) -> None:
    (out / "data").mkdir()
    with locked(out / "data"), pytest.raises(WorkspaceBusyError, match=str(os.getpid())):
        do(out)


def test_the_report_is_one_file_that_shows_everything(out: Path) -> None:
    page = do(out).report.read_text(encoding="utf-8")
    assert '<meta name="viewport" content="width=device-width' in page
    assert "<h3>A &amp; B</h3>" in page
    assert "&lt;square&gt;" in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert not re.search(r'(src|href)="(?!data:|#)', page)  # nothing is fetched from anywhere


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[dta]\n", "there is no table [dta]"),
        ("data = 3\n", "write [data]"),
        ("seed = -1\n", "seed = -1"),
        ("seed = true\n", "seed = True"),
        ("[data\n", "not TOML"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "my.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=re.escape(message)) as caught:
        read_configuration(path, None, None)
    assert str(path) in str(caught.value)


def test_an_unknown_key_is_named_with_what_may_be_meant(out: Path) -> None:
    with pytest.raises(UsageError, match=r"t\.toml: \[data\] has no key 'untill'; did you mean until\?"):
        run_step(COUNTING, TrainingConfiguration("t.toml", {"data": {"untill": 5}}), out, Silence())


def test_a_mistake_in_the_table_of_a_later_step_is_told_at_once(out: Path) -> None:
    with pytest.raises(UsageError, match=r"\[tokenizer\] until: .*integer"):
        run_step(COUNTING, TrainingConfiguration("t.toml", {"tokenizer": {"until": "x"}}), out, Silence())


def test_the_file_lies_over_the_preset_key_by_key(tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text("seed = 4\n[model]\nlayers = 2\n")
    read = read_configuration(path, "nano", None)
    assert (read.tables["model"]["layers"], read.tables["model"]["width"], read.seed) == (2, 192, 4)
    assert read_configuration(path, "nano", 9).seed == 9
    with pytest.raises(UsageError, match="nano, micro, small"):
        read_configuration(path, "huge", None)


def test_an_unknown_step_and_a_missing_extra_are_named() -> None:
    with pytest.raises(UsageError, match="the steps are: data, tokenizer"):
        find_step("pretrian")
    with pytest.raises(MissingExtraError, match=r"softhouse\[train\]"):
        Step("data", COUNTING.module, "Count.", needs=("no_such_package",)).load()


def test_lines_tell_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 0.0, 5.0, 20.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    stream = io.StringIO()
    lines = Lines(stream, seconds=10)
    lines.begin("training", 100, completed=20)
    lines.update(40, "loss 3.3")
    lines.update(40, "loss 3.2")
    assert stream.getvalue() == "training: goes on at 20%\ntraining: 40%, 60 s left, loss 3.2\n"


def test_a_full_disk_is_told_in_one_line(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "out/data/count.txt")

    monkeypatch.setattr("softhouse.training.runner.hashes", full)
    with pytest.raises(StorageError, match=r"^out/data/count\.txt: No space left on device; mend it"):
        train("data", out=out)


def test_a_repeated_step_with_the_same_bytes_leaves_the_steps_after_it_alone(out: Path) -> None:
    do(out)
    do(out, DOUBLING)
    (out / "data" / "manifest.json").unlink()
    assert not do(out).already_done
    assert do(out, DOUBLING).already_done
    before = hash_of(out / "data")
    (out / "data" / ".lock").write_text("another process")
    assert hash_of(out / "data") == before


def test_a_missing_extra_is_told_from_a_worker_process_too() -> None:
    error = MissingExtraError("train", "Parquet")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is MissingExtraError
    assert (str(copy), copy.extra) == (str(error), "train")
