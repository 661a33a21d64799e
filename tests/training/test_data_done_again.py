"""When the step `data` is done again: after what changes its results, and after nothing else."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softhouse.errors import UsageError
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.data import Configuration
from softhouse.training.progress import Silence
from softhouse.training.runner import Outcome, run_step
from softhouse.training.steps import find_step
from tests.training.collecting import PERMISSIVE_FILTERS, random_texts

pytest.importorskip("rensa")
pytest.importorskip("py3langid")

TEXTS = random_texts(4)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree" / "deep").mkdir(parents=True)
    for place, name in enumerate(("one.md", "deep/two.md", "deep/three.md")):
        (tmp_path / "tree" / name).write_text(TEXTS[place])
    (tmp_path / "tree" / "picture.png").write_bytes(b"\0")
    return tmp_path / "tree"


def do(tree: Path, **more: Any) -> Outcome:
    table = {
        "sources": [{"name": "notes", "kind": "documents", "paths": [str(tree)]}],
        "filters": PERMISSIVE_FILTERS,
        "decontaminate": [],
        "workers": 1,
        **more,
    }
    return run_step(find_step("data"), TrainingConfiguration("t.toml", {"data": table}), tree.parent / "out", Silence())


def test_nothing_changed_and_it_is_not_done_again(tree: Path) -> None:
    first = do(tree)
    assert sorted(first.manifest.inputs) == sorted(str(path) for path in tree.rglob("*.md"))
    (tree / "picture.png").write_bytes(b"\0\0")  # is not read
    again = do(tree)
    assert (first.already_done, again.already_done) == (False, True)
    assert again.manifest == first.manifest


def test_another_number_of_processes_does_not_do_it_again(tree: Path) -> None:
    do(tree, workers=1)
    assert do(tree, workers=2).already_done
    assert not do(tree, workers=2, validation_share=0.5).already_done


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system doesn't say")
def test_there_are_as_many_processes_as_cores_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {3, 5, 7})
    assert Configuration().processes == 3
    assert Configuration(workers=2).processes == 2


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda tree: (tree / "deep" / "four.md").write_text(TEXTS[3]), id="added"),
        pytest.param(lambda tree: (tree / "deep" / "two.md").unlink(), id="removed"),
        pytest.param(lambda tree: (tree / "deep" / "two.md").write_text(TEXTS[3]), id="changed"),
        pytest.param(lambda tree: (tree / "deep" / "two.md").rename(tree / "two.md"), id="moved"),
    ],
)
def test_a_source_file_that_came_went_or_changed_makes_it_be_done_again(
    tree: Path, change: Callable[[Path], object]
) -> None:
    before = do(tree)
    change(tree)
    again = do(tree)
    assert not again.already_done
    assert again.moved_to == before.folder.with_name("data.previous")
    assert sorted(again.manifest.inputs) == sorted(str(path) for path in tree.rglob("*.md"))
    assert do(tree).already_done


def test_a_source_that_went_away_is_told_and_the_results_stay(tree: Path) -> None:
    outputs = do(tree).manifest.outputs
    tree.rename(tree.with_name("elsewhere"))
    with pytest.raises(UsageError, match=f"there is no {tree}"):
        do(tree)
    tree.with_name("elsewhere").rename(tree)
    again = do(tree)
    assert again.already_done
    assert again.manifest.outputs == outputs


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the file system takes no such names")
def test_file_names_that_are_no_utf8_are_spelled_out(tmp_path: Path) -> None:
    top = tmp_path / "all"
    tree = top / os.fsdecode(b"tr\xe9e")
    tree.mkdir(parents=True)
    odd = tree / os.fsdecode(b"caf\xe9.md")
    odd.write_text(TEXTS[0])
    (tree / os.fsdecode(b"copy\xe9.md")).write_text(TEXTS[0])
    (tree / os.fsdecode(b"\xe9short.md")).write_text("x")
    (tree / "café.md").write_text(TEXTS[1])
    filters = {**PERMISSIVE_FILTERS, "min_characters": 5}
    done = do(top, filters=filters, validation_share=0)
    lines = (done.folder / "train-00000.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["id"] for line in lines} == {r"notes:tr\udce9e/caf\udce9.md", r"notes:tr\udce9e/café.md"}
    assert len(done.manifest.inputs) == 4
    assert rf"{top}/tr\udce9e/caf\udce9.md" in done.manifest.inputs
    assert do(top, filters=filters, validation_share=0).already_done
    odd.write_text(TEXTS[2])
    assert not do(top, filters=filters, validation_share=0).already_done


def test_names_in_rows_that_are_no_utf8_are_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / "all" / "rows.jsonl"
    path.parent.mkdir()
    rows = [
        {"id": "\ud800", "text": TEXTS[0], "licence": "\udfff"},
        {"id": "a\0b", "text": f"x = 1  # {TEXTS[1][:80]!r}\n", "kind": "python"},
        {"id": "\ud801", "text": TEXTS[2], "licence": "MIT"},
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = do(path.parent, sources=[{"name": "n", "kind": "jsonl", "paths": [str(path)]}], validation_share=0)
    kept = {row["id"] for row in map(json.loads, (done.folder / "train-00000.jsonl").read_text("utf-8").splitlines())}
    assert kept == {"n:rows.jsonl:a\0b", r"n:rows.jsonl:\ud801"}
