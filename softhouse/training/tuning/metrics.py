"""The course of a tuning: a line of JSON for each update, and a picture."""

from collections.abc import Sequence
from pathlib import Path

from softhouse.llm_backends.protocol import Frozen
from softhouse.llm_backends.whole_file import whole_file
from softhouse.training.lines import finished_lines

METRICS_FILE = "metrics.jsonl"
PICTURE_FILE = "loss.png"


class StepRecord(Frozen):
    """One update. Losses are natural logarithms, the mean over answer tokens."""

    step: int
    loss: float
    learning_rate: float
    gradient_norm: float
    answer_tokens: int
    eval_loss: float | None = None
    """Of the rows that are not learned from, where they were evaluated after this step."""


def read_metrics(out: Path) -> list[StepRecord]:
    """What is in the file; a last line that was cut is left out."""
    return finished_lines(out / METRICS_FILE, StepRecord)


def write_metrics(out: Path, records: Sequence[StepRecord]) -> None:
    with whole_file(out / METRICS_FILE) as partial:
        partial.write_text("".join(record.model_dump_json() + "\n" for record in records), encoding="utf-8")


def add_metrics(out: Path, record: StepRecord) -> None:
    with (out / METRICS_FILE).open("a", encoding="utf-8") as file:
        file.write(record.model_dump_json() + "\n")


def draw_losses(out: Path, records: Sequence[StepRecord]) -> Path:
    """The losses over the steps, as a picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # without pyplot: no window system, no state that other figures share
    figure = Figure(figsize=(7, 4), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot(xlabel="step", ylabel="loss per answer token (nats)")
    axes.plot([record.step for record in records], [record.loss for record in records], label="learned rows")
    evaluated = [(record.step, record.eval_loss) for record in records if record.eval_loss is not None]
    if evaluated:
        places, losses = zip(*evaluated, strict=True)
        axes.plot(places, losses, marker="o", label="held-out rows")
    axes.set_ylim(bottom=0)
    axes.legend()
    with whole_file(out / PICTURE_FILE) as partial:
        canvas.print_figure(partial, format="png", dpi=120)
    return out / PICTURE_FILE
