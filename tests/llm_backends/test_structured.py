"""The ladder of structured output: at most five requests, each one told what was wrong, a cut reply never taken."""

import json
from collections.abc import Callable

import pytest

from softhouse.errors import ReplyError, UnavailableError
from softhouse.llm_backends.protocol import Capabilities, Completion, CompletionRequest
from softhouse.llm_backends.scripted import ScriptedBackend
from softhouse.llm_backends.structured import Structured, complete_structured
from softhouse.testing.broken_json import BROKEN_JSON, NEEDS_ANOTHER_CALL
from softhouse.testing.loopback import cut_at_limit, server_error

from .conftest import Connect
from .samples import ANSWER, RIGHT, WRONG, Product, request

EXPECTED = Product.model_validate(ANSWER)
EVERY_RUNG = Capabilities(json_schema=True, tools=True, json_mode=True)


def cut(text: str) -> Completion:
    return Completion(text=text, finish_reason="length")


async def ask(backend: ScriptedBackend, wish: CompletionRequest | None = None) -> Structured[Product]:
    return await complete_structured(backend.complete, backend.capabilities, wish or request(), Product)


def rungs(backend: ScriptedBackend) -> list[str]:
    def rung(asked: CompletionRequest) -> str:
        if asked.json_schema is not None:
            return "tool" if asked.tool else "schema"
        return "json" if asked.json_mode else "fence"

    return [rung(asked) for asked in backend.requests]


async def test_a_right_reply_takes_one_request() -> None:
    backend = ScriptedBackend([RIGHT])
    result = await ask(backend)
    assert (result.value, result.requests, result.rung, result.repairs) == (EXPECTED, 1, "schema", ())
    assert '"team_size": integer' in backend.requests[0].messages[-1].content


@pytest.mark.parametrize("shape", sorted(BROKEN_JSON))
async def test_the_22_shapes(shape: str) -> None:
    backend = ScriptedBackend([BROKEN_JSON[shape](ANSWER), RIGHT])
    result = await ask(backend)
    assert result.requests == (2 if shape in NEEDS_ANOTHER_CALL else 1)


@pytest.mark.parametrize(
    ("replies", "climbed"),
    [
        ([WRONG, RIGHT], ["schema"] * 2),
        (["What a nice idea!", RIGHT], ["schema", "tool"]),
        (["One.", "Two.", "Three.", RIGHT], ["schema", "tool", "json", "fence"]),
        ([WRONG, WRONG + " ", WRONG + "  ", RIGHT], None),
        ([WRONG.replace("some", word) for word in "abc"] + [RIGHT], ["schema"] * 3 + ["tool"]),
        (["", RIGHT], ["schema", "tool"]),
        ([cut(RIGHT), RIGHT], ["schema"] * 2),
    ],
)
async def test_the_rungs_that_are_climbed(replies: list[str | Completion], climbed: list[str] | None) -> None:
    backend = ScriptedBackend(replies)
    if climbed is None:  # the same wrong reply twice, but for blanks
        with pytest.raises(ReplyError, match="again"):
            await ask(backend)
        assert len(backend.requests) == 2
        return
    assert (await ask(backend)).value == EXPECTED
    assert rungs(backend) == climbed


@pytest.mark.parametrize(
    ("capabilities", "first"),
    [
        (EVERY_RUNG, "schema"),
        (Capabilities(tools=True, json_mode=True), "tool"),
        (Capabilities(json_mode=True), "json"),
        (Capabilities(), "fence"),
    ],
)
async def test_it_starts_with_the_best_rung_there_is(capabilities: Capabilities, first: str) -> None:
    backend = ScriptedBackend([RIGHT], capabilities=capabilities)
    assert (await ask(backend)).rung == first
    assert rungs(backend) == [first]


