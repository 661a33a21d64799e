"""Runs from outside: how they stand, stepping back, going on in a copy."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from softhouse.environment.documents import Delivery
from softhouse.environment.journal import Journal
from softhouse.environment.journal_rows import MessageRow
from softhouse.environment.ledger import Bill, BillLine
from softhouse.environment.message import USER
from softhouse.environment.workspace import Workspace
from softhouse.errors import UsageError, WorkspaceBusyError, WorkspaceError
from softhouse.llm_backends.protocol import Capabilities, Frozen, Usage
from softhouse.roles.role import Role
from softhouse.roles.staff import staff
from softhouse.settings import JOURNAL, Settings, State, document_types


class DocumentStatus(Frozen):
    """One document that stands."""

    slot: str
    type: str
    sender: str


class RoleBill(Frozen):
    """What one role used."""

    role: str
    calls: int
    usage: Usage
    cost: float | None
    """US dollars; None where a price is not known."""


class RunStatus(Frozen):
    """How a run stands."""

    path: str
    state: State
    requirement: str
    model: str
    accepted: bool | None
    """None: not delivered yet."""
    documents: tuple[DocumentStatus, ...]
    waiting: tuple[str, ...]
    """Slots that wait for a person."""
    completions: int
    executions: int
    """Acts that are done, of each kind."""
    unfinished: tuple[str, ...]
    """Acts that were under way when their process ended; they may have been billed twice."""
    usage: Usage
    cost: float | None
    roles: tuple[RoleBill, ...]
    lines: tuple[BillLine, ...]
    """The bill by role, action and model."""


def status(directory: Path | str) -> RunStatus:
    """How the run in `directory` stands, while it runs or afterwards. Raises `WorkspaceError` where there is none."""
    directory = Path(directory)
    journal, settings = read_run(directory)
    rows = journal.messages()
    slot_of = slots(rows, standard_roles(settings))
    newest = {slot_of[row.id]: row for row in rows}
    delivery = newest.get(Delivery.slug())
    bill = Bill.of(journal.acts())
    acts = [act for act in journal.acts() if act.state == "done"]
    return RunStatus(
        path=str(directory.resolve()),
        state=_state(directory, settings),
        requirement=settings.requirement.text if settings.requirement else "",
        model=settings.model or "",
        accepted=Delivery.model_validate_json(delivery.content).accepted if delivery else None,
        documents=tuple(
            DocumentStatus(slot=slot, type=row.document_class, sender=row.sender) for slot, row in newest.items()
        ),
        waiting=settings.waiting,
        completions=sum(act.kind == "completion" for act in acts),
        executions=sum(act.kind == "execution" for act in acts),
        unfinished=tuple(f"{act.role}: {act.action} ({act.kind})" for act in journal.unfinished()),
        usage=bill.usage,
        cost=bill.cost,
        roles=_by_role(bill),
        lines=bill.lines,
    )


async def undo(directory: Path | str, steps: int = 1) -> tuple[str, ...]:
    """Step back: withdraw the last `steps` documents and what followed from them; the slots that are gone.

    Acts stay in the journal: nothing is paid for twice. Edit an earlier document, or resume with another model.
    """
    if steps < 1:
        raise UsageError(f"cannot step back {steps} documents; name a number from 1 upwards")
    directory = Path(directory)
    read_run(directory)  # refuses a folder without a run before it is claimed
    with Workspace(directory) as workspace:
        journal = await Journal.open(directory / JOURNAL)
        try:
            rows = journal.messages()
            gone = {row.id for row in rows[-steps:]}
            for row in rows:  # causes come before their consequences
                if gone.intersection(row.causes):
                    gone.add(row.id)
            settings = Settings.of(journal) or Settings()
            await journal.withdraw(gone)
            await settings.model_copy(update={"state": "stopped", "waiting": ()}).save(journal)
            roles = hired(settings, None)
            types = document_types(roles)
            slot_of = slots(rows, roles)
            left = [row.message(types) for row in journal.messages()]
            await workspace.commit(left, {row.id: row.at for row in journal.messages()})
        finally:
            await journal.close()
    return tuple(dict.fromkeys(slot_of[row.id] for row in rows if row.id in gone))


async def fork(directory: Path | str, new: Path | str, *, at: str, roles: Sequence[Role] | None = None) -> None:
    """Begin a copy in `new` that keeps the documents up to the slot `at` and makes the rest again when resumed.

    Raises `WorkspaceError` where `directory` has no run or no such document.
    """
    directory = Path(directory)
    source, settings = read_run(directory)
    rows = {row.id: row for row in source.messages()}
    staff_of_run = hired(settings, roles)
    types, slot_of = document_types(staff_of_run), slots(rows.values(), staff_of_run)
    last = next((row for row in reversed(rows.values()) if slot_of[row.id] == at), None)
    if last is None:
        raise WorkspaceError(
            f"{directory} has no document {at!r}; it has: {', '.join(dict.fromkeys(slot_of.values()))}"
        )
    kept, waiting = set[str](), [last.id]
    while waiting:
        id_ = waiting.pop()
        if id_ in rows and id_ not in kept:
            kept.add(id_)
            waiting.extend(rows[id_].causes)
    with Workspace(new):
        target = Path(new) / JOURNAL
        source.copy_to(target)
        journal = await Journal.open(target)
        try:
            for pin in journal.pins():  # what was edited after that point is made again
                await journal.unpin(pin.slot)
            for row in rows.values():
                if row.id in kept:
                    await journal.pin(row.document(types), "edit" if row.sender == USER else "fork")
            await journal.withdraw(rows)
            await settings.model_copy(update={"state": "stopped", "waiting": (), "model": None}).save(journal)
        finally:
            await journal.close()


def read_run(directory: Path) -> tuple[Journal, Settings]:
    """A copy of the journal in memory, and the run's settings. Raises `WorkspaceError` where there is no run."""
    path = directory / JOURNAL
    if not path.is_file():
        raise WorkspaceError(f'there is no run in {directory}; begin one: softhouse new "…" --workspace {directory}')
    journal = Journal.read(path)
    kept = Settings.of(journal)
    if kept is None:
        raise WorkspaceError(f"the run in {directory} did not get as far as its requirement; begin it again")
    return journal, kept


