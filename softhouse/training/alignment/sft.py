"""Supervised fine-tuning: from a model that continues text to one that answers. The loss counts the answers alone.

What the model reads is exactly what it will read when it is asked: the chat template up to the answer, then the answer
and the turn's end. Learning the prompts too would teach it to write questions.
"""

from pathlib import Path

from pydantic import Field

from softhouse.training.alignment.libraries import trl
from softhouse.training.alignment.models import load_model, load_tokenizer, longest_row, model_folder, save_model
from softhouse.training.alignment.rows import data_files, token_examples, too_long
from softhouse.training.alignment.trainer import Hyperparameters, arguments, curve, lora, quiet, train
from softhouse.training.configuration import TrainingConfiguration
from softhouse.training.step import Section, StepContext, StepResult, Table
from softhouse.training.tuning.data import Row, read_rows, split


class Configuration(Hyperparameters):
    """The table `[sft]`."""

    model: str = "pretrain"
    """Where to begin: an earlier step's name, a model folder, or a GGUF (`PATH.gguf`), which is dequantised."""
    house_documents: int = Field(default=0, ge=0)
    """So many made-up requests for the house's own documents, with their answers, are learned beside the data."""
    validation_share: float = Field(default=0.05, ge=0, le=0.5)
    """This share of the rows is never learned from; the loss on it tells learning from learning by heart."""


def run(context: StepContext, configuration: TrainingConfiguration) -> StepResult:
    """Tune the model; leaves `model/`."""
    import datasets

    chosen = configuration.section("sft", Configuration)
    folder, named = model_folder(context, chosen.model)
    files = data_files(context, chosen.data, "sft.jsonl") if chosen.data or not chosen.house_documents else []
    inputs = [named, *files]
    if chosen.house_documents:
        from softhouse.training.alignment.house_documents import sources

        inputs += sources()
    learned, held = split(_rows(files, chosen, context.seed), chosen.validation_share, context.seed)
    tokenizer = load_tokenizer(folder)
    with quiet():
        model = load_model(folder, tokenizer)
        limit = longest_row(folder, chosen.max_length)
        examples, validation = (
            [e.model_dump() for row in rows for e in token_examples(row, tokenizer) if len(e.input_ids) <= limit]
            for rows in (learned, held)
        )
        if not examples:
            raise too_long("row", limit)
        options = arguments(
            trl().SFTConfig,
            context,
            chosen,
            max_length=None,
            eval_strategy="steps" if validation else "no",
            eval_steps=chosen.checkpoint_every,
            per_device_eval_batch_size=chosen.at_once,
        )
        trainer = trl().SFTTrainer(
            model=model,
            args=options,
            train_dataset=datasets.Dataset.from_list(examples),
            eval_dataset=datasets.Dataset.from_list(validation) if validation else None,
            processing_class=tokenizer,
            peft_config=lora(chosen),
        )
        history = train(trainer, context, inputs, "tuning on answers")
        out = save_model(trainer.model, tokenizer, folder, context.folder / "model")
    evaluated = [entry for entry in trainer.state.log_history if "eval_loss" in entry]
    answer_tokens = sum(label != -100 for e in examples for label in e["labels"])
    numbers: dict[str, float | int | str] = {
        "rows": len(learned),
        "answers": len(examples),
        "updates": trainer.state.global_step,
        "loss at the end (nats a token)": round(history[-1]["loss"], 4),
    }
    if evaluated:
        numbers["loss on rows not learned from"] = round(evaluated[-1]["eval_loss"], 4)
    section = Section(
        title="Tuning on answers",
        text="The loss on answers should fall and flatten. Where the held-out rows' loss rises while the other falls, "
        "the answers are being learned by heart: fewer epochs, or more rows.",
        parts=(
            curve("Loss", history + evaluated, {"loss": "learned", "eval_loss": "held out"}, "nats an answer token"),
            Table(
                title="What was learned",
                columns=("rows", "answers", "tokens", "of them answers", "left out as too long"),
                rows=(
                    (
                        len(learned),
                        len(examples),
                        sum(len(e["input_ids"]) for e in examples),
                        answer_tokens,
                        sum(len(row.answers) for row in learned) - len(examples),
                    ),
                ),
            ),
        ),
    )
    return StepResult(inputs, [out], numbers, [section])


def _rows(files: list[Path], chosen: Configuration, seed: int) -> list[Row]:
    rows = [row for path in files for row in read_rows(path)]
    if chosen.house_documents:
        from softhouse.training.alignment.house_documents import house_rows

        rows += house_rows(chosen.house_documents, seed)
    return rows
