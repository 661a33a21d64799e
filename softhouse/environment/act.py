"""An act: one thing that costs money or minutes, under the hash of everything it depends on.

>>> act = Act.describe("completion", role="Engineer", action="WriteCode", model="script:demo", request={"prompt": "Hi"})
>>> act.key == Act.describe("completion", "Engineer", "WriteCode", "script:demo", {"prompt": "Hi"}, sample=1).key
False
"""

import hashlib
import json
from typing import Any, Literal, Self

from softhouse.llm_backends.protocol import Frozen, Usage

ActKind = Literal["completion", "execution", "answer"]
"""A model's completion, a run in the sandbox, a person's answer."""
ActState = Literal["new", "started", "done", "failed"]


_FORM: dict[str, Any] = {"sort_keys": True, "separators": (",", ":"), "allow_nan": False}
_CANONICAL = json.JSONEncoder(ensure_ascii=False, **_FORM)
_ESCAPED = json.JSONEncoder(ensure_ascii=True, **_FORM)


def to_json(value: object) -> str:
    """The canonical JSON of `value`: sorted keys, no blanks, always valid UTF-8.

    Raises `TypeError` or `ValueError` where `value` is not made of JSON's types (NaN is not).

    >>> to_json({"b": "中", "a": (1, 2)})
    '{"a":[1,2],"b":"中"}'
    """
    text = _CANONICAL.encode(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half a surrogate pair, as a cut reply may hold: only an escape can carry it
            return _ESCAPED.encode(value)
    return text


def act_key(kind: ActKind, role: str, action: str, model: str, request: dict[str, Any], sample: int = 0) -> str:
    """SHA-256, in hexadecimal, of everything that the act depends on. Time, order and process are not among it."""
    return hashlib.sha256(to_json([kind, role, action, model, request, sample]).encode()).hexdigest()


class Act(Frozen):
    """One act: what it depends on, and, once it is done, what came of it."""

    key: str
    """Its content key, see `act_key`."""
    kind: ActKind
    role: str
    action: str
    model: str = ""
    """The backend's name; empty for an execution."""
    request: dict[str, Any]
    """Made of JSON's types only."""
    sample: int = 0
    """Tells equal requests apart where several answers are wanted."""
    state: ActState = "new"
    """`started`: asked for, its end is not known; `failed`: ended with an error, billed nothing, may be tried again."""
    attempt: int = 0
    """Its number in the journal, from 1; an act that is tried again is another attempt of the same key."""
    result: dict[str, Any] | None = None
    usage: Usage = Usage()
    cost: float | None = None
    """US dollars; None: unpriced."""
    error: str = ""
    reserved_tokens: int = 0
    """The most tokens that it could use."""
    reserved_cost: float | None = None
    """The most US dollars that it could cost; None: unpriced."""
    started_at: float = 0.0
    """Seconds since the epoch."""
    finished_at: float | None = None

    @classmethod
    def describe(
        cls, kind: ActKind, role: str, action: str, model: str, request: dict[str, Any], sample: int = 0
    ) -> Self:
        """An act that has not begun."""
        key = act_key(kind, role, action, model, request, sample)
        return cls(key=key, kind=kind, role=role, action=action, model=model, request=request, sample=sample)
