"""Pictures for the report: lines and bars as SVG, the same bytes for the same numbers."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from softhouse.training.step import Figure

Points = Sequence[tuple[float, float]]


def lines(
    title: str,
    series: Mapping[str, Points],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    log_y: bool = False,
    dots: Sequence[str] = (),
) -> Figure:
    """Named series of (x, y); those named in `dots` are drawn as points instead of a line."""
    figure, axes = _axes(x_label, y_label)
    for name, points in series.items():
        places = [x for x, _ in points], [y for _, y in points]
        axes.plot(*places, **({"linestyle": "", "marker": "o"} if name in dots else {}), label=name)
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
    if len(series) > 1:
        axes.legend(loc="upper right")  # the best place takes long to find
    return Figure(title=title, svg=_svg(figure))


def bars(title: str, values: Mapping[str, float], *, x_label: str) -> Figure:
    """A bar a name, the first one on top."""
    figure, axes = _axes(x_label, "")
    axes.barh(list(values), list(values.values()))
    axes.invert_yaxis()
    return Figure(title=title, svg=_svg(figure))


def _axes(x_label: str, y_label: str) -> tuple[Any, Any]:
    # without pyplot: no window system, no state that other figures share
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing(figsize=(7, 4), layout="constrained")
    FigureCanvasSVG(drawing)
    axes = drawing.add_subplot(xlabel=x_label, ylabel=y_label)
    axes.grid(alpha=0.3)
    return drawing, axes


def _svg(drawing: Any) -> str:
    from matplotlib import rc_context

    text = io.StringIO()
    with rc_context({"svg.hashsalt": "softhouse", "svg.fonttype": "none"}):
        drawing.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()
