"""The step: each model in turn, then one table."""

import hashlib
import json
from pathlib import Path

from softhouse.llm_backends.inhouse import TRAINED
from softhouse.training.alignment import house_requests
from softhouse.training.alignment.models import model_folder
from softhouse.training.evaluation.configuration import Configuration
from softhouse.training.evaluation.documents import Tasks
from softhouse.training.evaluation.measures import Examination, complete, examine
from softhouse.training.evaluation.scores import Measured, Scores
from softhouse.training.evaluation.subject import Subject
from softhouse.training.manifest import hash_of, write_json
from softhouse.training.step import Section, StepContext, StepResult, Table
from softhouse.training.tokenizer.tokenizer import TOKENIZER_FILE

SCORES_FILE = "scores.json"
ROWS: tuple[tuple[str, str, float], ...] = (
    ("parameters", "parameters", 1),
    ("loss", "validation loss (nats a token)", 1),
    ("perplexity", "perplexity", 1),
    ("bits_per_byte", "bits per byte", 1),
    ("gap_exact", "gaps filled exactly (%)", 100),
    ("gap_similarity", "gaps: edit similarity (%)", 100),
    ("syntax", "completed functions that parse (%)", 100),
    ("formats", "documents of the house that are valid (%)", 100),
    ("formats_read", "requests for documents that fit the context (%)", 100),
    ("functions", "HumanEval, one try (%)", 100),
)
"""Field of the scores, name of the row, factor."""


def evaluate(context: StepContext, settings: Configuration) -> StepResult:
    """Measure what has not been measured before. Raises `UsageError` where there is no model yet."""
    finished = [step for step in reversed(TRAINED) if context.find_output_of(step) is not None]
    names = settings.models or tuple(finished) or ("pretrain",)
    data = context.output_of("data")
    inputs = sorted(data.glob("validation-*.jsonl"))
    validation = [hash_of(path) for path in inputs]
    tasks = Tasks(data, settings, context.seed)
    measured: dict[str, Scores] = {}
    for name in names:
        folder, source = model_folder(context, name)
        inputs.append(source)
        keep = context.folder / key_of(folder, validation, settings, context.seed)
        keep.mkdir(exist_ok=True)
        measured[name] = Scores.read(keep / SCORES_FILE)
        if not complete(measured[name]):
            tokens = context.folder / f"tokens-{digest([*validation, hash_of(folder / TOKENIZER_FILE)])}"
            exam = Examination(Subject.open(folder), tasks, tokens, Named(context, name))
            measured[name] = examine(exam, keep / SCORES_FILE)
    path = context.folder / SCORES_FILE
    write_json(path, Measured(models=measured))
    return StepResult(inputs, [path], numbers_of(measured), [table_of(measured), *samples_of(measured)])


class Named:
    """Progress that says which model it is about."""

    def __init__(self, context: StepContext, model: str) -> None:
        self._progress, self._model = context.progress, model

    def begin(self, phase: str, total: float | None = None, completed: float = 0) -> None:
        self._progress.begin(f"{self._model}: {phase}", total, completed)

    def update(self, completed: float, note: str = "") -> None:
        self._progress.update(completed, note)


def key_of(folder: Path, validation: list[str], settings: Configuration, seed: int) -> str:
    """Everything that the scores of a model depend on. `validation`: hashes of the text's files."""
    parts = {
        "model": {path.name: hash_of(path) for path in sorted(folder.iterdir()) if path.is_file()},
        "validation": validation,
        "settings": settings.model_dump(mode="json", exclude={"models"}),
        "seed": seed,
        "requests": [hash_of(path) for path in house_requests.sources()],
    }
    return digest(parts)


def digest(parts: object) -> str:
    """A name for what JSON can say."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


def numbers_of(measured: dict[str, Scores]) -> dict[str, float | int | str]:
    """The row that matters most of each model, for the terminal."""
    found: dict[str, float | int | str] = {}
    for model, scores in measured.items():
        for field, title, factor in ROWS[1:]:
            value = getattr(scores, field)
            if value is not None:
                found[f"{model}: {title}"] = value * factor
    return found


def table_of(measured: dict[str, Scores]) -> Section:
    """All measures of all models."""
    rows = []
    for field, title, factor in ROWS:
        values = [getattr(scores, field) for scores in measured.values()]
        rows.append((title, *(value if value is None or factor == 1 else value * factor for value in values)))
    return Section(
        title="Before and after",
        text="A column is a model, from left to right as it was made. Loss, perplexity and bits per byte should be "
        "low, everything else high. Tuning on conversations usually costs a little on plain text; more than a little "
        "means that the rate was too high. A dash stands for what the model can't do, or what was not measured. "
        "Documents are valid only as they stand, with nothing that holds the model to the format.",
        parts=(Table(title="Measures", columns=("measure", *measured), rows=tuple(rows)),),
    )


def samples_of(measured: dict[str, Scores]) -> list[Section]:
    """A few of what each model wrote."""
    sections = []
    for model, scores in measured.items():
        rows = tuple(
            (sample.measure, sample.prompt[-300:], sample.text[:600], "yes" if sample.right else "no")
            for sample in scores.samples
        )
        if rows:
            columns = ("measure", "end of the prompt", "what was written", "right")
            sections.append(
                Section(
                    title=f"What {model} writes",
                    text="The first of each kind, right or wrong; of function completions, those that parse are right.",
                    parts=(Table(title="Samples", columns=columns, rows=rows),),
                )
            )
    return sections
