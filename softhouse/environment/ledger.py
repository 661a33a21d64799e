"""The ledger: each expensive act is done once, and recorded under its content key before its result is used."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from softhouse.environment.act import Act, ActKind
from softhouse.environment.budget import Budget, Estimate, Spend
from softhouse.environment.journal import Journal
from softhouse.errors import JournalError, RunError
from softhouse.llm_backends.protocol import Backend, Completion, CompletionRequest, Frozen, Price, Usage

M = TypeVar("M", bound=BaseModel)
FREE = Price(prompt=0.0, cached=0.0, completion=0.0)


@dataclass(frozen=True)
class Description:
    """Who acts, and how: the part of an act's key beside its request."""

    role: str
    action: str
    model: str = ""
    """The backend's name; empty for an execution."""
    sample: int = 0
    """Tells equal requests apart where several answers are wanted."""

    def act(self, kind: ActKind, request: dict[str, Any]) -> Act:
        return Act.describe(kind, self.role, self.action, self.model, request, self.sample)


@dataclass(frozen=True)
class Outcome:
    """What came of an act, as JSON's types, and what it took."""

    result: dict[str, Any]
    usage: Usage
    cost: float | None
    """US dollars; None: unpriced."""


@dataclass(frozen=True)
class Recorded(Generic[M]):
    """An act's value, from the journal or fresh."""

    key: str
    value: M
    cost: float | None
    recorded: bool
    """True: nothing was called or run for it now."""


@runtime_checkable
class PricedByModel(Protocol):
    """A backend in front of several, each with its price."""

    def price_of(self, model: str) -> Price | None: ...


class BillLine(Frozen):
    """The completions of one role, action and model."""

    role: str
    action: str
    model: str
    """The one that answered."""
    calls: int
    usage: Usage
    cost: float | None
    """US dollars; None where one of them is unpriced."""


class Bill(Frozen):
    """What completions used, and what they cost."""

    lines: tuple[BillLine, ...] = ()
    """Sorted by role, action, model."""

    @property
    def calls(self) -> int:
        return sum(line.calls for line in self.lines)

    @property
    def usage(self) -> Usage:
        return sum((line.usage for line in self.lines), Usage())

    @property
    def cost(self) -> float | None:
        """US dollars; None where one of the lines is unpriced."""
        return _total(line.cost for line in self.lines)

    @classmethod
    def of(cls, acts: Iterable[Act]) -> "Bill":
        """The bill for those of `acts` that are completions and done."""
        groups: dict[tuple[str, str, str], list[Act]] = {}
        for act in acts:
            if act.kind == "completion" and act.state == "done":
                answered = str((act.result or {}).get("model") or act.model)
                groups.setdefault((act.role, act.action, answered), []).append(act)
        return cls(
            lines=tuple(
                BillLine(
                    role=role,
                    action=action,
                    model=model,
                    calls=len(group),
                    usage=sum((act.usage for act in group), Usage()),
                    cost=_total(act.cost for act in group),
                )
                for (role, action, model), group in sorted(groups.items())
            )
        )


def _total(costs: Iterable[float | None]) -> float | None:
    total = 0.0
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