def hired(settings: Settings, roles: Sequence[Role] | None) -> tuple[Role, ...]:
    """The roles that a run was made with. Raises `UsageError` for a run with own roles where none are given."""
    if roles is not None:
        return tuple(roles)
    if settings.own_roles:
        names = ", ".join(settings.own_roles)
        raise UsageError(
            f"this run was made with roles of its own ({names}); go on with it from Python, with these roles"
        )
    return standard_roles(settings)


def standard_roles(settings: Settings) -> tuple[Role, ...]:
    """The standard house as it was hired for the run."""
    return staff(settings.capabilities or Capabilities(), approvals=bool(settings.approve))


def slots(rows: Iterable[MessageRow], roles: Sequence[Role]) -> dict[str, str]:
    """Message id to the slot of its document; its type's slug where no role is there that knows the type."""
    types = document_types(roles)
    return {row.id: row.document(types).slot if row.document_type in types else row.document_type for row in rows}


def _state(directory: Path, settings: Settings) -> State:
    """As the journal says, but for a run whose process is gone: that one was stopped."""
    if settings.state != "running":
        return settings.state
    try:
        with Workspace(directory):
            return "stopped"
    except WorkspaceBusyError:
        return "running"
    except WorkspaceError:  # read-only: nobody can be at work there
        return "stopped"


def _by_role(bill: Bill) -> tuple[RoleBill, ...]:
    found = []
    for role in dict.fromkeys(line.role for line in bill.lines):
        part = Bill(lines=tuple(line for line in bill.lines if line.role == role))
        found.append(RoleBill(role=role, calls=part.calls, usage=part.usage, cost=part.cost))
    return tuple(found)
