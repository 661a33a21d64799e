"""Spend never exceeds the budget, nobody starves, and nobody waits for ever."""

import asyncio
import random

import pytest

from softhouse.environment.budget import Budget, Estimate, Reservation
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import Ledger, Outcome
from softhouse.errors import BudgetError, UnavailableError
from softhouse.llm_backends.protocol import Price, Usage

from .journal_parts import act


def _tokens(number: int, price: Price | None = None) -> Estimate:
    return Estimate(prompt_tokens=number, max_tokens=0, price=price)


def _used(number: int) -> Usage:
    return Usage(prompt_tokens=number)


async def test_room_that_others_hold_is_waited_for() -> None:
    budget = Budget(max_tokens=100)
    first = await budget.reserve(_tokens(80))
    second = asyncio.ensure_future(budget.reserve(_tokens(50)))
    await asyncio.sleep(0)
    assert not second.done()
    budget.settle(first, _used(20), None)
    assert (await second).tokens == 50


async def test_who_can_never_fit_is_refused_at_once() -> None:
    budget = Budget(max_tokens=100)
    first = await budget.reserve(_tokens(80))
    with pytest.raises(BudgetError, match="101 tokens, and 0 of 100 are spent"):
        await budget.reserve(_tokens(101))
    waiting = asyncio.ensure_future(budget.reserve(_tokens(50)))
    await asyncio.sleep(0)
    budget.settle(first, _used(60), None)
    with pytest.raises(BudgetError, match="50 tokens, and 60 of 100 are spent"):
        await waiting


async def test_first_come_first_served_so_a_large_call_is_not_starved_by_small_ones() -> None:
    budget = Budget(max_tokens=100)
    order: list[str] = []

    async def ask(name: str, size: int) -> Reservation:
        reservation = await budget.reserve(_tokens(size))
        order.append(name)
        return reservation

    held = await ask("held", 60)
    large = asyncio.ensure_future(ask("large", 90))
    await asyncio.sleep(0)
    small = asyncio.ensure_future(ask("small", 10))
    await asyncio.sleep(0)
    assert order == ["held"], "the small one would fit, but it is not its turn"
    budget.release(held)
    await asyncio.gather(large, small)
    assert order == ["held", "large", "small"]


async def test_a_waiter_that_is_cancelled_makes_room_for_the_next() -> None:
    budget = Budget(max_tokens=100)
    held = await budget.reserve(_tokens(60))
    large = asyncio.ensure_future(budget.reserve(_tokens(90)))
    await asyncio.sleep(0)
    small = asyncio.ensure_future(budget.reserve(_tokens(10)))
    await asyncio.sleep(0)
    large.cancel()
    async with asyncio.timeout(5):
        assert (await small).tokens == 10
    budget.release(held)
    assert (await budget.reserve(_tokens(90))).tokens == 90, "the cancelled one holds nothing"


async def test_granted_and_cancelled_in_the_same_turn_holds_nothing() -> None:
    budget = Budget(max_tokens=100)
    held = await budget.reserve(_tokens(60))
    waiting = asyncio.ensure_future(budget.reserve(_tokens(90)))
    await asyncio.sleep(0)
    budget.release(held)
    waiting.cancel()
    await asyncio.wait({waiting})
    async with asyncio.timeout(5):
        assert (await budget.reserve(_tokens(100))).tokens == 100


async def test_a_price_is_reserved_at_its_dearest() -> None:
    price = Price(prompt=1.0, cached=3.0, completion=10.0)
    assert (await Budget().reserve(Estimate(10, 20, price))).cost == pytest.approx((10 * 3 + 20 * 10) / 1e6)


async def test_a_cost_that_turns_out_unknown_counts_as_reserved() -> None:
    budget = Budget(max_usd=1.0)
    reservation = await budget.reserve(_tokens(100_000, Price(prompt=5.0, cached=5.0, completion=5.0)))
    budget.settle(reservation, _used(1), None)
    assert budget.spent.usd == pytest.approx(0.5)


async def _company(seed: int) -> tuple[Budget, float, int]:
    """A random run with concurrent engineers; returns its budget, and the dollars and tokens really used."""
    chance = random.Random(seed)
    price = Price(prompt=chance.uniform(0, 5), cached=chance.uniform(0, 5), completion=chance.uniform(0, 20))
    budget = Budget(
        max_usd=chance.choice([None, chance.uniform(0, 0.05)]),
        max_tokens=chance.choice([None, chance.randint(0, 9000)]),
    )
    ledger = Ledger(Journal(), budget)
    billed = [Usage()]

    def within() -> None:
        assert budget.max_usd is None or sum(map(price.cost, billed)) <= budget.max_usd + 1e-12
        assert budget.max_tokens is None or sum(usage.total_tokens for usage in billed) <= budget.max_tokens

    async def call(name: str) -> None:
        estimate = Estimate(chance.randint(0, 800), chance.randint(0, 800), price)

        async def perform() -> Outcome:
            for _ in range(chance.randint(0, 4)):
                await asyncio.sleep(0)
            if chance.random() < 0.1:
                raise UnavailableError("not there")
            prompt = chance.randint(0, estimate.prompt_tokens)
            usage = Usage(
                prompt_tokens=prompt,
                cached_tokens=chance.randint(0, prompt),
                completion_tokens=chance.choice([estimate.max_tokens, chance.randint(0, estimate.max_tokens)]),
            )
            billed.append(usage)
            within()
            if chance.random() < 0.1:
                await asyncio.Event().wait()  # hangs after it was billed, until it is cancelled
            return Outcome({}, usage, price.cost(usage))

        await ledger.once(act(name), perform, lambda: estimate)

    async def engineer(name: str) -> None:
        for number in range(chance.randint(1, 6)):
            work = asyncio.ensure_future(call(f"{name}-{number}"))
            for _ in range(60):
                if work.done():
                    break
                await asyncio.sleep(0)
            else:
                work.cancel()
            results = await asyncio.gather(work, return_exceptions=True)
            if isinstance(results[0], BudgetError):
                return

    async with asyncio.timeout(30):
        await asyncio.gather(*(engineer(name) for name in "abcdefgh"[: chance.randint(1, 8)]))
    within()
    again = Ledger(ledger.journal, Budget())
    assert again.budget.spent.tokens == budget.spent.tokens, "a resumed run starts with what this one has spent"
    return budget, sum(map(price.cost, billed)), sum(usage.total_tokens for usage in billed)


@pytest.mark.parametrize("block", range(5))
async def test_over_500_random_runs_spend_never_exceeds_either_limit(block: int) -> None:
    refused = 0
    for seed in range(block * 100, block * 100 + 100):
        budget, usd, tokens = await _company(seed)
        assert usd <= budget.spent.usd + 1e-12, "what is counted is never less than what was billed"
        assert tokens <= budget.spent.tokens
        refused += (budget.max_usd is not None and usd > budget.max_usd * 0.5) or (
            budget.max_tokens is not None and tokens > budget.max_tokens * 0.5
        )
    assert refused > 10, "the runs do come near their limits"
