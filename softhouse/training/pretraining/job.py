"""The step: pack, look for a rate and compare sizes where that is asked for, train, save."""

import math
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import torch

from softhouse.errors import RunError
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.architectures import build, save
from softhouse.training.architectures.configuration import Configuration as ModelConfiguration
from softhouse.training.manifest import write_json
from softhouse.training.pretraining import checkpoint
from softhouse.training.pretraining.checkpoint import STATE_FILE, Course
from softhouse.training.pretraining.configuration import Configuration
from softhouse.training.pretraining.devices import Place, place_for
from softhouse.training.pretraining.finder import Trial, best_rate, try_rates
from softhouse.training.pretraining.loop import Loop
from softhouse.training.pretraining.objectives import Objective, objective_for
from softhouse.training.pretraining.packing import Tokens, pack
from softhouse.training.pretraining.scaling import SizeTrial, refuse_equal_sizes, scaled
from softhouse.training.pretraining.validation import Validation
from softhouse.training.pretraining.windows import Windows
from softhouse.training.step import StepContext, StepResult
from softhouse.training.tokenizer.tokenizer import TOKENIZER_FILE, Tokenizer

if TYPE_CHECKING:
    from softhouse.training.configuration import TrainingConfiguration

RATES_FILE, SIZES_FILE, PLAN_FILE, COURSE_FILE = "learning_rates.json", "sizes.json", "plan.json", "course.json"
PACE_UPDATES = 4
"""Updates that are timed to plan a training of so many minutes; the first one, which also compiles, is not."""


class Rates(Frozen):
    """What the search for a learning rate saw."""

    trials: tuple[Trial, ...]
    chosen: float


class Sizes(Frozen):
    """What the scaling sweep saw."""

    trials: tuple[SizeTrial, ...] = ()


class Plan(Frozen):
    """How long the training is."""

    updates: int


@dataclass(frozen=True)
class Job:
    """All that a training of this text needs, whatever the size of the model."""

    context: StepContext
    model: ModelConfiguration
    settings: Configuration
    tokenizer: Tokenizer
    train: Tokens
    validation: Tokens
    place: Place

    def with_settings(self, **settings: float) -> "Job":
        """The same, but for some of the settings."""
        return replace(self, settings=self.settings.model_copy(update=settings))

    def loop(self, model: ModelConfiguration, updates: int | None = None) -> Loop:
        """A new model in training, the same one each time."""
        torch.manual_seed(self.context.seed)
        windows = Windows(self.train, model.context, self.context.seed)
        network = build(model, self.tokenizer.size)
        seed = self.context.seed
        return Loop(network, self.settings, windows, self.objective, self.place, seed=seed, updates=updates)

    @property
    def objective(self) -> Objective:
        return objective_for(self.model, self.settings, self.tokenizer)

    def measure_of(self, model: ModelConfiguration) -> Validation:
        limit = self.settings.validation_tokens
        return Validation(self.validation, self.tokenizer, self.objective, length=model.context, limit=limit)


def pretrain(context: StepContext, configuration: "TrainingConfiguration") -> StepResult:
    """Train, or go on, and hand back the model's folder with its curves. Raises `UsageError`, `RunError`."""
    from softhouse.training.pretraining.curves import report

    model = configuration.section("model", ModelConfiguration)
    data, vocabulary = context.output_of("data"), context.output_of("tokenizer")
    settings = configuration.section("pretrain", Configuration)
    refuse_equal_sizes(model, settings.scaling_sizes)
    place = place_for(settings)
    if settings.threads is not None:
        torch.set_num_threads(settings.threads)
    tokenizer = Tokenizer.open(vocabulary)
    train, validation = (
        pack(data, split, tokenizer, context.folder / "tokens", context.progress) for split in ("train", "validation")
    )
    job = Job(context, model, settings, tokenizer, train, validation, place)
    rates = find_rate(job) if settings.learning_rate == "find" else None
    if rates is not None:
        job = job.with_settings(learning_rate=rates.chosen)
    sizes = compare_sizes(job)
    loop, course, pace = learn(job)
    save(loop.model, context.folder / "model", vocabulary)
    course_file = context.folder / COURSE_FILE
    write_json(course_file, course)
    inputs = [
        *sorted(data.glob("train-*.jsonl")),
        *sorted(data.glob("validation-*.jsonl")),
        vocabulary / TOKENIZER_FILE,
    ]
    numbers, sections = report(job, loop, course, rates, sizes, pace)
    outputs = [context.folder / "model", course_file]
    return StepResult(inputs, outputs, numbers, sections, scratch=[context.folder / STATE_FILE])


