"""`softhouse bench humaneval` and `softhouse bench requirements`: the house measured against one plain prompt."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from softhouse.errors import UsageError

if TYPE_CHECKING:
    from softhouse.bench.solvers import SolverName

Model = Annotated[str | None, typer.Option("--model", metavar="SPEC", help="openai:NAME[@URL], gguf:NAME-or-PATH, …")]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="Of an OpenAI-compatible server, ending in /v1.")
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="At most so many problems.")]
Offset = Annotated[int, typer.Option("--offset", metavar="N", min=0, help="Leave out the first N problems.")]
Every = Annotated[int, typer.Option("--every", metavar="K", min=1, help="Every K-th problem.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="For the house's samples.")]
Jobs = Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Problems at once.")]
Baseline = Annotated[
    Literal["single"] | None, typer.Option("--baseline", help="Measure one plain prompt in the same run.")
]
House = Annotated[bool, typer.Option("--house/--no-house", help="Without the house: the baseline alone.")]
ReportFolder = Annotated[
    Path | None,
    typer.Option("--report", metavar="DIR", help="Report and journal; the same DIR again goes on, a new one begins."),
]
HalfOption = Annotated[
    Literal["tune", "held", "all"], typer.Option("--half", help="tune: to work on; held: to look at rarely.")
]


def humaneval(
    model: Model = None,
    base_url: BaseUrl = None,
    limit: Limit = None,
    offset: Offset = 0,
    every: Every = 1,
    seed: Seed = 0,
    baseline: Baseline = None,
    house: House = True,
    jobs: Jobs = 1,
    report: ReportFolder = None,
) -> int:
    """HumanEval: 164 functions, each with hidden tests that decide the score and nothing else."""
    from softhouse.bench import benchmarks, conduct

    selection = benchmarks.Selection(offset=offset, every=every, limit=limit)
    folder = report or Path("bench-humaneval")
    options = conduct.Options(model, base_url, seed, jobs, _solvers(baseline, house=house), folder)
    return conduct.run(lambda sandbox: benchmarks.humaneval(selection, sandbox), selection.describe(), options)


def requirements(
    model: Model = None,
    base_url: BaseUrl = None,
    limit: Limit = None,
    offset: Offset = 0,
    every: Every = 1,
    half: HalfOption = "all",
    seed: Seed = 0,
    baseline: Baseline = None,
    house: House = True,
    jobs: Jobs = 1,
    report: ReportFolder = None,
) -> int:
    """471 one-line requirements of ours, each with black-box checks written from its words alone."""
    from softhouse.bench import benchmarks, conduct

    selection = benchmarks.Selection(offset=offset, every=every, limit=limit)
    folder = report or Path("bench-requirements")
    options = conduct.Options(model, base_url, seed, jobs, _solvers(baseline, house=house), folder)
    words = f"{selection.describe()} of {'both halves' if half == 'all' else f'the half {half!r}'}"
    return conduct.run(lambda sandbox: benchmarks.requirements(half, selection, sandbox), words, options)


def _solvers(baseline: Literal["single"] | None, *, house: bool) -> "tuple[SolverName, ...]":
    if not (baseline or house):
        raise UsageError("--no-house leaves nothing to measure; add --baseline single")
    if not house:
        return ("single",)
    return ("single", "house") if baseline else ("house",)
