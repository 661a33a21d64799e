import asyncio
from typing import Any

import pytest

from softhouse.errors import AuthenticationError, BackendError, QuotaError, ReplyError, UnavailableError
from softhouse.llm_backends.protocol import Backend, Capabilities, Completion, CompletionRequest, Price, TransientError
from softhouse.llm_backends.resilience import FallbackBackend, PatientBackend, resilient
from softhouse.llm_backends.scripted import FREE, ScriptedBackend
from softhouse.testing.loopback import quota_exhausted, server_error

from .conftest import Connect, Waits
from .samples import request

MOMENT = TransientError("not now")


async def test_a_moment_of_weakness_is_waited_out(waits: Waits) -> None:
    inner = ScriptedBackend([MOMENT, MOMENT, "hello"])
    assert (await PatientBackend(inner, sleep=waits).complete(request())).text == "hello"
    assert (len(inner.requests), len(waits)) == (3, 2)


@pytest.mark.parametrize(
    "error", [UnavailableError("gone"), AuthenticationError("no"), QuotaError("no"), ValueError("bug")]
)
async def test_nothing_else_is_worth_another_request(error: Exception, waits: Waits) -> None:
    inner = ScriptedBackend([error, "hello"])
    with pytest.raises(type(error)):
        await PatientBackend(inner, sleep=waits).complete(request())
    assert (len(inner.requests), waits) == (1, [])


async def test_no_more_requests_at_once_than_it_can_serve() -> None:
    running: list[int] = [0]
    most: list[int] = []

    async def answer(_: CompletionRequest) -> str:
        running[0] += 1
        most.append(running[0])
        await asyncio.sleep(0)
        running[0] -= 1
        return "ok"

    backend = PatientBackend(ScriptedBackend(answer, capabilities=Capabilities(parallel=3)))
    await asyncio.gather(*(backend.complete(request(str(number))) for number in range(20)))
    assert max(most) == 3
    assert len(most) == 20


async def test_a_wait_holds_no_slot() -> None:
    """One call sleeps out its Retry-After; the one slot serves the other meanwhile."""
    sleeping, gate = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        sleeping.set()
        await gate.wait()

    inner = ScriptedBackend(
        [TransientError("later", retry_after=5), "second", "first"], capabilities=Capabilities(parallel=1)
    )
    backend = PatientBackend(inner, sleep=sleep)
    waiting = asyncio.create_task(backend.complete(request("a")))
    await sleeping.wait()
    assert (await backend.complete(request("b"))).text == "second"
    gate.set()
    assert (await waiting).text == "first"


def first_and_second(first: object, *, second: Capabilities = FREE) -> tuple[ScriptedBackend, ScriptedBackend]:
    replies = [first] * 9 if isinstance(first, Exception) else first
    return (
        ScriptedBackend(replies, name="script:first"),  # type: ignore[arg-type]
        ScriptedBackend(lambda _: "from the second", name="script:second", capabilities=second),
    )


@pytest.mark.parametrize(
    "error", [QuotaError("no quota left"), UnavailableError("gone"), AuthenticationError("refused")]
)
async def test_the_next_takes_over_for_good_and_says_so(error: BackendError) -> None:
    first, second = first_and_second(error)
    switches: list[tuple[str, str, str]] = []
    backend = FallbackBackend(first, second, on_switch=lambda *switch: switches.append(switch))
    completions = await asyncio.gather(*(backend.complete(request(str(number))) for number in range(3)))
    completions.append(await backend.complete(request("later")))
    assert {completion.model for completion in completions} == {"script:second"}
    assert switches == [("script:first", "script:second", str(error))]
    assert len(first.requests) == 1
    assert backend.name == "script:first"


async def test_what_another_model_would_not_do_better_is_no_reason() -> None:
    first, second = first_and_second(ReplyError("nonsense"))
    with pytest.raises(ReplyError):
        await FallbackBackend(first, second).complete(request())
    assert second.requests == []


async def test_where_the_last_fails_its_error_is_raised() -> None:
    backend = FallbackBackend(*first_and_second(QuotaError("first"))[:1], ScriptedBackend([UnavailableError("last")]))
    with pytest.raises(UnavailableError, match="last"):
        await backend.complete(request())


async def test_only_adapters_that_all_of_them_have_are_offered() -> None:
    first, second = (
        ScriptedBackend([], name=f"script:{names}", capabilities=Capabilities(adapters=tuple(names)))
        for names in ("abc", "bcd")
    )
    assert FallbackBackend(first, second).capabilities.adapters == ("b", "c")


async def test_the_bill_knows_the_price_of_each() -> None:
    cheap, dear = Price(prompt=1, cached=0.1, completion=2), Price(prompt=0.5, cached=0.2, completion=9)
    first = ScriptedBackend(["a"], name="script:first", capabilities=Capabilities(price=cheap))
    second = ScriptedBackend(["b"], name="script:second", capabilities=Capabilities(price=dear))
    backend = FallbackBackend(first, second)
    assert backend.capabilities.price == Price(prompt=1, cached=0.2, completion=9)  # what a budget reserves
    assert (backend.price_of("script:first"), backend.price_of("script:second")) == (cheap, dear)
    unpriced = FallbackBackend(first, ScriptedBackend([], capabilities=Capabilities()))
    assert unpriced.capabilities.price is None


@pytest.mark.parametrize(
    ("able", "asked", "given"),
    [
        (Capabilities(json_schema=True), {"json_schema": {"a": 1}}, {"json_schema": {"a": 1}}),
        (Capabilities(json_mode=True), {"json_schema": {"a": 1}}, {"json_mode": True}),
        (Capabilities(json_schema=True), {"json_schema": {"a": 1}, "tool": True}, {}),
        (Capabilities(), {"json_mode": True}, {}),
        (Capabilities(), {}, {}),
    ],
)
async def test_the_next_is_asked_for_what_it_knows(
    able: Capabilities, asked: dict[str, Any], given: dict[str, Any]
) -> None:
    first, second = first_and_second(QuotaError("none"), second=able)
    await FallbackBackend(first, second).complete(request(**asked))
    assert second.requests == [request(**given)]


async def test_a_chain_of_real_servers(connect: Connect) -> None:
    """One without money, one that fails for ever, one that works."""
    poor, backend = connect(quota_exhausted())
    ill, another = connect(server_error())
    well, third = connect("hello")
    completion = await FallbackBackend(backend, another, third).complete(request())
    assert completion == Completion(text="hello", usage=completion.usage, model=third.name)
    assert (poor.count, ill.count, well.count) == (1, 5, 1)


async def test_everything_is_a_backend_again() -> None:
    alone = resilient(ScriptedBackend(["a"], name="script:a"))
    chain = resilient(ScriptedBackend(["a"], name="script:a"), ScriptedBackend(["b"]))
    for backend in (alone, chain):
        assert isinstance(backend, Backend)
        assert backend.name == "script:a"
        assert backend.count_tokens("four") == 1
        assert (await backend.complete(request())).text == "a"
        await backend.aclose()
