"""What a journal remembers of its run beside acts and messages: enough to go on without being told again."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Self

from softhouse.environment.document import Document
from softhouse.environment.documents import Requirement
from softhouse.environment.journal import Journal
from softhouse.llm_backends.protocol import Capabilities, Frozen
from softhouse.roles.role import Role

JOURNAL = Path(".softhouse", "journal.db")
"""Where a workspace keeps its run's journal."""
State = Literal["running", "delivered", "rejected", "waiting", "stopped", "failed"]
_KEY = "settings"


class Settings(Frozen):
    """How a run was started."""

    requirement: Requirement | None = None
    model: str | None = None
    """The backend's name."""
    capabilities: Capabilities | None = None
    """The backend's, as the staff was chosen by them: a replay needs no backend."""
    approve: tuple[str, ...] = ()
    """Slots that wait for a person."""
    waiting: tuple[str, ...] = ()
    """Slots that were shown to a person; resuming approves them."""
    approved: tuple[str, ...] = ()
    seed: int = 0
    own_roles: tuple[str, ...] = ()
    """Names of roles that are not the standard house's; the command line does not know them."""
    state: State = "running"

    @classmethod
    def of(cls, journal: Journal) -> Self | None:
        """The settings in the journal, None where it has none yet."""
        kept = journal.get_meta(_KEY)
        return None if kept is None else cls.model_validate(kept)

    def save(self, journal: Journal) -> "asyncio.Future[None]":
        """Keep them in the journal."""
        return journal.set_meta(_KEY, self.model_dump(mode="json"))


def document_types(roles: Iterable[Role]) -> dict[str, type[Document]]:
    """Slug to class, for all documents that these roles can write, and the requirement."""
    types: dict[str, type[Document]] = {Requirement.slug(): Requirement}
    for role in roles:
        for action in role.actions:
            for type_ in (*action.produces, *action.watches):
                types.setdefault(type_.slug(), type_)
    return types


def pinned_documents(journal: Journal, types: Mapping[str, type[Document]]) -> dict[str, Document]:
    """Slot to document, for what a person edited or a fork keeps."""
    return {pin.slot: pin.document(types) for pin in journal.pins()}


def edited_slots(journal: Journal) -> frozenset[str]:
    """The slots that a person edited."""
    return frozenset(pin.slot for pin in journal.pins() if pin.reason == "edit")
