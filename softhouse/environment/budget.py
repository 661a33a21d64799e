"""The budget of a run: reserved before each call, settled after it, never exceeded."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from softhouse.environment.act import Act
from softhouse.errors import BudgetError
from softhouse.llm_backends.protocol import Price, Usage


@dataclass(frozen=True)
class Estimate:
    """The most that a call can use."""

    prompt_tokens: int
    max_tokens: int
    """The cap of its completion."""
    price: Price | None
    """None where nobody knows it."""

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.max_tokens

    @property
    def cost(self) -> float | None:
        """US dollars, as if nothing came from a cache or all of it, whichever is dearer."""
        if self.price is None:
            return None
        prompt = max(self.price.prompt, self.price.cached)
        return (self.prompt_tokens * prompt + self.max_tokens * self.price.completion) / 1_000_000


@dataclass(frozen=True)
class Spend:
    """Tokens and US dollars."""

    tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(self.tokens + other.tokens, self.usd + other.usd)

    @classmethod
    def of(cls, acts: Iterable[Act]) -> "Spend":
        """What acts have used. One that was started and never ended may have been billed: it counts as reserved."""
        total = cls()
        for act in acts:
            if act.state == "done":
                total += cls(act.usage.total_tokens, act.cost or 0.0)
            elif act.state == "started":
                total += cls(act.reserved_tokens, act.reserved_cost or 0.0)
        return total


@dataclass(frozen=True, eq=False)
class Reservation:
    """Room for one call: given back by `Budget.settle` or `Budget.release`."""

    tokens: int
    cost: float | None


class Budget:
    """At most `max_usd` dollars and `max_tokens` tokens (prompt and completion); None: no limit.

    >>> async def one_call() -> int:
    ...     budget = Budget(max_tokens=1000)
    ...     reservation = await budget.reserve(Estimate(prompt_tokens=200, max_tokens=500, price=None))
    ...     budget.settle(reservation, Usage(prompt_tokens=190, completion_tokens=40), cost=None)
    ...     return budget.spent.tokens
    >>> asyncio.run(one_call())
    230
    """

    def __init__(self, max_usd: float | None = None, max_tokens: int | None = None) -> None:
        self.max_usd = max_usd
        self.max_tokens = max_tokens
        self.spent = Spend()
        self._outstanding: set[Reservation] = set()
        self._waiting: deque[tuple[Reservation, asyncio.Future[None]]] = deque()

    def add(self, spent: Spend) -> None:
        """Count what was spent before, by an earlier process."""
        self.spent += spent

    async def reserve(self, estimate: Estimate) -> Reservation:
        """Room for one call; first come, first served.

        Waits where the call does not fit only because of others under way. Raises `BudgetError` where it does not fit
        next to what is spent already, or where a dollar budget meets an unknown price.
        """
        reservation = Reservation(estimate.tokens, estimate.cost)
        self._refuse_if_hopeless(reservation)
        if not self._waiting and self._fits(reservation):
            self._outstanding.add(reservation)
            return reservation
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((reservation, granted))
        try:
            await granted
        except asyncio.CancelledError:
            if reservation in self._outstanding:  # granted and cancelled in the same turn of the loop
                self.release(reservation)
            else:
                self._serve()  # the next in line may fit where this one did not
            raise
        return reservation

    def settle(self, reservation: Reservation, usage: Usage, cost: float | None) -> None:
        """Replace a reservation by what the call used. An unknown cost counts as the reserved one."""
        self._outstanding.remove(reservation)
        self.spent += Spend(usage.total_tokens, (reservation.cost or 0.0) if cost is None else cost)
        self._serve()

    def forfeit(self, reservation: Reservation) -> None:
        """The call was cut off and may have been billed: count all that was reserved."""
        self._outstanding.remove(reservation)
        self.spent += Spend(reservation.tokens, reservation.cost or 0.0)
        self._serve()

    def release(self, reservation: Reservation) -> None:
        """The call was not billed."""
        self._outstanding.remove(reservation)
        self._serve()

    def _serve(self) -> None:
        """Let those in, in their order, for whom there is room now."""
        while self._waiting:
            reservation, granted = self._waiting[0]
            if not granted.done():
                try:
                    self._refuse_if_hopeless(reservation)
                except BudgetError as error:
                    granted.set_exception(error)
                else:
                    if not self._fits(reservation):
                        return
                    self._outstanding.add(reservation)
                    granted.set_result(None)
            self._waiting.popleft()

    def _fits(self, reservation: Reservation) -> bool:
        tokens = self.spent.tokens + sum(other.tokens for other in self._outstanding) + reservation.tokens
        # Summed anew each time: adding and subtracting dollars for hours would drift.
        usd = self.spent.usd + sum(other.cost or 0.0 for other in self._outstanding) + (reservation.cost or 0.0)
        return not (
            (self.max_tokens is not None and tokens > self.max_tokens)
            or (self.max_usd is not None and usd > self.max_usd)
        )

    def _refuse_if_hopeless(self, reservation: Reservation) -> None:
        if self.max_usd is not None:
            if reservation.cost is None:
                raise BudgetError(
                    "the model's price is not known, so a budget in dollars cannot be kept; use --max-tokens instead"
                )
            if self.spent.usd + reservation.cost > self.max_usd:
                raise BudgetError(
                    f"the next call may cost ${reservation.cost:.4f}, and ${self.spent.usd:.4f} of ${self.max_usd:.4f} "
                    "are spent; resume with a higher --budget-usd"
                )
        if self.max_tokens is not None and self.spent.tokens + reservation.tokens > self.max_tokens:
            raise BudgetError(
                f"the next call may use {reservation.tokens:,} tokens, and {self.spent.tokens:,} of "
                f"{self.max_tokens:,} are spent; resume with a higher --max-tokens"
            )
