"""What each technique of the small house is worth: its programs again, with one technique off at a time.

    softhouse bench requirements --half tune --report /tmp/tune
    python benchmarks/ablation.py /tmp/tune /tmp/ablation.jsonl

The model's answers are those that the measurements in the report folders recorded (the first one that has one wins),
looked up by what was begun and by the sample's number; one that was never drawn is asked for and added to FILE.answers,
so that all rows of the table stand on the same samples. A hint about an earlier mistake is taken as it was recorded.
What is mended, tried, chosen and accepted is done anew, in the sandbox, by the action that writes a program
(`WriteScript`); the roles around it do not change a program. The same program on the same input is run once for all
rows. The requirements are those of the half `tune` that the reports measured. `seconds` is the time that the model took
when it was recorded. Rows of FILE that are there are not made again.
"""

import argparse
import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from unittest.mock import patch

from softhouse.actions import candidates, mending, readings
from softhouse.actions.behaviour import Behaviour, Selection, select
from softhouse.actions.context import Context, Trial
from softhouse.actions.write_script import WriteScript
from softhouse.bench.requirements import BenchRequirement, read_requirements
from softhouse.bench.scoring import PROGRAM, score_program
from softhouse.environment.documents import Requirement, SourceFile
from softhouse.environment.journal import Journal
from softhouse.environment.sandbox import Command, Limits, Outcome, Sandbox, open_sandbox
from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest, Frozen
from softhouse.llm_backends.registry import create_backend

R = TypeVar("R", bound=Frozen)


class Answer(Frozen):
    """One answer of the model."""

    key: str
    completion: Completion
    seconds: float


class Row(Frozen):
    """One requirement with one technique off."""

    without: str
    requirement: str
    right: bool
    accepted: bool
    calls: int
    completion_tokens: int
    seconds: float


def key_of(request: CompletionRequest) -> str:
    """The same for requests that differ in a hint only."""
    messages = [message.model_dump(mode="json") for message in request.messages]
    if request.prefill:
        messages[-1]["content"] = messages[-1]["content"].partition("\n\n")[0]
    drawn = request.seed if request.temperature else 0
    adapter = [request.adapter] if request.adapter else []
    return json.dumps([messages, request.prefill, drawn, request.max_tokens, *adapter])


class Recorded:
    """The model's recorded answers, and the model itself for those that it was never asked for."""

    def __init__(self, backend: Backend, reports: Sequence[Path], more: Path) -> None:
        """The answers are those in the journals of `reports` and in the file `more`, the first one for each key."""
        self.capabilities = backend.capabilities
        self.used: list[Answer] = []
        self.problems: set[str] = set()
        """The names of the requirements that the reports measured."""
        self._backend, self._more = backend, more
        self._answers: dict[str, Answer] = {}
        for act in (act for report in reports for act in Journal.read(report / "journal.db").acts()):
            if act.kind == "completion" and act.result is not None and act.finished_at is not None:
                self.problems.add(act.action)
                key = key_of(CompletionRequest.model_validate(act.request))
                completion = Completion.model_validate(act.result)
                answer = Answer(key=key, completion=completion, seconds=act.finished_at - act.started_at)
                self._answers.setdefault(key, answer)
        for answer in read_rows(more, Answer):
            self._answers.setdefault(answer.key, answer)

    async def complete(self, request: CompletionRequest) -> Completion:
        key = key_of(request)
        if key not in self._answers:
            start = time.monotonic()
            completion = await self._backend.complete(request)
            self._answers[key] = Answer(key=key, completion=completion, seconds=time.monotonic() - start)
            add_row(self._more, self._answers[key])
        self.used.append(self._answers[key])
        return self._answers[key].completion