ALWAYS_WRONG: dict[str, Callable[[int], str | Completion]] = {
    "another wrong reply each time": lambda number: WRONG.replace("some", f"about {number}"),
    "another prose each time": lambda number: f"Let me think {number} more days about it.",
    "cut each time": lambda number: cut(RIGHT[: 20 + number]),
    "cut each time, as if whole": lambda number: RIGHT[: 20 + number],
    "whole, but cut by the limit": lambda number: cut(RIGHT + " " * number + "x" * number),
    "broken each time": lambda number: RIGHT.replace("3}", f"{number} / 2}}"),
}


@pytest.mark.parametrize("kind", ALWAYS_WRONG)
async def test_five_requests_at_most_and_none_of_them_twice(kind: str) -> None:
    number = iter(range(100))
    backend = ScriptedBackend(lambda _: ALWAYS_WRONG[kind](next(number)))
    with pytest.raises(ReplyError, match="no valid Product in 5 replies") as caught:
        await ask(backend, request(max_tokens=70_000))
    assert "\n" not in str(caught.value)
    sent = [asked.model_dump_json() for asked in backend.requests]
    assert len(sent) == len(set(sent)) == 5


async def test_the_same_bad_reply_twice_in_a_row_ends_it() -> None:
    for reply in (WRONG, "Hm.", ""):
        backend = ScriptedBackend([reply] * 5)
        with pytest.raises(ReplyError, match="the same wrong reply again"):
            await ask(backend)
        assert len(backend.requests) == 2


async def test_every_re_ask_carries_the_validation_errors() -> None:
    missing = json.dumps({key: value for key, value in ANSWER.items() if key != "goals"})
    backend = ScriptedBackend([WRONG, missing, "No.", RIGHT])
    await ask(backend)
    _, second, third, fourth = (asked.messages[-1].content for asked in backend.requests)
    assert "team_size: Input should be a valid integer" in second
    assert "given: 'some'" in second
    assert "goals: Field required" in third
    assert "team_size" not in third
    assert "no JSON object" in fourth
    assert [asked.messages[-2].content for asked in backend.requests[1:]] == [WRONG, missing, "No."]


async def test_after_a_cut_there_is_more_room_and_a_wish_for_less() -> None:
    backend = ScriptedBackend([cut(RIGHT), cut(RIGHT[:-1]), RIGHT], capabilities=Capabilities(context_length=3000))
    await ask(backend, request(max_tokens=1000))
    assert [asked.max_tokens for asked in backend.requests] == [1000, 1500, 1500]
    assert "cut off at 1000 tokens" in backend.requests[1].messages[-1].content
    assert "at most 375 words" in backend.requests[2].messages[-1].content
    assert all(len(asked.messages) == 1 for asked in backend.requests)


async def test_a_prefill_and_stops_are_not_for_json() -> None:
    backend = ScriptedBackend([RIGHT])
    await ask(backend, request(prefill="```python\n", stop=("```",), seed=5, temperature=0.3))
    (asked,) = backend.requests
    assert (asked.prefill, asked.stop, asked.seed, asked.temperature) == ("", (), 5, 0.3)


async def test_through_a_real_server(connect: Connect) -> None:
    """A wrong schema three times, then a right one."""
    server, backend = connect(*(WRONG.replace("some", word) for word in "abc"), RIGHT)
    result = await complete_structured(backend.complete, backend.capabilities, request(), Product)
    assert (result.value, result.requests, server.count) == (EXPECTED, 4, 4)
    for body in server.requests[1:]:
        assert "team_size: Input should be a valid integer" in body["messages"][-1]["content"]


async def test_a_real_server_that_always_cuts(connect: Connect) -> None:
    server, backend = connect(cut_at_limit(RIGHT))
    with pytest.raises(ReplyError):
        await complete_structured(backend.complete, backend.capabilities, request(), Product)
    assert server.count <= 5


async def test_a_failing_server_is_not_asked_by_the_ladder_again(connect: Connect) -> None:
    server, backend = connect(server_error())
    with pytest.raises(UnavailableError):
        await complete_structured(backend.complete, backend.capabilities, request(), Product)
    assert server.count == 5