def find_rate(job: Job) -> Rates:
    """Once; an attempt that goes on reads what was found."""
    path = job.context.folder / RATES_FILE
    if path.exists():
        return Rates.model_validate_json(path.read_bytes())
    job.context.progress.begin("looking for a learning rate", job.settings.find_updates)
    trials = try_rates(job.loop(job.model), job.settings.find_updates, job.context.progress.update)
    rates = Rates(trials=tuple(trials), chosen=best_rate(trials))
    write_json(path, rates)
    return rates


def compare_sizes(job: Job) -> Sizes:
    """Train the smaller models, those that an earlier attempt trained excepted."""
    path = job.context.folder / SIZES_FILE
    job = job.with_settings(tokens=job.settings.scaling_tokens)
    sizes = Sizes.model_validate_json(path.read_bytes()) if path.exists() else Sizes()
    for share in job.settings.scaling_sizes[len(sizes.trials) :]:
        model = scaled(job.model, share)
        loop = job.loop(model)
        parameters = sum(weight.numel() for weight in loop.model.parameters())
        job.context.progress.begin(f"scaling sweep: {parameters / 1e6:.2f} M parameters", loop.updates)
        for number in range(1, loop.updates + 1):
            job.context.progress.update(number, f"loss {loop.update(number).loss:.3f}")
        measured = job.measure_of(model).measure(loop.model, job.place, loop.updates)
        trial = SizeTrial(
            parameters=parameters,
            layers=model.layers,
            width=model.width,
            loss=measured.loss,
            bits_per_byte=measured.bits_per_byte,
        )
        sizes = Sizes(trials=(*sizes.trials, trial))
        write_json(path, sizes)
    return sizes


def planned_updates(job: Job) -> int | None:
    """As many as the minutes allow; None where these are not limited."""
    if (minutes := job.settings.minutes) is None:
        return None
    path = job.context.folder / PLAN_FILE
    if path.exists():
        return Plan.model_validate_json(path.read_bytes()).updates
    loop = job.loop(job.model)
    job.context.progress.begin("measuring the pace", PACE_UPDATES + 1)
    loop.update(1, rate=0.0)
    start = perf_counter()
    for number in range(2, PACE_UPDATES + 2):
        loop.update(number, rate=0.0)
        job.context.progress.update(number)
    seconds = (perf_counter() - start) / PACE_UPDATES
    plan = Plan(updates=max(1, min(loop.updates, int(60 * minutes / seconds) - PACE_UPDATES - 1)))
    write_json(path, plan)
    return plan.updates


def learn(job: Job) -> tuple[Loop, Course, float]:
    """The training itself; also how many tokens a second this attempt learned from (0 where all was done before)."""
    context, settings = job.context, job.settings
    loop, validation = job.loop(job.model, planned_updates(job)), job.measure_of(job.model)
    course = checkpoint.restore(loop, context.folder)
    if course is None:
        course = Course(learning_rate=loop.highest_rate, measurements=(validation.measure(loop.model, job.place),))
    updates, measurements = list(course.updates), list(course.measurements)
    begun = len(updates)
    context.progress.begin("training", loop.updates, begun)
    seconds = 0.0
    for number in range(begun + 1, loop.updates + 1):
        start = perf_counter()
        updates.append(loop.update(number))
        seconds += perf_counter() - start
        if number % settings.checkpoint_every == 0 or number == loop.updates:
            measurements.append(validation.measure(loop.model, job.place, number))
            if not math.isfinite(found := measurements[-1].loss):
                # before anything is kept: no training goes on from such weights
                raise RunError(
                    f"the validation loss is {found} after update {number}; lower [pretrain] learning_rate and run "
                    "again"
                )
            course = Course(learning_rate=loop.highest_rate, updates=tuple(updates), measurements=tuple(measurements))
            checkpoint.save(loop, course, context.folder)
        bits = measurements[-1].bits_per_byte
        note = f"loss {updates[-1].loss:.3f}" + ("" if bits is None else f", {bits:.3f} bits per byte")
        context.progress.update(number, note)
    pace = (loop.updates - begun) * loop.tokens_an_update / seconds if seconds else 0.0
    return loop, course, pace
