"""A company that builds nothing: the command line's own behaviour is the subject here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from softhouse.environment.documents import Delivery
from softhouse.environment.events import Event
from softhouse.llm_backends.protocol import Usage

USAGE = Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=20)
DELIVERY = Delivery(
    accepted=True, summary="Prints numbers.", how_to_run="python main.py", passed=("one",), notes=("no bound was hit",)
)


@dataclass
class FakeProject:
    """What the command line reads of a project."""

    path: Path
    accepted: bool = True
    usage: Usage = USAGE
    cost: float | None = None
    delivery: Delivery | None = DELIVERY


@dataclass
class FakeCompany:
    """Emits two events, then ends as it was told to."""

    options: dict[str, Any]
    outcome: bool | Exception
    delivery: Delivery | None
    work: Callable[[], Awaitable[None]]

    async def run(self, requirement: str) -> FakeProject:
        workspace: Path = self.options["workspace"]
        self.options["on_event"](Event(kind="run-started", subject=requirement, at=1.0))
        self.options["on_event"](Event(kind="document", role="Architect", subject="design", at=2.0))
        await self.work()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        delivery = self.delivery and self.delivery.model_copy(update={"accepted": self.outcome})
        return FakeProject(workspace, accepted=self.outcome, delivery=delivery)

    async def resume(self) -> FakeProject:
        return await self.run("resumed")


async def nothing() -> None:
    await asyncio.sleep(0)


@dataclass
class Hiring:
    """Stands in for `conduct.hire`, and remembers with which options."""

    outcome: bool | Exception = True
    delivery: Delivery | None = DELIVERY
    refusal: Exception | None = None
    """Raised before the run starts, as for an unknown model."""
    work: Callable[[], Awaitable[None]] = nothing
    options: dict[str, Any] = field(default_factory=dict)

    def __call__(self, **options: Any) -> FakeCompany:
        self.options = options
        (options["workspace"] / ".softhouse").mkdir(parents=True, exist_ok=True)
        if self.refusal:
            raise self.refusal
        return FakeCompany(options, self.outcome, self.delivery, self.work)
