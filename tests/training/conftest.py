"""What the tests of all rooms of the training share."""

import os
from pathlib import Path

import pytest

# tiny matrices are slower on two threads than on one, and the machine may be busy: read when torch is first imported
os.environ.setdefault("OMP_NUM_THREADS", "1")

from softhouse.training import steps
from softhouse.training.progress import Silence
from softhouse.training.step import StepContext

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
