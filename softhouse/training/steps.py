"""The steps, in the order in which a model goes through them; nothing of a step is imported before it is run.

To add one, write a row here.
"""

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from softhouse.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration
    from softhouse.training.step import StepContext, StepResult

Run = Callable[["StepContext", "TrainingConfiguration"], "StepResult"]
Inputs = Callable[["TrainingConfiguration", Path], list[Path]]


@dataclass(frozen=True)
class Step:
    """A row: the step's name is also the name of its folder in OUT and of its table in the TOML file."""

    name: str
    module: str
    """Has `run` and `Configuration`, and `inputs` where it looks for them."""
    summary: str
    also_reads: tuple[str, ...] = ()
    """Tables beside its own that it depends on."""
    needs: tuple[str, ...] = ("torch", "transformers", "tokenizers")
    """Packages of the extra `train` that it can't do without."""
    takes_arguments: bool = False
    keeps_folder: bool = False
    """Whether what lies in its folder is filed under hashes of what it depends on, so that it is never out of date."""

    def load(self) -> Run:
        """The function that does it; `MissingExtraError` where a package of the extra is not installed."""
        for package in self.needs:
            if importlib.util.find_spec(package) is None:
                raise MissingExtraError("train", f"softhouse train {self.name}")
        run: Run = imported(self.module, "run")
        return run

    def input_finder(self) -> Inputs | None:
        """What finds the files that the step would read now; None where the configuration names them all."""
        finder: Inputs | None = getattr(importlib.import_module(self.module), "inputs", None)
        return finder


STEPS = (
    Step(
        "data",
        "softhouse.training.data",
        "Collect, filter, clean and split text.",
        needs=("numpy", "rensa", "py3langid"),
    ),
    Step("tokenizer", "softhouse.training.tokenizer", "Learn a vocabulary from the text.", needs=("tokenizers",)),
    Step("pretrain", "softhouse.training.pretraining", "Train a model from nothing.", also_reads=("model",)),
    Step("sft", "softhouse.training.alignment.sft", "Tune it on instructions and answers."),
    Step("dpo", "softhouse.training.alignment.dpo", "Tune it on pairs of a better and a worse answer."),
    Step("reward", "softhouse.training.alignment.reward", "Train a model that scores answers."),
    Step("rlhf", "softhouse.training.alignment.rlhf", "Reinforcement learning from scores or from execution."),
    Step("eval", "softhouse.training.evaluation", "Measure the models of all steps so far.", keeps_folder=True),
    Step("export", "softhouse.training.export", "Write the newest model for use: Hugging Face layout and GGUF."),
    Step(
        "harvest",
        "softhouse.training.harvest",
        "Turn the journals of finished runs into data for sft, dpo and rlhf.",
        needs=(),
        takes_arguments=True,
    ),
)

SECTIONS = {step.name: (step.module, "Configuration") for step in STEPS} | {
    "model": ("softhouse.training.architectures.configuration", "Configuration")
}
"""The tables of a TOML file, and where the class of each lies."""


def find_step(name: str) -> Step:
    """The row of that name.

    >>> find_step("data").module
    'softhouse.training.data'
    """
    for step in STEPS:
        if step.name == name:
            return step
    raise UsageError(f"there is no step {name!r}; the steps are: {', '.join(step.name for step in STEPS)}")


def section_class(name: str) -> type[BaseModel]:
    """The class of a table of the TOML file."""
    kind: type[BaseModel] = imported(*SECTIONS[name])
    return kind


def imported(module: str, name: str) -> Any:
    """`module.name`; `MissingExtraError` where the module needs a package that is not installed."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("softhouse"):
            raise UsageError(f"this version of softhouse has no {error.name}; update it") from error
        raise MissingExtraError("train", f"{module} (it imports {error.name})") from error
