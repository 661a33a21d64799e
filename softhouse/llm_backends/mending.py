"""Small slips in a model's JSON that its meaning survives, put right by what pydantic says is wrong with it.

>>> class Book(BaseModel):
...     model_config = {"extra": "forbid"}
...     title: str
...     tags: tuple[str, ...] = ()
>>> book, repairs = mend({"Title": 1984, "tags": "novel", "isbn": "none"}, Book)
>>> book, len(repairs)
(Book(title='1984', tags=('novel',)), 4)
"""

import copy
import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

T = TypeVar("T", bound=BaseModel)

_ROUNDS = 4
_LISTS = ("list_type", "tuple_type", "set_type", "frozen_set_type")
Place = tuple[int | str, ...]


def mend(data: Any, result_type: type[T]) -> tuple[T, list[str]]:
    """The valid value nearest to `data`, and what was changed. Raises the `ValidationError` that cannot be mended."""
    data = copy.deepcopy(data)
    repairs: list[str] = []
    for _ in range(_ROUNDS):
        try:
            return result_type.model_validate(data), repairs
        except ValidationError as error:
            done = [repair for each in error.errors(include_url=False) if (repair := _mend_one(data, each))]
            if not done:
                raise
            repairs += done
    return result_type.model_validate(data), repairs


def _mend_one(data: Any, error: ErrorDetails) -> str | None:
    """Put one mistake right in `data` and say how; None where nobody knows how."""
    *path, key = error["loc"] or ("",)
    parent = data
    for step in path:
        try:
            parent = parent[step]
        except (KeyError, IndexError, TypeError):
            return None  # a step that is no key: the branch of a union
    if error["type"] == "missing":
        return _rename(parent, str(key))
    if error["type"] == "extra_forbidden":
        # Never all of them: then it is another object, not this one with a field too many.
        if isinstance(parent, dict) and len(parent) > 1 and parent.pop(str(key), None) is not None:
            return f"dropped {key}"
        return None
    try:
        value = parent[key]
    except (KeyError, IndexError, TypeError):
        return None
    if value is None and isinstance(parent, dict):
        del parent[key]  # null for "nothing": the default, where there is one
        return f"null {key} as its default"
    for kinds, change, how in _CHANGES:
        if error["type"] in kinds and (changed := change(value, error)) is not None:
            parent[key] = changed
            return how.format(key)
    return None


def _rename(parent: Any, wanted: str) -> str | None:
    if isinstance(parent, dict):
        for key in parent:
            if key != wanted and _plain(str(key)) == _plain(wanted):
                parent[wanted] = parent.pop(key)
                return f"renamed {key} to {wanted}"
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def _in_a_list(value: Any, _: ErrorDetails) -> Any:
    return [] if value in ("", {}) else [value]


def _as_text(value: Any, _: ErrorDetails) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else None


def _as_choice(value: Any, error: ErrorDetails) -> Any:
    choices = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
    return next((choice for choice in choices if _plain(choice) == _plain(str(value))), None)


def _as_mapping(value: Any, _: ErrorDetails) -> Any:
    return {} if value in ([], "") else None


_CHANGES: tuple[tuple[tuple[str, ...], Callable[[Any, ErrorDetails], Any], str], ...] = (
    (_LISTS, _in_a_list, "wrapped {} in a list"),
    (("string_type",), _as_text, "{} as text"),
    (("literal_error", "enum"), _as_choice, "{} in its exact spelling"),
    (("dict_type",), _as_mapping, "empty {} as an object"),
)
