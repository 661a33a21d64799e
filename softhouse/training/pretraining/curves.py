"""What there is to see of a training: losses, perplexity, the search for a rate, the sweep, what the model writes."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from softhouse.training.architectures.decoder import Decoder
from softhouse.training.architectures.generation import generate
from softhouse.training.figures import lines
from softhouse.training.pretraining.scaling import fit
from softhouse.training.pretraining.validation import perplexity_of
from softhouse.training.step import Section, Table
from softhouse.training.tokenizer.special_tokens import END_OF_TEXT, ID_OF

if TYPE_CHECKING:
    from softhouse.training.pretraining.checkpoint import Course
    from softhouse.training.pretraining.job import Job, Rates, Sizes
    from softhouse.training.pretraining.loop import Loop, Update

POINTS = 300
"""More can't be told apart in a picture."""
BEGINNINGS = ("import os\nimport sys\n\ndef main(", "class Stack:\n    def push(self, item):\n", "def read_lines(path")


def report(
    job: "Job", loop: "Loop", course: "Course", rates: "Rates | None", sizes: "Sizes", pace: float
) -> tuple[dict[str, float | int | str], list[Section]]:
    """The figures for the terminal, and the sections."""
    parameters = sum(weight.numel() for weight in loop.model.parameters())
    last = course.measurements[-1]
    numbers: dict[str, float | int | str] = {
        "parameters": parameters,
        "tokens of the text": len(job.train),
        "tokens learned from": loop.updates * loop.tokens_an_update,
        "updates": loop.updates,
        "learning rate": course.learning_rate,
        "validation loss (nats a token)": last.loss,
        "validation perplexity": last.perplexity,
    }
    if last.bits_per_byte is not None:
        numbers["validation bits per byte"] = last.bits_per_byte
    if pace:
        numbers["tokens a second"] = round(pace)
    numbers["computed on"] = job.place.name
    sections = [_course(loop, course)]
    if rates is not None:
        sections.append(_rates(rates))
    if sizes.trials:
        sections.append(_sizes(sizes, parameters))
    if isinstance(loop.model, Decoder):
        sections.append(_samples(job, loop.model))
    return numbers, sections


def _course(loop: "Loop", course: "Course") -> Section:
    scale = loop.tokens_an_update / 1e6
    smooth = thinned(course.updates)
    learned = [(number * scale, loss) for number, loss in smooth]
    held = [(one.number * scale, one.loss) for one in course.measurements]
    parts = [
        lines(
            "Loss",
            {"text that is learned from": learned, "validation text": held},
            x_label="million tokens",
            y_label="nats a token",
        ),
        lines(
            "Perplexity",
            {
                "text that is learned from": [(x, perplexity_of(y)) for x, y in learned],
                "validation text": [(x, perplexity_of(y)) for x, y in held],
            },
            x_label="million tokens",
            y_label="perplexity",
            log_y=True,
        ),
    ]
    bits = [(one.number * scale, one.bits_per_byte) for one in course.measurements if one.bits_per_byte is not None]
    if bits:
        parts.append(
            lines("Bits per byte", {"validation text": bits}, x_label="million tokens", y_label="bits per byte")
        )
    return Section(
        title="Course",
        text="Both losses should fall together. Where only the upper one stops, the model learns its text by heart; "
        "where both jump, the learning rate is too high. Perplexity says between how many equally likely tokens the "
        "model hesitates; bits per byte is what the text would take, compressed by the model, and can be compared "
        "between vocabularies. What is learned from can be harder than what is measured: some of it are gaps to fill.",
        parts=tuple(parts),
    )


def _rates(rates: "Rates") -> Section:
    picture = lines(
        "Loss at rising learning rates",
        {"loss": rates.trials, f"chosen: {rates.chosen:g}": [(rates.chosen, min(loss for _, loss in rates.trials))]},
        x_label="learning rate",
        y_label="nats a token, smoothed",
        log_x=True,
        dots=(f"chosen: {rates.chosen:g}",),
    )
    return Section(
        title="Learning rate",
        text="Each update was made with a higher rate than the one before. At the left nothing is learned, in the "
        "middle the loss falls, at the right it bursts; a third of the lowest point is far enough from bursting.",
        parts=(picture,),
    )


def _sizes(sizes: "Sizes", parameters: int) -> Section:
    law = fit(sizes.trials)
    smallest = min(trial.parameters for trial in sizes.trials)
    steps = [smallest * (parameters / smallest) ** (step / 40) for step in range(41)]
    picture = lines(
        "Loss by size",
        {
            "trained": [(float(trial.parameters), trial.loss) for trial in sizes.trials],
            f"{law.factor:.3g} * parameters ** -{law.exponent:.3f}": [(size, law.at(size)) for size in steps],
        },
        x_label="parameters",
        y_label="validation loss, nats a token",
        log_x=True,
        log_y=True,
        dots=("trained",),
    )
    table = Table(
        title="Sizes",
        columns=("parameters", "layers", "width", "validation loss", "bits per byte", "the curve says"),
        rows=(
            *(
                (one.parameters, one.layers, one.width, one.loss, one.bits_per_byte, law.at(one.parameters))
                for one in sizes.trials
            ),
            (parameters, None, None, None, None, law.at(parameters)),
        ),
    )
    return Section(
        title="Scaling",
        text="Smaller models learned from equally many tokens. On logarithmic axes the loss falls along a line, whose "
        f"slope says what a larger model is worth; the points lie {law.residual:.1%} off it. The last row is the "
        "model of this training, if it had learned from as many tokens as they did.",
        parts=(picture, table),
    )


def _samples(job: "Job", model: Decoder) -> Section:
    generator = torch.Generator(device=job.place.device).manual_seed(job.context.seed)
    prompts = [job.tokenizer.encode(beginning) for beginning in BEGINNINGS]
    replies = generate(
        model, prompts, 96, stop=frozenset({ID_OF[END_OF_TEXT]}), temperature=0.7, top_p=0.95, generator=generator
    )
    rows = tuple((beginning, job.tokenizer.decode(reply)) for beginning, reply in zip(BEGINNINGS, replies, strict=True))
    return Section(
        title="What it writes",
        text="Drawn at a temperature of 0.7. Words come first, then indentation and brackets, sense comes last.",
        parts=(Table(title="Samples", columns=("beginning", "how the model goes on"), rows=rows),),
    )


def thinned(updates: "Sequence[Update]") -> list[tuple[float, float]]:
    """At most `POINTS` means of neighbours: (number of the last one, mean loss)."""
    size = max(1, math.ceil(len(updates) / POINTS))
    groups = [updates[begin : begin + size] for begin in range(0, len(updates), size)]
    return [(float(group[-1].number), sum(one.loss for one in group) / len(group)) for group in groups]
