"""What a measurement found: one result for each problem and solver, and what they add up to."""

from collections.abc import Sequence
from statistics import mean, median

from softhouse.bench.scoring import Score
from softhouse.bench.significance import mcnemar_p, wilson_interval
from softhouse.bench.solvers import Solution, SolverName
from softhouse.llm_backends.protocol import Frozen, Usage


class TaskResult(Frozen):
    """One solver on one problem."""

    problem: str
    group: str
    """The half of a requirement; empty where the benchmark has no parts."""
    solver: SolverName
    score: Score
    solution: Solution
    calls: int
    usage: Usage
    seconds: float | None
    """Wall time without the scoring; None where an interruption makes it meaningless."""


class Summary(Frozen):
    """One solver on all problems of a group."""

    solver: SolverName
    group: str
    """`all`, or the half."""
    right: int
    total: int
    share: float
    low: float
    high: float
    """Pass@1 and its 95 % interval (Wilson)."""
    calls: float
    """Mean per problem."""
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    """Sums over the problems."""
    median_evaluated_tokens: float
    """Prompt tokens per problem that no cache answered."""
    median_seconds: float | None
    accepted: int
    """Solutions that the solver itself calls good."""
    accepted_and_right: int


class Comparison(Frozen):
    """Two solvers on the same problems."""

    group: str
    only_single: int
    only_house: int
    p: float
    """McNemar's exact test."""


def summarise(results: Sequence[TaskResult], solver: SolverName, group: str) -> Summary | None:
    """The solver's results in `group` (`all`: everything) added up; None where it has none."""
    chosen = [r for r in results if r.solver == solver and group in ("all", r.group)]
    if not chosen:
        return None
    right = sum(r.score.right for r in chosen)
    low, high = wilson_interval(right, len(chosen))
    seconds = [r.seconds for r in chosen if r.seconds is not None]
    accepted = [r for r in chosen if r.solution.accepted]
    return Summary(
        solver=solver,
        group=group,
        right=right,
        total=len(chosen),
        share=right / len(chosen),
        low=low,
        high=high,
        calls=mean(r.calls for r in chosen),
        prompt_tokens=sum(r.usage.prompt_tokens for r in chosen),
        cached_tokens=sum(r.usage.cached_tokens for r in chosen),
        completion_tokens=sum(r.usage.completion_tokens for r in chosen),
        median_evaluated_tokens=median(r.usage.prompt_tokens - r.usage.cached_tokens for r in chosen),
        median_seconds=median(seconds) if seconds else None,
        accepted=len(accepted),
        accepted_and_right=sum(r.score.right for r in accepted),
    )


def compare(results: Sequence[TaskResult], group: str) -> Comparison | None:
    """The baseline against the house, problem by problem; None where no problem was given to both."""
    chosen = [r for r in results if group in ("all", r.group)]
    single = {r.problem: r.score.right for r in chosen if r.solver == "single"}
    house = {r.problem: r.score.right for r in chosen if r.solver == "house"}
    both = single.keys() & house.keys()
    if not both:
        return None
    only_single = sum(single[name] and not house[name] for name in both)
    only_house = sum(house[name] and not single[name] for name in both)
    return Comparison(group=group, only_single=only_single, only_house=only_house, p=mcnemar_p(only_single, only_house))
