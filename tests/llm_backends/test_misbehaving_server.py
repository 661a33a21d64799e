"""Issue 3, "Backends that misbehave": every case against a real server on loopback, through the real openai client."""

import email.utils
import time
from dataclasses import dataclass

import pytest

from softhouse.errors import (
    AuthenticationError,
    BackendError,
    ContextLengthError,
    QuotaError,
    UnavailableError,
    UnknownModelError,
)
from softhouse.llm_backends.openai import OpenAIBackend
from softhouse.testing.loopback import (
    Answer,
    cut_at_limit,
    cut_stream,
    hang,
    quota_exhausted,
    rate_limited,
    refusal,
    reset,
    server_error,
    too_long,
    unauthorized,
    unknown_model,
)

from .conftest import Connect, Waits
from .samples import request

KEY = "sk-canary-5f2a"


@dataclass(frozen=True)
class Trouble:
    answer: Answer
    error: type[BackendError]
    requests: int
    """How many are made before it is given up."""
    words: str


TROUBLES = {
    "500 for ever": Trouble(server_error(), UnavailableError, 5, "gave up after 5 requests"),
    "503 for ever": Trouble(server_error(503), UnavailableError, 5, "503"),
    "429 without Retry-After": Trouble(rate_limited(), UnavailableError, 5, "Rate limit"),
    "429 with Retry-After": Trouble(rate_limited(3), UnavailableError, 5, "Rate limit"),
    "429 for an hour": Trouble(rate_limited(3600), UnavailableError, 1, "gave up after 1 request"),
    "quota exhausted": Trouble(quota_exhausted(), QuotaError, 1, "quota"),
    "402": Trouble(refusal("Insufficient Balance", status=402), QuotaError, 1, "quota"),
    "401": Trouble(unauthorized(KEY), AuthenticationError, 1, "OPENAI_API_KEY"),
    "403": Trouble(refusal("Country not supported", status=403), AuthenticationError, 1, "403"),
    "404 model": Trouble(unknown_model(), UnknownModelError, 1, "'m'"),
    "prompt too long": Trouble(too_long(), ContextLengthError, 1, "too long"),
    "400": Trouble(refusal(f"Invalid role; your key is {KEY}"), BackendError, 1, "Invalid role"),
    "hang": Trouble(hang(), UnavailableError, 5, "no sign of life"),
    "hang in the middle": Trouble(hang("print('hello')"), UnavailableError, 5, "no sign of life"),
    "hang before an error's body": Trouble(hang(status=500), UnavailableError, 5, "no sign of life"),
    "hang before a refusal's body": Trouble(hang(status=401), UnavailableError, 5, "no sign of life"),
    "reset": Trouble(reset(), UnavailableError, 5, "broke"),
    "stream cut in the middle": Trouble(cut_stream("print('hello')"), UnavailableError, 5, "broke"),
    "stream cut without a sign": Trouble(cut_stream("print('hello')", quietly=True), UnavailableError, 5, "broke off"),
}


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES.keys())
async def test_trouble_that_stays_ends_in_its_own_error(trouble: Trouble, connect: Connect, waits: Waits) -> None:
    # Only a hang is waited for; a busy machine must not turn another trouble into one.
    server, backend = connect(trouble.answer, key=KEY, timeout=0.2 if trouble.answer.fault == "hang" else 10.0)
    with pytest.raises(BackendError) as caught:
        await backend.complete(request())
    assert type(caught.value) is trouble.error
    assert server.count == trouble.requests
    assert len(waits) == trouble.requests - 1
    assert trouble.words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3
    assert KEY not in str(caught.value) + repr(caught.value) + repr(backend)
    assert server.keys == [KEY] * trouble.requests


PASSING = {
    "500 once": server_error(),
    "429 without Retry-After": rate_limited(),
    "429 with Retry-After": rate_limited(7),
    "hang": hang(),
    "hang in the middle": hang("good evening"),
    "hang before an error's body": hang(status=500),
    "reset": reset(),
    "stream cut in the middle": cut_stream("good evening"),
    "stream cut without a sign": cut_stream("good evening", quietly=True),
}


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING.keys())
async def test_trouble_that_passes_is_outlived(answer: Answer, connect: Connect, waits: Waits) -> None:
    server, backend = connect(answer, "good morning", timeout=1.0)
    completion = await backend.complete(request())
    assert completion.text == "good morning"
    assert server.count == 2
    assert len(waits) == 1


async def test_retry_after_is_obeyed(connect: Connect, waits: Waits) -> None:
    date = email.utils.formatdate(time.time() + 90, usegmt=True)
    _, backend = connect(rate_limited(7), rate_limited("0.5"), rate_limited(date), rate_limited("soon"), "at last")
    await backend.complete(request())
    seconds, fraction, until, unreadable = waits
    assert (seconds, fraction) == (7.0, 0.5)
    assert 85 < until <= 90
    assert 8 <= unreadable <= 9


async def test_waits_grow_and_are_not_in_step(connect: Connect, waits: Waits) -> None:
    _, backend = connect(server_error())
    with pytest.raises(UnavailableError):
        await backend.complete(request())
    assert [int(wait) for wait in waits] == [1, 2, 4, 8]
    assert all(wait != int(wait) for wait in waits)


async def test_a_server_that_is_not_there_is_said_at_once(waits: Waits, connect: Connect) -> None:
    server, _ = connect("never asked")
    address = server.base_url
    server.__exit__()
    backend = OpenAIBackend("m", address)
    with pytest.raises(UnavailableError, match="no server answers at http://127") as caught:
        await backend.complete(request())
    assert type(caught.value) is UnavailableError  # not transient: nobody retries it
    await backend.aclose()


async def test_a_reply_cut_at_the_token_limit_says_so(connect: Connect) -> None:
    _, backend = connect(cut_at_limit("def main("))
    completion = await backend.complete(request())
    assert completion.finish_reason == "length"


async def test_an_empty_reply_is_one(connect: Connect) -> None:
    _, backend = connect(Answer(""))
    assert (await backend.complete(request())).text == ""


async def test_without_usage_numbers_it_is_an_estimate_and_says_so(connect: Connect) -> None:
    _, backend = connect(Answer("one two three", usage=False))
    usage = (await backend.complete(request("four words are here"))).usage
    assert not usage.reported
    assert usage.prompt_tokens >= 4
    assert usage.completion_tokens >= 3
