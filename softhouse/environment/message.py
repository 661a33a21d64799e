"""The envelope of one document."""

import hashlib
from functools import cached_property

from pydantic import SerializeAsAny

from softhouse.environment.document import Document
from softhouse.llm_backends.protocol import Frozen

USER = "User"
"""The sender of the requirement, and of a hand edit."""


class Message(Frozen):
    """One document on its way: who sent it and which messages led to it.

    Its id is made of content, so it does not depend on timing: the same document for the same reasons is the same
    message, in a run, its resumption and its replay.
    """

    sender: str
    content: SerializeAsAny[Document]
    causes: tuple[str, ...] = ()
    """Ids of the messages that it answers."""
    addressee: str | None = None
    """Only this role gets it; None: everyone who watches its type."""

    @cached_property
    def id(self) -> str:
        """Sixteen hexadecimal digits."""
        parts = (self.sender, self.addressee or "", self.content.digest, *self.causes)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
