"""Direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290): of two answers, make the better likelier.

No reward model and no sampling: the loss compares how much more likely the tuned model finds each answer than the
model that it began as. `beta` is the leash to that beginning.
"""

from typing import Any

from pydantic import Field

from softhouse.training.alignment.libraries import trl
from softhouse.training.alignment.models import load_model, load_tokenizer, longest_row, model_folder, save_model
from softhouse.training.alignment.rows import Preference, data_files, read_lines, too_long, turn_ids
from softhouse.training.alignment.trainer import Hyperparameters, arguments, curve, lora, quiet, train
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.step import Section, StepContext, StepResult


class Configuration(Hyperparameters):
    """The table `[dpo]`; `data` are lines of prompt, chosen, rejected."""

    learning_rate: float = Field(default=5e-5, gt=0)
    """The highest; it rises in the first twentieth of the updates and falls as a cosine to a tenth of itself."""
    beta: float = Field(default=0.1, gt=0)
    """How dear it is to move away from the model that it began as: larger keeps it closer."""


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Tune the model on pairs; leaves `model/`."""
    import datasets

    chosen = configuration.section("dpo", Configuration)
    folder, named = model_folder(context, chosen.model)
    files = data_files(context, chosen.data, "preferences.jsonl")
    tokenizer = load_tokenizer(folder)
    read = [pair for path in files for pair in read_lines(path, Preference)]
    pairs = fitting_pairs(read, tokenizer, longest_row(folder, chosen.max_length))
    with quiet():
        trainer = trl().DPOTrainer(
            model=load_model(folder, tokenizer),
            args=arguments(trl().DPOConfig, context, chosen, beta=chosen.beta, max_length=None),
            train_dataset=datasets.Dataset.from_list(pairs),
            processing_class=tokenizer,
            peft_config=lora(chosen),
        )
        history = train(trainer, context, [named, *files], "tuning on preferences")
        out = save_model(trainer.model, tokenizer, folder, context.folder / "model")
    section = Section(
        title="Tuning on preferences",
        text="The chosen answer's reward (how much likelier it became, times beta) should rise above the other's. "
        "Where both fall steeply, the model forgets how to answer at all: a smaller learning rate, a larger beta.",
        parts=(
            curve(
                "Rewards",
                history,
                {"rewards/chosen": "chosen", "rewards/rejected": "rejected", "rewards/margins": "margin"},
                "reward",
            ),
            curve("Pairs that it orders rightly", history, {"rewards/accuracies": "share"}, "share of the batch"),
        ),
    )
    numbers: dict[str, float | int | str] = {
        "pairs": len(pairs),
        "updates": trainer.state.global_step,
        "margin at the end": round(history[-1]["rewards/margins"], 4),
        "pairs ordered rightly at the end": round(history[-1]["rewards/accuracies"], 3),
    }
    return StepResult([named, *files], [out], numbers, [section])


def fitting_pairs(pairs: list[Preference], tokenizer: Any, longest: int) -> list[dict[str, Any]]:
    """The pairs as trl reads them, without those that are longer than `longest` tokens.

    Raises `UsageError` where none is left.
    """
    fitting = []
    for pair in pairs:
        turns = [message.model_dump() for message in pair.prompt]
        answers = [[{"role": "assistant", "content": text}] for text in (pair.chosen, pair.rejected)]
        if all(len(turn_ids(tokenizer, turns + answer)) <= longest for answer in answers):
            fitting.append({"prompt": turns, "chosen": answers[0], "rejected": answers[1]})
    if not fitting:
        raise too_long("pair", longest)
    return fitting
