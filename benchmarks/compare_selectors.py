"""Compare ways to choose one of several samples, offline, on what `benchmarks/samples.py` stored.

    python benchmarks/compare_selectors.py /tmp/samples.jsonl --prompt plain

`agreement on …` runs all candidates on inputs and takes the one whose behaviour most others share, input by input;
crashes have no vote. The inputs come from a file (`--inputs`, one JSON object a line: requirement and cases) or, as a
diagnosis that no house may use, from the checks themselves, without their expected outputs: what is lost there is lost
by voting and not by bad inputs.
"""

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean

from samples import Sample, read_samples

from softhouse.actions.cases import CASE_LIMITS, command, normalise
from softhouse.actions.source import problems
from softhouse.bench.requirements import read_requirement
from softhouse.bench.scoring import PROGRAM
from softhouse.environment.documents import Case
from softhouse.environment.sandbox import Outcome, Sandbox, open_sandbox
from softhouse.llm_backends.protocol import Frozen

Behaviour = tuple[str, ...] | None
"""What a candidate did on one input; None where it crashed or did not end."""
Selector = Callable[[Sequence[Sample]], int]


class Inputs(Frozen):
    """One line of an inputs file."""

    requirement: str
    cases: tuple[Case, ...]


def greedy(samples: Sequence[Sample]) -> int:
    """The greedy one, whatever the others are."""
    return next(i for i, sample in enumerate(samples) if sample.number == 0)


def first_sound(samples: Sequence[Sample]) -> int:
    """The first, greedy in front, that parses and names nothing undefined."""
    return next((i for i, sample in enumerate(samples) if sample.code and not problems(PROGRAM, sample.code)), 0)


def by_agreement(behaviours: Sequence[Sequence[Behaviour]]) -> int:
    """The candidate that agrees with most others over all inputs; the earlier one of equals.

    `behaviours`: for each candidate one entry an input.

    >>> by_agreement([[("a",), None], [("b",), ("c",)], [("b",), ("c",)]])
    1
    """
    votes = [Counter(each for each in column if each is not None) for column in zip(*behaviours, strict=True)]
    scores = [
        sum(vote[each] - 1 for vote, each in zip(votes, row, strict=True) if each is not None) for row in behaviours
    ]
    return max(range(len(scores)), key=lambda i: (scores[i], -i))


def fingerprint(outcome: Outcome) -> Behaviour:
    """Exit codes, output and files; None for a crash (a traceback) or a program that does not end."""
    if any(e.timed_out or e.limit or "Traceback (most recent call last)" in e.stderr for e in outcome.executions):
        return None
    seen = [f"{execution.exit_code} {normalise(execution.stdout)}" for execution in outcome.executions]
    return (*seen, *(f"{name} {normalise(content)}" for name, content in sorted(outcome.files.items())))


async def behaviours_of(samples: Sequence[Sample], cases: Iterable[Case], sandbox: Sandbox) -> list[list[Behaviour]]:
    """What each candidate does in each case."""
    found = []
    for sample in samples:
        row = []
        for case in cases:
            commands = [command(PROGRAM, step) for step in case.steps]
            files = {PROGRAM: sample.code, **case.files}
            row.append(fingerprint(await sandbox.run(commands, files=files, limits=CASE_LIMITS)))
        found.append(row)
    return found


async def agreed(
    groups: Mapping[str, Sequence[Sample]], inputs: Mapping[str, Sequence[Case]], sandbox: Sandbox
) -> dict[str, int]:
    """For each requirement the index that agreement chooses."""
    return {
        name: by_agreement(await behaviours_of(samples, inputs.get(name, ()), sandbox))
        for name, samples in groups.items()
    }


def show(label: str, right: float, total: int) -> None:
    print(f"{label:42} {right:5.1f} of {total}  {right / total:6.1%}")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--prompt", default="plain")
    parser.add_argument("--inputs", type=Path)
    options = parser.parse_args()
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in sorted(read_samples(options.samples), key=lambda sample: sample.number):
        if sample.prompt == options.prompt:
            groups[sample.requirement].append(sample)
    total = len(groups)
    counts = Counter(len(samples) for samples in groups.values())
    print(f"prompt {options.prompt}: {total} requirements, samples each (how often): {dict(counts)}")
    sampled = [[s for s in samples if s.number] for samples in groups.values()]
    show("greedy", sum(samples[greedy(samples)].score.right for samples in groups.values()), total)
    show("mean of the samples", sum(mean(s.score.right for s in samples) for samples in sampled if samples), total)
    show("at least one right (the ceiling)", sum(any(s.score.right for s in g) for g in groups.values()), total)
    show("first without a static problem", sum(g[first_sound(g)].score.right for g in groups.values()), total)
    sandbox = await asyncio.to_thread(open_sandbox)
    checks = {name: read_requirement(name).checks for name in groups}
    sources: dict[str, Mapping[str, Sequence[Case]]] = {"the checks' inputs (diagnosis)": checks}
    if options.inputs:
        lines = options.inputs.read_text(encoding="utf-8").splitlines()
        parsed = [Inputs.model_validate_json(line) for line in lines]
        sources[f"the inputs of {options.inputs.name}"] = {each.requirement: each.cases for each in parsed}
    for label, inputs in sources.items():
        chosen = await agreed(groups, inputs, sandbox)
        show(f"agreement on {label}", sum(groups[name][i].score.right for name, i in chosen.items()), total)


if __name__ == "__main__":
    asyncio.run(main())
