"""Train a model from nothing.

`packing.py` makes tokens of the documents, `windows.py` says which of them come when, `objectives.py` what is to be
predicted, `loop.py` is one update after another, `optimizers.py` makes it of gradients, `checkpoint.py` what is kept
to go on after a kill, `validation.py` measures; `finder.py` looks for a learning rate, `scaling.py` compares sizes;
`job.py` puts it all together.
"""

from typing import TYPE_CHECKING

from softhouse.training.pretraining.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `pretrain`: writes OUT/pretrain/model."""
    from softhouse.training.pretraining.job import pretrain

    return pretrain(context, configuration)
