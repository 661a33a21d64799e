"""Who watches a run: one stream of events, shown as JSON lines, plain lines or a live board.

A display never stops a run: whatever happens to the terminal, the project comes first.
"""

import re
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from softhouse.cli.streams import say
from softhouse.environment.events import Event

if TYPE_CHECKING:
    from softhouse.llm_backends.models import Progress
    from softhouse.project import Project


class Display:
    """Shows nothing; what the others have in common."""

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, *exception: object) -> None: ...

    def event(self, event: Event) -> None:
        """Something happened in the run."""

    def token(self, role: str, text: str) -> None:
        """The model of `role` produced a piece of text."""

    def progress(self, progress: "Progress") -> None:
        """A file is on its way."""

    def delivered(self, project: "Project") -> None:
        """The run ended with a project."""

    def paused(self) -> AbstractContextManager[None]:
        """For as long as this is entered, the terminal belongs to a question."""
        return nullcontext()


class PlainLines(Display):
    """One line on standard error for each thing worth knowing: for logs, and where there is no terminal."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._percent: dict[str, int] = {}

    def event(self, event: Event) -> None:
        if text := describe(event):
            self.timed(text)

    def progress(self, progress: "Progress") -> None:
        percent = 100 * progress.done // progress.total if progress.total else 0
        if percent >= self._percent.get(progress.name, -10) + 10:
            self._percent[progress.name] = percent
            self.timed(f"{progress.name}: {percent} % of {progress.total / 1e6:,.0f} MB")

    def delivered(self, project: "Project") -> None:
        for line in summary(project, seconds=time.monotonic() - self._start):
            self.say(line)

    def timed(self, text: str) -> None:
        self.say(f"{time.monotonic() - self._start:7.1f} s  {text}")

    def say(self, text: str) -> None:
        say(text, sys.stderr)


def describe(event: Event) -> str:
    """The event as one line, empty where it says nothing that another event does not say.

    >>> describe(Event(kind="document", role="Architect", action="write-design", subject="design"))
    'Architect: wrote design'
    """
    action = in_words(event.action)
    who = f"{event.role}: " if event.role else ""
    recorded = " (from the journal)" if event.recorded else ""
    match event.kind:
        case "run-started":
            return " ".join(part for part in ("started", event.subject, event.detail) if part)
        case "role-started":
            return f"{who}{action} for {event.subject}"
        case "call-finished":
            tokens = f"{event.usage.prompt_tokens:,} + {event.usage.completion_tokens:,} tokens" if event.usage else ""
            cost = f", ${event.cost:.4f}" if event.cost else ""
            return f"{who}{action}: {event.subject} answered, {tokens}{cost}{recorded}"
        case "execution-finished":
            return f"{who}{action}: ran {event.subject}{recorded}"
        case "document":
            return f"{who}wrote {event.subject}{recorded}"
        case "waiting":
            return f"waiting for approval: {event.subject}"
        case "notice":
            text = event.detail or event.subject
            return text if text.startswith(event.role) else who + text
        case "call-started" | "role-finished" | "run-finished":
            return ""


def in_words(action: str) -> str:
    """The name of an action as a person says it.

    >>> in_words("WriteCode")
    'write code'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", action).lower()


def summary(project: "Project", *, seconds: float) -> list[str]:
    """What left the house, in a few lines."""
    lines: list[str] = []
    verdict = "nothing was delivered"
    if delivery := project.delivery:
        lines.append(delivery.summary)
        lines += [f"failed: {name}" for name in delivery.failed]
        lines += [f"note: {text}" for text in delivery.notes]
        lines.append(f"run it: {' '.join(delivery.how_to_run.split())}")
        verdict = "accepted" if delivery.accepted else "not accepted"
        verdict += f", {len(delivery.passed)} checks passed, {len(delivery.failed)} failed"
    tokens = f"{project.usage.total_tokens:,} tokens"
    return [*lines, f"{verdict} · {tokens} · {money(project.cost)} · {duration(seconds)}"]


def money(cost: float | None) -> str:
    """Dollars as a bill shows them.

    >>> money(None), money(0.0), money(0.01234)
    ('unpriced', '$0', '$0.0123')
    """
    if cost is None:
        return "unpriced"
    return f"${cost:.4f}" if cost else "$0"


def duration(seconds: float) -> str:
    """Minutes and seconds.

    >>> duration(75.2)
    '1:15'
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


class JsonLines(PlainLines):
    """Every event as one JSON object on standard output; plain lines on standard error unless `quiet`."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__()
        self._quiet = quiet

    def event(self, event: Event) -> None:
        say(event.model_dump_json(), sys.stdout)
        super().event(event)

    def say(self, text: str) -> None:
        if not self._quiet:
            super().say(text)


def open_display(*, json_lines: bool, quiet: bool, terminal_is_taken: bool = False) -> Display:
    """The display that the options and the terminal call for.

    `terminal_is_taken`: someone else talks on it (a person answers as the backend), so nothing may be drawn over.
    """
    if json_lines:
        return JsonLines(quiet=quiet)
    if quiet:
        return Display()
    if sys.stderr.isatty() and not terminal_is_taken:
        from softhouse.cli.board import Board

        return Board()
    return PlainLines()
