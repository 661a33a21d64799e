"""How one field of a document is written in Markdown: its kind, its heading, and its value on one line.

A value on one line is the text itself where reading it back gives the same text; else a code span that holds it as it
is, or as JSON. So whatever a field holds, nothing is lost, and most of it reads as prose.

>>> inline("Adds an item.", TEXT), inline("todo.py", TEXT), inline("added\\n", TEXT), inline(None, TEXT)
('Adds an item.', 'todo.py', '`"added\\\\n"`', '`null`')
"""

import enum
import json
import re
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, RootModel

Shape = Literal["text", "truth", "scalar", "list", "map", "model", "any"]


@dataclass(frozen=True)
class Kind:
    """What a field holds, as far as its Markdown is concerned. `item` is what a list or a map holds."""

    shape: Shape
    item: "Kind | None" = None
    model: type[BaseModel] | None = None

    @property
    def flat(self) -> bool:
        """Whether a value is written on one line."""
        return self.shape in ("text", "truth", "scalar")


TEXT = Kind("text")
SCALAR = Kind("scalar")
TRUTH = Kind("truth")
ANY = Kind("any")

_REMEMBERED = 256
"""How many types' fields are looked at only once: a page is written for every message."""

_LISTS: tuple[Any, ...] = (tuple, list, set, frozenset, Sequence, Iterable)


def kind_of(annotation: Any) -> Kind:
    """The kind of a field with that annotation; `any`, which is written as JSON, where nothing better is known."""
    while hasattr(annotation, "__value__") or hasattr(annotation, "__supertype__"):
        annotation = getattr(annotation, "__value__", None) or annotation.__supertype__
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return kind_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        kinds = {kind_of(argument) for argument in arguments if argument is not type(None)}
        if len(kinds) == 1:
            return kinds.pop()
        return SCALAR if all(kind.flat for kind in kinds) else ANY
    if origin is Literal:
        return SCALAR
    if origin in (dict, Mapping) and kind_of(arguments[0]) == TEXT and kind_of(arguments[1]).flat:
        return Kind("map", item=kind_of(arguments[1]))
    if origin in _LISTS and len(arguments) == (2 if origin is tuple else 1) and arguments[-1:] != ((),):
        item = kind_of(arguments[0])
        if (origin is not tuple or arguments[1] is ...) and (item.flat or item.shape == "model"):
            return Kind("list", item=item)
        return ANY
    if not isinstance(annotation, type) or origin is not None:
        return ANY
    if annotation is str:
        return TEXT
    if annotation is bool:
        return TRUTH
    if issubclass(annotation, BaseModel):
        return ANY if issubclass(annotation, RootModel) else Kind("model", model=annotation)
    return SCALAR if issubclass(annotation, (int, float, str, enum.Enum)) else ANY


@lru_cache(maxsize=_REMEMBERED)
def field_kinds(model: type[BaseModel]) -> Mapping[str, Kind]:
    """Each field of `model` and its kind, in order."""
    return {name: kind_of(field.annotation) for name, field in model.model_fields.items()}


def inline(value: Any, kind: Kind, language: str = "en", *, cell: bool = False) -> str:
    """A JSON value on one line; in a table's `cell` also without `|`."""
    if isinstance(value, str):
        candidates = [value] if _prose(value) and (value or kind.shape == "text") else []
        candidates.append(code_span(value))
        for written in candidates:
            if not (cell and "|" in written) and _same(parse_inline(written, kind), value):
                return written
    elif isinstance(value, bool) and kind is TRUTH:
        return _truth(value, language)
    elif isinstance(value, (int, float)) and _same(parse_inline(json.dumps(value), kind), value):
        return json.dumps(value)
    return json_span(value)


def parse_inline(written: str, kind: Kind) -> Any:
    """The JSON value that `inline` wrote, or that a person wrote in its stead.

    >>> parse_inline("yes", TRUTH), parse_inline("3", SCALAR), parse_inline("3", TEXT), parse_inline("`a  b`", TEXT)
    (True, 3, '3', 'a  b')
    """
    written = written.strip()
    span = re.fullmatch("`([^`]+)`", written)
    if span:
        found, value = _json(span[1])
        if found and (kind.shape != "text" or value is None or isinstance(value, str)):
            return value
        written = span[1]
    if kind.shape == "truth":
        return _TRUTHS.get(written.lower(), written)
    if kind.shape == "scalar":
        found, value = _json(written)
        return value if found and not isinstance(value, (str, list, dict)) else written
    return written


def code_span(text: str) -> str:
    """`text` in a code span: as it is where that reads back as the same, else as JSON."""
    span = f"`{text}`"
    return span if _printable(text) and _same(parse_inline(span, TEXT), text) else json_span(text)


def json_span(value: Any) -> str:
    """`value` as JSON in a code span: printable, without backticks and pipes."""
    return f"`{json_text(value, also='`|')}`"


def json_text(value: Any, also: str = "", indent: int | None = None) -> str:
    """`value` as JSON with everything escaped that can't be printed, and the characters `also`."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if _printable(text.replace("\n", "")) and not any(character in text for character in also):
        return text
    return "".join(c if (_printable(c) or c == "\n") and c not in also else _escaped(c) for c in text)


def fence(value: Any) -> list[str]:
    """The lines of a fenced block: a text literally where its characters survive an editor, all else as JSON."""
    literal = isinstance(value, str) and _printable(value.replace("\n", "").replace("\t", ""))
    content = value if literal else json_text(value, indent=2)
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    ticks = "`" * max(3, longest + 1)
    return [f"{ticks}{'text' if literal else 'json'}", *content.split("\n"), ticks]


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _printable(text: str) -> bool:
    """Whether all of it is seen; also the two spaces that people type without thinking of them as special."""
    return text.isprintable() or text.replace("\u00a0", " ").replace("\u3000", " ").isprintable()


_MARKUP = re.compile(r"[*<\\~\[\]]|(?<!\w)_|_(?!\w)|__|&#?\w+;|^(#|```|\||>)")


def _prose(text: str) -> bool:
    """Whether `text` reads the same when Markdown is rendered."""
    return _printable(text) and not _MARKUP.search(text)


def _escaped(character: str) -> str:
    """As JSON escapes it, also where `json.dumps` leaves it as it is."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _json(text: str) -> tuple[bool, Any]:
    try:
        return True, json.loads(text)
    except (ValueError, RecursionError):
        return False, None


def _truth(value: bool, language: str) -> str:
    if language == "zh":
        return "是" if value else "否"
    return "yes" if value else "no"


_TRUTHS = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}
