"""The plot of a report: the scores with their intervals, and what a problem took."""

from pathlib import Path

from softhouse.bench.report import SOLVERS, Report
from softhouse.errors import MissingExtraError

COLOURS = {"single": "#8c8c8c", "house": "#1f77b4"}


def draw(report: Report, path: Path) -> None:
    """Write `report` as a PNG. Raises a `MissingExtraError` where matplotlib is not installed."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("bench", "the plot of a benchmark") from error

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    scores, times = figure.subplots(1, 2)
    labels = [f"{s.solver}\n{s.group}" for s in report.summaries]
    shares = [100 * s.share for s in report.summaries]
    below = [100 * (s.share - s.low) for s in report.summaries]
    above = [100 * (s.high - s.share) for s in report.summaries]
    colours = [COLOURS[s.solver] for s in report.summaries]
    scores.bar(labels, shares, color=colours, yerr=[below, above], capsize=4)
    scores.set(ylabel="pass@1 (%)", ylim=(0, 100), title=f"{report.setting.benchmark}, 95 % intervals")
    for solver in SOLVERS:
        seconds = sorted(r.seconds for r in report.results if r.solver == solver and r.seconds is not None)
        if seconds:
            done = [100 * (rank + 1) / len(seconds) for rank in range(len(seconds))]
            times.step(seconds, done, where="post", color=COLOURS[solver], label=solver)
            times.legend(loc="lower right")
    times.set(xlabel="seconds", ylabel="problems finished (%)", ylim=(0, 100), title=report.setting.model)
    figure.savefig(path, dpi=120)
