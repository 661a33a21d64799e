"""From what lies on a disk to text that is worth learning: collect, clean, filter, deduplicate, split, mix.

`configuration.py` says what can be chosen. The course of things is in `pipeline.py`: list the sources' files in units,
make documents of each unit (in several processes), drop duplicates over all of them, write shuffled shards.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from softhouse.training.data.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "inputs", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `data`: writes `train-NNNNN.jsonl`, `validation-NNNNN.jsonl` and `dropped.jsonl.gz`."""
    from softhouse.training.data.pipeline import run as run_pipeline

    return run_pipeline(context, configuration.section("data", Configuration))


def inputs(configuration: "TrainingConfiguration", out: Path) -> list[Path]:
    """The files that the sources hold now. Raises `UsageError` for a source that isn't there or holds none."""
    from softhouse.training.data.listing import Listing

    listing = Listing(configuration.section("data", Configuration), out.resolve())
    return sorted({Path(entry.path) for unit in listing.units() for entry in unit.entries})
