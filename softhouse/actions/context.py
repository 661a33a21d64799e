"""What an action may use: the model, the sandbox, the documents that led to it, the table.

Everything expensive goes through the ledger: a recorded act answers at once, a new one is recorded before its result
is used.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from softhouse.actions.office import Office
from softhouse.actions.prompts import render, shared_template
from softhouse.environment.document import Document
from softhouse.environment.events import Event, EventKind
from softhouse.environment.ledger import Description
from softhouse.environment.message import USER, Message
from softhouse.environment.sandbox import Command, Limits, Outcome
from softhouse.errors import InterruptedRunError
from softhouse.llm_backends.protocol import Backend, ChatMessage, Completion, CompletionRequest
from softhouse.llm_backends.structured import complete_structured

if TYPE_CHECKING:
    from softhouse.actions.action import Action

D = TypeVar("D", bound=Document)
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class StoppedError(InterruptedRunError):
    """Another agent had to stop, so nothing new is started; the run's own error is the other one's."""


class Trial(BaseModel):
    """What running programs in the sandbox came to, and what the sandbox was found to hold."""

    outcome: Outcome
    isolation: str


@dataclass
class Context:
    """One action at work on one batch of messages."""

    role: str
    goal: str
    constraints: str
    action: "Action"
    trigger: Sequence[Message]
    backend: Backend
    office: Office
    acts: list[str] = field(default_factory=list)
    """Keys of the acts so far: they go with what the action publishes."""
    sent: list[Message] = field(default_factory=list)
    """What it published so far; part of what led to its result."""

    def find(self, type_: type[D]) -> D | None:
        """The nearest document of this type among what led here, or None."""
        return next(iter(self.find_all(type_)), None)

    def find_all(self, type_: type[D]) -> list[D]:
        """Documents of this type among what led here, nearest first, one a slot."""
        found: dict[str, D] = {}
        for message in self.office.environment.ancestry(message.id for message in self.trigger):
            if isinstance(message.content, type_):
                found.setdefault(message.content.slot, message.content)
        return list(found.values())

    def need(self, type_: type[D]) -> D:
        """Like `find`, where the role graph promises that there is one."""
        document = self.find(type_)
        if document is None:
            raise LookupError(f"{self.action.name} needs a {type_.__name__}, and none led to it")
        return document

    def pinned(self, document: D) -> D:
        """The document that a person put in this one's place, or this one."""
        pin = self.office.pins.get(document.slot)
        if pin is None or isinstance(pin, type(document)):
            return pin or document
        if isinstance(document, type(pin)):  # a later document of the slot may be of a subtype, with the same fields
            return type(document).model_validate(pin.model_dump())
        return document

    def edited(self, document: Document) -> bool:
        """Whether a person wrote what stands in the place of `document`: no role may change that."""
        return document.slot in self.office.edited

    async def publish(self, document: Document, *, addressee: str | None = None) -> Message:
        """Send a document round the table while the action goes on."""
        message = await self._send(document, addressee, ())
        self.sent.append(message)
        return message

    async def conclude(self, document: Document) -> Message:
        """Send the action's result; what was published on the way is among its causes."""
        on_the_way = sorted((message.content.slot, message.id) for message in self.sent)
        return await self._send(document, None, tuple(id_ for _, id_ in on_the_way))

    async def _send(self, document: Document, addressee: str | None, further: tuple[str, ...]) -> Message:
        causes = (*(message.id for message in self.trigger), *further)
        sender = USER if self.edited(document) else self.role
        message = Message(sender=sender, content=self.pinned(document), causes=causes, addressee=addressee)
        return await self.office.environment.publish(message, acts=tuple(self.acts))

    async def side_by_side(self, *work: Coroutine[Any, Any, T]) -> list[T]:
        """Do several things at the same time. The first error stops what is not paid for yet, and is raised last."""

        async def guarded(part: Coroutine[Any, Any, T]) -> T:
            try:
                return await part
            except StoppedError:
                raise
            except Exception as error:
                self.office.fail(error)
                raise StoppedError("another part had to stop") from error

        results = await asyncio.gather(*(guarded(part) for part in work), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if not isinstance(result, BaseException)]

    def tell(self, kind: EventKind, subject: str = "", detail: str = "") -> None:
        """Let those who watch the run know."""
        self.office.on_event(Event(kind=kind, role=self.role, action=self.action.name, subject=subject, detail=detail))

    # ── the model ────────────────────────────────────────────────────────────────────────────────

    def request(self, template: str = "", *, max_tokens: int | None = None, **variables: Any) -> CompletionRequest:
        """The request whose task is this action's template (or its further template of that name), rendered."""
        known = {"role": self.role, "goal": self.goal, "constraints": self.constraints}
        return self.request_for(render(self.action.template(template), **known, **variables), max_tokens=max_tokens)

    def request_for(self, task: str, *, max_tokens: int | None = None) -> CompletionRequest:
        """House rules, background documents, then the task of the moment: prompts of a run share their beginning."""
        office = self.office
        background = [office.section(found) for type_ in self.action.background if (found := self.find(type_))]
        return CompletionRequest(
            messages=(
                ChatMessage.system(render(shared_template("house"), language=office.language)),
                ChatMessage.user("\n\n".join([*background, task])),
            ),
            max_tokens=max_tokens or self.action.max_tokens,
            seed=self.office.seed,
        )

    async def ask(self, result: type[M], template: str = "", *, max_tokens: int | None = None, **variables: Any) -> M:
        """A structured answer. Raises a `ReplyError` where the model never gives a valid one."""
        request = self.request(template, max_tokens=max_tokens, **variables)
        structured = await complete_structured(self.complete, self.backend.capabilities, request, result)
        return structured.value

    async def complete(self, request: CompletionRequest, *, sample: int = 0) -> Completion:
        """One completion, from the ledger or from the model."""
        if self.office.stopping:
            raise StoppedError("another role had to stop")
        backend, office = self.backend, self.office

        async def perform() -> Completion:
            self.tell("call-started", subject=backend.name)
            return await backend.complete(request, lambda text: office.on_token(self.role, text))

        act = await office.ledger.completion(
            Description(role=self.role, action=self.action.name, model=backend.name, sample=sample),
            request,
            backend,
            perform,
        )
        self.acts.append(act.key)
        office.on_event(
            Event(
                kind="call-finished",
                role=self.role,
                action=self.action.name,
                subject=act.value.model or backend.name,
                usage=act.value.usage,
                cost=act.cost,
                recorded=act.recorded,
            )
        )
        return act.value

    # ── the sandbox ──────────────────────────────────────────────────────────────────────────────

    async def execute(
        self, commands: Sequence[Command], files: dict[str, str], *, limits: Limits | None = None
    ) -> Trial:
        """Run commands one after another on a fresh copy of `files`, in the sandbox, or take it from the ledger."""
        if self.office.stopping:
            raise StoppedError("another role had to stop")
        office = self.office
        limits = limits or Limits()

        async def perform() -> Trial:
            sandbox = await office.sandbox()
            async with office.executions:
                outcome = await sandbox.run(commands, files=files, limits=limits)
            return Trial(outcome=outcome, isolation=sandbox.report.describe())

        request = {
            "commands": [command.model_dump(mode="json") for command in commands],
            "files": files,
            "limits": limits.model_dump(mode="json"),
        }
        act = await office.ledger.execution(
            Description(role=self.role, action=self.action.name), request, Trial, perform
        )
        self.acts.append(act.key)
        office.on_event(
            Event(
                kind="execution-finished",
                role=self.role,
                action=self.action.name,
                subject=" ".join(commands[0].argv) if commands else "",
                recorded=act.recorded,
            )
        )
        return act.value
