"""What makes any backend bearable, from outside: retries, a limit on parallel requests, and a stand-in.

>>> from softhouse.llm_backends.scripted import ScriptedBackend
>>> resilient(ScriptedBackend(["hello"], name="script:greeting")).name
'script:greeting'
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from softhouse.errors import AuthenticationError, BackendError, QuotaError, UnavailableError
from softhouse.llm_backends.protocol import (
    Backend,
    Capabilities,
    Completion,
    CompletionRequest,
    Price,
    TokenCallback,
    TransientError,
)

SwitchCallback = Callable[[str, str, str], None]
"""Called with the name of the backend that failed, of the one that takes over, and why."""

MOST_REQUESTS = 5
LONGEST_WAIT = 600.0
"""Seconds; a server that wants to be left alone for longer counts as unavailable."""


def resilient(backend: Backend, *fallbacks: Backend, on_switch: SwitchCallback | None = None) -> Backend:
    """`backend` with retries and a limit on parallel requests; where it can't go on, the first of `fallbacks` does."""
    patient = [PatientBackend(each) for each in (backend, *fallbacks)]
    return FallbackBackend(*patient, on_switch=on_switch) if fallbacks else patient[0]


class PatientBackend:
    """A backend that is asked again where that makes sense, and never asked for more at once than it can serve."""

    def __init__(self, inner: Backend, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """`sleep`: how to wait, in seconds; tests need not."""
        self._inner = inner
        self._sleep = sleep
        self._slots: asyncio.Semaphore | None = None

    def __repr__(self) -> str:
        return f"<PatientBackend {self.name}>"

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def capabilities(self) -> Capabilities:
        return self._inner.capabilities

    def count_tokens(self, text: str) -> int:
        return self._inner.count_tokens(text)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        """As the backend does, with at most `MOST_REQUESTS` requests; only a `TransientError` is worth another.

        Raises `UnavailableError` in its place after the last.
        """
        attempts = AsyncRetrying(
            stop=stop_after_attempt(MOST_REQUESTS),
            wait=_wait,
            retry=retry_if_exception(_worth_another),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return await attempts(self._once, request, on_token)
        except TransientError as error:
            made = attempts.statistics["attempt_number"]
            raise UnavailableError(f"{error}; gave up after {made} request{'s' if made > 1 else ''}") from error

    async def _once(self, request: CompletionRequest, on_token: TokenCallback | None) -> Completion:
        if self._slots is None:
            self._slots = asyncio.Semaphore(max(1, self.capabilities.parallel))
        async with self._slots:
            return await self._inner.complete(request, on_token)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _worth_another(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after or 0.0) <= LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    """Seconds: what the server asked for, else 1, 2, 4, 8 and up to one more, so that callers do not return in step."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    return 2.0 ** (state.attempt_number - 1) + random.random() if asked is None else asked  # noqa: S311


class FallbackBackend:
    """Backends in a row: where one has no quota left, is not there or refuses the key, the next takes over for good.

    `name` stays the first one's, so what is recorded is found again; `Completion.model` says who answered.
    """

    def __init__(self, *backends: Backend, on_switch: SwitchCallback | None = None) -> None:
        self._backends = backends
        self._active = 0
        self._on_switch = on_switch

    def __repr__(self) -> str:
        return f"<FallbackBackend {' then '.join(backend.name for backend in self._backends)}>"

    @property
    def name(self) -> str:
        return self._backends[0].name

    @property
    def capabilities(self) -> Capabilities:
        """The first one's, but for what all must know, and the price: the highest, as budgets want it."""
        all_of_them = [backend.capabilities for backend in self._backends]
        return all_of_them[0].model_copy(
            update={
                "prefill": all(each.prefill for each in all_of_them),
                "adapters": tuple(
                    a for a in all_of_them[0].adapters if all(a in each.adapters for each in all_of_them)
                ),
                "local": all(each.local for each in all_of_them),
                "price": _highest([each.price for each in all_of_them]),
            }
        )

    def price_of(self, model: str) -> Price | None:
        """The price at the backend that `Completion.model` names; None where nobody knows it."""
        return next((each.capabilities.price for each in self._backends if each.name == model), None)

    def count_tokens(self, text: str) -> int:
        return max(backend.count_tokens(text) for backend in self._backends)

    async def complete(self, request: CompletionRequest, on_token: TokenCallback | None = None) -> Completion:
        while True:
            current = self._active
            backend = self._backends[current]
            try:
                completion = await backend.complete(_within(request, backend.capabilities), on_token)
            except (QuotaError, UnavailableError, AuthenticationError) as error:
                if current + 1 == len(self._backends):
                    raise
                self._switch(current, error)
            else:
                return completion.model_copy(update={"model": backend.name})

    def _switch(self, failed: int, error: BackendError) -> None:
        if self._active != failed:  # another call has seen it first
            return
        self._active = failed + 1
        if self._on_switch:
            self._on_switch(self._backends[failed].name, self._backends[failed + 1].name, str(error))

    async def aclose(self) -> None:
        for backend in self._backends:
            await backend.aclose()


def _highest(prices: list[Price | None]) -> Price | None:
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return None
    return Price(
        prompt=max(price.prompt for price in known),
        cached=max(price.cached for price in known),
        completion=max(price.completion for price in known),
    )


def _within(request: CompletionRequest, able: Capabilities) -> CompletionRequest:
    """`request` without what the backend does not know. The schema stands in the prompt as well, so nothing is lost."""
    if request.tool and able.tools:
        return request
    if request.json_schema is not None and not request.tool and able.json_schema:
        return request
    if request.json_schema is None and not request.json_mode:
        return request
    return request.model_copy(update={"json_schema": None, "tool": False, "json_mode": able.json_mode})
