"""What a client is told when it gets no answer: OpenAI's error object, with the HTTP status that clients act upon.

Format: https://platform.openai.com/docs/guides/error-codes
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from softhouse.errors import (
    BackendError,
    ContextLengthError,
    QuotaError,
    ReplyError,
    UnknownModelError,
)
from softhouse.llm_backends.protocol import TransientError

RETRY_SECONDS = 1
INVALID = "invalid_request_error"
SERVER = "server_error"


class ErrorObject(BaseModel):
    """The `error` of a reply."""

    model_config = ConfigDict(frozen=True)

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class RefusalError(Exception):
    """A request that is answered with an error object.

    >>> RefusalError(404, "no such model", code="model_not_found").body()["error"]["type"]
    'invalid_request_error'
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        """`status`: an HTTP status; `param`: the field of the request that is wrong; `retry_after`: seconds."""
        super().__init__(message)
        self.status = status
        self.error = ErrorObject(message=message, type=INVALID if status < 500 else SERVER, param=param, code=code)
        self.headers = {} if retry_after is None else {"Retry-After": f"{retry_after:.0f}"}
        if status == 401:
            self.headers["WWW-Authenticate"] = "Bearer"

    def body(self) -> dict[str, Any]:
        return {"error": self.error.model_dump()}


def unreadable(error: ValidationError) -> RefusalError:
    """The refusal of a body that is no such request: a fault of it, and where."""
    # Of the members of a union the one that fits best gets furthest.
    fault = max(error.errors(include_url=False), key=lambda one: len(one["loc"]))
    place = ".".join(str(part) for part in fault["loc"] if isinstance(part, int) or is_field(part))
    reason = fault["msg"].removeprefix("Value error, ")
    return RefusalError(400, f"{place}: {reason}" if place else reason, param=place or None)


def is_field(part: str) -> bool:
    """Whether a part of a fault's path was written by the client: members of a union stand there by their type."""
    return part.isidentifier() and part.islower() and part != "str"


def refusal_of(error: BackendError) -> RefusalError:
    """What the backend's error means to a client.

    >>> refusal_of(ContextLengthError("the prompt is too long")).status
    400
    """
    message = " ".join(str(error).split())
    match error:
        case ContextLengthError():
            return RefusalError(400, message, code="context_length_exceeded", param="messages")
        case ReplyError():
            return RefusalError(400, message)
        case UnknownModelError():
            return RefusalError(404, message, code="model_not_found", param="model")
        case QuotaError():
            return RefusalError(429, message, code="insufficient_quota")
        case TransientError():
            return RefusalError(503, message, retry_after=error.retry_after or RETRY_SECONDS)
        case _ if type(error) is BackendError:  # none of its kinds: the request is at fault, not the backend
            return RefusalError(400, message)
        case _:
            return RefusalError(503, message)
