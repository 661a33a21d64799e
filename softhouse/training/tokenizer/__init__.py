"""Learn a vocabulary from the text: byte-level BPE, for English, Chinese and code.

`special_tokens.py` says what is no text and how a conversation is written, `learning.py` makes the vocabulary,
`tokenizer.py` turns text and bytes into ids and back, `vocabulary_report.py` shows what came out.
"""

from typing import TYPE_CHECKING

from softhouse.training.tokenizer.configuration import Configuration

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

__all__ = ["Configuration", "run"]


def run(context: "StepContext", configuration: "TrainingConfiguration") -> "StepResult":
    """The step `tokenizer`: writes `tokenizer.json` and `tokenizer_config.json`."""
    from softhouse.training.tokenizer.learning import run as learn

    return learn(context, configuration.section("tokenizer", Configuration))
