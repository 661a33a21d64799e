"""Deterministic replay: the run again from its journal, with every backend and the sandbox switched off."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from softhouse.environment.ledger import Ledger
from softhouse.environment.sandbox import Sandbox
from softhouse.environment.workspace import Workspace
from softhouse.errors import JournalError
from softhouse.llm_backends.protocol import Capabilities, Completion, CompletionRequest, Frozen, TokenCallback
from softhouse.roles.role import Role
from softhouse.run import Run
from softhouse.runs import hired, read_run
from softhouse.settings import Settings, document_types, edited_slots, pinned_documents


class Replay(Frozen):
    """What a replay found."""

    identical: bool
    """Whether every document and every byte of the project came out the same."""
    differences: tuple[str, ...]
    """One line each."""
    documents: int
    acts: int
    """Recorded acts that were used."""


class RecordedBackend:
    """Stands where a backend stood: it has its name and abilities, and answers nothing."""

    def __init__(self, settings: Settings) -> None:
        self.name = settings.model or ""
        self.capabilities = settings.capabilities or Capabilities()

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        del request, on_token
        _refuse()

    def count_tokens(self, text: str) -> int:
        """An estimate; nothing is spent in a replay."""
        return len(text)

    async def aclose(self) -> None:
        """Nothing to free."""


async def replay(directory: Path | str, *, roles: Sequence[Role] | None = None) -> Replay:
    """Repeat the run in `directory` without calling or running anything, and compare all of it. Changes no file.

    `roles`: those that the run was made with, where they were not the standard house's. Raises a `JournalError` where
    the journal lacks an act (the run is not finished), `WorkspaceError` where there is no run.
    """
    directory = Path(directory)
    journal, settings = read_run(directory)
    staff = hired(settings, roles)
    before = {row.id: row for row in journal.messages()}
    await journal.withdraw(before)  # in the copy in memory; the file is not touched
    backend = RecordedBackend(settings)
    used: set[str] = set()
    run = Run(
        journal=journal,
        ledger=Ledger(journal, replay=True),
        settings=settings,
        roles=staff,
        backend_of=lambda role: backend,
        open_sandbox=_no_sandbox,
        on_event=lambda event: None,
        on_token=lambda role, text: None,
        pins=pinned_documents(journal, document_types(staff)),
        edited=edited_slots(journal),
    )
    assert settings.requirement is not None  # `read_run` saw to it
    await run.carry_out(settings.requirement)
    after = {message.id: message for message in run.messages}
    for row in journal.messages():
        used.update(row.acts)
    differences = [
        f"{before[id_].sender}'s {before[id_].document_class} did not come out again"
        for id_ in before
        if id_ not in after
    ]
    differences += [f"{m.sender}'s {m.content.slot} is new" for id_, m in after.items() if id_ not in before]
    differences += [str(found) for found in await Workspace(directory).history.verify(run.messages)]
    return Replay(identical=not differences, differences=tuple(differences), documents=len(after), acts=len(used))


async def _no_sandbox() -> Sandbox:
    _refuse()


def _refuse() -> NoReturn:
    raise JournalError(
        "a replay calls and runs nothing, and the journal lacks an act; finish it with: softhouse resume DIR"
    )
