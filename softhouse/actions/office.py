"""What all agents of one run share."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field

from softhouse.environment.document import Document
from softhouse.environment.documents import Language
from softhouse.environment.environment import Environment
from softhouse.environment.events import Event, EventListener, TokenListener
from softhouse.environment.ledger import Ledger
from softhouse.environment.markdown import to_markdown
from softhouse.environment.sandbox import Sandbox


def _ignore_event(event: Event) -> None:
    del event


def _ignore_token(role: str, text: str) -> None:
    del role, text


@dataclass
class Office:
    """The environment, the ledger, the sandbox and the settings of one run."""

    environment: Environment
    ledger: Ledger
    open_sandbox: Callable[[], Awaitable[Sandbox]]
    """Called once, when the first program is to run."""
    language: Language = "en"
    seed: int = 0
    pins: Mapping[str, Document] = field(default_factory=dict)
    """Documents that stand, by slot, whatever a role would write: a person edited them, or a fork keeps them."""
    edited: Collection[str] = ()
    """Those of these slots that a person edited."""
    on_event: EventListener = _ignore_event
    on_token: TokenListener = _ignore_token
    executions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 2))
    failures: list[Exception] = field(default_factory=list)
    _sections: dict[str, str] = field(default_factory=dict)
    _sandbox: "asyncio.Task[Sandbox] | None" = None

    def section(self, document: Document) -> str:
        """A document as its section of a prompt: the same bytes in every prompt of the run."""
        if document.digest not in self._sections:
            self._sections[document.digest] = to_markdown(document, language=self.language)
        return self._sections[document.digest]

    @property
    def stopping(self) -> bool:
        """True once an agent had to stop: the others finish what is paid for and start nothing new."""
        return bool(self.failures)

    def fail(self, error: Exception) -> None:
        """An agent could not go on."""
        self.failures.append(error)

    async def sandbox(self) -> Sandbox:
        """The sandbox, opened at its first use. Raises an `IsolationError` where nothing holds."""
        if self._sandbox is None:
            self._sandbox = asyncio.ensure_future(self.open_sandbox())
        return await asyncio.shield(self._sandbox)
