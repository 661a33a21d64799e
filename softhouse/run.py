"""One pass through a requirement: agents at the table until nobody has anything left to do."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from softhouse.actions.office import Office
from softhouse.agents.agent import Agent
from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement
from softhouse.environment.environment import Environment
from softhouse.environment.events import Event, EventKind, EventListener, TokenListener
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger
from softhouse.environment.message import USER, Message
from softhouse.environment.sandbox import Sandbox
from softhouse.errors import RunError, SofthouseError
from softhouse.llm_backends.protocol import Backend
from softhouse.roles.role import Role
from softhouse.settings import Settings

Write = Callable[[Message], None]
"""Puts a message's files into the workspace."""


@dataclass
class Run:
    """The parts of one pass. `carry_out` may be called once."""

    journal: Journal
    ledger: Ledger
    settings: Settings
    roles: Sequence[Role]
    backend_of: Callable[[Role], Backend]
    open_sandbox: Callable[[], Awaitable[Sandbox]]
    on_event: EventListener
    on_token: TokenListener
    pins: Mapping[str, Document] = field(default_factory=dict)
    edited: Collection[str] = ()
    """Slots of those pins that are hand edits."""
    write: Write | None = None
    messages: tuple[Message, ...] = ()
    """What was published, in the order of publication; complete when `carry_out` ends, however it ends."""
    waiting: list[str] = field(default_factory=list)
    """Slots that wait for a person's approval."""

    async def carry_out(self, requirement: Requirement) -> None:
        """Publish the requirement and let the agents work until no task is left.

        Raises what stopped an agent; of several such errors the one that the user can do most about.
        """
        environment = Environment([role.seat for role in self.roles], record=self._record)
        office = Office(
            environment=environment,
            ledger=self.ledger,
            open_sandbox=self.open_sandbox,
            language=requirement.language,
            seed=self.settings.seed,
            pins=self.pins,
            edited=self.edited,
            on_event=self.on_event,
            on_token=self.on_token,
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                for role in self.roles:
                    Agent(role, self.backend_of(role), office, tasks)
                pinned = self.pins.get(requirement.slot)
                first = pinned if isinstance(pinned, Requirement) else requirement
                await environment.publish(Message(sender=USER, content=first))
        finally:
            self.messages = environment.messages
        if office.failures:
            raise most_telling(office.failures)

    async def _record(self, message: Message, acts: Sequence[str]) -> bool:
        slot = message.content.slot
        self.journal.publish(message, acts)
        if self.write is not None:
            self.write(message)
        self._tell("document", message.sender, slot, message.content.title or type(message.content).__name__)
        if slot in self.settings.approve and slot not in self.settings.approved:
            self.waiting.append(slot)
            self._tell("waiting", message.sender, slot)
            return False
        return True

    def _tell(self, kind: EventKind, role: str, subject: str, detail: str = "") -> None:
        self.on_event(Event(kind=kind, role=role, subject=subject, detail=detail))


def most_telling(errors: Sequence[Exception]) -> Exception:
    """The error to show: one that the house does not know, else the first of those that a user can act upon."""
    unknown = [error for error in errors if not isinstance(error, SofthouseError)]
    known = [error for error in errors if isinstance(error, RunError)]
    return next(iter([*unknown, *known, *errors]))