class Ledger:
    """Answers from the journal what was done before, and does the rest within the budget.

    >>> async def twice() -> tuple[int, bool]:
    ...     ledger, performed = Ledger(Journal()), []
    ...     async def perform() -> Outcome:
    ...         performed.append(1)
    ...         return Outcome({"text": "Hello"}, Usage(completion_tokens=1), cost=0.0)
    ...     act = Act.describe("completion", "Engineer", "WriteCode", "script:demo", {"prompt": "Hi"})
    ...     await ledger.once(act, perform)
    ...     _, recorded = await ledger.once(act, perform)
    ...     return len(performed), recorded
    >>> asyncio.run(twice())
    (1, True)
    """

    def __init__(self, journal: Journal, budget: Budget | None = None, *, replay: bool = False) -> None:
        """What the journal says was spent counts against `budget`. With `replay` nothing is ever performed."""
        self.journal = journal
        self.budget = budget or Budget()
        self.budget.add(Spend.of(journal.acts()))
        self._replay = replay
        self._flights: dict[str, asyncio.Future[Act]] = {}

    async def completion(
        self,
        description: Description,
        request: CompletionRequest,
        backend: Backend,
        perform: Callable[[], Awaitable[Completion]],
    ) -> Recorded[Completion]:
        """One model call, under the budget: the prompt as `backend` counts it, the completion at its cap.

        Raises what `once` and `perform` raise.
        """
        body = request.model_dump(mode="json")
        act = description.act("completion", body)

        async def priced() -> Outcome:
            completion = await perform()
            price = _price(backend, completion.model)
            cost = None if price is None else price.cost(completion.usage)
            return Outcome(completion.model_dump(mode="json"), completion.usage, cost)

        done, recorded = await self.once(act, priced, lambda: _estimate(request, backend))
        return Recorded(done.key, Completion.model_validate(done.result), done.cost, recorded)

    async def execution(
        self, description: Description, request: dict[str, Any], result: type[M], perform: Callable[[], Awaitable[M]]
    ) -> Recorded[M]:
        """One run in the sandbox; it costs nothing. `request` is made of JSON's types; `result` is its value's type."""

        async def free() -> Outcome:
            return Outcome((await perform()).model_dump(mode="json"), Usage(), 0.0)

        done, recorded = await self.once(description.act("execution", request), free)
        return Recorded(done.key, result.model_validate(done.result), done.cost, recorded)

    async def once(
        self, act: Act, perform: Callable[[], Awaitable[Outcome]], estimate: Callable[[], Estimate] | None = None
    ) -> tuple[Act, bool]:
        """`act` as done, and whether it was done already; `estimate` says what it can use at most.

        Two who ask for the same act at the same time share one performance, and its error. An act whose performance
        raised is marked failed, counts nothing, and is tried when asked for again; one that was cancelled stays
        started and counts as reserved, since it may have been billed. Raises `BudgetError`, `StorageError`,
        `JournalError` (replay: the act is not in the journal) and what `perform` raises.
        """
        while True:
            if found := self.journal.find(act.key):
                return found, True
            if self._replay:
                raise JournalError(
                    f"{act.role}'s {act.kind} for {act.action} ({act.key[:12]}) is not in the journal, so it cannot be "
                    "replayed; finish the run first with: softhouse resume DIR"
                )
            flight = self._flights.get(act.key)
            if flight is None:
                return await self._fly(act, perform, estimate), False
            await asyncio.wait({flight})
            if not flight.cancelled():
                return flight.result(), True

    def bill(self, keys: Iterable[str] | None = None) -> Bill:
        """The bill by role, action and model, for all acts or for those of these keys."""
        if keys is None:
            return Bill.of(self.journal.acts())
        return Bill.of(act for key in dict.fromkeys(keys) if (act := self.journal.find(key)))

    async def _fly(
        self, act: Act, perform: Callable[[], Awaitable[Outcome]], estimate: Callable[[], Estimate] | None
    ) -> Act:
        flight: asyncio.Future[Act] = asyncio.get_running_loop().create_future()
        self._flights[act.key] = flight
        try:
            done = await self._buy(act, perform, estimate() if estimate else Estimate(0, 0, FREE))
            flight.set_result(done)
            return done
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # it is raised here: nobody else has to hear of it
            raise
        finally:
            flight.cancel()  # where the one who performed was cancelled, the next one in line performs
            del self._flights[act.key]

    async def _buy(self, act: Act, perform: Callable[[], Awaitable[Outcome]], estimate: Estimate) -> Act:
        reservation = await self.budget.reserve(estimate)
        try:
            started = await self.journal.start(act, reserved_tokens=reservation.tokens, reserved_cost=reservation.cost)
        except BaseException:
            self.budget.release(reservation)
            raise
        try:
            outcome = await perform()
        except Exception as error:
            self.budget.release(reservation)
            self.journal.fail(started, f"{type(error).__name__}: {error}")
            raise
        except BaseException:
            self.budget.forfeit(reservation)
            raise
        self.budget.settle(reservation, outcome.usage, outcome.cost)
        try:
            return await self.journal.finish(started, outcome.result, outcome.usage, outcome.cost)
        except asyncio.CancelledError:
            with suppress(RunError):  # it is paid for: it must be found before anyone asks for it again
                await self.journal.flush()
            raise


def _price(backend: Backend, model: str) -> Price | None:
    """The price of what `model`, one behind `backend`, answered."""
    price = backend.price_of(model) if isinstance(backend, PricedByModel) else backend.capabilities.price
    return FREE if price is None and backend.capabilities.local else price


def _estimate(request: CompletionRequest, backend: Backend) -> Estimate:
    texts = [*(message.content for message in request.messages), request.prefill]
    if request.json_schema is not None:
        texts.append(str(request.json_schema))
    # Each turn is wrapped in a few tokens of the chat format.
    tokens = sum(backend.count_tokens(text) for text in texts if text) + 8 * len(request.messages) + 8
    capabilities = backend.capabilities
    price = FREE if capabilities.price is None and capabilities.local else capabilities.price
    return Estimate(tokens, request.max_tokens, price)
