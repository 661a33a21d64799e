"""The last object of `--json`."""

from typing import Literal

from softhouse.llm_backends.protocol import Frozen


class DeliveryResult(Frozen):
    """A run that ended with a project."""

    result: Literal["delivered"] = "delivered"
    exit_code: int
    accepted: bool
    path: str
    """Where the project lies, absolute."""
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: float | None
    """US dollars; null where the price is not known."""


class ErrorResult(Frozen):
    """A command that could not be carried out, or a run that had to stop."""

    result: Literal["error"] = "error"
    exit_code: int
    error: str
    """The name of its class in `softhouse.errors`."""
    message: str
