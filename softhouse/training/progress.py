"""How far a step is, and when it will be done: a bar on a terminal, a line now and then elsewhere."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any, Protocol, TextIO


class Progress(Protocol):
    """What a step tells of its course; one phase at a time."""

    def begin(self, phase: str, total: float | None = None, completed: float = 0) -> None:
        """Start a phase of `total` units of work (None: nobody knows), `completed` of which an earlier attempt did."""
        ...

    def update(self, completed: float, note: str = "") -> None:
        """So many units are done in all; `note` is a word or number to show beside."""
        ...


class Silence:
    """For tests, and for callers who do not want to know."""

    def begin(self, phase: str, total: float | None = None, completed: float = 0) -> None:
        """Nothing."""

    def update(self, completed: float, note: str = "") -> None:
        """Nothing."""


class Lines:
    """A line when a phase begins, then one every `seconds` at most, with the time that is left at this pace."""

    def __init__(self, stream: TextIO, seconds: float = 15.0) -> None:
        self._stream, self._seconds = stream, seconds
        self._phase, self._first = "", 0.0
        self._total: float | None = None
        self._began = self._last = time.monotonic()

    def begin(self, phase: str, total: float | None = None, completed: float = 0) -> None:
        self._phase, self._total, self._first = phase, total, completed
        self._began = self._last = time.monotonic()
        self._say(phase if not completed or not total else f"{phase}: goes on at {completed / total:.0%}")

    def update(self, completed: float, note: str = "") -> None:
        now = time.monotonic()
        if now - self._last < self._seconds:
            return
        self._last = now
        parts = [f"{self._phase}: {completed:,.0f}"]
        if self._total:
            parts = [f"{self._phase}: {completed / self._total:.0%}"]
            done = completed - self._first
            if done > 0:
                parts.append(f"{duration((self._total - completed) * (now - self._began) / done)} left")
        self._say(", ".join([*parts, note] if note else parts))

    def _say(self, line: str) -> None:
        from softhouse.cli.streams import say

        say(line, self._stream)


class Bar:
    """A bar of rich."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._task: Any = None

    def begin(self, phase: str, total: float | None = None, completed: float = 0) -> None:
        if self._task is not None:
            self._bar.stop_task(self._task)
        self._task = self._bar.add_task(phase, total=total, completed=completed, note="")

    def update(self, completed: float, note: str = "") -> None:
        self._bar.update(self._task, completed=completed, note=note)


@contextlib.contextmanager
def shown_progress() -> Iterator[Progress]:
    """What fits standard error."""
    if not sys.stderr.isatty():
        yield Lines(sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with RichProgress(*columns, console=Console(stderr=True)) as bar:
        yield Bar(bar)


def duration(seconds: float) -> str:
    """Rounded for people.

    >>> duration(42.3), duration(600), duration(7500)
    ('42 s', '10 min', '2 h 5 min')
    """
    if seconds < 99:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def shown(value: float | int | str) -> str:
    """A number as people read it.

    >>> shown(12345), shown(0.123456), shown("cpu")
    ('12,345', '0.1235', 'cpu')
    """
    return value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
