"""The measures, each from a subject to some of its scores."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from softhouse.errors import IsolationError, MissingExtraError
from softhouse.llm_backends.code_blocks import parses
from softhouse.training.architectures.decoder import Decoder
from softhouse.training.evaluation.configuration import Configuration
from softhouse.training.evaluation.documents import Tasks
from softhouse.training.evaluation.scores import Sample, Scores
from softhouse.training.evaluation.similarity import edit_similarity
from softhouse.training.evaluation.subject import Continuation, Subject
from softhouse.training.evaluation.syntax import function_of, stand_alone
from softhouse.training.pretraining.configuration import Configuration as PretrainConfiguration
from softhouse.training.pretraining.devices import Place
from softhouse.training.pretraining.objectives import objective_for
from softhouse.training.pretraining.packing import pack
from softhouse.training.pretraining.validation import Validation
from softhouse.training.tokenizer.special_tokens import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX

if TYPE_CHECKING:
    from softhouse.training.progress import Progress

GAP_TOKENS = 48
"""How long what is filled in may become."""
SAMPLES = 5
"""Of each measure, so many are shown."""


@dataclass(frozen=True)
class Examination:
    """What a measure may use."""

    subject: Subject
    tasks: Tasks
    tokens: Path
    """The folder of the validation text's tokens, in this model's vocabulary; packed there once."""
    progress: "Progress"

    @property
    def settings(self) -> Configuration:
        return self.tasks.settings

    def begin(self, what: str, total: int) -> None:
        self.progress.begin(what, total)


Found = dict[str, Any]
"""Some fields of `Scores`; `samples` among them."""


def text(exam: Examination) -> Found:
    """Loss, perplexity and bits per byte on the validation text."""
    subject = exam.subject
    tokens = pack(exam.tasks.data, "validation", subject.tokenizer, exam.tokens, exam.progress)
    shape: Any = subject.model.configuration
    objective = objective_for(shape, PretrainConfiguration(), subject.tokenizer)
    length = min(subject.context, 1024)
    limit = exam.settings.validation_tokens
    validation = Validation(tokens, subject.tokenizer, objective, length=length, limit=limit)
    found = validation.measure(subject.model, Place(subject.device, torch.float32))
    return {"loss": found.loss, "perplexity": found.perplexity, "bits_per_byte": found.bits_per_byte}


def gaps(exam: Examination) -> Found:
    """Lines to fill in: exact matches and edit similarity."""
    subject, tokenizer = exam.subject, exam.subject.tokenizer
    marks = subject.special(FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE)
    if marks is None or not (tasks := exam.tasks.gaps):
        return {}
    prefix_mark, suffix_mark, middle_mark = marks
    room = subject.context - GAP_TOKENS - len(marks)
    prompts = []
    for task in tasks:
        after = tokenizer.encode(task.suffix[: 8 * room])[: room // 3]
        before = tokenizer.encode(task.prefix[-8 * room :])[-(room - len(after)) :]
        prompts.append([prefix_mark, *before, suffix_mark, *after, middle_mark])
    exam.begin("filling gaps", len(prompts))
    replies = subject.go_on(prompts, GAP_TOKENS, on_done=exam.progress.update)
    pairs = [(task.middle, reply.text.strip()) for task, reply in zip(tasks, replies, strict=True)]
    samples = [
        Sample(measure="gaps", prompt=f"{task.prefix[-200:]}▁▁▁{task.suffix[:100]}", text=text, right=text == middle)
        for task, (middle, text) in zip(tasks, pairs, strict=True)
    ]
    return {
        "gap_exact": sum(middle == text for middle, text in pairs) / len(pairs),
        "gap_similarity": sum(edit_similarity(middle, text) for middle, text in pairs) / len(pairs),
        "samples": samples[:SAMPLES],
    }


def syntax(exam: Examination) -> Found:
    """Function completions that parse; what stands before the function is read as far as the context reaches."""
    if not (openings := exam.tasks.openings):
        return {}
    replies = _functions(exam, [opening.before + opening.header for opening in openings], "completing functions")
    functions = [function_of(opening.header, reply) for opening, reply in zip(openings, replies, strict=True)]
    right = [parses(stand_alone(function)) for function in functions]
    samples = [
        Sample(measure="syntax", prompt=opening.header, text=function.removeprefix(opening.header), right=parsed)
        for opening, function, parsed in zip(openings, functions, right, strict=True)
    ]
    return {"syntax": sum(right) / len(right), "completions": len(right), "samples": samples[:SAMPLES]}


def formats(exam: Examination) -> Found:
    """Documents of the house, asked for as in a run: are they valid by their schema with no grammar to hold them?"""
    from softhouse.training.evaluation.formats import requests, valid

    subject, settings = exam.subject, exam.settings
    asked = requests(settings.documents)
    prompts = [subject.chat(request.turns) for request in asked]
    room = subject.context - settings.document_tokens
    fitting = [(request, ids) for request, ids in zip(asked, prompts, strict=True) if ids and len(ids) <= room]
    exam.begin("writing documents", len(fitting))
    replies = subject.go_on([ids for _, ids in fitting], settings.document_tokens, on_done=exam.progress.update)
    right = [reply.ended and valid(reply.text, request) for (request, _), reply in zip(fitting, replies, strict=True)]
    samples = [
        Sample(measure="formats", prompt=request.turns[-1].content[-300:], text=reply.text, right=ok)
        for (request, _), reply, ok in zip(fitting, replies, right, strict=True)
    ]
    return {
        "formats": sum(right) / len(asked),
        "formats_read": len(fitting) / len(asked),
        "samples": samples[:SAMPLES],
    }


def functions(exam: Examination) -> Found:
    """Problems of HumanEval, each tried once, their hidden tests run in the sandbox."""
    from softhouse.bench.humaneval import read_functions
    from softhouse.bench.scoring import score_function
    from softhouse.environment.sandbox import open_sandbox

    try:
        problems, sandbox = read_functions()[: exam.settings.functions], open_sandbox()
    except (MissingExtraError, IsolationError):
        return {}
    prompts = [problem.prompt.rstrip() for problem in problems]
    replies = _functions(exam, prompts, "writing HumanEval's functions")
    written = [function_of(prompt, reply) for prompt, reply in zip(prompts, replies, strict=True)]
    exam.begin("running HumanEval's tests", len(problems))

    async def score() -> list[bool]:
        right = []
        for number, (code, problem) in enumerate(zip(written, problems, strict=True), start=1):
            right.append((await score_function(code, problem, sandbox)).right)
            exam.progress.update(number)
        return right

    right = asyncio.run(score())
    samples = [
        Sample(measure="functions", prompt=prompt, text=code.removeprefix(prompt), right=ok)
        for prompt, code, ok in zip(prompts, written, right, strict=True)
    ]
    return {"functions": sum(right) / len(right), "problems": len(right), "samples": samples[:SAMPLES]}


def _functions(exam: Examination, prompts: list[str], what: str) -> list[Continuation]:
    settings = exam.settings
    exam.begin(what, len(prompts))
    return exam.subject.go_on(
        [exam.subject.tokenizer.encode(prompt) for prompt in prompts],
        settings.completion_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        seed=exam.tasks.seed,
        on_done=exam.progress.update,
    )


@dataclass(frozen=True)
class Measure:
    """A name, how much of it is asked for, and whether it needs a model that writes."""

    name: str
    take: Callable[[Examination], Found]
    amount: Callable[[Configuration], int]
    writes: bool = True


MEASURES = (
    Measure("text", text, lambda settings: settings.validation_tokens, writes=False),
    Measure("gaps", gaps, lambda settings: settings.gaps),
    Measure("syntax", syntax, lambda settings: settings.completions),
    Measure("formats", formats, lambda settings: settings.documents),
    Measure("functions", functions, lambda settings: settings.functions),
)


def complete(scores: Scores) -> bool:
    """Whether nothing is left to measure."""
    return all(measure.name in scores.measured for measure in MEASURES)


def examine(exam: Examination, keep: Path) -> Scores:
    """All measures that `keep` does not hold yet, each kept there when it is done."""
    scores = Scores.read(keep)
    parameters = sum(weight.numel() for weight in exam.subject.model.parameters())
    for measure in MEASURES:
        if measure.name in scores.measured:
            continue
        possible = isinstance(exam.subject.model, Decoder) or not measure.writes
        found = measure.take(exam) if possible and measure.amount(exam.settings) else {}
        scores = scores.model_copy(
            update=found
            | {
                "parameters": parameters,
                "measured": (*scores.measured, measure.name),
                "samples": (*scores.samples, *found.get("samples", ())),
            }
        )
        scores.write(keep)
    return scores
