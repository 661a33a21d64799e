"""From a model's reply to a valid value: what is around the JSON is taken off, small slips are mended, nothing guessed.

>>> class Point(BaseModel):
...     x: int
>>> parse_reply("Sure! Here it is:\\n```\\n{'x': 3,}\\n```", Point)
Parsed(value=Point(x=3), repairs=('single quotes', 'needless comma'))
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from softhouse.llm_backends import tolerant_json
from softhouse.llm_backends.code_blocks import CodeBlock, code_blocks
from softhouse.llm_backends.mending import mend
from softhouse.llm_backends.tolerant_json import CutError, MalformedError

T = TypeVar("T", bound=BaseModel)

_MOST_STARTS = 20
_MOST_PROBLEMS = 10
_WRAPPERS = ("arguments", "parameters", "properties", "result", "answer", "data", "response", "output")
_OPENING = re.compile(r"[{\[]")


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A reply that was understood."""

    value: T
    repairs: tuple[str, ...]
    """What had to be mended; empty where the reply was right."""


class UnreadableReplyError(ValueError):
    """A reply that was not understood."""

    def __init__(self, problems: tuple[str, ...], *, cut: bool = False, found_json: bool = False) -> None:
        """`problems`: what is wrong, in words for the model. `cut`: it ends too early. `found_json`: it is JSON."""
        super().__init__(" ".join("; ".join(problems).split()))
        self.problems = problems
        self.cut = cut
        self.found_json = found_json


def parse_reply(text: str, result_type: type[T]) -> Parsed[T]:
    """The value in `text`. Raises `UnreadableReplyError`, also for a reply that was cut: half a document is none."""
    try:
        return _parse(text, result_type)
    except RecursionError:
        raise UnreadableReplyError(("the JSON is nested too deeply",)) from None


def _parse(text: str, result_type: type[T]) -> Parsed[T]:
    try:
        return Parsed(result_type.model_validate(json.loads(text)), ())
    except ValueError:
        pass
    text = _json_in_string(text) or text
    failure: UnreadableReplyError | None = None
    for data, repairs in _json_values(_without_thinking(text)):
        try:
            value, more = _validated(data, result_type)
            if tolerant_json.MISSING_END in repairs and value.model_fields_set != result_type.model_fields.keys():
                # Cut between two fields it looks the same as without its last brace: then no default is taken.
                raise UnreadableReplyError(("the reply ends before its last field",), cut=True)
            return Parsed(value, tuple(dict.fromkeys((*repairs, *more))))
        except ValidationError as error:
            if failure is None or isinstance(data, dict):
                failure = UnreadableReplyError(_in_words(error), found_json=True)
    raise failure or UnreadableReplyError(("there is no JSON object in the reply",))


def _without_thinking(text: str) -> str:
    """What follows the think block; a `</think>` within a line of JSON is only text."""
    opened = text.lstrip().startswith("<think>")
    end = text.find("</think>") if opened else text.rfind("\n</think>")
    if end < 0:
        if opened:
            raise UnreadableReplyError(("the reply ends before the answer: it is all thinking",), cut=True)
        return text
    after = text[end:].lstrip().removeprefix("</think>")
    return after if after.strip() else text[:end]


def _json_values(text: str) -> Iterator[tuple[Any, list[str]]]:
    """Every JSON value in `text` with the repairs it took, fenced blocks first.

    Raises `UnreadableReplyError` for one that is cut or broken: what stands inside of it must not pass for the answer.
    """
    blocks = sorted((block for block in code_blocks(text) if _OPENING.search(block.code)), key=_not_tagged_as_json)
    for source, closed in [*((block.code, block.closed) for block in blocks), (text, not blocks)]:
        at = 0
        for _ in range(_MOST_STARTS):
            start = _OPENING.search(source, at)
            if start is None:
                break
            try:
                value, repairs, at = tolerant_json.parse(source, start.start(), may_lack_end=closed)
            except CutError as error:
                raise UnreadableReplyError((f"the reply is cut off: {error}",), cut=True) from None
            except MalformedError as error:
                if error.begun:
                    raise UnreadableReplyError((f"the JSON is broken: {error}",)) from None
                at = start.end()
                continue
            if "{" in source[start.start() : at] and source[at : at + 20].lstrip()[:1] in (",", ":", "}", "]"):
                raise UnreadableReplyError((f"the JSON goes on after its last bracket, character {at}",))
            yield value, repairs


def _not_tagged_as_json(block: CodeBlock) -> bool:
    return block.language != "json"


def _json_in_string(text: str) -> str | None:
    """The JSON that was encoded twice: `"{\\"a\\": 1}"`."""
    try:
        inner = json.loads(text)
    except ValueError:
        return None
    return inner if isinstance(inner, str) and inner.lstrip().startswith("{") else None


def _validated(data: Any, result_type: type[T]) -> tuple[T, list[str]]:
    """`data` as it is, else what it wraps, else either with its slips mended. Raises the first `ValidationError`."""
    try:
        return result_type.model_validate(data), []
    except ValidationError as error:
        first = error
    inner = list(_unwrapped(data, result_type))
    for value in inner:
        try:
            return result_type.model_validate(value), ["unwrapped"]
        except ValidationError:
            continue
    for value, repairs in [(data, []), *((value, ["unwrapped"]) for value in inner)]:
        try:
            mended, more = mend(value, result_type)
            return mended, [*repairs, *more]
        except ValidationError:
            continue
    raise first


def _unwrapped(data: Any, result_type: type[BaseModel]) -> Iterator[Any]:
    if isinstance(data, list) and len(data) == 1:
        yield data[0]
    if isinstance(data, dict):
        names = [*_WRAPPERS, result_type.__name__, *(data if len(data) == 1 else ())]
        for name in dict.fromkeys(names):
            if name in data and name not in result_type.model_fields and isinstance(data[name], dict):
                yield data[name]


def _in_words(error: ValidationError) -> tuple[str, ...]:
    errors = error.errors(include_url=False, include_context=False)
    words = []
    for each in errors[:_MOST_PROBLEMS]:
        given = "" if each["type"] == "missing" else f" (given: {repr(each['input'])[:60]})"
        words.append(f"{'.'.join(map(str, each['loc'])) or 'the answer'}: {each['msg']}{given}")
    if len(errors) > _MOST_PROBLEMS:
        words.append(f"and {len(errors) - _MOST_PROBLEMS} more")
    return tuple(words)
