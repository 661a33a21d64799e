"""What the openai client raises, as errors of the house: is it the key, the money, the model, the prompt?"""

import email.utils
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

import openai

from softhouse.errors import (
    AuthenticationError,
    BackendError,
    ContextLengthError,
    QuotaError,
    UnavailableError,
    UnknownModelError,
)
from softhouse.llm_backends.protocol import TransientError

_NO_MONEY = re.compile(
    r"insufficient_quota|insufficient.balance|billing|credit balance|exceeded your current quota", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"context_length|exceed_context|context (length|size|window)|maximum context|prompt is too long|too many tokens",
    re.IGNORECASE,
)
NOT_IMPLEMENTED = 501
"""What llama.cpp answers to what it was not started for; asking again changes nothing."""


@dataclass(frozen=True)
class Endpoint:
    """Whom the errors are about."""

    model: str
    host: str
    """The server in words, without credentials."""
    secret: str
    """The key, struck out wherever a server repeats it."""
    timeout: float
    """Seconds without a byte after which the server counts as hanging."""


def complaint(error: openai.APIError, endpoint: Endpoint) -> str:
    """The server's own words on one line, at most 300 characters, without the key."""
    text = error.message
    if isinstance(error.body, Mapping) and isinstance(error.body.get("message"), str):
        text = error.body["message"]
    text = " ".join(text.split())
    if endpoint.secret:
        text = text.replace(endpoint.secret, "***")
    return text[:300]


def classify(error: openai.APIError, endpoint: Endpoint, *, reached: bool) -> BackendError:
    """The house's error for `error`; `reached`: the server has answered before, so it may come back."""
    server, words = endpoint.host, complaint(error, endpoint)
    if isinstance(error, openai.APITimeoutError):
        return TransientError(f"{server} gave no sign of life for {endpoint.timeout:g} s")
    if isinstance(error, openai.APIConnectionError):
        refused = "ConnectError" in type(error.__cause__).__name__
        if refused and not reached:
            return UnavailableError(f"no server answers at {server}; start it, or give another --base-url or --model")
        return TransientError(f"the connection to {server} broke ({type(error.__cause__).__name__})")
    status = error.status_code if isinstance(error, openai.APIStatusError) else None
    label = f"{error.code or ''} {error.type or ''} {words}"
    if status == 402 or (status in (None, 403, 429) and _NO_MONEY.search(label)):
        return QuotaError(f"the account at {server} has no quota left; add credit, or continue with another --model")
    if status in (401, 403):
        return AuthenticationError(f"{server} refuses the key ({status}) for {endpoint.model!r}; check OPENAI_API_KEY")
    if status == 404:
        return UnknownModelError(
            f"{server} does not know the model {endpoint.model!r} (404): {words}; check the name and the URL"
        )
    if status in (400, 413, 422) and _TOO_LONG.search(label):
        return ContextLengthError(f"the prompt is too long for {endpoint.model!r} at {server}: {words}")
    if status is None or status in (408, 409, 425, 429) or (status >= 500 and status != NOT_IMPLEMENTED):
        return TransientError(f"{server} failed ({status or 'in its reply'}): {words}", _retry_after(error))
    return BackendError(f"{server} refuses the request ({status}): {words}")


def _retry_after(error: openai.APIError) -> float | None:
    """Seconds to wait, from the headers `Retry-After-Ms` or `Retry-After` (RFC 9110, section 10.2.3)."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return max(0.0, float(milliseconds) / 1000)
        value = headers.get("retry-after") or ""
        if re.fullmatch(r"\s*\d+(\.\d+)?\s*", value):
            return float(value)
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time()) if value else None
    except ValueError:
        return None
