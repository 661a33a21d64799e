"""Hire, run, resume."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from softhouse.environment.budget import Budget
from softhouse.environment.document import Document
from softhouse.environment.documents import Language, Requirement
from softhouse.environment.events import Event, EventListener, TokenListener
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger
from softhouse.environment.message import Message
from softhouse.environment.sandbox import Sandbox, open_sandbox
from softhouse.environment.threads import filed
from softhouse.environment.workspace import Workspace
from softhouse.errors import ApprovalError, RequirementError, RunError, WorkspaceError
from softhouse.llm_backends.protocol import Backend
from softhouse.llm_backends.registry import create_backend
from softhouse.llm_backends.resilience import resilient
from softhouse.project import Project
from softhouse.roles.role import Role
from softhouse.roles.staff import staff
from softhouse.run import Run
from softhouse.settings import JOURNAL, Settings, State, document_types, edited_slots, pinned_documents

if TYPE_CHECKING:
    from softhouse.llm_backends.models import OnProgress

MOST_BYTES = 100_000
"""The longest requirement that the house reads, as UTF-8."""


class Company:
    """Hires roles, runs a requirement under a budget, returns a `Project`.

    One company does one job; make another for the next one.
    """

    def __init__(
        self,
        *,
        model: str | Backend | None = None,
        fallback: Sequence[str | Backend] = (),
        base_url: str | None = None,
        workspace: Path | str | None = None,
        roles: Sequence[Role] | None = None,
        budget_usd: float | None = None,
        max_tokens: int | None = None,
        approve: Collection[str] = (),
        seed: int = 0,
        language: Literal["auto", "en", "zh"] = "auto",
        allow_unsandboxed: bool = False,
        ask: Callable[[str], bool] | None = None,
        on_event: EventListener | None = None,
        on_token: TokenListener | None = None,
        on_progress: "OnProgress | None" = None,
    ) -> None:
        """`model`: a backend or the string that names one (`softhouse.llm_backends.registry`); None: the default.

        `workspace`: the project's directory; None: everything stays in memory. `roles`: None hires the standard house,
        sized to the model. `budget_usd`, `max_tokens`: what the whole run may spend, earlier parts of it included.
        `approve`: slots of documents (`prd`, `design`, …) that wait for a person. `ask` is asked once whether generated
        code may run where nothing isolates it.
        """
        self.workspace = Workspace(Path(workspace)) if workspace is not None else None
        self._model, self._fallback, self._base_url = model, tuple(fallback), base_url
        self._roles = tuple(roles) if roles is not None else None
        self._limits = (budget_usd, max_tokens)
        self._settings = Settings(approve=tuple(sorted(approve)), seed=seed)
        self._language = language
        self._allow_unsandboxed, self._ask = allow_unsandboxed, ask
        self._on_event, self._on_token, self._on_progress = on_event, on_token, on_progress
        self._listen: EventListener | None = None

    async def run(self, requirement: str) -> Project:
        """Build what `requirement` asks for; in a workspace that began with the same requirement, go on with it.

        Raises a `SofthouseError`: wrong use before anything is spent, a `RunError` where the run stopped and can be
        resumed. A project that is not accepted is no error: see `Project.accepted`.
        """
        text = checked_requirement(requirement)
        language = language_of(text) if self._language == "auto" else self._language

        async def begin(journal: Journal) -> Settings:
            given = Requirement(text=text, language=language)
            known = Settings.of(journal)
            if known is not None and known.requirement not in (None, given):
                raise WorkspaceError(
                    f"{self._place()} holds another project; go on with it: softhouse resume {self._place()}, "
                    "or choose another --workspace"
                )
            return self._settings.model_copy(update={"requirement": given})

        return await self._work(begin)

    async def resume(self) -> Project:
        """Go on with what is in the workspace: recorded acts answer at once, hand edits stand, approvals are given."""

        async def reopen(journal: Journal) -> Settings:
            known = Settings.of(journal)
            if known is None or known.requirement is None:
                raise WorkspaceError(
                    f'there is no run in {self._place()}; begin one: softhouse new "…" --workspace {self._place()}'
                )
            return known

        return await self._work(reopen)

    def _place(self) -> str:
        return str(self.workspace.path) if self.workspace else "memory"

    async def _work(self, begin: Callable[[Journal], Awaitable[Settings]]) -> Project:
        async with AsyncExitStack() as stack:
            journal = await self._open(stack)
            settings = await begin(journal)
            backend = await self._hire(self._model if self._model is not None else settings.model, stack)
            roles = self._roles or staff(backend.capabilities, approvals=bool(settings.approve))
            settings = settings.model_copy(
                update={
                    "model": backend.name,
                    "capabilities": backend.capabilities,
                    "own_roles": tuple(role.name for role in self._roles or ()),
                    "approved": tuple(sorted({*settings.approved, *settings.waiting})),
                    "waiting": (),
                    "state": "running",
                }
            )
            requirement = settings.requirement
            assert requirement is not None  # `begin` saw to it
            listener = self._listener(journal)
            run = Run(
                journal=journal,
                ledger=Ledger(journal, Budget(*self._limits)),
                settings=settings,
                roles=roles,
                backend_of=self._backends(backend, stack),
                open_sandbox=self._open_sandbox,
                on_event=listener,
                on_token=self._on_token or (lambda *_: None),
                pins=await self._hand_edits(journal, roles),
                edited=edited_slots(journal),
                write=self._write,
            )
            settings.save(journal)  # written with the requirement, and before the first call
            listener(Event(kind="run-started", subject=backend.name, detail=requirement.text))
            for act in journal.unfinished():
                detail = f"{act.role}'s {act.action} was under way when the run ended; it may have been billed twice"
                listener(Event(kind="notice", role=act.role, action=act.action, subject=act.key, detail=detail))
            state: State = "failed"
            try:
                await run.carry_out(requirement)
                project = Project(self._place_or_none(), run.messages, run.ledger.bill())
                state = "waiting" if run.waiting else "delivered" if project.accepted else "rejected"
            except (RunError, asyncio.CancelledError):
                state = "stopped"
                raise
            finally:
                settings = settings.model_copy(update={"state": state, "waiting": tuple(run.waiting)})
                await self._close_books(journal, run, settings, listener)
            if run.waiting:
                names = ", ".join(sorted(run.waiting))
                raise ApprovalError(
                    f"waiting for your approval of {names}: read and edit it in {self._place()}/docs, "
                    f"then go on with: softhouse resume {self._place()}"
                )
            return project

    async def _close_books(self, journal: Journal, run: Run, settings: Settings, listener: EventListener) -> None:
        """However the run ended: the history is brought up to what was published, the state is kept."""
        try:
            if self.workspace is not None:
                await journal.flush()
                dates = {row.id: row.at for row in journal.messages()}
                for edit in await self.workspace.commit(run.messages, dates):
                    detail = f"{edit.path} was changed by hand and stays so; to go on from it: softhouse resume"
                    listener(Event(kind="notice", subject=edit.path, detail=f"{detail} {self._place()}"))
        finally:
            finished = Event(kind="run-finished", subject=settings.state)
            journal.record(finished)  # with the state, in one wait for the disk, and only then told
            await settings.save(journal)
            if self._on_event:
                self._on_event(finished)

    async def _open(self, stack: AsyncExitStack) -> Journal:
        if self.workspace is None:
            return Journal()
        stack.callback(self.workspace.release)
        await filed(self.workspace.claim)
        journal = await Journal.open(self.workspace.path / JOURNAL)
        stack.push_async_callback(journal.close)
        return journal

    async def _hire(self, model: str | Backend | None, stack: AsyncExitStack) -> Backend:
        """The backend behind the roles; the company closes what it made itself."""
        made = []
        for each in (model, *self._fallback):
            if isinstance(each, Backend):
                made.append(each)
                continue
            # In a thread: a model that is not here yet is downloaded first, a local server is asked what it can do.
            backend = await asyncio.to_thread(self._create, each)
            stack.push_async_callback(backend.aclose)
            made.append(backend)
        return resilient(made[0], *made[1:], on_switch=self._switched)

    def _create(self, spec: str | None) -> Backend:
        backend = create_backend(spec, base_url=self._base_url, on_progress=self._on_progress)
        _ = backend.capabilities
        return backend

    def _switched(self, failed: str, stand_in: str, why: str) -> None:
        if self._listen is not None:
            self._listen(
                Event(kind="notice", subject=stand_in, detail=f"{failed} gave up, {stand_in} takes over: {why}")
            )

    def _backends(self, standard: Backend, stack: AsyncExitStack) -> Callable[[Role], Backend]:
        own: dict[str, Backend] = {}

        def backend_of(role: Role) -> Backend:
            if role.model is None:
                return standard
            if role.name not in own:
                made = (
                    role.model
                    if isinstance(role.model, Backend)
                    else create_backend(role.model, base_url=self._base_url)
                )
                if made is not role.model:
                    stack.push_async_callback(made.aclose)
                own[role.name] = resilient(made)
            return own[role.name]

        return backend_of

    def _listener(self, journal: Journal) -> EventListener:
        def listen(event: Event) -> None:
            journal.record(event)
            if self._on_event:
                self._on_event(event)

        self._listen = listen
        return listen

    async def _open_sandbox(self) -> Sandbox:
        return await asyncio.to_thread(open_sandbox, allow_unsandboxed=self._allow_unsandboxed, ask=self._ask)

    async def _hand_edits(self, journal: Journal, roles: Sequence[Role]) -> dict[str, Document]:
        """What a person changed in the workspace: found now and kept in the journal, or kept before."""
        types = document_types(roles)
        rows = journal.messages()
        if self.workspace is not None and rows:
            # In a thread: reading a large project's files takes longer than other runs of this loop should wait.
            workspace = self.workspace
            messages = [row.message(types) for row in rows]
            for document in await filed(lambda: workspace.edited_documents(messages)):
                await journal.pin(document, "edit")
            if journal.pins():
                await journal.withdraw(row.id for row in rows)
        return pinned_documents(journal, types)

    def _write(self, message: Message) -> None:
        if self.workspace is not None:
            self.workspace.write_soon(message.content)

    def _place_or_none(self) -> Path | None:
        return self.workspace.path if self.workspace else None


def checked_requirement(text: str) -> str:
    """The requirement without white space around it. Raises a `RequirementError` where it is empty or too long."""
    text = text.strip()
    if not text:
        raise RequirementError('the requirement is empty; say what to build: softhouse "Write a todo app"')
    if (size := len(text.encode(errors="replace"))) > MOST_BYTES:
        raise RequirementError(
            f"the requirement has {size:,} bytes, the house reads {MOST_BYTES:,} at most; "
            "say the essential and put the rest into files of the project"
        )
    return text


def language_of(text: str) -> Language:
    """Chinese where at least every tenth letter is Chinese, since code words and names stay English.

    >>> language_of("写一个命令行程序 main.py"), language_of("Write a todo app")
    ('zh', 'en')
    """
    letters = [c for c in text if c.isalpha()]
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in letters)
    return "zh" if letters and chinese * 10 >= len(letters) else "en"


def build(requirement: str, **options: Any) -> Project:
    """Build a project and wait for it: `Company(**options).run(requirement)` in an event loop of its own.

    >>> from softhouse.testing import ScriptedBackend
    >>> build("", model=ScriptedBackend([]))
    Traceback (most recent call last):
    softhouse.errors.RequirementError: the requirement is empty; say what to build: softhouse "Write a todo app"
    """
    return asyncio.run(Company(**options).run(requirement))
