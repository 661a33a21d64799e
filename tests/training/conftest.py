"""What the tests of all rooms of the training share."""

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# tiny matrices are slower on two threads than on one, and the machine may be busy: read when torch is first imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from softhouse.training import steps
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext

if TYPE_CHECKING:
    from softhouse.training.tokenizer.tokenizer import Tokenizer

COUNTING = steps.Step("data", "tests.training.counting_step", "Count.", needs=())
DOUBLING = steps.Step("tokenizer", "tests.training.doubling_step", "Double.", needs=())


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps that do next to nothing, in the places of `data` and `tokenizer`."""
    monkeypatch.setattr(steps, "STEPS", (COUNTING, DOUBLING))
    for step in (COUNTING, DOUBLING):
        monkeypatch.setitem(steps.SECTIONS, step.name, (step.module, "Configuration"))


@pytest.fixture
def context(tmp_path: Path) -> StepContext:
    """For a step that is called without the command around it: OUT/step, seed 0."""
    folder = tmp_path / "out" / "step"
    folder.mkdir(parents=True)
    return StepContext(out=folder.parent, folder=folder, seed=0, progress=Silence())


@pytest.fixture(scope="session")
def learned_vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OUT with what `data` and `tokenizer` make: some of Python's own modules, and 700 tokens learned from them."""
    from softhouse.training.tokenizer.configuration import Configuration
    from softhouse.training.tokenizer.learning import learn, save

    out = tmp_path_factory.mktemp("corpus")
    library = Path(os.__file__).parent
    texts = {name: (library / f"{name}.py").read_text(encoding="utf-8") for name in ("argparse", "textwrap", "bisect")}
    (out / "data").mkdir()
    for split, names in {
        "train-00000": ["argparse"],
        "train-00001": ["bisect"],
        "validation-00000": ["textwrap"],
    }.items():
        rows = [{"id": name, "kind": "python", "source": "cpython", "text": texts[name]} for name in names]
        lines = "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows)
        (out / "data" / f"{split}.jsonl").write_text(lines, encoding="utf-8")
    (out / "tokenizer").mkdir()
    save(learn(texts.values(), Configuration(vocabulary=700)), out / "tokenizer")
    for step in ("data", "tokenizer"):
        (out / step / "manifest.json").write_text("{}")
    return out


@pytest.fixture
def out(learned_vocabulary: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may write into."""
    return Path(shutil.copytree(learned_vocabulary, tmp_path / "corpus"))


@pytest.fixture(scope="session")
def vocabulary(learned_vocabulary: Path) -> "Tokenizer":
    """The 700 tokens."""
    from softhouse.training.tokenizer.tokenizer import Tokenizer

    return Tokenizer.open(learned_vocabulary / "tokenizer")
