"""From the options to the report: open the journal, the sandbox and the model, measure, write down what was found."""

import asyncio
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from softhouse.bench.benchmarks import Benchmark, P
from softhouse.bench.measure import Measurement, measure
from softhouse.bench.plot import draw
from softhouse.bench.report import Report, Setting, make_report, to_markdown, write_report
from softhouse.bench.results import TaskResult
from softhouse.bench.solvers import SolverName
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger
from softhouse.environment.sandbox import Sandbox, open_sandbox
from softhouse.errors import InterruptedRunError, MissingExtraError, UsageError
from softhouse.llm_backends.registry import create_backend
from softhouse.llm_backends.resilience import resilient


@dataclass(frozen=True)
class Options:
    """What both benchmarks understand."""

    model: str | None
    base_url: str | None
    seed: int
    jobs: int
    solvers: tuple[SolverName, ...]
    folder: Path
    """Report and journal."""


def run(make: Callable[[Sandbox], Benchmark[P]], selection: str, options: Options) -> int:
    """Measure and report; 0 once every problem is measured.

    What is measured before an interruption or an error is reported too; the same command then goes on with the rest.
    """
    try:
        asyncio.run(_run(make, selection, options))
    except KeyboardInterrupt:
        raise InterruptedRunError("interrupted; nothing is lost, the same command goes on") from None
    return 0


async def _run(make: Callable[[Sandbox], Benchmark[P]], selection: str, options: Options) -> None:
    sandbox = await asyncio.to_thread(open_sandbox)
    benchmark = make(sandbox)
    if not benchmark.problems:
        raise UsageError("--offset leaves no problem to solve; choose a smaller one")
    backend = resilient(create_backend(options.model, base_url=options.base_url))
    setting = Setting(
        benchmark=benchmark.name,
        model=backend.name,
        seed=options.seed,
        jobs=options.jobs,
        selection=selection,
        machine=_machine(),
        isolation=sandbox.report.describe(),
        version=version("softhouse"),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    results: list[TaskResult] = []

    def on_result(result: TaskResult) -> None:
        results.append(result)
        _say(_line(result, len(results), len(benchmark.problems) * len(options.solvers)))

    journal = await Journal.open(options.folder / "journal.db")
    try:
        measurement = Measurement(backend, Ledger(journal), options.solvers, options.seed, options.jobs)
        await measure(benchmark, measurement, on_result)
    finally:
        await journal.close()
        await backend.aclose()
        _conclude(make_report(setting, tuple(results), asked=len(benchmark.problems)), options.folder)


def _conclude(report: Report, folder: Path) -> None:
    write_report(report, folder)
    try:
        draw(report, folder / "plot.png")
    except MissingExtraError as error:
        _say(f"no plot: {error}")
    summary = to_markdown(report).partition("\n| problem |")[0]
    sys.stdout.write(f"{summary}\n{folder / 'report.md'}\n")


def _line(result: TaskResult, number: int, total: int) -> str:
    verdict = {True: ", accepted", False: ", rejected", None: ""}[result.solution.accepted]
    seconds = "resumed" if result.seconds is None else f"{result.seconds:.1f} s"
    word = "right" if result.score.right else "wrong"
    checks = f"{result.score.passed}/{result.score.total}"
    subject = f"{number}/{total} {result.problem} {result.solver}"
    return f"{subject}: {word} ({checks}){verdict}, {result.calls} calls, {seconds}"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _machine() -> str:
    """The machine in a few words; the processors are those that this process may use."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {usable} processors, Python {platform.python_version()}"
