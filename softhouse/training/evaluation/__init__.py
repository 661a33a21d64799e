"""Measure the models of all steps so far: before and after each step, in one table.

`subject.py` is a model under examination; `text.py` (perplexity, bits per byte), `gaps.py` (filling them), `syntax.py`
(do function completions parse), `formats.py` (the house's documents, without a grammar) and `functions.py` (HumanEval)
each measure one thing; `scores.py` keeps what was measured.
"""

from typing import TYPE_CHECKING

from softhouse.training.evaluation.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `eval`: writes OUT/eval/scores.json."""
    from softhouse.training.evaluation.job import evaluate

    return evaluate(context, configuration.section("eval", Configuration))
