"""A measurement: every chosen solver on every problem, recorded, so that an interrupted one goes on where it was."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from softhouse.bench.benchmarks import Benchmark, P
from softhouse.bench.metering import MeteredBackend
from softhouse.bench.results import TaskResult
from softhouse.bench.solvers import SolverName
from softhouse.environment.ledger import Description, Ledger
from softhouse.llm_backends.protocol import Backend

ResultListener = Callable[[TaskResult], None]


@dataclass(frozen=True)
class Measurement:
    """What all tasks of a measurement share."""

    backend: Backend
    ledger: Ledger
    solvers: Sequence[SolverName]
    seed: int = 0
    jobs: int = 1
    """Problems at once."""


async def measure(benchmark: Benchmark[P], measurement: Measurement, on_result: ResultListener) -> None:
    """Give each problem to each solver and tell `on_result`; the order is the problems' where `jobs` is 1.

    A problem goes to all solvers before the next one does, so they meet the same machine at about the same time. The
    first error stops everything; what is done stays in the ledger.
    """
    waiting = iter(benchmark.problems)

    async def work() -> None:
        for problem in waiting:
            for solver in measurement.solvers:
                on_result(await _task(benchmark, problem, solver, measurement))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(measurement.jobs):
                group.create_task(work())
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors


async def _task(benchmark: Benchmark[P], problem: P, solver: SolverName, measurement: Measurement) -> TaskResult:
    async def perform() -> TaskResult:
        meter = MeteredBackend(measurement.backend, measurement.ledger, solver=solver, problem=problem.name)
        start = time.monotonic()
        solution = await benchmark.solvers[solver].solve(problem, meter, measurement.seed)
        seconds = time.monotonic() - start
        return TaskResult(
            problem=problem.name,
            group=problem.group,
            solver=solver,
            score=await benchmark.score(solution, problem),
            solution=solution,
            calls=meter.calls,
            usage=meter.usage,
            seconds=None if meter.recorded else seconds,
        )

    # The whole problem, its checks too: where one of them is corrected, the task is scored again.
    request = {
        "benchmark": benchmark.name,
        "problem": problem.model_dump(mode="json"),
        "model": measurement.backend.name,
        "seed": measurement.seed,
    }
    act = await measurement.ledger.execution(
        Description(role=solver, action=problem.name), request, TaskResult, perform
    )
    return act.value
