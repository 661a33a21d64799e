"""What a journal holds besides acts and events: documents on their way, and documents that a person holds fast.

Rows carry a document as JSON and the name of its type; whoever knows the types turns it into a `Document` again.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import ValidationError

from softhouse.environment.document import Document
from softhouse.environment.message import Message
from softhouse.errors import JournalError
from softhouse.llm_backends.protocol import Frozen

DocumentTypes = Mapping[str, type[Document]]
"""A document type's slug → the class."""


class DocumentRow(Frozen):
    """A document as JSON."""

    document_type: str
    """The slug of its type."""
    document_class: str
    """The name of its class, for people."""
    content: str
    """JSON of the document's fields."""
    at: float
    """When it was written, in seconds since the epoch."""

    def document(self, types: DocumentTypes) -> Document:
        """The document itself.

        Raises `JournalError` where its type is not among `types` or no longer has these fields.
        """
        kind = types.get(self.document_type)
        if kind is None:
            raise JournalError(
                f"the journal holds a {self.document_class} ({self.document_type}), which no hired role knows; "
                "hire the roles that the run was started with"
            )
        try:
            return kind.model_validate_json(self.content)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise JournalError(
                f"a {self.document_class} in the journal does not fit its type any more ({where}: {first['msg']}); "
                "use the version of softhouse and of your roles that wrote it"
            ) from error


class MessageRow(DocumentRow):
    """A message as the journal keeps it."""

    id: str
    sequence: int
    """Its place in the order of publication, from 1."""
    sender: str
    causes: tuple[str, ...] = ()
    addressee: str | None = None
    acts: tuple[str, ...] = ()
    """Keys of the acts that led to it."""
    withdrawn: bool = False
    """Taken back by `softhouse undo`; its acts stay, so nothing is paid for twice."""

    def message(self, types: DocumentTypes) -> Message:
        """The message itself; raises like `document`."""
        return Message(sender=self.sender, content=self.document(types), causes=self.causes, addressee=self.addressee)


class Pin(DocumentRow):
    """A document that stands whatever the roles would write: a person edited it, or a fork keeps it."""

    slot: str
    reason: Literal["edit", "fork"]
