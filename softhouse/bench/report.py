"""The report of a measurement: JSON for machines, Markdown for people, a plot for both."""

from collections.abc import Iterator
from pathlib import Path

from softhouse.bench.results import Comparison, Summary, TaskResult, compare, summarise
from softhouse.bench.solvers import SolverName
from softhouse.llm_backends.protocol import Frozen

SOLVERS: tuple[SolverName, ...] = ("single", "house")


class Setting(Frozen):
    """Under which conditions was measured: without them a number means nothing."""

    benchmark: str
    model: str
    seed: int
    jobs: int
    selection: str
    """Which problems, in words."""
    machine: str
    isolation: str
    version: str
    """Of softhouse."""
    started: str
    """ISO 8601, UTC."""


class Report(Frozen):
    """Everything that is known of one measurement."""

    setting: Setting
    asked: int
    """How many problems were to be solved; more than there are results for where it was interrupted."""
    summaries: tuple[Summary, ...]
    comparisons: tuple[Comparison, ...]
    results: tuple[TaskResult, ...]


def make_report(setting: Setting, results: tuple[TaskResult, ...], asked: int) -> Report:
    """Add up `results`, in all and by group."""
    groups = ["all", *sorted({r.group for r in results if r.group})]
    if len(groups) == 2:
        groups = groups[:1]
    summaries = (summarise(results, solver, group) for group in groups for solver in SOLVERS)
    comparisons = (compare(results, group) for group in groups)
    return Report(
        setting=setting,
        asked=asked,
        summaries=tuple(summary for summary in summaries if summary),
        comparisons=tuple(comparison for comparison in comparisons if comparison),
        results=results,
    )


def write_report(report: Report, folder: Path) -> None:
    """Write `report.json`, `report.md` and, for each solution, its files under `solutions/SOLVER/PROBLEM/`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(report.model_dump_json(indent=1), encoding="utf-8")
    (folder / "report.md").write_text(to_markdown(report), encoding="utf-8")
    for result in report.results:
        for path, content in result.solution.files.items():
            target = folder / "solutions" / result.solver / result.problem.replace("/", "_") / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")


def to_markdown(report: Report) -> str:
    """The report for people."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    setting = report.setting
    yield f"# {setting.benchmark}: {setting.model}"
    yield ""
    yield f"{setting.selection}; seed {setting.seed}; {setting.jobs} at once; {setting.started}."
    yield f"softhouse {setting.version}; {setting.machine}. Sandbox: {setting.isolation}."
    done = len({result.problem for result in report.results})
    if done < report.asked:
        yield f"**Not finished**: {done} of {report.asked} problems; the same command goes on."
    yield from ("", "| who | problems | right | pass@1 | 95 % interval | seconds (median) | calls per problem |")
    yield "|---|---|---|---|---|---|---|"
    for s in report.summaries:
        seconds = "–" if s.median_seconds is None else f"{s.median_seconds:.1f}"
        yield (
            f"| {s.solver} | {s.group} | {s.right} of {s.total} | {s.share:.1%} | {s.low:.1%} to {s.high:.1%} "
            f"| {seconds} | {s.calls:.1f} |"
        )
    yield from ("", "| who | problems | prompt tokens | cached | evaluated per problem (median) | completion tokens |")
    yield "|---|---|---|---|---|---|"
    for s in report.summaries:
        cached = s.cached_tokens / s.prompt_tokens if s.prompt_tokens else 0.0
        yield (
            f"| {s.solver} | {s.group} | {s.prompt_tokens} | {s.cached_tokens} ({cached:.0%}) "
            f"| {s.median_evaluated_tokens:.0f} | {s.completion_tokens} |"
        )
    yield ""
    for s in report.summaries:
        if s.solver == "house" and any(result.solution.accepted is not None for result in report.results):
            honest = f" ({s.accepted_and_right / s.accepted:.0%})" if s.accepted else ""
            yield (
                f"Honest verdicts, {s.group}: the house accepted {s.accepted} of {s.total}; "
                f"{s.accepted_and_right} of those are right{honest}."
            )
    for c in report.comparisons:
        yield (
            f"Paired, {c.group}: right in the house only {c.only_house}, right alone only {c.only_single}; "
            f"McNemar p = {c.p:.3g}."
        )
    yield from (
        "",
        "| problem | who | right | checks | verdict | calls | prompt (cached) | completion | seconds | note |",
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in report.results:
        yield _row(result)


def _row(result: TaskResult) -> str:
    verdict = {True: "accepted", False: "rejected", None: "–"}[result.solution.accepted]
    seconds = "–" if result.seconds is None else f"{result.seconds:.1f}"
    first = (result.solution.note or next(iter(result.score.failures), "")).strip()
    # The last line of a failure carries the exception or the wrong output; a cell of a table has room for one.
    note = first.splitlines()[-1][:80].replace("|", "\\|") if first else ""
    usage = result.usage
    return (
        f"| {result.problem} | {result.solver} | {'yes' if result.score.right else 'no'} "
        f"| {result.score.passed}/{result.score.total} | {verdict} | {result.calls} "
        f"| {usage.prompt_tokens} ({usage.cached_tokens}) | {usage.completion_tokens} | {seconds} | {note} |"
    )
