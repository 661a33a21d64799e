"""What a run tells those who watch it: one stream of events, shown by a live board, plain lines or JSON alike."""

import time
from collections.abc import Callable
from typing import Literal

from pydantic import Field

from softhouse.llm_backends.protocol import Frozen, Usage

EventKind = Literal[
    "run-started",
    "role-started",  # a role takes up an action
    "role-finished",
    "call-started",  # a model call that is not in the ledger
    "call-finished",
    "execution-finished",  # a run in the sandbox
    "document",  # a document was published; subject is its slot
    "waiting",  # for a person's approval; subject is the slot
    "notice",  # something worth knowing: a bound that was hit, a fallback, an act that may have been billed twice
    "run-finished",  # subject is accepted, rejected, waiting, stopped
]


class Event(Frozen):
    """One thing that happened."""

    kind: EventKind
    at: float = Field(default_factory=time.time)
    """Seconds since the epoch."""
    role: str = ""
    action: str = ""
    subject: str = ""
    detail: str = ""
    usage: Usage | None = None
    cost: float | None = None
    """US dollars; None where the price is not known or nothing was bought."""
    recorded: bool = False
    """The answer came from the ledger: nothing was called or run."""


EventListener = Callable[[Event], None]
TokenListener = Callable[[str, str], None]
"""Called with a role's name and a piece of text as its model produces it."""