def read_rows(path: Path, kind: type[R]) -> list[R]:
    """The rows of a file; none where there is no file yet."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [kind.model_validate_json(line) for line in lines]


def add_row(path: Path, row: Frozen) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(row.model_dump_json() + "\n")


async def _as_it_is(_: mending.Mender, candidate: candidates.Candidate) -> candidates.Candidate:
    return candidate


def _by_faults(
    behaviours: Mapping[int, Behaviour], faults: Mapping[int, int], most: Sequence[float], **known: Any
) -> Selection:
    """The first of those with the fewest faults, with the agreement that it has."""
    best = min(behaviours, key=lambda i: (faults[i], i))
    return select(behaviours, {i: int(i != best) for i in behaviours}, most, **known)


TECHNIQUES: dict[str, Callable[[], list[AbstractContextManager[object]]]] = {
    "nothing": list,
    "what the model was taught": lambda: [patch.object(readings, "PROGRAMS", "")],
    "more than one reading": lambda: [patch.object(WriteScript, "most_samples", 1)],
    "ways to begin but the first": lambda: [patch.object(readings.Readings, "way", lambda self, sample: "main")],
    "the answer that is not begun": lambda: [
        patch.object(readings, "_WAYS", ("main", "function", "function", "main")),
        patch.object(readings, "_WAYS_WITH_COMMANDS", ("main",)),
    ],
    "complaints end with code 1": lambda: [patch.object(readings, "refusing", lambda source, text: source)],
    "all mending after a run": lambda: [
        patch.object(mending.Mender, "by_rule", _as_it_is),
        patch.object(mending.Mender, "guarded", _as_it_is),
    ],
    "small changes that are tried": lambda: [patch.object(mending, "patched", lambda source, **known: iter(()))],
    "trials of what is refused": lambda: [patch.object(candidates, "refused_cases", lambda *known: ())],
    "trials from the words": lambda: [
        patch.object(candidates, "supposed_trials", lambda *known: ()),
        patch.object(candidates, "usage_again", lambda *known: None),
    ],
    "trials from the model": lambda: [patch.object(readings, "read_transcript", lambda *known: ())],
    "faults in the choice": lambda: [
        patch.object(candidates, "select", lambda each, faults, most, **known: select(each, None, most, **known))
    ],
    "agreement in the choice": lambda: [patch.object(candidates, "select", _by_faults)],
}
"""What is taken away, and how."""


@contextmanager
def without(technique: str) -> Iterator[None]:
    """A house that does not have that technique."""
    with ExitStack() as stack:
        for each in TECHNIQUES[technique]():
            stack.enter_context(each)
        yield


class Desk:
    """What `WriteScript` uses of a `Context`: the requirement, the model, a sandbox that remembers what it ran."""

    def __init__(
        self, requirement: BenchRequirement, answers: Recorded, sandbox: Sandbox, ran: dict[str, Outcome]
    ) -> None:
        self._requirement, self._sandbox, self._ran = requirement, sandbox, ran
        self.action, self.backend, self.office = WriteScript(), answers, SimpleNamespace(seed=0)
        self.program = ""

    def need(self, _: type[Requirement]) -> Requirement:
        return Requirement(text=self._requirement.text, language=self._requirement.language)

    async def publish(self, document: SourceFile) -> None:
        self.program = document.content

    def tell(self, kind: str, *, detail: str) -> None:
        """Nobody watches."""

    async def side_by_side(self, *work: Coroutine[None, None, Outcome]) -> list[Outcome]:
        return list(await asyncio.gather(*work))

    async def complete(self, request: CompletionRequest, *, sample: int) -> Completion:
        del sample  # its seed tells
        return await self.backend.complete(request)

    async def execute(self, commands: list[Command], files: dict[str, str], *, limits: Limits) -> Trial:
        key = json.dumps([[command.model_dump(mode="json") for command in commands], files], sort_keys=True)
        if key not in self._ran:
            self._ran[key] = await self._sandbox.run(commands, files=files, limits=limits)
        return Trial(outcome=self._ran[key], isolation="")


async def measured(desk: Desk, requirement: BenchRequirement, technique: str, sandbox: Sandbox) -> Row:
    """One requirement with one technique off."""
    desk.backend.used.clear()
    with without(technique):
        built = await desk.action.run(cast("Context", desk), Requirement(text=requirement.text))
    score = await score_program({PROGRAM: desk.program}, requirement.checks, sandbox)
    used = desk.backend.used
    return Row(
        without=technique,
        requirement=requirement.name,
        right=score.right,
        accepted=not built.notes,
        calls=len(used),
        completion_tokens=sum(answer.completion.usage.completion_tokens for answer in used),
        seconds=sum(answer.seconds for answer in used),
    )


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows by technique, as Markdown."""
    by_technique: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_technique[row.without].append(row)
    yield "| without | right | accepted, right | calls | completion tokens | seconds of the model (mean) |"
    yield "|---|---|---|---|---|---|"
    for technique, found in by_technique.items():
        accepted = [row for row in found if row.accepted]
        calls, tokens, seconds = (
            sum(values) / len(found)
            for values in zip(*((row.calls, row.completion_tokens, row.seconds) for row in found), strict=True)
        )
        yield (
            f"| {technique} | {sum(row.right for row in found)} of {len(found)} | {len(accepted)}, "
            f"{sum(row.right for row in accepted)} | {calls:.1f} | {tokens:.0f} | {seconds:.0f} |"
        )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, nargs="+", help="folders of `softhouse bench requirements`, then FILE")
    parser.add_argument("--model", default="gguf:qwen2.5-coder-1.5b")
    parser.add_argument("--readings", type=int, default=WriteScript.most_samples, help="at most, a requirement")
    parser.add_argument("--without", choices=TECHNIQUES, action="append", help="this one only")
    options = parser.parse_args()
    *reports, out = options.reports
    backend = create_backend(options.model)
    answers = Recorded(backend, reports, out.with_name(f"{out.name}.answers"))
    rows = read_rows(out, Row)
    there = {(row.without, row.requirement) for row in rows}
    sandbox = await asyncio.to_thread(open_sandbox)
    ran: dict[str, Outcome] = {}
    WriteScript.most_samples = options.readings
    try:
        for technique in options.without or TECHNIQUES:
            for requirement in read_requirements("tune"):
                if requirement.name in answers.problems and (technique, requirement.name) not in there:
                    desk = Desk(requirement, answers, sandbox, ran)
                    rows.append(await measured(desk, requirement, technique, sandbox))
                    add_row(out, rows[-1])
            print(*table(rows), sep="\n", flush=True)
    finally:
        await backend.aclose()


if __name__ == "__main__":
    asyncio.run(main())
