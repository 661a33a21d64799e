"""A reward model: it reads a prompt with an answer and gives one number, the better the answer the higher.

Learned from pairs (Bradley–Terry): the loss is -log sigmoid(score of the better one - score of the worse one), so only
differences mean something. A share of the pairs is held out; how many of those it orders rightly is its worth.
"""

from pydantic import Field

from softhouse.training.alignment.dpo import fitting_pairs
from softhouse.training.alignment.libraries import transformers, trl
from softhouse.training.alignment.models import load_model, load_tokenizer, longest_row, model_folder, save_model
from softhouse.training.alignment.rows import Preference, data_files, read_lines
from softhouse.training.alignment.trainer import Hyperparameters, arguments, curve, lora, quiet, train
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.step import Section, StepContext, StepResult
from softhouse.training.tuning.data import split


class Configuration(Hyperparameters):
    """The table `[reward]`; `data` are lines of prompt, chosen, rejected."""

    validation_share: float = Field(default=0.1, gt=0, le=0.5)
    """This share of the pairs is never learned from; it says how far the scores can be trusted."""
    centering: float = Field(default=0.01, ge=0)
    """Keeps the scores around zero (arXiv:2312.09244), which the pairs alone would leave open."""


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Train the scores; leaves `model/`, a sequence classifier with one output."""
    import datasets

    chosen = configuration.section("reward", Configuration)
    folder, named = model_folder(context, chosen.model)
    files = data_files(context, chosen.data, "preferences.jsonl")
    tokenizer = load_tokenizer(folder)
    read = [pair for path in files for pair in read_lines(path, Preference)]
    pairs = fitting_pairs(read, tokenizer, longest_row(folder, chosen.max_length))
    learned, held = split(pairs, chosen.validation_share, context.seed, alike=lambda pair: str(pair["prompt"]))
    with quiet():
        transformers().set_seed(context.seed)  # the head begins at random
        trainer = trl().RewardTrainer(
            model=load_model(folder, tokenizer, scores=True),
            args=arguments(
                trl().RewardConfig, context, chosen, max_length=None, center_rewards_coefficient=chosen.centering,
                eval_strategy="steps" if held else "no", eval_steps=chosen.checkpoint_every,
                per_device_eval_batch_size=chosen.at_once,
            ),
            train_dataset=datasets.Dataset.from_list(learned),
            eval_dataset=datasets.Dataset.from_list(held) if held else None,
            processing_class=tokenizer,
            peft_config=lora(chosen, scores=True),
        )  # fmt: skip
        history = train(trainer, context, [named, *files], "learning to score")
        last: dict[str, float] = trainer.evaluate() if held else {}
        out = save_model(trainer.model, tokenizer, folder, context.folder / "model")
    numbers: dict[str, float | int | str] = {"pairs": len(learned), "updates": trainer.state.global_step}
    if last:
        numbers["held-out pairs"] = len(held)
        numbers["held-out pairs ordered rightly"] = round(last["eval_accuracy"], 3)
    evaluated = [entry for entry in trainer.state.log_history if "eval_accuracy" in entry]
    section = Section(
        title="Learning to score",
        text="The share of pairs in the right order: 0.5 is guessing. What counts is the line of the held-out pairs; "
        "reinforcement learning finds every answer that is scored too high, so a reward model far below 0.9 there "
        "should not be followed for long.",
        parts=(
            curve(
                "Pairs in the right order",
                history + evaluated,
                {"accuracy": "learned", "eval_accuracy": "held out"},
                "share",
            ),
        ),
    )
    return StepResult([named, *files], [out], numbers, [section])
