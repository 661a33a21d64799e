"""The live board: each role, what it is doing, tokens per second, the bill and the time."""

import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from softhouse.cli.display import Display, describe, duration, in_words, money, summary
from softhouse.cli.streams import Forgiving
from softhouse.environment.events import Event
from softhouse.llm_backends.protocol import Usage

if TYPE_CHECKING:
    from softhouse.llm_backends.models import Progress
    from softhouse.project import Project

WINDOW = 3.0
"""Seconds over which tokens per second are averaged."""


@dataclass
class Seat:
    """One role as the board sees it."""

    doing: Counter[str] = field(default_factory=Counter)
    """Actions under way; a role may be at several at once."""
    pieces: deque[float] = field(default_factory=deque)
    """When the last pieces of text came, seconds of the monotonic clock."""
    usage: Usage = field(default_factory=Usage)
    cost: float = 0.0
    unpriced: bool = False

    def rate(self, now: float) -> float:
        """Pieces per second: nearly every backend streams one token a piece."""
        while self.pieces and self.pieces[0] < now - WINDOW:
            self.pieces.popleft()
        return len(self.pieces) / WINDOW


class Board(Display):
    """Draws itself anew four times a second at the bottom of the terminal; what is done scrolls away above it."""

    def __init__(self, console: Console | None = None) -> None:
        self.seats: dict[str, Seat] = {}
        self._downloads: dict[str, Progress] = {}
        self._start = time.monotonic()
        self._console = console or Console(file=cast("TextIO", Forgiving(sys.stderr)), highlight=False)
        self._live = Live(console=self._console, get_renderable=self.render, refresh_per_second=4, transient=True)

    def __enter__(self) -> "Board":
        self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._live.stop()

    def event(self, event: Event) -> None:
        if event.kind == "role-started":
            self.seats.setdefault(event.role, Seat())
        seat = self.seats.get(event.role, Seat())  # the user sends documents too, but has no seat
        task = f"{in_words(event.action)} · {event.subject}"
        match event.kind:
            case "role-started":
                seat.doing[task] += 1
            case "role-finished":
                seat.doing -= Counter([task])
            case "call-finished" if event.usage and not event.recorded:
                seat.usage += event.usage
                seat.cost += event.cost or 0.0
                seat.unpriced |= event.cost is None
            case "run-started" | "document" | "waiting" | "notice":
                self._console.print(Text(describe(event), style="yellow" if event.kind == "notice" else ""))
            case _:
                pass

    def token(self, role: str, text: str) -> None:
        del text
        self.seats.setdefault(role, Seat()).pieces.append(time.monotonic())

    def progress(self, progress: "Progress") -> None:
        self._downloads[progress.name] = progress
        if progress.total and progress.done >= progress.total:
            del self._downloads[progress.name]

    def delivered(self, project: "Project") -> None:
        *lines, verdict = summary(project, seconds=time.monotonic() - self._start)
        for line in lines:
            self._console.print(Text(line))
        self._console.print(Text(verdict, style="bold green" if project.accepted else "bold red"))

    @contextmanager
    def _stopped(self) -> Iterator[None]:
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def paused(self) -> AbstractContextManager[None]:
        return self._stopped()

    def render(self) -> RenderableType:
        """The board as it is now."""
        now = time.monotonic()
        table = Table("Role", "Doing", "Tokens/s", "Tokens", "Bill", box=None, pad_edge=False, header_style="bold")
        for column in table.columns[2:]:
            column.justify = "right"
        table.columns[1].no_wrap = True
        table.columns[1].ratio = 1
        table.expand = True
        for name, seat in self.seats.items():
            rate = seat.rate(now)
            table.add_row(
                name,
                Text(", ".join(seat.doing), overflow="ellipsis"),
                f"{rate:.0f}" if rate else "",
                f"{seat.usage.total_tokens:,}" if seat.usage.total_tokens else "",
                money(None if seat.unpriced else seat.cost) if seat.usage.total_tokens else "",
                style="" if seat.doing else "dim",
            )
        parts: list[RenderableType] = [table] if self.seats else []
        for progress in list(self._downloads.values()):
            size = f"{progress.done / 1e6:,.0f} of {progress.total / 1e6:,.0f} MB from {progress.source}"
            parts.append(Text(f"{progress.name}: {size}"))
            parts.append(ProgressBar(total=progress.total, completed=progress.done))
        if not self.seats:
            return Group(*parts, Spinner("dots", duration(now - self._start)))
        usage = sum((seat.usage for seat in self.seats.values()), Usage())
        cost = sum(seat.cost for seat in self.seats.values())
        bill = money(None if any(seat.unpriced for seat in self.seats.values()) else cost)
        parts.append(Spinner("dots", f"{duration(now - self._start)} · {usage.total_tokens:,} tokens · {bill}"))
        return Group(*parts)
