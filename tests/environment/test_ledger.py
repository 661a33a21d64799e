"""Each act is done once, whoever asks for it, and recorded before its result is used."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from softhouse.environment.act import Act
from softhouse.environment.budget import Budget, Estimate
from softhouse.environment.journal import Journal
from softhouse.environment.ledger import FREE, Description, Ledger, Outcome
from softhouse.errors import BudgetError, JournalError, StorageError, UnavailableError
from softhouse.llm_backends.protocol import (
    Capabilities,
    ChatMessage,
    Completion,
    CompletionRequest,
    Price,
    TokenCallback,
    Usage,
)

from .journal_parts import USAGE, act, small_disk

PRICE = Price(prompt=2.0, cached=1.0, completion=8.0)


class Performer:
    """Counts its performances; each waits until it is let go, where it was told to wait."""

    def __init__(self, *, waits: bool = False, error: Exception | None = None) -> None:
        self.calls = 0
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.error = error
        if not waits:
            self.go.set()

    async def __call__(self) -> Outcome:
        self.calls += 1
        self.begun.set()
        await self.go.wait()
        if self.error:
            raise self.error
        return Outcome({"text": str(self.calls)}, USAGE, 0.5)


class PricedBackend:
    """One token a character."""

    name = "test:model"

    def __init__(self, price: Price | None = PRICE, *, local: bool = False) -> None:
        self.capabilities = Capabilities(price=price, local=local)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        assert on_token is None
        return Completion(
            text="Hello", usage=Usage(prompt_tokens=len(request.messages[0].content), completion_tokens=5)
        )

    def count_tokens(self, text: str) -> int:
        return len(text)

    async def aclose(self) -> None: ...


def _asking(backend: PricedBackend, request: CompletionRequest) -> Callable[[], Awaitable[Completion]]:
    return lambda: backend.complete(request)


def _request(text: str, max_tokens: int = 100) -> CompletionRequest:
    return CompletionRequest(messages=(ChatMessage.user(text),), max_tokens=max_tokens)


async def test_a_second_process_performs_nothing_again(tmp_path: Path) -> None:
    perform = Performer()
    journal = await Journal.open(tmp_path / "journal.db")
    first, recorded = await Ledger(journal).once(act(), perform)
    assert not recorded
    await journal.close()
    journal = await Journal.open(tmp_path / "journal.db")
    again, recorded = await Ledger(journal).once(act(), perform)
    assert (again, recorded, perform.calls) == (first, True, 1)
    await journal.close()


async def test_what_was_recorded_before_there_were_adapters_is_found(tmp_path: Path) -> None:
    journal, backend = await Journal.open(tmp_path / "journal.db"), PricedBackend()
    description = Description(role="Engineer", action="WriteScript", model="test:model")
    asked = [_request("hi"), _request("hi").model_copy(update={"adapter": "verse"})]
    keys = [(await Ledger(journal).completion(description, r, backend, _asking(backend, r))).key for r in asked]
    body = _request("hi").model_dump(mode="json", exclude={"adapter"})
    assert keys[0] == Act.describe("completion", "Engineer", "WriteScript", "test:model", body).key != keys[1]
    await journal.close()


async def test_an_act_is_in_the_file_as_started_while_it_is_performed(tmp_path: Path) -> None:
    path, perform = tmp_path / "journal.db", Performer(waits=True)
    journal = await Journal.open(path)
    running = asyncio.ensure_future(Ledger(journal).once(act(), perform, lambda: Estimate(30, 70, PRICE)))
    await perform.begun.wait()
    (started,) = Journal.read(path).acts()
    assert (started.state, started.reserved_tokens) == ("started", 100)
    assert started.reserved_cost == pytest.approx((30 * 2 + 70 * 8) / 1e6)
    perform.go.set()
    done, _ = await running
    assert Journal.read(path).find(act().key) == done, "recorded before it is used"
    await journal.close()


async def test_two_who_ask_at_the_same_time_share_one_performance() -> None:
    ledger, perform = Ledger(Journal()), Performer(waits=True)
    asking = [asyncio.ensure_future(ledger.once(act(), perform)) for _ in range(5)]
    other = asyncio.ensure_future(ledger.once(act(sample=1), perform))
    await perform.begun.wait()
    perform.go.set()
    answers = await asyncio.gather(*asking)
    await other
    assert perform.calls == 2, "one for the five, one for the other sample"
    assert [recorded for _, recorded in answers] == [False, True, True, True, True]
    assert len({id(done) for done, _ in answers}) == 1


async def test_two_who_share_a_performance_share_its_error_and_may_try_again() -> None:
    ledger, perform = Ledger(Journal()), Performer(waits=True, error=UnavailableError("not there"))
    asking = [asyncio.ensure_future(ledger.once(act(), perform)) for _ in range(2)]
    await perform.begun.wait()
    perform.go.set()
    errors = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(error) for error in errors] == ["not there", "not there"]
    assert perform.calls == 1
    perform.error = None
    await ledger.once(act(), perform)
    assert [(tried.state, tried.error) for tried in ledger.journal.acts()] == [
        ("failed", "UnavailableError: not there"),
        ("done", ""),
    ]


async def test_an_act_that_failed_gives_its_room_back() -> None:
    ledger = Ledger(Journal(), Budget(max_tokens=100))
    with pytest.raises(UnavailableError):
        await ledger.once(act(), Performer(error=UnavailableError("not there")), lambda: Estimate(30, 70, FREE))
    async with asyncio.timeout(5):
        await ledger.once(act(), Performer(), lambda: Estimate(30, 70, FREE))
    assert ledger.budget.spent.tokens == USAGE.total_tokens


async def test_when_the_one_who_performs_is_cancelled_the_next_one_performs() -> None:
    budget = Budget(max_tokens=1000)
    ledger, perform = Ledger(Journal(), budget), Performer(waits=True)
    first, second = (
        asyncio.ensure_future(ledger.once(act(), perform, lambda: Estimate(30, 70, FREE))) for _ in range(2)
    )
    await perform.begun.wait()
    first.cancel()
    perform.go.set()
    done, recorded = await second
    assert (done.result, recorded) == ({"text": "2"}, False)
    assert first.cancelled()
    assert [tried.state for tried in ledger.journal.acts()] == ["started", "done"]
    assert budget.spent.tokens == 100 + USAGE.total_tokens, "what was cancelled may have been billed"


async def test_who_waits_for_another_can_be_cancelled_alone() -> None:
    ledger, perform = Ledger(Journal()), Performer(waits=True)
    first, second = (asyncio.ensure_future(ledger.once(act(), perform)) for _ in range(2))
    await perform.begun.wait()
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait({second})
    assert second.cancelled()
    perform.go.set()
    await first
    assert perform.calls == 1


async def test_a_cancelled_act_is_reported_by_the_next_process_and_counts_as_reserved(tmp_path: Path) -> None:
    perform = Performer(waits=True)
    journal = await Journal.open(tmp_path / "journal.db")
    running = asyncio.ensure_future(Ledger(journal).once(act(), perform, lambda: Estimate(300, 700, PRICE)))
    await perform.begun.wait()
    running.cancel()
    await asyncio.wait({running})
    await journal.close()
    journal = await Journal.open(tmp_path / "journal.db")
    assert [left.key for left in journal.unfinished()] == [act().key]
    ledger = Ledger(journal, Budget(max_tokens=1500))
    assert ledger.budget.spent.tokens == 1000
    assert ledger.budget.spent.usd == pytest.approx(0.0062)
    with pytest.raises(BudgetError, match="1,000 of 1,500 are spent; resume with a higher --max-tokens"):
        await ledger.once(act(), perform, lambda: Estimate(300, 700, PRICE))
    await journal.close()


async def test_cancelled_while_its_end_is_written_it_is_paid_once(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    ledger, perform = Ledger(journal), Performer()
    first = asyncio.ensure_future(ledger.once(act(), perform))
    second = asyncio.ensure_future(ledger.once(act(), perform))
    await perform.begun.wait()
    first.cancel()
    done, _ = await second
    assert perform.calls == 1
    assert done.result == {"text": "1"}
    await journal.close()


async def test_earlier_spend_counts_against_the_budget(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.db")
    await Ledger(journal).once(act(), Performer())
    await journal.close()
    ledger = Ledger(Journal.read(tmp_path / "journal.db"), Budget(max_usd=0.6))
    assert ledger.budget.spent.usd == 0.5
    with pytest.raises(BudgetError, match=r"\$0\.5000 of \$0\.6000 are spent; resume with a higher --budget-usd"):
        await ledger.once(act("another"), Performer(), lambda: Estimate(0, 20_000, PRICE))
    assert len(ledger.journal.acts()) == 1, "nothing was started"


async def test_a_replay_performs_nothing() -> None:
    journal, perform = Journal(), Performer()
    await Ledger(journal).once(act(), perform)
    replay = Ledger(journal, replay=True)
    assert (await replay.once(act(), perform))[1]
    with pytest.raises(JournalError, match=r"Engineer's completion for WriteCode .* is not in the journal"):
        await replay.once(act("other"), perform)
    assert perform.calls == 1


async def test_a_completion_is_priced_and_comes_back_as_it_was() -> None:
    backend, request = PricedBackend(), _request("x" * 50)
    ledger = Ledger(Journal(), Budget(max_usd=1.0))
    description = Description("Engineer", "WriteCode", backend.name)
    fresh = await ledger.completion(description, request, backend, _asking(backend, request))
    again = await ledger.completion(description, request, backend, _asking(backend, request))
    assert fresh.value == again.value == await backend.complete(request)
    assert (fresh.recorded, again.recorded) == (False, True)
    assert fresh.cost == again.cost == ledger.budget.spent.usd == pytest.approx((50 * 2 + 5 * 8) / 1e6)
    (done,) = ledger.journal.acts()
    assert CompletionRequest.model_validate(done.request) == request
    assert done.reserved_tokens >= 50 + 100


async def test_a_dollar_budget_refuses_a_model_without_a_price_and_a_token_budget_does_not() -> None:
    backend, request = PricedBackend(price=None), _request("hello")
    description = Description("Engineer", "WriteCode", backend.name)
    with pytest.raises(BudgetError, match=r"price is not known.*use --max-tokens"):
        await Ledger(Journal(), Budget(max_usd=1.0)).completion(
            description, request, backend, _asking(backend, request)
        )
    ledger = Ledger(Journal(), Budget(max_tokens=1000))
    assert (await ledger.completion(description, request, backend, _asking(backend, request))).cost is None
    assert ledger.bill().cost is None


async def test_a_local_model_is_free_under_a_dollar_budget() -> None:
    backend, request = PricedBackend(price=None, local=True), _request("hello")
    ledger = Ledger(Journal(), Budget(max_usd=0.0))
    description = Description("Engineer", "WriteCode", backend.name)
    assert (await ledger.completion(description, request, backend, _asking(backend, request))).cost == 0.0


class Verdict(BaseModel):
    exit_code: int


async def test_an_execution_costs_nothing_and_comes_back_typed() -> None:
    ledger, calls = Ledger(Journal(), Budget(max_usd=0.0, max_tokens=0)), []

    async def run() -> Verdict:
        calls.append(1)
        return Verdict(exit_code=3)

    runs = [
        await ledger.execution(Description("QA", "RunTests"), {"argv": ["python", "main.py"]}, Verdict, run)
        for _ in range(2)
    ]
    assert [(each.value, each.recorded) for each in runs] == [
        (Verdict(exit_code=3), False),
        (Verdict(exit_code=3), True),
    ]
    assert len(calls) == 1


async def test_the_bill_adds_up() -> None:
    ledger = Ledger(Journal())

    async def buy(bought: Act, usage: Usage, cost: float | None, answered: str = "") -> str:
        async def perform() -> Outcome:
            return Outcome({"text": "", "model": answered}, usage, cost)

        return (await ledger.once(bought, perform))[0].key

    small, large = Usage(prompt_tokens=10, cached_tokens=4, completion_tokens=1), Usage(prompt_tokens=100)
    keys = [
        await buy(act("1"), small, 0.1),
        await buy(act("2"), large, 0.2),
        await buy(act("3", role="Architect"), small, 0.4),
        await buy(act("4"), small, None, answered="script:stand-in"),
    ]
    await buy(Act.describe("execution", "QA", "RunTests", "", {}), Usage(), 0.0)
    bill = ledger.bill()
    assert [(line.role, line.action, line.model, line.calls, line.cost) for line in bill.lines] == [
        ("Architect", "WriteCode", "script:demo", 1, 0.4),
        ("Engineer", "WriteCode", "script:demo", 2, pytest.approx(0.3)),
        ("Engineer", "WriteCode", "script:stand-in", 1, None),
    ]
    assert bill.lines[1].usage == small + large
    assert bill.usage == small + large + small + small
    assert (bill.calls, bill.cost) == (4, None)
    part = ledger.bill([*keys[:2], keys[0], "unknown"])
    assert part.calls == 2
    assert part.cost == pytest.approx(0.3)


async def test_a_full_disk_is_an_error_for_all_who_wait_and_nothing_is_performed_after_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "300k") as disk:
        journal = await Journal.open(disk / "journal.db")
        ledger, perform = Ledger(journal), Performer()
        bulky = {"prompt": "x" * 400_000}
        with pytest.raises(StorageError, match="disk is full"):
            await ledger.once(Act.describe("completion", "Engineer", "WriteCode", "m", bulky), perform)
        with pytest.raises(StorageError, match="disk is full"):
            await ledger.once(act(), perform)
        assert perform.calls == 0, "what cannot be recorded is not bought"
        assert ledger.budget.spent.tokens == 0
        await journal.close()
