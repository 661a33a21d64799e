"""From what lies on a disk to text that is worth learning: collect, clean, filter, deduplicate, split, mix.

`configuration.py` says what can be chosen. The course of things is in `pipeline.py`: list the sources' files in units,
make documents of each unit (in several processes), drop duplicates over all of them, write shuffled shards.
"""

from typing import TYPE_CHECKING

from softhouse.training.data.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `data`: writes `train-NNNNN.jsonl`, `validation-NNNNN.jsonl` and `dropped.jsonl.gz`."""
    from softhouse.training.data.pipeline import run as run_pipeline

    return run_pipeline(context, configuration.section("data", Configuration))
