"""Measure the models of all steps so far: before and after each step, in one table.

`subject.py` is a model under examination, `documents.py` makes tasks of text that it has not learned, `formats.py` asks
for the house's documents, `measures.py` measures one thing after another (`similarity.py` and `syntax.py` help it),
`scores.py` keeps what was measured, `job.py` puts it all together.
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
